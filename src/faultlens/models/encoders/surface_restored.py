"""The encoder of surfaces made again from its exported file, to be trained on.

Export folds each batch normalisation into the convolution before it; what was folded comes back as
a normalisation that only adds the bias. It computes the same, and its statistics stand still.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from faultlens.core.errors import BundleError
from faultlens.core.optional import optional_import
from faultlens.models.encoders.surface import SurfaceEncoder

FOLDED = ".0.weight_bias"
"""How the exporter calls the bias of a convolution that took in what followed it."""


def restored_surface(path: str | Path) -> SurfaceEncoder:
    """The encoder that a file of ONNX was exported from.

    Args:
        path: `image.onnx` of `builtin/surface`, or of a bundle that was tuned from it.

    Raises:
        BundleError: another network, or one of other widths.
        MissingPackageError: onnx is not installed.

    Example:
        >>> restored_surface("/nowhere/image.onnx")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere/image.onnx cannot be trained on: ...
    """
    onnx: Any = optional_import("onnx", extra="train")
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(path, load_external_data=False)
        stored = {
            x.name: torch.from_numpy(onnx.numpy_helper.to_array(x).copy())
            for x in model.graph.initializer
        }
    except (OSError, ValueError, DecodeError) as error:
        raise _refused(path, str(error)) from error
    encoder = SurfaceEncoder()
    state = encoder.state_dict()
    for name, now in state.items():
        value = _stored(name, now, stored)
        if value is None or value.shape != now.shape:
            raise _refused(path, f"'{name}' is missing in it or has another shape")
        state[name] = value.to(now.dtype)
    encoder.load_state_dict(state)
    return encoder.eval()


def _stored(name: str, now: Tensor, stored: dict[str, Tensor]) -> Tensor | None:
    if name in stored:
        return stored[name]
    layer, _, what = name.rpartition(".")
    bias = stored.get(f"{layer.removesuffix('.1')}{FOLDED}")
    if not layer.endswith(".1") or bias is None:
        # Counted while training, used nowhere.
        return now if what == "num_batches_tracked" else None
    return {
        "weight": torch.ones_like(now),
        "bias": bias,
        "running_mean": torch.zeros_like(now),
        "running_var": torch.full_like(now, 1 - torch.nn.BatchNorm2d(1).eps),
        "num_batches_tracked": now,
    }[what]


def _refused(path: str | Path, why: str) -> BundleError:
    return BundleError(
        f"{path} cannot be trained on: {why}. Give builtin/surface, or a bundle that was tuned "
        "from it."
    )
