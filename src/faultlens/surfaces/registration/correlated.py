"""First guesses of how a scan lies on a part, from pictures of the heights of both.

Every turn of the one is laid at every shift on the other at once: the correlation of both by
Fourier transforms gives the spread of the difference of heights for all shifts.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.spatial.transform import Rotation

from faultlens.surfaces.reference.frame import frame_at
from faultlens.surfaces.registration.height_image import HeightImage, cells_over
from faultlens.surfaces.registration.oriented import OrientedPoints

TURNS, SIDE = 48, 56
"""Turns that are tried, 7.5 degrees apart, and cells along the longer side of the scan."""

LARGEST = 160
"""Cells along the longer side of the target, at most: a scan of a corner of a large part is seen in
fewer cells."""

COVERED = 0.6
"""Share of the scan that must come to lie on the target."""

FACING = 0.25
"""Least cosine between a normal and the line of sight, for a place to be seen."""


def correlated_guesses(
    scan: OrientedPoints, target: OrientedPoints, keep: int
) -> list[NDArray[np.float64]]:
    """Motions that lay the heights of a scan on those of a target, seen from its likely sides.

    Args:
        scan: points with normals.
        target: what it is laid on.
        keep: guesses to give.

    Returns:
        (row, column) 4 by 4 each, the likeliest first.

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> float(np.abs(correlated_guesses(wavy, wavy, 1)[0] - np.eye(4)).max()) < 0.3
        True
    """
    up = _mean_normal(scan)
    if up is None:
        return []
    own = frame_at(np.median(scan.points_mm, axis=0), up)
    flat = own.into(scan.points_mm)
    found: list[tuple[float, NDArray[np.float64]]] = []
    for view in _views(target):
        seen = target.points_mm[target.normals @ view > FACING]
        if len(seen) < 100:
            continue
        frame = frame_at(np.median(seen, axis=0), view)
        extent = float(np.ptp(np.quantile(flat[:, :2], [0.01, 0.99], axis=0), axis=0).max())
        whole = float(np.ptp(frame.into(seen)[:, :2], axis=0).max())
        side = int(np.clip(SIDE * whole / extent, 8, LARGEST))
        cells = cells_over(frame, seen, side, 0.05)
        image = cells.image(seen, highest=target.mesh)
        for turn in np.arange(TURNS) * 2 * np.pi / TURNS:
            spin = Rotation.from_rotvec([0, 0, turn]).as_matrix()
            turned = cells_over(frame_at(np.zeros(3), np.eye(3)[2]), flat @ spin.T, 8, 0.0)
            size = np.ptp(np.quantile((flat @ spin.T)[:, :2], [0.005, 0.995], axis=0), axis=0)
            columns, rows = (int(x) + 2 for x in np.ceil(size / cells.side_mm))
            own_cells = type(turned)(turned.frame, turned.low_mm, cells.side_mm, (rows, columns))
            cost, row, column, lift = _best_shift(own_cells.image(flat @ spin.T), image)
            motion = np.eye(4)
            motion[:3, :3] = frame.axes.T @ spin @ own.axes
            shift = cells.low_mm - own_cells.low_mm + cells.side_mm * np.array([column, row])
            goal = frame.out_of(np.array([[shift[0], shift[1], lift]]))[0]
            motion[:3, 3] = goal - motion[:3, :3] @ own.origin_mm
            found.append((cost, motion))
    return [x for _, x in sorted(found, key=lambda x: x[0])[:keep]]


def _best_shift(scan: HeightImage, target: HeightImage) -> tuple[float, int, int, float]:
    """Spread of the difference at the best shift, that shift in cells, and the lift of the scan."""
    shape = [
        fft.next_fast_len(a + b, real=True)
        for a, b in zip(scan.weights.shape, target.weights.shape, strict=True)
    ]

    def seen(image: NDArray[np.float64]) -> NDArray[np.complex128]:
        return np.asarray(fft.rfft2(image, shape), np.complex128)

    def at_shifts(
        one: NDArray[np.complex128], other: NDArray[np.complex128]
    ) -> NDArray[np.float64]:
        return np.asarray(fft.irfft2(np.conj(one) * other, shape), np.float64)

    a, am, aa = (seen(scan.weights * scan.heights_mm**x) for x in (1, 0, 2))
    b, bm, bb = (seen(target.weights * target.heights_mm**x) for x in (1, 0, 2))
    common = np.maximum(at_shifts(am, bm), 1e-6)
    lift = (at_shifts(am, b) - at_shifts(a, bm)) / common
    squares = (at_shifts(aa, bm) + at_shifts(am, bb) - 2 * at_shifts(a, b)) / common
    spread = np.maximum(squares - lift**2, 0)
    share = common / scan.weights.sum()
    # What lies beside the target counts as if it were off by the whole relief of the scan.
    relief = np.var(scan.heights_mm[scan.weights > 0]) + 1e-12
    cost = np.where(share >= COVERED, spread * share + relief * np.maximum(1 - share, 0), np.inf)
    best = np.unravel_index(int(np.argmin(cost)), cost.shape)
    row, column = (
        int(x) - (size if x >= size - own else 0)
        for x, size, own in zip(best, shape, scan.weights.shape, strict=True)
    )
    return float(cost[best]), row, column, float(lift[best])


def _mean_normal(points: OrientedPoints) -> NDArray[np.float64] | None:
    mean = points.normals.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length, np.float64) if length > 0.05 else None


def _views(target: OrientedPoints) -> list[NDArray[np.float64]]:
    """Lines of sight: of a scan the way it was seen, of a closed body all six of its main axes."""
    mean = target.normals.mean(axis=0)
    if np.linalg.norm(mean) > 0.3:
        return [mean / np.linalg.norm(mean)]
    centred = target.points_mm - target.points_mm.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1].T
    return [sign * axis for axis in axes for sign in (1.0, -1.0)]
