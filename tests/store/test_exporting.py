"""An exported file holds every result that is wanted, readable by what reads CSV and Parquet."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.store.exporting import COLUMNS, csv_lines, export
from faultlens.store.questions.filters import EVERYTHING, Filters
from faultlens.store.questions.results import results, total
from faultlens.store.store import Store


def test_csv_holds_every_result_newest_first(day: Store, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    assert export(day, EVERYTHING, path) == 2400
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    newest = results(day).rows[0]
    assert datetime.fromisoformat(rows[0]["time"]) == newest.time
    assert float(rows[0]["score"]) == newest.score
    assert len({x["frame"] for x in rows}) == 2400
    assert [x["time"] for x in rows] == sorted((x["time"] for x in rows), reverse=True)


def test_a_download_is_the_file(day: Store, tmp_path: Path) -> None:
    filters = Filters(alarm=True)
    export(day, filters, tmp_path / "results.csv")
    text = (tmp_path / "results.csv").read_text(encoding="utf-8-sig")
    assert "".join(csv_lines(day, filters)) == text
    assert text.count("\n") == total(day, filters) + 1


def test_parquet_holds_types(day: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "results.parquet"
    filters = Filters(source="cam-left")
    assert export(day, filters, path) == total(day, filters)
    table = parquet.read_table(path)
    first = table.slice(0, 1).to_pylist()[0]
    newest = results(day, filters).rows[0]
    assert {name: first[name] for name in COLUMNS} == {n: getattr(newest, n) for n in COLUMNS}
    assert first["time"].tzinfo is not None
    assert first["time"].astimezone(UTC) == newest.time


def test_nothing_found_is_a_file_with_a_head(day: Store, tmp_path: Path) -> None:
    for name in ("none.csv", "none.parquet"):
        assert export(day, Filters(source="no such"), tmp_path / name) == 0
        assert (tmp_path / name).stat().st_size > 0


def test_another_ending_is_refused(day: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.parquet"):
        export(day, EVERYTHING, tmp_path / "results.xlsx")
    assert list(tmp_path.iterdir()) == []
