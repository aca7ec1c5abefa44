"""The page of a batch: a gallery, worst first, everything escaped, no script but its own."""

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from faultlens.core.errors import UnknownNameError
from faultlens.reports.inspection_gallery import GalleryEntry, add_to_gallery
from faultlens.reports.inspection_page import write_inspection_page
from faultlens.reports.inspection_view import CheckedCondition, PictureView
from faultlens.reports.page import FailedFile
from tests.inspected_pictures import inspected

VOID = {"meta", "img", "br", "link", "input", "hr", "path"}
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)></style>{{7*7}}.png"
TEMPLATES = Path(__file__).parents[2] / "src" / "faultlens" / "reports" / "templates"


class Page(HTMLParser):
    """A page taken apart: texts, tags with attributes; a tag that is not closed is an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["script"]:
            self.scripts.append(data)
        elif data.strip() and self._open[-1:] != ["style"]:
            self.texts.append(" ".join(data.split()))

    @property
    def words(self) -> str:
        """All that a reader reads."""
        return " ".join(self.texts)

    def of(self, tag: str, part: str = "") -> list[dict[str, str | None]]:
        """Attributes of every tag of this name, and of this class where one is given."""
        return [
            x
            for name, x in self.tags
            if name == tag and (not part or part in (x.get("class") or "").split())
        ]


def kept(folder: Path, *views: PictureView) -> list[GalleryEntry]:
    """The views as entries of a page."""
    return [add_to_gallery(folder / "files", f"p{x}", view) for x, view in enumerate(views)]


def written(path: Path, entries: list[GalleryEntry], **options: object) -> Page:
    """Write a page and take it apart."""
    write_inspection_page(path, entries, **({"title": "Line 3"} | options))  # type: ignore[arg-type]
    return Page(path.read_text(encoding="utf-8"))


def batch(lang: str = "en") -> list[PictureView]:
    """One of each kind of result, in no helpful order."""
    return [
        inspected("no_defect", name="clear.png", score=0.9, lang=lang),
        inspected("unknown", name="unknown.png", lang=lang),
        inspected(name="weak.png", score=0.7, alarm_score=0.7, lang=lang),
        inspected(name="below.png", alarm=False, score=0.4, alarm_score=0.4, lang=lang),
        inspected(name="sure.png", score=0.95, alarm_score=0.95, lang=lang),
    ]


def test_the_gallery_begins_with_the_worst_and_every_card_leads_to_its_picture(
    tmp_path: Path,
) -> None:
    page = written(tmp_path / "report.html", kept(tmp_path, *batch()))
    cards = page.of("a", "card")
    assert [x["data-name"] for x in cards] == [
        "sure.png",
        "weak.png",
        "below.png",
        "unknown.png",
        "clear.png",
    ]
    assert [x["data-group"] for x in cards] == ["alarm", "alarm", "below", "unknown", "clear"]
    sections = [x["id"] for x in page.of("section", "inspection")]
    assert [x["href"] for x in cards] == [f"#{x}" for x in sections]


def test_counts_throughput_and_failed_files_are_told(tmp_path: Path) -> None:
    failed = [FailedFile("cut.jpg", "The file is cut off."), FailedFile("http://a", "Private.")]
    page = written(tmp_path / "r.html", kept(tmp_path, *batch()), failed=failed, seconds=2.5)
    assert "5 pictures in 2.5 s: 2 per second" in page.words
    assert "All 5 ▲ Alarm 2 △ Below threshold 1 ? Unknown 1 ✓ No defect 1" in page.words
    assert "cut.jpg The file is cut off. http://a Private." in page.words
    assert {"scratch (3)", "unknown (1)", "no defect (1)"} <= set(page.texts)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Heat map", "Findings", "Regions", "Sort by", "upper left", "Keys: ")),
        ("zh", ("热力图", "检测结果", "缺陷区域", "排序", "左上", "快捷键", "划痕（确定）")),
    ],
)
def test_both_languages(tmp_path: Path, lang: str, words: tuple[str, ...]) -> None:
    page = written(tmp_path / "r.html", kept(tmp_path, *batch(lang)), lang=lang)
    assert [x for x in words if x not in page.words] == []
    assert page.of("html")[0]["lang"] == {"en": "en", "zh": "zh-Hans"}[lang]


def test_what_comes_from_outside_is_text_and_never_markup(tmp_path: Path) -> None:
    view = inspected(
        label=ATTACK,
        name=ATTACK,
        part=ATTACK,
        model=ATTACK,
        profile=ATTACK,
        warnings=(ATTACK,),
        conditions=(CheckedCondition(ATTACK, ATTACK, None),),
    )
    page = written(
        tmp_path / "r.html",
        kept(tmp_path, view, inspected()),
        title=ATTACK,
        failed=[FailedFile(ATTACK, ATTACK)],
    )
    assert len(page.scripts) == 1 and "alert(" not in page.scripts[0]
    assert len(page.of("img")) == 8  # thumbnail, picture and the heat of both, twice
    assert not any(name.startswith("on") for _, x in page.tags for name in x)
    assert page.words.count("<script>alert(1)</script>") >= 12
    assert "49.png" not in page.words


def test_only_the_pages_own_script_may_run_and_nothing_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    page = written(path, kept(tmp_path, *batch()))
    policy = next(x["content"] for x in page.of("meta") if "http-equiv" in x) or ""
    digest = b64encode(sha256(page.scripts[0].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    assert not re.search(r"https?:|//cdn|@import|url\(", path.read_text(encoding="utf-8"))
    assert page.of("link") == [] and page.of("iframe") == []


def test_the_script_writes_no_markup() -> None:
    script = (TEMPLATES / "inspection.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function", script
    )


def test_a_small_batch_lies_in_the_file_itself(tmp_path: Path) -> None:
    entries = kept(tmp_path, *batch())
    page = written(tmp_path / "r.html", entries)
    sources = [x["src"] or "" for x in page.of("img")]
    assert all(x.startswith(("data:image/jpeg;base64,", "data:image/png;base64,")) for x in sources)
    sure = next(x for x in entries if x.view.name == "sure.png")
    assert b64decode(sources[0].partition(",")[2]) == sure.thumbnail.read_bytes()


def test_a_large_batch_is_linked_whatever_its_files_are_called(tmp_path: Path) -> None:
    entries = [
        add_to_gallery(tmp_path / "泵 #1", name, inspected()) for name in ("a b", "c%20d", "板?")
    ]
    page = written(tmp_path / "r.html", entries, pictures_embedded=2)
    sources = {x["src"] or "" for x in page.of("img")}
    assert not any(x.startswith("data:") or "#" in x or " " in x or "?" in x for x in sources)
    assert all((tmp_path / unquote(x)).is_file() for x in sources)
    assert (tmp_path / "r.html").stat().st_size < 60_000


def test_one_picture_needs_no_gallery_and_no_script(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", kept(tmp_path, inspected()))
    assert page.scripts == [] and page.of("a", "card") == []
    assert len(page.of("section", "inspection")) == 1
    # Heat and outlines are still switched on and off: by style alone.
    assert {"heat", "outlines"} == {x["id"] for x in page.of("input")}


def test_a_page_without_pictures_still_tells_what_failed(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", [], failed=[FailedFile("a.png", "It is empty.")])
    assert "No picture was inspected." in page.texts and "It is empty." in page.texts


def test_findings_regions_and_conditions_stand_in_tables(tmp_path: Path) -> None:
    conditions = (CheckedCondition("longer than 0.5 mm", "9.9 mm", True),)
    view = inspected(conditions=conditions, mm_per_pixel=0.1, warnings=("Calibrate.",))
    words = written(tmp_path / "r.html", kept(tmp_path, view)).words
    assert "scratch 0.80 sentence number 0 that was asked for 0.03" in words
    assert "The alarm score is 0.80; it alarms from 0.62." in words
    assert "1 scratch 0.90 5.00 × 1.20 mm 6.00 mm² upper left" in words
    assert "scratch: longer than 0.5 mm 9.9 mm ✓ yes" in words
    assert "Warnings Calibrate." in words


def test_the_files_of_an_entry_are_small_and_the_entry_holds_no_arrays(tmp_path: Path) -> None:
    view = inspected(size=(5000, 1000), boxes=((100, 100, 900, 30),))
    entry = add_to_gallery(tmp_path, "long", view)
    with Image.open(entry.picture) as picture, Image.open(entry.thumbnail) as thumbnail:
        assert picture.width * picture.height <= 2_010_000 and max(picture.size) <= 4000
        assert max(thumbnail.size) == 360
    assert entry.heat is not None
    with Image.open(entry.heat) as heat:
        assert max(heat.size) == 512
        assert heat.convert("RGBA").getchannel("A").getextrema() == (0, round(255 * 0.55))
    assert entry.view.pixels.size == 0 and entry.view.heat is None
    assert all(x.mask is None for x in entry.view.findings)
    assert entry.view.spotted and entry.view.sentence == view.sentence


def test_outlines_are_paths_in_the_pixels_of_the_picture(tmp_path: Path) -> None:
    view = inspected(size=(300, 200), boxes=((60, 40, 80, 20),))
    (outline,) = add_to_gallery(tmp_path, "a", view).outlines
    numbers = np.array(re.findall(r"[\d.]+", outline.path), dtype=float).reshape(-1, 2)
    assert outline.told
    assert numbers.min(axis=0).tolist() == [60, 40] and numbers.max(axis=0).tolist() == [140, 60]
    boxes = replace(view, findings=tuple(replace(x, mask=None) for x in view.findings))
    (frame,) = add_to_gallery(tmp_path, "b", boxes).outlines
    assert frame.path == "M60 40L140 40L140 60L60 60Z"


def test_a_failed_write_leaves_the_old_page(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    entries = kept(tmp_path, inspected())
    written(path, entries, title="old")
    with pytest.raises(UnknownNameError, match="en, zh"):
        write_inspection_page(path, entries, title="new", lang="fr")
    entries[0].picture.unlink()
    with pytest.raises(OSError, match=r"p0\.jpg"):
        write_inspection_page(path, entries, title="new")
    assert "<h1>old</h1>" in path.read_text(encoding="utf-8")
