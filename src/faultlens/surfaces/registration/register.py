"""Laying a scan on a golden scan or a CAD mesh, with a quality, and a refusal below it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from faultlens.core.errors import UnusableSurfaceError
from faultlens.surfaces.reference.robust import robust_scale
from faultlens.surfaces.registration.aligned import aligned
from faultlens.surfaces.registration.icp import Target, laid_on, paired
from faultlens.surfaces.registration.oriented import OrientedPoints, oriented
from faultlens.surfaces.registration.starts import as_it_lies, first_guesses
from faultlens.surfaces.surface import Surface

ROUGH = (400, 6_000, 15)
"""Points of the scan, points of the target, and steps, by which the starts are tried."""

PULLING = 10
"""Steps of the tries in which points are pulled to their partners."""

FINE = (30_000, 60_000, 40)
"""The same for the last fit."""

BEST = 3
"""Tries whose pictures of heights are laid on each other."""

SEEN = 6_000
"""Points of the scan from which first guesses are made; three times as many of the target."""

LAST = 8_000
"""Points of the scan in the last fit."""

ENOUGH = 0.6
"""Least share of the scan that must lie on the target: a third may be a defect."""

LEAST_PART = 0.03
"""Extent of the scan over that of the golden surface below which it would fit anywhere."""

NEAR = 0.002
"""Share of the extent by which a point may lie off and still be on the target, beside three
standard deviations of the roughness of both: what parts of one drawing differ by."""


@dataclass(frozen=True, eq=False)
class Registration:
    """How a scan lies on a golden scan or CAD mesh.

    Args:
        transform: (row, column) 4 by 4, homogeneous, of the scan's points into the golden frame.
        rms_mm: robust standard deviation of the scan about the golden surface, mm.
        overlap: share of the scan that lies on the golden surface, 0 to 1.
        tolerance_mm: within which a point counts as lying on it, mm.
        turned_deg: angle of the motion.
        moved_mm: distance by which the middle of the scan was moved, mm.
    """

    transform: NDArray[np.float64] = field(repr=False)
    rms_mm: float
    overlap: float
    tolerance_mm: float
    turned_deg: float
    moved_mm: float

    def told(self) -> dict[str, object]:
        """The fit as plain values for the JSON."""
        return {
            "transform": self.transform.round(9).tolist(),
            "rms_mm": self.rms_mm,
            "overlap": round(self.overlap, 4),
            "tolerance_mm": self.tolerance_mm,
            "turned_deg": round(self.turned_deg, 3),
            "moved_mm": round(self.moved_mm, 6),
        }


def register(surface: Surface, golden: Surface, *, seed: int = 0) -> Registration:
    """The rigid motion that lays a scan on a golden scan or CAD mesh.

    Args:
        surface: the scan; it may be turned and shifted by any amount, show the part from the same
            side, and hold defects on up to a third of it.
        golden: scan of a sound part, or a mesh (with `faces`).
        seed: of the chance by which points are drawn.

    Raises:
        UnusableSurfaceError: less than `ENOUGH` of the scan comes to lie on the golden surface, or
            one of the two has too few points.

    Source: Chen and Medioni, Object modelling by registration of multiple range images, IVC (1992);
        Chetverikov et al., The trimmed iterative closest point algorithm, ICPR (2002).

    Example:
        >>> x, y = np.meshgrid(np.linspace(0, 30, 60), np.linspace(0, 20, 40))
        >>> part = np.stack([x, y, 2 * np.sin(x / 4) + y**2 / 60], axis=-1).reshape(-1, 3)
        >>> fit = register(Surface(part + [5.0, 0.0, 1.0]), Surface(part))
        >>> fit.transform[[0, 2], 3].round(2).tolist()
        [-5.0, -1.0]
    """
    rng = np.random.default_rng(seed)
    scan, whole = oriented(surface, FINE[0], rng), oriented(golden, FINE[1], rng)
    if scan.extent_mm < LEAST_PART * whole.extent_mm:
        raise UnusableSurfaceError(
            f"The scan is {_size(scan)} mm, the golden surface {_size(whole)} mm: so small a part "
            "of it would lie anywhere. Check the units of both, or cut the golden surface."
        )
    transform = _started(scan, whole)
    target = Target(whole, cKDTree(whole.points_mm))
    last = _fewer(scan, LAST)
    transform = laid_on(last, target, transform, FINE[2])
    pairs = paired(last, target, transform)
    tolerance = _tolerance(scan, whole)
    beside = pairs.apart_mm <= tolerance + 3 * whole.spacing_mm
    on = pairs.alike & beside & (np.abs(pairs.off_mm) <= tolerance)
    overlap = float(on.mean())
    if overlap < ENOUGH:
        raise UnusableSurfaceError(
            f"Only {overlap:.0%} of the scan comes to lie within {tolerance:.3g} mm of the golden "
            f"surface; {ENOUGH:.0%} are needed. The scan is {_size(scan)} mm, the golden surface "
            f"{_size(whole)} mm: check that both show the same side of one part and that the units "
            "are right, or measure against reference 'auto'."
        )
    middle = np.median(scan.points_mm, axis=0)
    turn, shift = transform[:3, :3], transform[:3, 3]
    cosine = float(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    return Registration(
        transform,
        robust_scale(pairs.off_mm[on]),
        overlap,
        tolerance,
        float(np.degrees(np.arccos(cosine))),
        float(np.linalg.norm(turn @ middle + shift - middle)),
    )


def _started(scan: OrientedPoints, whole: OrientedPoints) -> NDArray[np.float64]:
    """The best of the first guesses, each tried with few points, then laid right along itself."""
    few, coarse = _fewer(scan, ROUGH[0]), _fewer(whole, ROUGH[1])
    more = _fewer(scan, 4 * ROUGH[0])
    target = Target(coarse, cKDTree(coarse.points_mm))

    def tried(guesses: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
        near = [laid_on(few, target, x, ROUGH[2], pulling=PULLING) for x in guesses]
        near = sorted(near, key=lambda x: _misfit(few, target, x))[:BEST]
        return sorted(
            (aligned(scan, whole, x) for x in near), key=lambda x: _misfit(more, target, x)
        )

    found = tried(as_it_lies(scan, whole))
    # A part that comes in a fixture lies right from the start; then nothing else is tried.
    if _misfit(more, target, found[0]) > _tolerance(scan, whole) / 6:
        found += tried(first_guesses(_fewer(scan, SEEN), _fewer(whole, 3 * SEEN)))
    return min(found, key=lambda x: _misfit(more, target, x))


def _tolerance(scan: OrientedPoints, whole: OrientedPoints) -> float:
    """Distance within which a point lies on the target, mm."""
    return 3 * max(scan.roughness_mm, whole.roughness_mm) + NEAR * scan.extent_mm


def _misfit(scan: OrientedPoints, target: Target, transform: NDArray[np.float64]) -> float:
    """Mean distance of the scan from the target, where far is far: defects do not decide."""
    pairs = paired(scan, target, transform)
    most = 0.1 * scan.extent_mm
    # Beyond the edge of the target its planes go on, but there is nothing to lie on.
    beside = np.maximum(pairs.apart_mm - 2 * target.surface.spacing_mm, 0)
    off = np.where(pairs.alike, np.maximum(np.abs(pairs.off_mm), beside), most)
    return float(np.minimum(off, most).mean())


def _fewer(points: OrientedPoints, most: int) -> OrientedPoints:
    """The first of them, which were drawn by chance."""
    spacing = points.spacing_mm * max(1.0, np.sqrt(len(points.points_mm) / most))
    return OrientedPoints(
        points.points_mm[:most],
        points.normals[:most],
        points.roughness_mm,
        float(spacing),
        points.mesh,
    )


def _size(points: OrientedPoints) -> str:
    sides = np.ptp(np.quantile(points.points_mm, [0.01, 0.99], axis=0), axis=0)
    return " x ".join(f"{x:.3g}" for x in sides)
