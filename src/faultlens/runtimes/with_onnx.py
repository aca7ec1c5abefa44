"""Array in, embedding out, by ONNX Runtime: on the processor, all that the base install needs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from faultlens.core.errors import BundleError, MissingPackageError
from faultlens.runtimes.devices import CPU, DEVICES
from faultlens.runtimes.onnx_runtime import onnx_runtime
from faultlens.runtimes.passes import Signature, in_passes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        device: of `devices.DEVICES`, one that ONNX Runtime runs.
        half: whether a device may compute products in half precision.

    Raises:
        BundleError: the file is missing or is no ONNX model that this version can run.
        MissingPackageError: the device does not start here.
    """

    def __init__(
        self, path: str | Path, *, threads: int = 1, device: str = CPU, half: bool = False
    ) -> None:
        onnxruntime = onnx_runtime()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Here, because the processor, which most use, needs none of it.
        from faultlens.runtimes.providers import session_providers

        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=session_providers(device, Path(path), half=half)
            )
        # Its errors have no common class of their own.
        except Exception as error:
            raise BundleError(
                f"{path} cannot be run as an ONNX model: {error}. Fetch or make it again."
            ) from error
        # A device whose libraries are missing is left out by ONNX Runtime without a word.
        if DEVICES[device].provider not in self._session.get_providers():
            raise MissingPackageError(
                f"ONNX Runtime could not start {device} here: a driver or a library is missing, or "
                f"of another version. Run with --device {CPU}, or: {DEVICES[device].brought_by}"
            )
        self._signature = Signature(
            Path(path).name,
            {x.name: x.shape for x in self._session.get_inputs()},
            [x.name for x in self._session.get_outputs()],
        )
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
        return in_passes(self._signature, inputs, names, self._pass)

    def _pass(
        self, inputs: "dict[str, NDArray[Any]]", names: Sequence[str]
    ) -> "list[NDArray[Any]]":
        found: list[NDArray[Any]] = self._session.run(list(names), inputs, self._options)
        return found
