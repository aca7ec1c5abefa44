"""The picture of a trend: indicator with its band, warning and alarm, and what moved below."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from faultlens.reports.lettering import fit, text_width_in
from faultlens.reports.palette import ALARM, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet
from faultlens.reports.trend_view import DATED, ELAPSED, TrendView
from faultlens.reports.trend_words import (
    elapsed_unit,
    measure_name,
    trend_sentence,
    trend_word,
    when,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 10.0, 6.3
MARGIN_IN = 0.3
AXES_IN = 2.25
AXES_WIDTH_IN = WIDTH_IN - MARGIN_IN - AXES_IN
"""Left end and width of both panels; their titles and the names of measures stand beside."""

TOP_IN, PANEL_IN = 1.45, 2.55
ROWS_IN, ROW_IN = 4.28, 0.22
ROWS_SHOWN = 6

HEALTHY, CALM, WARNED = "#e3f1ec", "#00805f", "#b45309"
"""The healthy phase, the state while all is well, and a warning; each has its word beside it."""

FURTHEST = 3.0
"""Spreads at which a row is darkest: more than a smoothed measure can reach."""

TALLEST = 6.0
"""Indicator up to which the axis follows; what lies above is cut, the way there stays legible."""


def trend_figure(view: TrendView, lang: str = "en") -> "Figure":
    """Health over time: the indicator with its 95 % band, healthy phase, warning, alarm, causes.

    Args:
        view: the trend.
        lang: language of the words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> view = TrendView("pump 7", ("a",) * 9, np.arange(9.0), ELAPSED, None, *[np.ones(9)] * 3,
        ...                  5, None, None, (), np.zeros((9, 0)), "")
        >>> trend_figure(view).get_size_inches().tolist()
        [10.0, 6.3]
    """
    sheet = new_sheet(WIDTH_IN, HEIGHT_IN, lang)
    place = _places(view)
    _write_header(sheet, view)
    _draw_indicator(sheet, view, place)
    _draw_rows(sheet, view, place)
    _write_footer(sheet, view)
    return sheet.figure


def _colour(view: TrendView) -> str:
    return ALARM if view.alarm else WARNED if view.warning else CALM


def _write_header(sheet: Sheet, view: TrendView) -> None:
    lang, left = sheet.lang, MARGIN_IN + 0.2
    sheet.paper.barh(0.66, 0.07, left=MARGIN_IN, height=0.72, color=_colour(view))
    mark = view.alarm or view.warning
    key = "alarm" if view.alarm else "warning" if view.warning else "no_warning"
    told = trend_word(key, lang) + (f" · {when(view, mark.index)}" if mark else "")
    pill = sheet.say(
        WIDTH_IN - MARGIN_IN - 0.1, 0.44, told, fontsize=9, weight="bold", ha="right",
        va="center", color="white" if mark else FAINT, gid="state",
        bbox={
            "boxstyle": "round,pad=0.4",
            "facecolor": _colour(view) if mark else "white",
            "edgecolor": _colour(view) if mark else RULE,
        },
    )  # fmt: skip
    room = WIDTH_IN - left - MARGIN_IN - 0.4 - text_width_in(sheet.figure, pill)
    title = f"{trend_word('title', lang)}  ·  {view.title}"
    fit(sheet.figure, sheet.say(left, 0.27, title, fontsize=15, weight="bold", gid="title"), room)
    sentence = trend_sentence(view, lang)
    box = sheet.say(left, 0.62, sentence, fontsize=8.5, linespacing=1.25, gid="sentence")
    fit(sheet.figure, box, WIDTH_IN - MARGIN_IN - left, 3)


def _draw_indicator(sheet: Sheet, view: TrendView, place: np.ndarray[Any, Any]) -> None:
    lang = sheet.lang
    _title(sheet, TOP_IN - 0.06, "indicator", "indicator_note")
    axes = sheet.axes(AXES_IN, TOP_IN, AXES_WIDTH_IN, PANEL_IN, label="indicator")
    top = min(TALLEST, max(2.4, 1.12 * float(view.indicator.max())))
    end = place[min(view.healthy, len(place) - 1)]
    axes.axvspan(place[0], end, color=HEALTHY, lw=0)
    for level, colour, key in ((1.0, WARNED, "warning"), (2.0, ALARM, "alarm")):
        axes.axhline(level, color=colour, lw=0.8, dashes=(5, 3), zorder=1)
        across = axes.get_yaxis_transform()
        _say(axes, sheet, 0.004, level, trend_word(key, lang), colour, transform=across)
    axes.fill_between(place, view.low, view.high, color=INK, alpha=0.13, lw=0, label="band")
    axes.plot(place, view.indicator, color=INK, lw=1.4, solid_joinstyle="round")
    for mark, colour in ((view.warning, WARNED), (view.alarm, ALARM)):
        if mark is None:
            continue
        at = float(place[mark.index])
        height = min(float(view.indicator[mark.index]), top)
        axes.axvline(at, color=colour, lw=1.0)
        axes.plot([at], [height], "o", ms=6, color=colour, mec="white", mew=1.2, clip_on=False,
                  zorder=5)  # fmt: skip
    axes.set(ylim=(0, top), xlim=(place[0], place[-1]))
    axes.locator_params(axis="y", nbins=6)
    axes.tick_params(bottom=False, labelbottom=False)
    _write_phase(sheet, view, place)


def _write_phase(sheet: Sheet, view: TrendView, place: np.ndarray[Any, Any]) -> None:
    """Name the healthy phase and the marks above the panel, where none can cover another."""
    span = float(place[-1] - place[0]) or 1.0
    told = [(place[0], f"{trend_word('healthy_phase', sheet.lang)} ({view.healthy})", CALM)]
    for mark, key, colour in ((view.warning, "warning", WARNED), (view.alarm, "alarm", ALARM)):
        if mark is not None:
            told.append((place[mark.index], trend_word(key, sheet.lang), colour))
    free = AXES_IN
    for at, words, colour in told:
        x = AXES_IN + AXES_WIDTH_IN * float(at - place[0]) / span
        text = sheet.say(x, TOP_IN - 0.04, words, fontsize=7, color=colour, va="bottom")
        width = text_width_in(sheet.figure, text)
        left = min(max(x - (0 if at == place[0] else width / 2), free), WIDTH_IN - 0.1 - width)
        text.set_x(left)
        text.set_visible(left >= free)
        free = left + width + 0.08


def _draw_rows(sheet: Sheet, view: TrendView, place: np.ndarray[Any, Any]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    rows = max(1, len(view.shown))
    _title(sheet, ROWS_IN - 0.22, "moved", None)
    axes = sheet.axes(AXES_IN, ROWS_IN, AXES_WIDTH_IN, ROW_IN * rows, label="moved")
    axes.set(xlim=(place[0], place[-1]), ylim=(rows, 0), yticks=[])
    axes.spines["left"].set_visible(False)
    shades = LinearSegmentedColormap.from_list("moved", ["#f4f5f7", "#e9b872", WARNED, ALARM])
    edges = np.concatenate([place[:1], (place[1:] + place[:-1]) / 2, place[-1:]])
    for row, measure in enumerate(view.shown):
        strip = np.clip(view.distances[None, :, row], 0, FURTHEST)
        axes.pcolormesh(edges, [row + 0.08, row + 0.92], strip, cmap=shades, vmin=0, vmax=FURTHEST,
                        linewidth=0, rasterized=True)  # fmt: skip
        name = sheet.say(
            AXES_IN - 0.1, ROWS_IN + (row + 0.5) * ROW_IN, measure_name(measure, sheet.lang),
            ha="right", va="center_baseline",
        )  # fmt: skip
        fit(sheet.figure, name, AXES_IN - 0.1 - MARGIN_IN)
    for mark, colour in ((view.warning, WARNED), (view.alarm, ALARM)):
        if mark is not None:
            axes.axvline(float(place[mark.index]), color=colour, lw=1.0)
    _label_time(sheet, axes, view, ROWS_IN + ROW_IN * rows)
    _draw_scale(sheet, shades)


def _draw_scale(sheet: Sheet, shades: Any) -> None:
    """What the shades of the rows stand for."""
    width, y = 0.9, ROWS_IN - 0.15
    left = WIDTH_IN - MARGIN_IN - width - 0.9
    bar = sheet.axes(left, y - 0.035, width, 0.07, label="scale")
    bar.imshow(np.linspace(0, 1, 64)[None], cmap=shades, aspect="auto")
    bar.set_axis_off()
    look = {"fontsize": 6.5, "color": FAINT, "va": "center_baseline"}
    note = trend_word("moved_note", sheet.lang)
    sheet.say(left - 0.16, y, note, ha="right", **look)
    sheet.say(left - 0.06, y, "0", ha="right", **look)
    sheet.say(left + width + 0.06, y, f"{FURTHEST:g} {trend_word('spreads', sheet.lang)}", **look)


def _label_time(sheet: Sheet, axes: "Axes", view: TrendView, foot_in: float) -> None:
    if view.time_kind == DATED:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        # The year goes to the labels: an offset text would stand where the foot is.
        axes.xaxis.set_major_formatter(
            ConciseDateFormatter(  # type: ignore[no-untyped-call]
                locator,
                formats=["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%H:%M:%S"],
                zero_formats=["", "%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M"],
                show_offset=False,
            )
        )
        return
    if view.time_kind == ELAPSED:
        unit = elapsed_unit(float(view.times_s[-1]))[0]
    else:
        unit = trend_word("recording", sheet.lang)
    axes.locator_params(axis="x", nbins=10)
    sheet.say(AXES_IN - 0.22, foot_in + 0.05, unit, color=FAINT, ha="right")


def _places(view: TrendView) -> np.ndarray[Any, Any]:
    """(recording,) positions on the axis of time."""
    if view.time_kind == DATED and view.start is not None:
        from matplotlib.dates import date2num

        start = datetime.fromisoformat(view.start)
        dates = [start + timedelta(seconds=x) for x in view.times_s.tolist()]
        return np.asarray(date2num(dates))  # type: ignore[no-untyped-call]
    if view.time_kind == ELAPSED:
        return view.times_s / elapsed_unit(float(view.times_s[-1]))[1]
    return np.arange(1.0, len(view.files) + 1)


def _write_footer(sheet: Sheet, view: TrendView) -> None:
    sheet.paper.hlines(HEIGHT_IN - 0.32, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    footer = sheet.say(MARGIN_IN, HEIGHT_IN - 0.24, view.footer, color=FAINT, gid="footer")
    fit(sheet.figure, footer, WIDTH_IN - 2 * MARGIN_IN)


def _title(sheet: Sheet, y_in: float, key: str, note: str | None) -> None:
    words = trend_word(key, sheet.lang)
    sheet.say(MARGIN_IN, y_in, words, fontsize=8.5, weight="bold")
    if note is not None:
        box = sheet.say(MARGIN_IN, y_in + 0.2, trend_word(note, sheet.lang), color=FAINT)
        fit(sheet.figure, box, AXES_IN - MARGIN_IN - 0.4, 2)


def _say(
    axes: "Axes", sheet: Sheet, x: float, y: float, text: str, colour: str, **more: Any
) -> None:
    from matplotlib.transforms import offset_copy

    from faultlens.reports.lettering import write

    above = offset_copy(more.pop("transform"), fig=sheet.figure, y=2, units="points")
    write(axes, x, y, text, fontsize=6.5, color=colour, va="bottom", transform=above, **more)
