"""Where models run: this machine's processor, CUDA, TensorRT, or OpenVINO; one per process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from faultlens.core.errors import MissingPackageError, UnknownNameError
from faultlens.core.optional import optional_import
from faultlens.runtimes.onnx_runtime import onnx_runtime

CPU, CUDA, TENSORRT, OPENVINO = "cpu", "cuda", "tensorrt", "openvino"

CPU_PROVIDER = "CPUExecutionProvider"


@dataclass(frozen=True)
class Device:
    """What runs models, by the name that a user gives.

    Args:
        about: what it is, for help.
        provider: of ONNX Runtime; empty where another package runs the files.
        brought_by: what to type to have it.
    """

    about: str
    provider: str
    brought_by: str


DEVICES = {
    CPU: Device("the processor, by ONNX Runtime", CPU_PROVIDER, "pip install faultlens"),
    CUDA: Device(
        "NVIDIA graphics, by ONNX Runtime",
        "CUDAExecutionProvider",
        "pip uninstall -y onnxruntime && pip install 'onnxruntime-gpu[cuda,cudnn]'",
    ),
    TENSORRT: Device(
        "NVIDIA graphics, by TensorRT within ONNX Runtime",
        "TensorrtExecutionProvider",
        "pip uninstall -y onnxruntime && pip install 'onnxruntime-gpu[cuda,cudnn]' tensorrt",
    ),
    OPENVINO: Device("the processor, by OpenVINO", "", "pip install 'faultlens[openvino]'"),
}
"""Name -> device, the one that every installation has first."""

_chosen = [CPU]


def checked_device(name: str) -> str:
    """The device, if this installation has it.

    Args:
        name: as a user gave it.

    Raises:
        UnknownNameError: no such device; the message lists them.
        MissingPackageError: it is not here; the message says which are, and what brings it.

    Example:
        >>> checked_device("cpu")
        'cpu'
        >>> checked_device("gpu")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown device 'gpu'. Nearest: cpu. Known: ...
    """
    if name not in DEVICES:
        raise UnknownNameError("device", name, DEVICES)
    if not _is_here(name):
        here = ", ".join(usable_devices())
        raise MissingPackageError(
            f"This installation cannot run models on {name}; it can on {here}. To add {name}: "
            f"{DEVICES[name].brought_by}"
        )
    return name


def usable_devices() -> tuple[str, ...]:
    """Names of the devices that this installation has the packages for.

    Example:
        >>> usable_devices()[0]
        'cpu'
    """
    return tuple(x for x in DEVICES if _is_here(x))


def use_device(name: str) -> None:
    """Run models on a device from now on, in the whole process; those open are opened again.

    Args:
        name: of `DEVICES`.

    Raises:
        UnknownNameError: no such device; the message lists them.
        MissingPackageError: it is not here; the message says which are, and what brings it.

    Example:
        >>> use_device("cpu")
    """
    _chosen[0] = checked_device(name)


def device_in_use() -> str:
    """The device that this process runs models on.

    Example:
        >>> device_in_use()
        'cpu'
    """
    return _chosen[0]


@contextmanager
def on_device(name: str) -> Iterator[None]:
    """Run models on a device inside the block, in the whole process; then on the one before.

    Args:
        name: of `DEVICES`.

    Raises:
        UnknownNameError: no such device.
        MissingPackageError: it is not here.

    Example:
        >>> with on_device("cpu"):
        ...     device_in_use()
        'cpu'
    """
    before = device_in_use()
    use_device(name)
    try:
        yield
    finally:
        _chosen[0] = before


def _is_here(name: str) -> bool:
    provider = DEVICES[name].provider
    if provider == CPU_PROVIDER:
        # Comes with the base install; nothing is imported to find that out.
        return True
    if not provider:
        try:
            optional_import("openvino", extra=OPENVINO)
        except MissingPackageError:
            return False
        return True
    return provider in onnx_runtime().get_available_providers()
