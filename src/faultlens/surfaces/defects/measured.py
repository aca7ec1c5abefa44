"""One segment measured: its form free of roughness, its sizes, and how sure each of them is."""

from dataclasses import astuple, dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.surfaces.defects.defect import OUTLINE_SHARE
from faultlens.surfaces.defects.freed import freed, smoothings_for, spreads_of
from faultlens.surfaces.defects.intervals import Scatter, corrected
from faultlens.surfaces.defects.place import (
    FEWEST_PLACES,
    Place,
    Sheet,
    place_of,
    sound_readings,
)
from faultlens.surfaces.defects.segments import Segment
from faultlens.surfaces.defects.sizes import OutlineSizes, outline_of, outline_sizes

_MOST_READINGS = 3_000_000
"""Cells times smoothings times places that are computed for one defect."""
MOST_PLACES = 24
"""Sound places on which the sizes of one defect are read again, at most."""
_SIZES = ("depth_mm", "mean_depth_mm", "length_mm", "width_mm", "area_mm2", "volume_mm3")
_EIGHT = np.ones((3, 3), np.bool_)

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measured:
    """The sizes of one segment, in cells of its sheet and mm.

    Args:
        sizes: by the rules of `SurfaceDefect`.
        u95: half of the 95 % interval of each of `sizes`, in its order.
        place: its box.
        outline: (row, column) of the box.
        form_mm: (row, column) its depth free of roughness, positive.
        worst: row and column of the box.
        edge_slope: mm per mm.
    """

    sizes: OutlineSizes
    u95: tuple[float, ...]
    place: Place
    outline: Mask = field(repr=False)
    form_mm: Floats = field(repr=False)
    worst: tuple[int, int]
    edge_slope: float


def measured(
    sheet: Sheet, segment: Segment, owner: int, places: int = MOST_PLACES
) -> Measured | None:
    """Measure one segment.

    Twice the ground is taken from the ring around what is known of the defect, the second time
    around its refined outline. Then its form is freed of roughness, and the same is done with that
    form put on sound places of the same map: what the sizes read there on the mean too much is
    taken off, and how far they scatter is their uncertainty.

    Args:
        sheet: the map, at a scale that fits the segment.
        segment: in cells of the sheet.
        owner: its number on the sheet.
        places: sound places on which its sizes are read again, at most.

    Returns:
        The sizes; None where nothing is left of it above the ground around it.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> heights = rng.normal(0, 0.002, (80, 80))
        >>> heights[30:40, 20:45] -= 0.1
        >>> owners = np.zeros((80, 80), np.int32)
        >>> owners[30:40, 20:45] = 1
        >>> sheet = Sheet(heights, np.ones((80, 80), bool), owners, 0.1)
        >>> found = measured(sheet, Segment(-1, (30, 20), np.ones((10, 25), bool), 0.1, 50.0), 1)
        >>> bool(abs(found.sizes.volume_mm3 - 0.25) < found.u95[5] < 0.02)
        True
    """
    place = place_of(sheet, segment.mask, segment.first, owner)
    refined = _refined(place, segment.sign)
    if refined is None:
        return None
    place = place_of(sheet, refined, (place.box[0].start, place.box[1].start), owner)
    aspect, direction = _turned(place.mask)
    smoothings = smoothings_for(place.mask.shape, place.thickness, aspect, direction)
    each = place.mask.size * len(smoothings.responses)
    count = int(np.clip(_MOST_READINGS // each, FEWEST_PLACES, places))
    sound = sound_readings(sheet, place, count)
    rough = sound.above_mm
    inside = ndimage.binary_dilation(place.reach, _EIGHT)
    smooth = smoothings.of(np.concatenate([place.above_mm[None] * segment.sign, rough]))
    smooth = smooth[:, :, inside]
    spreads = spreads_of(smooth[:, 1:])
    form, doubt = _form(freed(smooth[:, 0], spreads), inside, place.reach)
    if not (form > 0).any():
        return None
    sizes = outline_sizes(form, sheet.spacing_mm, doubt_mm=doubt)
    outline = outline_of(form, OUTLINE_SHARE * sizes.depth_mm)
    kept = np.where(ndimage.binary_dilation(outline, _EIGHT, 2), form, 0.0)
    again = smoothings.of(kept[None])[:, 0][:, inside]
    truth = np.array(astuple(outline_sizes(kept, sheet.spacing_mm, doubt_mm=doubt))[:6])
    errors, read_on = [], []
    for number in range(len(rough)):
        read, left = _form(freed(again + smooth[:, 1 + number], spreads), inside, place.reach)
        if (read > 0).any():
            sized = outline_sizes(read, sheet.spacing_mm, doubt_mm=left)
            errors.append(np.array(astuple(sized)[:6]) - truth)
            read_on.append(number)
    reach = _volume_reach(outline, place)
    cell = sheet.spacing_mm**2
    values = np.array(astuple(sizes)[:6])
    values[5] = max(float((place.above_mm * segment.sign)[reach].sum()) * cell, 0.1 * values[5])
    scatter = np.array(errors) if errors else np.zeros((0, 6))
    scatter[:, 5] = rough[read_on][:, reach].sum(axis=1) * cell
    alike = sound.alike[np.ix_(read_on, read_on)]
    values, u95 = corrected(
        values,
        Scatter(scatter, alike, sound.own),
        sheet.spacing_mm,
        sizes.bend,
        _drop(form),
    )
    slopes = np.hypot(*np.gradient(form))[outline] / sheet.spacing_mm
    worst = np.unravel_index(int(np.argmax(form - doubt)), form.shape)
    return Measured(
        OutlineSizes(
            **dict(zip(_SIZES, values.tolist(), strict=True)),
            orientation_deg=sizes.orientation_deg,
            bend=sizes.bend,
        ),
        tuple(u95.tolist()),
        place,
        outline,
        form,
        (int(worst[0]), int(worst[1])),
        float(np.quantile(slopes, 0.95)),
    )


def _refined(place: Place, sign: int) -> Mask | None:
    """The outline at a smoothing that suits its thickness, as far as roughness lets it be seen."""
    sigma = float(np.clip(place.thickness / 8, 0.5, 3))
    smooth = ndimage.gaussian_filter(place.above_mm * sign, sigma)
    noise = float(smooth[place.ring].std()) if place.ring.any() else 0.0
    held = np.where(place.reach, smooth, 0)
    top = float(held[place.mask].max())
    if top <= 0:
        return None
    level = max(OUTLINE_SHARE * top, min(2 * noise, 0.4 * top))
    pieces, _ = ndimage.label(held >= level, _EIGHT)
    at = int(np.argmax(np.where(place.mask, held, -np.inf)))
    return np.asarray(pieces == pieces.flat[at], np.bool_)


def _drop(form: Floats) -> float:
    """How far the form falls from its deepest cell to the next ones, across where it falls most."""
    row, column = np.unravel_index(int(np.argmax(form)), form.shape)
    padded = np.pad(form, 1)
    around = padded[row : row + 3, column : column + 3]
    beside = min(around[1, 0] + around[1, 2], around[0, 1] + around[2, 1])
    return float(form.max() - beside / 2)


def _turned(mask: Mask) -> tuple[float, float]:
    """Length over width and direction, by second moments."""
    rows, columns = (x - x.mean() for x in np.nonzero(mask))
    a, b, c = (columns**2).mean() + 1 / 12, (rows**2).mean() + 1 / 12, (rows * columns).mean()
    root = float(np.hypot((a - b) / 2, c))
    middle = (a + b) / 2
    return float(np.sqrt((middle + root) / max(middle - root, 1e-9))), float(
        0.5 * np.arctan2(2 * c, a - b)
    )


def _form(values: tuple[Floats, Floats], inside: Mask, reach: Mask) -> tuple[Floats, Floats]:
    """(row, column) positive form, 0 beyond its reach, and how sure it is."""
    form, doubt = np.zeros(inside.shape), np.zeros(inside.shape)
    form[inside], doubt[inside] = values
    return np.where(reach, np.maximum(form, 0), 0), doubt


def _volume_reach(outline: Mask, place: Place) -> Mask:
    far = ndimage.distance_transform_edt(~outline)
    return np.asarray((far <= max(1.5, 0.2 * place.thickness)) & place.reach, np.bool_)
