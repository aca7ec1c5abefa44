"""The page of measured scans: worst first, everything escaped, one script of its own, offline."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.reports.inspection_view import CheckedCondition
from faultlens.reports.measurement_page import (
    MeasurementEntry,
    measurement_entry,
    write_measurement_page,
)
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.measurement_words import measurement_sentence
from faultlens.reports.page import FailedFile
from tests.reports.measured_scans import carved, measured, plate, sheet

VOID = {"meta", "img", "br", "link", "input", "hr"}
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)></style></script>{{7*7}}.ply"
TEMPLATES = Path(__file__).parents[2] / "src" / "faultlens" / "reports" / "templates"


class Page(HTMLParser):
    """A page taken apart; a tag that is not closed is an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.scenes: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script":
            (self.scenes if "type" in attributes else self.scripts).append(data)
        elif data.strip() and tag != "style":
            self.texts.append(" ".join(data.split()))

    @property
    def words(self) -> str:
        """All that a reader reads."""
        return " ".join(self.texts)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every tag of this name."""
        return [x for name, x in self.tags if name == tag]


def small(name: str, depth_mm: float, lang: str = "en", **facts: Any) -> MeasurementView:
    """A small scan with one dent; none where its depth is 0."""
    flat = sheet(60, 40)
    if not depth_mm:
        return measured(flat, name=name, lang=lang, **facts)
    flat, dent = carved(flat, 2.0, -1.0, -depth_mm, 5.0)
    view = measured(flat, (("dent", dent),), name=name, lang=lang, **facts)
    return replace(view, sentence=measurement_sentence(view))


def written(path: Path, entries: list[MeasurementEntry], **options: object) -> Page:
    """Write a page and take it apart."""
    write_measurement_page(path, entries, **({"title": "Line 3"} | options))  # type: ignore[arg-type]
    return Page(path.read_text(encoding="utf-8"))


def test_one_scan_with_its_sizes_rules_and_view_that_turns(tmp_path: Path) -> None:
    view = plate(part="pump housing", warnings=("Taken as mm.",))
    view = replace(view, sentence=measurement_sentence(view))
    page = written(tmp_path / "r.html", [measurement_entry(view)], seconds=1.25)
    for part in (
        "dent Alarm ✗ scrap plate-7.ply · pump housing Dent, probable: 0.310",
        "Taken as mm.",
        "measured in 1.2 s",
        "▼ 0.310 ± 0.008 7.2 ± 0.4 7.16 ± 0.28 40.5 ± 1.2 5.86 ± 0.23 −12.0, 6.0, 0.0",
        "▲ 0.045 ± 0.008",
        "↻ rework deeper than 0.05 mm: rework",
        "The alarm score is 0.97; it alarms from 0.62.",
        "reference: plane · 38,400 points",
    ):
        assert part in page.words
    (scene,) = map(json.loads, page.scenes)
    assert (scene["columns"], scene["rows"], len(scene["marks"])) == (240, 160, 3)
    assert [x["data-scene"] for x in page.of("figure")] == ["scene1"]


def test_the_worst_comes_first_and_the_overview_leads_to_each(tmp_path: Path) -> None:
    views = [small("ok.ply", 0), small("worn.ply", 0.1), small("gone.ply", 0.4)]
    entries = [measurement_entry(x) for x in views]
    failed = [FailedFile("cut.ply", "It is cut off.")]
    page = written(tmp_path / "r.html", entries, failed=failed, seconds=6.0)
    links = [x["href"] for x in page.of("a") if (x["href"] or "").startswith("#r")]
    assert links == ["#r1", "#r2", "#r3"]
    order = [page.words.index(x) for x in ("gone.ply", "worn.ply", "ok.ply")]
    assert order == sorted(order)
    assert "gone.ply dent 0.400 ± 0.008 mm 1 ✗ scrap Alarm" in page.words
    assert "3 scans in 6.0 s: 0.5 per second" in page.words
    assert "cut.ply It is cut off." in page.words
    assert "Nothing stands out of the surface's own scatter." in page.words


def test_chinese(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", [measurement_entry(small("泵.ply", 0.4, "zh"))], lang="zh")
    for part in ("深度 / 高度", "报废", "拖动旋转", "偏差放大", "处置", "依据规则", "俯视"):
        assert part in page.words
    assert page.of("html")[0]["lang"] == "zh-Hans"


def test_what_comes_from_outside_is_text_and_never_markup(tmp_path: Path) -> None:
    view = small(ATTACK, 0.4, part=ATTACK, model=ATTACK, rules=ATTACK, warnings=(ATTACK,))
    mark = replace(view.defects[0], label=ATTACK, rule=ATTACK)
    condition = CheckedCondition(ATTACK, ATTACK, None)
    best = replace(view.findings[0], label=ATTACK, conditions=(condition,))
    view = replace(
        view, verdict=ATTACK, sentence=ATTACK, defects=(mark,), findings=(best, *view.findings[1:])
    )
    failed = [FailedFile(ATTACK, ATTACK)]
    entry = measurement_entry(view)
    page = written(tmp_path / "r.html", [entry, entry], title=ATTACK, failed=failed)
    assert len(page.scripts) == 1 and "alert(" not in page.scripts[0]
    assert len(page.of("img")) == 4 and "49.ply" not in page.words
    assert not any(name.startswith("on") for _, x in page.tags for name in x)
    assert page.words.count("<script>alert(1)</script>") >= 20


def test_only_the_pages_own_script_may_run_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    page = written(path, [measurement_entry(small("a.ply", 0.4))])
    policy = next(x["content"] for x in page.of("meta") if "http-equiv" in x) or ""
    digest = b64encode(sha256(page.scripts[0].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy and "connect-src" not in policy
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|//cdn|@import|url\(", source)
    assert page.of("link") == [] and page.of("iframe") == []
    pictures = [x["src"] or "" for x in page.of("img")]
    assert all(b64decode(x.partition(",")[2])[1:4] == b"PNG" for x in pictures)


def test_the_script_writes_no_markup_and_fetches_nothing() -> None:
    script = (TEMPLATES / "measurement.js").read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp"
    assert not re.search(forbidden, script)


def test_what_does_not_count_is_listed_faint(tmp_path: Path) -> None:
    view = plate()
    faint = replace(view.defects[2], counts=False, severity=None, rule="smaller than asked for")
    view = replace(view, defects=(*view.defects[:2], faint))
    page = written(tmp_path / "r.html", [measurement_entry(view)])
    assert [x.get("class") for x in page.of("tr")].count("slight") == 1
    assert "smaller than asked for" in page.words


def test_a_page_without_scans_still_tells_what_failed(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", [], failed=[FailedFile("a.ply", "It is empty.")])
    assert "Nothing was measured." in page.words and "a.ply It is empty." in page.words
    assert page.scripts == []


def test_an_entry_keeps_no_map_and_a_small_scene() -> None:
    entry = measurement_entry(measured(sheet(300, 200)), points=5000)
    assert entry.view.deviations.deviations_mm.size == 1
    assert len(json.dumps(entry.scene)) < 90_000
    assert entry.worst == ""


def test_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError):
        write_measurement_page(tmp_path / "r.html", [], title="x", lang="de")
