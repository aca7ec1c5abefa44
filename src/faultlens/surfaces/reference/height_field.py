"""A reference that is a sheet with heights on it: a free form, a golden scan, a CAD mesh."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from faultlens.surfaces.reference.abstract import AbstractReference


@dataclass(frozen=True, eq=False)
class HeightField(AbstractReference):
    """Heights over the sheet of a simpler reference.

    The deviation is the height of a point over the field, times the cosine of the field's slope:
    what a plane that touches the field under the point would read.

    Args:
        base: whose u and v the raster spans.
        heights: (row, column) of the raster, mm; coefficients of a spline where `order` is 3.
        origin_mm: u and v of (0, 0), mm.
        step_mm: between columns (along u) and between rows (along v), mm.
        kind: "free form" or "scan".
        facts: what `told` says beside the kind.
        order: 3 for the coefficients of a cubic B-spline, 1 for heights to interpolate between,
            along what both ends of an interval agree on of its bend; heights may be NaN then.
    """

    base: AbstractReference
    heights: NDArray[np.float64] = field(repr=False)
    origin_mm: tuple[float, float]
    step_mm: tuple[float, float]
    kind: str
    facts: Mapping[str, object]
    order: int = 3
    _cosines: NDArray[np.float64] = field(init=False, repr=False)
    _bends: tuple[NDArray[np.float64], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows, columns = (np.asarray(x, np.float64) for x in np.indices(self.heights.shape))
        on_raster = self._read(self.heights, rows, columns, self.order)
        along_v, along_u = np.gradient(on_raster)
        slopes = (along_u / self.step_mm[0]) ** 2 + (along_v / self.step_mm[1]) ** 2
        # Beside a gap of the heights the slope is not known, and taken as none.
        object.__setattr__(self, "_cosines", 1 / np.sqrt(1 + np.nan_to_num(slopes)))
        both = (bends(self.heights), bends(self.heights.T)) if self.order == 1 else ()
        object.__setattr__(self, "_bends", both)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        sheet = self.base.located(points_mm)
        heights, cosines = self._under(sheet)
        sheet[:, 2] = (sheet[:, 2] - heights) * cosines
        return sheet

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        heights, cosines = self._under(sheet_mm)
        lifted = heights + sheet_mm[:, 2] / cosines
        return self.base.placed(np.column_stack([sheet_mm[:, :2], lifted]))

    @property
    def relief_mm(self) -> float:
        """How far the form rises and falls over its base, mm; see `AbstractReference`."""
        relief = self.facts.get("relief_mm", 0.0)
        return relief if isinstance(relief, float) else 0.0

    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON."""
        return {"kind": self.kind, **self.facts}

    def _under(
        self, sheet_mm: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Heights of the field and cosines of its slope under places of the sheet."""
        columns = (sheet_mm[:, 0] - self.origin_mm[0]) / self.step_mm[0]
        rows = (sheet_mm[:, 1] - self.origin_mm[1]) / self.step_mm[1]
        heights = self._read(self.heights, rows, columns, self.order)
        if self.order == 1:
            along_u, along_v = self._bends
            heights -= sag(along_u, rows, columns) + sag(along_v, columns, rows)
        return heights, self._read(self._cosines, rows, columns, 1)

    @staticmethod
    def _read(
        raster: NDArray[np.float64],
        rows: NDArray[np.float64],
        columns: NDArray[np.float64],
        order: int,
    ) -> NDArray[np.float64]:
        places = np.stack([rows, columns])
        return np.asarray(
            map_coordinates(raster, places, order=order, prefilter=False, mode="nearest"),
            np.float64,
        )


def bends(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(row, column) second difference along the columns; 0 at ends and beside gaps.

    Args:
        heights: (row, column); NaN where nothing is known.

    Example:
        >>> bends(np.array([[0.0, 1.0, 4.0, 9.0]]))
        array([[0., 2., 2., 0.]])
    """
    bent = np.zeros_like(heights)
    bent[:, 1:-1] = np.diff(heights, 2, axis=1)
    return np.nan_to_num(bent)


def sag(
    bent: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(point,) how far straight lines between columns lie over a bent surface.

    Where the two ends of an interval bend differently, as beside an edge, the lesser bend is
    believed, and none where they bend opposite ways: noise and edges add nothing of their own.

    Args:
        bent: (row, column) of the raster, from `bends`.
        rows: (point,) in cells.
        columns: (point,) in cells.

    Source: Roe, Annu. Rev. Fluid Mech. 18 (1986), the minmod limiter.

    Example:
        >>> bent = bends(np.tile(np.arange(6.0) ** 2, (2, 1)))
        >>> sag(bent, np.array([0.0]), np.array([2.5]))  # 6.5 between 4 and 9; 2.5**2 is 6.25
        array([0.25])
    """
    row = np.clip(np.rint(rows), 0, bent.shape[0] - 1).astype(np.intp)
    left = np.clip(np.floor(columns), 0, bent.shape[1] - 2).astype(np.intp)
    share = np.clip(columns - left, 0, 1)
    one, other = bent[row, left], bent[row, left + 1]
    agreed = np.where(one * other > 0, np.copysign(np.minimum(abs(one), abs(other)), one), 0.0)
    return np.asarray(0.5 * share * (1 - share) * agreed, np.float64)
