"""Networks that see pictures written as ONNX, each held against its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_filled import write_filled
from faultlens.runtimes.image_model import FEATURES, IMAGE, PATCHES, PIXELS
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx

OUTPUTS = (IMAGE, PATCHES, FEATURES)
"""What the encoder of surfaces gives."""

Run = tuple[Mapping[str, NDArray[Any]], Mapping[str, NDArray[Any]]]
"""Inputs and outputs of one pass, by their names."""

_BOUND = 1e-3
_TRACED, _CHECKED = (136, 200), (64, 96)  # two sizes, so that neither is built in


@dataclass(frozen=True)
class Exported:
    """A network as the bundle holds it.

    Args:
        path: its ONNX file.
        run: a pass of the source, for the bundle's golden file.
    """

    path: Path
    run: Run


def exported(
    module: nn.Module, path: Path, *, outputs: Sequence[str], channels: int, seed: int
) -> Exported:
    """Write a network for pictures of any number and size, and compare it with what it was.

    Args:
        module: (batch, channel, row, column) pixels -> one tensor per name in `outputs`.
        path: file to write.
        outputs: names.
        channels: of the pixels.
        seed: of the pixels that are compared.

    Raises:
        BundleError: the file computes something else.
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mean.onnx"
        >>> made = exported(nn.AdaptiveAvgPool2d(1), path, outputs=["mean"], channels=1, seed=0)
        >>> made.run[1]["mean"].shape
        (2, 1, 1, 1)
    """
    example, other = _pixels(channels, seed)
    axes = {0: "batch", 2: "row", 3: "column"}
    module.eval()
    export_onnx(module, {PIXELS: example}, path, dynamic={PIXELS: axes}, outputs=outputs)
    return _checked(module, path, other, outputs)


def filled(encoder: SurfaceEncoder, like: Path, path: Path, *, seed: int) -> Exported:
    """Write an encoder of surfaces by the graph of another, and compare it with what it was.

    Args:
        encoder: trained.
        like: `image.onnx` of what it was trained from.
        path: file to write.
        seed: of the pixels that are compared.

    Raises:
        BundleError: `like` holds another network, or the file computes something else.
        OSError: it cannot be written.

    Example:
        >>> filled(SurfaceEncoder(), Path("/nowhere/image.onnx"), Path("image.onnx"), seed=0)
        Traceback (most recent call last):
            ...
        FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/image.onnx'
    """
    encoder.eval()
    write_filled(encoder, like, path)
    return _checked(encoder, path, _pixels(3, seed)[1], OUTPUTS)


def _pixels(channels: int, seed: int) -> tuple[Tensor, Tensor]:
    """Those that a network is traced with, and those that it is compared on."""
    draw = torch.Generator().manual_seed(seed)
    traced = torch.rand(2, channels, *_TRACED, generator=draw)
    return traced, torch.rand(2, channels, *_CHECKED, generator=draw)


def _checked(module: nn.Module, path: Path, other: Tensor, outputs: Sequence[str]) -> Exported:
    parity(module, path, {PIXELS: other}, bound=_BOUND, outputs=outputs)
    with torch.inference_mode():
        given = module(other)
    found = [given] if isinstance(given, torch.Tensor) else given
    expected = {name: np.asarray(x) for name, x in zip(outputs, found, strict=True)}
    return Exported(path, ({PIXELS: other.numpy()}, expected))
