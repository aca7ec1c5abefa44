"""The page of a batch: one file, worst first, everything escaped, nothing loaded from a network."""

import re
import time
from base64 import b64decode
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.reports.page import FailedFile, ReportEntry, write_report
from faultlens.reports.picture import write_picture
from faultlens.reports.signal_figure import signal_figure
from faultlens.reports.view import SecondOpinion, SignalView
from tests.timing import quickest

MakeView = Callable[..., SignalView]
VOID = {"meta", "img", "br", "link", "input", "hr"}
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>.csv"


class Page(HTMLParser):
    """A page taken apart: texts, tags with attributes; a tag that is not closed is an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1:] != ["style"]:
            self.texts.append(" ".join(data.split()))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every tag of this name."""
        return [x for name, x in self.tags if name == tag]


def written(path: Path, entries: list[ReportEntry], **options: object) -> Page:
    """Write a report and take it apart."""
    write_report(path, entries, **({"title": "Pump house"} | options))  # type: ignore[arg-type]
    return Page(path.read_text(encoding="utf-8"))


def batch(make_view: MakeView, lang: str = "en") -> list[ReportEntry]:
    """A healthy, an unknown, a weak and two strong faults, in no helpful order."""
    kinds = ("healthy", "outer_race", "no_bearing", "inner_race")
    entries = [ReportEntry(make_view(x, lang, file=f"{x}.csv")) for x in kinds]
    weak = make_view("cage", lang, file="weak.csv", alarm=False)
    return [entries[0], ReportEntry(weak), *entries[1:]]


def test_the_summary_begins_with_the_worst(make_view: MakeView, tmp_path: Path) -> None:
    page = written(tmp_path / "report.html", batch(make_view))
    files = [x for x in page.texts if x.endswith(".csv")][:5]
    assert files == [
        "inner_race.csv",
        "outer_race.csv",
        "weak.csv",
        "no_bearing.csv",
        "healthy.csv",
    ]
    targets = {x["href"] for x in page.of("a")}
    assert targets == {f"#{x['id']}" for x in page.of("section") if "id" in x}


def test_counts_and_failed_files_are_told(make_view: MakeView, tmp_path: Path) -> None:
    failed = [FailedFile("a.csv", "The file is empty."), FailedFile("b.mat", "No sampling rate.")]
    page = written(tmp_path / "report.html", batch(make_view), failed=failed)
    told = " ".join(page.texts)
    assert "3 with a fault 1 unknown 1 healthy 2 not readable" in told
    assert "a.csv The file is empty. b.mat No sampling rate." in told
    assert "Files that could not be diagnosed" in told


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Summary", "Alarm", "Recommended action", "Peaks and their assignment", "slip")),
        ("zh", ("汇总", "报警", "处理建议", "谱峰及其归属", "滑差", "内圈故障")),
    ],
)
def test_both_languages(
    make_view: MakeView, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    page = written(tmp_path / "report.html", batch(make_view, lang), lang=lang)
    told = " ".join(page.texts)
    assert [x for x in words if x not in told] == []
    assert page.of("html")[0]["lang"] == {"en": "en", "zh": "zh-Hans"}[lang]


def test_peaks_are_listed_with_assignment_orders_hertz_and_strength(
    make_view: MakeView, tmp_path: Path
) -> None:
    view = make_view("rolling_element")
    page = written(tmp_path / "report.html", [ReportEntry(view)])
    told = " ".join(page.texts)
    assert view.evidence is not None
    line = view.evidence.family("ball").lines[1]
    hertz = line.measured_order * view.evidence.shaft_hz
    row = f"ball, BSF 4× {line.measured_order:.3f} {line.expected_order:.3f} {hertz:.1f}"
    assert f"{row} {line.strength:.2f}" in told
    assert "ball, BSF 2× + FTF" in told


def test_severity_says_that_it_grades_the_machine(make_view: MakeView, tmp_path: Path) -> None:
    told = " ".join(written(tmp_path / "r.html", [ReportEntry(make_view("outer_race"))]).texts)
    assert "ISO 20816-3 grades the machine, not the bearing." in told
    told = " ".join(written(tmp_path / "r.html", [ReportEntry(make_view("no_bearing"))]).texts)
    assert "need the unit of the samples" in told


def test_what_comes_from_outside_is_text_and_never_markup(
    make_view: MakeView, tmp_path: Path
) -> None:
    findings = make_view("outer_race").findings
    view = make_view(
        "outer_race",
        file=ATTACK,
        sentence=ATTACK,
        verdict=ATTACK,
        bearing=ATTACK,
        model=ATTACK,
        action=ATTACK,
        warnings=(ATTACK,),
        machine_group=ATTACK,
        findings=(type(findings[0])(ATTACK, "outer_race", 0.9, ("outer",)), *findings),
    )
    picture = tmp_path / "x.png"
    write_picture(picture, signal_figure(make_view("no_bearing")))
    page = written(
        tmp_path / "report.html",
        [ReportEntry(view, picture)],
        title=ATTACK,
        failed=[FailedFile(ATTACK, ATTACK)],
    )
    assert page.of("script") == []
    assert len(page.of("img")) == 1
    assert not any(name.startswith("on") for _, x in page.tags for name in x)
    assert sum(ATTACK in x for x in page.texts) >= 10


def test_nothing_is_loaded_from_a_network(make_view: MakeView, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    write_picture(picture, signal_figure(make_view("inner_race")))
    path = tmp_path / "report.html"
    page = written(path, [ReportEntry(make_view("inner_race"), picture)])
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|//cdn|@import|url\(", source)
    assert page.of("link") == [] and page.of("iframe") == []
    policy = next(x["content"] for x in page.of("meta") if "http-equiv" in x)
    assert policy is not None and policy.startswith("default-src 'none'")


def test_one_file_holds_its_picture_and_stays_small(make_view: MakeView, tmp_path: Path) -> None:
    picture, path = tmp_path / "x.png", tmp_path / "report.html"
    write_picture(picture, signal_figure(make_view("inner_and_outer_race")))
    entries = [ReportEntry(make_view("inner_and_outer_race"), picture)]
    page = written(path, entries)  # the first call also compiles the template
    head, data = (page.of("img")[0]["src"] or "").split(",")
    assert head == "data:image/png;base64"
    assert b64decode(data) == picture.read_bytes()
    assert path.stat().st_size < 400_000

    def write() -> None:
        write_report(path, entries, title="Pump house")

    assert quickest(write, 0.1, clock=time.process_time) < 0.1


def test_a_large_batch_links_its_pictures(make_view: MakeView, tmp_path: Path) -> None:
    entries = []
    for name in ("a b.png", "泵 #1.png", "c%20d.png"):
        (tmp_path / name).write_bytes(b"png")
        entries.append(ReportEntry(make_view("healthy"), tmp_path / name))
    page = written(tmp_path / "report.html", entries, pictures_embedded=2)
    sources = [x["src"] or "" for x in page.of("img")]
    assert {unquote(x) for x in sources} == {"a b.png", "泵 #1.png", "c%20d.png"}
    assert not any(x.startswith("data:") or "#" in x or " " in x for x in sources)


def test_a_page_without_recordings_still_tells_what_failed(tmp_path: Path) -> None:
    page = written(tmp_path / "report.html", [], failed=[FailedFile("a.csv", "It is empty.")])
    assert "No recording was diagnosed." in page.texts
    assert "It is empty." in page.texts


def test_a_failed_write_leaves_the_old_page(make_view: MakeView, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, [], title="old")
    with pytest.raises(UnknownNameError, match="en, zh"):
        write_report(path, [], title="new", lang="fr")
    with pytest.raises(OSError, match=r"missing\.png"):
        write_report(path, [ReportEntry(make_view("cage"), tmp_path / "missing.png")], title="new")
    assert "<h1>old</h1>" in path.read_text(encoding="utf-8")
    assert [x.name for x in tmp_path.iterdir()] == ["report.html"]


def test_the_lines_of_a_fitted_geometry_are_called_so(make_view: MakeView, tmp_path: Path) -> None:
    page = written(tmp_path / "report.html", [ReportEntry(make_view("fitted"))])
    told = " ".join(page.texts)
    assert "bearing not stated; best fit n=9" in told
    assert "Best fit, bearing not stated" in page.texts
    assert "the usual geometry that fits the spectrum best (n=9)" in told
    assert "-0.20 %" not in told  # no slip against a geometry that was fitted


@pytest.mark.parametrize(
    ("agrees", "words"),
    [
        (True, "The training-free rule agrees: inner race fault, 0.94."),
        (False, "The training-free rule says inner race fault (0.94): look at the lines before"),
    ],
)
def test_the_second_opinion_stands_beside_the_verdict(
    make_view: MakeView, tmp_path: Path, agrees: bool, words: str
) -> None:
    opinion = SecondOpinion(
        "builtin/physics@0", "inner race fault", "inner_race", 0.94, True, agrees
    )
    entry = ReportEntry(make_view("inner_race", second_opinion=opinion))
    told = " ".join(written(tmp_path / "report.html", [entry]).texts)
    assert "Second opinion" in told and words in told
    plain = written(tmp_path / "report.html", [ReportEntry(make_view("inner_race"))])
    assert "Second opinion" not in plain.texts
