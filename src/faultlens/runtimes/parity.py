"""Whether an exported encoder computes what its torch module does."""

from collections.abc import Mapping
from pathlib import Path

import torch

from faultlens.core.errors import BundleError
from faultlens.runtimes.with_onnx import OnnxRuntime

LARGEST_DIFFERENCE = 1e-4
"""Of one number of a unit row; single precision leaves about 1e-6."""


def parity(
    module: torch.nn.Module,
    path: str | Path,
    example: Mapping[str, torch.Tensor],
    *,
    bound: float = LARGEST_DIFFERENCE,
) -> float:
    """Largest absolute difference between the embeddings of a module and of its ONNX file.

    Args:
        module: that was exported.
        path: ONNX file.
        example: input name -> tensor, in the order of `forward`; best of another length than the
            one exported with.
        bound: largest difference that is let pass.

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
            expected = module(*example.values())
    finally:
        module.train(training)
    found = torch.from_numpy(runtime.run({name: x.numpy() for name, x in example.items()}))
    same_shape = found.shape == expected.shape
    difference = float((found - expected).abs().max()) if same_shape else float("inf")
    # Written so that a difference that is no number is refused too.
    if not difference <= bound:
        raise BundleError(
            f"{path} differs from the module that it was exported from by {difference:.2g}; "
            f"{bound:g} is allowed. "
            "Export it again; if it stays so, write the module in other operators."
        )
    return difference
