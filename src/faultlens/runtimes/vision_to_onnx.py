"""From a vision-language model of Hugging Face to an image bundle that runs without torch."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.core.optional import optional_import
from faultlens.models.vision_language.load import VisionLanguage, example_ids, example_pixels
from faultlens.runtimes.bundle import LARGEST_FILE_BYTES, PRECISION, Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.golden import GOLDEN, golden_bytes
from faultlens.runtimes.image_model import (
    AT_ONCE,
    FEATURES,
    IMAGE,
    KIND,
    PATCHES,
    PIXELS,
    WHOLE,
    WINDOWS,
    WINDOWS2,
    WINDOWS3,
)
from faultlens.runtimes.image_words import IDS, WORDS
from faultlens.runtimes.loaded import TEXT_ENCODER, TOKENIZER
from faultlens.runtimes.parity import parity
from faultlens.runtimes.precisions import (
    ALLOWED,
    LOWEST_COSINE,
    checked_precision,
    write_small,
)
from faultlens.runtimes.to_onnx import export_onnx
from faultlens.runtimes.with_onnx import EMBEDDING, OnnxRuntime

Tensor: TypeAlias = Any
Module: TypeAlias = Any
"""Of torch, which this file does not import: the rooms of torch make both and run them."""

LARGEST_DIFFERENCE = 1e-3
"""Between torch and ONNX Runtime in single precision, of one number of a unit row."""

GOLDEN_ROWS = 2

_OUTPUTS = {
    IMAGE: (IMAGE, PATCHES, FEATURES),
    WHOLE: (IMAGE,),
    WINDOWS: (WINDOWS2, WINDOWS3),
    TEXT_ENCODER: (EMBEDDING,),
}


def export_vision_language(
    loaded: VisionLanguage,
    folder: str | Path,
    *,
    precision: str = "fp32",
    name: str | None = None,
    licence: str | None = None,
) -> Bundle:
    """Write a model of pictures and words as a bundle; from then on it runs without torch.

    The ONNX files are run and held against the torch modules before the bundle is written.

    Args:
        loaded: read by `load_vision_language`.
        folder: bundle to write; one that holds anything but a bundle is left alone.
        precision: "fp32", "fp16" or "int8".
        name: how results call it; None takes the model's own.
        licence: its terms; None takes what its folder states.

    Raises:
        UnknownNameError: another precision.
        UsageError: the folder holds something else, or the model is too large for that precision.
        BundleError: an ONNX file computes something else, or whole numbers lose too much.
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> export_vision_language(None, "mine", precision="int4")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown precision 'int4'. Nearest: int8. Known: ...
    """
    checked_precision(precision)
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        modules, inputs = _modules(loaded), _inputs(loaded)
        with tempfile.TemporaryDirectory() as single:
            write_small(_singles(modules, inputs, Path(single)), made, precision)
        files: dict[str, Path | bytes] = {x.name: x for x in sorted(made.iterdir())}
        modules[WHOLE], inputs[WHOLE] = modules[IMAGE], inputs[IMAGE]
        goldens = {stem: _first_rows(x, GOLDEN_ROWS) for stem, x in inputs.items()}
        runs = {stem: (x, _run(made / f"{stem}.onnx", x)) for stem, x in goldens.items()}
        kept = _checked_loss(modules, runs, precision)
        allowed = dict.fromkeys(runs, ALLOWED[precision]) if precision in ALLOWED else None
        files[GOLDEN] = golden_bytes(runs, allowed=allowed)
        files[TOKENIZER] = loaded.tokenizer
        return write_bundle(
            folder,
            name=name or bundle_name(loaded, precision),
            kind=KIND,
            card=_card(loaded, precision, kept, licence or loaded.licence),
            preparation=_preparation(loaded, precision),
            classes=[],
            calibration=loaded.calibration,
            text=None,
            files=files,
        )


def bundle_name(loaded: VisionLanguage, precision: str) -> str:
    """How results call an exported model: its own name, or its folder's, and the precision.

    Args:
        loaded: the model.
        precision: of its weights.

    Example:
        >>> from types import SimpleNamespace
        >>> bundle_name(SimpleNamespace(name="openai/clip-vit-base-patch32"), "int8")
        'openai/clip-vit-base-patch32-int8'
    """
    folder = Path(loaded.name).expanduser()
    plain = folder.resolve().name if folder.is_dir() else loaded.name
    return f"{plain}-{precision}"


def _modules(loaded: VisionLanguage) -> dict[str, Module]:
    modules: dict[str, Module] = {IMAGE: loaded.vision, TEXT_ENCODER: loaded.words}
    if loaded.windows is not None:
        modules[WINDOWS] = loaded.windows
    for stem, module in modules.items():
        numbers = sum(x.numel() for x in module.parameters())
        if numbers * 4 > LARGEST_FILE_BYTES:
            raise UsageError(
                f"The {'words' if stem == TEXT_ENCODER else 'pictures'} of {loaded.name} have "
                f"{numbers / 1e6:.0f} million weights; up to {LARGEST_FILE_BYTES / 4e6:.0f} "
                "million can be exported. Take a smaller one of the same family."
            )
    return modules


def _inputs(loaded: VisionLanguage) -> dict[str, Mapping[str, Tensor]]:
    """Two rows to export with, and one more to be checked by: another length of the batch."""
    pixels = {PIXELS: example_pixels(loaded, GOLDEN_ROWS + 1)}
    found: dict[str, Mapping[str, Tensor]] = {
        IMAGE: pixels,
        TEXT_ENCODER: {IDS: example_ids(loaded, GOLDEN_ROWS + 1)},
    }
    if loaded.windows is not None:
        found[WINDOWS] = pixels
    return found


def _singles(
    modules: Mapping[str, Module], inputs: Mapping[str, Mapping[str, Tensor]], folder: Path
) -> dict[str, Path]:
    """Files of all modules in single precision, by stem."""
    paths = {stem: folder / f"{stem}.onnx" for stem in modules}
    for stem, path in paths.items():
        _write_single(modules[stem], inputs[stem], path)
    return paths


def _write_single(module: Module, example: Mapping[str, Tensor], path: Path) -> None:
    """Write a module in single precision, and hold the file against it."""
    names = _OUTPUTS[path.stem]
    axes = {0: "batch"}
    if IDS in example and _takes_any_length(module):
        axes[1] = "token"
    two = {name: x[:2] for name, x in example.items()}
    export_onnx(module, two, path, dynamic=dict.fromkeys(example, axes), outputs=names)
    parity(module, path, example, bound=LARGEST_DIFFERENCE, outputs=names)
    if 1 in axes:
        shorter = {name: x[:, -5:] for name, x in example.items()}
        parity(module, path, shorter, bound=LARGEST_DIFFERENCE, outputs=names)


def _takes_any_length(words: Any) -> bool:
    """Only SigLIP's words always have the same number of tokens."""
    return bool(words.any_length)


def _first_rows(example: Mapping[str, Tensor], rows: int) -> dict[str, NDArray[Any]]:
    return {name: x[:rows].numpy() for name, x in example.items()}


def _run(path: Path, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    names = _OUTPUTS[path.stem]
    return OnnxRuntime(path).outputs(inputs, names)


def _checked_loss(
    modules: Mapping[str, Module],
    runs: Mapping[str, tuple[Mapping[str, NDArray[Any]], Mapping[str, NDArray[np.float32]]]],
    precision: str,
) -> dict[str, float]:
    """Lowest cosine of each output with single precision; too low a one is refused."""
    torch: Any = optional_import("torch", extra="train")
    kept: dict[str, float] = {}
    for stem, (inputs, found) in runs.items():
        with torch.inference_mode():
            given = modules[stem](*(torch.from_numpy(x) for x in inputs.values()))
        expected = [given] if stem == TEXT_ENCODER else given
        for name, single in zip(_OUTPUTS[stem], expected, strict=stem != WHOLE):
            kept[name] = float((found[name] * single.numpy()).sum(axis=1).min())
    worst = min(kept, key=lambda x: kept[x])
    # Written so that a cosine that is no number is refused too.
    if precision in LOWEST_COSINE and not kept[worst] >= LOWEST_COSINE[precision]:
        raise BundleError(
            f"In {precision}, '{worst}' has a cosine of {kept[worst]:.4f} with single precision; "
            f"{LOWEST_COSINE[precision]:g} at least is asked for. "
            f"Export it as {'fp16' if precision == 'int8' else 'fp32'}."
        )
    return kept


def _preparation(loaded: VisionLanguage, precision: str) -> dict[str, Any]:
    alone: dict[str, Any] = {} if precision == "fp32" else {PRECISION: precision}
    if precision == "int8":
        alone[AT_ONCE] = 1
    return {**loaded.preparation.to_dict(), **alone, WORDS: asdict(loaded.word_facts)}


def _card(
    loaded: VisionLanguage, precision: str, kept: Mapping[str, float], licence: str
) -> ModelCard:
    size = loaded.preparation.size
    rows, columns = loaded.vision.embedding.grid
    told = ", ".join(f"{name} {cosine:.4f}" for name, cosine in kept.items())
    return ModelCard(
        summary=f"Pictures and sentences in, places in one space out: {loaded.name}, squeezed to "
        f"{size} x {size} pixels, {rows} x {columns} places, {precision}.",
        licence=licence,
        training_data="That of its makers, see the source; nothing was trained here.",
        results=(
            CardResult(
                f"lowest cosine with single precision on {GOLDEN_ROWS} made pictures",
                told,
                f"faultlens export hf:{loaded.name} --precision {precision}",
            ),
        ),
        limits="Nothing was measured on defects: try it on your own parts, and calibrate it on "
        "normal ones. Makers of such models put deployment without tests of one's own out of "
        "scope. Pictures are squeezed to a square and never cropped.",
        sources=(CardSource(loaded.name, loaded.licence, loaded.sha256),),
    )
