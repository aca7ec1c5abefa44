"""A picture becomes an encoder's array without losing its border; bad preparations are refused."""

from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import BundleError
from faultlens.images.image import Image
from faultlens.inputs.picture import RESAMPLES, PicturePreparation


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_a_surface_keeps_its_size_and_its_depth() -> None:
    pixels = np.random.default_rng(0).integers(0, 65536, (5, 7, 3)).astype(np.uint16)
    array = PicturePreparation().pixels(Image(pixels))
    assert (array.dtype, array.shape) == (np.float32, (3, 5, 7))
    np.testing.assert_allclose(array, pixels.transpose(2, 0, 1) / 65535, atol=1e-7)


def test_grey_stands_in_all_three_channels() -> None:
    pixels = noise(6, 9)
    surface = PicturePreparation().pixels(Image(pixels))
    clip = PicturePreparation("clip", 4).pixels(Image(pixels))
    for array in (surface, clip):
        np.testing.assert_array_equal(array, np.repeat(array[:1], 3, axis=0))


def test_nothing_is_cropped_from_a_long_picture() -> None:
    pixels = np.zeros((20, 200), np.uint8)
    pixels[:, :20] = pixels[:, -20:] = 255
    array = PicturePreparation("clip", 10, resample="box").pixels(Image(pixels))
    assert array[0, :, 0].min() == array[0, :, -1].min() == 1.0
    assert array[0, :, 1:-1].max() == 0.0


def test_mean_and_deviation_are_those_of_each_channel() -> None:
    preparation = PicturePreparation(
        "clip", 1, mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 2.0), resample="nearest"
    )
    array = preparation.pixels(Image(np.array([[[255, 0, 51]]], np.uint8)))
    np.testing.assert_allclose(array.ravel(), [1.8, -0.8, -0.05], atol=1e-6)


@pytest.mark.parametrize("side", [32, 100, 331])
@pytest.mark.parametrize("family", ["CLIP", "ChineseCLIP", "Siglip"])
def test_square_pictures_become_what_transformers_makes_of_them(family: str, side: int) -> None:
    transformers: Any = pytest.importorskip("transformers")
    size = {"height": 48, "width": 48} if family != "CLIP" else {"shortest_edge": 48}
    theirs = getattr(transformers, f"{family}ImageProcessorPil")(
        size=size, crop_size={"height": 48, "width": 48}
    )
    ours = PicturePreparation(
        "clip", 48, tuple(theirs.image_mean), tuple(theirs.image_std), RESAMPLES[theirs.resample]
    )
    pixels = noise(side, side, 3)
    expected = theirs(pixels, return_tensors="np")["pixel_values"][0]
    np.testing.assert_allclose(ours.pixels(Image(pixels)), expected, atol=1e-5)


def test_it_is_kept_in_a_manifest_beside_what_others_keep_there() -> None:
    preparation = PicturePreparation("clip", 224, (0.4, 0.5, 0.6), (0.2, 0.3, 0.4), "bilinear")
    table = {**preparation.to_dict(), "at_once": 1}
    assert PicturePreparation.from_dict(table) == preparation


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "smell"}, "the kind 'smell', .*knows surface and clip.*Update it"),
        ({"resample": "cubic"}, "resized by 'cubic'; .*nearest, lanczos, bilinear"),
        ({"size": 0}, "it needs a size of 1 to 2048"),
        ({"size": 10**6}, "it needs a size of 1 to 2048"),
        ({"kind": "surface"}, r"it needs a size of 1 to 2048 \(0 for 'surface'\)"),
        ({"std": [1, 1, 0]}, "three positive stds"),
        ({"mean": [0, 0]}, "three means"),
        ({"mean": [0, 0, float("nan")]}, "three means"),
        ({"mean": ["red", 0, 0]}, "does not say how a picture becomes an array"),
        ({"size": None}, "does not say how a picture becomes an array"),
    ],
)
def test_a_preparation_that_makes_no_array_is_refused(changes: dict[str, Any], words: str) -> None:
    table = {**PicturePreparation("clip", 224).to_dict(), **changes}
    with pytest.raises(BundleError, match=words):
        PicturePreparation.from_dict(table)
    with pytest.raises(BundleError, match="does not say how"):
        PicturePreparation.from_dict({})
