"""The picture of an ablation: every combination with its interval, and what each change does."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, log10
from typing import TYPE_CHECKING

from faultlens.reports.ablation_phrases import ablation_phrase
from faultlens.reports.lettering import fit, text_width_in, write
from faultlens.reports.palette import ALARM, CURVE, FAINT, FAMILY_COLOURS, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, MARGIN_IN, LABEL_IN, NUMBER_IN = 9.6, 0.35, 3.0, 1.75
"""The sheet, its edge, and the columns left and right of the plot."""

ROW_IN, GROUP_IN, AXIS_IN, HEAD_IN, TITLE_IN = 0.27, 0.34, 0.45, 0.78, 0.55
"""Heights: of a row, of the name of a group, of an axis, of a head with its note, of the title."""

GROUP_COLOURS = tuple(FAMILY_COLOURS[x] for x in ("outer", "inner", "ball", "cage", "shaft"))

VERDICT_COLOURS = {
    "better": FAMILY_COLOURS["ball"],
    "worse": ALARM,
    "same": CURVE,
    "not_compared": CURVE,
}
"""Always with the word beside it."""

LEAST_SPAN = 0.02
"""An axis shows this much at least, so that a hair's breadth does not look like a gulf."""


@dataclass(frozen=True)
class ForestRow:
    """One combination.

    Args:
        group: of rows that stand together; "" where there is none.
        label: of the row.
        value: mean over the trainings; None where it is not defined.
        low: lower end of its interval.
        high: upper end.
        single: of each training.
    """

    group: str
    label: str
    value: float | None
    low: float
    high: float
    single: tuple[float, ...] = ()


@dataclass(frozen=True)
class GapRow:
    """One change.

    Args:
        group: what is varied.
        label: the value against the first.
        value: difference; None where it was not compared.
        low: lower end of its interval.
        high: upper end.
        verdict: "better", "worse", "same" or "not_compared".
    """

    group: str
    label: str
    value: float | None
    low: float
    high: float
    verdict: str


Rows = Sequence[ForestRow] | Sequence[GapRow]


def forest_figure(
    rows: Sequence[ForestRow],
    gaps: Sequence[GapRow] = (),
    *,
    title: str = "",
    seeds: int = 1,
    over: str = "",
    lang: str = "en",
) -> "Figure":
    """Combinations in groups, each a point on its interval; below them the paired differences.

    Args:
        rows: combinations, those of a group one after the other.
        gaps: changes, those of one axis one after the other.
        title: heading.
        seeds: number of trainings behind each row.
        over: what intervals are drawn over, in words.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> figure = forest_figure([ForestRow("", "lstm", 0.9, 0.8, 0.95)], title="Text")
        >>> len(figure.axes)
        2
    """
    first = _height(rows)
    second = _height(gaps) + HEAD_IN if gaps else 0.0
    tall = TITLE_IN + HEAD_IN + first + second + 0.15
    sheet = new_sheet(WIDTH_IN, tall, lang)
    shown = title or ablation_phrase("title", lang)
    head = sheet.say(MARGIN_IN, 0.25, shown, fontsize=13, weight="bold")
    fit(sheet.figure, head, WIDTH_IN - 2 * MARGIN_IN)
    trainings = (
        ablation_phrase("one_training", lang)
        if seeds == 1
        else ablation_phrase("many_trainings", lang, count=seeds)
    )
    note = ablation_phrase("forest_note", lang, seeds=trainings, over=over)
    _head(sheet, TITLE_IN, "forest", note, lang)
    top = TITLE_IN + HEAD_IN
    axes = _plot(sheet, top, first, "cells")
    _draw_cells(sheet, axes, rows, top)
    if gaps:
        at = top + first
        _head(sheet, at, "gaps", ablation_phrase("gaps_note", lang), lang)
        below = _plot(sheet, at + HEAD_IN, second - HEAD_IN, "gaps")
        _draw_gaps(sheet, below, gaps, at + HEAD_IN)
    return sheet.figure


def _height(rows: Rows) -> float:
    groups = len({x.group for x in rows if x.group})
    return len(rows) * ROW_IN + groups * GROUP_IN + AXIS_IN + 0.1


def _head(sheet: Sheet, y_in: float, key: str, note: str, lang: str) -> None:
    sheet.say(MARGIN_IN, y_in + 0.14, ablation_phrase(key, lang), fontsize=10, weight="bold")
    told = sheet.say(MARGIN_IN, y_in + 0.38, note, fontsize=8, color=FAINT)
    fit(sheet.figure, told, WIDTH_IN - 2 * MARGIN_IN, 2)


def _plot(sheet: Sheet, top_in: float, height_in: float, label: str) -> "Axes":
    """Axes whose y runs in inches below `top_in`, as the paper's does."""
    left, wide = MARGIN_IN + LABEL_IN, WIDTH_IN - 2 * MARGIN_IN - LABEL_IN - NUMBER_IN
    axes = sheet.axes(left, top_in, wide, height_in - AXIS_IN, label=label)
    axes.set(ylim=(height_in - AXIS_IN, 0), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=RULE, lw=0.6)
    axes.set_axisbelow(True)
    return axes


def _draw_cells(sheet: Sheet, axes: "Axes", rows: Sequence[ForestRow], top_in: float) -> None:
    ends = [x for r in rows if r.value is not None for x in (r.low, r.high, *r.single)] or [0, 1]
    _limits(axes, min(ends), min(1.0, max(ends)), most=1.0)
    y_in = 0.05
    for number, (group, members) in enumerate(groupby(rows, key=lambda x: x.group)):
        colour = GROUP_COLOURS[number % len(GROUP_COLOURS)]
        y_in = _group(sheet, top_in, y_in, group, colour)
        for row in members:
            middle = y_in + ROW_IN / 2
            _label(sheet, top_in + middle, row.label, bool(group))
            if row.value is not None:
                axes.plot(
                    row.single, [middle] * len(row.single), ls="none", marker="|", ms=7, mew=1.1,
                    color=colour, alpha=0.45, clip_on=False,
                )  # fmt: skip
                axes.plot([row.low, row.high], [middle] * 2, color=colour, lw=2.0,
                          solid_capstyle="round", clip_on=False)  # fmt: skip
                axes.plot([row.value], [middle], marker="o", ms=6.5, color=colour, mec="white",
                          mew=0.9, clip_on=False, zorder=4)  # fmt: skip
            _number(sheet, top_in + middle, row.value, row.low, row.high, "{:.3f}")
            y_in += ROW_IN


def _draw_gaps(sheet: Sheet, axes: "Axes", rows: Sequence[GapRow], top_in: float) -> None:
    ends = [0.0, *(x for r in rows if r.value is not None for x in (r.low, r.high))]
    _limits(axes, min(ends), max(ends))
    axes.axvline(0, color=INK, lw=0.9)
    y_in = 0.05
    for group, members in groupby(rows, key=lambda x: x.group):
        y_in = _group(sheet, top_in, y_in, group, INK)
        for row in members:
            middle = y_in + ROW_IN / 2
            colour = VERDICT_COLOURS[row.verdict]
            _label(sheet, top_in + middle, row.label, bool(group))
            if row.value is not None:
                axes.plot([row.low, row.high], [middle] * 2, color=colour, lw=2.0,
                          solid_capstyle="round", clip_on=False)  # fmt: skip
                axes.plot([row.value], [middle], marker="D", ms=5.5, color=colour, mec="white",
                          mew=0.9, clip_on=False, zorder=4)  # fmt: skip
            _number(sheet, top_in + middle, row.value, row.low, row.high, "{:+.3f}")
            word = ablation_phrase(row.verdict, sheet.lang)
            _beside(sheet, axes, row, middle, word, colour)
            y_in += ROW_IN


def _group(sheet: Sheet, top_in: float, y_in: float, group: str, colour: str) -> float:
    """The name of a group, and where its rows begin."""
    if not group:
        return y_in
    told = sheet.say(MARGIN_IN, top_in + y_in + GROUP_IN - 0.04, group, fontsize=8.5,
                     weight="bold", color=colour, va="bottom")  # fmt: skip
    fit(sheet.figure, told, LABEL_IN - 0.15)
    return y_in + GROUP_IN


def _label(sheet: Sheet, y_in: float, label: str, indented: bool) -> None:
    x_in = MARGIN_IN + (0.14 if indented else 0.0)
    told = sheet.say(x_in, y_in, label, fontsize=8.5, va="center")
    fit(sheet.figure, told, MARGIN_IN + LABEL_IN - 0.15 - x_in)


def _number(
    sheet: Sheet, y_in: float, value: float | None, low: float, high: float, form: str
) -> None:
    end = WIDTH_IN - MARGIN_IN
    if value is None:
        sheet.say(end, y_in, "–", fontsize=8, va="center", ha="right", color=FAINT)
        return
    low_told, high_told, told_value = (form.format(x).replace("-", "−") for x in (low, high, value))
    span = f"[{low_told}, {high_told}]"
    told = sheet.say(end, y_in, span, fontsize=7.5, va="center", ha="right", color=FAINT)
    left = end - text_width_in(sheet.figure, told) - 0.08
    sheet.say(left, y_in, told_value, fontsize=8.5, va="center", ha="right")


def _beside(sheet: Sheet, axes: "Axes", row: GapRow, y_in: float, word: str, colour: str) -> None:
    """The verdict, on the side of the interval where there is room."""
    low, high = axes.get_xlim()
    end = 0.0 if row.value is None else max(row.high, 0.0)
    step = 0.015 * (high - low)
    ink = FAINT if row.verdict in ("same", "not_compared") else colour
    told = write(axes, end + step, y_in, word, fontsize=7.5, color=ink, va="center")
    inch = (high - low) / (WIDTH_IN - 2 * MARGIN_IN - LABEL_IN - NUMBER_IN)
    if row.value is not None and end + step + inch * text_width_in(sheet.figure, told) > high:
        told.set(x=min(row.low, 0.0) - step, ha="right")


def _limits(axes: "Axes", low: float, high: float, most: float | None = None) -> None:
    """Round limits with some room, never beyond what a figure can be."""
    span = max(high - low, LEAST_SPAN)
    middle = (low + high) / 2
    low, high = min(low, middle - span / 2), max(high, middle + span / 2)
    step = 10.0 ** floor(log10(span))
    step = step / 5 if span / step < 2.5 else step / 2 if span / step < 5 else step
    ends = [(low - 0.06 * span) // step * step, -(-(high + 0.06 * span) // step) * step]
    if most is not None:
        ends[1] = min(ends[1], most)
        ends[0] = max(ends[0], 0.0)
    axes.set_xlim(ends[0], ends[1])
    axes.locator_params(axis="x", nbins=6)
