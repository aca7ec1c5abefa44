"""Polygons of a mesh become triangles; corners that point nowhere are refused."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.contents import refuse_cut
from faultlens.surfaces.readers.ply_header import Element


@dataclass(frozen=True, eq=False)
class Polygons:
    """Faces of any number of corners.

    Args:
        lengths: (face,) corners of each.
        corners: (corner,) numbers of points, face by face.
    """

    lengths: NDArray[np.integer]
    corners: NDArray[np.int64]


def triangles(polygons: Polygons, points: int) -> NDArray[np.int64]:
    """Triangles of polygons, as fans from their first corner.

    Args:
        polygons: faces; those of one or two corners are dropped.
        points: how many points there are.

    Returns:
        (face, 3) numbers of points.

    Raises:
        UnreadableFileError: a corner that is no point.

    Example:
        >>> triangles(Polygons(np.array([4, 3]), np.array([0, 1, 2, 3, 1, 2, 3])), 4).tolist()
        [[0, 1, 2], [0, 2, 3], [1, 2, 3]]
    """
    corners = polygons.corners
    if len(corners) and (corners.min() < 0 or corners.max() >= points):
        wrong = int(corners.min()) if corners.min() < 0 else int(corners.max())
        raise UnreadableFileError(
            f"is damaged: a face has the corner {wrong}, of {points:,} points counted from 0. "
            "Export it again."
        )
    fans = np.maximum(polygons.lengths.astype(np.int64) - 2, 0)
    starts = np.cumsum(polygons.lengths) - polygons.lengths
    first = np.repeat(starts, fans)
    within = np.arange(int(fans.sum())) - np.repeat(np.cumsum(fans) - fans, fans)
    return np.stack([corners[first], corners[first + within + 1], corners[first + within + 2]], 1)


def even_polygons(
    content: bytes, at: int, order: str, element: Element
) -> tuple[int, dict[str, NDArray[np.generic]], Polygons | None] | None:
    """Faces of a binary PLY that all have as many corners as the first, read at once.

    Args:
        content: the file.
        at: byte at which the element begins.
        order: of bytes.
        element: with lists.

    Returns:
        Byte behind it, its plain columns of (face,) and its polygons; None where lists differ in
        length.

    Raises:
        UnreadableFileError: cut off.

    Example:
        >>> from faultlens.surfaces.readers.ply_header import Property
        >>> faces = Element("face", 1, (Property("vertex_indices", "i4", "u1"),))
        >>> even_polygons(bytes([3, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]), 0, "<", faces)[2].corners
        array([0, 1, 2])
    """
    if element.rows == 0:
        return at, {}, None
    fields: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = []
    place = at
    lengths: dict[str, int] = {}
    for number, one in enumerate(element.properties):
        kind = np.dtype(order + one.kind)
        length = 1
        if one.count is not None:
            count = np.dtype(order + one.count)
            refuse_cut(len(content) - place, count.itemsize)
            length = int(np.frombuffer(content, count, 1, place)[0])
            if not 0 <= length <= 1 << 16:
                return None
            fields.append((f"n{number}", order + one.count))
            lengths[f"n{number}"] = length
            place += count.itemsize
        place += length * kind.itemsize
        fields.append((f"f{number}", order + one.kind, (length,)))
    row = np.dtype(fields)
    needed = row.itemsize * element.rows
    if len(content) - at < needed:
        # Shorter lists may follow; the walk tells whether it is cut.
        return None
    rows = np.frombuffer(content, row, element.rows, at)
    if any((rows[name] != length).any() for name, length in lengths.items()):
        return None
    table, polygons = {}, None
    for number, one in enumerate(element.properties):
        if one.count is None:
            table[one.name] = rows[f"f{number}"][:, 0]
        elif one.name in ("vertex_indices", "vertex_index"):
            corners = rows[f"f{number}"].astype(np.int64)
            polygons = Polygons(np.full(element.rows, corners.shape[1]), corners.ravel())
    return at + needed, table, polygons
