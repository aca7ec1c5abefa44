"""The picture of a joined verdict: each sensor on one scale, what they say together, the rest."""

from math import log
from typing import TYPE_CHECKING, Any

from faultlens.reports.lettering import fit, text_width_in
from faultlens.reports.palette import ALARM, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet
from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.verdict_view import HEALTHY, JoinedRow, SensorRow, VerdictView
from faultlens.reports.verdict_words import joined_sentence, score_of, two_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, MARGIN_IN = 10.0, 0.3
TOP_IN = 1.62
"""Where the first panel begins, below title and sentence."""

ROW_IN, BAR_IN, GAP_IN, FOOT_IN = 0.4, 0.24, 0.72, 0.45
"""Heights of a sensor's row, of a finding's row, between the panels, and of the foot."""

AXES_IN = 4.1
AXES_WIDTH_IN = WIDTH_IN - MARGIN_IN - AXES_IN - 0.1
"""Left end and width of what is drawn; the words stand to the left of it."""

SENSORS_SHOWN, FINDINGS_SHOWN = 8, 6

EDGE = 0.001
"""Probability at the left edge of the scale of log odds, and from 1 at the right one."""

TICKS = (0.01, 0.1, 0.5, 0.9, 0.99)

CALM, DOUBT = "#00805f", "#6b7280"
"""A verdict that is healthy, and one that is unknown; each has its word beside it."""


def verdict_figure(view: VerdictView) -> "Figure":
    """Each sensor's probability of a fault with its threshold, the joined one, and all findings.

    Args:
        view: the joined verdict.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> row = SensorRow("vibration", "a.csv", "fault", "cage fault", 0.97, True, 0.98, 0.9,
        ...                 0.01, 0.98)
        >>> view = VerdictView("pump 7", "cage fault", "fault", 0.97, True, 0.98, 0.9, 0.98, 0.98,
        ...                    0.01, 0, (row,), (JoinedRow("cage fault", 0.97, "fault"),))
        >>> verdict_figure(view).get_size_inches().round(2).tolist()
        [10.0, 3.83]
    """
    rows = view.rows[:SENSORS_SHOWN]
    findings = view.findings[:FINDINGS_SHOWN]
    more = len(view.rows) > len(rows)
    scale_in = ROW_IN * (len(rows) + 1 + more)
    bars_at = TOP_IN + scale_in + GAP_IN
    sheet = new_sheet(WIDTH_IN, bars_at + BAR_IN * len(findings) + FOOT_IN, view.lang)
    _write_header(sheet, view)
    _draw_sensors(sheet, view, rows)
    _draw_findings(sheet, view, findings, bars_at)
    _write_footer(sheet, view)
    return sheet.figure


def _colour(view: VerdictView) -> str:
    if view.alarm:
        return ALARM
    return CALM if view.says == HEALTHY else DOUBT


def _write_header(sheet: Sheet, view: VerdictView) -> None:
    left = MARGIN_IN + 0.2
    sheet.paper.barh(0.72, 0.07, left=MARGIN_IN, height=0.84, color=_colour(view))
    pill = sheet.say(
        WIDTH_IN - MARGIN_IN - 0.1, 0.44, verdict_phrase("alarm" if view.alarm else "no_alarm",
        view.lang), fontsize=9, weight="bold", ha="right", va="center", gid="state",
        color="white" if view.alarm else FAINT,
        bbox={
            "boxstyle": "round,pad=0.4",
            "facecolor": ALARM if view.alarm else "white",
            "edgecolor": ALARM if view.alarm else RULE,
        },
    )  # fmt: skip
    room = WIDTH_IN - left - MARGIN_IN - 0.4 - text_width_in(sheet.figure, pill)
    title = f"{verdict_phrase('title', view.lang)}  ·  {view.title}"
    fit(sheet.figure, sheet.say(left, 0.27, title, fontsize=15, weight="bold", gid="title"), room)
    box = sheet.say(left, 0.64, joined_sentence(view), fontsize=8.5, linespacing=1.25,
                    gid="sentence")  # fmt: skip
    fit(sheet.figure, box, WIDTH_IN - MARGIN_IN - left, 4)


def _draw_sensors(sheet: Sheet, view: VerdictView, rows: tuple[SensorRow, ...]) -> None:
    more = len(view.rows) - len(rows)
    count = len(rows) + 1 + bool(more)
    _title(sheet, TOP_IN - 0.24, "sensors")
    axes = sheet.axes(AXES_IN, TOP_IN, AXES_WIDTH_IN, ROW_IN * count, label="sensors")
    axes.set(xlim=(_place(EDGE), _place(1 - EDGE)), ylim=(count, 0), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([_place(x) for x in TICKS], [f"{x:g}" for x in TICKS])
    axes.axhspan(count - 1, count, color="#f2f5f9", lw=0, zorder=0)
    for x in TICKS:
        axes.axvline(_place(x), color=RULE, lw=0.6, zorder=0.5)
    for number, row in enumerate(rows):
        y = number + 0.5
        name = f"{verdict_phrase(row.kind, sheet.lang)}  ·  {row.name}"
        _say(sheet, number, 0.1, name, FAINT, TOP_IN)
        told = f"{row.verdict}  {score_of(row)}"
        colour = ALARM if row.alarm else INK
        _say(sheet, number, 0.22, told, colour, TOP_IN, weight="bold" if row.alarm else "normal")
        if row.threshold is not None:
            _mark_threshold(axes, row.threshold, y)
        hollow = row.unknown > row.fault
        axes.plot([_place(row.alarm_score)], [y], "o", ms=8, color=colour, mew=1.4, clip_on=False,
                  mfc="white" if hollow else colour, zorder=4)  # fmt: skip
    if more:
        told = verdict_phrase("more", sheet.lang, count=more)
        _say(sheet, len(rows), 0.16, told, FAINT, TOP_IN)
    _draw_joined(sheet, axes, view, count - 1)
    sheet.say(AXES_IN, TOP_IN - 0.2, verdict_phrase("axis", sheet.lang), color=FAINT, fontsize=7)
    legend = verdict_phrase("legend", sheet.lang)
    foot = TOP_IN + ROW_IN * count + 0.24
    sheet.say(AXES_IN + AXES_WIDTH_IN, foot, legend, color=FAINT, fontsize=7, ha="right")


def _draw_joined(sheet: Sheet, axes: "Axes", view: VerdictView, number: int) -> None:
    y, colour = number + 0.5, _colour(view)
    ends = sorted(_place(x) for x in (view.if_one_fault, view.if_own_faults))
    axes.plot(ends, [y, y], color=colour, lw=5, alpha=0.3, solid_capstyle="butt", zorder=2)
    if view.threshold < 1:
        _mark_threshold(axes, view.threshold, y)
    axes.plot([_place(view.alarm_score)], [y], "D", ms=8, color=colour, clip_on=False, zorder=4)
    told = f"{verdict_phrase('joined', sheet.lang)}  {two_digits(view.alarm_score)}"
    _say(sheet, number, 0.15, told, colour, TOP_IN, weight="bold", fontsize=9)


def _mark_threshold(axes: "Axes", threshold: float, y: float) -> None:
    axes.plot([_place(threshold)] * 2, [y - 0.3, y + 0.3], color=ALARM, lw=1.4, zorder=3)


def _draw_findings(
    sheet: Sheet, view: VerdictView, findings: tuple[JoinedRow, ...], top_in: float
) -> None:
    _title(sheet, top_in - 0.26, "findings")
    axes = sheet.axes(AXES_IN, top_in, AXES_WIDTH_IN, BAR_IN * max(1, len(findings)),
                      label="findings")  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(max(1, len(findings)), 0), xticks=[], yticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)
    for number, row in enumerate(findings):
        colour = _colour(view) if row.told else "#8a94a3"
        axes.barh(number + 0.5, 1, height=0.5, color="#eef1f5", zorder=1)
        axes.barh(number + 0.5, row.score, height=0.5, color=colour, zorder=2)
        middle = top_in + (number + 0.5) * BAR_IN
        name = sheet.say(AXES_IN - 0.75, middle, row.label, ha="right", va="center_baseline",
                         fontsize=8, weight="bold" if row.told else "normal",
                         gid="finding")  # fmt: skip
        fit(sheet.figure, name, AXES_IN - 0.75 - MARGIN_IN)
        sheet.say(AXES_IN - 0.15, middle, two_digits(row.score), ha="right",
                  va="center_baseline", fontsize=8)  # fmt: skip


def _write_footer(sheet: Sheet, view: VerdictView) -> None:
    height = float(sheet.figure.get_size_inches()[1])
    sheet.paper.hlines(height - 0.32, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    footer = sheet.say(MARGIN_IN, height - 0.24, view.footer, color=FAINT, gid="footer")
    fit(sheet.figure, footer, WIDTH_IN - 2 * MARGIN_IN)


def _title(sheet: Sheet, y_in: float, key: str) -> None:
    words = verdict_phrase(key, sheet.lang)
    sheet.say(MARGIN_IN, y_in, words, fontsize=8.5, weight="bold")


def _say(
    sheet: Sheet, number: int, down_in: float, text: str, colour: str, top_in: float, **style: Any
) -> None:
    look = {"fontsize": 8 if down_in > 0.12 else 7, "color": colour} | style
    box = sheet.say(MARGIN_IN, top_in + number * ROW_IN + down_in - 0.05, text, **look)
    fit(sheet.figure, box, AXES_IN - MARGIN_IN - 0.15)


def _place(probability: float) -> float:
    bounded = min(max(probability, EDGE), 1 - EDGE)
    return log(bounded / (1 - bounded))
