"""Files that other libraries wrote are read as they were meant; no real file of these is at hand.

plyfile, trimesh, pypcd4, tifffile and x3pio stand in for scanners and CloudCompare: what they write
is marked so here, and each test is skipped where its library is not installed.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.surfaces.read import read_surface, read_surface_bytes
from faultlens.surfaces.write import write_surface
from tests.surfaces.readers.scans import ROWS, SPACING, colours, faces, heights, points


@pytest.mark.parametrize("order", ["text", "<", ">"])
@pytest.mark.parametrize("polygons", [False, True])
def test_plyfile_writes_ply(order: str, polygons: bool) -> None:
    plyfile = pytest.importorskip("plyfile")
    vertices = np.empty(54, [(x, "f8") for x in "xyz"] + [("quality", "f4"), ("alpha", "u1")])
    for column, name in enumerate("xyz"):
        vertices[name] = points()[:, column]
    vertices["quality"] = vertices["alpha"] = 7
    square = [[0, 1, 10, 9], [1, 2, 11], [2, 3, 4, 13, 12, 11]] if polygons else [[0, 1, 10]]
    table = np.empty(len(square), [("vertex_index", "O")])
    table["vertex_index"] = [np.array(x, "i4") for x in square]
    elements = [
        plyfile.PlyElement.describe(np.zeros(2, [("a", "i4")]), "camera"),
        plyfile.PlyElement.describe(vertices, "vertex"),
        plyfile.PlyElement.describe(table, "face", len_types={"vertex_index": "u1"}),
    ]
    stream = io.BytesIO()
    plyfile.PlyData(
        elements,
        text=order == "text",
        byte_order="=" if order == "text" else order,
        comments=["Units: Inches"],
    ).write(stream)
    surface = read_surface_bytes(stream.getvalue(), "a.ply")
    assert np.abs(surface.points_mm - points() * 25.4).max() < 1e-9
    assert surface.unit == "inch" and surface.colours is None
    assert surface.faces is not None
    if polygons:
        fans = [[0, 1, 10], [0, 10, 9], [1, 2, 11], [2, 3, 4], [2, 4, 13], [2, 13, 12], [2, 12, 11]]
        assert surface.faces.tolist() == fans
    assert [x.en for x in surface.warnings] == [
        "The PLY holds camera beside its points, which were not read."
    ]


@pytest.mark.parametrize("form", ["ply", "stl", "stl_ascii", "obj"])
def test_trimesh_writes_meshes(form: str) -> None:
    trimesh = pytest.importorskip("trimesh")
    mesh = trimesh.Trimesh(points(), faces(), process=False)
    content = mesh.export(file_type=form)
    content = content.encode() if isinstance(content, str) else content
    surface = read_surface_bytes(content, f"a.{form[:3]}", unit="mm")
    assert surface.faces is not None and len(surface.points_mm) == 54
    corners = surface.points_mm[surface.faces]
    assert np.abs(corners - points()[faces()]).max() < 1e-6


def test_trimesh_writes_a_coloured_cloud() -> None:
    trimesh = pytest.importorskip("trimesh")
    cloud = trimesh.PointCloud(points(), colors=colours())
    surface = read_surface_bytes(cloud.export(file_type="ply"), "a.ply", unit="mm")
    assert np.abs(surface.points_mm - points()).max() < 1e-6
    assert surface.colours is not None and (surface.colours == colours()).all()


@pytest.mark.parametrize("encoding", ["ASCII", "BINARY", "BINARY_COMPRESSED"])
def test_pypcd4_writes_pcd_by_liblzf(encoding: str, tmp_path: Path) -> None:
    pypcd4 = pytest.importorskip("pypcd4")
    # Long enough that LZF finds repetitions, near and far.
    many = np.tile(points(), (40, 1)) + np.repeat(np.arange(40)[:, None], 54, axis=0) * [0, 0, 9]
    cloud = pypcd4.PointCloud.from_xyzi_points(np.c_[many, np.ones(len(many))].astype(np.float32))
    cloud.save(tmp_path / "a.pcd", encoding=pypcd4.Encoding[encoding])
    surface = read_surface(tmp_path / "a.pcd", unit="cm")
    assert np.abs(surface.points_mm - many * 10).max() < 1e-4
    assert surface.warnings == ()


@pytest.mark.parametrize("kind", ["f4", "f8", "i2", "u2", "i4", "u4"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("form", ["plain", "deflate", "tiles", "big"])
def test_tifffile_writes_tiff(kind: str, order: str, form: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    counts = np.rint(heights() * 8 + (8 if kind[0] == "u" else 0))
    options: dict[str, Any] = {
        "plain": {"rowsperstrip": 2}, "deflate": {"compression": "zlib"},
        "tiles": {"tile": (16, 16)}, "big": {"bigtiff": True},
    }[form]  # fmt: skip
    if form == "tiles" and kind not in ("f4", "u2"):
        pytest.skip("tiles are left to Pillow, which reads f4 and u2 alike in both orders")
    stream = io.BytesIO()
    tifffile.imwrite(stream, counts.astype(kind), byteorder=order, **options)
    surface = read_surface_bytes(stream.getvalue(), "a.tif", unit="0.125 mm", spacing_mm=SPACING)
    expected = points() + np.array([0, 0, 1.0 if kind[0] == "u" else 0])
    assert np.abs(surface.points_mm - expected).max() < 1e-9
    assert surface.unit == "0.125 mm" and surface.grid == (ROWS, 9)


def test_tifffile_reads_what_we_write(tmp_path: Path) -> None:
    tifffile = pytest.importorskip("tifffile")
    made = read_surface_bytes(b"".join(_rows()), "a.xyz", unit="mm")
    scan = type(made)(points(), (ROWS, 9))
    write_surface(tmp_path / "a.tif", scan)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert np.abs(file.asarray() - heights()).max() < 1e-6
        assert file.imagej_metadata["unit"] == "mm"
        assert file.pages[0].tags["XResolution"].value == (2, 1)


def _rows() -> list[bytes]:
    return [f"{x} {y} {z}\n".encode() for x, y, z in points()]


@pytest.mark.parametrize("storage", ["XML", "BINARY"])
@pytest.mark.parametrize("kind", ["INT16", "INT32", "FLOAT32", "FLOAT64"])
def test_x3pio_writes_x3p(storage: str, kind: str) -> None:
    x3pio = pytest.importorskip("x3pio")
    measured = heights() / 1e3
    measured[2, 3] = measured[0, 0] = np.nan
    stream = io.BytesIO()
    x3pio.write(
        stream,
        measured,
        x_scale=SPACING / 1e3,
        y_scale=SPACING / 1e3,
        z_type=x3pio.DataType[kind],
        storage=x3pio.DataStorage[storage],
        **({"z_scale": 1e-6} if kind.startswith("INT") else {}),
    )
    surface = read_surface_bytes(stream.getvalue(), "a.x3p")
    seen = surface.points_mm.reshape(ROWS, 9, 3)[..., 2]
    assert np.isnan(seen).sum() == 2 and np.isnan(seen[2, 3]) and np.isnan(seen[0, 0])
    assert np.nanmax(np.abs(seen - heights())) < 1e-6
    assert surface.unit == "m" and surface.warnings == ()


def test_x3pio_writes_a_cloud() -> None:
    x3pio = pytest.importorskip("x3pio")
    stream = io.BytesIO()
    x3pio.write_points(stream, points() / 1e3)
    surface = read_surface_bytes(stream.getvalue(), "a.x3p")
    assert surface.grid is None and np.abs(surface.points_mm - points()).max() < 1e-6
