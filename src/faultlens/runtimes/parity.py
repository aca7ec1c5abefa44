"""Whether an exported encoder computes what its torch module does."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from faultlens.core.errors import BundleError
from faultlens.runtimes.with_onnx import EMBEDDING, OnnxRuntime

LARGEST_DIFFERENCE = 1e-4
"""Of one number of a unit row; single precision leaves about 1e-6."""


def parity(
    module: torch.nn.Module,
    path: str | Path,
    example: Mapping[str, torch.Tensor],
    *,
    bound: float = LARGEST_DIFFERENCE,
    outputs: Sequence[str] = (EMBEDDING,),
) -> float:
    """Largest absolute difference between the outputs of a module and of its ONNX file.

    Args:
        module: that was exported.
        path: ONNX file.
        example: input name -> tensor, in the order of `forward`; best of another length than the
            one exported with.
        bound: largest difference that is let pass.
        outputs: names of what the module gives, in its order.

    Raises:
        BundleError: they differ by more, or the file cannot be run.

    Example:
        >>> parity(torch.nn.Linear(4, 2), "/nowhere/x.onnx", {"x": torch.ones(3, 4)})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere/x.onnx cannot be run as an ONNX model: ...
    """
    runtime = OnnxRuntime(path)
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            given = module(*example.values())
    finally:
        module.train(training)
    expected = [given] if isinstance(given, torch.Tensor) else given
    arrays = runtime.outputs({name: x.numpy() for name, x in example.items()}, outputs)
    difference = float(
        np.max([_difference(arrays[x], y) for x, y in zip(outputs, expected, strict=True)])
    )
    # Written so that a difference that is no number is refused too.
    if not difference <= bound:
        raise BundleError(
            f"{path} differs from the module that it was exported from by {difference:.2g}; "
            f"{bound:g} is allowed. "
            "Export it again; if it stays so, write the module in other operators."
        )
    return difference


def _difference(found: NDArray[np.float32], expected: torch.Tensor) -> float:
    if found.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(found - expected.numpy()), initial=0.0))
