"""An image model at work: pictures in, rows of the space of words, patch maps and features out."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.stages import PREPARE, stage
from faultlens.images.image import Image
from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes.adapters import FEATURES as FEATURES
from faultlens.runtimes.adapters import IMAGE as IMAGE
from faultlens.runtimes.adapters import PATCHES as PATCHES

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

KIND = "image"

WHOLE = "whole"
"""Stem of an encoder that gives the whole alone, where the bundle has one: it is faster."""

WINDOWS = "windows"
"""Stem of the encoder of windows, where the bundle has one."""

WINDOWS2, WINDOWS3 = "windows2", "windows3"
"""Its outputs: each k x k patches seen alone."""

PIXELS_AT_ONCE = 16 * 224 * 224
"""Of one pass: more costs memory (ViT-B/16 some 30 MB a picture) and is hardly faster."""

AT_ONCE = "at_once"
"""Of the preparation: pictures of one pass at most, where a model must not mix them."""

PIXELS = "pixels"
"""Input of the encoders, (picture, channel, row, column)."""


@dataclass(frozen=True, eq=False)
class EncodedImage:
    """What an image encoder says of one picture; None for what was not asked for.

    Args:
        image: (dim,) row of the whole picture, in the space of the model's words; of length 1, and
            of an adapted model as long as what it learned made it.
        patches: (dim, row, column) each place in the space of words, as long.
        features: (feature, row, column) unit along feature: to compare places with references.
    """

    image: NDArray[np.float32] | None = None
    patches: NDArray[np.float32] | None = None
    features: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class EncodedImages:
    """What an image encoder says of pictures, in their order; empty for what was not asked for.

    Args:
        image: (picture, dim) unit rows of the whole pictures.
        patches: of each picture, (dim, row, column) unit along dim.
        features: of each picture, (feature, row, column) unit along feature.
    """

    image: NDArray[np.float32]
    patches: tuple[NDArray[np.float32], ...]
    features: tuple[NDArray[np.float32], ...]


def encode_images(
    model: "Model",
    images: Iterable[Image],
    *,
    want: Sequence[str] = (IMAGE, PATCHES, FEATURES),
) -> EncodedImages:
    """Rows, patch maps and features of pictures, all kept; see `each_encoded` to keep none.

    Args:
        model: of the kind "image".
        images: at least one; of a model without a fixed size, each may have its own.
        want: which of "image", "patches", "features"; what is left out is not computed.

    Raises:
        UsageError: the model takes something else, there is no picture, or something that is none.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> encode_images(load_model("builtin/bearing"), [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/bearing@... takes vibration, not pictures; ...
    """
    found = list(each_encoded(model, images, want=want))
    if not found:
        raise UsageError("No picture to encode; give at least one.")
    rows = [x.image for x in found if x.image is not None]
    return EncodedImages(
        image=np.stack(rows) if rows else np.zeros((0, 0), np.float32),
        patches=tuple(x.patches for x in found if x.patches is not None),
        features=tuple(x.features for x in found if x.features is not None),
    )


def each_encoded(
    model: "Model",
    images: Iterable[Image],
    *,
    want: Sequence[str] = (IMAGE, PATCHES, FEATURES),
) -> Iterator[EncodedImage]:
    """One by one what the encoder says of pictures, in their order, within bounded memory.

    Pictures are taken from `images` only as they are needed; neighbours of one size share a pass.

    Args:
        model: of the kind "image".
        images: any number, also from a generator.
        want: which of "image", "patches", "features"; what is left out is not computed.

    Raises:
        UsageError: the model takes something else, or something that is no picture.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> next(each_encoded(load_model("builtin/text"), []))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    if odd := sorted(set(want) - {IMAGE, PATCHES, FEATURES}):
        raise UsageError(
            f"An image encoder gives no '{odd[0]}'; ask for {IMAGE}, {PATCHES}, {FEATURES}."
        )
    preparation = picture_preparation(model)
    adapters = model.adapters
    asked = list(want) if adapters is None else adapters.needed(want)
    alone = set(asked) == {IMAGE} and f"{WHOLE}.onnx" in model.bundle.files
    runtime = model.runtime(WHOLE if alone else IMAGE)
    at_once = _at_once(model)
    for batch in _batches((_prepared(preparation, x) for x in images), at_once):
        found = runtime.outputs({PIXELS: batch}, asked)
        for row in range(len(batch)):
            one = {name: found[name][row] for name in asked}
            if adapters is not None:
                one = adapters.applied(one)
            yield EncodedImage(**{name: one[name] for name in want})


def encode_pictures(model: "Model", payloads: object) -> NDArray[np.float32]:
    """The rows of whole pictures in the space of a model, and nothing else.

    Args:
        model: of the kind "image".
        payloads: images, or one alone.

    Returns:
        (picture, dim) unit rows.

    Raises:
        UsageError: the model takes something else, there is no picture, or something that is none.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> encode_pictures(load_model("builtin/text"), Image(np.zeros((8, 8), np.uint8)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    given: Iterable[Any] = payloads if isinstance(payloads, Iterable) else [payloads]
    rows = encode_images(model, given, want=[IMAGE]).image
    if model.adapters is None:
        return rows
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def encode_windows(model: "Model", image: Image) -> dict[str, NDArray[np.float32]] | None:
    """What the tower says of each window of k x k patches seen alone; None where it has no windows.

    Args:
        model: of the kind "image".
        image: one picture.

    Returns:
        "windows2" (dim, row - 1, column - 1) and "windows3" (dim, row - 2, column - 2), unit along
        dim, of a grid of (row, column) patches.

    Raises:
        UsageError: the model takes something else.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> encode_windows(load_model("builtin/text"), Image(np.zeros((8, 8), np.uint8)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    preparation = picture_preparation(model)
    if f"{WINDOWS}.onnx" not in model.bundle.files:
        return None
    pixels = _prepared(preparation, image)[None]
    found = model.runtime(WINDOWS).outputs({PIXELS: pixels}, [WINDOWS2, WINDOWS3])
    return {name: x[0] for name, x in found.items()}


def picture_preparation(model: "Model") -> PicturePreparation:
    """How pictures become the arrays of a model.

    Args:
        model: of the kind "image".

    Raises:
        UsageError: the model takes something else.
        BundleError: its manifest does not say it.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> picture_preparation(load_model("builtin/text"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    if model.kind != KIND:
        raise UsageError(
            f"{model.reference} takes {model.kind}, not pictures; give a model of the kind "
            f"'{KIND}', such as builtin/surface."
        )
    return PicturePreparation.from_dict(model.bundle.preparation)


@cache
def image_threads() -> int:
    """Processor threads of one pass: those that this process may use, or OMP_NUM_THREADS of them.

    Example:
        >>> image_threads() >= 1
        True
    """
    try:
        usable = len(os.sched_getaffinity(0))
    # Not on every system.
    except AttributeError:
        usable = os.cpu_count() or 1
    stated = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(usable, int(stated))) if stated.isdecimal() else usable


def _prepared(preparation: PicturePreparation, image: object) -> NDArray[np.float32]:
    with stage(PREPARE):
        return preparation.pixels(_checked(image))


def _checked(image: object) -> Image:
    if not isinstance(image, Image):
        raise UsageError(
            f"A picture is an Image, not a {type(image).__name__}: read a file with "
            "read_image(path), or wrap an array as Image(pixels)."
        )
    return image


def _at_once(model: "Model") -> int | None:
    given = model.bundle.preparation.get(AT_ONCE)
    return given if isinstance(given, int) and given > 0 else None


def _batches(
    arrays: Iterable[NDArray[np.float32]], at_once: int | None
) -> Iterator[NDArray[np.float32]]:
    """Neighbours of one shape together, (picture, channel, row, column), few enough for memory."""
    waiting: list[NDArray[np.float32]] = []
    for array in chain(arrays, [None]):
        fits = array is not None and waiting and array.shape == waiting[0].shape
        room = waiting and len(waiting) < _room(waiting[0], at_once)
        if waiting and not (fits and room):
            yield np.stack(waiting)
            waiting = []
        if array is not None:
            waiting.append(array)


def _room(array: NDArray[np.float32], at_once: int | None) -> int:
    pixels = array.shape[1] * array.shape[2]
    most: int = max(1, PIXELS_AT_ONCE // pixels)
    return most if at_once is None else min(most, at_once)
