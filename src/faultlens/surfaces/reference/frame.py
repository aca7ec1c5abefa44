"""A plane with two axes along it and one out of the material, in the coordinates of a scan."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.surface import Surface


@dataclass(frozen=True, eq=False)
class Frame:
    """Where a sheet lies in space.

    Args:
        origin_mm: (axis,) x, y, z of u = v = w = 0, mm.
        axes: (row, axis) unit vectors along u, v and w, one a row, right-handed.
    """

    origin_mm: NDArray[np.float64] = field(repr=False)
    axes: NDArray[np.float64] = field(repr=False)

    def into(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the scan in coordinates of this frame.

        Args:
            points_mm: (point, 3) x, y, z, mm.

        Returns:
            (point, 3) u, v, w, mm.
        """
        return (points_mm - self.origin_mm) @ self.axes.T

    def out_of(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """What undoes `into`.

        Args:
            sheet_mm: (point, 3) u, v, w, mm.

        Returns:
            (point, 3) x, y, z, mm.
        """
        return sheet_mm @ self.axes + self.origin_mm


def frame_at(origin_mm: NDArray[np.float64], outward: NDArray[np.float64]) -> Frame:
    """The frame whose w points outward and whose u lies as near to x as it can.

    So a scan that lies flat keeps its own rows and columns.

    Args:
        origin_mm: (axis,) mm.
        outward: (axis,) direction out of the material, of any length but 0.

    Example:
        >>> frame_at(np.zeros(3), np.array([0.0, 0.0, 2.0])).axes.tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    w = outward / np.linalg.norm(outward)
    # Of a scan that stands upright along x there is no x left along it: y takes its place.
    along = np.eye(3)[0] if abs(w[0]) < 0.9 else np.eye(3)[1]
    u = along - (along @ w) * w
    u /= np.linalg.norm(u)
    return Frame(np.asarray(origin_mm, np.float64), np.stack([u, np.cross(w, u), w]))


def facing(
    surface: Surface, points_mm: NDArray[np.float64], outward: NDArray[np.float64]
) -> float | None:
    """Whether a guess of outward directions is right: their share that sees the scanner.

    Args:
        surface: whose viewpoint counts; without one, the scanner is taken to stand far up z.
        points_mm: (point, 3) places, mm.
        outward: (point, 3) unit vectors there, or (1, 3) for all.

    Returns:
        -1 to 1, mean cosine between `outward` and the way to the scanner; None where no viewpoint
        was given and so many point up as down that z says nothing.

    Example:
        >>> place, up = np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]])
        >>> facing(Surface(place, viewpoint_mm=(0.0, 0.0, -5.0)), place, up)
        -1.0
    """
    if surface.viewpoint_mm is not None:
        way = np.asarray(surface.viewpoint_mm) - points_mm
        lengths = np.linalg.norm(way, axis=1, keepdims=True)
        way = np.divide(way, lengths, out=np.zeros_like(way), where=lengths > 0)
        return float((way * outward).sum(axis=1).mean())
    up = float(outward[:, 2].mean())
    return up if abs(up) > UPWARD else None


def is_inside(
    surface: Surface,
    points_mm: NDArray[np.float64],
    outward: NDArray[np.float64],
    from_axis_mm: float | None,
    radius_mm: float,
) -> bool:
    """Whether a round scan shows the inside of its body: a bore or a cup.

    Args:
        surface: the scan.
        points_mm: (point, 3) of it, mm.
        outward: (point, 3) unit vectors away from the axis or the centre.
        from_axis_mm: distance of the scanner from there, mm; None where nobody said.
        radius_mm: of the body, mm.

    Example:
        >>> place, down = np.array([[0.0, 0.0, -9.0]]), np.array([[0.0, 0.0, -1.0]])
        >>> is_inside(Surface(place, viewpoint_mm=(0.0, 0.0, 0.0)), place, down, 0.0, 9.0)
        True
    """
    seen = facing(surface, points_mm, outward)
    if seen is None:
        return False
    # A scan from all round was put together from many places: the one that is told sees the back
    # of the body through it, and must stand within, or see much, to say that it is a bore.
    least = -0.02 if from_axis_mm is None or from_axis_mm < radius_mm else -0.25
    return seen < least


UPWARD = 0.1
"""Mean z of outward directions below which up and down are a matter of chance, as for a wall."""
