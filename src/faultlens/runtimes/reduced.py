"""A bundle made smaller: the same model in fewer bits, with what that cost written on its card."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.core.optional import optional_import
from faultlens.runtimes.bundle import PRECISION, Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.golden import GOLDEN, WEIGHTS, golden_bytes, golden_run
from faultlens.runtimes.image_model import AT_ONCE, WHOLE
from faultlens.runtimes.loaded import BUILTIN, TEXT_ENCODER, Model
from faultlens.runtimes.onnx_weights import with_single_weights, with_small_weights
from faultlens.runtimes.precisions import (
    ALLOWED,
    LOWEST_COSINE,
    checked_precision,
    write_small,
)
from faultlens.runtimes.static_int8 import with_static_int8
from faultlens.runtimes.trial import LARGEST_DROP, Drop, Trial, drops, refuse_drop
from faultlens.runtimes.with_onnx import OnnxRuntime

if TYPE_CHECKING:
    from onnx import ModelProto

Run = tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True)
class Reduced:
    """A bundle in fewer bits, and what that cost.

    Args:
        bundle: written.
        drops: of the figures that were measured, before and after.
        lowest_cosines: output -> lowest cosine of a row with single precision.
    """

    bundle: Bundle
    drops: tuple[Drop, ...]
    lowest_cosines: Mapping[str, float]


def reduced_bundle(
    source: Model,
    folder: str | Path,
    *,
    precision: str,
    trial: Trial,
    name: str | None = None,
    licence: str | None = None,
    largest_drop: float = LARGEST_DROP,
    command: str = "",
) -> Reduced:
    """Write a bundle in fewer bits; refused, and nothing written, if it loses too much.

    Its figures are measured before and after on the trial's inputs, its outputs are held against
    those of its source, and its golden outputs are computed anew.

    Args:
        source: in single precision.
        folder: bundle to write; one that holds anything but a bundle is left alone.
        precision: "fp16" or "int8".
        trial: calibration inputs and held-out ones.
        name: how results call it; None takes the source's name and the precision.
        licence: its terms; None takes the source's.
        largest_drop: of a figure from 0 to 1 that is let pass.
        command: that does it again, for the card.

    Raises:
        UnknownNameError: another precision.
        UsageError: single precision, which its source has, or a source that has fewer bits already;
            or the folder holds something else.
        BundleError: it loses too much.
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> trial = Trial("nothing", lambda model: {})
        >>> reduced_bundle(load_model("builtin/text"), "x", precision="fp32", trial=trial)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... is in fp32 already; ...
    """
    bundle = source.bundle
    stated = bundle.preparation.get(PRECISION, "fp32")
    if checked_precision(precision) == "fp32" or stated != "fp32":
        raise UsageError(
            f"{source.reference} is in {stated} already; give a model in single precision, and "
            "--precision fp16 or int8."
        )
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary) / "onnx"
        made.mkdir()
        _write_onnx(bundle, made, precision, trial)
        files = _files(bundle, made, precision, trial)
        draft = write_bundle(
            Path(temporary) / "draft",
            name=name or f"{bundle.name.removeprefix(BUILTIN)}-{precision}",
            kind=bundle.kind,
            card=bundle.card,
            preparation=_preparation(bundle, precision),
            classes=bundle.classes,
            calibration=bundle.calibration,
            text=bundle.text,
            files=files,
        )
        cosines = _lowest_cosines(bundle, draft, trial)
        _refuse_unlike(cosines, precision)
        found = drops(trial, source, Model(draft))
        refuse_drop(found, largest=largest_drop, precision=precision, what=trial.what)
        told = _card(source, precision, trial, found, cosines, command)
        written = write_bundle(
            folder,
            name=draft.name,
            kind=draft.kind,
            card=told if licence is None else replace(told, licence=licence),
            preparation=draft.preparation,
            classes=draft.classes,
            calibration=draft.calibration,
            text=draft.text,
            files={x: draft.path(x) for x in draft.files},
        )
    return Reduced(written, found, cosines)


def _write_onnx(bundle: Bundle, made: Path, precision: str, trial: Trial) -> None:
    """The ONNX files of the reduced bundle, and the weights beside them."""
    stems = _stems(bundle)
    if any(x.endswith(WEIGHTS) for x in bundle.files):
        # Pictures and words: several files share the weights of the picture side.
        singles = {x: bundle.path(f"{x}.onnx") for x in stems if x != WHOLE}
        write_small(singles, made, precision)
        return
    onnx: Any = optional_import("onnx", extra="train")
    for stem in stems:
        path = bundle.path(f"{stem}.onnx")
        model: ModelProto = onnx.load(path)
        if not _row_names(bundle, stem):
            # Its numbers are compared with a fixed level: they stay.
            (made / path.name).write_bytes(path.read_bytes())
            continue
        if precision == "fp16":
            with_small_weights(model, precision)
        elif stem in trial.calibration:
            model = with_static_int8(path, trial.calibration[stem])
        elif stem == TEXT_ENCODER:
            # Sentences are asked once and remembered: speed is not what matters.
            with_single_weights(model)
            with_small_weights(model, precision)
        (made / path.name).write_bytes(model.SerializeToString(deterministic=True))


def _files(bundle: Bundle, made: Path, precision: str, trial: Trial) -> dict[str, Path | bytes]:
    """All files of the reduced bundle; what is no encoder stays as it is."""
    written: dict[str, Path | bytes] = {x.name: x for x in sorted(made.iterdir())}
    kept = {x: bundle.path(x) for x in bundle.files if not x.endswith((".onnx", WEIGHTS))}
    stems = _stems(bundle)
    runs: dict[str, Run] = {}
    for stem in stems:
        own, outputs, _ = golden_run(bundle, stem)
        inputs = dict(trial.golden.get(stem, own))
        found = OnnxRuntime(made / f"{stem}.onnx").outputs(inputs, list(outputs))
        runs[stem] = (inputs, found)
    allowed = {x: ALLOWED[precision] for x in stems if _row_names(bundle, x)}
    return {**kept, **written, GOLDEN: golden_bytes(runs, allowed=allowed)}


def _stems(bundle: Bundle) -> list[str]:
    return sorted(Path(x).stem for x in bundle.files if x.endswith(".onnx"))


def _preparation(bundle: Bundle, precision: str) -> dict[str, Any]:
    # With ranges read as they come, a picture must not depend on its neighbours.
    mixing = precision == "int8" and any(x.endswith(WEIGHTS) for x in bundle.files)
    alone = {AT_ONCE: 1} if mixing else {}
    return {**bundle.preparation, PRECISION: precision, **alone}


def _lowest_cosines(single: Bundle, reduced: Bundle, trial: Trial) -> dict[str, float]:
    """Of unit rows of each encoder, over golden inputs and those of the calibration."""
    found: dict[str, float] = {}
    for stem in _stems(single):
        names = _row_names(single, stem)
        if not names:
            continue
        passes = [golden_run(single, stem)[0], *trial.calibration.get(stem, ())]
        before, after = (OnnxRuntime(x.path(f"{stem}.onnx")) for x in (single, reduced))
        for given in passes:
            rows = [x.outputs(given, names) for x in (before, after)]
            for name in names:
                cosine = float(np.min((rows[0][name] * rows[1][name]).sum(axis=1)))
                found[stem] = min(found.get(stem, 1.0), cosine)
    return found


def _row_names(bundle: Bundle, stem: str) -> list[str]:
    """Outputs that are unit rows; places and features are many, and rough each by itself."""
    return [name for name, rows in golden_run(bundle, stem)[1].items() if rows.ndim == 2]


def _refuse_unlike(cosines: Mapping[str, float], precision: str) -> None:
    worst = min(cosines, key=lambda x: cosines[x])
    # Written so that a cosine that is no number is refused too.
    if not cosines[worst] >= LOWEST_COSINE[precision]:
        raise BundleError(
            f"In {precision}, '{worst}' has a cosine of {cosines[worst]:.4f} with single "
            f"precision; {LOWEST_COSINE[precision]:g} at least is asked for. Calibrate with inputs "
            "like those that it will see (--calibration), or export it as "
            f"{'fp16' if precision == 'int8' else 'fp32'}."
        )


def _card(
    source: Model,
    precision: str,
    trial: Trial,
    found: tuple[Drop, ...],
    cosines: Mapping[str, float],
    command: str,
) -> ModelCard:
    card, bundle = source.card, source.bundle
    measured = CardResult(
        f"{precision} against single precision, {trial.what}", "; ".join(map(str, found)), command
    )
    alike = CardResult(
        "lowest cosine of a row with single precision"
        + (f", {trial.calibrated_on}" if trial.calibrated_on else ""),
        ", ".join(f"{name} {cosine:.4f}" for name, cosine in cosines.items()),
        command,
    )
    before = (replace(x, what=f"in single precision, {x.what}") for x in card.results)
    return ModelCard(
        summary=f"{card.summary} In {precision}, from {source.reference}.",
        licence=card.licence,
        training_data=card.training_data,
        results=(measured, alike, *before),
        limits=card.limits,
        sources=(CardSource(source.reference, card.licence, bundle.sha256), *card.sources),
    )
