"""A scan of known points comes out of every format as it went in, in millimetres."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.surfaces.read import read_surface_bytes
from faultlens.surfaces.readers.formats import (
    FORMATS,
    SCAN_SUFFIXES,
    SURFACE_SUFFIXES,
)
from faultlens.surfaces.surface import Surface
from tests.surfaces.readers.scans import (
    COLOURED,
    COLUMNS,
    MESHES,
    RASTERS,
    ROWS,
    SCANS,
    colours,
    faces,
    points,
)


def read(name: str) -> Surface:
    file, make, options = SCANS[name]
    return read_surface_bytes(make(), file, **options)


@pytest.mark.parametrize("name", SCANS)
def test_every_point_is_there_in_millimetres(name: str) -> None:
    surface = read(name)
    expected = points()
    if name.startswith("stl"):
        order = np.lexsort(surface.points_mm.T), np.lexsort(expected.T)
        assert np.abs(surface.points_mm[order[0]] - expected[order[1]]).max() < 1e-6
    else:
        assert np.abs(surface.points_mm - expected).max() < 1e-6
    assert surface.warnings == ()
    assert len(surface.history) >= 1


@pytest.mark.parametrize("name", SCANS)
def test_a_raster_is_known_as_one_and_nothing_else_is(name: str) -> None:
    assert read(name).grid == ((ROWS, COLUMNS) if name in RASTERS else None)


@pytest.mark.parametrize("name", SCANS)
def test_triangles_span_the_same_corners(name: str) -> None:
    surface = read(name)
    if name not in MESHES:
        assert surface.faces is None
        return
    assert surface.faces is not None
    assert np.abs(surface.points_mm[surface.faces] - points()[faces()]).max() < 1e-6


@pytest.mark.parametrize("name", SCANS)
def test_colours_stay_with_their_points(name: str) -> None:
    seen = read(name).colours
    assert (
        (seen is None) if name not in COLOURED else (seen is not None and (seen == colours()).all())
    )


def test_a_viewpoint_is_kept_and_the_origin_of_a_writer_that_knows_none_is_not() -> None:
    file, make, options = SCANS["pcd"]
    assert read("pcd").viewpoint_mm == (1.0, 2.0, 30.0)
    in_cm = read_surface_bytes(make(), file, unit="cm")
    assert in_cm.viewpoint_mm == (10.0, 20.0, 300.0)
    plain = make().replace(b"VIEWPOINT 1 2 30 1", b"VIEWPOINT 0 0 0 1")
    assert read_surface_bytes(plain, file, **options).viewpoint_mm is None


@pytest.mark.parametrize("name", SCANS)
def test_the_content_decides_and_not_the_suffix(name: str) -> None:
    _, make, options = SCANS[name]
    surface = read_surface_bytes(make(), "upload.bin", **options)
    assert np.array_equal(surface.points_mm, read(name).points_mm)


def test_the_suffixes_are_those_of_the_table() -> None:
    assert set(SURFACE_SUFFIXES) == set(FORMATS)
    assert set(SCAN_SUFFIXES) < set(SURFACE_SUFFIXES)
    assert {".ply", ".pcd", ".npz", ".tif", ".x3p"} <= set(SURFACE_SUFFIXES)
    with pytest.raises(UnknownNameError, match=r"scan format '\.plz'. Nearest: \.ply"):
        FORMATS[".plz"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (bytes(900), "zero bytes only"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html>login</html>", "an HTML page"),
        (b"LASF" + bytes(400), "LAS or LAZ cloud; export it as PLY"),
        (b"ASTM-E57" + bytes(400), "E57 cloud; export it as PLY"),
        (b"\xff\xd8\xff\xe0" + bytes(400), "JPEG picture, which holds no heights"),
        (b"\x1f\x8b\x08" + bytes(400), "gzip archive; unpack it first"),
        (b"ISO-10303-21;\nHEADER;\n", "STEP model; export its surface as STL"),
        (b"plate seven is fine\n", "a text without columns of numbers"),
        (b'{"points": []}', "a JSON text"),
    ],
)
def test_what_is_no_scan_is_named_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=r"^a\.ply is ") as caught:
        read_surface_bytes(content, "a.ply")
    assert said in str(caught.value) and "Scans are read from PLY, PCD" in str(caught.value)
