"""The reference of a flat part: a plane that defects and outliers do not tilt."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSurfaceError
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.frame import Frame, facing, frame_at
from faultlens.surfaces.reference.robust import EXACT, robust_scale, tukey_weights
from faultlens.surfaces.surface import Surface

STARTS, JUDGES, STEPS = 300, 1500, 20
"""Planes through three points that are tried, points that judge them, and steps of refinement.

With half of the points good, 300 starts hold about 40 of three good ones."""

FLAT_LINE = 1e-6
"""Extent across over extent along, below which points lie on one line and no plane is theirs."""


@dataclass(frozen=True, eq=False)
class Plane(AbstractReference):
    """A plane through a scan.

    Args:
        frame: its axes; w is its normal, out of the material.
        rms_mm: robust standard deviation of the scan about it, mm.
        kind: "plane".
    """

    frame: Frame
    rms_mm: float
    kind: str = field(default="plane", init=False)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        return self.frame.into(points_mm)

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        return self.frame.out_of(sheet_mm)

    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON."""
        return {
            "kind": self.kind,
            "normal": self.frame.axes[2].round(9).tolist(),
            "point_mm": self.frame.origin_mm.round(9).tolist(),
            "rms_mm": self.rms_mm,
        }


def fit_plane(surface: Surface, points_mm: NDArray[np.float64], rng: np.random.Generator) -> Plane:
    """The plane on which most of the points lie.

    Args:
        surface: the scan, for the side that is outside.
        points_mm: (point, 3) of it, thinned, mm.
        rng: draws the starts.

    Raises:
        UnusableSurfaceError: the points lie on one line.

    Source: Rousseeuw, Least median of squares regression, JASA (1984).

    Example:
        >>> x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
        >>> dented = np.stack([x, y, 1.0 - (x < 6)], axis=-1).reshape(-1, 3)
        >>> plane = fit_plane(Surface(dented), dented, np.random.default_rng(0))
        >>> plane.located(np.array([[3.0, 3.0, 0.0]]))[0, 2].round(6)
        np.float64(-1.0)
    """
    middle = np.median(points_mm, axis=0)
    centred = points_mm - middle
    extents = np.linalg.svd(centred[:20_000], compute_uv=False)
    if extents[1] <= FLAT_LINE * extents[0]:
        raise UnusableSurfaceError(
            "The points of the scan lie on one line or at one place; a reference surface needs "
            "points that spread over an area. Give the whole scan, not a single profile."
        )
    floor = EXACT * float(np.ptp(centred, axis=0).max())
    normal, offset = _refined(centred, *_started(centred, rng), floor)
    scale = robust_scale(centred @ normal - offset, floor)
    seen = facing(surface, points_mm, normal[None])
    outward = -normal if seen is not None and seen < 0 else normal
    if seen is None and outward[np.argmax(np.abs(outward))] < 0:
        outward = -outward
    return Plane(frame_at(middle + offset * normal, outward), scale)


def _started(
    centred: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """Normal and offset of the plane through three points that has the least median distance."""
    corners = centred[rng.integers(0, len(centred), (STARTS, 3))]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    # The greatest spread of all points is a plane as well, and saves scans of very few points.
    spread = np.linalg.svd(centred[:20_000], full_matrices=False)[2][2]
    usable = lengths > 1e-12 * lengths.max()
    normals = np.concatenate([normals[usable] / lengths[usable, None], spread[None]])
    through = np.concatenate([corners[usable, 0], np.zeros((1, 3))])
    offsets = (normals * through).sum(axis=1)
    judges = centred[rng.integers(0, len(centred), JUDGES)]
    off = np.abs(judges @ normals.T - offsets)
    best = int(np.argmin(np.median(off, axis=0)))
    return normals[best], float(offsets[best])


def _refined(
    centred: NDArray[np.float64], normal: NDArray[np.float64], offset: float, floor: float
) -> tuple[NDArray[np.float64], float]:
    for _ in range(STEPS):
        residuals = centred @ normal - offset
        scale = robust_scale(residuals, floor)
        weights = tukey_weights(residuals, scale)
        middle = weights @ centred / weights.sum()
        spread = centred - middle
        turned = np.linalg.eigh((spread * weights[:, None]).T @ spread)[1][:, 0]
        turned *= np.sign(turned @ normal) or 1.0
        moved = np.linalg.norm(turned - normal) * np.abs(spread).max()
        normal, offset = turned, float(turned @ middle)
        if moved < 1e-3 * scale:
            break
    return normal, offset
