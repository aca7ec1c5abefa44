"""The box around one defect: its ring, the ground under it, and the same box on sound surface."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.surfaces.defects.ground import Ground, ground_for, imitated
from faultlens.surfaces.defects.sound import filled, places_like

MARGIN_SHARE = 0.3
"""Reach of a defect beyond its outline, as a share of its thickness."""
_WINDOW = 3
"""Boxes to either side in which the surface goes together as it does around this one."""
_SIDE_MOST = 768
_QUIETEST, _LOUDEST = 0.5, 2.0
"""How much quieter or louder than around the defect another place may be taken to be."""
FEWEST_PLACES = 8
"""Places on which the sizes of one defect are read again, at least; else they are imitated."""
_MOST_AROUND = 0.4
"""Share of the nine cells at a place that are measured, from which it is no hole."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A map as it is measured, at one scale.

    Args:
        values_mm: (row, column) deviations; anything where nothing was measured.
        measured: (row, column).
        owners: (row, column) number of the segment that a cell belongs to; 0 for sound surface.
        spacing_mm: side of a cell.
    """

    values_mm: Floats = field(repr=False)
    measured: Mask = field(repr=False)
    owners: NDArray[np.int32] = field(repr=False)
    spacing_mm: float

    @property
    def sound(self) -> Mask:
        """(row, column) what is measured and belongs to no defect."""
        return np.asarray(self.measured & (self.owners == 0), np.bool_)

    @cached_property
    def free(self) -> Mask:
        """(row, column) what belongs to no defect and is measured, or most of what is around it."""
        around = ndimage.uniform_filter(self.measured.astype(np.float32), 3)
        return np.asarray((around > _MOST_AROUND) & (self.owners == 0), np.bool_)


@dataclass(frozen=True, eq=False)
class Place:
    """A defect in its box.

    Args:
        box: rows and columns of the sheet.
        mask: (row, column) of the box: within its outline, as far as it is known.
        reach: (row, column) all that may belong to it.
        ring: (row, column) sound surface around it.
        above_mm: (row, column) deviation from its own ground.
        thickness: of the mask, cells.
        roughness_mm: standard deviation of the ring.
        ground: how the ring foretells the box; None where nothing around it is sound.
    """

    box: tuple[slice, slice]
    mask: Mask = field(repr=False)
    reach: Mask = field(repr=False)
    ring: Mask = field(repr=False)
    above_mm: Floats = field(repr=False)
    thickness: float
    roughness_mm: float
    ground: Ground | None = field(repr=False)


@dataclass(frozen=True, eq=False)
class SoundReadings:
    """What the box of a defect reads on sound surface.

    Args:
        above_mm: (reading, row, column) above its ground.
        own: how many of them, the first, are of places of the map; the rest imitates it.
        alike: (reading, reading) share of the box that two have in common.
    """

    above_mm: Floats = field(repr=False)
    own: int
    alike: Floats = field(repr=False)


def thickness_of(mask: Mask) -> float:
    """Twice the greatest distance from its edge, cells.

    Args:
        mask: (row, column).

    Example:
        >>> thickness_of(np.ones((5, 30), bool))
        5.0
    """
    return max(2 * float(ndimage.distance_transform_edt(np.pad(mask, 1)).max()) - 1, 1.0)


def place_of(sheet: Sheet, mask: Mask, first: tuple[int, int], owner: int) -> Place:
    """Put a defect in its box and take its ground from the ring around it.

    Args:
        sheet: the map.
        mask: (row, column) of the defect in a box of its own.
        first: first row and column of that box.
        owner: number of its segment.

    Example:
        >>> values, owners = np.full((40, 40), 0.5), np.zeros((40, 40), np.int32)
        >>> values[15:20, 15:20], owners[15:20, 15:20] = 1.5, 1
        >>> sheet = Sheet(values, np.ones((40, 40), bool), owners, 0.1)
        >>> place = place_of(sheet, np.ones((5, 5), bool), (15, 15), 1)
        >>> place.box, round(float(place.above_mm[place.mask].mean()), 2)
        ((slice(8, 27, None), slice(8, 27, None)), 1.0)
    """
    thickness = thickness_of(mask)
    margin = max(2.0, MARGIN_SHARE * thickness)
    wide = max(4.0, thickness)
    pad = int(np.ceil(margin + wide))
    shape = sheet.values_mm.shape
    used = [np.flatnonzero(mask.any(axis=1 - axis)) for axis in (0, 1)]
    box = (
        _stretch(first[0] + int(used[0][0]), first[0] + int(used[0][-1]) + 1, pad, shape[0]),
        _stretch(first[1] + int(used[1][0]), first[1] + int(used[1][-1]) + 1, pad, shape[1]),
    )
    inner = np.zeros((box[0].stop - box[0].start, box[1].stop - box[1].start), np.bool_)
    rows, columns = np.nonzero(mask)
    inner[rows + first[0] - box[0].start, columns + first[1] - box[1].start] = True
    far = ndimage.distance_transform_edt(~inner)
    reach = far <= margin
    owners, measured = sheet.owners[box], sheet.measured[box]
    foreign = (owners != 0) & (owners != owner)
    reach &= ~foreign | inner
    ring = (far > margin) & (far <= margin + wide) & measured & ~foreign
    values = filled(sheet.values_mm[box], measured)
    roughness = float(values[ring].std()) if ring.sum() > 3 else 0.0
    cut = window_of(sheet, box)
    ground = ground_for(ring, sheet.values_mm[cut], sheet.sound[cut])
    under = ground.under(values[None], ring)[0] if ground else np.zeros_like(values)
    return Place(box, inner, reach, ring, values - under, thickness, roughness, ground)


def sound_readings(sheet: Sheet, place: Place, most: int) -> SoundReadings:
    """What the box would read above its ground on sound surface: roughness, all of it.

    Args:
        sheet: the map.
        place: the defect in its box.
        most: readings wanted.

    Returns:
        The readings; where the map has too few places, the rest imitates its sound surface.

    Example:
        >>> values, owners = np.full((60, 60), 0.5), np.zeros((60, 60), np.int32)
        >>> owners[15:20, 15:20] = 1
        >>> sheet = Sheet(values, np.ones((60, 60), bool), owners, 0.1)
        >>> place = place_of(sheet, np.ones((5, 5), bool), (15, 15), 1)
        >>> found = sound_readings(sheet, place, 6)
        >>> found.above_mm.shape, found.own, bool(np.abs(found.above_mm).max() < 1e-3)
        ((6, 19, 19), 6, True)
    """
    if place.ground is None:
        return SoundReadings(np.zeros((0, *place.mask.shape)), 0, np.zeros((0, 0)))
    needed = place.reach | place.ring
    rows, columns = place.mask.shape
    starts = places_like(sheet.free, place.box, needed, most)
    known_here = sheet.measured[place.box]
    boxes = np.zeros((len(starts), rows, columns))
    for number, (row, column) in enumerate(starts):
        cut = (slice(row, row + rows), slice(column, column + columns))
        known = sheet.sound[cut] & known_here
        boxes[number] = filled(sheet.values_mm[cut], known)
    if len(starts) < most:
        window = window_of(sheet, place.box)
        more = imitated(
            sheet.values_mm[window],
            sheet.sound[window],
            (rows, columns),
            most - len(starts),
            place.box[0].start,
        )
        for number in range(len(more)):
            more[number] = filled(more[number], known_here)
        boxes = np.concatenate([boxes, more])
    loud = boxes[:, place.ring].std(axis=1)
    boxes -= place.ground.under(boxes, place.ring)
    # What is imitated is as loud as the ring, however loud the rest of the window is.
    quietest = np.where(np.arange(len(boxes)) < len(starts), _QUIETEST, 0.0)
    factor = np.clip(place.roughness_mm / np.maximum(loud, 1e-12), quietest, _LOUDEST)
    above = np.asarray(boxes * factor[:, None, None], np.float64)
    return SoundReadings(above, len(starts), _in_common(starts, (rows, columns), len(boxes)))


def _in_common(starts: list[tuple[int, int]], shape: tuple[int, int], readings: int) -> Floats:
    """(reading, reading) share of a box of this shape that lies in the other one as well."""
    alike = np.eye(readings)
    if starts:
        first = np.array(starts, np.float64)
        apart = np.abs(first[:, None] - first) / shape
        alike[: len(starts), : len(starts)] = np.clip(1 - apart, 0, None).prod(axis=2)
    return alike


def window_of(sheet: Sheet, box: tuple[slice, slice]) -> tuple[slice, slice]:
    """The neighbourhood in which the surface goes together as it does around a box.

    Args:
        sheet: the map.
        box: rows and columns.

    Example:
        >>> sheet = Sheet(*(np.zeros((50, 60), kind) for kind in (float, bool, np.int32)), 0.1)
        >>> window_of(sheet, (slice(20, 25), slice(0, 5)))
        (slice(5, 40, None), slice(0, 20, None))
    """
    rows, columns = (
        _stretch(x.start, x.stop, min(_WINDOW * (x.stop - x.start), _SIDE_MOST), n)
        for x, n in zip(box, sheet.values_mm.shape, strict=True)
    )
    return rows, columns


def _stretch(start: int, stop: int, by: int, most: int) -> slice:
    return slice(max(start - by, 0), min(stop + by, most))
