"""The reference of a shaft or a bore: a cylinder, unrolled."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.axes import axis_candidates
from faultlens.surfaces.reference.frame import Frame, is_inside
from faultlens.surfaces.reference.refined import refined
from faultlens.surfaces.reference.robust import EXACT, thinned
from faultlens.surfaces.surface import Surface

STARTS, JUDGES, FINAL = 150, 1200, 20_000
"""Circles that are tried about each axis, points that judge them, points of the last steps."""

FLATTEST = 50.0
"""Radius, in extents of the scan, beyond which a cylinder is a plane to all that see it."""


@dataclass(frozen=True, eq=False)
class Cylinder(AbstractReference):
    """A cylinder through a scan, unrolled: one of u and v runs along its axis, the other around.

    Args:
        frame: origin on the axis; its axes are the axis of the cylinder, the tangent, and the
            direction from the axis to the middle of the scan.
        radius_mm: of the cylinder, mm.
        inside: whether the material lies around it, as around a bore.
        upright: whether v runs along the axis, rather than u.
        rms_mm: robust standard deviation of the scan about it, mm.
        arc_deg: covered by the scan.
        kind: "cylinder".
    """

    frame: Frame
    radius_mm: float
    inside: bool
    upright: bool
    rms_mm: float
    arc_deg: float
    kind: str = field(default="cylinder", init=False)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        along, tangent, radial = self.frame.into(points_mm).T
        side = -1.0 if self.inside else 1.0
        around = side * self.radius_mm * np.arctan2(tangent, radial)
        off = side * (np.hypot(tangent, radial) - self.radius_mm)
        # Seen from outside the sheet is no mirror image, whichever of the two runs along the axis.
        return np.stack([-around, along, off] if self.upright else [along, around, off], axis=1)

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        u, v, off = sheet_mm.T
        along, around = (v, -u) if self.upright else (u, v)
        side = -1.0 if self.inside else 1.0
        angle = side * around / self.radius_mm
        radius = self.radius_mm + side * off
        there = np.stack([along, radius * np.sin(angle), radius * np.cos(angle)], axis=1)
        return self.frame.out_of(there)

    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON."""
        return {
            "kind": self.kind,
            "radius_mm": self.radius_mm,
            "axis": self.frame.axes[0].round(9).tolist(),
            "point_mm": self.frame.origin_mm.round(9).tolist(),
            "inside": self.inside,
            "axis_along": "v" if self.upright else "u",
            "arc_deg": self.arc_deg,
            "rms_mm": self.rms_mm,
        }


def fit_cylinder(
    surface: Surface, points_mm: NDArray[np.float64], rng: np.random.Generator
) -> Cylinder | None:
    """The cylinder on which most of the points lie; None where none comes near.

    Args:
        surface: the scan, for the side that is outside.
        points_mm: (point, 3) of it, thinned, mm.
        rng: draws the starts.

    Source: Schnabel, Wahl and Klein, Efficient RANSAC for point-cloud shape detection, CGF (2007).

    Example:
        >>> angle, along = np.meshgrid(np.linspace(-0.5, 0.5, 40), np.linspace(0, 30, 40))
        >>> x, y, z = along, 20 * np.sin(angle), 20 * np.cos(angle)
        >>> shaft = np.stack([x, y, z], axis=-1).reshape(-1, 3)
        >>> cylinder = fit_cylinder(Surface(shaft), shaft, np.random.default_rng(0))
        >>> round(cylinder.radius_mm, 6), cylinder.inside, round(cylinder.arc_deg)
        (20.0, False, 58)
    """
    middle = np.median(points_mm, axis=0)
    centred = points_mm - middle
    extent = float(np.ptp(centred, axis=0).max())
    floor = EXACT * extent
    few, many = thinned(centred, JUDGES, rng), thinned(centred, FINAL, rng)
    found = []
    for axis in axis_candidates(many, rng):
        start = _circle(few, axis, rng)
        if start is None:
            continue
        form = _Form(axis)
        found.append((*refined(start, form, few, floor), form))
    found = [x for x in found if 0 < x[0][4] < FLATTEST * extent]
    if not found:
        return None
    parameters, _, form = min(found, key=lambda x: x[1])
    parameters, scale = refined(parameters, form, many, floor)
    if not 0 < parameters[4] < FLATTEST * extent:
        return None
    point, axis = form.line(parameters)
    return _laid_out(surface, points_mm, point + middle, axis, float(parameters[4]), scale)


class _Form:
    """Residuals of a cylinder about nearly this axis: shift and turn of the axis, and radius."""

    def __init__(self, axis: NDArray[np.float64]) -> None:
        self.across = np.linalg.svd(axis[None])[2][1:]
        self.axis = axis

    def line(
        self, parameters: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A point on the axis, and its direction."""
        direction = self.axis + parameters[2:4] @ self.across
        return parameters[:2] @ self.across, direction / np.linalg.norm(direction)

    def __call__(
        self, parameters: NDArray[np.float64], points: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        point, direction = self.line(parameters)
        from_axis = points - point
        along = from_axis @ direction
        radial = from_axis - along[:, None] * direction
        radii = np.linalg.norm(radial, axis=1)
        outward = radial / np.maximum(radii, 1e-300)[:, None]
        shift = -outward @ self.across.T
        slopes = np.column_stack([shift, shift * along[:, None], -np.ones(len(points))])
        return radii - parameters[4], slopes


def _circle(
    points: NDArray[np.float64], axis: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64] | None:
    """Start about an axis: of circles through three points, the one of least median distance."""
    flat = points @ np.linalg.svd(axis[None])[2][1:].T
    a, b, c = (flat[rng.integers(0, len(flat), STARTS)] for _ in range(3))
    ab, ac = b - a, c - a
    twice = 2 * (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    usable = np.abs(twice) > 1e-9 * np.linalg.norm(ab, axis=1) * np.linalg.norm(ac, axis=1)
    usable &= twice != 0
    if not usable.any():
        return None
    a, ab, ac, twice = a[usable], ab[usable], ac[usable], twice[usable]
    b2, c2 = (ab**2).sum(axis=1), (ac**2).sum(axis=1)
    u = (ac[:, 1] * b2 - ab[:, 1] * c2) / twice
    v = (ab[:, 0] * c2 - ac[:, 0] * b2) / twice
    centres, radii = a + np.stack([u, v], axis=1), np.hypot(u, v)
    off = np.hypot(flat[:, :1] - centres[:, 0], flat[:, 1:] - centres[:, 1]) - radii
    best = int(np.argmin(np.median(np.abs(off), axis=0)))
    return np.array([*centres[best], 0.0, 0.0, radii[best]])


def _laid_out(
    surface: Surface,
    points: NDArray[np.float64],
    point: NDArray[np.float64],
    axis: NDArray[np.float64],
    radius: float,
    scale: float,
) -> Cylinder:
    """The cylinder with its sheet opened opposite to the scan, and its side chosen."""
    from_axis = points - point
    along = from_axis @ axis
    radial = from_axis - along[:, None] * axis
    outward = radial / np.maximum(np.linalg.norm(radial, axis=1), 1e-300)[:, None]
    stood = None
    if surface.viewpoint_mm is not None:
        way = np.asarray(surface.viewpoint_mm) - point
        stood = float(np.linalg.norm(way - (way @ axis) * axis))
    inside = is_inside(surface, points, outward, stood, radius)
    near = np.abs(np.linalg.norm(radial, axis=1) - radius) <= 6 * scale
    middle, arc = _middle(outward[near], axis)
    out = -middle if inside else middle
    # The axis runs along u or v, whichever of x and y it is nearer to, and the same way.
    upright = abs(axis[1]) > abs(axis[0]) if abs(out[0]) < 0.9 else abs(axis[2]) > abs(axis[1])
    toward = np.array([0.0, 1.0, 0.0] if upright else [1.0, 0.0, 0.0])
    origin = point + float(np.median(along)) * axis
    if axis @ toward < 0:
        axis = -axis
    axes = np.stack([axis, np.cross(middle, axis), middle])
    return Cylinder(Frame(origin, axes), radius, inside, upright, scale, arc)


def _middle(
    outward: NDArray[np.float64], axis: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Direction from the axis to the middle of the scan, and degrees that the scan covers."""
    one, other = np.linalg.svd(axis[None])[2][1:]
    angles = np.arctan2(outward @ other, outward @ one)
    full = np.bincount(((angles / (2 * np.pi) + 0.5) * 360).astype(np.int64) % 360, minlength=360)
    # One degree in four hundred holds points by chance where outliers are strewn.
    held = np.flatnonzero(full > 0.1 * np.median(full[full > 0]))
    gaps = np.diff(np.append(held, held[0] + 360))
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 3:
        up = np.eye(3)[2] - axis[2] * axis
        lifted = up if np.linalg.norm(up) > 0.1 else one
        return lifted / np.linalg.norm(lifted), 360.0
    opposite = np.radians(held[widest] + gaps[widest] / 2 + 0.5 - 180) + np.pi
    return np.cos(opposite) * one + np.sin(opposite) * other, float(361 - gaps[widest])
