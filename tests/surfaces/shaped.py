"""Scans of exact forms for tests: what was carved, strewn and turned is known to the digit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from faultlens.surfaces.surface import Surface

AXIS = np.array([0.8, 0.5, 0.33]) / np.linalg.norm([0.8, 0.5, 0.33])
SHIFT = np.array([100.0, -30.0, 400.0])


@dataclass(frozen=True)
class Shaped:
    """A scan, the deviation that was carved at each point (NaN for an outlier), and its noise."""

    surface: Surface
    carved: NDArray[np.float64]
    noise: NDArray[np.float64]


def shaped(
    form: str,
    *,
    points: int = 20_000,
    noise: float = 0.01,
    radius: float = 50.0,
    arc_deg: float = 60.0,
    length: float = 60.0,
    inside: bool = False,
    depth: float = 0.0,
    defect: float = 8.0,
    outliers: float = 0.0,
    missing: float = 0.0,
    tilt_deg: float = 0.0,
    viewpoint: bool = True,
    seed: int = 0,
) -> Shaped:
    """A plane, cylinder or sphere with a flat-bottomed dent of radius `defect` in its middle."""
    rng = np.random.default_rng(seed)
    w = rng.normal(0, noise, points)
    half = np.radians(arc_deg) / 2
    side = -1.0 if inside else 1.0
    if form == "plane":
        u, v = rng.uniform(-length / 2, length / 2, (2, points))
        off = np.hypot(u, v)
    elif form == "cylinder":
        u, angle = rng.uniform(-length / 2, length / 2, points), rng.uniform(-half, half, points)
        off = np.hypot(u, radius * angle)
    else:
        cosine, turn = rng.uniform(np.cos(half), 1, points), rng.uniform(0, 2 * np.pi, points)
        off = radius * np.arccos(cosine)
    carved = np.where(off < defect, -depth, 0.0)
    r = radius + side * (w + carved)
    if form == "plane":
        xyz = np.stack([u, v, w + carved], axis=1)
    elif form == "cylinder":
        xyz = np.stack([u, r * np.sin(angle), side * r * np.cos(angle)], axis=1)
    else:
        sine = np.sqrt(1 - cosine**2)
        xyz = r[:, None] * np.stack(
            [sine * np.cos(turn), sine * np.sin(turn), side * cosine], axis=1
        )
    strewn = rng.choice(points, int(outliers * points), replace=False)
    low, high = xyz.min(axis=0), xyz.max(axis=0)
    room = 0.3 * (high - low).max()
    xyz[strewn] = rng.uniform(low - room, high + room, (len(strewn), 3))
    carved[strewn] = np.nan
    xyz[rng.choice(points, int(missing * points), replace=False)] = np.nan
    turned = Rotation.from_rotvec(np.radians(tilt_deg) * AXIS)
    stood = np.array([0.0, 0.0, 0.1 if inside else 4 * radius])
    stood = turned.apply(stood) + SHIFT
    return Shaped(
        Surface(
            turned.apply(xyz) + SHIFT,
            viewpoint_mm=(float(stood[0]), float(stood[1]), float(stood[2])) if viewpoint else None,
        ),
        carved,
        w,
    )


def errors(found: NDArray[np.float64], truth: Shaped) -> NDArray[np.float64]:
    """(point,) deviation found less what was carved and strewn, of all that are no outliers."""
    off = found[:, 2] - truth.carved - truth.noise
    return off[np.isfinite(off)]
