"""Array in, embedding out, by ONNX Runtime on the processor: all that the base install needs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from faultlens.core.errors import BundleError, UsageError
from faultlens.core.stages import MODEL, stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS_AT_ONCE = 256
"""Rows of one pass through a model: more costs memory and is no faster."""

EMBEDDING = "embedding"
"""Output of an encoder that has one only."""

ERRORS_ONLY = 3
"""Log level of ONNX Runtime: what concerns a user comes as an exception."""


class AbstractRuntime(ABC):
    """What runs an encoder, whatever it was trained with."""

    @abstractmethod
    def outputs(
        self, inputs: "Mapping[str, NDArray[Any]]", names: Sequence[str]
    ) -> "dict[str, NDArray[np.float32]]":
        """What an encoder says of a batch, by name; what is not asked for is not computed.

        Args:
            inputs: name -> (batch, ...), as the encoder's file names them.
            names: of outputs, at least one.

        Returns:
            name -> (batch, dim), or with more axes behind the batch.

        Raises:
            UsageError: a name, a shape or a type that the encoder does not take or give.
        """

    def run(self, inputs: "Mapping[str, NDArray[Any]]") -> "NDArray[np.float32]":
        """The embeddings of a batch, of an encoder that gives nothing else.

        Args:
            inputs: name -> (batch, ...), as the encoder's file names them.

        Returns:
            (batch, dim) unit rows.

        Raises:
            UsageError: a name, a shape or a type that the encoder does not take.
        """
        return self.outputs(inputs, [EMBEDDING])[EMBEDDING]


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
        self._gives = [x.name for x in self._session.get_outputs()]
        self._options = onnxruntime.RunOptions()
        self._options.only_execute_path_to_fetches = True

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
        rows = {len(x) if x.ndim else 0 for x in inputs.values()}
        if set(inputs) != set(self._takes) or len(rows) != 1:
            raise self._refusal(inputs, "every input has the same rows")
        if unknown := [x for x in names if x not in self._gives]:
            raise UsageError(
                f"{self._path.name} gives {', '.join(self._gives)}, and no '{unknown[0]}'."
            )
        pieces = [
            self._pass({name: x[start : start + ROWS_AT_ONCE] for name, x in inputs.items()}, names)
            for start in range(0, max(*rows, 1), ROWS_AT_ONCE)
        ]
        if len(pieces) == 1:
            return dict(zip(names, pieces[0], strict=True))
        whole = [np.concatenate(x) for x in zip(*pieces, strict=True)]
        return dict(zip(names, whole, strict=True))

    def _pass(
        self, inputs: "Mapping[str, NDArray[Any]]", names: Sequence[str]
    ) -> "list[NDArray[np.float32]]":
        try:
            with stage(MODEL):
                found = self._session.run(list(names), dict(inputs), self._options)
        except Exception as error:
            raise self._refusal(inputs, str(error)) from error
        return [np.asarray(x, dtype=np.float32) for x in found]

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
