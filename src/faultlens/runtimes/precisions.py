"""In how many bits a bundle keeps its weights: what there is, what is let pass, how to write it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import UnknownNameError
from faultlens.core.optional import optional_import
from faultlens.runtimes.bundle import HALF
from faultlens.runtimes.golden import WEIGHTS
from faultlens.runtimes.image_model import IMAGE, WHOLE
from faultlens.runtimes.loaded import TEXT_ENCODER
from faultlens.runtimes.onnx_weights import with_int8_products, with_small_weights, write_sharing

if TYPE_CHECKING:
    from onnx import ModelProto

PRECISIONS = ("fp32", HALF, "int8")
"""Of the weights on disk. Single; half the bytes, computed with as single; a quarter, and most
products computed in whole numbers, two to three times as fast."""

LOWEST_COSINE = {"fp16": 0.9999, "int8": 0.97}
"""With single precision, of one row; a model that loses more is refused."""

ALLOWED = {"fp16": 0.01, "int8": 0.03}
"""Of one number of a unit row, between processors and devices: whole numbers are rounded, and a
step is 1/64 of the largest; a device may compute in half precision what is kept in it."""

TOWER = f"tower{WEIGHTS}"
"""The picture side's weights, which image.onnx, whole.onnx and windows.onnx share."""


def checked_precision(precision: str) -> str:
    """The precision, if it is one.

    Args:
        precision: as a user gave it.

    Raises:
        UnknownNameError: it is none; the message lists them.

    Example:
        >>> checked_precision("int8")
        'int8'
    """
    if precision not in PRECISIONS:
        raise UnknownNameError("precision", precision, PRECISIONS)
    return precision


def write_small(singles: Mapping[str, Path], folder: Path, precision: str) -> None:
    """Write the ONNX files of a model of pictures and words from those in single precision.

    Args:
        singles: stem -> file; `whole` is made anew from `image`.
        folder: where they go, weights in files beside them.
        precision: of `PRECISIONS`.

    Raises:
        UsageError: without its large arrays a file is still too large for ONNX.
        OSError: the folder cannot be written.

    Example:
        >>> write_small({}, Path("/nowhere"), "int8")
        Traceback (most recent call last):
            ...
        KeyError: 'image'
    """
    onnx: Any = optional_import("onnx", extra="train")
    models: dict[str, ModelProto] = {stem: onnx.load(path) for stem, path in singles.items()}
    # Asked for the whole alone, ONNX Runtime would still compute the places.
    models[WHOLE] = onnx.load(singles[IMAGE])
    outputs = models[WHOLE].graph.output
    for output in [x for x in outputs if x.name != IMAGE]:
        outputs.remove(output)
    for stem, model in models.items():
        if precision == "int8" and stem != TEXT_ENCODER:
            with_int8_products(model)
        elif precision != "fp32":
            # Sentences are asked once and remembered: their rows shall not depend on neighbours.
            with_small_weights(model, precision)
    text = {TEXT_ENCODER: models.pop(TEXT_ENCODER)}
    write_sharing(models, folder, TOWER)
    write_sharing(text, folder, f"{TEXT_ENCODER}{WEIGHTS}")
