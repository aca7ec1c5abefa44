"""One scan of known points in every format, written byte by byte and not by our own writer."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS, SPACING = 6, 9, 0.5


def points() -> NDArray[np.float64]:
    """(54, 3) a wavy plate of 4 by 2.5 mm; every number has a short form and fits single floats."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS] * SPACING
    z = np.round(4 * np.sin(x) + 3 * np.cos(2 * y)) / 8 + 0.125
    return np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)


def heights() -> NDArray[np.float64]:
    """(row, column) of the same."""
    return points()[:, 2].reshape(ROWS, COLUMNS)


def faces() -> NDArray[np.int64]:
    """Two triangles for each square of the raster."""
    at = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    return np.concatenate([np.stack(x, -1).reshape(-1, 3) for x in ((a, b, c), (a, c, d))]).astype(
        np.int64
    )


def colours() -> NDArray[np.uint8]:
    """(54, 3) red, green and blue."""
    return (np.arange(ROWS * COLUMNS)[:, None] * [4, 3, 2] % 256 + [1, 2, 3]).astype(np.uint8)


def text_rows(separator: str = " ", comma: bool = False) -> str:
    rows = "\n".join(separator.join(f"{x:.6f}" for x in point) for point in points()) + "\n"
    return rows.replace(".", ",") if comma else rows


def ply(order: str = "<", kind: str = "f", with_faces: bool = True) -> bytes:
    name = {"<": "binary_little_endian", ">": "binary_big_endian"}[order]
    word = {"f": "float", "d": "double"}[kind]
    lines = [
        "ply", f"format {name} 1.0", "comment units: mm", "element vertex 54",
        *(f"property {word} {x}" for x in "xyz"),
        *(f"property float n{x}" for x in "xyz"),
        *(f"property uchar {x}" for x in ("red", "green", "blue")),
    ]  # fmt: skip
    if with_faces:
        lines += [f"element face {len(faces())}", "property list uchar int vertex_indices"]
    out = ("\n".join([*lines, "end_header"]) + "\n").encode()
    for point, colour in zip(points(), colours(), strict=True):
        out += struct.pack(f"{order}3{kind}3f3B", *point, 0, 0, 1, *(int(x) for x in colour))
    if with_faces:
        out += b"".join(struct.pack(f"{order}B3i", 3, *(int(x) for x in f)) for f in faces())
    return out


def ply_text() -> bytes:
    head = ["ply", "format ascii 1.0", "comment units: mm", "element vertex 54"]
    head += [f"property float {x}" for x in "xyz"]
    head += [f"element face {len(faces())}", "property list uchar int vertex_index", "end_header"]
    rows = "".join(f"3 {a} {b} {c}\n" for a, b, c in faces())
    return ("\r\n".join(head) + "\r\n" + text_rows() + rows).encode()


def _pcd_head(data: str) -> bytes:
    return (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\n"
        f"TYPE F F F U\nCOUNT 1 1 1 1\nWIDTH {COLUMNS}\nHEIGHT {ROWS}\nVIEWPOINT 1 2 30 1 0 0 0\n"
        f"POINTS 54\nDATA {data}\n"
    ).encode()


def _packed() -> list[int]:
    return [int(r) << 16 | int(g) << 8 | int(b) for r, g, b in colours()]


def pcd() -> bytes:
    rows = (struct.pack("<3fI", *p, c) for p, c in zip(points(), _packed(), strict=True))
    return _pcd_head("binary") + b"".join(rows)


def pcd_text() -> bytes:
    rows = (f"{p[0]} {p[1]} {p[2]} {c}\n" for p, c in zip(points(), _packed(), strict=True))
    return _pcd_head("ascii") + "".join(rows).encode()


def pcd_compressed() -> bytes:
    columns = points().astype("<f4").T.tobytes() + np.array(_packed(), "<u4").tobytes()
    # Literal runs of 32 bytes are LZF too, only no shorter.
    packed = b"".join(
        bytes([len(columns[at : at + 32]) - 1]) + columns[at : at + 32]
        for at in range(0, len(columns), 32)
    )
    sizes = struct.pack("<II", len(packed), len(columns))
    return _pcd_head("binary_compressed") + sizes + packed


def stl(title: bytes = b"solid of a CAD that writes bytes") -> bytes:
    corners = points()[faces()]
    body = b"".join(struct.pack("<3f9fH", 0, 0, 1, *t.ravel(), 0) for t in corners)
    return title.ljust(80) + struct.pack("<I", len(corners)) + body


def stl_text() -> bytes:
    out = "solid plate\n"
    for triangle in points()[faces()]:
        corners = "".join(f"      vertex {x:e} {y:e} {z:e}\n" for x, y, z in triangle)
        out += f"  facet normal 0 0 1\n    outer loop\n{corners}    endloop\n  endfacet\n"
    return (out + "endsolid plate\n").encode()


def obj() -> bytes:
    vertices = "".join(f"v {x} {y} {z}\n" for x, y, z in points())
    triangles = "".join(f"f {a + 1}//1 {b + 1}//1 {c - 54}//1\n" for a, b, c in faces())
    return f"# units: mm\nmtllib a.mtl\no plate\n{vertices}vn 0 0 1\n{triangles}".encode()


def tiff(kind: str = "<f4") -> bytes:
    numbers = heights().astype(kind).tobytes()
    order = "II" if kind[0] == "<" else "MM"
    mark = {"f": 3, "i": 2, "u": 1}[kind[1]]
    tags = [
        (256, 4, COLUMNS), (257, 4, ROWS), (258, 3, 8 * int(kind[2])), (259, 3, 1), (262, 3, 1),
        (273, 4, 8), (277, 3, 1), (278, 4, ROWS), (279, 4, len(numbers)), (339, 3, mark),
    ]  # fmt: skip
    out = order.encode() + struct.pack(f"{kind[0]}HI", 42, 8 + len(numbers)) + numbers
    out += struct.pack(f"{kind[0]}H", len(tags))
    for tag, form, value in tags:
        cell = (
            struct.pack(f"{kind[0]}I", value)
            if form == 4
            else struct.pack(f"{kind[0]}HH", value, 0)
        )
        out += struct.pack(f"{kind[0]}HHI", tag, form, 1) + cell
    return out + bytes(4)


def zipped(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def x3p(kind: str = "D", step: float = 1.0, valid: bytes | None = None) -> bytes:
    data = np.rint(heights() / 1e3 / step) if step != 1 else heights() / 1e3
    axes = "".join(
        f"<C{x}><AxisType>I</AxisType><DataType>D</DataType><Increment>{SPACING / 1e3}</Increment>"
        f"<Offset>0</Offset></C{x}>"
        for x in "XY"
    )
    mask = "<ValidPointsLink>bindata/valid.bin</ValidPointsLink>" if valid else ""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><p:ISO5436_2 xmlns:p="http://www.opengps.eu/2008/'
        'ISO5436_2"><Record1><Revision>ISO5436 - 2000</Revision><FeatureType>SUR</FeatureType>'
        f"<Axes>{axes}<CZ><AxisType>A</AxisType><DataType>{kind}</DataType><Increment>{step}"
        "</Increment><Offset>0</Offset></CZ></Axes></Record1><Record3><MatrixDimension>"
        f"<SizeX>{COLUMNS}</SizeX><SizeY>{ROWS}</SizeY><SizeZ>1</SizeZ></MatrixDimension><DataLink>"
        f"<PointDataLink>bindata/data.bin</PointDataLink>{mask}</DataLink></Record3></p:ISO5436_2>"
    ).encode()
    types = {"I": "<i2", "L": "<i4", "F": "<f4", "D": "<f8"}
    members = {"main.xml": xml, "bindata/data.bin": data.astype(types[kind]).tobytes()}
    return zipped(members | ({"bindata/valid.bin": valid} if valid else {}))


Scan = tuple[str, Callable[[], bytes], dict[str, Any]]

SCANS: dict[str, Scan] = {
    "ply": ("a.ply", ply, {}),
    "ply of doubles, big endian": ("a.ply", lambda: ply(">", "d"), {}),
    "ply of points alone": ("a.ply", lambda: ply(with_faces=False), {}),
    "ply as text": ("a.ply", ply_text, {}),
    "pcd": ("a.pcd", pcd, {"unit": "mm"}),
    "pcd as text": ("a.pcd", pcd_text, {"unit": "mm"}),
    "pcd compressed": ("a.pcd", pcd_compressed, {"unit": "mm"}),
    "xyz": ("a.xyz", lambda: text_rows().encode(), {"unit": "mm"}),
    "csv": ("a.csv", lambda: b"X [mm],Y [mm],Z [mm]\n" + text_rows(",").encode(), {}),
    "csv of decimal commas": (
        "a.csv", lambda: b"X[mm];Y[mm];Z[mm]\r\n" + text_rows(";", True).encode(), {}
    ),
    "stl": ("a.stl", stl, {"unit": "mm"}),
    "stl as text": ("a.stl", stl_text, {"unit": "mm"}),
    "obj": ("a.obj", obj, {}),
    "tiff": ("a.tif", tiff, {"unit": "mm", "spacing_mm": SPACING}),
    "tiff of doubles, big endian": (
        "a.tiff", lambda: tiff(">f8"), {"unit": "mm", "spacing_mm": SPACING}
    ),
    "npz": (
        "a.npz",
        lambda: npz(height=heights(), size_x=4.5, size_y=3.0, unit="mm"),
        {},
    ),
    "npz of points": ("a.npz", lambda: npz(points_mm=points()), {}),
    "x3p": ("a.x3p", x3p, {}),
    "x3p of single floats": ("a.x3p", lambda: x3p("F"), {}),
    "x3p of 16 bits": ("a.x3p", lambda: x3p("I", 0.125e-3), {}),
    "x3p of 32 bits": ("a.x3p", lambda: x3p("L", 0.125e-3), {}),
}  # fmt: skip
"""Name -> file name, its bytes, and what its user says."""
RASTERS = tuple(x for x in SCANS if x.split()[0] in ("pcd", "tiff", "x3p") or x == "npz")
MESHES = ("ply", "ply of doubles, big endian", "ply as text", "stl", "stl as text", "obj")
COLOURED = (
    *("ply", "ply of doubles, big endian", "ply of points alone"),
    *("pcd", "pcd as text", "pcd compressed"),
)
