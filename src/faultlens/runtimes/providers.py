"""What ONNX Runtime is told of a device: its execution providers, first choice first."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from faultlens.core.errors import BundleError
from faultlens.runtimes.devices import CPU, CPU_PROVIDER, CUDA, DEVICES, TENSORRT
from faultlens.runtimes.listed import cache_folder
from faultlens.runtimes.onnx_outline import onnx_inputs

Provider = tuple[str, dict[str, str]]
"""Name, and its options as ONNX Runtime wants them: text."""

SPANS = {"batch": (1, 8, 256), "token": (1, 16, 128)}
"""Axis of varying length -> least, usual and greatest that a TensorRT engine is built for."""

WORKSPACE_BYTES = 2 << 30
"""That TensorRT may try tactics with: an edge device has 4 GB in all."""


def session_providers(device: str, path: Path, *, half: bool) -> list[Provider]:
    """The providers that a file is opened with on a device.

    Args:
        device: of `DEVICES`, one that ONNX Runtime runs.
        path: of the ONNX file.
        half: whether products may be computed in half precision.

    Raises:
        BundleError: TensorRT is asked for, and the file is no ONNX.

    Example:
        >>> session_providers("cpu", Path("x.onnx"), half=False)
        [('CPUExecutionProvider', {})]
    """
    last: Provider = (CPU_PROVIDER, {})
    if device == CPU:
        return [last]
    # TF32 has the 10 bits of half precision, and CUDA takes it unless told not to.
    cuda: Provider = (DEVICES[CUDA].provider, {"use_tf32": _flag(half)})
    if device == CUDA:
        return [cuda, last]
    return [(DEVICES[TENSORRT].provider, tensorrt_options(path, half=half)), cuda, last]


def tensorrt_options(path: Path, *, half: bool) -> dict[str, str]:
    """How TensorRT builds and keeps the engine of a file.

    Engines and timings are kept in the cache of this machine: building takes minutes, once.

    Args:
        path: of the ONNX file.
        half: whether products may be computed in half precision.

    Raises:
        BundleError: the file is no ONNX.

    Source: onnxruntime.ai, TensorRT Execution Provider, "Configurations".

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> lines = load_model("builtin/bearing").bundle.path("lines.onnx")
        >>> told = tensorrt_options(lines, half=False)
        >>> told["trt_profile_max_shapes"], told["trt_fp16_enable"]
        ('x:256x271', '0')
    """
    kept = str(cache_folder() / "tensorrt")
    try:
        takes = onnx_inputs(path)
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    return {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": kept,
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": kept,
        "trt_max_workspace_size": str(WORKSPACE_BYTES),
        "trt_fp16_enable": _flag(half),
        **shape_profile(takes),
    }


def shape_profile(takes: Mapping[str, Sequence[int | str]]) -> dict[str, str]:
    """The lengths that an engine is built for; nothing where pictures may have any size.

    Without a profile TensorRT builds anew whenever a length is beyond those seen so far; with one
    for pictures of any size it would set memory aside for 256 of the largest.

    Args:
        takes: input -> its axes: lengths, or names of those that vary.

    Example:
        >>> shape_profile({"x": ("batch", 271)})["trt_profile_opt_shapes"]
        'x:8x271'
        >>> shape_profile({"pixels": ("batch", 3, "row", "column")})
        {}
    """
    named = {axis for axes in takes.values() for axis in axes if isinstance(axis, str)}
    if not named <= set(SPANS):
        return {}
    profiles = {}
    for place, which in enumerate(("min", "opt", "max")):
        shapes = [
            f"{name}:" + "x".join(str(x if isinstance(x, int) else SPANS[x][place]) for x in axes)
            for name, axes in takes.items()
        ]
        profiles[f"trt_profile_{which}_shapes"] = ",".join(shapes)
    return profiles


def _flag(on: bool) -> str:
    return "1" if on else "0"
