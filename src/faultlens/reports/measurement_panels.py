"""Map and section of a measured scan, as panels of the sheet and as pictures of the page."""

from typing import TYPE_CHECKING

from faultlens.core.languages import checked_language
from faultlens.reports.lettering import fit
from faultlens.reports.measurement_layout import (
    AXIS_IN,
    FOOT_IN,
    LEAST_SCALE_IN,
    SCALE_IN,
    STRETCHED_BEYOND,
    TITLE_IN,
    WIDE_FROM,
    Rectangle,
)
from faultlens.reports.measurement_map import draw_map, draw_numbers, draw_scale
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_raster import extent_mm
from faultlens.reports.measurement_section import draw_section, mark_section, section_of
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EDGE_IN = 0.12
WIDE_IN, BESIDE_IN, TALLEST_IN = 8.2, 4.6, 3.8
"""Width of a wide map and of one with a section beside it, and most height of a map, inches."""


def panel_figures(
    view: MeasurementView, limit_mm: float, lang: str | None = None
) -> tuple["Figure", "Figure"]:
    """The map, and the section through the worst point: of equal height unless the map is wide.

    Args:
        view: the measured scan.
        limit_mm: deviation of the last colour, mm.
        lang: language of the fixed words, "en" or "zh"; the view's own where None.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> len(panel_figures(example_scan(), 0.4))
        2
    """
    language = checked_language(view.lang if lang is None else lang)
    left, right, bottom, top = extent_mm(view)
    true = (right - left) / (top - bottom)
    aspect = min(max(true, 1 / STRETCHED_BEYOND), STRETCHED_BEYOND)
    wide = aspect >= WIDE_FROM
    width = WIDE_IN if wide else min(BESIDE_IN, TALLEST_IN * aspect)
    first, head = EDGE_IN + AXIS_IN, EDGE_IN + TITLE_IN
    area = (first, head, width, width / aspect)
    height = head + max(area[3], LEAST_SCALE_IN) + FOOT_IN
    mapped = new_sheet(first + width + SCALE_IN, height, language)
    draw_map_panel(mapped, view, area, limit_mm)
    across, down = (width, 1.9) if wide else (BESIDE_IN - 0.6, max(area[3], 1.8))
    cut = new_sheet(first + across + 2 * EDGE_IN, max(head + down + FOOT_IN, 0), language)
    draw_section_panel(cut, view, (first, head, across, down), limit_mm)
    return mapped.figure, cut.figure


def draw_map_panel(sheet: Sheet, view: MeasurementView, area: Rectangle, limit_mm: float) -> None:
    """Draw the map with its title, its colours, its numbers and where the section runs.

    Args:
        sheet: the paper.
        view: the measured scan.
        area: left, top, width and height of the map itself, inches.
        limit_mm: deviation of the last colour, mm.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> sheet = new_sheet(7, 5, "en")
        >>> draw_map_panel(sheet, example_scan(), (0.7, 0.6, 4, 3), 0.4)
        >>> [x.get_label() for x in sheet.figure.axes]
        ['paper', 'map', 'scale', 'shares']
    """
    axes = draw_map(sheet, view, area, limit_mm)
    draw_numbers(axes, view, area, mark_section(axes, section_of(view)))
    scale = (area[0] + area[2] + 0.14, area[1], 0.12, max(area[3], LEAST_SCALE_IN))
    draw_scale(sheet, view, scale, limit_mm)
    title_over(sheet, area, _map_words(view, area, sheet.lang), area[2] + 0.9)


def draw_section_panel(
    sheet: Sheet, view: MeasurementView, area: Rectangle, limit_mm: float
) -> None:
    """Draw the section through the worst point with its title.

    Args:
        sheet: the paper.
        view: the measured scan.
        area: left, top, width and height of the section itself, inches.
        limit_mm: deviation of the last colour, mm.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> sheet = new_sheet(7, 5, "en")
        >>> draw_section_panel(sheet, example_scan(), (0.7, 0.6, 4, 3), 0.4)
        >>> [x.get_label() for x in sheet.figure.axes]
        ['paper', 'section']
    """
    draw_section(sheet, view, section_of(view), area, limit_mm)
    key = "section_worst" if view.defects else "section"
    title_over(sheet, area, measurement_phrase(key, sheet.lang, number=1))


def title_over(sheet: Sheet, panel: Rectangle, words: str, room_in: float | None = None) -> None:
    """Write the title of a panel above it.

    Args:
        sheet: the paper.
        panel: left, top, width and height, inches.
        words: the title.
        room_in: most width; that of the panel where None.

    Example:
        >>> sheet = new_sheet(3, 2, "en")
        >>> title_over(sheet, (0.2, 0.5, 2, 1), "Section A–A′")
        >>> sheet.paper.texts[0].get_text()
        'Section A–A′'
    """
    title = sheet.say(panel[0], panel[1] - 0.2, words, fontsize=8.5, weight="bold", va="bottom")
    fit(sheet.figure, title, max(panel[2], 1.4) if room_in is None else room_in)


def _map_words(view: MeasurementView, area: Rectangle, lang: str) -> str:
    words = measurement_phrase("map", lang)
    left, right, bottom, top = extent_mm(view)
    proportion = (right - left) / (top - bottom) / (area[2] / area[3])
    stretched = max(proportion, 1 / proportion)
    if stretched > 1.01:
        told = measurement_phrase("stretched", lang, times=f"{stretched:.2g}")
        words = f"{words} ({told})" if lang == "en" else f"{words}（{told}）"
    return words
