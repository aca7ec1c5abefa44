"""One HTML page for a batch of pictures: a gallery, each picture with all that was found on it."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.html import page_environment
from faultlens.reports.inspection_figure import facts_of
from faultlens.reports.inspection_gallery import GalleryEntry
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import area_words, extent_words, place_of, score_words
from faultlens.reports.inspection_view import KINDS, PictureView, SpottedRegion
from faultlens.reports.page import FailedFile

if TYPE_CHECKING:
    from jinja2 import Template

PICTURES_EMBEDDED = 24
"""Most pictures that go into the file itself; more are linked, so that the page stays small."""

GROUPS = ("alarm", "below", "unknown", "clear")
"""What a picture counts as, the worst first."""

BADGES = {"alarm": "▲", "below": "△", "unknown": "?", "clear": "✓"}
"""A mark for each group, so that they are told apart without colours."""


def write_inspection_page(
    path: str | Path,
    entries: Iterable[GalleryEntry],
    *,
    title: str,
    lang: str = "en",
    failed: Iterable[FailedFile] = (),
    seconds: float | None = None,
    pictures_embedded: int = PICTURES_EMBEDDED,
) -> None:
    """Write a batch as one HTML page with a gallery, the worst picture first.

    The page loads nothing from a network, and runs no script but its own, which filters and sorts;
    without it the page shows all. Up to `pictures_embedded` pictures lie in the file itself; of a
    larger batch they are linked where they lie.

    Args:
        path: the HTML file to write, whole or not at all.
        entries: the inspected pictures, in any order.
        title: heading of the page.
        lang: language of the fixed words, "en" or "zh"; labels keep the user's.
        failed: files that could not be inspected, with the reason.
        seconds: time that the whole batch took, s; None where nobody measured it.
        pictures_embedded: most pictures to embed.

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: a picture cannot be read, or the page cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "report.html"
        >>> bad = FailedFile("a.png", "It is empty.")
        >>> write_inspection_page(target, [], title="Line 3", failed=[bad])
        >>> "It is empty." in target.read_text(encoding="utf-8")
        True
    """
    language = checked_language(lang)
    ranked = sorted(entries, key=_rank)
    unread = tuple(failed)
    embed = len(ranked) <= pictures_embedded
    folder = Path(path).parent
    verdicts = list(dict.fromkeys(x.view.verdict for x in ranked))
    script = _script()
    page = _template().render(
        title=title,
        lang=language,
        script=script,
        # The page may run this one script, whatever a file name or a label holds.
        script_hash=b64encode(sha256(script.encode()).digest()).decode("ascii"),
        words=lambda key, **values: inspection_phrase(key, language, **values),
        score=score_words,
        facts=lambda view: facts_of(view, language),
        entries=ranked,
        address=lambda file: _address(file, folder, embed),
        place=lambda view, region: inspection_phrase(_place(view, region), language),
        extent=extent_words,
        area=area_words,
        verdicts=[(x, sum(entry.view.verdict == x for entry in ranked)) for x in verdicts],
        verdict_number=verdicts.index,
        groups=[(group, sum(x.group == group for x in ranked)) for group in GROUPS],
        badges=BADGES,
        failed=unread,
        rate=None if not seconds else _throughput(len(ranked), seconds, language),
    )
    write_text(path, page)


def _rank(entry: GalleryEntry) -> tuple[int, int, float, str]:
    """Alarms, then defects below the threshold, then unknown, then clear; the surest first."""
    view = entry.view
    return GROUPS.index(entry.group), KINDS.index(view.kind), -view.alarm_score, view.name


def _throughput(count: int, seconds: float, lang: str) -> str:
    return inspection_phrase(
        "throughput", lang, count=count, seconds=f"{seconds:.1f}", rate=f"{count / seconds:.3g}"
    )


def _place(view: PictureView, region: SpottedRegion) -> str:
    return place_of(region, view.width_px, view.height_px)


def _address(file: Path, folder: Path, embed: bool) -> str:
    if not embed:
        return quote(Path(relpath(file, folder)).as_posix())
    kind = "png" if file.suffix == ".png" else "jpeg"
    return f"data:image/{kind};base64,{b64encode(file.read_bytes()).decode('ascii')}"


def _script() -> str:
    file = Path(__file__).parent / "templates" / "inspection.js"
    return file.read_text(encoding="utf-8")


@cache
def _template() -> "Template":
    return page_environment().get_template("inspection.html.jinja")
