"""Array in, embedding out, by ONNX Runtime on the processor: all that the base install needs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from faultlens.core.errors import BundleError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS_AT_ONCE = 256
"""Rows of one pass through a model: more costs memory and is no faster."""

ERRORS_ONLY = 3
"""Log level of ONNX Runtime: what concerns a user comes as an exception."""


class AbstractRuntime(ABC):
    """What runs an encoder, whatever it was trained with."""

    @abstractmethod
    def run(self, inputs: "Mapping[str, NDArray[Any]]") -> "NDArray[np.float32]":
        """The embeddings of a batch.

        Args:
            inputs: name -> (batch, ...), as the encoder's file names them.

        Returns:
            (batch, dim) unit rows.

        Raises:
            UsageError: a name, a shape or a type that the encoder does not take.
        """


@final
class OnnxRuntime(AbstractRuntime):
    """An encoder from an ONNX file, open as long as this object lives; safe for many threads.

    Args:
        path: ONNX file.
        threads: processor threads of one pass.

    Raises:
        BundleError: the file is missing or is no ONNX model that this version can run.
    """

    def __init__(self, path: str | Path, *, threads: int = 1) -> None:
        import onnxruntime

        # On some systems it reports usage to its maker unless told not to.
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        # Its errors have no common class of their own.
        except Exception as error:
            raise BundleError(
                f"{path} cannot be run as an ONNX model: {error}. Fetch or make it again."
            ) from error
        self._path = Path(path)
        self._takes = {x.name: x.shape for x in self._session.get_inputs()}

    def run(self, inputs: "Mapping[str, NDArray[Any]]") -> "NDArray[np.float32]":
        """The embeddings of a batch, computed in pieces of bounded size.

        Args:
            inputs: name -> (batch, ...), as the encoder's file names them.

        Returns:
            (batch, dim) unit rows.

        Raises:
            UsageError: a name, a shape or a type that the encoder does not take.
        """
        rows = {len(x) if x.ndim else 0 for x in inputs.values()}
        if set(inputs) != set(self._takes) or len(rows) != 1:
            raise self._refusal(inputs, "every input has the same rows")
        pieces = [
            self._pass({name: x[start : start + ROWS_AT_ONCE] for name, x in inputs.items()})
            for start in range(0, max(*rows, 1), ROWS_AT_ONCE)
        ]
        return np.concatenate(pieces)

    def _pass(self, inputs: "Mapping[str, NDArray[Any]]") -> "NDArray[np.float32]":
        try:
            (embedding,) = self._session.run(["embedding"], dict(inputs))
        except Exception as error:
            raise self._refusal(inputs, str(error)) from error
        return np.asarray(embedding, dtype=np.float32)

    def _refusal(self, inputs: "Mapping[str, NDArray[Any]]", reason: str) -> UsageError:
        given = ", ".join(f"{name} {x.dtype} {x.shape}" for name, x in inputs.items())
        taken = ", ".join(f"{name} {tuple(shape)}" for name, shape in self._takes.items())
        return UsageError(
            f"{self._path.name} takes {taken}; it was given {given or 'nothing'}: {reason}."
        )


@cache
def open_runtime(path: Path, sha256: str, threads: int = 1) -> OnnxRuntime:
    """The runtime of a file, opened once per process; another hash is another runtime.

    Args:
        path: ONNX file, its hash already checked.
        sha256: of the file.
        threads: processor threads of one pass.

    Raises:
        BundleError: the file is missing or is no ONNX model that this version can run.

    Example:
        >>> open_runtime(Path("/nowhere/text.onnx"), "0" * 64)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere/text.onnx cannot be run as an ONNX model: ...
    """
    return OnnxRuntime(path, threads=threads)
