"""Array in, embedding out, by OpenVINO on the processor: the same ONNX files (extra `openvino`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, final

import numpy as np

from faultlens.core.errors import BundleError
from faultlens.core.optional import optional_import
from faultlens.runtimes.passes import Signature, in_passes
from faultlens.runtimes.with_onnx import AbstractRuntime

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROCESSOR = "CPU"
"""Device of OpenVINO; its golden outputs were computed on a processor too."""

WHOLE_NUMBERS = "FakeQuantize"
"""Operator that a file with products in whole numbers has, once it is read. Of such a file OpenVINO
2026.4 computes the first row of a batch rightly and others not (builtin/surface in int8: cosines of
0.78 in a batch of 8, of 0.999 one by one), so rows go through it alone."""


@final
class OpenVinoRuntime(AbstractRuntime):
    """An encoder from an ONNX file, compiled for this processor; safe for many threads.

    Args:
        path: ONNX file; arrays that it keeps in files beside it are read too.
        threads: processor threads of one pass.
        half: whether products may be computed in half precision, where the processor can.

    Raises:
        MissingPackageError: OpenVINO is not installed; the message is the pip line.
        BundleError: the file is missing or is no ONNX model that OpenVINO can run.
    """

    def __init__(self, path: str | Path, *, threads: int = 1, half: bool = False) -> None:
        self._openvino: Any = optional_import("openvino", extra="openvino")
        # Left to itself it takes half precision wherever that is faster.
        self._how = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "bf16" if half else "f32",
        }
        try:
            self._core = self._openvino.Core()
            self._model = self._core.read_model(str(path))
        except Exception as error:
            told = " ".join(str(error).split())
            raise BundleError(
                f"{path} cannot be run by OpenVINO: {told} Run with --device cpu, or fetch or "
                "make it again."
            ) from error
        self._signature = Signature(
            Path(path).name,
            {x.get_any_name(): _axes(x) for x in self._model.inputs},
            [x.get_any_name() for x in self._model.outputs],
        )
        kinds = {x.get_type_name() for x in self._model.get_ops()}
        self._alone = WHOLE_NUMBERS in kinds
        self._lock = Lock()
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def outputs(
        self, inputs: "Mapping[str, NDArray[Any]]", names: Sequence[str]
    ) -> "dict[str, NDArray[np.float32]]":
        """What the encoder says of a batch, computed in pieces of bounded size.

        Args:
            inputs: name -> (batch, ...), as the encoder's file names them.
            names: of outputs, at least one.

        Returns:
            name -> (batch, dim), or with more axes behind the batch.

        Raises:
            UsageError: a name, a shape or a type that the encoder does not take or give.
        """
        return in_passes(self._signature, inputs, names, self._pass)

    def _pass(
        self, inputs: "dict[str, NDArray[Any]]", names: Sequence[str]
    ) -> "list[NDArray[Any]]":
        rows = len(next(iter(inputs.values())))
        if self._alone and rows > 1:
            parts = [
                self._pass({name: x[row : row + 1] for name, x in inputs.items()}, names)
                for row in range(rows)
            ]
            return [np.concatenate(x) for x in zip(*parts, strict=True)]
        compiled = self._compiled_for(tuple(names))
        try:
            # A request serves one thread at a time; whoever finds none free makes one.
            request = compiled.free.get_nowait()
        except Empty:
            request = compiled.model.create_infer_request()
        found = request.infer({name: np.ascontiguousarray(x) for name, x in inputs.items()})
        arrays = [np.array(found[at]) for at in range(len(names))]
        compiled.free.put(request)
        return arrays

    def _compiled_for(self, names: tuple[str, ...]) -> "_Compiled":
        """What gives these outputs and computes no other."""
        with self._lock:
            if names not in self._compiled:
                asked = self._openvino.Model(
                    [self._model.output(name) for name in names], self._model.get_parameters()
                )
                model = self._core.compile_model(asked, PROCESSOR, self._how)
                self._compiled[names] = _Compiled(model, SimpleQueue())
            return self._compiled[names]


@dataclass(frozen=True, eq=False)
class _Compiled:
    """A model compiled for some of its outputs, and the requests of it that nobody uses now."""

    model: Any
    free: SimpleQueue[Any]


def _axes(port: Any) -> tuple[int | str, ...]:
    """Lengths of an input's axes; '?' for those that vary."""
    shape = port.get_partial_shape()
    return tuple("?" if x.is_dynamic else x.get_length() for x in shape)
