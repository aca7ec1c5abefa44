"""An ONNX file computed in whole numbers, whose ranges were seen on calibration inputs."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import
from faultlens.runtimes.onnx_runtime import onnx_runtime
from faultlens.runtimes.onnx_weights import SMALL, with_small_weights

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Inputs = Mapping[str, NDArray[Any]]
"""Of one pass, by name."""

WHOLE = ("Conv", "MatMul", "Gemm")
"""Operators worth computing in whole numbers, where their stored table is large enough. Small ones
take no time, and among them are the sums of powers by which brightness is evened: built into
builtin/surface, one of those alone costs a cosine of 0.97, all large ones together 0.9997."""

CARRIED = ("Relu",)
"""Operators that pass whole numbers on, so that nothing is turned back in between."""

JOINED = "Concat"
"""A product behind it stays in single precision: in whole numbers OpenVINO 2026.4 gives other rows
there (builtin/bearing, a batch of 40: a cosine of 0.91), and such products are small."""


def with_static_int8(path: Path, passes: Sequence[Inputs]) -> "ModelProto":
    """The model of a file with its large products in whole numbers, at fixed ranges.

    Since ranges are fixed, a row does not depend on its neighbours in a batch. Weights have 7 bits
    and a scale per channel, see `onnx_weights.LARGEST_WHOLE`; what is multiplied has 8 bits.

    Args:
        path: ONNX file, weights within.
        passes: inputs that show the ranges, at least one.

    Raises:
        UsageError: no input to calibrate with.
        MissingPackageError: the packages of the extra `train` are missing.

    Source: Jacob et al., CVPR 2018; Krishnamoorthi, arXiv 1806.08342 (a scale per channel).

    Example:
        >>> with_static_int8(Path("x.onnx"), [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Whole numbers need calibration inputs, ...
    """
    if not passes:
        raise UsageError(
            "Whole numbers need calibration inputs, from which the ranges are read; give one at "
            "least."
        )
    onnx: Any = optional_import("onnx", extra="train")
    onnx_runtime()
    quantization: Any = optional_import("onnxruntime.quantization", extra="train")
    model: ModelProto = onnx.load(path)
    for number, node in enumerate(model.graph.node):
        # The quantizer knows them by their names.
        node.name = node.name or f"node_{number}"
    large = _large(model)
    whole = [x.name for x in large if _alike_everywhere(model, x)]
    left = [x.input[1] for x in large if x.name not in whole]
    if not whole:
        with_small_weights(model, "int8", only=left)
        return model
    carried = [x.name for x in model.graph.node if x.op_type in CARRIED]
    with tempfile.TemporaryDirectory() as folder, _quiet():
        target = Path(folder) / path.name
        quantization.quantize_static(
            model,
            str(target),
            _Reader(passes),
            quant_format=quantization.QuantFormat.QDQ,
            nodes_to_quantize=whole + carried,
            per_channel=True,
            reduce_range=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
        )
        reduced: ModelProto = onnx.load(target)
    # Shapes inside are found again; who made the file is not what decides its hash.
    del reduced.graph.value_info[:]
    # What is not computed in whole numbers is kept in them.
    with_small_weights(reduced, "int8", only=left)
    return reduced


class _Reader:
    """Hands the passes to the calibrator, one by one."""

    def __init__(self, passes: Sequence[Inputs]) -> None:
        self._left = iter(passes)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        given = next(self._left, None)
        return None if given is None else dict(given)


def _large(model: "ModelProto") -> "list[NodeProto]":
    """The operators that work with a large stored table."""
    sizes = {x.name: int(np.prod(x.dims)) for x in model.graph.initializer}
    turned = {
        x.output[0]: x.input[0]
        for x in model.graph.node
        if x.op_type == "Transpose" and x.input[0] in sizes
    }
    return [
        x
        for x in model.graph.node
        if x.op_type in WHOLE and sizes.get(turned.get(x.input[1], x.input[1]), 0) >= SMALL
    ]


def _alike_everywhere(model: "ModelProto", node: "NodeProto") -> bool:
    """Whether every device computes it alike in whole numbers."""
    return not any(x.op_type == JOINED and node.input[0] in x.output for x in model.graph.node)


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantizer advises preparation that a file of torch's exporter does not need."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
