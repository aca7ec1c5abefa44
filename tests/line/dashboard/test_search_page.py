"""Results are found by words, time and verdict, page by page, and leave as a table."""

import csv
import io
from pathlib import Path
from urllib.parse import quote

from faultlens.store.questions.filters import Filters
from faultlens.store.questions.results import results, total
from faultlens.store.store import Store
from tests.line.dashboard.analysed_day import visitor


def frames(page: str) -> list[str]:
    return [x.partition('"')[0] for x in page.split('href="/result?source=')[1:]]


def test_pages_hold_every_result_once(day: Store, tmp_path: Path) -> None:
    anna = visitor(day, tmp_path, "viewer")
    path, seen = "/search?verdict=crack", []
    while path:
        page = anna.page(path)
        seen += frames(page)
        older = page.rpartition('" rel="next"')[0].rpartition('href="')[2]
        path = older.replace("&amp;", "&") if 'rel="next"' in page else ""
    assert len(seen) == len(set(seen)) == total(day, Filters(verdict="crack"))


def test_words_are_looked_for(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/search?text=crack+cam-left&alarm=yes")
    wanted = results(day, Filters(text="crack cam-left", alarm=True), limit=48).rows
    assert len(frames(page)) == len(wanted) > 3
    assert all(f"frame={quote(x.frame)}" in page for x in wanted)


def test_typed_times_are_those_of_the_line(day: Store, tmp_path: Path) -> None:
    asked = "/search?since=2026-11-26T14:00&until=2026-11-26T14:30"
    page = visitor(day, tmp_path, "viewer", time_zone="Europe/Berlin").page(asked)
    # 14:00 in Berlin is 13:00 in UTC; the day ends at 14:00 UTC.
    assert 'value="2026-11-26T14:00"' in page
    assert "26 Nov 14:2" in page and "26 Nov 14:3" not in page


def test_nothing_found_says_so(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/search?text=unheard-of")
    assert "No result fits" in page and "results.csv" not in page


def test_what_was_typed_comes_back_as_text(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page('/search?text="><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_the_table_holds_what_was_found(day: Store, tmp_path: Path) -> None:
    answer = visitor(day, tmp_path, "viewer").client.get("/search/results.csv?verdict=crack")
    assert answer.headers["content-disposition"].startswith('attachment; filename="results-')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == total(day, Filters(verdict="crack"))
    assert {x["verdict"] for x in rows} == {"crack"}


def test_a_broken_cursor_is_no_crash(day: Store, tmp_path: Path) -> None:
    answer = visitor(day, tmp_path, "viewer").client.get("/search?cursor=broken&text=x")
    assert answer.status_code in (200, 400)
