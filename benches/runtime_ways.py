"""The ways to run one model: torch, ONNX Runtime, OpenVINO, each in the bits that it has.

As a program it opens one of them in a process of its own and says what memory that took.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingPackageError
from faultlens.runtimes.devices import CPU, OPENVINO
from faultlens.runtimes.golden import golden_run
from faultlens.runtimes.image_model import IMAGE
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.opened import open_runtime
from faultlens.runtimes.with_onnx import AbstractRuntime

CLIP = "clip"
"""Folder of a model as transformers writes it, beside its bundles fp32, fp16 and int8."""

CHILD_S = 600
"""Longest that opening and compiling may take."""


@dataclass(frozen=True)
class Way:
    """One way to run a model.

    Args:
        name: as tables call it.
        folder: of its files, below that of the model.
        device: of `runtimes.devices`; empty for torch.
        half: for torch, and for a device that may compute what is kept in half precision so.
        compiled: by torch.compile.
    """

    name: str
    folder: str
    device: str = CPU
    half: bool = False
    compiled: bool = False


SINGLE = "ONNX Runtime fp32"
"""What ratios are told against: the bundle that export writes unless told otherwise."""

WAYS: Mapping[str, Way] = {
    x.name: x
    for x in (
        Way("torch fp32", CLIP, ""),
        Way("torch bf16", CLIP, "", half=True),
        Way("torch fp32, compiled", CLIP, "", compiled=True),
        Way("torch bf16, compiled", CLIP, "", half=True, compiled=True),
        Way(SINGLE, "fp32"),
        Way("ONNX Runtime fp16", "fp16"),
        Way("ONNX Runtime int8", "int8"),
        Way("OpenVINO fp32", "fp32", OPENVINO),
        Way("OpenVINO fp16", "fp16", OPENVINO, half=True),
        Way("OpenVINO int8", "int8", OPENVINO),
    )
}


@dataclass(frozen=True, eq=False)
class Opened:
    """A model ready to be run in one way.

    Args:
        run: inputs -> (batch, dim) unit rows.
        disk_mb: of its files.
    """

    run: Callable[[Mapping[str, NDArray[Any]]], NDArray[np.float32]]
    disk_mb: float


def opened(way: Way, folder: Path, stem: str, threads: int) -> Opened:
    """Open a model in one way.

    Args:
        way: of `WAYS`.
        folder: of the model, see `Way.folder`.
        stem: of the encoder.
        threads: processor threads of one pass.

    Raises:
        MissingPackageError: its package, or a C++ compiler, is not here.
        BundleError: the device cannot run the file.

    Example:
        >>> from faultlens.runtimes.loaded import builtin_folders
        >>> place = builtin_folders()["builtin/bearing"]
        >>> found = opened(Way("mine", place.name), place.parent, "lines", 1)
        >>> found.run({"x": np.zeros((3, 271), np.float32)}).shape
        (3, 256)
    """
    if not way.device:
        runtime, files = _of_torch(way, folder / CLIP, stem, threads)
        output = IMAGE
    else:
        bundle = load_model(folder / way.folder).bundle
        path = bundle.path(f"{stem}.onnx")
        runtime = open_runtime(path, bundle.sha256, threads, way.device, half=way.half)
        output = next(x for x, y in golden_run(bundle, stem)[1].items() if y.ndim == 2)
        files = [bundle.path(x) for x in bundle.files]
    disk_mb = sum(x.stat().st_size for x in files) / 1e6
    return Opened(lambda inputs: runtime.outputs(inputs, [output])[output], disk_mb)


def _of_torch(
    way: Way, folder: Path, stem: str, threads: int
) -> tuple[AbstractRuntime, list[Path]]:
    from faultlens.core.optional import optional_import
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.with_torch import TorchUse, picture_encoders

    torch: Any = optional_import("torch", extra="train")
    torch.set_num_threads(threads)
    use = TorchUse(half=way.half, compiled=way.compiled)
    encoders = picture_encoders(load_vision_language(str(folder)), use)
    return encoders[stem], [x for x in folder.iterdir() if x.is_file()]


def ways_here(folder: Path) -> list[Way]:
    """The ways that this machine and the files of a model have.

    Args:
        folder: of the model.

    Example:
        >>> ways_here(Path("/nowhere"))
        []
    """
    found = [x for x in WAYS.values() if (folder / x.folder).is_dir()]
    return [x for x in found if _can(x)]


def _can(way: Way) -> bool:
    from faultlens.core.optional import optional_import

    try:
        if way.compiled:
            from faultlens.runtimes.with_torch import checked_compiler

            checked_compiler()
        if way.device == OPENVINO:
            optional_import("openvino", extra=OPENVINO)
    except MissingPackageError:
        return False
    return True


def memory_mb(way: Way, folder: Path, stem: str, threads: int, inputs: Path) -> float:
    """Memory that a model takes once it is open and warm, beyond what its package takes, MB.

    Measured in a process of its own: the resident set after three passes, minus that before.

    Args:
        way: of `WAYS`.
        folder: of the model.
        stem: of the encoder.
        threads: processor threads of one pass.
        inputs: npz of one pass.

    Raises:
        subprocess.SubprocessError: it failed, or took longer than ten minutes.

    Example:
        >>> memory_mb.__name__  # it starts a process; the tests show it at work
        'memory_mb'
    """
    asked = [way.name, str(folder), stem, str(threads), str(inputs)]
    done = subprocess.run(
        [sys.executable, "-m", "benches.runtime_ways", *asked],
        capture_output=True, text=True, timeout=CHILD_S, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout.splitlines()[-1]))


def _resident_mb() -> float:
    """Of this process; Linux alone tells it so."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(x for x in status.splitlines() if x.startswith("VmRSS"))
    return float(line.split()[1]) * 1024 / 1e6


def _main() -> None:
    name, folder, stem, threads, inputs = sys.argv[1:]
    way = WAYS[name]
    with np.load(inputs, allow_pickle=False) as stored:
        given = {x: stored[x] for x in stored.files}
    # Packages first: what they take is no model's.
    if way.device:
        open_runtime(
            load_model("builtin/bearing").bundle.path("lines.onnx"), "", 1, way.device
        ).run({"x": np.zeros((1, 271), np.float32)})
    else:
        import faultlens.models.vision_language.load
        import faultlens.runtimes.with_torch  # noqa: F401
    before = _resident_mb()
    model = opened(way, Path(folder), stem, int(threads))
    for _ in range(3):
        model.run(given)
    print(json.dumps(round(_resident_mb() - before, 1)))


if __name__ == "__main__":
    _main()
