"""OBJ of Wavefront: vertices, their colours, and polygons."""

import io

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.contents import ScanContents, ScanFile, as_colours, refuse_points
from faultlens.surfaces.readers.polygons import Polygons, triangles
from faultlens.surfaces.readers.stated_units import unit_in_words

MOST_CORNERS = 8
"""Corners of all faces together, for each point allowed."""


def read_obj(file: ScanFile) -> ScanContents:
    """The vertices of an OBJ, with their colours and triangles where it has them.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: no vertices, damaged, or a face with a corner that is none.
        TooLargeError: more vertices than are allowed.

    Source: Wavefront Technologies, Advanced Visualizer, appendix B1: Object files.

    Example:
        >>> text = b"v 0 0 0\\nv 1 0 0\\nv 1 1 0\\nv 0 1 0\\nf -4//1 -3//1 -2//1 -1//1\\n"
        >>> read_obj(ScanFile(text)).faces.tolist()
        [[0, 1, 2], [0, 2, 3]]
    """
    content = file.content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    refuse_points(max(1, content.count(b"\nv ")), file.largest_points)
    vertices: list[bytes] = []
    lengths: list[int] = []
    corners: list[int] = []
    comments: list[str] = []
    most = MOST_CORNERS * file.largest_points
    for line in io.BytesIO(content.replace(b"\r", b"\n") if b"\r" in content else content):
        plain = line.lstrip()
        if plain[:2] in (b"v ", b"v\t"):
            vertices.append(plain[2:])
        elif plain[:2] in (b"f ", b"f\t"):
            words = plain.partition(b"#")[0].split()[1:]
            lengths.append(len(words))
            corners += _corners(words, len(vertices))
            refuse_points(max(1, len(corners)), most)
        elif plain[:1] == b"#" and len(comments) < 100:
            comments.append(plain.decode("utf-8", errors="replace"))
    refuse_points(len(vertices), file.largest_points)
    points, colours = _vertices(vertices)
    faces = triangles(
        Polygons(np.array(lengths, np.int64), np.array(corners, np.int64)), len(points)
    )
    return ScanContents(
        points,
        f"OBJ ({len(points):,} points" + (f", {len(faces):,} triangles)" if len(faces) else ")"),
        unit=unit_in_words(comments),
        faces=faces if len(faces) else None,
        colours=colours,
    )


def _corners(words: list[bytes], so_far: int) -> list[int]:
    # Negative ones count back from the vertex that stands last, as yet.
    numbers = [int(x.partition(b"/")[0]) for x in words]
    if 0 in numbers:
        raise UnreadableFileError("is damaged: a face has the corner 0; OBJ counts from 1.")
    return [x - 1 if x > 0 else so_far + x for x in numbers]


def _vertices(lines: list[bytes]) -> tuple[NDArray[np.float64], NDArray[np.uint8] | None]:
    columns = len(lines[0].split(b"#")[0].split())
    if columns < 3:
        raise UnreadableFileError(
            f"has a vertex of {columns} numbers; x, y and z are three. Export it again."
        )
    # Six or more are x, y, z and a colour, as MeshLab writes it; four are x, y, z and a weight.
    used = range(6) if columns in (6, 7) else range(3)
    rows = np.loadtxt(lines, np.float64, comments="#", usecols=used, ndmin=2)
    if rows.shape[1] < 6:
        return rows, None
    return np.ascontiguousarray(rows[:, :3]), as_colours([rows[:, n] for n in (3, 4, 5)])
