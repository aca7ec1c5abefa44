"""The sheet of one measured scan, as it goes into a customer's report."""

from typing import TYPE_CHECKING

import numpy as np

from faultlens.core.languages import checked_language
from faultlens.reports.inspection_bars import draw_conditions, draw_scores
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_view import PictureFinding, PictureView
from faultlens.reports.lettering import fit
from faultlens.reports.measurement_colours import colour_limit_mm
from faultlens.reports.measurement_layout import (
    CONDITIONS,
    MARGIN_IN,
    WIDTH_IN,
    MeasurementLayout,
    MeasurementNeeds,
    measurement_layout,
)
from faultlens.reports.measurement_map import TAG_COLOURS
from faultlens.reports.measurement_panels import draw_map_panel, draw_section_panel, title_over
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_raster import extent_mm
from faultlens.reports.measurement_solid import draw_solid, number_solid, solid_of
from faultlens.reports.measurement_table import draw_table, severity_words
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.measurement_words import in_unit, three_digits
from faultlens.reports.palette import ALARM, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SENTENCE_ROOM_IN = WIDTH_IN - 2 * MARGIN_IN - 0.2
LONGEST_NAME = 110
"""Letters of a name on the sheet."""

SENTENCE_LINES, NOTE_LINES = 3, 4
"""Most lines of the verdict and of the small print; page and JSON hold all of it."""


def measurement_figure(view: MeasurementView, lang: str | None = None) -> "Figure":
    """The sheet: verdict, deviation map, section, view in space, findings, sizes with severity.

    Ten inches wide at 150 dpi, as high as the proportions of the scan ask for; made without
    matplotlib's global state, so it is safe in threads. Names keep their own language.

    Args:
        view: the measured scan.
        lang: language of the fixed words, "en" or "zh"; the view's own where None.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> float(measurement_figure(example_scan()).get_size_inches()[0])
        10.0
    """
    language = checked_language(view.lang if lang is None else lang)
    notes = " · ".join(view.warnings)
    if notes:
        notes = f"{inspection_phrase('warnings', language)}: {notes}"
    lines = _lines(view.sentence, 8.5, SENTENCE_ROOM_IN, SENTENCE_LINES)
    left, right, bottom, top = extent_mm(view)
    needs = MeasurementNeeds(
        aspect=(right - left) / (top - bottom),
        top_in=0.75 + 0.165 * lines + 0.1,
        findings=len(view.findings),
        defects=len(view.defects),
        conditions=0 if view.best is None else min(len(view.best.conditions), CONDITIONS),
        note_lines=_lines(notes, 6.5, WIDTH_IN - 2 * MARGIN_IN, NOTE_LINES),
    )
    layout = measurement_layout(needs)
    sheet = new_sheet(WIDTH_IN, layout.height_in, language)
    _write_header(sheet, view, lines)
    _draw_panels(sheet, view, layout)
    told = _as_picture(view)
    draw_scores(sheet, told, layout.scores[:2], layout.scores[2], needs.bars)
    draw_conditions(sheet, told, layout.conditions[:2], layout.conditions[2], CONDITIONS)
    draw_table(sheet, view, layout.table, needs.rows)
    if notes:
        text = sheet.say(MARGIN_IN, layout.notes_in, notes, fontsize=6.5, color=FAINT, gid="notes")
        fit(sheet.figure, text, WIDTH_IN - 2 * MARGIN_IN, needs.note_lines)
    _write_footer(sheet, view, layout)
    return sheet.figure


def scan_facts(view: MeasurementView, lang: str = "en") -> tuple[str, ...]:
    """Reference, points, cells, scatter, rules, profile, model and time, in a few words each.

    Args:
        view: the measured scan.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> scan_facts(example_scan())[:2]
        ('reference: plane', '4,800 points')
    """
    told = []
    if view.reference:
        told.append(measurement_phrase("reference", lang, form=view.reference))
    if view.points:
        told.append(measurement_phrase("points", lang, count=f"{view.points:,}"))
    pitch = view.deviations.spacing_mm
    for key, name, value in (
        ("cell", "side", pitch),
        ("roughness", "roughness", view.roughness_mm),
    ):
        if value is not None:
            times, unit = in_unit(value)
            told.append(
                measurement_phrase(key, lang, **{name: f"{three_digits(times * value)} {unit}"})
            )
    if view.unit != "mm":
        told.append(measurement_phrase("file_unit", lang, unit=view.unit))
    if view.rules is not None:
        told.append(measurement_phrase("rules", lang, name=view.rules))
    if view.profile is not None:
        told.append(inspection_phrase("profile", lang, name=view.profile))
    if view.model:
        told.append(view.model)
    if view.seconds > 0:
        told.append(inspection_phrase("seconds", lang, seconds=f"{view.seconds:.2f}"))
    return tuple(told)


def limit_of(view: MeasurementView) -> float:
    """The deviation of the last colour of a scan, mm.

    Args:
        view: the measured scan.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> limit_of(example_scan())
        0.4
    """
    depths = [x.defect.depth_mm for x in view.defects]
    return colour_limit_mm(view.deviations.deviations_mm, depths)


def _lines(text: str, fontsize: float, room_in: float, most: int) -> int:
    """How many lines a text will take: the sheet is as high as it needs to be."""
    if not text:
        return 0
    trial = new_sheet(WIDTH_IN, 1, "en")
    written = fit(trial.figure, trial.say(0, 0, text, fontsize=fontsize), room_in, most)
    return written.get_text().count("\n") + 1


def _write_header(sheet: Sheet, view: MeasurementView, lines: int) -> None:
    height = 0.36 + 0.165 * lines
    stripe = ALARM if view.alarm else INK
    sheet.paper.barh(0.29 + height / 2, 0.07, left=MARGIN_IN, height=height, color=stripe)
    left, right = MARGIN_IN + 0.2, WIDTH_IN - MARGIN_IN - 0.1
    words = inspection_phrase("alarm" if view.alarm else "no_alarm", sheet.lang)
    grounds = (ALARM, "white") if view.alarm else ("white", FAINT)
    pill = _pill(sheet, right, words, grounds, "alarm")
    if view.severity is not None:
        right = float(pill.get_window_extent(dpi=sheet.figure.dpi).x0) / sheet.figure.dpi - 0.3
        words = severity_words(view.severity, sheet.lang)
        pill = _pill(sheet, right, words, TAG_COLOURS[view.severity], "part-severity")
    room = float(pill.get_window_extent(dpi=sheet.figure.dpi).x0) / sheet.figure.dpi - left - 0.3
    title = sheet.say(left, 0.27, view.verdict, fontsize=15, weight="bold", gid="verdict")
    fit(sheet.figure, title, room)
    sentence = sheet.say(left, 0.62, view.sentence, fontsize=8.5, linespacing=1.25, gid="sentence")
    fit(sheet.figure, sentence, SENTENCE_ROOM_IN, SENTENCE_LINES)


def _pill(sheet: Sheet, right: float, words: str, colours: tuple[str, str], gid: str):  # type: ignore[no-untyped-def]
    ground, letters = colours
    edge = RULE if ground == "white" else ground
    look = {"boxstyle": "round,pad=0.4", "facecolor": ground, "edgecolor": edge}
    style = {"fontsize": 9, "weight": "bold", "ha": "right", "va": "center"}
    return sheet.say(right, 0.44, words, color=letters, bbox=look, gid=gid, **style)


def _draw_panels(sheet: Sheet, view: MeasurementView, layout: MeasurementLayout) -> None:
    limit = limit_of(view)
    draw_map_panel(sheet, view, layout.map, limit)
    draw_section_panel(sheet, view, layout.section, limit)
    solid = solid_of(view, limit)
    space = sheet.axes(*layout.solid, label="solid")
    draw_solid(space, solid, limit)
    number_solid(space, view, solid)
    key = "solid" if solid.times == 1 else "solid_exaggerated"
    words = measurement_phrase(key, sheet.lang, times=f"{solid.times:g}")
    place = (layout.solid[0], layout.solid[1] + 0.1, *layout.solid[2:])
    title_over(sheet, place, words)


def _as_picture(view: MeasurementView) -> PictureView:
    """What findings of scans and of pictures have in common, so that both are drawn alike."""
    findings = tuple(
        PictureFinding(x.label, x.score, x.kind, conditions=x.conditions) for x in view.findings
    )
    return PictureView(
        name=view.name,
        pixels=np.zeros((1, 1), np.uint8),
        width_px=1,
        height_px=1,
        verdict=view.verdict,
        kind=view.kind,
        alarm=view.alarm,
        alarm_score=view.alarm_score,
        threshold=view.threshold,
        findings=findings,
    )


def _write_footer(sheet: Sheet, view: MeasurementView, layout: MeasurementLayout) -> None:
    y = layout.height_in - 0.46
    sheet.paper.hlines(y, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    # The end of a path names the scan; what leads there may be left out.
    name = view.name if len(view.name) <= LONGEST_NAME else f"…{view.name[1 - LONGEST_NAME :]}"
    named = [x for x in (name, view.part) if x]
    for line, told in enumerate((named, scan_facts(view, sheet.lang))):
        words = "  ·  ".join(told)
        footer = sheet.say(MARGIN_IN, y + 0.08 + 0.14 * line, words, color=FAINT, gid="footer")
        fit(sheet.figure, footer, WIDTH_IN - 2 * MARGIN_IN)
