"""What a scan says of its scanner: missing points, noise of the heights, relief."""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.surface import Surface

_ROWS = 128
"""Rows of a raster that are looked at, spread evenly: noise is known to a hundredth by them."""
_POINTS = 16_384
"""Points that relief and fingerprint are taken from, likewise."""
_SECOND_DIFFERENCE = float(np.sqrt(6.0))
"""Standard deviations of a second difference of independent values: 1 + 4 + 1 variances."""
_MEDIAN_TO_DEVIATION = 1.4826
"""Of Gaussian values: standard deviation over the median distance from their middle."""


def scan_quality(surface: Surface) -> dict[str, float]:
    """Measures of the scanner, of one scan.

    Args:
        surface: as the scanner gave it, (point, 3) mm.

    Returns:
        "points", how many were measured; "missing", share of the raster's places without one, 0 of
        a cloud; "relief_mm", standard deviation of heights over their plane, mm; of a raster
        "noise_mm", standard deviation of neighbours' heights from a smooth course, mm; and
        "fingerprint", equal only where the scans are equal.

    Source:
        Noise by second differences: Gasser, Sroka and Jennen-Steinmetz, Biometrika 73 (1986) 625;
        their median, so that edges and defects do not count.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> heights = np.random.default_rng(0).normal(0, 0.01, (64, 64))
        >>> found = scan_quality(height_map(heights, 0.1))
        >>> found["missing"], round(found["noise_mm"], 3), round(found["relief_mm"], 3)
        (0.0, 0.01, 0.01)
    """
    points = surface.points_mm
    # A place of the raster without a point is a row of NaN.
    there = np.isfinite(points[:, 2])
    count = int(np.count_nonzero(there))
    sample = points[:: max(1, len(points) // _POINTS)]
    found = {
        "points": float(count),
        "missing": 1 - count / len(points) if surface.grid is not None else 0.0,
        "fingerprint": float(crc32(sample.tobytes())),
    }
    seen = sample[np.isfinite(sample).all(axis=1)]
    if len(seen) > 3:
        found["relief_mm"] = _relief(seen)
    if surface.grid is not None:
        noise = _noise(points[:, 2].reshape(surface.grid))
        if noise is not None:
            found["noise_mm"] = noise
    return found


def _relief(points: NDArray[np.float64]) -> float:
    """Standard deviation of heights over the plane that fits them, mm."""
    over = np.column_stack([points[:, :2] - points[:, :2].mean(axis=0), np.ones(len(points))])
    plane, *_ = np.linalg.lstsq(over, points[:, 2], rcond=None)
    return float((points[:, 2] - over @ plane).std())


def _noise(heights: NDArray[np.float64]) -> float | None:
    """Noise of neighbours along rows, mm; None where no three stand side by side."""
    rows = heights[:: max(1, len(heights) // _ROWS)]
    bends = rows[:, 2:] - 2 * rows[:, 1:-1] + rows[:, :-2]
    bends = bends[np.isfinite(bends)]
    if not len(bends):
        return None
    return float(np.median(np.abs(bends))) * _MEDIAN_TO_DEVIATION / _SECOND_DIFFERENCE
