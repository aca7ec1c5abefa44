"""The map of deviations: colours, contours, numbered outlines, and the scale beside it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.inspection_outlines import outlines
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.lettering import write
from faultlens.reports.measurement_colours import (
    NOT_MEASURED,
    STEPS,
    deviation_colours,
    deviation_table,
)
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_raster import ShownMap, extent_mm, shaded, shown_map, smoothed
from faultlens.reports.measurement_view import DefectMark, MeasurementView
from faultlens.reports.measurement_words import in_unit
from faultlens.reports.palette import ALARM, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS_PER_IN = 150
"""Finest print of the map: that of the sheet."""

TAG_IN = 0.135
"""Height of the number of a defect, inches."""

NUMBERED = 30
"""Most defects that get a number on the picture; more would cover what they stand for."""

CONTOURS = (0.1, 0.25, 0.5, 0.75)
"""Contours, as shares of the last colour, on both sides."""

TAG_COLOURS = {
    "scrap": (ALARM, "white"),
    "rework": ("#f5b83d", INK),
    "accept": ("white", INK),
    None: ("white", INK),
}
"""Severity -> ground and letters of a number."""

Rectangle = tuple[float, float, float, float]


def draw_map(sheet: Sheet, view: MeasurementView, place: Rectangle, limit_mm: float) -> "Axes":
    """Draw the map with contours, outlines and numbers.

    Args:
        sheet: the paper.
        view: the measured scan.
        place: left, top, width and height of the map itself, inches.
        limit_mm: deviation of the last colour, mm.

    Returns:
        its axes, in mm of the sheet: u to the right, v upwards.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> axes = draw_map(new_sheet(6, 4, "en"), example_scan(), (0.7, 0.5, 4, 3), 0.4)
        >>> axes.get_label(), [round(float(x), 1) for x in axes.get_xlim()]
        ('map', [-20.0, 20.0])
    """
    axes = sheet.axes(*place, label="map")
    most = (round(place[2] * DOTS_PER_IN), round(place[3] * DOTS_PER_IN))
    shown = shown_map(view, most)
    colours = shaded(deviation_colours(shown.deviations_mm, limit_mm), shown, limit_mm)
    enlarged = most[0] / colours.shape[1] > 3
    axes.set_facecolor("#{:02x}{:02x}{:02x}".format(*NOT_MEASURED))
    axes.imshow(
        colours,
        extent=shown.extent_mm,
        origin="lower",
        aspect="auto",
        interpolation="nearest" if enlarged else "antialiased",
    )
    _draw_contours(axes, view, shown, limit_mm)
    for mark in reversed(view.defects):
        for line in outline_mm(view, mark):
            # What does not count for the verdict is drawn faint.
            dashes, colour = (None, INK) if mark.counts else ((3, 2), FAINT)
            axes.plot(*line.T, color="white", lw=1.9, alpha=0.8, solid_joinstyle="round")
            (drawn,) = axes.plot(*line.T, color=colour, lw=0.9, solid_joinstyle="round")
            if dashes:
                drawn.set_dashes(dashes)
    left, right, bottom, top = extent_mm(view)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.spines[:].set(visible=True, color=RULE, linewidth=0.8)
    _write_axes(sheet, axes, place)
    return axes


def draw_numbers(
    axes: "Axes", view: MeasurementView, place: Rectangle, taken: tuple[Rectangle, ...] = ()
) -> None:
    """Draw the numbers of the defects, each beside its outline, none over another.

    Args:
        axes: of the map.
        view: the measured scan.
        place: left, top, width and height of the map, inches.
        taken: per rectangle left, foot, width and height, shares of the map: what is to be seen.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> place, sheet = (0.7, 0.5, 4, 3), new_sheet(6, 4, "en")
        >>> axes = draw_map(sheet, example_scan(), place, 0.4)
        >>> draw_numbers(axes, example_scan(), place)
        >>> [x.get_text() for x in axes.texts]
        ['1']
    """
    left, right, bottom, top = extent_mm(view)
    across, down = place[2] / (right - left), place[3] / (top - bottom)
    pitch = view.deviations.spacing_mm
    boxes, tags = [], []
    for number, mark in enumerate(view.defects[:NUMBERED], start=1):
        row, column, rows, columns = _beside(mark)
        foot, head = row * pitch * down, (row + rows) * pitch * down
        first, last = column * pitch * across, (column + columns) * pitch * across
        boxes.append((first, place[3] - head, last, place[3] - foot))
        tags.append((TAG_IN * (0.62 + 0.5 * len(str(number))), TAG_IN))
    kept = [
        (x * place[2], (1 - y - high) * place[3], (x + wide) * place[2], (1 - y) * place[3])
        for x, y, wide, high in taken
    ]
    every = tag_spots([*kept, *boxes], [(0, 0)] * len(kept) + tags, (place[2], place[3]), 0.04)
    spots = every[len(kept) :]
    drawn: list[tuple[float, float, float, float]] = []
    for number, (spot, tag) in enumerate(zip(spots, tags, strict=True), start=1):
        room = (spot[0], spot[1], spot[0] + tag[0], spot[1] + tag[1])
        if any(_overlap(room, x) for x in drawn):
            # Where defects crowd, the worst keep their numbers.
            continue
        drawn.append(room)
        ground, letters = TAG_COLOURS[view.defects[number - 1].severity]
        x, y = (spot[0] + tag[0] / 2) / across + left, top - (spot[1] + tag[1] / 2) / down
        style = {"facecolor": ground, "edgecolor": INK, "linewidth": 0.6}
        write(
            axes,
            x,
            y,
            str(number),
            fontsize=6.5,
            weight="bold",
            color=letters,
            ha="center",
            va="center_baseline",
            bbox={"boxstyle": "round,pad=0.22", **style},
            gid="defect-number",
            zorder=5,
        )


def draw_scale(sheet: Sheet, view: MeasurementView, place: Rectangle, limit_mm: float) -> None:
    """Draw the colours with their deviations, and how often each occurs.

    Args:
        sheet: the paper.
        view: the measured scan.
        place: left, top, width and height of the bar of colours, inches.
        limit_mm: deviation of the last colour, mm.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet = new_sheet(6, 4, "en")
        >>> draw_scale(sheet, example_scan(), (0.7, 0.5, 0.12, 3), 0.4)
        >>> [x.get_label() for x in sheet.figure.axes]
        ['paper', 'scale', 'shares']
    """
    x_in, y_in, width, height = place
    times, unit = in_unit(limit_mm)
    limit = times * limit_mm
    axes = sheet.axes(x_in, y_in, width, height, label="scale")
    axes.imshow(
        deviation_table()[:, None],
        aspect="auto",
        extent=(0, 1, -limit, limit),
        origin="lower",
        interpolation="bilinear",
    )
    axes.set(xlim=(0, 1), xticks=[], yticks=scale_ticks(limit, height), ylim=(-limit, limit))
    axes.yaxis.tick_right()
    axes.yaxis.set_major_formatter(
        lambda value, _: "0" if value == 0 else f"{value:+.3g}".replace("-", "−")
    )
    axes.tick_params(labelsize=6.5, length=2.5)
    axes.spines[:].set(visible=True, color=RULE, linewidth=0.6)
    sheet.say(x_in, y_in - 0.09, unit, fontsize=7, va="bottom", color=FAINT)
    _draw_shares(sheet, view, (x_in + width + 0.4, y_in, 0.36, height), limit_mm)
    for line, key in enumerate(("out_of", "into")):
        words, y = measurement_phrase(key, sheet.lang), y_in + height + 0.07 + 0.12 * line
        sheet.say(x_in, y, words, fontsize=6, color=FAINT)


def scale_ticks(limit: float, height_in: float) -> list[float]:
    """Deviations that are written beside the colours: round ones, from end to end.

    Args:
        limit: of the last colour.
        height_in: of the bar, inches.

    Example:
        >>> scale_ticks(0.4, 1.0), scale_ticks(3, 3.0)
        ([-0.4, -0.2, 0.0, 0.2, 0.4], [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
    """
    most = max(2, min(4, int(height_in / 0.5)))
    # The most steps of one digit that end on the limit; 0.3 in fourths would need three.
    even = (x for x in range(most, 1, -1) if abs(float(f"{limit / x:.1g}") * x / limit - 1) < 1e-9)
    count = next(even, 2)
    return [round(limit * x / count, 12) for x in range(-count, count + 1)]


def outline_mm(view: MeasurementView, mark: DefectMark) -> tuple[NDArray[np.float64], ...]:
    """The outlines of a defect on the sheet.

    Args:
        view: the measured scan.
        mark: the defect.

    Returns:
        per outline (corner, axis): u and v, mm, closed.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> view = example_scan()
        >>> (outline,) = outline_mm(view, view.defects[0])
        >>> bool(6 < np.ptp(outline[:, 0]) < 10)
        True
    """
    top, left, rows, columns = mark.defect.box
    pitch = view.deviations.spacing_mm
    edge = extent_mm(view)
    at = np.array([edge[0] + left * pitch, edge[2] + top * pitch])
    lines = outlines(mark.defect.mask, columns * pitch, rows * pitch)
    return tuple(_rounded(x) + at for x in lines)


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two boxes, left, top, right and bottom, cover each other by more than their rims."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 0.02 and high > 0.02


def _beside(mark: DefectMark) -> tuple[int, int, int, int]:
    """The box that a number stands beside: of a slanted defect that of its upper end."""
    top, left, rows, columns = mark.defect.box
    mask = mark.defect.mask
    if mask.mean() > 0.4:
        return top, left, rows, columns
    last = int(np.flatnonzero(mask.any(axis=1))[-1])
    piece = mask[max(last - rows // 8, 0) : last + 1].any(axis=0)
    ends = np.flatnonzero(piece)
    return top + last, left + int(ends[0]), 1, int(ends[-1] - ends[0]) + 1


def _rounded(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """A closed line without the stairs of its cells. Source: Chaikin's corner cutting (1974)."""
    for _ in range(2):
        ahead = np.roll(line[:-1], -1, axis=0)
        cut = np.stack([0.75 * line[:-1] + 0.25 * ahead, 0.25 * line[:-1] + 0.75 * ahead], axis=1)
        cut = cut.reshape(-1, 2)
        line = np.vstack([cut, cut[:1]])
    return line


def _draw_contours(axes: "Axes", view: MeasurementView, shown: ShownMap, limit_mm: float) -> None:
    """Lines of equal deviation, where the surface's own scatter does not draw them."""
    least = 4 * (view.roughness_mm or 0.0)
    levels = [sign * x * limit_mm for x in CONTOURS for sign in (-1, 1) if x * limit_mm > least]
    height = smoothed(shown.deviations_mm, 1.0)
    levels = sorted(x for x in levels if height.min() < x < height.max())
    if not levels or min(height.shape) < 2 or not view.defects:
        return
    height = np.where(np.isfinite(shown.deviations_mm), height, np.nan)
    left, right, bottom, top = shown.extent_mm
    half = shown.cell_mm / 2
    u = np.linspace(left + half, right - half, height.shape[1])
    v = np.linspace(bottom + half, top - half, height.shape[0])
    axes.contour(
        u, v, height, levels=levels, colors=INK, linewidths=0.45, alpha=0.55, linestyles="solid"
    )


def _draw_shares(sheet: Sheet, view: MeasurementView, place: Rectangle, limit_mm: float) -> None:
    """How often each deviation occurs, beside its colour; on a logarithm, for rare ones."""
    from matplotlib.collections import PolyCollection

    values = view.deviations.deviations_mm
    finite = np.clip(values[np.isfinite(values)], -limit_mm, limit_mm)
    counts, edges = np.histogram(finite, 64, (-limit_mm, limit_mm))
    axes = sheet.axes(*place, label="shares")
    share = np.log1p(counts) / np.log1p(max(counts.max(), 1))
    colours = deviation_table()[np.linspace(0, STEPS - 1, 64).astype(int)] / 255
    # Pale colours would vanish on the paper.
    heads, zero = edges[1:], np.zeros(64)
    corners = [(zero, edges[:-1]), (share, edges[:-1]), (share, heads), (zero, heads)]
    bars = np.stack([np.stack(x, axis=1) for x in corners], axis=1)
    axes.add_collection(PolyCollection(list(bars), facecolors=colours * 0.86, linewidths=0))
    axes.set(xlim=(0, 1.02), ylim=(-limit_mm, limit_mm), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def _write_axes(sheet: Sheet, axes: "Axes", place: Rectangle) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(max(2, round(place[2] / 0.75)), steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(max(2, round(place[3] / 0.6)), steps=[1, 2, 5, 10]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:.6g}".replace("-", "−"))
    axes.tick_params(labelsize=6.5)
    foot = place[1] + place[3]
    label = measurement_phrase("axis_u", sheet.lang)
    sheet.say(place[0] + place[2], foot + 0.2, label, fontsize=6.5, color=FAINT, ha="right")
    label = measurement_phrase("axis_v", sheet.lang)
    sheet.say(place[0], place[1] - 0.08, label, fontsize=6.5, color=FAINT, ha="right", va="bottom")
