"""One HTML page for measured scans: views that turn, sections, sizes; it opens offline."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.html import embedded, page_environment
from faultlens.reports.inspection_bars import MARKS
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_picture import write_sheet
from faultlens.reports.inspection_sentence import score_words
from faultlens.reports.inspection_view import KINDS
from faultlens.reports.measurement_figure import limit_of, scan_facts
from faultlens.reports.measurement_panels import panel_figures
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_scene import MOST_POINTS, packed_scene
from faultlens.reports.measurement_table import SIZES, SizeRow, severity_words, size_rows
from faultlens.reports.measurement_view import SEVERITIES, DefectMark, MeasurementView
from faultlens.reports.measurement_words import length_of
from faultlens.reports.page import FailedFile

if TYPE_CHECKING:
    from jinja2 import Template
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class PagePicture:
    """A picture that lies in the page itself.

    Args:
        address: a data URL.
        width_px: its width, pixels.
        height_px: its height, pixels.
    """

    address: str
    width_px: int
    height_px: int


@dataclass(frozen=True, eq=False)
class MeasurementEntry:
    """One measured scan of a page, with all that the page shows and without its map.

    Args:
        view: what to tell of it, without its arrays.
        scene: its points for the viewer, as `packed_scene` gives them.
        pictures: of the map and of the section, within the page.
        units: (size,) of the columns of sizes.
        rows: (defect,) sizes in words.
        facts: reference, points, cells and what else there is to know.
    """

    view: MeasurementView
    scene: dict[str, Any]
    pictures: tuple["PagePicture", "PagePicture"]
    units: tuple[str, ...]
    rows: tuple[SizeRow, ...]
    facts: tuple[str, ...]

    @property
    def worst(self) -> str:
        """Depth or height of the worst defect, with its uncertainty; empty without one."""
        if not self.view.defects:
            return ""
        defect = self.view.defects[0].defect
        return length_of(defect.depth_mm, defect.depth_mm_u95)

    @property
    def stacked(self) -> bool:
        """Whether the section goes under the map: where both are not of one height."""
        return self.pictures[0].height_px != self.pictures[1].height_px

    @property
    def ruled(self) -> bool:
        """Whether rules were given."""
        return any(x.severity is not None or x.rule for x in self.view.defects)

    @property
    def bordered(self) -> bool:
        """Whether any defect may be larger than measured."""
        return any(x.at_border for x in self.rows)


def measurement_entry(
    view: MeasurementView, *, lang: str | None = None, points: int = MOST_POINTS
) -> MeasurementEntry:
    """Draw one scan for a page, so that its map need not be kept.

    Args:
        view: the measured scan.
        lang: language of the fixed words, "en" or "zh"; the view's own where None.
        points: of the view that turns, at most; `measurement_scene.points_for` says how many each
            scan of a page of many may have.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> entry = measurement_entry(example_scan(), points=1000)
        >>> entry.worst[:3], entry.view.deviations.deviations_mm.size
        ('0.3', 1)
    """
    language = checked_language(view.lang if lang is None else lang)
    limit = limit_of(view)
    mapped, cut = panel_figures(view, limit, language)
    units, rows = size_rows(view, len(view.defects))
    scene = packed_scene(view, limit, points)
    facts = scan_facts(view, language)
    pictures = (_picture(mapped), _picture(cut))
    return MeasurementEntry(view.light(), scene, pictures, units, rows, facts)


def write_measurement_page(
    path: str | Path,
    entries: Iterable[MeasurementEntry],
    *,
    title: str,
    lang: str = "en",
    failed: Iterable[FailedFile] = (),
    seconds: float | None = None,
) -> None:
    """Write measured scans as one HTML page, the worst first.

    The page loads nothing from a network. It runs one script of its own, which turns the scans;
    without it the page shows all the rest.

    Args:
        path: the HTML file to write, whole or not at all.
        entries: the measured scans, in any order.
        title: heading of the page.
        lang: language of the fixed words, "en" or "zh"; names keep the user's.
        failed: files that could not be measured, with the reason.
        seconds: time that the whole batch took, s; None where nobody measured it.

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: the page cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "report.html"
        >>> bad = FailedFile("a.ply", "It is empty.")
        >>> write_measurement_page(target, [], title="Line 3", failed=[bad])
        >>> "It is empty." in target.read_text(encoding="utf-8")
        True
    """
    language = checked_language(lang)
    ranked = sorted(entries, key=_rank)
    script = _script()
    page = _template().render(
        title=title,
        lang=language,
        script=script,
        # The page may run this one script, whatever a file name or a label holds.
        script_hash=b64encode(sha256(script.encode()).digest()).decode("ascii"),
        words=lambda key, **values: measurement_phrase(key, language, **values),
        common=lambda key, **values: inspection_phrase(key, language, **values),
        severity_of=lambda severity: severity_words(severity, language),
        score=score_words,
        place=_place,
        marks=MARKS,
        sizes=SIZES,
        entries=ranked,
        failed=tuple(failed),
        rate=None if not seconds else _throughput(len(ranked), seconds, language),
    )
    write_text(path, page)


def _picture(figure: "Figure") -> PagePicture:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "panel.png"
        write_sheet(file, figure)
        address = embedded(file)
    width, height = (round(float(x) * figure.dpi) for x in figure.get_size_inches())
    return PagePicture(address, width, height)


def _rank(entry: MeasurementEntry) -> tuple[int, bool, int, float, str]:
    """Scrap, rework, accept; then alarms, defects, unknown, clear; the surest first."""
    view = entry.view
    severity = len(SEVERITIES) if view.severity is None else SEVERITIES.index(view.severity)
    return severity, not view.alarm, KINDS.index(view.kind), -view.alarm_score, view.name


def _place(mark: DefectMark) -> str:
    # As exact as its size asks for: a tenth of a millimetre on a large part, more on a small one.
    digits = 1 if mark.defect.length_mm >= 5 else 2 if mark.defect.length_mm >= 0.5 else 3
    told = ", ".join(f"{x:.{digits}f}" for x in mark.defect.position_mm)
    return told.replace("-", "−")


def _throughput(count: int, seconds: float, lang: str) -> str:
    if count == 1:
        return measurement_phrase("took", lang, seconds=f"{seconds:.1f}")
    rate = f"{count / seconds:.3g}"
    return measurement_phrase("throughput", lang, count=count, seconds=f"{seconds:.1f}", rate=rate)


def _script() -> str:
    file = Path(__file__).parent / "templates" / "measurement.js"
    return file.read_text(encoding="utf-8")


@cache
def _template() -> "Template":
    return page_environment().get_template("measurement.html.jinja")
