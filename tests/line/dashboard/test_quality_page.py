"""The quality page says what the store counted, of frames and of parts."""

from pathlib import Path

import pytest

from faultlens.line.dashboard.charts.numbers import count_text
from faultlens.store.questions.counts import counts, pareto, part_yields
from faultlens.store.questions.filters import Filters
from faultlens.store.store import Store, open_store
from tests.line.dashboard.analysed_day import LABEL, visitor


def test_its_numbers_are_those_of_the_store(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/quality?span=7d")
    found = counts(day)
    for number in (found.results, found.alarms, found.errors):
        assert f">{count_text(number)}<" in page
    for fault in pareto(day, most=9)[:4]:
        assert f">{count_text(fault.n)}</text>" in page


def test_a_source_narrows_every_figure(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/quality?span=7d&source=hall")
    assert f">{count_text(counts(day, Filters(source='hall')).results)}<" in page
    assert "motor-3" in page and "inner race fault" in page
    assert 'aria-label="Scores: cam-left"' not in page


def test_parts_are_counted_whole(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/quality?span=7d&of=parts")
    shifts = part_yields(day, "shift")
    assert shifts
    assert all(f"of {count_text(x.total)}" in page for x in shifts)


def test_a_bar_leads_to_the_frames_that_it_counts(day: Store, tmp_path: Path) -> None:
    anna = visitor(day, tmp_path, "viewer")
    assert "/search?span=7d&amp;verdict=crack&amp;alarm=yes" in anna.page("/quality?span=7d")
    found = counts(day, Filters(verdict="crack", alarm=True)).results
    page = anna.page("/search?span=7d&verdict=crack&alarm=yes")
    assert f"{count_text(found)} results" in page


def test_a_label_from_outside_is_only_text(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/quality?span=7d")
    assert LABEL not in page
    assert "&lt;b&gt;&quot;crack&quot; &amp; more&lt;/b&gt;" in page


@pytest.mark.parametrize("asked", ["?span=8h&source=nobody&shift=none&of=", "?until=x&span=own"])
def test_odd_questions_are_answered(day: Store, tmp_path: Path, asked: str) -> None:
    assert "Yield" in visitor(day, tmp_path, "viewer").page(f"/quality{asked}")


@pytest.mark.parametrize("path", ["/quality", "/search", "/drift", "/audit", "/models"])
def test_a_store_without_results_has_pages_too(tmp_path: Path, path: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'empty.db'}")
    visitor(store, tmp_path).page(path)
    store.close()


@pytest.mark.parametrize("path", ["/quality", "/search", "/drift", "/audit", "/models", "/result"])
def test_nobody_sees_a_page_without_login(day: Store, tmp_path: Path, path: str) -> None:
    someone = visitor(day, tmp_path, "")
    answer = someone.client.get(path, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("path", ["/quality", "/search", "/drift", "/audit", "/models"])
def test_pages_speak_chinese(day: Store, tmp_path: Path, path: str) -> None:
    page = visitor(day, tmp_path, language="zh").page(path)
    assert 'lang="zh-Hans"' in page
    assert not [x for x in ("Yield", "Faults", "Search<", "Miss rate", "Judging") if x in page]
