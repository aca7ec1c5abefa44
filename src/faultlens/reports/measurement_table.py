"""The table of sizes: each with its uncertainty, and what the rules say of it."""

from dataclasses import dataclass

import numpy as np

from faultlens.reports.lettering import fit
from faultlens.reports.measurement_colours import deviation_table
from faultlens.reports.measurement_layout import TABLE_ROW_IN
from faultlens.reports.measurement_map import TAG_COLOURS
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_view import DefectMark, MeasurementView
from faultlens.reports.measurement_words import in_unit, with_uncertainty
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.sheet import Sheet

SIGNS = {"scrap": "✗", "rework": "↻", "accept": "✓"}
"""Severity -> sign, so that no colour needs to be told apart."""

ARROWS = {"depression": "▼", "protrusion": "▲"}

POWERS = {1: "", 2: "²", 3: "³"}

SIZES = ("depth", "length", "width", "area", "volume")
"""Columns of sizes, in the order in which they stand."""


@dataclass(frozen=True)
class SizeRow:
    """One defect as a row of words.

    Args:
        number: as on the map.
        label: its name.
        arrow: into the material or out of it.
        sizes: (size,) of `SIZES`, with their uncertainty, in the units of the head.
        at_border: whether it may be larger.
    """

    number: int
    label: str
    arrow: str
    sizes: tuple[str, ...]
    at_border: bool


def size_rows(view: MeasurementView, shown: int) -> tuple[tuple[str, ...], tuple[SizeRow, ...]]:
    """The units of the columns of sizes, and a row per defect.

    Args:
        view: the measured scan.
        shown: rows at most.

    Returns:
        (size,) units of `SIZES`, one for each column, and (row,) rows.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> units, rows = size_rows(example_scan(), 12)
        >>> units, rows[0].label, rows[0].arrow
        (('mm', 'mm', 'mm', 'mm²', 'mm³'), 'dent', '▼')
    """
    defects = [x.defect for x in view.defects]
    units, times = [], []
    for power, values in (
        (1, [x.depth_mm for x in defects]),
        (1, [x.length_mm for x in defects]),
        (1, [x.width_mm for x in defects]),
        (2, [x.area_mm2 for x in defects]),
        (3, [x.volume_mm3 for x in defects]),
    ):
        # One unit for a column, that of the usual row.
        usual = float(np.median(values)) if values else 1.0
        factor, unit = in_unit(max(usual, 1e-12) ** (1 / power))
        units.append(unit + POWERS[power])
        times.append(factor**power)
    rows = tuple(
        SizeRow(
            number, mark.label, ARROWS[mark.defect.kind], _sizes(mark, times), mark.defect.at_border
        )
        for number, mark in enumerate(view.defects[:shown], start=1)
    )
    return tuple(units), rows


def draw_table(
    sheet: Sheet, view: MeasurementView, place: tuple[float, float, float], shown: int
) -> None:
    """Write a row per defect: number, name, sizes with uncertainty, severity.

    Args:
        sheet: the paper.
        view: the measured scan.
        place: left end, top and width, inches.
        shown: defects that get a row.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet = new_sheet(10, 2, "en")
        >>> draw_table(sheet, example_scan(), (0.3, 0.3, 9.4), 12)
        >>> sheet.paper.texts[0].get_text()
        'Defects'
    """
    x_in, y_in, width = place
    right = x_in + width
    title = measurement_phrase("defects_title", sheet.lang)
    sheet.say(x_in, y_in, title, fontsize=8.5, weight="bold")
    if not view.defects:
        none = measurement_phrase("no_defects", sheet.lang)
        sheet.say(x_in, y_in + 0.24, none, color=FAINT)
        return
    units, rows = size_rows(view, shown)
    named, severe = x_in + 0.32, right - 0.95
    ends = [x_in + width * x for x in (0.36, 0.495, 0.61, 0.745, 0.885)]
    head = y_in + 0.26
    for key, unit, end in zip(SIZES, units, ends, strict=True):
        words = f"{measurement_phrase(key, sheet.lang)}, {unit}"
        sheet.say(end, head, words, fontsize=6.5, color=FAINT, ha="right")
    sheet.say(named, head, measurement_phrase("name", sheet.lang), fontsize=6.5, color=FAINT)
    if any(x.severity is not None for x in view.defects):
        words = measurement_phrase("severity", sheet.lang)
        sheet.say(right, head, words, fontsize=6.5, color=FAINT, ha="right")
    else:
        ends = [x + 0.9 * (x - named) / (severe - named) for x in ends]
    y = head + TABLE_ROW_IN
    for row, mark in zip(rows, view.defects, strict=False):
        sheet.paper.hlines(y - 0.055, x_in, right, color=RULE, lw=0.5)
        _number(sheet, x_in + 0.1, y + 0.04, row.number, mark.severity)
        name = sheet.say(named, y, row.label + (" *" if row.at_border else ""), weight="bold")
        depth = sheet.say(ends[0], y, row.sizes[0], ha="right")
        colour = deviation_table()[56 if row.arrow == ARROWS["depression"] else 200] / 255
        fit(sheet.figure, name, ends[0] - 1.12 - named)
        sheet.say(ends[0] - 1.0, y, row.arrow, color=tuple(colour), ha="right")
        for end, words in zip(ends[1:], row.sizes[1:], strict=True):
            sheet.say(end, y, words, ha="right")
        depth.set_fontweight("bold")
        if mark.severity is not None:
            _chip(sheet, right, y, mark.severity)
        y += TABLE_ROW_IN
    left_out = len(view.defects) - len(rows)
    if left_out > 0:
        words = measurement_phrase("more", sheet.lang, count=left_out)
        sheet.say(named, y, words, fontsize=6.5, color=FAINT)
        y += TABLE_ROW_IN
    notes = measurement_phrase("uncertainty_note", sheet.lang)
    if any(x.defect.at_border for x in view.defects):
        notes = f"{notes} {measurement_phrase('border_note', sheet.lang)}"
    told = sheet.say(x_in, y + 0.03, notes, fontsize=6.2, color=FAINT, linespacing=1.2)
    fit(sheet.figure, told, width, 2)


def severity_words(severity: str, lang: str) -> str:
    """The sign and the word of a severity.

    Args:
        severity: of `measurement_view.SEVERITIES`.
        lang: "en" or "zh".

    Example:
        >>> severity_words("rework", "zh")
        '↻ 返修'
    """
    return f"{SIGNS[severity]} {measurement_phrase(severity, lang)}"


def _chip(sheet: Sheet, right: float, y: float, severity: str) -> None:
    ground, letters = TAG_COLOURS[severity]
    edge = RULE if ground == "white" else ground
    look = {"boxstyle": "round,pad=0.22", "facecolor": ground, "edgecolor": edge, "linewidth": 0.6}
    words = severity_words(severity, sheet.lang)
    sheet.say(right - 0.06, y, words, color=letters, ha="right", bbox=look, gid="severity")


def _number(sheet: Sheet, x: float, y: float, number: int, severity: str | None) -> None:
    ground, letters = TAG_COLOURS[severity]
    look = {"boxstyle": "round,pad=0.22", "facecolor": ground, "edgecolor": INK, "linewidth": 0.6}
    style = {"fontsize": 6.5, "weight": "bold", "ha": "center", "va": "center_baseline"}
    sheet.say(x, y, str(number), color=letters, bbox=look, **style)


def _sizes(mark: DefectMark, times: list[float]) -> tuple[str, ...]:
    defect = mark.defect
    sizes = (
        (defect.depth_mm, defect.depth_mm_u95),
        (defect.length_mm, defect.length_mm_u95),
        (defect.width_mm, defect.width_mm_u95),
        (defect.area_mm2, defect.area_mm2_u95),
        (defect.volume_mm3, defect.volume_mm3_u95),
    )
    return tuple(with_uncertainty(x * a, x * b) for x, (a, b) in zip(times, sizes, strict=True))
