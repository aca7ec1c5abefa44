"""npz and X3P: names and units of arrays, orders of axes, masks, check sums, what is missing."""

import hashlib
import io
import zipfile
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.surfaces.read import read_surface_bytes
from tests.surfaces.readers.scans import colours, faces, heights, npz, points, x3p, zipped


@pytest.mark.parametrize(
    ("arrays", "unit"),
    [
        ({"height": heights(), "size_x": 4.5, "size_y": 3.0, "unit": "mm"}, "mm"),
        ({"height_m": heights() / 1e3, "dx_m": 5e-4, "dy_m": 5e-4}, "m"),
        ({"heights": heights() * 1e3, "dx": 500, "dy": 500, "unit": "µm"}, "um"),
        ({"height_um": heights() * 1e3, "dx_mm": 0.5, "dy_mm": 0.5}, "um"),
        ({"z": heights() / 25.4, "spacing": 0.5 / 25.4, "units": b"inch"}, "inch"),
        ({"points_mm": points()}, "mm"),
        ({"xyz": points() / 10, "unit": "cm"}, "cm"),
        ({"points": points().reshape(6, 9, 3), "unit": "mm"}, "mm"),
        ({"x": points()[:, 0], "y": points()[:, 1], "z": points()[:, 2], "unit": "mm"}, "mm"),
    ],
)
def test_arrays_by_the_names_that_people_give(arrays: dict[str, Any], unit: str) -> None:
    surface = read_surface_bytes(npz(**arrays), "a.npz")
    assert np.abs(surface.points_mm - points()).max() < 1e-9
    assert surface.unit == unit and surface.warnings == ()


def test_x_runs_along_the_axis_that_makes_cells_square() -> None:
    turned = npz(height=heights().T, size_x=4.5, size_y=3.0, unit="mm")
    surface = read_surface_bytes(turned, "a.npz")
    assert surface.grid == (6, 9) and np.abs(surface.points_mm - points()).max() < 1e-9
    assert "x along its first axis" in surface.history[0]
    oblong = read_surface_bytes(npz(height=heights(), size_x=9.0, size_y=3.0, unit="mm"), "a.npz")
    assert oblong.grid == (6, 9) and oblong.points_mm[-1, 0] == 8.0


def test_a_spacing_that_the_user_gives_leaves_the_unit_to_the_heights() -> None:
    content = npz(height=heights() * 1e3)
    with pytest.raises(MissingMetadataError, match=r"without their spacing.*--spacing-mm"):
        read_surface_bytes(content, "a.npz")
    surface = read_surface_bytes(content, "a.npz", unit="um", spacing_mm=0.5)
    assert np.abs(surface.points_mm - points()).max() < 1e-9


def test_colours_faces_raster_and_viewpoint_of_our_own_npz() -> None:
    content = npz(points_mm=points(), grid=[6, 9], colours=colours(), viewpoint_mm=[1, 2, 3.5])
    surface = read_surface_bytes(content, "a.npz")
    assert surface.grid == (6, 9) and surface.viewpoint_mm == (1, 2, 3.5)
    assert surface.colours is not None and (surface.colours == colours()).all()
    mesh = read_surface_bytes(npz(points_mm=points(), faces=faces()), "a.npz")
    assert mesh.faces is not None and (mesh.faces == faces()).all()


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"picture": heights()}, "holds the arrays picture; a scan is 'height' with"),
        ({"height": heights(), "dx": 0, "dy": 1}, "states 'dx' as 0; it must be positive"),
        ({"height": heights(), "dx": np.nan, "dy": 1}, "states 'dx' as nan"),
        ({"height": heights()[0], "dx": 1, "dy": 1}, r"'height' of the shape \(9,\)"),
        ({"height": heights() + 1j, "dx": 1, "dy": 1}, "holds complex128"),
        ({"height": np.full((4, 4), "a"), "dx": 1, "dy": 1}, "'height' of <U1; it must be real"),
        ({"points": points()[:, :2]}, r"points of the shape \(54, 2\)"),
        ({"points": points()[:0]}, "holds no points"),
        ({"points": points(), "faces": [[0, 1, 54]]}, "faces with corners that are no points"),
        ({"x": points()[:, 0], "y": points()[:5, 1], "z": points()[:, 2]}, "54 x, 5 y and 54 z"),
    ],
)
def test_arrays_that_are_no_scan_are_refused(arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_surface_bytes(npz(**arrays), "a.npz")


def test_an_npy_is_a_cloud_or_a_height_map() -> None:
    stream = io.BytesIO()
    np.save(stream, np.asfortranarray(points()))
    assert (read_surface_bytes(stream.getvalue(), "a.npy", unit="mm").points_mm == points()).all()
    stream = io.BytesIO()
    np.save(stream, heights())
    surface = read_surface_bytes(stream.getvalue(), "a.npy", unit="mm", spacing_mm=0.5)
    assert np.abs(surface.points_mm - points()).max() < 1e-12


def test_the_mask_of_an_x3p_counts_bits_from_the_least() -> None:
    valid = np.ones(54, np.bool_)
    valid[[0, 9, 53]] = False
    mask = np.packbits(valid, bitorder="little").tobytes()
    surface = read_surface_bytes(x3p("I", 0.125e-3, mask), "a.x3p")
    assert np.flatnonzero(np.isnan(surface.points_mm[:, 2])).tolist() == [0, 9, 53]


def changed(content: bytes, old: str, new: str, **members: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {x: archive.read(x) for x in archive.namelist()}
    assert old.encode() in inside["main.xml"]
    inside["main.xml"] = inside["main.xml"].replace(old.encode(), new.encode())
    return zipped(inside | members)


def test_a_check_sum_of_an_x3p_is_held_against_its_points() -> None:
    with zipfile.ZipFile(io.BytesIO(x3p())) as archive:
        right = hashlib.md5(archive.read("bindata/data.bin"), usedforsecurity=False).hexdigest()
    link = "</PointDataLink>"
    for stated in (right.upper(), right):
        content = changed(
            x3p(), link, f"{link}<MD5ChecksumPointData>{stated}</MD5ChecksumPointData>"
        )
        assert read_surface_bytes(content, "a.x3p").grid == (6, 9)
    wrong = changed(x3p(), link, f"{link}<MD5ChecksumPointData>00</MD5ChecksumPointData>")
    with pytest.raises(UnreadableFileError, match="check sum of its points is wrong"):
        read_surface_bytes(wrong, "a.x3p")


def test_offsets_and_increments_of_an_x3p_are_metres() -> None:
    content = changed(
        x3p(), "<Increment>1.0</Increment><Offset>0", "<Increment>2</Increment><Offset>1e-3"
    )
    surface = read_surface_bytes(content, "a.x3p")
    assert np.abs(surface.points_mm[:, 2] - (2 * points()[:, 2] + 1)).max() < 1e-9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SUR", "PRF", "holds a profile"),
        ("<SizeZ>1", "<SizeZ>2", "holds 2 layers"),
        ("<SizeX>9", "<SizeX>nine", "'nine', which is no count"),
        ("<SizeX>9", "<SizeX>90", "is cut off: its header promises 4,320 bytes"),
        ("<SizeX>9", "<SizeX>0", "holds no points"),
        ("<DataType>D</DataType><Increment>1.0", "<DataType>Q</DataType><Increment>1", "type 'Q'"),
        ("<Increment>0.0005", "<Increment>0", "the increment 0 m of C"),
        ("<Increment>0.0005", "<Increment>wide", "holds 'wide', no number"),
        ("bindata/data.bin", "bindata/none.bin", "lacks its part 'bindata/none.bin'"),
        ("bindata/data.bin", "../../etc/passwd", "lacks its part '../../etc/passwd'"),
    ],
)
def test_a_wrong_x3p_is_refused_by_what_is_wrong(old: str, new: str, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_surface_bytes(changed(x3p(), old, new), "a.x3p")


@pytest.mark.parametrize("name", ["points_mm.npy", "bindata/data.bin", "main.xml"])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_part_with_a_flipped_bit_is_named(name: str, packing: int) -> None:
    source = npz(points_mm=points()) if name.endswith("npy") else x3p()
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        inside = {x: archive.read(x) for x in archive.namelist()}
    content = bytearray(zipped(inside, packing))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    content[info.header_offset + 30 + len(name) + info.compress_size // 2] ^= 4
    with pytest.raises(UnreadableFileError, match=rf"is damaged: its part '{name}' cannot be unf"):
        read_surface_bytes(bytes(content), "a.npz")


def test_an_archive_of_other_things_is_named() -> None:
    with pytest.raises(UnreadableFileError, match="holds the arrays none; a scan is"):
        read_surface_bytes(zipped({"report.docx": b"x"}), "a.npz")
