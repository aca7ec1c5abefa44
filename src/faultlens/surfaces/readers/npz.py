"""NumPy's npz: height maps and clouds by the names of their arrays.

A height map is `height` (or `heights`, `z`; or `height_m`, `height_mm`, `height_um`) with `size_x`
and `size_y` of all of it, or with `dx` and `dy` (`spacing`) from point to point, and `unit`. x, y
and z share one unit, unless a name ends in its own. A cloud is `points` (point, 3), or x, y and z.
"""

import io
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.surfaces.readers.contents import (
    ScanContents,
    ScanFile,
    raster_points,
    refuse_points,
    stacked,
)
from faultlens.surfaces.readers.depth import depth_scan
from faultlens.surfaces.readers.members import member_array, opened_archive, stored_array
from faultlens.surfaces.units import parse_length_unit

_HEIGHTS = ("height", "heights", "height_map", "z")
_POINTS = ("points", "xyz", "vertices")
_SQUARE_WITHIN = 0.02
"""Cells of a sensor are square; the order of the axes that makes them so is believed."""

Arrays = Mapping[str, NDArray[np.generic]]


def read_npz(file: ScanFile) -> ScanContents:
    """A height map or a cloud out of an npz.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, or arrays of other names.
        TooLargeError: more values than are allowed.
        MissingMetadataError: heights without spacing.

    Example:
        >>> import io
        >>> stream = io.BytesIO()
        >>> np.savez(stream, height_um=np.zeros((2, 3)), dx_um=0.5, dy_um=0.5)
        >>> contents = read_npz(ScanFile(stream.getvalue()))
        >>> contents.unit, contents.grid, contents.points[-1].tolist()
        ('um', (2, 3), [1.0, 0.5, 0.0])
    """
    with opened_archive(file.content) as archive:
        names = [x for x in archive.namelist() if x.endswith(".npy")]
        arrays = {
            x.removesuffix(".npy"): member_array(archive, x, 3 * file.largest_points + 64)
            for x in names
        }
    if file.intrinsics is not None:
        depths = _real(arrays, _depth_name(arrays))
        refuse_points(depths.size, file.largest_points)
        scan = depth_scan(depths, file.intrinsics, "npz")
        return replace(scan, unit=scan.unit or _unit(arrays))
    for name in _POINTS:
        for whole, unit in _spelt(arrays, name):
            return _cloud(arrays, arrays[whole], unit, file)
    if all(arrays[x].ndim == 1 and arrays[x].size > 1 for x in "xyz" if x in arrays) and {
        "x",
        "y",
        "z",
    } <= set(arrays):
        x, y, z = (_real(arrays, name) for name in "xyz")
        if not len(x) == len(y) == len(z):
            raise UnreadableFileError(
                f"holds {len(x):,} x, {len(y):,} y and {len(z):,} z; they must be as many."
            )
        return _cloud(arrays, stacked(x, y, z), None, file)
    for name in _HEIGHTS:
        for whole, unit in _spelt(arrays, name):
            return _height_map(arrays, whole, unit, file)
    raise UnreadableFileError(
        f"holds the arrays {', '.join(sorted(arrays)[:12]) or 'none'}; a scan is 'height' with "
        "'size_x' and 'size_y' (or 'dx' and 'dy'), or 'points' of (point, 3)."
    )


def _depth_name(arrays: Arrays) -> str:
    flat = [x for x in arrays if arrays[x].ndim == 2]
    if "depth" not in flat and len(flat) != 1:
        raise UnreadableFileError(
            f"holds the arrays {', '.join(sorted(arrays)[:12]) or 'none'}; with intrinsics, give "
            "one 'depth' of (row, column)."
        )
    return "depth" if "depth" in flat else flat[0]


def read_npy(file: ScanFile) -> ScanContents:
    """A cloud of (point, 3) or (row, column, 3), or heights of (row, column), out of an npy.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, or another shape.
        TooLargeError: more points than are allowed.
        MissingMetadataError: heights without spacing.

    Example:
        >>> import io
        >>> stream = io.BytesIO()
        >>> np.save(stream, np.eye(3))
        >>> read_npy(ScanFile(stream.getvalue())).points.shape
        (3, 3)
    """
    array = stored_array(io.BytesIO(file.content), "it", 3 * file.largest_points)
    if array.ndim == 2 and file.intrinsics is not None and array.dtype.kind in "iuf":
        refuse_points(array.size, file.largest_points)
        return depth_scan(array.astype(np.float64), file.intrinsics, "npy")
    if array.ndim == 2 and array.shape[1] != 3:
        return _height_map({"height": array}, "height", None, file)
    return _cloud({}, array, None, file)


def _spelt(arrays: Arrays, name: str) -> list[tuple[str, str | None]]:
    """The names under which an array may lie, with the unit that their ending states."""
    found: list[tuple[str, str | None]] = [(name, None)] if name in arrays else []
    for whole in arrays:
        stem, _, ending = whole.rpartition("_")
        unit = parse_length_unit(ending) if stem == name else None
        if unit is not None:
            found.append((whole, unit.name))
    return [(x, unit) for x, unit in found if arrays[x].ndim >= 1]


def _cloud(
    arrays: Arrays, points: NDArray[np.generic], unit: str | None, file: ScanFile
) -> ScanContents:
    if points.ndim == 3 and points.shape[2] == 3:
        grid: tuple[int, int] | None = (points.shape[0], points.shape[1])
    elif points.ndim == 2 and points.shape[1] == 3:
        grid = _grid(arrays, len(points))
    else:
        raise UnreadableFileError(
            f"holds points of the shape {points.shape}; give (point, 3) or (row, column, 3)."
        )
    flat = np.array(points.reshape(-1, 3), np.float64)
    refuse_points(len(flat), file.largest_points)
    faces = arrays.get("faces")
    return ScanContents(
        flat,
        f"npz ({len(flat):,} points)",
        unit=unit or _unit(arrays),
        grid=grid,
        faces=None if faces is None else _faces(faces, len(flat)),
        colours=_colours(arrays, len(flat)),
        viewpoint=_viewpoint(arrays, unit),
    )


def _grid(arrays: Arrays, points: int) -> tuple[int, int] | None:
    grid = arrays.get("grid")
    if grid is None or grid.shape != (2,) or grid.dtype.kind not in "iu":
        return None
    rows, columns = (int(x) for x in grid)
    return (rows, columns) if min(rows, columns) > 0 and rows * columns == points else None


def _faces(faces: NDArray[np.generic], points: int) -> NDArray[np.int64]:
    if faces.ndim != 2 or faces.shape[1] != 3 or faces.dtype.kind not in "iu" or not faces.size:
        raise UnreadableFileError(
            f"holds faces of the shape {faces.shape}; they must be (face, 3)."
        )
    whole = faces.astype(np.int64)
    if whole.min() < 0 or whole.max() >= points:
        raise UnreadableFileError("holds faces with corners that are no points; save it again.")
    return whole


def _three(values: NDArray[np.generic]) -> tuple[float, float, float] | None:
    if values.shape != (3,) or values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        return None
    x, y, z = (float(value) for value in values)
    return x, y, z


def _height_map(arrays: Arrays, name: str, unit: str | None, file: ScanFile) -> ScanContents:
    heights = _real(arrays, name)
    if heights.ndim != 2 or heights.size == 0:
        raise UnreadableFileError(
            f"holds '{name}' of the shape {heights.shape}; a height map is (row, column)."
        )
    refuse_points(heights.size, file.largest_points)
    stated = unit or _unit(arrays)
    shape = f"npz ({heights.shape[0]} by {heights.shape[1]} heights"
    if file.spacing_mm is not None:
        return ScanContents(
            raster_points(heights, file.spacing_mm),
            f"{shape})",
            unit=stated,
            grid=(heights.shape[0], heights.shape[1]),
            heights_only=True,
        )
    dx, dy, along_rows = _spacing(arrays, heights.shape, _factor(stated))
    if along_rows:
        heights = heights.T
    points = raster_points(heights, (dx, dy))
    origin = arrays.get(f"origin_{stated}")
    if origin is not None and origin.shape == (2,) and origin.dtype.kind in "iuf":
        points[:, :2] += origin.astype(np.float64)
    return ScanContents(
        points,
        shape + (", x along its first axis)" if along_rows else ")"),
        unit=stated,
        grid=(heights.shape[0], heights.shape[1]),
        colours=None if along_rows else _colours(arrays, len(points)),
        viewpoint=_viewpoint(arrays, stated),
    )


def _colours(arrays: Arrays, points: int) -> NDArray[np.uint8] | None:
    colours = arrays.get("colours", arrays.get("colors"))
    if colours is None or colours.dtype != np.uint8 or colours.size != 3 * points:
        return None
    return colours.reshape(-1, 3).astype(np.uint8)


def _viewpoint(arrays: Arrays, stated: str | None) -> tuple[float, float, float] | None:
    values = arrays.get(f"viewpoint_{stated}", arrays.get("viewpoint"))
    return None if values is None else _three(values)


def _spacing(arrays: Arrays, shape: tuple[int, ...], factor: float) -> tuple[float, float, bool]:
    rows, columns = shape
    for x, y in (("dx", "dy"), ("step_x", "step_y"), ("spacing", "spacing"), ("pixel", "pixel")):
        dx, dy = _length(arrays, x, factor), _length(arrays, y, factor)
        if dx is not None and dy is not None:
            return dx, dy, False
    width, height = _length(arrays, "size_x", factor), _length(arrays, "size_y", factor)
    if width is None or height is None:
        raise MissingMetadataError(
            "holds heights without their spacing (size_x and size_y, or dx and dy); give "
            "spacing_mm= (--spacing-mm)."
        )
    # Readers of instruments differ in which axis x is; cells of a sensor are square.
    usual = (width / columns) / (height / rows)
    other = (width / rows) / (height / columns)
    if abs(other - 1) < _SQUARE_WITHIN < abs(usual - 1):
        return width / rows, height / columns, True
    return width / columns, height / rows, False


def _length(arrays: Arrays, name: str, factor: float) -> float | None:
    """A length in the unit of the heights, by its plain name or one that ends in its own unit."""
    for whole, value in arrays.items():
        stem, _, ending = whole.rpartition("_")
        own = parse_length_unit(ending) if stem == name else None
        if (whole == name or own is not None) and value.size == 1 and value.dtype.kind in "iuf":
            number = float(value.reshape(-1)[0])
            length = number if own is None else number * own.millimetres / factor
            if not (np.isfinite(length) and length > 0):
                raise UnreadableFileError(f"states '{whole}' as {number:g}; it must be positive.")
            return length
    return None


def _unit(arrays: Arrays) -> str | None:
    unit = arrays.get("unit", arrays.get("units"))
    if unit is None or unit.size != 1 or unit.dtype.kind not in "US":
        return None
    value = unit.reshape(-1)[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _factor(unit: str | None) -> float:
    known = parse_length_unit(unit)
    return 1.0 if known is None else known.millimetres


def _real(arrays: Arrays, name: str) -> NDArray[np.float64]:
    array = arrays[name]
    if array.dtype.kind not in "iuf":
        raise UnreadableFileError(f"holds '{name}' of {array.dtype}; it must be real numbers.")
    return array.astype(np.float64)
