"""An image bundle encodes pictures in bounded passes, in their order, and only what is asked."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes import image_model
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.image_model import (
    IMAGE,
    PATCHES,
    EncodedImage,
    each_encoded,
    encode_images,
    encode_windows,
    image_threads,
)
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.with_onnx import OnnxRuntime

# Places are means of 4 x 4 pixels at unit length; the whole is the mean of all.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
places (float[n, 3, h, w] pixels) => (float[n, 3] image, float[n, 3, r, c] patches,
                                      float[n, 3, r, c] features)
{
    axes = Constant <value_ints = [2, 3]> ()
    mean = ReduceMean <keepdims = 0> (pixels, axes)
    image = LpNormalization <axis = 1, p = 2> (mean)
    pooled = AveragePool <kernel_shape = [4, 4], strides = [4, 4]> (pixels)
    patches = LpNormalization <axis = 1, p = 2> (pooled)
    features = Neg (patches)
}
"""
GOLDEN = np.random.default_rng(5).uniform(0.2, 1, (2, 3, 8, 8)).astype(np.float32)


def unit(x: np.ndarray, axis: int) -> np.ndarray:
    whole: np.ndarray = x / np.linalg.norm(x, axis=axis, keepdims=True)
    return whole


def places(pixels: np.ndarray) -> np.ndarray:
    """The map of patches, by numpy: (n, 3, row, column)."""
    n, _, h, w = pixels.shape
    return unit(pixels.reshape(n, 3, h // 4, 4, w // 4, 4).mean(axis=(3, 5)), 1)


@pytest.fixture
def model(make: Any) -> Model:
    """A model of pictures without words."""
    expected = {"image": unit(GOLDEN.mean((2, 3)), 1), "patches": places(GOLDEN)}
    made = make(
        kind="image",
        preparation=PicturePreparation().to_dict(),
        files={
            "image.onnx": onnx.parser.parse_model(GRAPH).SerializeToString(),
            "golden.npz": golden_bytes({"image": ({"pixels": GOLDEN}, expected)}),
        },
    )
    return load_model(made.folder)


def picture(seed: int, height: int = 8, width: int = 12) -> Image:
    pixels = np.random.default_rng(seed).integers(30, 256, (height, width, 3))
    return Image(pixels.astype(np.uint8))


def test_rows_maps_and_features_are_those_of_numpy(model: Model) -> None:
    images = [picture(0), picture(1), picture(2, 4, 8)]
    found = encode_images(model, images)
    assert found.image.dtype == np.float32
    for at, image in enumerate(images):
        pixels = image.pixels.transpose(2, 0, 1)[None] / 255
        np.testing.assert_allclose(found.image[at], unit(pixels.mean((2, 3)), 1)[0], atol=1e-5)
        np.testing.assert_allclose(found.patches[at], places(pixels)[0], atol=1e-5)
        np.testing.assert_allclose(found.features[at], -found.patches[at])
    np.testing.assert_array_equal(model.encode(images), found.image)
    np.testing.assert_array_equal(model.encode(images[0]), found.image[:1])


def test_a_pass_is_bounded_in_pixels_and_holds_one_size(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    whole = OnnxRuntime.outputs

    def counting(self: OnnxRuntime, inputs: Any, names: Any) -> Any:
        sizes.append(inputs["pixels"].shape)
        return whole(self, inputs, names)

    model.runtime(IMAGE)
    monkeypatch.setattr(OnnxRuntime, "outputs", counting)
    monkeypatch.setattr(image_model, "PIXELS_AT_ONCE", 3 * 8 * 12)
    list(each_encoded(model, [*map(picture, range(4)), picture(4, 8, 8), picture(5, 80, 80)]))
    assert sizes == [(3, 3, 8, 12), (1, 3, 8, 12), (1, 3, 8, 8), (1, 3, 80, 80)]


def test_pictures_are_fetched_only_as_they_are_needed(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_model, "PIXELS_AT_ONCE", 2 * 8 * 12)
    taken = []

    def endless() -> Iterator[Image]:
        for seed in range(10**9):
            taken.append(seed)
            yield picture(seed)

    stream = each_encoded(model, endless())
    first = next(stream)
    np.testing.assert_array_equal(first.image, model.encode(picture(0))[0])
    assert len(taken) <= 3


def test_what_is_not_asked_for_is_not_given(model: Model) -> None:
    (one,) = each_encoded(model, [picture(0)], want=[PATCHES])
    assert isinstance(one, EncodedImage)
    assert (one.image, one.features) == (None, None)
    found = encode_images(model, [picture(0)], want=[PATCHES])
    assert (found.image.size, found.features, len(found.patches)) == (0, (), 1)
    with pytest.raises(UsageError, match="gives no 'heat'; ask for image, patches, features"):
        encode_images(model, [picture(0)], want=["heat"])


def test_a_model_that_mixes_its_pictures_takes_one_at_a_time(make: Any, model: Model) -> None:
    files = {x: model.bundle.path(x) for x in model.bundle.files}
    table = {**model.bundle.preparation, "at_once": 1}
    folder = model.bundle.folder.with_name("one")
    one = load_model(make(folder, kind="image", preparation=table, files=files).folder)
    images = [picture(0), picture(1)]
    np.testing.assert_allclose(one.encode(images), model.encode(images), atol=1e-6)
    assert [len(x) for x in image_model._batches([np.zeros((3, 8, 8))] * 3, 1)] == [1, 1, 1]


def test_a_model_without_windows_says_so(model: Model) -> None:
    assert encode_windows(model, picture(0)) is None


@pytest.mark.parametrize(
    ("payloads", "words"),
    [
        ([], "No picture to encode; give at least one"),
        (np.zeros((8, 8)), "A picture is an Image, not a ndarray: read a file with read_image"),
        (["a.png"], "not a str"),
        (None, "not a NoneType"),
    ],
)
def test_what_is_no_picture_is_refused(model: Model, payloads: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        model.encode(payloads)


def test_other_models_refuse_pictures(make: Any) -> None:
    tower = load_model(make().folder)
    with pytest.raises(UsageError, match=r"mine/tower@.* takes text, not pictures; give a model"):
        encode_images(tower, [picture(0)])


def test_threads_are_those_that_the_environment_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    for stated, found in (("1", 1), ("many", None), ("100000", None)):
        image_threads.cache_clear()
        monkeypatch.setenv("OMP_NUM_THREADS", stated)
        assert image_threads() == found if found else image_threads() >= 1
    image_threads.cache_clear()
