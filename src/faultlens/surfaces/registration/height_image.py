"""Points seen from one side as a small picture of heights: what lays steps and bosses right.

Closest points are blind to a step seen from above: on either side of it they find a partner at
their own height. Two pictures of heights, both smoothed, have slopes there.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from faultlens.surfaces.reference.frame import Frame


@dataclass(frozen=True, eq=False)
class HeightImage:
    """Mean heights of points in cells of a frame.

    Args:
        heights_mm: (row, column) mean, mm; 0 where no point fell.
        weights: (row, column) 1 where points fell, else 0; smoothed, between.
    """

    heights_mm: NDArray[np.float64] = field(repr=False)
    weights: NDArray[np.float64] = field(repr=False)

    def smoothed(self, cells: float) -> "HeightImage":
        """The same, smoothed over the cells that hold points.

        Args:
            cells: standard deviation of the smoothing.

        Source: Knutsson and Westin, Normalized and differential convolution, CVPR (1993).
        """
        weights = gaussian_filter(self.weights, cells, mode="constant")
        sums = gaussian_filter(self.heights_mm * self.weights, cells, mode="constant")
        heights = np.divide(sums, weights, out=np.zeros_like(sums), where=weights > 1e-3)
        # Where less than half of the surroundings is known, the mean is of other places.
        return HeightImage(heights, np.where(weights > 0.3, self.weights, 0.0))


@dataclass(frozen=True, eq=False)
class Cells:
    """Raster of a picture of heights.

    Args:
        frame: from which it is seen; heights are along w.
        low_mm: (axis,) u and v of the first corner, mm.
        side_mm: of a cell, mm.
        shape: rows and columns.
    """

    frame: Frame
    low_mm: NDArray[np.float64] = field(repr=False)
    side_mm: float
    shape: tuple[int, int]

    def image(self, points_mm: NDArray[np.float64], *, highest: bool = False) -> HeightImage:
        """The picture of some points; those beside the raster are left out.

        Args:
            points_mm: (point, 3) mm, in the coordinates in which the frame stands.
            highest: whether the highest point of a cell speaks for it, rather than the mean: a
                mesh may have faces within the body.
        """
        seen = self.frame.into(points_mm)
        at = np.floor((seen[:, :2] - self.low_mm) / self.side_mm).astype(np.int64)
        rows, columns = self.shape
        inside = (at[:, 0] >= 0) & (at[:, 1] >= 0) & (at[:, 0] < columns) & (at[:, 1] < rows)
        cell = at[inside, 1] * columns + at[inside, 0]
        counts = np.bincount(cell, minlength=rows * columns)
        if highest:
            heights = np.full(rows * columns, -np.inf)
            np.maximum.at(heights, cell, seen[inside, 2])
            heights[counts == 0] = 0.0
        else:
            sums = np.bincount(cell, seen[inside, 2], minlength=rows * columns)
            heights = np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)
        return HeightImage(
            heights.reshape(self.shape), (counts > 0).astype(np.float64).reshape(self.shape)
        )


def cells_over(
    frame: Frame, points_mm: NDArray[np.float64], longer_side: int, margin: float
) -> Cells:
    """The raster that covers points, with room around them.

    Args:
        frame: from which it is seen.
        points_mm: (point, 3) mm.
        longer_side: cells along the longer side of the points.
        margin: room on each side, in longer sides.

    Example:
        >>> from faultlens.surfaces.reference.frame import frame_at
        >>> corners = np.array([[0.0, 0.0, 1.0], [8.0, 4.0, 1.0]])
        >>> cells = cells_over(frame_at(np.zeros(3), np.array([0.0, 0.0, 1.0])), corners, 8, 0.0)
        >>> cells.shape, float(cells.image(corners).heights_mm[0, 0])
        ((5, 9), 1.0)
    """
    seen = frame.into(points_mm)[:, :2]
    low, high = np.quantile(seen, [0.005, 0.995], axis=0)
    longest = max(float((high - low).max()), 1e-9)
    side = longest / longer_side
    low = low - margin * longest - side / 2
    columns, rows = (int(x) for x in np.ceil((high + margin * longest - low + side / 2) / side))
    return Cells(frame, low, side, (rows, columns))
