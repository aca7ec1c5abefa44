"""From a measured defect to what the encoder of scans takes: five views of it, and its numbers.

Kinds of defects differ in shape at several scales at once: a crack winds over its whole length and
is narrow across; the floor of a corrosion pit is rough, that of a dent smooth. So the encoder sees
the defect whole, across, cell by cell, and among its neighbours, turned so that its length lies
along the rows; and its proportions as numbers. No number has a unit: size names nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from faultlens.core.errors import InputError
from faultlens.surfaces.defects.defect import PROTRUSION, SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap

SIDE = 32
"""Rows and columns of a view."""

WHOLE, OUTLINE, ACROSS, NEAR, AROUND = range(5)
"""The views: whole, its outline, across its width, cell by cell, and among its neighbours."""

VIEWS = 5

WHOLE_FACTOR, ACROSS_FACTOR, AROUND_FACTOR = 1.4, 4.0, 4.0
"""Width of a view over the extent of the defect, its width, and its extent."""

LEAST_ACROSS_CELLS = 10.0
"""Narrower views across would show less than the cells hold."""

DEEPEST = 1.5
"""Deviations are cut off at so many times the depth."""

NUMBERS = (
    "direction", "elongation", "depth_to_width", "slope_to_depth", "fullness", "filling",
    "volume_share", "depth_to_roughness", "cells_across", "cells_along", "waviness", "floor",
)  # fmt: skip
"""What `ScanPatches.numbers` holds, each of the order of one."""

PREPARATION = {"side": SIDE, "views": VIEWS, "numbers": list(NUMBERS)}
"""As the manifest of a model of scans holds it; a model of another one is refused."""


@dataclass(frozen=True, eq=False)
class ScanPatches:
    """Measured defects as the encoder of scans takes them.

    Args:
        views: (defect, view, row, column) see `WHOLE` and its neighbours; deviations are positive
            the way the defect goes, in depths, and cell by cell in a root of roughnesses.
        numbers: (defect, number) proportions, see `NUMBERS`.
        reliefs: of each defect, "depression" or "protrusion".

    Raises:
        InputError: as many views, numbers and reliefs as do not fit each other.
    """

    views: NDArray[np.float32]
    numbers: NDArray[np.float32]
    reliefs: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.reliefs)
        expected = ((count, VIEWS, SIDE, SIDE), (count, len(NUMBERS)))
        if (self.views.shape, self.numbers.shape) != expected:
            raise InputError(
                f"Patches of {count} defects have views {self.views.shape} and numbers "
                f"{self.numbers.shape}; {expected[0]} and {expected[1]} are needed. Use "
                "scan_patches(deviations, defects)."
            )

    def __len__(self) -> int:
        return len(self.reliefs)


def scan_patches(deviations: DeviationMap, defects: Sequence[SurfaceDefect]) -> ScanPatches:
    """The patches of measured defects.

    Args:
        deviations: the map that they were found on.
        defects: in any order; none gives empty patches.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> scan_patches(None, []).views.shape
        (0, 5, 32, 32)
    """
    seen = [_Seen(deviations, x) for x in defects]
    views = [x.views() for x in seen]
    numbers = [x.numbers() for x in seen]
    return ScanPatches(
        np.stack(views) if views else np.zeros((0, VIEWS, SIDE, SIDE), np.float32),
        np.stack(numbers) if numbers else np.zeros((0, len(NUMBERS)), np.float32),
        tuple(x.kind for x in defects),
    )


class _Seen:
    """One defect in its own frame: along its length, and across."""

    def __init__(self, deviations: DeviationMap, defect: SurfaceDefect) -> None:
        self._defect, self._map = defect, deviations
        turned = np.deg2rad(defect.orientation_deg)
        self._along = np.array([np.sin(turned), np.cos(turned)])  # row, column
        self._across = np.array([np.cos(turned), -np.sin(turned)])
        rows, columns = np.nonzero(defect.mask)
        places = np.stack([rows + defect.box[0], columns + defect.box[1]], axis=1).astype(float)
        if not len(places):
            places = np.array([defect.worst], float)
        self._places = places
        self._extents = np.array(
            [[f(places @ axis) for f in (np.min, np.max)] for axis in (self._along, self._across)]
        )
        middle = self._extents.mean(axis=1)
        self._middle = middle[0] * self._along + middle[1] * self._across
        self._length, self._breadth = (self._extents[:, 1] - self._extents[:, 0] + 1).tolist()
        self._width = max(1.0, defect.width_mm / deviations.spacing_mm)
        self._sign = 1.0 if defect.kind == PROTRUSION else -1.0
        self._rough = max(defect.roughness_mm, 1e-3 * defect.depth_mm, 1e-9)

    def views(self) -> NDArray[np.float32]:
        """(view, row, column)."""
        depth = max(self._defect.depth_mm, 1e-9)
        largest = max(self._length, self._breadth)
        worst = np.array(self._defect.worst, float)
        deviations = self._map.deviations_mm
        whole, outline = self._window(
            self._middle, WHOLE_FACTOR * largest + 2, (deviations, self._outline())
        )
        across = max(LEAST_ACROSS_CELLS, ACROSS_FACTOR * min(self._width, self._breadth))
        (section,) = self._window(worst, across, (deviations,))
        (near,) = self._window(worst, float(SIDE), (deviations,))
        (around,) = self._window(self._middle, AROUND_FACTOR * largest + 4, (deviations,))
        scale = self._sign / depth
        near = self._sign * (near - np.median(near)) / self._rough
        seen = np.stack(
            [
                np.clip(whole * scale, -DEEPEST, DEEPEST),
                outline,
                np.clip(section * scale, -DEEPEST, DEEPEST),
                np.arcsinh(near) / 3,
                np.clip(around * scale, -DEEPEST, DEEPEST),
            ]
        )
        return np.asarray(seen, np.float32)

    def numbers(self) -> NDArray[np.float32]:
        """(number,) in the order of `NUMBERS`."""
        given, cell = self._defect, self._map.spacing_mm
        depth, width = max(given.depth_mm, 1e-9), max(given.width_mm, cell)
        length = max(given.length_mm, width)
        area = max(given.area_mm2, cell**2)
        floor = self._floor()
        found = [
            self._sign,
            np.log(length / width) / 2,
            np.log(depth / width) / 2,
            np.log(max(given.edge_slope, 1e-6) * width / depth) / 2,
            2 * given.mean_depth_mm / depth - 1,
            np.log(area / (length * width)),
            np.log(max(given.volume_mm3, 1e-12) / (area * depth)),
            np.log(depth / self._rough) / 3,
            np.log(self._width) / 2 - 1,
            np.log(max(self._length, self._breadth)) / 2 - 1.5,
            np.log(length / (max(self._length, self._breadth) * cell)),
            np.log(floor / self._rough),
        ]
        return np.asarray(np.clip(np.nan_to_num(np.array(found)), -4, 4), np.float32)

    def _floor(self) -> float:
        """Roughness within the outline, mm: of differences of neighbours, so that form is small."""
        row, column, rows, columns = self._defect.box
        part = self._map.deviations_mm[row : row + rows, column : column + columns].astype(float)
        within = self._defect.mask & np.isfinite(part)
        bends = []
        for axis in (0, 1):
            if part.shape[axis] < 3:
                continue
            bend = np.diff(part, 2, axis=axis)
            keep = _shrunk(within, axis)
            bends.append(bend[keep])
        every = np.concatenate(bends) if bends else np.zeros(0)
        # Of independent heights, second differences have sqrt(6) of their spread.
        return max(float(np.sqrt(np.mean(every**2) / 6)) if len(every) else 0.0, 0.1 * self._rough)

    def _outline(self) -> NDArray[np.float32]:
        """(row, column) 1 within the outline, over the whole map's place of the window."""
        raster = np.zeros(self._map.deviations_mm.shape, np.float32)
        row, column, rows, columns = self._defect.box
        raster[row : row + rows, column : column + columns] = self._defect.mask
        return raster

    def _window(
        self,
        middle: NDArray[np.float64],
        side: float,
        layers: tuple[NDArray[np.float32], ...],
    ) -> list[NDArray[np.float64]]:
        """Each layer in a square of `side` cells about `middle`, turned; 0 beyond the scan."""
        reach = int(np.ceil(side * 0.7072)) + 2
        low = np.maximum(np.floor(middle).astype(int) - reach, 0)
        high = np.minimum(np.ceil(middle).astype(int) + reach + 1, layers[0].shape)
        step = max(1, int(side / SIDE))
        cut = (slice(low[0], high[0]), slice(low[1], high[1]))
        at = (np.arange(SIDE) - (SIDE - 1) / 2) * side / SIDE
        rows = middle[0] + at[:, None] * self._across[0] + at[None, :] * self._along[0]
        columns = middle[1] + at[:, None] * self._across[1] + at[None, :] * self._along[1]
        places = np.stack([rows - low[0], columns - low[1]])
        places = (places - (step - 1) / 2) / step
        found = []
        for layer in layers:
            part = layer[cut]
            value, weight = _thinned(part, step)
            seen = map_coordinates(value, places, order=1, mode="constant")
            share = map_coordinates(weight, places, order=1, mode="constant")
            found.append(np.where(share > 0.05, seen / np.maximum(share, 0.05), 0.0))
        return found


def _thinned(
    part: NDArray[np.float32], step: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means of blocks of `step` cells times their measured share, and that share."""
    known = np.isfinite(part)
    value = np.where(known, part, 0.0).astype(np.float64)
    weight = known.astype(np.float64)
    if step == 1:
        return value, weight
    shape = [-(-x // step) * step for x in part.shape]
    out = []
    for layer in (value, weight):
        whole = np.zeros(shape)
        whole[: part.shape[0], : part.shape[1]] = layer
        blocks = whole.reshape(shape[0] // step, step, shape[1] // step, step)
        out.append(blocks.mean(axis=(1, 3)))
    return out[0], out[1]


def _shrunk(within: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Where a place and both neighbours along an axis lie within."""
    moved = np.moveaxis(within, axis, 0)
    return np.moveaxis(moved[:-2] & moved[1:-1] & moved[2:], 0, axis)
