"""The weights of an encoder of surfaces put into the graph of a file of one like it.

What is exported depends on the weights by their numbers alone, and to trace the encoder again takes
most of the time of a short training. It is the way back from `surface_restored`.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from faultlens.core.errors import BundleError
from faultlens.core.files import written_whole
from faultlens.core.optional import optional_import
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_restored import FOLDED

_EPS = torch.nn.BatchNorm2d(1).eps


def write_filled(encoder: SurfaceEncoder, like: Path, path: Path) -> None:
    """Write an encoder as ONNX by the graph of a file that holds one of the same widths.

    Args:
        encoder: as it computes when serving (evaluation mode).
        like: `image.onnx` of `builtin/surface`, or of a bundle that was tuned from it.
        path: file to write, whole or not at all.

    Raises:
        BundleError: `like` holds another network, or one of other widths.
        MissingPackageError: onnx is not installed.
        OSError: a file cannot be read or written.

    Source: Jacob et al., CVPR 2018, section 3.2 (folding a normalisation into a convolution).

    Example:
        >>> write_filled(SurfaceEncoder(), Path("/nowhere/image.onnx"), Path("image.onnx"))
        Traceback (most recent call last):
            ...
        FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/image.onnx'
    """
    onnx: Any = optional_import("onnx", extra="train")
    model = onnx.load(like, load_external_data=False)
    places = {x.name: x for x in model.graph.initializer}
    for name, value in _folded(encoder.state_dict()).items():
        place = places.get(name)
        if place is None or tuple(place.dims) != tuple(value.shape):
            raise BundleError(
                f"{like} has no place for '{name}' of an encoder of surfaces. Give "
                "builtin/surface, or a bundle that was tuned from it."
            )
        place.CopyFrom(onnx.numpy_helper.from_array(value.contiguous().numpy(), name))
    with written_whole(path) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))


def _folded(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """What the file holds: a convolution takes in the normalisation that follows it."""
    values = {}
    for name, value in state.items():
        layer, _, what = name.rpartition(".")
        follows = f"{layer.removesuffix('.0')}.1"
        if layer.endswith(".0") and f"{follows}.running_var" in state:
            scale = state[f"{follows}.weight"] / (state[f"{follows}.running_var"] + _EPS).sqrt()
            shift = state[f"{follows}.running_mean"] * scale
            values[name] = value * scale[:, None, None, None]
            values[f"{layer.removesuffix('.0')}{FOLDED}"] = state[f"{follows}.bias"] - shift
        elif what != "num_batches_tracked" and not _is_folded(layer, state):
            values[name] = value
    return values


def _is_folded(layer: str, state: dict[str, Tensor]) -> bool:
    return layer.endswith(".1") and f"{layer}.running_var" in state
