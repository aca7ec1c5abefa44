"""PLY: points, colours and triangles, as text or as bytes of either order."""

import io

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.surfaces.readers.contents import (
    ScanContents,
    ScanFile,
    as_colours,
    refuse_cut,
    refuse_points,
    stacked,
)
from faultlens.surfaces.readers.number_rows import number_rows
from faultlens.surfaces.readers.ply_camera import (
    CAMERA_ELEMENTS,
    noted_raster,
    noted_viewpoint,
)
from faultlens.surfaces.readers.ply_header import Element, PlyHeader, read_ply_header
from faultlens.surfaces.readers.polygons import Polygons, even_polygons, triangles
from faultlens.surfaces.readers.stated_units import unit_in_words

_COLOURS = (
    ("red", "green", "blue"),
    ("r", "g", "b"),
    ("diffuse_red", "diffuse_green", "diffuse_blue"),
)
_FACES = ("vertex_indices", "vertex_index")

Table = dict[str, NDArray[np.generic]]


def read_ply(file: ScanFile) -> ScanContents:
    """The vertices of a PLY, with their colours and triangles where it has them.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, cut, or without x, y and z.
        TooLargeError: more vertices than are allowed.

    Example:
        >>> content = b"ply\\nformat ascii 1.0\\nelement vertex 2\\n" + b"".join(
        ...     b"property float %c\\n" % name for name in b"xyz"
        ... ) + b"end_header\\n0 0 1\\n1 0 2\\n"
        >>> read_ply(ScanFile(content)).points.tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 2.0]]
    """
    header = read_ply_header(file.content)
    vertices = next((x for x in header.elements if x.name == "vertex"), None)
    if vertices is None:
        raise UnreadableFileError(
            "is a PLY without an element 'vertex' but with "
            f"{', '.join(x.name for x in header.elements) or 'nothing'}; export the points."
        )
    names = {x.name for x in vertices.properties if x.count is None}
    if not {"x", "y", "z"} <= names:
        raise UnreadableFileError(
            f"is a PLY whose vertices have {', '.join(sorted(names)) or 'nothing'}, not x, y "
            "and z; export the points."
        )
    refuse_points(vertices.rows, file.largest_points)
    faces_of = next((x for x in header.elements if x.name == "face"), None)
    if faces_of is not None:
        refuse_points(max(1, faces_of.rows), 4 * file.largest_points)
    tables, polygons = (_from_text if header.order == "" else _from_bytes)(file.content, header)
    table = tables["vertex"]
    points = stacked(table["x"], table["y"], table["z"])
    faces = None if polygons is None else triangles(polygons, len(points))
    colours = next(
        (as_colours([table[x] for x in three]) for three in _COLOURS if set(three) <= set(table)),
        None,
    )
    coding = {"": "text", "<": "binary, little endian", ">": "binary, big endian"}[header.order]
    return ScanContents(
        points,
        f"PLY ({coding}, {len(points):,} points"
        + (f", {len(faces):,} triangles)" if faces is not None else ")"),
        unit=unit_in_words(header.comments),
        grid=noted_raster(header.comments, tables, len(points)),
        faces=faces if faces is not None and len(faces) else None,
        colours=colours,
        viewpoint=noted_viewpoint(tables),
        warnings=_left_out(header),
    )


def _left_out(header: PlyHeader) -> tuple[Notice, ...]:
    others = [x.name for x in header.elements if x.name not in ("vertex", "face") and x.rows > 1]
    if not others:
        return ()
    listed = ", ".join(others)
    return (
        Notice(
            en=f"The PLY holds {listed} beside its points, which were not read.",
            zh=f"该 PLY 除点外还包含 {listed}，未读取。",
        ),
    )


def _wanted(header: PlyHeader) -> list[str]:
    return [
        x.name
        for x in header.elements
        if x.name in ("vertex", "face") or (x.name in CAMERA_ELEMENTS and x.rows == 1)
    ]


def _from_bytes(content: bytes, header: PlyHeader) -> tuple[dict[str, Table], Polygons | None]:
    tables: dict[str, Table] = {}
    polygons: Polygons | None = None
    at = header.data_at
    wanted = _wanted(header)
    for element in header.elements:
        if not wanted:
            break
        if element.name in wanted:
            wanted.remove(element.name)
        if all(x.count is None for x in element.properties):
            at, table = _plain_rows(content, at, header.order, element)
            tables.setdefault(element.name, table)
        else:
            at, table, lists = _rows_with_lists(content, at, header.order, element)
            tables.setdefault(element.name, table)
            polygons = lists if element.name == "face" and lists is not None else polygons
    return tables, polygons


def _plain_rows(content: bytes, at: int, order: str, element: Element) -> tuple[int, Table]:
    row = _row_type(element, order)
    needed = row.itemsize * element.rows
    refuse_cut(len(content) - at, needed)
    if row.itemsize == 0:
        return at, {}
    rows = np.frombuffer(content, row, element.rows, at)
    return at + needed, {x.name: rows[f"f{n}"] for n, x in enumerate(element.properties)}


def _row_type(element: Element, order: str) -> np.dtype[np.void]:
    # By number: a name may come twice, and NumPy refuses that in words of its own.
    return np.dtype([(f"f{n}", order + x.kind) for n, x in enumerate(element.properties)])


def _rows_with_lists(
    content: bytes, at: int, order: str, element: Element
) -> tuple[int, Table, Polygons | None]:
    even = even_polygons(content, at, order, element)
    if even is not None:
        return even
    # Lists of many lengths can only be walked; scans and CAD write triangles alone.
    table: dict[str, list[np.generic]] = {x.name: [] for x in element.properties if not x.count}
    lengths: list[int] = []
    corners: list[NDArray[np.int64]] = []
    plans = [
        (x, np.dtype(order + x.kind), None if x.count is None else np.dtype(order + x.count))
        for x in element.properties
    ]
    for _ in range(element.rows):
        for one, kind, count in plans:
            length = 1
            if count is not None:
                refuse_cut(len(content) - at, count.itemsize)
                length = int(np.frombuffer(content, count, 1, at)[0])
                at += count.itemsize
            refuse_cut(len(content) - at, max(0, length) * kind.itemsize)
            values = np.frombuffer(content, kind, max(0, length), at)
            at += len(values) * kind.itemsize
            if one.name in _FACES and count is not None:
                lengths.append(len(values))
                corners.append(values.astype(np.int64))
            elif count is None:
                table[one.name].append(values[0])
    made = {name: np.array(values) for name, values in table.items()}
    if not lengths:
        return at, made, None
    return at, made, Polygons(np.array(lengths), np.concatenate(corners))


def _from_text(content: bytes, header: PlyHeader) -> tuple[dict[str, Table], Polygons | None]:
    lines = io.BytesIO(content)
    lines.seek(header.data_at)
    tables: dict[str, Table] = {}
    polygons: Polygons | None = None
    wanted = _wanted(header)
    for element in header.elements:
        if not wanted:
            break
        if element.name in wanted:
            wanted.remove(element.name)
        if all(x.count is None for x in element.properties):
            table = _text_rows(lines, element)
            tables.setdefault(element.name, table)
        else:
            tables.setdefault(element.name, {})
            lists = _text_lists(lines, element, tables[element.name])
            polygons = lists if element.name == "face" else polygons
    return tables, polygons


def _text_rows(lines: io.BytesIO, element: Element) -> Table:
    if element.rows == 0 or not element.properties:
        return {}
    rows = number_rows(lines, element.rows)
    if len(rows) < element.rows or rows.shape[1] < len(element.properties):
        raise UnreadableFileError(
            f"is cut off: its header promises {element.rows:,} rows of {len(element.properties)} "
            f"numbers of '{element.name}'; {len(rows):,} of {rows.shape[1]} are there. Copy it "
            "again."
        )
    return {
        x.name: rows[:, n].astype(x.kind) if x.kind[0] != "f" else rows[:, n]
        for n, x in enumerate(element.properties)
    }


def _text_lists(lines: io.BytesIO, element: Element, table: Table) -> Polygons | None:
    lengths: list[int] = []
    corners: list[int] = []
    columns: dict[str, list[float]] = {x.name: [] for x in element.properties if not x.count}
    for _ in range(element.rows):
        words: list[bytes] = []
        while not words:
            line = lines.readline()
            if not line:
                raise UnreadableFileError(
                    f"is cut off: its header promises {element.rows:,} rows of '{element.name}'. "
                    "Copy it again."
                )
            words = line.split()
        at = 0
        for one in element.properties:
            length = 1 if one.count is None else int(words[at])
            at += 0 if one.count is None else 1
            values = words[at : at + length]
            if len(values) != length:
                raise UnreadableFileError(
                    f"is damaged: a row of '{element.name}' announces {length} values and has "
                    f"{len(values)}. Copy it again."
                )
            at += length
            if one.count is None:
                columns[one.name].append(float(values[0]))
            elif one.name in _FACES:
                lengths.append(length)
                corners.extend(int(x) for x in values)
    table.update({name: np.array(values) for name, values in columns.items()})
    return Polygons(np.array(lengths), np.array(corners, np.int64)) if lengths else None
