"""How far a scan lies off its reference surface, as a raster of the unrolled sheet."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.surfaces.reference.abstract import AbstractReference


@dataclass(frozen=True, eq=False)
class DeviationMap:
    """Deviations on a raster of square cells over the sheet of the reference.

    Args:
        deviations_mm: (row, column) mean deviation of the points in a cell, mm, positive out of the
            material; NaN where no point fell.
        points: (row, column) how many points a cell holds.
        spacing_mm: side of a cell, mm.
        origin_mm: u and v of the centre of cell (0, 0), mm; rows run along v, columns along u.
        reference: the surface that they are deviations of.
        outliers: points left out because they lie alone, far off everything.
        colours: (row, column, 3) red, green, blue of the points in a cell; None without colour.
        warnings: what a careful engineer would want to know about it.
    """

    deviations_mm: NDArray[np.float32] = field(repr=False)
    points: NDArray[np.int32] = field(repr=False)
    spacing_mm: float
    origin_mm: tuple[float, float]
    reference: AbstractReference
    outliers: int = 0
    colours: NDArray[np.uint8] | None = field(default=None, repr=False)
    warnings: tuple[Notice, ...] = ()

    @property
    def measured(self) -> NDArray[np.bool_]:
        """(row, column) where the scan has a point."""
        return self.points > 0

    def positions_mm(
        self, rows: NDArray[np.floating], columns: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Points of the reference surface under places of the raster.

        Args:
            rows: (place,) of the raster, fractions allowed.
            columns: (place,) of the raster.

        Returns:
            (place, 3) x, y, z of the scan's own frame, mm.
        """
        u = self.origin_mm[0] + np.asarray(columns, np.float64) * self.spacing_mm
        v = self.origin_mm[1] + np.asarray(rows, np.float64) * self.spacing_mm
        return self.reference.placed(np.stack([u, v, np.zeros_like(u)], axis=1))
