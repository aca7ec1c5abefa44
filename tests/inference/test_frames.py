"""Frames are screened in their order, side by side, and a dark spot is found where it lies."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.inference.frames import each_screened
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.loaded import Model, load_model
from tests.coloured_model import write_coloured_model

# A patch is odd by how dark it is.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
dark (float[n, 1, h, w] pixels) => (float[n, r, c] heat)
{
    pooled = AveragePool <kernel_shape = [8, 8], strides = [8, 8]> (pixels)
    axis = Constant <value_ints = [1]> ()
    flat = Squeeze (pooled, axis)
    scaled = Mul (flat, steep)
    heat = Add (scaled, level)
}
"""


def screen() -> onnx.ModelProto:
    """Log odds -40 (grey - 0.35)."""
    graph = onnx.parser.parse_model(GRAPH)
    for name, value in (("steep", -40.0), ("level", 14.0)):
        array = np.array([value], np.float32)
        graph.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
    return graph


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model with that screen."""
    folder = tmp_path_factory.mktemp("models")
    made = write_coloured_model(folder / "whole")
    pixels = np.random.default_rng(0).uniform(0.2, 1, (1, 1, 16, 24)).astype(np.float32)
    heat = 14 - 40 * pixels.reshape(1, 2, 8, 3, 8).mean(axis=(2, 4))
    with np.load(made.path("golden.npz")) as kept:
        runs = {
            "image": (
                {"pixels": kept["image/in/pixels"]},
                {"patches": kept[next(x for x in kept.files if "patches" in x)]},
            ),
            "screen": ({"pixels": pixels}, {"heat": heat}),
        }
    files = {
        "image.onnx": made.path("image.onnx"),
        "screen.onnx": screen().SerializeToString(),
        "golden.npz": golden_bytes(runs),
    }
    return load_model(write_coloured_model(folder / "screened", files=files).folder)


def frame(number: int, *, colour: bool = False) -> Image:
    """A grey frame with one dark spot of 40 pixels, elsewhere on each; none on every third."""
    pixels = np.random.default_rng(number).integers(140, 180, (520, 700)).astype(np.uint8)
    if number % 3:
        top, left = 32 * (number % 12) + 64, 32 * ((7 * number) % 15)
        pixels[top : top + 40, left : left + 40] = 10
    return Image(np.repeat(pixels[..., None], 3, axis=2) if colour else pixels)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
def test_each_spot_is_found_where_it_lies(model: Model, colour: bool, threads: int) -> None:
    numbers = range(9)
    found = list(each_screened(model, (frame(x, colour=colour) for x in numbers), threads=threads))
    assert len(found) == 9
    for number, each in zip(numbers, found, strict=True):
        if not number % 3:
            assert each.regions == ()
            assert each.score < 0.5
            continue
        (region,) = each.regions
        left, top, width, height = region.box
        spot = 32 * ((7 * number) % 15) + 20, 32 * (number % 12) + 84
        assert left <= spot[0] <= left + width
        assert top <= spot[1] <= top + height
        assert width <= 96
        assert each.score > 0.9


def test_boxes_stay_inside_a_frame_that_is_no_multiple_of_a_patch(model: Model) -> None:
    pixels = np.full((530, 701), 160, np.uint8)
    pixels[480:, 650:] = 5
    (one,) = each_screened(model, [Image(pixels)], shrink=4, threads=1)
    assert one.heat.shape == (17, 22)
    left, top, width, height = one.regions[0].box
    assert left + width <= 701
    assert top + height <= 530


def test_frames_are_taken_as_they_are_needed(model: Model) -> None:
    taken = []

    def camera() -> Iterator[Image]:
        for number in range(1000):
            taken.append(number)
            yield frame(number)

    stream = each_screened(model, camera(), threads=2)
    next(stream)
    assert len(taken) <= 5
    stream.close()  # type: ignore[attr-defined]


def test_a_model_without_a_screen_says_so(tmp_path: Path) -> None:
    plain = load_model(write_coloured_model(tmp_path / "m").folder)
    with pytest.raises(UsageError, match="has no screen for frames"):
        next(each_screened(plain, [frame(0)]))
