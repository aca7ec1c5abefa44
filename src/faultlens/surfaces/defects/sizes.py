"""The sizes of one profile of depths by the rules of `SurfaceDefect`: also a simulator's truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError
from faultlens.surfaces.defects.defect import OUTLINE_SHARE

_DOUBTS = 0.5
"""Standard deviations by which a depth must be sure to be the greatest."""
_FOOT_SHARE = 0.2
"""Of the outline's level, from which a cell beyond it still shows the foot of the defect."""
Floats = NDArray[np.float64]
_DIRECTIONS = np.deg2rad(np.arange(0.0, 180.0, 5.0))
_AXES = np.stack([np.cos(_DIRECTIONS), np.sin(_DIRECTIONS)])
_COMPACT_BELOW, _LONG_ABOVE = 2.0, 4.0
"""Length over width up to which the width is the extent across, and from which it is the mean."""
_BENT, _STRAIGHT = 0.35, 0.55
"""Area over length times extent across, below which an outline is bent within its rectangle, and
above which it is straight."""


@dataclass(frozen=True)
class OutlineSizes:
    """The sizes of one defect; see `SurfaceDefect` for the rules.

    Args:
        depth_mm: greatest deviation.
        mean_depth_mm: within the outline.
        length_mm: longest extent of the outline, along its bends where it is bent.
        width_mm: extent across; of an outline four times as long as wide or more, area over length.
        area_mm2: within the outline.
        volume_mm3: of everything, also outside of the outline.
        orientation_deg: of its longer axis, from columns towards rows, 0 to 180.
        bend: 0 where the length is straight, 1 where it is taken along its bends.
    """

    depth_mm: float
    mean_depth_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    volume_mm3: float
    orientation_deg: float
    bend: float = 0.0


def outline_sizes(
    profile_mm: NDArray[np.floating], spacing_mm: float, *, doubt_mm: Floats | None = None
) -> OutlineSizes:
    """Measure a profile of depths: every size by the one rule that reports and truths share.

    The outline is where the profile reaches `OUTLINE_SHARE` of the depth, in the pieces that are
    connected to the deepest place or hold at least a tenth of its area; its line runs between cells
    by linear interpolation, so that narrow defects do not come in whole cells.

    Args:
        profile_mm: (row, column) depth of a depression or height of a protrusion, positive, mm; 0
            where nothing is. Nothing else may be on it.
        spacing_mm: side of a cell, mm.
        doubt_mm: (row, column) standard deviation of the profile, mm, where it has one: then the
            depth is read where it is surely great, not where noise makes it greatest.

    Raises:
        InputError: a profile that is no raster, is not finite or is nowhere positive.

    Source: Cauchy and Crofton, perimeter from the number of crossings in four directions.

    Example:
        >>> profile = np.zeros((30, 60))
        >>> profile[10:14, 10:50] = 0.2
        >>> found = outline_sizes(profile, 0.1)
        >>> round(found.depth_mm, 3), round(found.volume_mm3, 3), found.orientation_deg
        (0.2, 0.32, 0.0)
    """
    profile = np.asarray(profile_mm, np.float64)
    if profile.ndim != 2 or not np.isfinite(profile).all() or not (profile > 0).any():
        raise InputError(
            f"A profile of shape {profile.shape} cannot be measured; give (row, column) of finite "
            "depths in mm, positive where the defect is."
        )
    sure = profile if doubt_mm is None else profile - _DOUBTS * doubt_mm
    deep = profile >= 0.5 * profile.max()
    depth = _apex(profile, int(np.argmax(np.where(deep, sure, -np.inf))))
    level = OUTLINE_SHARE * depth
    padded = np.pad(profile, 1)
    inside = outline_of(padded, level)
    area, points = _line(padded, inside, level)
    length, across = _extents(points)
    length = max(length, 1e-9)
    straight = np.clip((area / (length * max(across, 1e-9)) - _BENT) / (_STRAIGHT - _BENT), 0, 1)
    if length > _COMPACT_BELOW * across or straight < 1:
        length = max(length, float(straight * length + (1 - straight) * _along(inside, area)))
    mean_width = area / length
    # Of an ellipse the mean width is less than the extent across by this factor.
    aspect = length / mean_width * np.pi / 4
    long = np.clip((aspect - _COMPACT_BELOW) / (_LONG_ABOVE - _COMPACT_BELOW), 0, 1)
    long = max(float(long), 1 - float(straight))
    width = long * mean_width + (1 - long) * across
    # Parts of cells along the outline hold about its level.
    edge = level * (area - int(inside.sum()))
    return OutlineSizes(
        depth_mm=depth,
        mean_depth_mm=(float(padded[inside].sum()) + edge) / area,
        length_mm=length * spacing_mm,
        width_mm=min(width, length) * spacing_mm,
        area_mm2=area * spacing_mm**2,
        volume_mm3=float(profile.sum()) * spacing_mm**2,
        orientation_deg=direction_deg(inside),
        bend=1 - float(straight),
    )


def _apex(profile: Floats, at: int) -> float:
    """The depth at a place, the top of parabolas through it: the deepest may lie between cells."""
    row, column = (int(x) for x in np.unravel_index(at, profile.shape))
    top = float(profile[row, column])
    gain = 0.0
    for line, at in ((profile[:, column], row), (profile[row], column)):
        if 1 < at < line.size - 2:
            near, far = (1, 2) if line[at - 1] >= line[at + 1] else (-1, -2)
            before, after = float(line[at - near]), float(line[at + near])
            # Beside a cliff the floor's own bend counts, not the wall.
            after = min(max(after, 3 * (top - before) + float(line[at - far])), before)
            bend = 2 * top - before - after
            if top >= before and bend > 0:
                gain += (after - before) ** 2 / (8 * bend)
    return top + gain


def outline_of(profile_mm: NDArray[np.float64], level_mm: float) -> NDArray[np.bool_]:
    """Cells within the outline: those of the level that belong to the deepest place.

    Args:
        profile_mm: (row, column) depths, mm.
        level_mm: of the outline, mm.

    Returns:
        (row, column) mask: the piece of the deepest place and others with a tenth of its area.

    Example:
        >>> outline_of(np.array([[0.0, 5.0, 1.0, 0.2, 1.0]]), 0.5).tolist()
        [[False, True, True, False, True]]
    """
    inside = profile_mm >= level_mm
    pieces, count = ndimage.label(inside, np.ones((3, 3)))
    if count <= 1:
        return np.asarray(inside, np.bool_)
    deepest = pieces.flat[int(np.argmax(profile_mm))]
    cells = np.bincount(pieces.ravel())
    kept = cells >= 0.1 * cells[deepest]
    kept[0] = False
    return np.asarray(kept[pieces], np.bool_)


def _line(
    profile: NDArray[np.float64], inside: NDArray[np.bool_], level: float
) -> tuple[float, NDArray[np.float64]]:
    """Area in cells, and (point, 2) column and row where the outline's line crosses the raster."""
    areas, points = [], []
    for axis in (0, 1):
        values = np.moveaxis(profile, axis, 1)
        within = np.moveaxis(inside, axis, 1)
        excess = 0.0
        for way in (1, -1):
            here, there = (slice(None, -1), slice(1, None))[::way]
            crossing = within[:, here] & ~within[:, there]
            row, column = np.nonzero(crossing)
            column = column + (0 if way == 1 else 1)
            last = values.shape[1] - 1
            c, b, a, beyond = (
                values[row, np.clip(column + step * way, 0, last)] for step in (-2, -1, 0, 1)
            )
            share = _crossed(c, b, a, beyond, level)
            excess += float((share - 0.5).sum())
            place = np.stack([column + way * share, row.astype(np.float64)], axis=1)
            points.append(place if axis == 1 else place[:, ::-1])
        areas.append(float(inside.sum()) + excess)
    return max(float(np.mean(areas)), 1e-9), np.concatenate(points)


def _crossed(c: Floats, b: Floats, a: Floats, beyond: Floats, level: float) -> Floats:
    """How far beyond the last inner cell `a` the profile falls to the level, in cells.

    Where the next cell still shows the foot of the defect, a parabola through it. Where that cell
    shows nothing, the wall ended somewhere before: the parabola of the inner cells is carried on,
    and a wall that would not have reached the level by then is a cliff, half way on the mean.
    """
    seen = beyond > _FOOT_SHARE * level
    slope = np.where(seen, (beyond - b) / 2, a - b + (a - 2 * b + c) / 2)
    bend = np.where(seen, beyond - 2 * a + b, a - 2 * b + c)
    # The first root of a - level + slope x + bend x2 / 2.
    inside = slope**2 - 2 * bend * (a - level)
    root = 2 * (a - level) / np.maximum(-slope + np.sqrt(np.maximum(inside, 0)), 1e-300)
    linear = (a - level) / np.maximum(a - beyond, 1e-300)
    good = (inside >= 0) & (root >= 0) & (root <= 1)
    found = np.where(good, root, np.where(seen, linear, 0.5))
    # A neighbour of another piece is above the level: the line then runs half way.
    return np.where(beyond < level, found, 0.5)


def _extents(points: NDArray[np.float64]) -> tuple[float, float]:
    """Longest extent, and the extent across it."""
    extents = np.ptp(points @ _AXES, axis=0)
    best = int(np.argmax(extents))
    # Between the directions tried: the top of a parabola through three of them.
    left, right = extents[best - 1], extents[(best + 1) % len(extents)]
    bend = left - 2 * extents[best] + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    angle = _DIRECTIONS[best] + float(np.clip(shift, -1, 1)) * (_DIRECTIONS[1] - _DIRECTIONS[0])
    along = points @ np.array([np.cos(angle), np.sin(angle)])
    across = points @ np.array([-np.sin(angle), np.cos(angle)])
    return float(np.ptp(along)), float(np.ptp(across))


def direction_deg(inside: NDArray[np.bool_]) -> float:
    """Direction of the longer axis of a mask, from columns towards rows, 0 to 180.

    Args:
        inside: (row, column), not empty.

    Example:
        >>> direction_deg(np.eye(5, dtype=bool))
        45.0
    """
    rows, columns = (x - x.mean() for x in np.nonzero(inside))
    turned = 0.5 * np.arctan2(2 * (rows * columns).mean(), (columns**2 - rows**2).mean())
    return float(np.rad2deg(turned) % 180)


def _along(inside: NDArray[np.bool_], area: float) -> float:
    """Length of a bent band, from its area and its perimeter: 2 (length + width), length width."""
    straight = sum(int((inside != np.roll(inside, 1, axis)).sum()) for axis in (0, 1))
    slanting = sum(int((inside != np.roll(inside, (1, way), (0, 1))).sum()) for way in (1, -1))
    half = np.pi / 8 * (straight + slanting / np.sqrt(2)) / 2
    return float((half + np.sqrt(max(half**2 - 4 * area, 0.0))) / 2)
