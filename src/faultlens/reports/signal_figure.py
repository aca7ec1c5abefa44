"""The picture of one diagnosed recording, as it goes into a customer's report."""

from typing import TYPE_CHECKING

from faultlens.reports.family_panel import (
    ROW_IN,
    draw_family_rows,
    write_family_names,
    write_family_table,
)
from faultlens.reports.lettering import fit
from faultlens.reports.machine_words import machine_words
from faultlens.reports.palette import ALARM, FAINT, FAMILY_COLOURS, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet
from faultlens.reports.side_panels import draw_findings, draw_key, draw_severity, verdict_colours
from faultlens.reports.spectrum_panel import LABEL_ROOM_IN, draw_spectrum, last_order_shown
from faultlens.reports.view import SignalView
from faultlens.reports.waveform_panel import draw_waveform
from faultlens.signals.evidence import LineEvidence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 10.0, 7.0
MARGIN_IN = 0.3
AXES_IN, AXES_WIDTH_IN = 1.75, 5.35
"""Left end and width of the three panels that share the left side; their titles stand beside."""

SIDE_IN = 7.35
"""Left end of the column on the right."""

WAVEFORM_IN, SPECTRUM_IN, FAMILIES_IN = 1.3, 2.72, 5.1
"""Tops of the three panels on the left."""


def signal_figure(view: SignalView, lang: str = "en") -> "Figure":
    """The evidence picture: verdict, waveform, modulation spectrum with its lines, other faults.

    Ten by seven inches at 150 dpi; made without matplotlib's global state, so it is safe in threads
    and leaves the user's own figures alone. Labels of the user's keep their own language.

    Args:
        view: the recording to show.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> import numpy as np
        >>> time = np.arange(1000) / 1000
        >>> view = SignalView("a.csv", time, time, "healthy", "healthy", "Healthy.", False, 0.9, ())
        >>> signal_figure(view).get_size_inches().tolist()
        [10.0, 7.0]
    """
    sheet = new_sheet(WIDTH_IN, HEIGHT_IN, lang)
    side_width = WIDTH_IN - MARGIN_IN - SIDE_IN
    _write_header(sheet, view)
    draw_severity(sheet, view, SIDE_IN, WAVEFORM_IN - 0.06, side_width)
    draw_findings(sheet, view, SIDE_IN, SPECTRUM_IN, side_width)
    if view.evidence is None:
        _draw_waveform(sheet, view, height_in=4.2)
        box = sheet.say(AXES_IN, 5.95, sheet.words(view.no_evidence), fontsize=9, color=FAINT)
        fit(sheet.figure, box, AXES_WIDTH_IN, 2)
    else:
        _draw_waveform(sheet, view, height_in=0.95)
        _draw_evidence(sheet, view, view.evidence)
    _write_footer(sheet, view)
    return sheet.figure


def _write_header(sheet: Sheet, view: SignalView) -> None:
    colours = verdict_colours(view)
    thick = 0.72 / len(colours)
    for stripe, colour in enumerate(colours):
        sheet.paper.barh(
            0.3 + (stripe + 0.5) * thick, 0.07, left=MARGIN_IN, height=thick, color=colour
        )
    left = MARGIN_IN + 0.2
    pill = sheet.say(
        WIDTH_IN - MARGIN_IN - 0.1,
        0.44,
        sheet.words("alarm" if view.alarm else "no_alarm"),
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
    fit(sheet.figure, sentence, WIDTH_IN - MARGIN_IN - left, 3)


def _draw_waveform(sheet: Sheet, view: SignalView, height_in: float) -> None:
    _title(sheet, WAVEFORM_IN - 0.06, "waveform", view.unit or "")
    axes = sheet.axes(AXES_IN, WAVEFORM_IN, AXES_WIDTH_IN, height_in, label="waveform")
    draw_waveform(axes, view.time_s, view.samples)
    foot = WAVEFORM_IN + height_in
    sheet.say(AXES_IN - 0.16, foot + 0.11, sheet.words("time_s"), color=FAINT, ha="right")


def _draw_evidence(sheet: Sheet, view: SignalView, evidence: LineEvidence) -> None:
    families = _marked(view, evidence)
    fitted = view.fitted_elements is not None
    room = LABEL_ROOM_IN if families else 0.0
    _title(sheet, SPECTRUM_IN, "modulation_spectrum", sheet.words("line_strength"))
    height = FAMILIES_IN - 0.2 - SPECTRUM_IN - room
    axes = sheet.axes(AXES_IN, SPECTRUM_IN + room, AXES_WIDTH_IN, height, label="spectrum")
    labels = draw_spectrum(axes, evidence, families)
    draw_key(
        sheet,
        MARGIN_IN,
        SPECTRUM_IN + 0.62,
        tuple(FAMILY_COLOURS[x] for x in families),
        evidence.floor,
        fitted=fitted,
    )
    if labels:
        read = sheet.words("labels_fitted" if fitted else "labels_read")
        note = sheet.say(MARGIN_IN, FAMILIES_IN - 0.85, read, fontsize=6.5, color=FAINT)
        fit(sheet.figure, note, 1.15, 2)
    rows_height = ROW_IN * len(evidence.families)
    rows = sheet.axes(AXES_IN, FAMILIES_IN, AXES_WIDTH_IN, rows_height, label="families")
    draw_family_rows(rows, evidence, view.families)
    rows.set_xlim(0, last_order_shown(evidence, families))
    rows.locator_params(axis="x", nbins=9, steps=(1, 2, 5, 10))
    write_family_names(sheet, AXES_IN - 0.1, FAMILIES_IN, evidence)
    write_family_table(sheet, SIDE_IN, FAMILIES_IN, evidence, fitted=fitted)
    title = sheet.words("fitted_chart" if fitted else "line_chart")
    sheet.say(MARGIN_IN, FAMILIES_IN, title, weight="bold", va="bottom")
    foot = FAMILIES_IN + rows_height
    if evidence.ambiguities:
        names = sheet.words("and").join(sheet.words(x) for x in evidence.ambiguities)
        note = sheet.say(
            AXES_IN,
            foot + 0.21,
            sheet.words("ambiguous_with_shaft", families=names),
            gid="ambiguities",
        )
        fit(sheet.figure, note, WIDTH_IN - MARGIN_IN - AXES_IN)
    sheet.say(AXES_IN - 0.16, foot + 0.05, sheet.words("orders_axis"), color=FAINT, ha="right")


def _marked(view: SignalView, evidence: LineEvidence) -> tuple[str, ...]:
    """The families to mark: those of the verdict; where it names none, whatever stands out."""
    standing = tuple(x.family for x in evidence.families if x.strength >= evidence.floor)
    spoken = tuple(x.family for x in evidence.families if x.family in view.families)
    return spoken or standing


def _write_footer(sheet: Sheet, view: SignalView) -> None:
    sheet.paper.hlines(6.68, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    told = [view.file, *machine_words(view, sheet.lang)]
    told += [x for x in (view.model, sheet.words("warning_count", count=len(view.warnings))) if x]
    footer = sheet.say(MARGIN_IN, 6.76, "  ·  ".join(told), color=FAINT, gid="footer")
    fit(sheet.figure, footer, WIDTH_IN - 2 * MARGIN_IN)


def _title(sheet: Sheet, y_in: float, key: str, below: str) -> None:
    title = sheet.say(MARGIN_IN, y_in, sheet.words(key), fontsize=8.5, weight="bold", color=INK)
    fit(sheet.figure, title, AXES_IN - MARGIN_IN - 0.4, 2)
    lines = title.get_text().count("\n") + 1
    sheet.say(MARGIN_IN, y_in + 0.04 + 0.14 * lines, below, fontsize=7, color=FAINT)
