"""The section through the worst point: what was measured, the reference, and the depth between."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.lettering import text_width_in, write
from faultlens.reports.measurement_colours import deviation_table
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_raster import closed, extent_mm, smoothed
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.measurement_words import in_unit, length_of
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.sheet import Sheet
from faultlens.surfaces.defects.defect import SurfaceDefect

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rectangle = tuple[float, float, float, float]

REACH = 1.6
"""Length of a section in extents of its defect, to each side: enough sound surface to judge by."""

LONG_BELOW = 0.67
"""Width over length below which a section runs across a defect instead of along u."""

LETTER_IN = 0.11
"""How far beyond an end of the section its letter stands, inches."""

MOST_POINTS = 700
"""Points of a section at most; the sheet has no more dots across."""


@dataclass(frozen=True, eq=False)
class Section:
    """One section through a map.

    Args:
        along_mm: (point,) from the worst place, mm.
        deviations_mm: (point,) mm; NaN where nothing was measured.
        ends_mm: (end, axis) u and v of A and A', mm.
        worst_mm: u and v of the worst place, mm.
        edges_mm: where it enters and leaves the outline, mm along it; None without a defect.
    """

    along_mm: NDArray[np.float64]
    deviations_mm: NDArray[np.float64]
    ends_mm: NDArray[np.float64]
    worst_mm: tuple[float, float]
    edges_mm: tuple[float, float] | None


def section_of(view: MeasurementView) -> Section:
    """The section through the worst point: across a long defect, along u of a round one.

    Without a defect it runs along u through the largest deviation that is no single point.

    Args:
        view: the measured scan.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> section = section_of(example_scan())
        >>> bool(section.deviations_mm.min() < -0.3), section.ends_mm.shape
        (True, (2, 2))
    """
    if not view.defects:
        return _cut(view, _largest(view.deviations.deviations_mm), 0.0, float("inf"))
    defect = view.defects[0].defect
    place = _worst(view, defect)
    is_long = defect.roundness < LONG_BELOW
    extent = defect.width_mm if is_long else defect.length_mm
    reach = max(REACH * extent, 12 * view.deviations.spacing_mm)
    if is_long:
        return _cut(view, place, defect.orientation_deg + 90, reach)
    # Beside a hole another direction may show more; u is the one that needs no thinking.
    cuts = [_cut(view, place, x, reach) for x in (0.0, 90.0, 45.0, 135.0)]
    shown = [
        int((np.isfinite(x.deviations_mm) & (np.abs(x.along_mm) <= 0.6 * extent)).sum())
        for x in cuts
    ]
    return cuts[0] if 2 * shown[0] >= max(shown) else cuts[int(np.argmax(shown))]


def mark_section(axes: "Axes", section: Section) -> tuple[Rectangle, ...]:
    """Mark on the map where the section runs, from A to A'.

    Args:
        axes: of the map, in mm of the sheet.
        section: the section.

    Returns:
        per letter the room that it takes: left, foot, width and height, shares of the axes.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> axes = new_sheet(4, 3, "en").axes(0, 0, 4, 3)
        >>> _ = axes.set(xlim=(-20, 20), ylim=(-15, 15))
        >>> len(mark_section(axes, section_of(example_scan())))
        2
    """
    ends = axes.transLimits.transform(section.ends_mm)
    size = _size_in(axes)
    axes.plot(*section.ends_mm.T, color="white", lw=1.6, alpha=0.7)
    axes.plot(*section.ends_mm.T, color=INK, lw=0.7, dashes=(7, 2.5, 1.5, 2.5))
    way = (ends[1] - ends[0]) * size
    beyond = LETTER_IN * way / max(float(np.hypot(*way)), 1e-9)
    taken = []
    for name, end, sign in (("A", ends[0], -1), ("A′", ends[1], 1)):
        # Beyond the end of the line, but never beyond the map.
        least = 0.7 * LETTER_IN / size
        x, y = np.clip(end + sign * beyond / size, least, 1 - least)
        look = {"boxstyle": "round,pad=0.1", "facecolor": "white", "alpha": 0.75, "linewidth": 0}
        style = {"fontsize": 7, "weight": "bold", "ha": "center", "va": "center"}
        write(axes, x, y, name, color=INK, bbox=look, transform=axes.transAxes, **style)
        wide, high = 1.4 * LETTER_IN / size
        taken.append((float(x - wide / 2), float(y - high / 2), float(wide), float(high)))
    return tuple(taken)


def draw_section(
    sheet: Sheet, view: MeasurementView, section: Section, place: Rectangle, limit_mm: float
) -> "Axes":
    """Draw the section with its depth.

    Args:
        sheet: the paper.
        view: the measured scan.
        section: the section.
        place: left, top, width and height, inches.
        limit_mm: deviation of the last colour, mm.

    Returns:
        its axes: along the section in mm, deviation in the unit that it is read in.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> view, sheet = example_scan(), new_sheet(4, 3, "en")
        >>> axes = draw_section(sheet, view, section_of(view), (0.5, 0.5, 3, 2), 0.4)
        >>> axes.get_label()
        'section'
    """
    axes = sheet.axes(*place, label="section")
    finite = section.deviations_mm[np.isfinite(section.deviations_mm)]
    largest = float(np.abs(finite).max()) if finite.size else limit_mm
    largest = max(largest, view.defects[0].defect.depth_mm if view.defects else 1e-9)
    times, unit = in_unit(largest)
    height = times * section.deviations_mm
    scatter = 2 * times * (view.roughness_mm or 0.0)
    axes.axhspan(-scatter, scatter, color=RULE, alpha=0.45, lw=0)
    axes.axhline(0, color=INK, lw=0.9, dashes=(6, 2, 1.5, 2))
    _fill(axes, section, height)
    dots = "." if len(height) < 180 else ""
    axes.plot(section.along_mm, height, color=INK, lw=1.1, marker=dots, ms=2.2)
    low, high = (float(x(finite)) * times if finite.size else 0.0 for x in (np.min, np.max))
    if view.defects:
        # Its depth is in sight also where the worst place lies beside a hole.
        worst = view.defects[0].defect
        depth = times * worst.depth_mm * (-1 if worst.kind == "depression" else 1)
        low, high = min(low, depth), max(high, depth)
    room = max(max(high, 0) - min(low, 0), 4 * scatter, 1e-6)
    # The extent is written on the side where the defect is not.
    above, below = (
        (0.3, 0.1)
        if not view.defects or view.defects[0].defect.kind == "depression"
        else (0.12, 0.34)
    )
    axes.set(
        xlim=(section.along_mm[0], section.along_mm[-1]),
        ylim=(min(low, -scatter) - below * room, max(high, scatter) + above * room),
    )
    if view.defects:
        _draw_depth(axes, view, section, times)
    _write_axes(sheet, axes, place, unit)
    return axes


def _fill(axes: "Axes", section: Section, height: NDArray[np.float64]) -> None:
    """What is missing or added, in the colours of the map; all of it where there is no defect."""
    first, last = section.edges_mm or (section.along_mm[0], section.along_mm[-1])
    beyond = 0.2 * (last - first)
    along = section.along_mm
    there = np.isfinite(height) & (along >= first - beyond) & (along <= last + beyond)
    for side, step in ((-1, 60), (1, 196)):
        colour = deviation_table()[step] / 255
        filled = np.where(there & (side * height > 0), height, 0)
        axes.fill_between(along, 0, filled, where=there, color=colour, alpha=0.5, lw=0)


def _draw_depth(axes: "Axes", view: MeasurementView, section: Section, times: float) -> None:
    """The arrow from the reference to the depth, and the extent of the outline above it."""
    defect = view.defects[0].defect
    sign = -1 if defect.kind == "depression" else 1
    depth = sign * times * defect.depth_mm
    arrow = {
        "arrowstyle": "<|-|>",
        "color": INK,
        "lw": 1.0,
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 7,
    }
    axes.annotate("", xy=(0, depth), xytext=(0, 0), arrowprops=arrow)
    span = section.along_mm[-1] - section.along_mm[0]
    first, last = section.edges_mm or (-0.02 * span, 0.02 * span)
    # Beyond the outline, to the side where there is room, so that it covers nothing measured.
    right = section.along_mm[-1] - last >= first - section.along_mm[0]
    x = last + 0.02 * span if right else first - 0.02 * span
    words = length_of(defect.depth_mm, defect.depth_mm_u95)
    look = {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": RULE, "linewidth": 0.6}
    style = {"fontsize": 8.5, "weight": "bold", "va": "center", "ha": "left" if right else "right"}
    told = write(axes, x, 0.62 * depth, words, color=INK, bbox=look, gid="depth", zorder=6, **style)
    figure = axes.get_figure(root=True)
    assert figure is not None
    wide = (text_width_in(figure, told) + 0.12) / _size_in(axes)[0] * span
    x = min(x, section.along_mm[-1] - wide) if right else max(x, section.along_mm[0] + wide)
    told.set_x(x)
    axes.plot([0, x], [0.62 * depth] * 2, color=INK, lw=0.6, dashes=(2, 2))
    if section.edges_mm is None:
        return
    bottom, top = axes.get_ylim()
    y = -sign * 0.12 * (top - bottom)
    axes.annotate(
        "",
        xy=(first, y),
        xytext=(last, y),
        arrowprops=arrow | {"arrowstyle": "|-|", "mutation_scale": 2.5},
    )
    extent = length_of(last - first, float("nan"))
    va = "bottom" if sign < 0 else "top"
    write(
        axes,
        (first + last) / 2,
        y - sign * 0.03 * (top - bottom),
        extent,
        fontsize=7,
        color=INK,
        ha="center",
        va=va,
    )


def _write_axes(sheet: Sheet, axes: "Axes", place: Rectangle, unit: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(max(3, round(place[2] / 0.7)), steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(max(3, round(place[3] / 0.4)), steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.6g}".replace("-", "−"))
    axes.yaxis.set_major_formatter(
        lambda value, _: f"{value:+.4g}".replace("-", "−") if value else "0"
    )
    axes.tick_params(labelsize=6.5)
    sheet.say(place[0], place[1] - 0.08, unit, fontsize=6.5, color=FAINT, ha="right", va="bottom")
    foot = place[1] + place[3] + 0.2
    label = measurement_phrase("along_section", sheet.lang)
    sheet.say(place[0] + place[2], foot, label, fontsize=6.5, color=FAINT, ha="right")


def _size_in(axes: "Axes") -> NDArray[np.float64]:
    figure = axes.get_figure(root=True)
    assert figure is not None
    place = axes.get_position()
    return np.asarray(figure.get_size_inches() * [place.width, place.height], np.float64)


def _room(
    place: tuple[float, float],
    direction: NDArray[np.float64],
    edges: tuple[float, float, float, float],
) -> tuple[float, float]:
    """How far it is from a place to the edge of the map, against a direction and along it, mm."""
    ways = []
    for sign in (-1.0, 1.0):
        way = float("inf")
        for at, step, low, high in zip(
            place, sign * direction, edges[::2], edges[1::2], strict=True
        ):
            if abs(step) > 1e-9:
                way = min(way, ((high if step > 0 else low) - at) / step)
        ways.append(max(way, 0.0))
    return ways[0], ways[1]


def _sampled(
    values: NDArray[np.floating], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Between cells linearly, beside a hole the nearest cell, in a hole nothing."""
    from scipy.ndimage import map_coordinates

    # Only the box round the line: the rest of a large map need not be looked at.
    top, left = max(int(rows.min()) - 1, 0), max(int(columns.min()) - 1, 0)
    piece = closed(values[top : int(rows.max()) + 3, left : int(columns.max()) + 3])
    at = np.stack([rows - top, columns - left])
    linear, nearest = (
        np.asarray(map_coordinates(piece.astype(np.float64), at, order=x, mode="nearest"))
        for x in (1, 0)
    )
    return np.where(np.isfinite(linear), linear, nearest)


def _largest(values: NDArray[np.floating]) -> tuple[int, int]:
    """The cell of the largest deviation that is no single point, away from the ends of the scan."""
    # Of a large scan every few cells do: what is sought is broad.
    step = max(1, max(values.shape) // 400)
    thinned = values[::step, ::step]
    rough = smoothed(thinned, 1.5)
    rough[~np.isfinite(thinned)] = 0
    for side, count in enumerate(rough.shape):
        edge = np.moveaxis(rough, side, 0)
        edge[: count // 12] = edge[count - count // 12 :] = 0
    at = np.unravel_index(int(np.abs(rough).argmax()), rough.shape)
    return step * int(at[0]), step * int(at[1])


def _cut(
    view: MeasurementView, cell: tuple[int, int], angle_deg: float, reach_mm: float
) -> Section:
    """The section through a cell, so far to each side as the map and the reach go."""
    pitch, (u0, v0) = view.deviations.spacing_mm, view.deviations.origin_mm
    place = (u0 + cell[1] * pitch, v0 + cell[0] * pitch)
    angle = np.deg2rad(angle_deg)
    direction = np.array([np.cos(angle), np.sin(angle)])
    before, after = (min(x, reach_mm) for x in _room(place, direction, extent_mm(view)))
    # A point on the cell itself, and one on each end.
    step = max(pitch, (before + after) / MOST_POINTS)
    inner = step * np.arange(-int(before / step), int(after / step) + 1)
    along = np.unique([-before, *inner, after])
    at = np.array(place) + along[:, None] * direction
    cells = (at - (u0, v0)) / pitch
    deviations = _sampled(view.deviations.deviations_mm, cells[:, 1], cells[:, 0])
    edges = _edges(view, cells, along) if view.defects else None
    return Section(along, deviations, at[[0, -1]], place, edges)


def _worst(view: MeasurementView, defect: SurfaceDefect) -> tuple[int, int]:
    """The worst place, or where that lies in a hole the worst of the outline that was measured."""
    values = view.deviations.deviations_mm
    if np.isfinite(values[defect.worst]):
        return defect.worst
    top, left, rows, columns = defect.box
    piece = values[top : top + rows, left : left + columns]
    sign = -1 if defect.kind == "depression" else 1
    there = defect.mask[: piece.shape[0], : piece.shape[1]] & np.isfinite(piece)
    if not there.any():
        return defect.worst
    at = np.unravel_index(int(np.where(there, sign * piece, -np.inf).argmax()), piece.shape)
    return top + int(at[0]), left + int(at[1])


def _edges(
    view: MeasurementView, cells: NDArray[np.float64], along: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Where the section enters and leaves the outline, around the worst place."""
    defect = view.defects[0].defect
    top, left, rows, columns = defect.box
    at = np.rint(cells[:, ::-1]).astype(int) - (top, left)
    there = ((at >= 0) & (at < (rows, columns))).all(axis=1)
    inside = np.zeros(len(along), bool)
    inside[there] = defect.mask[at[there, 0], at[there, 1]]
    if not inside.any():
        return None
    middle = int(np.abs(along).argmin())
    if not inside[middle]:
        return None
    before, after = np.flatnonzero(~inside[:middle]), np.flatnonzero(~inside[middle:])
    first = int(before[-1]) + 1 if before.size else 0
    last = middle + int(after[0]) - 1 if after.size else len(along) - 1
    half = (along[middle + 1] - along[middle]) / 2 if middle + 1 < len(along) else 0.0
    return float(along[first] - half), float(along[last] + half)
