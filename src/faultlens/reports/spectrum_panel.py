"""The modulation spectrum over shaft orders, with the lines that carry the verdict marked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.label_rows import spread, strongest_that_fit
from faultlens.reports.lettering import text_width_in, write
from faultlens.reports.palette import CURVE, FAINT, FAMILY_COLOURS, line_name
from faultlens.signals.evidence import Line, LineEvidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

LEADER_IN = 0.16
"""Room between the labels and the spectrum, in which the leader lines bend, inches."""

LABEL_ROOM_IN = 0.36 + LEADER_IN
"""Room that `draw_spectrum` needs above its axes: three lines of 6.5 points, and the leaders."""


def last_order_shown(evidence: LineEvidence, families: tuple[str, ...]) -> float:
    """Right end of the order axis: all lines of the verdict, three harmonics of each other fault.

    Args:
        evidence: what was read.
        families: families that speak for the verdict.

    Example:
        >>> from faultlens.signals.evidence import FamilyEvidence
        >>> line = Line("outer", 4, 0, 14.0, 14.0, 2.0, True)
        >>> family = FamilyEvidence("outer", 3.5, 3.5, 0.0, 2.0, (line,), 1, 1)
        >>> orders = np.arange(0, 50, 0.01)
        >>> last_order_shown(LineEvidence(30, 1, (family,), orders, 0 * orders, 1), ("outer",))
        14.7
    """
    told = [x for x in evidence.families if x.family in families]
    # A cage shows in the first few orders: the other families would squeeze it to the left edge.
    harmonics = 1 if families == ("cage",) else 3
    ends = [x.expected_order for f in told for x in f.lines if x.matched or x.harmonic <= 3]
    ends += [
        x.expected_order
        for f in evidence.families
        for x in f.lines
        if f.family not in families and x.sideband == 0 and x.harmonic <= harmonics
    ]
    reach = float(evidence.orders[-1]) if len(evidence.orders) else 1.0
    return round(min(1.05 * max(ends, default=reach), max(reach, 1.0)), 6)


def draw_spectrum(axes: "Axes", evidence: LineEvidence, families: tuple[str, ...]) -> list["Text"]:
    """Draw the spectrum, mark the lines of `families`, label the matched ones above the axes.

    Args:
        axes: where to draw; `LABEL_ROOM_IN` inches above it must be free.
        evidence: what was read.
        families: families that speak for the verdict.

    Returns:
        the labels of the matched harmonics, from left to right; where not all fit, the strongest.

    Example:
        >>> from matplotlib.figure import Figure
        >>> orders = np.arange(0, 20, 0.01)
        >>> draw_spectrum(
        ...     Figure().add_subplot(), LineEvidence(30, 1, (), orders, 0 * orders, 1), ()
        ... )
        []
    """
    last = last_order_shown(evidence, families)
    told = [x for x in evidence.families if x.family in families]
    orders, contrast = _crests(evidence, last)
    axes.fill_between(orders, 0, contrast, color=CURVE, alpha=0.2, linewidth=0)
    axes.plot(orders, contrast, color=CURVE, linewidth=0.45)
    axes.axhline(evidence.floor, color=FAINT, linewidth=0.7, dashes=(4, 3), zorder=1)
    top = max([2 * evidence.floor, *contrast, *(x.strength for f in told for x in f.lines)])
    axes.set(xlim=(0, last), ylim=(0, 1.06 * top if np.isfinite(top) and top > 0 else 1.0))
    axes.tick_params(labelbottom=False)
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=9, steps=(1, 2, 5, 10))
    for family in told:
        _mark(axes, (x for x in family.lines if x.expected_order <= last), family.family)
    harmonics = [x for f in told for x in f.lines if x.matched and x.sideband == 0]
    return _label(axes, sorted(harmonics, key=lambda x: x.measured_order))


def _crests(evidence: LineEvidence, last: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shown part of the spectrum, thinned to the crest of each pixel column or so."""
    shown = evidence.orders <= last
    orders, contrast = evidence.orders[shown], np.maximum(evidence.contrast[shown], 0)
    if len(orders) <= 2000:
        return orders, contrast
    starts = np.linspace(0, len(orders), 1600, endpoint=False).astype(np.intp)
    return orders[starts], np.maximum.reduceat(contrast, starts)


def _mark(axes: "Axes", lines: Iterable[Line], family: str) -> None:
    colour = FAMILY_COLOURS[family]
    for line in lines:
        if not line.matched:
            if line.sideband == 0:
                axes.axvline(line.expected_order, color=colour, lw=0.8, alpha=0.5, dashes=(2, 3))
            continue
        own = line.sideband == 0
        axes.vlines(line.measured_order, 0, line.strength, color=colour, lw=1.3 if own else 0.6)
        axes.plot(
            line.measured_order,
            line.strength,
            marker="o",
            markersize=4 if own else 3,
            markerfacecolor=colour if own else "white",
            markeredgecolor=colour,
            markeredgewidth=0.7,
            zorder=3 if own else 2.5,
        )


def _label(axes: "Axes", lines: list[Line]) -> list["Text"]:
    """One row of labels above the axes; the order of the peaks is kept, so no leaders cross."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    size = axes.get_position()
    width, height = (size.width, size.height) * figure.get_size_inches()
    labels = [
        write(
            axes,
            0,
            1 + LEADER_IN / height,
            line_name(x.family, x.harmonic),
            f"{x.measured_order:.2f}",
            f"({x.expected_order:.2f})",
            fontsize=6.5,
            color=FAMILY_COLOURS[x.family],
            ha="center",
            va="bottom",
            linespacing=1.1,
            transform=axes.transAxes,
            gid=f"{x.family} {x.harmonic}",
        )
        for x in lines
    ]
    widths = [text_width_in(figure, x) + 0.06 for x in labels]
    # The row may reach a little over the axes on both sides.
    low, high = -0.3, width + 0.2
    kept = strongest_that_fit([x.strength for x in lines], widths, high - low)
    wanted = [lines[i].measured_order / axes.get_xlim()[1] * width for i in kept]
    places = spread(wanted, [widths[i] for i in kept], low, high)
    for index, place in zip(kept, places, strict=True):
        labels[index].set_x(place / width)
        _leader(axes, lines[index], place / width, 1 + LEADER_IN / height)
    for index in set(range(len(labels))) - set(kept):
        labels[index].remove()
    return [labels[i] for i in kept]


def _leader(axes: "Axes", line: Line, label_x: float, foot: float) -> None:
    """From the marker straight up out of the axes, then over to the label."""
    (low, high), (left, right) = axes.get_ylim(), axes.get_xlim()
    x = (line.measured_order - left) / (right - left)
    y = (line.strength - low) / (high - low)
    axes.plot(
        [x, x, label_x],
        [y, 1.0, foot],
        transform=axes.transAxes,
        color=FAMILY_COLOURS[line.family],
        linewidth=0.5,
        alpha=0.6,
        clip_on=False,
        zorder=1.5,
    )
