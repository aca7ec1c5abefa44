"""The record that every reader of scans returns and every operation on scans takes."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice, refuse_plain_text


@dataclass(frozen=True, eq=False)
class Surface:
    """One scan of a part: points in millimetres, and their raster where they come as one.

    Args:
        points_mm: (point, 3) x, y and z, mm; a row of NaN is a place of the raster without a point.
        grid: rows and columns of the raster, where points are one, row by row; None for a cloud.
        faces: (face, 3) numbers of the points at the corners of each triangle; None for no mesh.
        colours: (point, 3) red, green, blue; None where the scanner saw no colour.
        viewpoint_mm: where the scanner stood; what points at it is outside of the material. None
            where nobody said: then +z is outside.
        unit: in which the file gave its numbers, such as "um"; what they are here is always mm.
        name: file, as the user gave it.
        warnings: what a careful engineer would want to know about it.
        history: what was done to it, oldest first.

    Raises:
        InputError: points of another shape, or fewer than one; a raster, colours or faces that do
            not fit them.

    Example:
        >>> heights = np.zeros((3, 4))
        >>> surface = height_map(heights, 0.5)
        >>> surface.grid, surface.points_mm[-1].tolist()
        ((3, 4), [1.5, 1.0, 0.0])
    """

    points_mm: NDArray[np.float64] = field(repr=False)
    grid: tuple[int, int] | None = None
    faces: NDArray[np.int64] | None = field(default=None, repr=False)
    colours: NDArray[np.uint8] | None = field(default=None, repr=False)
    viewpoint_mm: tuple[float, float, float] | None = None
    unit: str = "mm"
    name: str | None = None
    warnings: tuple[Notice, ...] = ()
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)
        points = np.asarray(self.points_mm, np.float64)
        if points.ndim != 2 or points.shape[1:] != (3,) or len(points) == 0:
            raise InputError(
                f"Points have shape {points.shape}; a Surface holds (point, 3), at least one. "
                "Use read_surface for a file and height_map for heights on a raster."
            )
        if self.grid is not None and self.grid[0] * self.grid[1] != len(points):
            raise InputError(
                f"A raster of {self.grid[0]} rows and {self.grid[1]} columns does not hold "
                f"{len(points)} points; give as many, with NaN where there is none."
            )
        if self.colours is not None and self.colours.shape != points.shape:
            raise InputError(
                f"Colours have shape {self.colours.shape} for points {points.shape}; give red, "
                "green and blue for each point."
            )
        if self.faces is not None and (self.faces.ndim != 2 or self.faces.shape[1:] != (3,)):
            raise InputError(f"Faces have shape {self.faces.shape}; triangles are (face, 3).")
        object.__setattr__(self, "points_mm", points)

    @property
    def measured(self) -> NDArray[np.bool_]:
        """(point,) where there is a point at all."""
        return np.asarray(np.isfinite(self.points_mm).all(axis=1), np.bool_)

    def changed(self, points_mm: NDArray[np.float64], what: str) -> "Surface":
        """The same surface with other points, and what was done in its history.

        Args:
            points_mm: (point, 3) in the same order, mm.
            what: was done, for `history`.
        """
        return replace(self, points_mm=points_mm, history=(*self.history, what))


def height_map(
    heights_mm: NDArray[np.floating],
    spacing_mm: float | tuple[float, float],
    *,
    name: str | None = None,
    unit: str = "mm",
) -> Surface:
    """Heights on a raster as a surface; x runs along columns, y along rows.

    Args:
        heights_mm: (row, column) height, mm; NaN where nothing was measured.
        spacing_mm: between columns and between rows, mm; one number for both alike.
        name: file, as the user gave it.
        unit: in which the file gave its numbers.

    Raises:
        InputError: heights that are no raster.
        UsageError: a spacing that is no positive number.

    Example:
        >>> height_map(np.zeros((2, 2)), (0.1, 0.2)).points_mm[3].tolist()
        [0.1, 0.2, 0.0]
    """
    heights = np.asarray(heights_mm, np.float64)
    dx, dy = (spacing_mm, spacing_mm) if isinstance(spacing_mm, int | float) else spacing_mm
    if heights.ndim != 2 or heights.size == 0:
        raise InputError(
            f"Heights have shape {heights.shape}; a height map is (row, column), at least one."
        )
    if not (np.isfinite([dx, dy]).all() and min(dx, dy) > 0):
        raise UsageError(f"The spacing is {dx:g} by {dy:g} mm; give positive numbers of mm.")
    rows, columns = heights.shape
    x, y = np.meshgrid(np.arange(columns) * dx, np.arange(rows) * dy)
    points = np.stack([x.ravel(), y.ravel(), heights.ravel()], axis=1)
    return Surface(points, (rows, columns), name=name, unit=unit)
