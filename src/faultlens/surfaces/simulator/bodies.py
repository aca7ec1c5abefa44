"""Bodies whose surface is known exactly: plane, cylinder, sphere and smooth free form."""

from dataclasses import dataclass, field
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError
from faultlens.surfaces.reference.abstract import AbstractReference

PLANE, CYLINDER, SPHERE, FREE_FORM = "plane", "cylinder", "sphere", "free form"
BODIES = (PLANE, CYLINDER, SPHERE, FREE_FORM)
"""Bodies that are simulated, named as `AbstractReference.kind` names them."""

_ITERATIONS = 8
"""Of the foot of a point on a free form; each makes the error smaller by its curvature times its
distance, a thousandth and less."""


def posed(tilt_deg: float, azimuth_deg: float, shift_mm: tuple[float, float, float]) -> "Pose":
    """Where a body stands: tilted about a level axis, then moved.

    Args:
        tilt_deg: of its normal against +z, degrees.
        azimuth_deg: of the axis that it is tilted about, degrees from x.
        shift_mm: x, y and z of its middle, mm.

    Example:
        >>> posed(90, 0, (0.0, 0.0, 1.0)).out(np.array([[0.0, 1.0, 0.0]])).round(6).tolist()
        [[0.0, 0.0, 2.0]]
    """
    x, y, angle = cos(radians(azimuth_deg)), sin(radians(azimuth_deg)), radians(tilt_deg)
    cross = np.array([[0, 0, y], [0, 0, -x], [-y, x, 0]])
    turn = np.eye(3) + sin(angle) * cross + (1 - cos(angle)) * (cross @ cross)
    return Pose(turn, np.array(shift_mm, np.float64))


@dataclass(frozen=True, eq=False)
class Pose:
    """A rotation and a shift.

    Args:
        turn: (axis, 3) rotation from the body's axes to those of the scan.
        shift_mm: (axis,) of its middle, mm.
    """

    turn: NDArray[np.float64] = field(repr=False)
    shift_mm: NDArray[np.float64]

    def out(self, own_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) from the body's axes into those of the scan, mm."""
        return np.asarray(own_mm @ self.turn.T + self.shift_mm, np.float64)

    def back(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) from the scan's axes into those of the body, mm."""
        return np.asarray((points_mm - self.shift_mm) @ self.turn, np.float64)


@dataclass(frozen=True, eq=False)
class Body(AbstractReference):
    """A body of one of `BODIES`; its sheet touches z = 0 of its own axes in its middle.

    A cylinder lies along u; a sphere is laid flat about its middle (distances from there are true);
    a free form is laid out over its base plane, as a height over x and y.

    Args:
        kind: which one.
        pose: where it stands.
        radius_mm: of a cylinder or sphere, mm.
        waves: (wave, 4) of a free form: amplitude in mm, waves per mm along x and y (radians),
            phase.

    Raises:
        UnknownNameError: another kind.
    """

    kind: str
    pose: Pose
    radius_mm: float = float("inf")
    waves: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)), repr=False)

    def __post_init__(self) -> None:
        if self.kind not in BODIES:
            raise UnknownNameError("body", self.kind, BODIES)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        own = self.pose.back(np.asarray(points_mm, np.float64))
        if self.kind == PLANE:
            return own
        x, y, z = own.T
        if self.kind == FREE_FORM:
            return self._foot(x, y, z)
        off = z + self.radius_mm
        if self.kind == CYLINDER:
            v = self.radius_mm * np.arctan2(y, off)
            return np.stack([x, v, np.hypot(y, off) - self.radius_mm], axis=1)
        beside = np.hypot(x, y)
        arc = self.radius_mm * np.arctan2(beside, off)
        share = np.divide(arc, beside, out=np.ones_like(arc), where=beside > 0)
        return np.stack([x * share, y * share, np.hypot(beside, off) - self.radius_mm], axis=1)

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        u, v, w = np.asarray(sheet_mm, np.float64).T
        if self.kind == PLANE:
            return self.pose.out(np.stack([u, v, w], axis=1))
        if self.kind == FREE_FORM:
            height, slope_x, slope_y = self._form(u, v)
            steep = w / np.sqrt(1 + slope_x**2 + slope_y**2)
            own = np.stack([u - steep * slope_x, v - steep * slope_y, height + steep], axis=1)
            return self.pose.out(own)
        radius = self.radius_mm + w
        if self.kind == CYLINDER:
            angle = v / self.radius_mm
            z = radius * np.cos(angle) - self.radius_mm
            return self.pose.out(np.stack([u, radius * np.sin(angle), z], axis=1))
        arc = np.hypot(u, v)
        beside = radius * np.sin(arc / self.radius_mm)
        share = np.divide(beside, arc, out=radius / self.radius_mm, where=arc > 0)
        z = radius * np.cos(arc / self.radius_mm) - self.radius_mm
        return self.pose.out(np.stack([u * share, v * share, z], axis=1))

    def told(self) -> dict[str, object]:
        """The body as plain values."""
        about: dict[str, object] = {"kind": self.kind}
        if self.kind in {CYLINDER, SPHERE}:
            about["radius_mm"] = self.radius_mm
        return about

    def _form(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], ...]:
        """Height of a free form and its slopes along x and y."""
        height, slope_x, slope_y = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        for amplitude, wave_x, wave_y, phase in self.waves:
            angle = wave_x * x + wave_y * y + phase
            height += amplitude * np.cos(angle)
            rise = -amplitude * np.sin(angle)
            slope_x += wave_x * rise
            slope_y += wave_y * rise
        return height, slope_x, slope_y

    def _foot(
        self, x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        u, v, w = x, y, np.zeros_like(z)
        for _ in range(_ITERATIONS):
            height, slope_x, slope_y = self._form(u, v)
            norm = np.sqrt(1 + slope_x**2 + slope_y**2)
            w = ((z - height) - slope_x * (x - u) - slope_y * (y - v)) / norm
            u, v = x + w * slope_x / norm, y + w * slope_y / norm
        return np.stack([u, v, w], axis=1)


def drawn_free_form(
    size_mm: tuple[float, float], pose: Pose, rng: np.random.Generator, *, steepest: float = 0.12
) -> Body:
    """A smooth free form: three long waves, none shorter than the scan.

    Args:
        size_mm: extent along u and v, mm.
        pose: where it stands.
        rng: of its waves.
        steepest: slope that it stays below, mm per mm.

    Example:
        >>> form = drawn_free_form((60, 40), posed(0, 0, (0, 0, 0)), np.random.default_rng(0))
        >>> form.kind, form.waves.shape
        ('free form', (3, 4))
    """
    side = max(size_mm)
    number = 2 * np.pi / (side * rng.uniform(1.0, 2.5, 3))
    turn = rng.uniform(0, np.pi, 3)
    phase = rng.uniform(0, 2 * np.pi, 3)
    amplitude = steepest * rng.uniform(0.5, 1.0, 3) / 3 / number
    waves = np.stack([amplitude, number * np.cos(turn), number * np.sin(turn), phase], axis=1)
    return Body(FREE_FORM, pose, waves=waves)
