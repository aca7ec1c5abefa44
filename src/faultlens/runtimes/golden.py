"""Golden outputs: embeddings that a bundle brings along, to be computed again where it runs."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from faultlens.core.errors import BundleError, UnknownNameError
from faultlens.runtimes.bundle import HALF, PRECISION, Bundle
from faultlens.runtimes.devices import CPU, device_in_use
from faultlens.runtimes.fields import damaged
from faultlens.runtimes.opened import open_runtime
from faultlens.runtimes.with_onnx import EMBEDDING, AbstractRuntime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Expected = NDArray[np.float32] | Mapping[str, NDArray[np.float32]]

GOLDEN = "golden.npz"

WEIGHTS = ".weights"
"""Ending of a file of arrays that ONNX files of the bundle read."""

LARGEST_DIFFERENCE = 1e-3
"""Of one number of a unit row: processors round differently, far below it."""

LARGEST_ALLOWED = 0.1
"""Of one number of a unit row, whatever a bundle states."""

LARGEST_GOLDEN_BYTES = 100_000_000
"""Unpacked; a few inputs are enough."""


def golden_bytes(
    runs: "Mapping[str, tuple[Mapping[str, NDArray[Any]], Expected]]",
    *,
    allowed: Mapping[str, float] | None = None,
) -> bytes:
    """The file golden.npz of a bundle; the same runs give the same bytes.

    Args:
        runs: stem of the ONNX file -> (its inputs by name, each (batch, ...); the embeddings
            expected, (batch, dim), or where it has several outputs, each by its name).
        allowed: stem -> largest difference of a number, where the usual one is too strict: whole
            numbers of 8 bits are rounded otherwise by another processor.

    Example:
        >>> content = golden_bytes({"text": ({"ids": np.ones((2, 3))}, np.eye(2))})
        >>> np.load(io.BytesIO(content)).files
        ['text/in/ids', 'text/out']
    """
    arrays: dict[str, NDArray[Any]] = {}
    for stem, (inputs, expected) in runs.items():
        arrays |= {f"{stem}/in/{name}": array for name, array in inputs.items()}
        if isinstance(expected, Mapping):
            arrays |= {f"{stem}/out/{name}": array for name, array in expected.items()}
        else:
            arrays[f"{stem}/out"] = expected
    arrays |= {f"{stem}/allowed": np.array(x) for stem, x in (allowed or {}).items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def golden_run(
    bundle: Bundle, stem: str
) -> "tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.float32]], float]":
    """The golden inputs and outputs of one encoder, and the difference that its bundle allows.

    Args:
        bundle: whose golden.npz is meant.
        stem: of the encoder's ONNX file.

    Returns:
        inputs by name, each (batch, ...); outputs by name, each (batch, dim) or with more axes; the
        largest difference of a number.

    Raises:
        BundleError: it brings no golden outputs of that encoder.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> inputs, outputs, allowed = golden_run(load_model("builtin/bearing").bundle, "lines")
        >>> inputs["x"].shape, outputs["embedding"].shape, allowed
        ((4, 271), (4, 256), 0.001)
    """
    return _read(bundle.path(GOLDEN), stem)


def check_golden(bundle: Bundle, stem: str, *, threads: int = 1) -> float:
    """Largest difference between the golden embeddings of one encoder and those computed here.

    Computed once per process and device for the same files.

    Args:
        bundle: whose golden.npz is meant.
        stem: of the encoder's ONNX file.
        threads: processor threads of one pass.

    Raises:
        UnknownNameError: the bundle has no such encoder.
        BundleError: it brings no golden outputs, or this machine computes others.
        MissingPackageError: the device in use does not start here.

    Example:
        >>> from faultlens.runtimes.card import ModelCard
        >>> card = ModelCard("Nothing.", "MIT", "none", (), "An example.")
        >>> empty = Bundle(Path("/nowhere"), "mine/x", "text", card, {}, (), {}, None, {})
        >>> check_golden(empty, "text")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown encoder of mine/x 'text'. Known: none.
    """
    return _checked(bundle, stem, threads)[1]


def checked_runtime(bundle: Bundle, stem: str, *, threads: int = 1) -> AbstractRuntime:
    """The runtime of one encoder, its golden outputs checked.

    Args:
        bundle: read and checked.
        stem: of the encoder's ONNX file.
        threads: processor threads of one pass.

    Raises:
        UnknownNameError: the bundle has no such encoder.
        BundleError: it brings no golden outputs, or this machine computes others.
        MissingPackageError: the device in use does not start here.

    Example:
        >>> from faultlens.runtimes.card import ModelCard
        >>> card = ModelCard("Nothing.", "MIT", "none", (), "An example.")
        >>> empty = Bundle(Path("/nowhere"), "mine/x", "text", card, {}, (), {}, None, {})
        >>> checked_runtime(empty, "text")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown encoder of mine/x 'text'. Known: none.
    """
    return _checked(bundle, stem, threads)[0]


def _checked(bundle: Bundle, stem: str, threads: int) -> tuple[AbstractRuntime, float]:
    """On the device in use."""
    model, golden = _model(bundle, stem), bundle.path(GOLDEN)
    marks = (_mark(bundle, model), bundle.files[GOLDEN])
    half = bundle.preparation.get(PRECISION) == HALF
    return _opened(model, golden, marks, threads, device_in_use(), half)


def _mark(bundle: Bundle, model: Path) -> str:
    """Hash of an encoder and of the arrays that its file may have laid beside it."""
    beside = sorted(x for x in bundle.files if x.endswith(WEIGHTS))
    return "".join(bundle.files[x] for x in (model.name, *beside))


def _model(bundle: Bundle, stem: str) -> Path:
    stems = [Path(name).stem for name in bundle.files if name.endswith(".onnx")]
    if stem not in stems:
        raise UnknownNameError(f"encoder of {bundle.name}", stem, stems)
    return bundle.path(f"{stem}.onnx")


@cache
def _opened(
    model: Path, golden: Path, marks: tuple[str, str], threads: int, device: str, half: bool
) -> tuple[AbstractRuntime, float]:
    """A runtime, and how far it is from the golden outputs; other hashes make it another."""
    inputs, expected, allowed = _read(golden, model.stem)
    # What is kept in half precision a device may compute so, where rounding was allowed for.
    rounds = half and device != CPU and allowed > LARGEST_DIFFERENCE
    runtime = open_runtime(model, marks[0], threads, device, half=rounds)
    found = runtime.outputs(inputs, list(expected))
    difference = float(np.max([_largest(found[name], x) for name, x in expected.items()]))
    # Written so that a difference that is no number is refused too.
    if not difference <= allowed:
        raise BundleError(
            f"{model} computes other embeddings here{_on(device)} than where it was made: they "
            f"differ by {difference:.2g}, {allowed:g} is allowed. "
            "Use the versions of constraints.txt, or fetch the bundle again."
        )
    return runtime, difference


def _on(device: str) -> str:
    return "" if device == CPU else f" on {device}"


def _largest(found: "NDArray[np.float32]", expected: "NDArray[np.float32]") -> float:
    if found.shape != expected.shape:
        return np.inf
    return float(np.max(np.abs(found - expected), initial=0.0))


def _read(
    golden: Path, stem: str
) -> "tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.float32]], float]":
    """Inputs by name, each (batch, ...); outputs by name; the difference allowed."""
    where = str(golden.parent)
    try:
        with zipfile.ZipFile(golden) as packed:
            if sum(x.file_size for x in packed.infolist()) > LARGEST_GOLDEN_BYTES:
                raise ValueError("it unpacks to more than 100 MB")
        with np.load(golden, allow_pickle=False) as arrays:
            inputs = _under(arrays, f"{stem}/in/")
            outputs = _under(arrays, f"{stem}/out/") or {EMBEDDING: arrays[f"{stem}/out"]}
            given = f"{stem}/allowed"
            allowed = float(arrays[given]) if given in arrays else LARGEST_DIFFERENCE
    except (KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(where, f"{GOLDEN} cannot be read ({error})") from error
    return inputs, outputs, min(allowed, LARGEST_ALLOWED)


def _under(arrays: "Mapping[str, NDArray[Any]]", start: str) -> "dict[str, NDArray[Any]]":
    return {x.removeprefix(start): arrays[x] for x in arrays if x.startswith(start)}
