"""The last few cells of a registration along the surface, from pictures of heights."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from faultlens.surfaces.reference.frame import frame_at
from faultlens.surfaces.reference.robust import robust_scale, tukey_weights
from faultlens.surfaces.registration.correlated import FACING
from faultlens.surfaces.registration.height_image import Cells, HeightImage, cells_over
from faultlens.surfaces.registration.icp import moved
from faultlens.surfaces.registration.oriented import OrientedPoints

SIDE = 128
"""Cells along the longer side of the scan."""

SMOOTHED, STEPS = (6.0, 3.0, 1.5, 0.8), 5
"""Smoothing of the pictures in cells, from coarse to fine, and steps with each."""

STEEPEST, FURTHEST = 5.0, 0.1
"""Slope of the target beyond which it is not used, and the longest step, in halves of the scan."""


def aligned(
    scan: OrientedPoints, target: OrientedPoints, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The motion by which the heights of a scan differ least from those of the target.

    Args:
        scan: points with normals.
        target: what it is laid on.
        start: (row, column) 4 by 4, guess, right to a tenth of the scan.

    Returns:
        (4, 4) of the scan into the frame of the target.

    Source: Lucas and Kanade, An iterative image registration technique, IJCAI (1981).

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> float(np.abs(aligned(wavy, wavy, np.eye(4)) - np.eye(4)).max()) < 0.1
        True
    """
    mean = np.asarray(scan.normals.mean(axis=0), np.float64)
    up = start[:3, :3] @ mean
    points = moved(start, scan.points_mm)
    if np.linalg.norm(up) < 0.05:
        return start
    frame = frame_at(np.median(points, axis=0), up)
    cells = cells_over(frame, points, SIDE, 0.15)
    seen = target.points_mm[target.normals @ frame.axes[2] > FACING]
    if len(seen) < 100:
        return start
    # All in the frame of the picture, so that turns are about its middle.
    turn, shift = np.eye(3), np.zeros(3)
    flat = frame.into(points)
    whole = cells.image(seen, highest=target.mesh)
    for smoothing in SMOOTHED:
        goal = _Goal(cells, whole.smoothed(smoothing))
        for _ in range(STEPS):
            now = cells.image(frame.out_of(flat @ turn.T + shift)).smoothed(smoothing)
            step = goal.step(now)
            if step is None:
                return start
            spin, move, most = step
            turn, shift = spin @ turn, spin @ shift + move
            if most < 1e-3 * cells.side_mm:
                break
    motion = np.eye(4)
    motion[:3, :3] = frame.axes.T @ turn @ frame.axes
    motion[:3, 3] = frame.origin_mm + shift @ frame.axes - motion[:3, :3] @ frame.origin_mm
    return np.asarray(motion @ start, np.float64)


class _Goal:
    """The picture of the target, and what a motion of the scan changes against it."""

    def __init__(self, cells: Cells, image: HeightImage) -> None:
        self.image = image
        self.size = cells.side_mm * max(cells.shape) / 2
        along_v, along_u = (
            np.asarray(x, np.float64) for x in np.gradient(image.heights_mm, cells.side_mm)
        )
        self.usable = (image.weights > 0) & (np.hypot(along_u, along_v) < STEEPEST)
        rows, columns = (np.arange(x) + 0.5 for x in cells.shape)
        v, u = np.meshgrid(rows, columns, indexing="ij")
        u, v = cells.low_mm[0] + u * cells.side_mm, cells.low_mm[1] + v * cells.side_mm
        height = image.heights_mm
        # A scan moved along u is off by the slope of the target there, and so on; turns are
        # solved for as what they move at the edge.
        self.terms = np.stack(
            [
                -along_u,
                -along_v,
                np.ones(cells.shape),
                (v + height * along_v) / self.size,
                -(u + height * along_u) / self.size,
                (v * along_u - u * along_v) / self.size,
            ],
            axis=-1,
        )

    def step(
        self, now: HeightImage
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], float] | None:
        """Turn (3, 3), shift in mm and the greatest of both in mm; None if nothing is common."""
        both = self.usable & (now.weights > 0)
        if both.sum() < 50:
            return None
        off = now.heights_mm[both] - self.image.heights_mm[both]
        terms = self.terms[both]
        middle = off - np.median(off)
        # A defect is no reason to move; a step that lies wrong is: many cells are off there.
        scale = max(robust_scale(middle, 1e-9 * self.size), 0.2 * float(off.std()))
        weighted = terms * tukey_weights(middle, scale)[:, None]
        square = weighted.T @ terms
        square += 1e-5 * np.trace(square) / 6 * np.eye(6)
        step = np.linalg.solve(square, -(weighted.T @ off))
        step = np.clip(step, -FURTHEST * self.size, FURTHEST * self.size)
        spin = Rotation.from_rotvec(step[3:] / self.size).as_matrix()
        return np.asarray(spin, np.float64), step[:3], float(np.abs(step).max())
