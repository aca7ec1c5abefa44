"""`faultlens search` lists, counts and exports what a line remembers."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from faultlens.cli import main
from faultlens.store.store import open_store
from tests.filled_store import filled


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = f"sqlite:///{tmp_path_factory.mktemp('search') / 'line.db'}"
    store = open_store(made)
    filled(store, results=1200, details=False)
    store.close()
    return made


@pytest.fixture(autouse=True)
def verb(monkeypatch: pytest.MonkeyPatch) -> None:
    if "search" not in main.VERBS:
        monkeypatch.setattr(main, "VERBS", (*main.VERBS, "search"))


def test_words_and_filters_find_results_newest_first(run: Any, url: str) -> None:
    said = run("search", "--store", url, "cam-left", "crack", "--limit", "5")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].split() == ["time", "source", "frame", "part", "verdict", "score"]
    assert 1 < len(lines) <= 6
    assert all("cam-left" in x and "crack" in x and x.endswith("alarm") for x in lines[1:])
    assert lines[1:] == sorted(lines[1:], reverse=True)


def test_what_is_not_shown_is_counted(run: Any, url: str) -> None:
    said = run("search", "--store", url, "--source", "hall", "--limit", "3")
    assert len(said.out.splitlines()) == 4
    assert "3 of 360 shown" in said.err


def test_json_is_a_line_per_result(run: Any, url: str) -> None:
    said = run("search", "--store", url, "--alarm", "--asset", "press 3", "--json")
    rows = [json.loads(x) for x in said.out.splitlines()]
    assert rows and all(x["alarm"] and x["asset"] == "press 3" for x in rows)
    assert rows[0]["time"].endswith("+00:00")
    assert run("search", "--store", url, "--no-alarm", "--json", "--verdict", "crack").out == ""


def test_times_narrow_it(run: Any, url: str) -> None:
    options = ("--since", "2026-11-26T13:00+00:00", "--until", "2026-11-26T13:30Z")
    rows = run("search", "--store", url, *options, "--json", "--limit", "1000").out.splitlines()
    assert len(rows) == 25
    assert run("search", "--store", url, "--until", "1000w", "--json").out == ""
    assert run("search", "--store", url, "--until", "999999w", "--json").code == 2


def test_every_result_is_exported_not_only_those_shown(run: Any, url: str, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "results.csv"
    said = run("search", "--store", url, "--source", "hall", "--out", str(out), "--limit", "1")
    assert "360 results are in" in said.err
    with out.open(encoding="utf-8-sig") as stream:
        assert len(list(csv.DictReader(stream))) == 360


def test_what_is_wrong_is_said(run: Any, url: str, tmp_path: Path) -> None:
    said = run("search", "--store", url, "--since", "yesterday")
    assert (said.code, said.out) == (2, "")
    assert "2026-11-26T08:30" in said.err
    said = run("search", "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert said.code == 3
    assert "There is no store" in said.err
    assert not (tmp_path / "none.db").exists()
    said = run("search", "--store", "line.db")
    assert said.code == 2
    said = run("search", "--store", url, "--out", str(tmp_path / "results.xlsx"))
    assert said.code == 2
    said = run("search", "--store", url, "no", "such", "words")
    assert (said.code, said.out) == (0, "No result is like that.\n")
