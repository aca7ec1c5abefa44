"""The sheet of one inspected picture, as it goes into a customer's report."""

from typing import TYPE_CHECKING

import numpy as np

from faultlens.core.languages import checked_language
from faultlens.reports.inspection_bars import draw_conditions, draw_regions, draw_scores
from faultlens.reports.inspection_heat import cover_table, heat_table
from faultlens.reports.inspection_layout import (
    CONDITIONS,
    MARGIN_IN,
    WIDTH_IN,
    Rectangle,
    SheetLayout,
    SheetNeeds,
    sheet_layout,
)
from faultlens.reports.inspection_panels import (
    Piece,
    draw_picture,
    draw_piece,
    mark_piece,
    scale_bar,
    zoomed_piece,
)
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import score_words
from faultlens.reports.inspection_view import PictureView
from faultlens.reports.lettering import fit, text_width_in
from faultlens.reports.palette import ALARM, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SENTENCE_ROOM_IN = WIDTH_IN - 2 * MARGIN_IN - 0.2
SENTENCE_LINES, NOTE_LINES = 3, 4
"""Most lines of the verdict and of the small print; page and JSON hold all of it."""


def inspection_figure(view: PictureView, lang: str | None = None) -> "Figure":
    """The sheet: verdict, picture with outlines, heat map, worst place enlarged, all findings.

    Ten inches wide at 150 dpi, as high as the picture's proportions ask for; made without
    matplotlib's global state, so it is safe in threads. Labels keep their own language.

    Args:
        view: the inspected picture.
        lang: language of the fixed words, "en" or "zh"; the view's own where None.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> float(inspection_figure(view).get_size_inches()[0])
        10.0
    """
    language = checked_language(view.lang if lang is None else lang)
    notes = " · ".join(view.warnings)
    if notes:
        notes = f"{inspection_phrase('warnings', language)}: {notes}"
    lines = _lines(view.sentence, 8.5, SENTENCE_ROOM_IN, SENTENCE_LINES)
    needs = SheetNeeds(
        aspect=view.width_px / view.height_px,
        top_in=0.75 + 0.165 * lines + 0.2,
        has_heat=view.heat is not None,
        findings=len(view.findings),
        regions=len(view.spotted),
        conditions=0 if view.best is None else min(len(view.best.conditions), CONDITIONS),
        note_lines=_lines(notes, 6.5, WIDTH_IN - 2 * MARGIN_IN, NOTE_LINES),
    )
    layout = sheet_layout(needs)
    sheet = new_sheet(WIDTH_IN, layout.height_in, language)
    _write_header(sheet, view, lines)
    _draw_panels(sheet, view, layout)
    draw_scores(sheet, view, layout.findings[:2], layout.findings[2], layout.bars)
    draw_regions(sheet, view, layout.regions[:2], layout.regions[2], layout.rows)
    draw_conditions(sheet, view, layout.conditions[:2], layout.conditions[2], CONDITIONS)
    _write_notes(sheet, notes, layout, needs.note_lines)
    _write_footer(sheet, view, layout)
    return sheet.figure


def _lines(text: str, fontsize: float, room_in: float, most: int) -> int:
    """How many lines a text will take: the sheet is as high as it needs to be."""
    if not text:
        return 0
    trial = new_sheet(WIDTH_IN, 1, "en")
    written = fit(trial.figure, trial.say(0, 0, text, fontsize=fontsize), room_in, most)
    return written.get_text().count("\n") + 1


def _write_header(sheet: Sheet, view: PictureView, lines: int) -> None:
    height = 0.36 + 0.165 * lines
    stripe = ALARM if view.alarm else INK
    sheet.paper.barh(0.29 + height / 2, 0.07, left=MARGIN_IN, height=height, color=stripe)
    left = MARGIN_IN + 0.2
    pill = sheet.say(
        WIDTH_IN - MARGIN_IN - 0.1,
        0.44,
        inspection_phrase("alarm" if view.alarm else "no_alarm", sheet.lang),
        fontsize=9,
        weight="bold",
        ha="right",
        va="center",
        color="white" if view.alarm else FAINT,
        bbox={
            "boxstyle": "round,pad=0.4",
            "facecolor": ALARM if view.alarm else "white",
            "edgecolor": ALARM if view.alarm else RULE,
        },
    )
    pill.set_gid("alarm")
    title = sheet.say(left, 0.27, view.verdict, fontsize=15, weight="bold", gid="verdict")
    fit(sheet.figure, title, WIDTH_IN - left - 1.7)
    sentence = sheet.say(left, 0.62, view.sentence, fontsize=8.5, linespacing=1.25, gid="sentence")
    fit(sheet.figure, sentence, SENTENCE_ROOM_IN, SENTENCE_LINES)


def _draw_panels(sheet: Sheet, view: PictureView, layout: SheetLayout) -> None:
    piece = zoomed_piece(view)
    picture = sheet.axes(*layout.picture, label="picture")
    _title(sheet, layout.picture, inspection_phrase("picture", sheet.lang))
    draw_picture(picture, view)
    _write_scale(sheet, view, layout.picture, view.width_px)
    if layout.heat is not None:
        draw_picture(sheet.axes(*layout.heat, label="heat"), view, heat=True)
        _title(sheet, layout.heat, inspection_phrase("heat_map", sheet.lang))
        _draw_colours(sheet, view, layout.heat)
    if piece is None or layout.zoom is None:
        return
    mark_piece(picture, piece)
    draw_piece(sheet.axes(*layout.zoom, label="zoom"), view, piece)
    _title(sheet, layout.zoom, _zoom_words(sheet, view, layout, piece))
    _write_scale(sheet, view, layout.zoom, piece[2])


def _zoom_words(sheet: Sheet, view: PictureView, layout: SheetLayout, piece: Piece) -> str:
    assert layout.zoom is not None
    times = (layout.zoom[2] / piece[2]) / (layout.picture[2] / view.width_px)
    if times < 1.2:
        return inspection_phrase("worst_region_shrunk", sheet.lang, number=1)
    return inspection_phrase("worst_region", sheet.lang, number=1, times=f"{times:.2g}")


def _title(sheet: Sheet, panel: Rectangle, words: str) -> None:
    title = sheet.say(panel[0], panel[1] - 0.06, words, fontsize=8.5, weight="bold", va="bottom")
    fit(sheet.figure, title, max(panel[2], 1.4))


def _write_scale(sheet: Sheet, view: PictureView, panel: Rectangle, span_px: float) -> None:
    x, y = panel[0], panel[1] + panel[3] + 0.12
    if view.mm_per_pixel is None:
        return
    length, words = scale_bar(span_px, view.mm_per_pixel, panel[2])
    sheet.paper.plot([x, x + length], [y, y], color=INK, lw=1.4, solid_capstyle="butt")
    sheet.paper.vlines([x, x + length], y - 0.035, y + 0.035, color=INK, lw=1.0)
    sheet.say(x + length + 0.07, y, words, va="center_baseline", gid="scale")


def _draw_colours(sheet: Sheet, view: PictureView, panel: Rectangle) -> None:
    """The bar that says what the colours mean, over the grey of a picture."""
    x, y = panel[0], panel[1] + panel[3] + 0.1
    width = min(panel[2], 3.2)
    axes = sheet.axes(x, y, width, 0.09, label="colours")
    cover = cover_table(view.heat_level)[:, None] / 255
    bar = heat_table() * cover + 128 * (1 - cover)
    axes.imshow(bar[None].astype(np.uint8), aspect="auto", extent=(0, 1, 0, 1))
    axes.set(xticks=[0, 0.5, 1], yticks=[], xlim=(0, 1))
    axes.tick_params(length=2, labelsize=6)
    axes.spines[:].set_visible(False)
    meaning = "heat_probability" if view.heat_is_probability else "heat_score"
    told = sheet.say(x, y + 0.25, inspection_phrase(meaning, sheet.lang), fontsize=6.5, color=FAINT)
    if view.heat_level is None:
        return
    level = min(max(view.heat_level, 0), 1)
    axes.axvline(level, color=ALARM, lw=1.4)
    words = inspection_phrase("heat_level", sheet.lang, level=score_words(level))
    room = width - text_width_in(sheet.figure, told) - 0.1
    beside = sheet.say(x + width, y + 0.25, words, fontsize=6.5, color=ALARM, ha="right")
    if text_width_in(sheet.figure, beside) > room:
        beside.set_position((x, y + 0.36))
        beside.set_horizontalalignment("left")


def _write_notes(sheet: Sheet, notes: str, layout: SheetLayout, lines: int) -> None:
    if not notes:
        return
    text = sheet.say(MARGIN_IN, layout.notes_in, notes, fontsize=6.5, color=FAINT, gid="notes")
    fit(sheet.figure, text, WIDTH_IN - 2 * MARGIN_IN, lines)


def _write_footer(sheet: Sheet, view: PictureView, layout: SheetLayout) -> None:
    y = layout.height_in - 0.32
    sheet.paper.hlines(y, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    told = [view.name, view.part, *facts_of(view, sheet.lang)]
    footer = sheet.say(
        MARGIN_IN, y + 0.08, "  ·  ".join(x for x in told if x), color=FAINT, gid="footer"
    )
    fit(sheet.figure, footer, WIDTH_IN - 2 * MARGIN_IN)


def facts_of(view: PictureView, lang: str = "en") -> tuple[str, ...]:
    """Size, scale, profile, model and time of an inspected picture, in a few words each.

    Args:
        view: the inspected picture.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> facts_of(view)
        ('40 x 30 px', 'scale not stated')
    """
    told = [inspection_phrase("size_px", lang, width=view.width_px, height=view.height_px)]
    if view.mm_per_pixel is None:
        told.append(inspection_phrase("scale_unknown", lang))
    else:
        told.append(inspection_phrase("scale_known", lang, scale=f"{view.mm_per_pixel:.4g}"))
    if view.profile is not None:
        told.append(inspection_phrase("profile", lang, name=view.profile))
    if view.model:
        told.append(view.model)
    if view.seconds > 0:
        told.append(inspection_phrase("seconds", lang, seconds=f"{view.seconds:.2f}"))
    return tuple(told)
