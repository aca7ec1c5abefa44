"""What a reader is given, and what it gives: a scan in the numbers of its file."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.surfaces.readers.intrinsics import Intrinsics


@dataclass(frozen=True)
class ScanFile:
    """A file of a scan, whole in memory, and what its user said of it.

    Args:
        content: its bytes.
        spacing_mm: between columns and between rows of a height map, mm; None where not said.
        intrinsics: of the depth camera; None where it is none.
        largest_points: a scan of more is refused before it is decoded.
    """

    content: bytes = field(repr=False)
    spacing_mm: tuple[float, float] | None = None
    intrinsics: Intrinsics | None = None
    largest_points: int = 1 << 24


@dataclass(frozen=True, eq=False)
class ScanContents:
    """A scan as its file has it.

    Args:
        points: (point, 3) x, y, z in the unit of the file; NaN where a raster has no point.
        format: what it was, in a few words, for the history.
        unit: as the file states it; None where it is silent.
        grid: rows and columns of the raster; None for a cloud.
        faces: (face, 3) numbers of points; None for no mesh.
        colours: (point, 3) red, green, blue; None without.
        viewpoint: where the scanner stood, in the unit of the file; None where it is silent.
        heights_only: x and y are mm already, and `unit` is that of z alone.
        warnings: what was left out or assumed.
    """

    points: NDArray[np.float64] = field(repr=False)
    format: str
    unit: str | None = None
    grid: tuple[int, int] | None = None
    faces: NDArray[np.int64] | None = field(default=None, repr=False)
    colours: NDArray[np.uint8] | None = field(default=None, repr=False)
    viewpoint: tuple[float, float, float] | None = None
    heights_only: bool = False
    warnings: tuple[Notice, ...] = ()


def refuse_points(count: int, largest: int) -> None:
    """Refuse a scan of more points than are allowed, and one of none.

    Args:
        count: points that the file announces.
        largest: allowed.

    Raises:
        TooLargeError: more than that.
        UnreadableFileError: none at all.

    Example:
        >>> refuse_points(3_000_000, 1_000_000)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.TooLargeError: holds 3,000,000 points; up to 1,000,000 are read. ...
    """
    if count > largest:
        raise TooLargeError(
            f"holds {count:,} points; up to {largest:,} are read. Thin the scan, or cut it into "
            "parts."
        )
    if count < 1:
        raise UnreadableFileError("holds no points; check the export of the scan.")


def refuse_cut(there: int, needed: int) -> None:
    """Refuse a file whose header promises more bytes than follow it.

    Args:
        there: bytes behind the header.
        needed: bytes that it promises.

    Raises:
        UnreadableFileError: fewer than promised.

    Example:
        >>> refuse_cut(100, 1200)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off: its header promises 1,200 bytes ...
    """
    if there < needed:
        raise UnreadableFileError(
            f"is cut off: its header promises {needed:,} bytes of points and {there:,} are there. "
            "Copy it again."
        )


def raster_points(
    heights: NDArray[np.floating], spacing: tuple[float, float]
) -> NDArray[np.float64]:
    """Points of a height map; x runs along columns, y along rows.

    Args:
        heights: (row, column) in any unit; NaN where nothing was measured.
        spacing: between columns and between rows.

    Returns:
        (point, 3) row by row.

    Example:
        >>> raster_points(np.array([[5.0, 6.0]]), (0.1, 0.2)).tolist()
        [[0.0, 0.0, 5.0], [0.1, 0.0, 6.0]]
    """
    rows, columns = heights.shape
    points = np.empty((rows, columns, 3))
    points[..., 0] = np.arange(columns) * spacing[0]
    points[..., 1] = (np.arange(rows) * spacing[1])[:, None]
    points[..., 2] = heights
    return points.reshape(-1, 3)


def stacked(
    x: NDArray[np.generic], y: NDArray[np.generic], z: NDArray[np.generic]
) -> NDArray[np.float64]:
    """Three columns of a table as points.

    Args:
        x: (point,) of any real type.
        y: (point,)
        z: (point,)

    Returns:
        (point, 3) doubles.

    Example:
        >>> stacked(np.array([1]), np.array([2], np.int16), np.array([0.5])).tolist()
        [[1.0, 2.0, 0.5]]
    """
    points = np.empty((len(x), 3))
    points[:, 0], points[:, 1], points[:, 2] = x, y, z
    return points


def as_colours(channels: list[NDArray[np.generic]]) -> NDArray[np.uint8]:
    """Red, green and blue of 8 bits, whatever type a file keeps them in.

    Args:
        channels: three of (point,): bytes, 16-bit numbers, or floats of 0 to 1 or 0 to 255.

    Returns:
        (point, 3)

    Example:
        >>> as_colours([np.array([0.0]), np.array([0.5]), np.array([1.0])]).tolist()
        [[0, 128, 255]]
    """
    out = np.empty((len(channels[0]), 3), np.uint8)
    kinds = {x.dtype.kind for x in channels}
    top = max((float(np.nanmax(x)) for x in channels if x.size), default=0.0)
    scale = 255.0 if kinds == {"f"} and top <= 1 else 1.0 if top <= 255 else 255.0 / 65535.0
    for column, channel in enumerate(channels):
        if channel.dtype == np.uint8:
            out[:, column] = channel
        else:
            numbers = np.nan_to_num(channel.astype(np.float64)) * scale
            out[:, column] = np.rint(np.clip(numbers, 0, 255))
    return out
