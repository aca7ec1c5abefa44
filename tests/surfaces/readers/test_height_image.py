"""Heights in pictures: where their spacing comes from, what is no height, and depth cameras."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.errors import MissingMetadataError, UnreadableFileError, UsageError
from faultlens.surfaces.read import read_surface_bytes
from faultlens.surfaces.readers.intrinsics import Intrinsics, read_intrinsics
from tests.surfaces.readers.scans import heights


def picture(values: NDArray[Any], kind: str = "TIFF", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, kind, **options)
    return stream.getvalue()


def floats(**tags: Any) -> bytes:
    return picture(heights().astype(np.float32), tiffinfo={int(k[1:]): v for k, v in tags.items()})


def spacing(content: bytes, **options: Any) -> tuple[float, float]:
    raster = read_surface_bytes(content, "a.tif", **options).points_mm.reshape(6, 9, 3)
    return float(raster[0, 1, 0]), float(raster[1, 0, 1])


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"t270": "ImageJ=1.53t\nunit=micron\n", "t282": 0.5, "t283": 0.25}, (2e-3, 4e-3)),
        ({"t270": 'x PhysicalSizeX="3" PhysicalSizeXUnit="nm" PhysicalSizeY="5"'}, (3e-6, 5e-3)),
        ({"t282": 200.0, "t283": 100.0, "t296": 3}, (0.05, 0.1)),
        ({"t282": 1270.0, "t283": 2540.0, "t296": 2}, (0.02, 0.01)),
    ],
)
def test_a_spacing_that_the_file_states_is_used(
    tags: dict[str, Any], expected: tuple[float, float]
) -> None:
    assert spacing(floats(**tags), unit="um") == pytest.approx(expected)
    # What the user says wins.
    assert spacing(floats(**tags), unit="um", spacing_mm=(7, 8)) == (7, 8)


def test_a_spacing_of_a_resolution_is_told() -> None:
    surface = read_surface_bytes(floats(t282=200.0, t283=200.0, t296=3), "a.tif", unit="um")
    assert "The spacing of 0.05 by 0.05 mm is that of the TIFF's resolution" in str(
        surface.warnings[0]
    )


@pytest.mark.parametrize("dpi", [72.0, 96.0, 300.0, 0.0])
def test_the_resolution_of_a_printer_is_no_spacing(dpi: float) -> None:
    with pytest.raises(MissingMetadataError, match=r"does not say how far apart.*--spacing-mm"):
        read_surface_bytes(floats(t282=dpi, t283=dpi, t296=2), "a.tif")


def test_a_mark_of_no_data_is_a_gap() -> None:
    values = heights().astype(np.float32)
    values[2, 3] = -7777
    content = picture(values, tiffinfo={42113: "-7777"})
    seen = read_surface_bytes(content, "a.tif", unit="mm", spacing_mm=1).points_mm.reshape(6, 9, 3)
    assert np.isnan(seen[2, 3, 2]) and np.isnan(seen[..., 2]).sum() == 1


def test_zero_of_16_bits_far_below_all_else_is_a_gap_and_a_pit_is_none() -> None:
    counts = np.rint(heights() * 80 + 30_000).astype(np.uint16)
    counts[0, :2] = 0
    surface = read_surface_bytes(picture(counts, "PNG"), "a.png", unit="0.1 um", spacing_mm=0.5)
    assert np.isnan(surface.points_mm[:3, 2]).tolist() == [True, True, False]
    assert "2 of 54 heights are 0, far off all others" in surface.warnings[0].en
    pit = heights() * 80 + 30_000
    pit[2:4, 2:5] -= 120
    seen = read_surface_bytes(picture(pit.astype(np.float32)), "a.tif", unit="um", spacing_mm=0.5)
    assert np.isfinite(seen.points_mm).all() and seen.warnings == ()


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_a_photograph_is_no_height_map(mode: str, kind: str) -> None:
    shape = (6, 9) if mode == "L" else (6, 9, 3)
    content = picture(np.full(shape, 70, np.uint8), kind)
    with pytest.raises(UnreadableFileError, match=r"picture of 8 bits or colours .*no heights"):
        read_surface_bytes(content, "a.tif", spacing_mm=1)


def test_packed_tiffs_are_left_to_pillow() -> None:
    content = picture(heights().astype(np.float32), compression="tiff_lzw")
    surface = read_surface_bytes(content, "a.tif", unit="mm", spacing_mm=0.5)
    assert np.abs(surface.points_mm[:, 2] - heights().ravel()).max() < 1e-6


CAMERA = {"fx": 100.0, "fy": 50.0, "cx": 4.0, "cy": 2.5, "depth_mm_per_count": 0.1}


def test_a_depth_image_becomes_points_before_the_camera() -> None:
    depths = np.full((6, 9), 5000, np.uint16)
    depths[1, 1] = 0
    surface = read_surface_bytes(picture(depths, "PNG"), "a.png", intrinsics=CAMERA)
    raster = surface.points_mm.reshape(6, 9, 3)
    assert surface.grid == (6, 9) and surface.viewpoint_mm == (0, 0, 0)
    assert raster[0, 0].tolist() == pytest.approx([-20.0, -25.0, 500.0])
    assert raster[5, 8].tolist() == pytest.approx([20.0, 25.0, 500.0])
    assert np.isnan(raster[1, 1]).all() and np.isnan(raster).sum() == 3
    assert surface.warnings == () and surface.unit == "0.1 mm"
    metres = picture(depths.astype(np.float32) / 1e4)
    again = read_surface_bytes(metres, "a.tif", unit="m", intrinsics=CAMERA)
    assert np.nanmax(np.abs(again.points_mm - surface.points_mm)) < 1e-4


@pytest.mark.parametrize("form", ["npz", "npy"])
def test_depths_of_numpy_are_depths_where_a_camera_is_given(form: str) -> None:
    depths = np.full((6, 9), 5000, np.uint16)
    stream = io.BytesIO()
    if form == "npz":
        np.savez(stream, depth=depths, confidence=np.ones((6, 9)))
    else:
        np.save(stream, depths)
    surface = read_surface_bytes(stream.getvalue(), f"a.{form}", intrinsics=CAMERA)
    assert surface.points_mm[0].tolist() == pytest.approx([-20.0, -25.0, 500.0])
    assert surface.grid == (6, 9) and surface.viewpoint_mm == (0, 0, 0)


def test_distortion_is_undone() -> None:
    # Forward through Brown's model at one place, back through the reader.
    k1, k2, p1, p2, k3 = -0.25, 0.1, 0.001, -0.002, 0.02
    u, v = 0.3, 0.2
    r2 = u * u + v * v
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    x = u * radial + 2 * p1 * u * v + p2 * (r2 + 2 * u * u)
    y = v * radial + p1 * (r2 + 2 * v * v) + 2 * p2 * u * v
    depths = np.full((6, 9), 1000, np.uint16)
    camera = Intrinsics(100, 100, 8 - 100 * x, 5 - 100 * y, 1.0, (9, 6), (k1, k2, p1, p2, k3))
    point = read_surface_bytes(picture(depths, "PNG"), "a.png", intrinsics=camera).points_mm[-1]
    assert point.tolist() == pytest.approx([300, 200, 1000], abs=1e-3)


@pytest.mark.parametrize(
    "values",
    [
        {"fx": 600, "fy": 601, "ppx": 320, "ppy": 240, "depth_scale": 0.001, "coeffs": [0] * 5},
        {"intrinsic_matrix": [600, 0, 0, 0, 601, 0, 320, 240, 1], "depth_scale": 1000.0},
        {"K": [600, 0, 320, 0, 601, 240, 0, 0, 1], "depth_mm_per_count": 1},
        {"camera_matrix": {"data": [600, 0, 320, 0, 601, 240, 0, 0, 1]}, "depth_mm_per_count": 1},
        {"k": [[600, 0, 320], [0, 601, 240], [0, 0, 1]], "depth_mm_per_count": 1.0},
    ],
)
def test_intrinsics_as_their_makers_write_them(values: dict[str, Any]) -> None:
    assert read_intrinsics(values) == Intrinsics(600, 601, 320, 240, 1.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fx": 600, "fy": 600}, "lacks a number .*Give fx, fy, cx, cy in pixels"),
        ({**CAMERA, "fx": -1}, "fx is -1.0; give a positive number of pixels"),
        ({**CAMERA, "fx": "wide"}, "lacks a number"),
        ({**CAMERA, "depth_mm_per_count": 0}, "such as 1 for depths in mm"),
        ({"fx": 1, "fy": 1, "cx": 0, "cy": 0, "depth_scale": 5}, "neither metres per count nor"),
        ({**CAMERA, "width": 640, "height": 480}, "640 by 480 pixels and the depth image has 9 by"),
    ],
)
def test_intrinsics_that_cannot_be_are_refused(values: dict[str, Any], said: str) -> None:
    content = picture(np.full((6, 9), 5000, np.uint16), "PNG")
    with pytest.raises(UsageError, match=said):
        read_surface_bytes(content, "a.png", intrinsics=values)


def test_a_depth_image_without_a_camera_asks_for_one() -> None:
    content = picture(np.full((6, 9), 5000, np.uint16), "PNG")
    with pytest.raises(MissingMetadataError, match=r"or intrinsics= \(--intrinsics\) of a depth"):
        read_surface_bytes(content, "a.png")
