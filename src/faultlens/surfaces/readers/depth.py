"""A depth image with the intrinsics of its camera becomes points in front of the camera."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.surfaces.readers.contents import ScanContents
from faultlens.surfaces.readers.intrinsics import Intrinsics

_ROUNDS = 12
"""Of the fixed point that undoes a distortion; a lens of 20 % converges to 1e-6 in ten."""


def depth_scan(depths: NDArray[np.float64], intrinsics: Intrinsics, format: str) -> ScanContents:
    """Points of a depth image: x to the right, y down, z away from the camera, which is at 0, 0, 0.

    Args:
        depths: (row, column) along the optical axis, counts; 0 and NaN where nothing was seen.
        intrinsics: of the camera.
        format: what the file was, in a few words.

    Raises:
        UsageError: intrinsics of a picture of another size.

    Source: R. Hartley, A. Zisserman, Multiple View Geometry, 2nd ed., eq. 6.8; distortion:
        D. Brown, Photogrammetric Engineering 37 (1971) 855-866.

    Example:
        >>> camera = Intrinsics(fx=100, fy=100, cx=0, cy=0, depth_mm_per_count=0.1)
        >>> contents = depth_scan(np.array([[500.0, 600.0]]), camera, "PNG")
        >>> contents.points.tolist(), contents.unit
        ([[0.0, 0.0, 500.0], [6.0, 0.0, 600.0]], '0.1 mm')
    """
    rows, columns = depths.shape
    if intrinsics.size is not None and intrinsics.size != (columns, rows):
        raise UsageError(
            f"The intrinsics are those of {intrinsics.size[0]} by {intrinsics.size[1]} pixels and "
            f"the depth image has {columns} by {rows}; give those of this resolution."
        )
    seen = np.where(np.isfinite(depths) & (depths > 0), depths, np.nan)
    x = np.broadcast_to((np.arange(columns) - intrinsics.cx) / intrinsics.fx, depths.shape)
    y = np.broadcast_to(((np.arange(rows) - intrinsics.cy) / intrinsics.fy)[:, None], depths.shape)
    if intrinsics.distortion:
        x, y = _undistorted(x, y, intrinsics.distortion)
    points = np.stack([x * seen, y * seen, seen], axis=-1).reshape(-1, 3)
    scale = intrinsics.depth_mm_per_count
    return ScanContents(
        points,
        f"{format} (depth image of {rows} by {columns} pixels)",
        unit=None if scale is None else f"{scale!r} mm",
        grid=(rows, columns),
        viewpoint=(0.0, 0.0, 0.0),
    )


def _undistorted(
    x: NDArray[np.float64], y: NDArray[np.float64], distortion: tuple[float, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    k1, k2, p1, p2, k3 = (*distortion, 0.0, 0.0, 0.0, 0.0, 0.0)[:5]
    u, v = x, y
    for _ in range(_ROUNDS):
        r2 = u * u + v * v
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        u, v = (
            (x - 2 * p1 * u * v - p2 * (r2 + 2 * u * u)) / radial,
            (y - p1 * (r2 + 2 * v * v) - 2 * p2 * u * v) / radial,
        )
    return u, v
