"""The reference of a ball, a dome or a cup: a sphere, laid flat about its middle."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.frame import Frame, frame_at, is_inside
from faultlens.surfaces.reference.refined import refined
from faultlens.surfaces.reference.robust import EXACT, thinned
from faultlens.surfaces.surface import Surface

STARTS, JUDGES, FINAL, FLATTEST = 400, 1200, 20_000, 50.0
"""Spheres that are tried, points that judge them, points of the last steps, and the radius, in
extents of the scan, beyond which a sphere is a plane to all that see it."""


@dataclass(frozen=True, eq=False)
class Sphere(AbstractReference):
    """A sphere through a scan, laid flat so that areas stay true everywhere.

    Args:
        frame: origin at its centre; w runs out of the material in the middle of the scan.
        radius_mm: of the sphere, mm.
        inside: whether the material lies around it, as around a cup.
        rms_mm: robust standard deviation of the scan about it, mm.
        kind: "sphere".

    Source: Lambert's azimuthal equal-area projection: Snyder, Map projections, USGS 1395 (1987).
    """

    frame: Frame
    radius_mm: float
    inside: bool
    rms_mm: float
    kind: str = field(default="sphere", init=False)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        side = -1.0 if self.inside else 1.0
        u, v, w = self.frame.into(points_mm).T
        radii = np.sqrt(u**2 + v**2 + w**2)
        # Of a cup the middle lies at -w: it is seen from its centre.
        with np.errstate(divide="ignore", invalid="ignore"):
            stretch = self.radius_mm / radii * np.sqrt(2 / (1 + side * w / radii))
        return np.stack([u * stretch, v * stretch, side * (radii - self.radius_mm)], axis=1)

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        side = -1.0 if self.inside else 1.0
        u, v = sheet_mm[:, 0] / self.radius_mm, sheet_mm[:, 1] / self.radius_mm
        square = np.minimum(u**2 + v**2, 4.0)
        shrink = np.sqrt(1 - square / 4)
        unit = np.stack([u * shrink, v * shrink, side * (1 - square / 2)], axis=1)
        return self.frame.out_of((self.radius_mm + side * sheet_mm[:, 2])[:, None] * unit)

    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON."""
        return {
            "kind": self.kind,
            "radius_mm": self.radius_mm,
            "centre_mm": self.frame.origin_mm.round(9).tolist(),
            "inside": self.inside,
            "rms_mm": self.rms_mm,
        }


def fit_sphere(
    surface: Surface, points_mm: NDArray[np.float64], rng: np.random.Generator
) -> Sphere | None:
    """The sphere on which most of the points lie; None where none comes near.

    Args:
        surface: the scan, for the side that is outside.
        points_mm: (point, 3) of it, thinned, mm.
        rng: draws the starts.

    Example:
        >>> u, v = np.meshgrid(np.linspace(-5, 5, 40), np.linspace(-5, 5, 40))
        >>> cap = np.stack([u, v, np.sqrt(400 - u**2 - v**2)], axis=-1).reshape(-1, 3)
        >>> sphere = fit_sphere(Surface(cap), cap, np.random.default_rng(0))
        >>> round(sphere.radius_mm, 6), sphere.inside
        (20.0, False)
    """
    middle = np.median(points_mm, axis=0)
    centred = points_mm - middle
    extent = float(np.ptp(centred, axis=0).max())
    floor = EXACT * extent
    few = thinned(centred, JUDGES, rng)
    start = _started(few, rng)
    if start is None:
        return None
    start, _ = refined(start, _form, few, floor)
    parameters, scale = refined(start, _form, thinned(centred, FINAL, rng), floor)
    radius = float(parameters[3])
    if not 0 < radius < FLATTEST * extent:
        return None
    centre = parameters[:3] + middle
    outward = points_mm - centre
    outward /= np.maximum(np.linalg.norm(outward, axis=1), 1e-300)[:, None]
    stood = None
    if surface.viewpoint_mm is not None:
        stood = float(np.linalg.norm(np.asarray(surface.viewpoint_mm) - centre))
    inside = is_inside(surface, points_mm, outward, stood, radius)
    mean = np.median(outward, axis=0)
    up = mean if np.linalg.norm(mean) > 0.05 else np.array([0.0, 0.0, 1.0])
    return Sphere(frame_at(centre, -up if inside else up), radius, inside, scale)


def _form(
    parameters: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    outward = points - parameters[:3]
    radii = np.linalg.norm(outward, axis=1)
    slopes = np.column_stack([-outward / np.maximum(radii, 1e-300)[:, None], -np.ones(len(points))])
    return radii - parameters[3], slopes


def _started(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64] | None:
    """Of spheres through four points, and the one by least squares, that of least median."""
    corners = points[rng.integers(0, len(points), (STARTS, 4))]
    edges = corners[:, 1:] - corners[:, :1]
    volumes = np.abs(np.linalg.det(edges))
    size = np.linalg.norm(edges, axis=2).prod(axis=1)
    usable = volumes > 1e-9 * np.maximum(size, 1e-300)
    if not usable.any():
        return None
    corners, edges = corners[usable], edges[usable]
    half = (edges**2).sum(axis=2) / 2
    from_corner = np.linalg.solve(edges, half[:, :, None])[:, :, 0]
    centres, radii = corners[:, 0] + from_corner, np.linalg.norm(from_corner, axis=1)
    terms = np.column_stack([2 * points, np.ones(len(points))])
    flat = np.linalg.lstsq(terms, (points**2).sum(axis=1), rcond=None)[0]
    centres = np.concatenate([centres, flat[None, :3]])
    radii = np.append(radii, np.sqrt(max(flat[3] + flat[:3] @ flat[:3], 0.0)))
    off = np.linalg.norm(points[:, None] - centres, axis=2) - radii
    best = int(np.argmin(np.median(np.abs(off), axis=0)))
    return np.array([*centres[best], radii[best]])
