"""Pictures of a server under load: latency against load, and what an overload does to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.reports.lettering import displayable, fit, font_families
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, MARGIN_IN = 8.6, 0.3
LEFT_IN, RIGHT_IN = 0.95, 1.75
PANEL_IN = WIDTH_IN - LEFT_IN - RIGHT_IN

CURVE_COLOURS = ("#5b6573", "#0072b2", "#d55e00", "#00805f", "#a8457f")
"""Of servers, in their order; the first is what the others are compared with."""

END_COLOURS = {"answered": "#0072b2", "refused": "#e0a458", "other": "#a61b1b"}

WORDS = {
    "latency": Notice("Latency against load", "延迟与负载"),
    "latency_note": Notice(
        "Open loop: requests come when they are due, whether or not the server keeps up, and "
        "latency counts from then. Line: 99 of 100 requests are quicker; dashes: median. Hollow: "
        "not every request was answered.",
        "开环负载：请求按预定时刻发出，与服务器快慢无关，延迟自该时刻起算。实线：99 % 的请求不超过"
        "此值；虚线：中位数；空心点：并非全部请求均得到结果。",
    ),
    "rate": Notice("requests per second", "每秒请求数"),
    "latency_s": Notice("latency, s", "延迟（s）"),
    "overload": Notice("Twice the load that can be borne", "两倍可持续负载"),
    "overload_note": Notice(
        "What can be answered in time is answered; the rest is refused at once with 503 and "
        "Retry-After. Memory: front and workers together.",
        "能按时处理的请求得到结果，其余立即以 503 和 Retry-After 拒绝。内存：前端与工作进程之和。",
    ),
    "answered": Notice("answered", "已答复"),
    "refused": Notice("refused, 503", "已拒绝，503"),
    "other": Notice("anything else", "其他"),
    "memory": Notice("memory, MB", "内存（MB）"),
    "time": Notice("time, s", "时间（s）"),
}
"""Key -> fixed words."""


@dataclass(frozen=True, eq=False)
class LoadCurve:
    """Latencies of one server at growing loads.

    Args:
        name: of the server.
        rate: (load,) requests per second that were sent.
        median_s: (load,) s; infinite where nothing was answered.
        p99_s: (load,) s.
        answered: (load,) share of the requests that got their result.
    """

    name: str
    rate: NDArray[np.float64]
    median_s: NDArray[np.float64]
    p99_s: NDArray[np.float64]
    answered: NDArray[np.float64]


def latency_figure(curves: Sequence[LoadCurve], lang: str = "en") -> "Figure":
    """Latency of servers at growing loads, both axes in equal ratios.

    Args:
        curves: one of each server.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> one = LoadCurve("ours", np.ones(1), np.ones(1), np.ones(1), np.ones(1))
        >>> latency_figure([one]).get_size_inches().tolist()
        [8.6, 4.6]
    """
    sheet = new_sheet(WIDTH_IN, 4.6, lang)
    _write_head(sheet, "latency", "latency_note")
    axes = sheet.axes(LEFT_IN, 1.2, PANEL_IN, 2.75, label="latency")
    axes.set(xscale="log", yscale="log")
    ends: list[tuple[float, str, str]] = []
    for curve, colour in zip(curves, CURVE_COLOURS, strict=False):
        axes.plot(curve.rate, _finite(curve.median_s), color=colour, lw=1.0, dashes=(4, 2))
        axes.plot(curve.rate, _finite(curve.p99_s), color=colour, lw=1.8)
        whole = curve.answered >= 1
        for chosen, face in ((whole, colour), (~whole, "white")):
            axes.plot(
                curve.rate[chosen], _finite(curve.p99_s)[chosen], "o", ms=5, mfc=face, mec=colour,
                mew=1.4, zorder=5,
            )  # fmt: skip
        known = _finite(curve.p99_s)
        known = known[np.isfinite(known)]
        ends.append((float(known[-1]) if len(known) else 1.0, curve.name, colour))
    axes.grid(True, which="major", color=RULE, lw=0.6)
    axes.minorticks_off()
    _plain_ticks(axes)
    _write_ends(sheet, axes, ends)
    _name_axes(sheet, "latency_s", "rate", 1.2, 2.75)
    return sheet.figure


def overload_figure(
    ends: Mapping[str, NDArray[np.float64]],
    at_s: NDArray[np.float64],
    memory_mb: NDArray[np.float64],
    lang: str = "en",
) -> "Figure":
    """How requests ended, second by second, above the memory of the server.

    Args:
        ends: "answered", "refused", "other" -> (second,) requests that were due in it.
        at_s: (sample,) s.
        memory_mb: (sample,) MB; NaN where the system does not tell.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> overload_figure({"answered": np.ones(3)}, np.ones(1), np.ones(1)).axes[1].get_label()
        'ends'
    """
    sheet = new_sheet(WIDTH_IN, 4.9, lang)
    _write_head(sheet, "overload", "overload_note")
    axes = sheet.axes(LEFT_IN, 1.2, PANEL_IN, 1.75, label="ends")
    seconds = max((len(x) for x in ends.values()), default=1)
    base = np.zeros(seconds)
    x_in = LEFT_IN + PANEL_IN + 0.15
    for row, (name, counts) in enumerate(ends.items()):
        colour = END_COLOURS[name]
        axes.bar(np.arange(seconds) + 0.5, counts, 1.0, base, color=colour, lw=0, label=name)
        base = base + counts
        y_in = 1.35 + 0.24 * row
        sheet.paper.barh(y_in, 0.13, left=x_in, height=0.13, color=colour)
        share = f"{counts.sum() / max(sum(x.sum() for x in ends.values()), 1):.1%}"
        told = f"{WORDS[name].of(lang)}  {share}"
        sheet.say(x_in + 0.19, y_in, told, fontsize=7.5, va="center")
    axes.set(xlim=(0, seconds), ylim=(0, max(float(base.max()) * 1.05, 1)))
    axes.tick_params(labelbottom=False)
    _name_axes(sheet, "rate", None, 1.2, 1.75)
    below = sheet.axes(LEFT_IN, 3.1, PANEL_IN, 1.15, label="memory")
    below.plot(at_s, memory_mb, color=INK, lw=1.6)
    known = memory_mb[np.isfinite(memory_mb)]
    below.set(xlim=(0, seconds), ylim=(0, 1.15 * float(known.max()) if len(known) else 1))
    _name_axes(sheet, "memory", "time", 3.1, 1.15)
    return sheet.figure


def _write_head(sheet: Sheet, title: str, note: str) -> None:
    sheet.say(MARGIN_IN, 0.24, WORDS[title].of(sheet.lang), fontsize=13, weight="bold")
    told = sheet.say(MARGIN_IN, 0.55, WORDS[note].of(sheet.lang), fontsize=7.5, color=FAINT)
    fit(sheet.figure, told, WIDTH_IN - 2 * MARGIN_IN, 3)


def _name_axes(sheet: Sheet, up: str, along: str | None, top_in: float, height_in: float) -> None:
    sheet.say(LEFT_IN - 0.62, top_in + height_in / 2, WORDS[up].of(sheet.lang), fontsize=8,
              rotation=90, va="center", ha="center")  # fmt: skip
    if along is not None:
        sheet.say(LEFT_IN + PANEL_IN / 2, top_in + height_in + 0.27, WORDS[along].of(sheet.lang),
                  fontsize=8, ha="center")  # fmt: skip


def _write_ends(sheet: Sheet, axes: Any, ends: Sequence[tuple[float, str, str]]) -> None:
    """The name of each curve at the height of its end, one below the other where they meet."""
    low, high = (np.log(x) for x in axes.get_ylim())
    wanted = [(1.2 + 2.75 * (high - np.log(y)) / (high - low), n, c) for y, n, c in ends]
    free = 0.0
    for y_in, name, colour in sorted(wanted):
        y_in = max(y_in - 0.07, free)
        told = sheet.say(LEFT_IN + PANEL_IN + 0.12, y_in, displayable(name), fontsize=8,
                         color=colour)  # fmt: skip
        fit(sheet.figure, told, RIGHT_IN - 0.3, 2)
        free = y_in + 0.17 * (told.get_text().count("\n") + 1)


def _plain_ticks(axes: Any) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.tick_params(labelfontfamily=font_families()[0])


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)
