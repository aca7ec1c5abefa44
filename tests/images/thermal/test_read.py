"""Infrared files give the temperatures put in; what states no scale has none and says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from faultlens.core.errors import (
    InputError,
    MissingMetadataError,
    TooLargeError,
    UnreadableFileError,
    UsageError,
)
from faultlens.images.thermal.plain import Scale
from faultlens.images.thermal.radiometry import celsius_of, counts_of
from faultlens.images.thermal.read import read_thermal, thermal_of_bytes
from tests.images.pictures import COLOUR, GREY16, png, pnm, saved, tiff
from tests.images.thermal.cameras import (
    CAMERA,
    SCENE,
    camera_record,
    fff,
    guide,
    r_jpeg,
    raw_record,
    visible_record,
)

COUNTS = np.rint(counts_of(SCENE, CAMERA)).astype(np.uint16)
VISIBLE = np.zeros((48, 64, 3), np.uint8)
VISIBLE[:24] = (200, 90, 30)
VISIBLE[24:] = (20, 60, 160)


def by_pillow(kind: str) -> Callable[[np.ndarray], bytes]:
    """A writer that is not ours."""
    return lambda steps: saved(steps, kind)


@pytest.mark.parametrize(
    "make", [png, tiff, lambda x: pnm(x, 65535), by_pillow("PNG"), by_pillow("TIFF")]
)
def test_numbers_of_16_bits_with_a_stated_scale_are_degrees(
    make: Callable[[np.ndarray], bytes], tmp_path: Path
) -> None:
    steps = np.rint(SCENE * 100 + 27315).astype(np.uint16)
    path = tmp_path / "busbar"
    path.write_bytes(make(steps))
    thermal = read_thermal(path, celsius_per_step=0.01, celsius_at_zero=-273.15)
    assert thermal.celsius == pytest.approx(SCENE, abs=0.006)
    assert thermal.name == str(path)
    assert thermal.notices == ()
    assert "0.01 degC a step from -273.15 degC" in thermal.history


def test_twelve_bits_are_not_brightened_before_they_are_scaled() -> None:
    steps = (np.arange(600) % 4000).reshape(20, 30).astype(np.uint16)
    thermal = thermal_of_bytes(png(steps), scale=Scale(0.1, 0.0))
    assert thermal.celsius == pytest.approx(steps * 0.1, abs=1e-3)


def test_floats_are_degrees_unless_a_scale_says_else() -> None:
    by_another = thermal_of_bytes(saved(SCENE.astype(np.float32), "TIFF"))
    assert by_another.celsius == pytest.approx(SCENE, abs=1e-4)
    celsius = thermal_of_bytes(tiff(SCENE.astype(np.float32)))
    assert celsius.celsius == pytest.approx(SCENE, abs=1e-4)
    assert "taken as degC" in str(celsius.notices[0])
    kelvin = tiff((SCENE + 273.15).astype(np.float32))
    assert thermal_of_bytes(kelvin, scale=Scale(1.0, -273.15)).celsius == pytest.approx(
        SCENE, abs=1e-3
    )


@pytest.mark.parametrize(("content", "said"), [(png(GREY16), "scale"), (png(COLOUR), "colours")])
def test_without_a_scale_there_is_brightness_and_no_temperature(content: bytes, said: str) -> None:
    thermal = thermal_of_bytes(content, name="a.png")
    assert not thermal.is_celsius
    assert said in str(thermal.notices[0])
    assert 0 <= thermal.values.min() < thermal.values.max() <= 1
    with pytest.raises(MissingMetadataError, match=r"a\.png holds no temperatures"):
        _ = thermal.celsius


def test_transparent_places_were_not_measured() -> None:
    four = np.zeros((8, 9, 2), np.uint16)
    four[..., 0], four[..., 1] = 20_000, 65535
    four[:, 5:, 1] = 0
    thermal = thermal_of_bytes(png(four), scale=Scale(0.001, 0.0))
    assert np.isnan(thermal.celsius[:, 5:]).all()
    assert thermal.celsius[:, :5] == pytest.approx(20, abs=0.01)
    valid = thermal.picture().valid
    assert valid is not None
    assert valid.sum() == 40


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("as_png", [True, False])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_flir_file_of_our_own_writer_gives_its_temperatures(
    order: str, as_png: bool, wrapped: bool
) -> None:
    content = fff({0x20: camera_record(CAMERA, order=order), 1: raw_record(COUNTS, as_png=as_png)})
    thermal = thermal_of_bytes(r_jpeg(content, part_bytes=700) if wrapped else content)
    assert thermal.celsius == pytest.approx(celsius_of(COUNTS, CAMERA), abs=1e-3)
    assert "emissivity 0.90" in thermal.history[0]
    assert thermal.visible is None


@pytest.mark.parametrize("swapped", [True, False])
def test_flir_counts_in_either_order_of_bytes_are_told_apart(swapped: bool) -> None:
    records = {1: raw_record(COUNTS, as_png=True, swapped=swapped), 0x20: camera_record(CAMERA)}
    assert thermal_of_bytes(fff(records)).celsius == pytest.approx(
        celsius_of(COUNTS, CAMERA), abs=1e-3
    )


@pytest.mark.parametrize("as_png", [True, False])
def test_the_visible_picture_of_a_flir_file_keeps_its_colours(as_png: bool) -> None:
    records = {1: raw_record(COUNTS, as_png=True), 0x20: camera_record(CAMERA),
               0x0E: visible_record(VISIBLE, as_png=as_png)}  # fmt: skip
    visible = thermal_of_bytes(r_jpeg(fff(records))).visible
    assert visible is not None
    away_from_edge = np.r_[4:20, 28:44]
    assert np.abs(visible.rgb().astype(int) - VISIBLE)[away_from_edge].max() <= 6


def test_a_damaged_visible_picture_leaves_the_temperatures() -> None:
    records = {1: raw_record(COUNTS, as_png=True), 0x20: camera_record(CAMERA),
               0x0E: visible_record(VISIBLE, as_png=True)[:90]}  # fmt: skip
    thermal = thermal_of_bytes(fff(records))
    assert thermal.visible is None
    assert "used alone" in str(thermal.notices[0])


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({1: raw_record(COUNTS, as_png=True)}, "without the camera's constants"),
        ({0x20: camera_record(CAMERA)}, "without its counts"),
        ({1: raw_record(COUNTS, as_png=False)[:500], 0x20: camera_record(CAMERA)}, "bytes of co"),
        ({1: raw_record(COUNTS, as_png=True), 0x20: camera_record(CAMERA)[:200]}, "too short"),
    ],
)
def test_flir_files_that_lack_something_say_what(records: dict[int, bytes], said: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"^plate .*{said}"):
        thermal_of_bytes(r_jpeg(fff(records)), name="plate")


def test_a_guide_file_of_our_own_writer_gives_its_temperatures() -> None:
    steps = np.add.outer(np.arange(288), np.arange(384)) - 300
    thermal = thermal_of_bytes(guide(steps, VISIBLE))
    assert thermal.celsius == pytest.approx(steps * 0.1, abs=1e-3)
    assert "inferred" in str(thermal.notices[0])
    assert thermal.visible is not None
    assert np.abs(thermal.visible.rgb().astype(int) - VISIBLE).max() <= 8


def test_a_real_guide_file_gives_what_was_decoded_of_it_before(shared_data: Path) -> None:
    folder = shared_data / "images" / "substation_ir_vis"
    thermal = read_thermal(folder / "raw_samples" / "line_108.JPG")
    decoded = folder / "ir_int16_offset10000" / "line_108.png"
    other = read_thermal(decoded, celsius_per_step=0.1, celsius_at_zero=-1000.0)
    assert thermal.celsius == pytest.approx(other.celsius, abs=1e-3)
    assert thermal.visible is not None
    with PillowImage.open(folder / "vis" / "line_108.jpg") as visible:
        gap = np.abs(thermal.visible.rgb().astype(int) - np.asarray(visible.convert("RGB")))
    assert gap.mean() < 3  # the other is a JPEG


def test_scales_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="belong together"):
        read_thermal("a.png", celsius_per_step=0.1)
    with pytest.raises(UsageError, match="states its scale"):
        thermal_of_bytes(fff({}), scale=Scale(0.1, 0.0))
    with pytest.raises(InputError, match="in colours"):
        thermal_of_bytes(png(COLOUR), scale=Scale(0.1, 0.0))
    with pytest.raises(InputError, match="which cannot be"):
        thermal_of_bytes(png(GREY16), scale=Scale(1.0, 0.0))


def test_what_is_no_infrared_picture_says_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"is a PDF document.*Guide TP8S"):
        thermal_of_bytes(b"%PDF-1.7\n")
    with pytest.raises(UnreadableFileError, match="does not exist"):
        read_thermal(tmp_path / "nothing.png")
    with pytest.raises(TooLargeError):
        thermal_of_bytes(png(GREY16), largest_pixels=100)
    with pytest.raises(TooLargeError):
        thermal_of_bytes(fff({1: raw_record(COUNTS, as_png=False), 0x20: camera_record(CAMERA)}),
                         largest_pixels=100)  # fmt: skip
