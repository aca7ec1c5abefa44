"""The runtime of a file on the device in use, opened once per process."""

from functools import cache
from pathlib import Path

from faultlens.runtimes.devices import CPU, OPENVINO
from faultlens.runtimes.with_onnx import AbstractRuntime, OnnxRuntime


@cache
def open_runtime(
    path: Path, sha256: str, threads: int = 1, device: str = CPU, *, half: bool = False
) -> AbstractRuntime:
    """The runtime of a file, opened once per process; another hash is another runtime.

    Args:
        path: ONNX file, its hash already checked.
        sha256: of the file.
        threads: processor threads of one pass.
        device: of `devices.DEVICES`.
        half: whether the device may compute products in half precision.

    Raises:
        BundleError: the file is missing or is no ONNX model that this version can run.
        MissingPackageError: the device does not start here.

    Example:
        >>> open_runtime(Path("/nowhere/text.onnx"), "0" * 64)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere/text.onnx cannot be run as an ONNX model: ...
    """
    if device == OPENVINO:
        from faultlens.runtimes.with_openvino import OpenVinoRuntime

        return OpenVinoRuntime(path, threads=threads, half=half)
    return OnnxRuntime(path, threads=threads, device=device, half=half)
