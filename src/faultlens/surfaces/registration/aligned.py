"""The last few cells of a registration along the surface, from pictures of heights."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from faultlens.surfaces.reference.frame import frame_at
from faultlens.surfaces.reference.robust import robust_scale, tukey_weights
from faultlens.surfaces.registration.correlated import FACING
from faultlens.surfaces.registration.height_image import cells_over
from faultlens.surfaces.registration.icp import moved
from faultlens.surfaces.registration.oriented import OrientedPoints

SIDE = 128
"""Cells along the longer side of the scan."""

SMOOTHED, STEPS = (6.0, 3.0, 1.5, 0.8), 5
"""Smoothing of the pictures in cells, from coarse to fine, and steps with each."""


def aligned(
    scan: OrientedPoints, target: OrientedPoints, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The motion by which the heights of a scan differ least from those of the target.

    Args:
        scan: points with normals.
        target: what it is laid on.
        start: (4, 4) guess, right to a tenth of the scan.

    Returns:
        (4, 4) of the scan into the frame of the target.

    Source: Lucas and Kanade, An iterative image registration technique, IJCAI (1981).
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
    # In the frame of the picture, so that turns are about its middle.
    turn, shift = np.eye(3), np.zeros(3)
    flat = frame.into(points)
    whole = cells.image(seen, highest=target.mesh)
    rows, columns = (np.arange(x) + 0.5 for x in cells.shape)
    u = np.broadcast_to(cells.low_mm[0] + columns * cells.side_mm, cells.shape)
    v = np.broadcast_to((cells.low_mm[1] + rows * cells.side_mm)[:, None], cells.shape)
    size = cells.side_mm * max(cells.shape) / 2
    for smoothing in SMOOTHED:
        goal = whole.smoothed(smoothing)
        along_v, along_u = np.gradient(goal.heights_mm, cells.side_mm)
        for _ in range(STEPS):
            now = cells.image(frame.out_of(flat @ turn.T + shift)).smoothed(smoothing)
            both = (now.weights > 0) & (goal.weights > 0)
            both &= np.hypot(along_u, along_v) < 5
            if both.sum() < 50:
                return start
            off = now.heights_mm[both] - goal.heights_mm[both]
            a, b, x, y = along_u[both], along_v[both], u[both], v[both]
            # A scan moved along u is off by the slope of the target there, and so on.
            height = goal.heights_mm[both]
            terms = np.column_stack(
                [
                    -a,
                    -b,
                    np.ones(len(off)),
                    (y + height * b) / size,
                    -(x + height * a) / size,
                    (y * a - x * b) / size,
                ]
            )
            scale = robust_scale(off - np.median(off), 1e-9 * size)
            weights = tukey_weights(off - np.median(off), max(scale, 0.2 * float(off.std())))
            weighted = terms * weights[:, None]
            square = weighted.T @ terms
            square += 1e-5 * np.trace(square) / 6 * np.eye(6)
            step = np.linalg.solve(square, -(weighted.T @ off))
            spin = Rotation.from_rotvec(np.clip(step[3:] / size, -0.1, 0.1)).as_matrix()
            turn = spin @ turn
            shift = spin @ shift + np.clip(step[:3], -0.1 * size, 0.1 * size)
            if float(np.abs(step).max()) < 1e-3 * cells.side_mm:
                break
    motion = np.eye(4)
    motion[:3, :3] = frame.axes.T @ turn @ frame.axes
    motion[:3, 3] = frame.origin_mm + shift @ frame.axes - motion[:3, :3] @ frame.origin_mm
    return np.asarray(motion @ start, np.float64)
