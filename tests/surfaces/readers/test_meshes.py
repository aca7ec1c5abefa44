"""Meshes: polygons, corners counted backwards, shared corners, and what is wrong with them."""

import struct

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.read import read_surface_bytes
from tests.surfaces.readers.scans import faces, obj, ply, points, stl, stl_text

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("f 1 2 3 4", [[0, 1, 2], [0, 2, 3]]),
        ("f -4 -3 -2 -1", [[0, 1, 2], [0, 2, 3]]),
        ("f 1/1/1 2/2/2 3/3/3", [[0, 1, 2]]),
        ("f 1//9 2//9 3//9\nf 3//9 4//9 1//9", [[0, 1, 2], [2, 3, 0]]),
        ("f 1 2 \\\n3 4", [[0, 1, 2], [0, 2, 3]]),
        ("\tf 1 2 4 # corner\nl 1 2\np 1", [[0, 1, 3]]),
        ("f 1 2", None),
    ],
)
def test_faces_of_an_obj(line: str, expected: list[list[int]] | None) -> None:
    surface = read_surface_bytes((SQUARE + line + "\n").encode(), "a.obj", unit="mm")
    assert (None if surface.faces is None else surface.faces.tolist()) == expected


def test_corners_count_back_from_where_their_face_stands() -> None:
    text = "v 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 9 9 9\nv 8 9 9\nv 8 8 9\nf -3 -2 -1\n"
    surface = read_surface_bytes(text.encode(), "a.obj", unit="mm")
    assert surface.faces is not None and surface.faces.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_colours_of_an_obj_are_fractions_or_bytes() -> None:
    for scale in ("1 0 0.2", "255 0 51"):
        text = "".join(f"v {n} {n * n} 0 {scale}\n" for n in range(4))
        colours = read_surface_bytes(text.encode(), "a.obj", unit="mm").colours
        assert colours is not None and colours.tolist() == [[255, 0, 51]] * 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("f 1 2 0", "a face has the corner 0; OBJ counts from 1"),
        ("f 1 2 9", "a face has the corner 8, of 4 points counted from 0"),
        ("f -9 1 2", "a face has the corner -5, of 4 points"),
        ("f a b c", "is damaged or of a kind that is not read"),
        ("v 1 2", "is damaged or of a kind that is not read"),
    ],
)
def test_a_wrong_line_of_an_obj_is_refused(line: str, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_surface_bytes((SQUARE + line + "\n").encode(), "a.obj")


def test_an_stl_is_told_by_its_length_and_not_by_its_first_word() -> None:
    surface = read_surface_bytes(stl(b"solid facet of nothing"), "a.stl", unit="mm")
    assert surface.history[0] == "read STL (binary, 80 triangles)"
    text = stl_text().replace(b"solid plate", b"SOLID").replace(b"vertex", b"VERTEX")
    surface = read_surface_bytes(text.replace(b"\n", b"\r\n"), "a.stl", unit="mm")
    assert surface.history[0] == "read STL (text, 80 triangles)"


def test_corners_of_an_stl_are_joined_and_slivers_dropped() -> None:
    surface = read_surface_bytes(stl(), "a.stl", unit="mm")
    assert len(surface.points_mm) == 54 and surface.history[1] == "54 of 240 points kept"
    assert surface.faces is not None and surface.faces.shape == (80, 3)
    sliver = struct.pack("<12fH", 0, 0, 1, *[0.0] * 3, *[0.0] * 3, 1.0, 1.0, 0.0, 0)
    content = stl()[:80] + struct.pack("<I", 81) + stl()[84:] + sliver
    with_it = read_surface_bytes(content, "a.stl", unit="mm")
    assert with_it.faces is not None and with_it.faces.shape == (80, 3)


def test_a_title_with_units_is_believed() -> None:
    surface = read_surface_bytes(stl(b"made by X, UNITS=inch"), "a.stl")
    assert surface.unit == "inch" and surface.warnings == ()


def test_an_stl_without_its_end_is_cut() -> None:
    text = stl_text()
    with pytest.raises(UnreadableFileError, match="should end with 'endsolid'"):
        read_surface_bytes(text[: text.rindex(b"endsolid")], "a.stl")


def test_a_face_of_a_ply_that_points_nowhere_is_refused() -> None:
    content = bytearray(ply())
    content[-4:] = struct.pack("<i", 54)
    with pytest.raises(UnreadableFileError, match="a face has the corner 54, of 54 points"):
        read_surface_bytes(bytes(content), "a.ply")


def test_points_without_numbers_take_their_faces_along() -> None:
    content = ply().replace(struct.pack("<3f", *points()[0]), struct.pack("<3f", 0, 0, np.nan))
    surface = read_surface_bytes(content, "a.ply")
    assert len(surface.points_mm) == 53 and surface.faces is not None
    kept = faces()[(faces() != 0).all(axis=1)]
    assert np.abs(surface.points_mm[surface.faces] - points()[kept]).max() < 1e-6


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"property float x", b"property real x", "the line 'property real x', which means"),
        (b"format binary_little_endian", b"format binary_middle", "format 'binary_middle'"),
        (b"format binary_little_endian 1.0\n", b"", "without a line 'format'"),
        (b"property float x", b"property float u", "vertices have blue, green.*not x, y and z"),
        (b"element vertex 54", b"element vertex -5", "the line 'element vertex -5'"),
        (b"element vertex", b"element points", "without an element 'vertex' but with points"),
        (b"end_header", b"end_head__", "whose header does not end"),
        (b"list uchar int", b"list float int", "the line 'property list float int"),
        (b"element vertex 54", b"element vertex 0", "holds no points"),
    ],
)
def test_a_wrong_header_of_a_ply_is_refused(old: bytes, new: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_surface_bytes(ply().replace(old, new), "a.ply")


def with_camera(view: tuple[float, ...], element: str, names: str, values: bytes) -> bytes:
    camera = "element camera 1\n" + "".join(f"property float view_p{x}\n" for x in "xyz")
    more = f"element {element} 1\n" + "".join(f"property uint {x}\n" for x in names.split())
    head, _, body = ply(with_faces=False).partition(b"end_header\n")
    return (
        head
        + (camera + more).encode()
        + b"end_header\n"
        + body
        + struct.pack("<3f", *view)
        + values
    )


def test_the_camera_of_a_ply_says_where_it_stood_and_its_raster() -> None:
    # PhoXi Control of Photoneo and PCL write these; files of the one after what reads them.
    size = struct.pack("<2I", 9, 6)
    names = "frame_width frame_height"
    content = with_camera((0, 0, 0), "phoxi_frame_params", names, size)
    surface = read_surface_bytes(content, "a.ply")
    assert surface.grid == (6, 9) and surface.viewpoint_mm == (0, 0, 0)
    assert np.abs(surface.points_mm - points()).max() < 1e-6
    of_pcl = with_camera((0, 0, 0), "other", names, size)
    assert read_surface_bytes(of_pcl, "a.ply").viewpoint_mm is None
    stated = read_surface_bytes(with_camera((1, 2, 40), "other", names, size), "a.ply")
    assert stated.viewpoint_mm == (1, 2, 40) and stated.grid is None


@pytest.mark.parametrize(
    "noted", [b"obj_info num_cols 9\nobj_info num_rows 6", b"comment PhoXi (Width = 9; Height = 6)"]
)
def test_a_ply_that_notes_its_raster_has_one(noted: bytes) -> None:
    content = ply(with_faces=False).replace(b"comment units: mm", b"comment units: mm\n" + noted)
    assert read_surface_bytes(content, "a.ply").grid == (6, 9)
    assert read_surface_bytes(content.replace(b"9", b"8"), "a.ply").grid is None


def test_an_obj_of_points_alone_is_a_cloud() -> None:
    text = b"\n".join(x for x in obj().split(b"\n") if not x.startswith(b"f "))
    surface = read_surface_bytes(text, "a.obj")
    assert surface.faces is None and len(surface.points_mm) == 54
