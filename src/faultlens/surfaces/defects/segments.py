"""From cells that stand out to defects: what belongs together, and what does not."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.surfaces.defects.candidates import Candidates
from faultlens.surfaces.defects.defect import OUTLINE_SHARE

SADDLE_SHARE = 0.5
"""Two that touch are two where the ridge between them rises above this share of the shallower's
depth, counted from their bottoms; otherwise they are one."""
RIM_SHARE = 0.15
"""A neighbour that touches and deviates by less than this share of a defect is its rim, or tail."""
JOIN_CELLS = 2
"""Sound cells between two pieces of one sign that are still one defect."""
_EIGHT = np.ones((3, 3), np.bool_)
_FEWEST_CELLS = 3
_MOST = 1000
"""Defects of one map at most, the most significant: more of them are the surface."""
_SPLIT_LEVELS = (0.5, 0.4, 0.3, 0.2)
_LEAST_DIP = 5.0
"""Standard deviations by which the ridge between two must stand out of their bottoms."""


@dataclass(frozen=True, eq=False)
class Segment:
    """The cells of one defect, as far as its size lets them be told from roughness.

    Args:
        sign: 1 for a protrusion, -1 for a depression.
        first: first row and first column of its box.
        mask: (row, column) of the box.
        height_mm: of the highest place, free of roughness as `Candidates` has it.
        significance: of the most significant place.
    """

    sign: int
    first: tuple[int, int]
    mask: NDArray[np.bool_] = field(repr=False)
    height_mm: float
    significance: float

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of its box on the map."""
        (row, column), (rows, columns) = self.first, self.mask.shape
        return slice(row, row + rows), slice(column, column + columns)


def segments(found: Candidates, significance: float) -> list[Segment]:
    """Cut candidates into defects, the most significant first.

    1. Cells of one sign that touch, also at corners, are one piece.
    2. Its outline is where it reaches `OUTLINE_SHARE` of its height. What is left outside of the
       outline is a defect of its own where it is significant itself and does not touch.
    3. A piece is split where two of its bottoms are parted by a ridge above `SADDLE_SHARE` of the
       depth of the shallower, by `_LEAST_DIP` standard deviations or more.
    4. Pieces of one sign with `JOIN_CELLS` sound cells between them or fewer are one, unless step 3
       has just parted them.
    5. What touches a defect and deviates less than `RIM_SHARE` of it, either way, is its rim.

    Args:
        found: of `candidates`.
        significance: standard deviations that a defect must reach.

    Example:
        >>> heights = np.zeros((30, 30), np.float32)
        >>> heights[5:15, 5:15], heights[5:15, 20:25] = 0.2, -0.1
        >>> for one in segments(Candidates(heights, 100 * np.abs(heights), 0.01), 6.0):
        ...     print(one.sign, one.first, one.mask.shape)
        1 (5, 5) (10, 10)
        -1 (5, 20) (10, 5)
    """
    made: list[Segment] = []
    for sign in (1, -1):
        heights = np.maximum(found.heights_mm * np.float32(sign), 0)
        if heights.any():
            made += _of_one_sign(heights, found.significances, sign, significance)
    made.sort(key=lambda one: -one.significance)
    return _without_rims(made, found.heights_mm.shape)[:_MOST]


def _of_one_sign(
    heights: NDArray[np.float32], scores: NDArray[np.float32], sign: int, significance: float
) -> list[Segment]:
    pieces, _ = ndimage.label(heights > 0, _EIGHT)
    outlines: list[tuple[tuple[slice, slice], NDArray[np.bool_], int]] = []
    family = 0
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        left = pieces[box] == number
        while left.any():
            family += 1
            main = _outline(heights[box], left)
            parts = _split(heights[box], scores[box], main)
            outlines += [(box, part, family) for part in parts]
            left = left & ~ndimage.binary_dilation(main, _EIGHT, JOIN_CELLS)
            left &= ~_weak(left, scores[box], significance)
    return _joined(outlines, heights, scores, sign, significance)


def _outline(heights: NDArray[np.float32], within: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The piece of the highest place at its own outline's level."""
    held = np.where(within, heights, 0)
    inside, _ = ndimage.label(held >= OUTLINE_SHARE * held.max(), _EIGHT)
    return np.asarray(inside == inside.flat[int(np.argmax(held))], np.bool_)


def _weak(
    left: NDArray[np.bool_], scores: NDArray[np.float32], significance: float
) -> NDArray[np.bool_]:
    """Pieces of what is left that are not significant on their own."""
    pieces, count = ndimage.label(left, _EIGHT)
    kept = np.zeros(count + 1, np.bool_)
    kept[np.unique(pieces[left & (scores >= significance)])] = True
    kept[0] = False
    return np.asarray(left & ~kept[pieces], np.bool_)


def _split(
    heights: NDArray[np.float32], scores: NDArray[np.float32], main: NDArray[np.bool_]
) -> list[NDArray[np.bool_]]:
    """The piece itself, or its parts with each cell given to the nearest bottom."""
    held = np.where(main, heights, 0)
    top = float(held.max())
    for share in _SPLIT_LEVELS[::-1]:
        markers, count = ndimage.label(held >= share * top, _EIGHT)
        if count < 2:
            continue
        numbers = np.arange(1, count + 1)
        tops = np.asarray(ndimage.maximum(held, markers, numbers))
        firm = np.asarray(ndimage.maximum(scores * main, markers, numbers))
        cells = np.bincount(markers.ravel(), minlength=count + 1)[1:]
        # The ridge is below the level at which they part: it rises above half of the shallower.
        dip = (1 - share * top / tops) * firm
        own = (tops * SADDLE_SHARE >= share * top) & (dip >= _LEAST_DIP) & (cells >= _FEWEST_CELLS)
        if own.sum() < 2:
            continue
        sown = np.isin(markers, numbers[own])
        nearest = ndimage.distance_transform_edt(~sown, return_distances=False, return_indices=True)
        owner = np.where(main, markers[tuple(nearest)], 0)
        parts: list[NDArray[np.bool_]] = []
        for number in numbers[own]:
            parts += _split(heights, scores, owner == number)
        return parts
    return [main]


def _joined(
    outlines: list[tuple[tuple[slice, slice], NDArray[np.bool_], int]],
    heights: NDArray[np.float32],
    scores: NDArray[np.float32],
    sign: int,
    significance: float,
) -> list[Segment]:
    """Outlines with a narrow gap between them made one; those too weak left out."""
    owner = np.zeros(heights.shape, np.int32)
    for number, (box, mask, _) in enumerate(outlines, start=1):
        owner[box][mask] = number
    near, _ = ndimage.label(ndimage.binary_dilation(owner > 0, _EIGHT, JOIN_CELLS // 2), _EIGHT)
    group = np.zeros(len(outlines) + 1, np.int64)
    for number, (box, mask, _) in enumerate(outlines, start=1):
        group[number] = near[box][mask].max()
    families = np.array([0, *(family for _, _, family in outlines)])
    for number in range(1, len(outlines) + 1):
        same = np.flatnonzero((families == families[number]) & (np.arange(families.size) > 0))
        if same.size > 1:
            # Parted by a ridge: they stay apart, and so does what touches them.
            group[number] = -number
    made = []
    label = group[owner]
    shift = -int(group.min()) if group.size else 0
    label = np.where(owner > 0, label + shift + 1, 0)
    for value, box in enumerate(ndimage.find_objects(label), start=1):
        if box is None:
            continue
        mask = label[box] == value
        firmest = float(scores[box][mask].max())
        if mask.sum() >= _FEWEST_CELLS and firmest >= significance:
            first = (box[0].start, box[1].start)
            made.append(Segment(sign, first, mask, float(heights[box][mask].max()), firmest))
    return made


def _without_rims(made: list[Segment], shape: tuple[int, int]) -> list[Segment]:
    """Leave out what touches a far higher neighbour."""
    tall = np.zeros(shape, np.float32)
    for one in sorted(made, key=lambda segment: segment.height_mm):
        tall[one.box][one.mask] = one.height_mm
    kept = []
    for one in made:
        reach = JOIN_CELLS + 1 + int(0.25 * np.sqrt(one.mask.sum()))
        rows, columns = one.box
        wide = (
            slice(max(rows.start - reach, 0), rows.stop + reach),
            slice(max(columns.start - reach, 0), columns.stop + reach),
        )
        around = np.zeros(tall[wide].shape, np.bool_)
        inner = (rows.start - wide[0].start, columns.start - wide[1].start)
        around[inner[0] : inner[0] + one.mask.shape[0], inner[1] : inner[1] + one.mask.shape[1]] = (
            one.mask
        )
        around = ndimage.binary_dilation(around, _EIGHT, reach)
        if one.height_mm >= RIM_SHARE * float(tall[wide][around].max()):
            kept.append(replace(one))
    return kept
