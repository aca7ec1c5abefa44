"""The card of an exported model: what it was trained on, what was measured, and where it ends."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.models.checkpoint import BEST, Checkpoint
from faultlens.runtimes.card import CardResult, CardSource, ModelCard

METRICS = "metrics.json"
LARGEST_METRICS_BYTES = 50_000_000

AS_THE_DATA = "as the training data"
"""Licence of a model whose maker states none."""

FIGURES = (
    ("accuracy", ("accuracy",)),
    ("macro F1", ("f1", "macro")),
    ("macro AUROC", ("auroc", "macro")),
    ("false alarms on healthy windows", ("false_alarms_on_healthy",)),
    ("expected calibration error", ("expected_calibration_error",)),
)
"""What a card tells of an evaluation: name, place in `metrics.json`."""

SHOWN = 8
"""Machines, conditions and bearings that are listed by name."""


def checkpoint_card(
    checkpoint: Checkpoint,
    *,
    licence: str = AS_THE_DATA,
    terms: str = "",
    doubts: str = "",
    evaluation: Path | None = None,
    sources: tuple[CardSource, ...] = (),
) -> ModelCard:
    """What a user must know of a trained model.

    Args:
        checkpoint: read.
        licence: terms of the model, as its maker states them.
        terms: of the data that it was trained on; empty where nobody said.
        doubts: what else speaks against trusting it, in sentences.
        evaluation: folder or `metrics.json` of an evaluation of this very checkpoint.
        sources: what its text model was made from.

    Raises:
        UnreadableFileError: the evaluation cannot be read.
        UsageError: it is of another model.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> checkpoint_card(read_checkpoint("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    seen, made = checkpoint.trained_on, checkpoint.preparation
    name = seen.dataset or "recordings of no named data set"
    limits = (
        f"Learned from {name} alone: {_listed(checkpoint)}. Expect less on other machines, "
        "conditions and bearings, and measure it there first (faultlens evaluate). A fault that it "
        f"was not trained on is taken for one of its classes, or for unknown. {doubts}"
    )
    data = CardSource(
        name, terms or "not stated; ask whoever owns the recordings", _sha256(seen.sha256)
    )
    return ModelCard(
        summary=f"Names {', '.join(checkpoint.classes)} in a vibration recording: "
        f"{checkpoint.encoder.name} trained with {checkpoint.text.reference}.",
        licence=licence,
        training_data=f"{name}: {len(seen.origins)} recordings of {_counted(checkpoint)}; "
        f"{seen.windows} windows of {made['window']} samples at {made['sample_rate_hz']:g} Hz "
        f"learned from, {seen.validation_windows} others held out to choose the best epoch"
        f"{f' (data sha256 {seen.sha256})' if seen.sha256 else ''}. "
        f"Checkpoint {checkpoint.reference}.",
        results=(*_validated(checkpoint), *_evaluated(checkpoint, evaluation)),
        limits=limits.strip(),
        sources=(data, *sources),
    )


def _counted(checkpoint: Checkpoint) -> str:
    counts = Counter(x.label for x in checkpoint.trained_on.origins)
    return ", ".join(f"{label} ({number})" for label, number in sorted(counts.items()))


def _listed(checkpoint: Checkpoint) -> str:
    told = []
    for field, word in (
        ("machine", "machine"),
        ("condition", "condition"),
        ("specimen", "bearing"),
    ):
        values = sorted({str(getattr(x, field)) for x in checkpoint.trained_on.origins} - {""})
        more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
        if values:
            told.append(f"{word} {', '.join(values[:SHOWN])}{more}")
    return "; ".join(told) or "machines that nobody named"


def _validated(checkpoint: Checkpoint) -> list[CardResult]:
    """The best epoch's score on what was held out."""
    stage = [x for x in checkpoint.history if x.get("stage") == checkpoint.stage]
    scores = [x["validation_score"] for x in stage if x.get("validation_score") is not None]
    if not scores:
        return []
    return [
        CardResult(
            f"balanced accuracy on the {checkpoint.trained_on.validation_windows} windows that "
            "training held out and chose its epoch by: no test",
            f"{max(scores):.3f}",
            f"faultlens train --mode {checkpoint.stage}",
        )
    ]


def _evaluated(checkpoint: Checkpoint, evaluation: Path | None) -> list[CardResult]:
    if evaluation is None:
        return []
    path = evaluation / METRICS if evaluation.is_dir() else evaluation
    record = _read(path)
    model = record.get("model") or {}
    if not isinstance(model, Mapping) or model.get("sha256") != checkpoint.files[BEST]:
        raise UsageError(
            f"{path} tells of {_called(model)}, not of {checkpoint.reference}. Give the evaluation "
            f"of this checkpoint: faultlens evaluate --model {quote(str(checkpoint.folder))}"
        )
    data = record.get("data")
    name = _called(data) if data else "a test set"
    what = f"{name}, protocol {record.get('protocol')}, {record.get('windows')} windows"
    command = f"faultlens evaluate --model {quote(str(checkpoint.folder))}"
    return [
        CardResult(f"{figure} on {what}", _shown(record, place), command)
        for figure, place in FIGURES
        if _at(record, place) is not None
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_METRICS_BYTES:
            raise ValueError("it is larger than 50 MB")
        table = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(table, dict):
            raise ValueError("it holds no table")
        return table
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"{path} is no evaluation: {error}. Give the folder that 'faultlens evaluate' wrote."
        ) from error


def _called(table: object) -> str:
    known = table if isinstance(table, Mapping) else {}
    return str(known.get("reference") or known.get("name") or "another model")


def _at(record: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    found: Any = record
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _shown(record: Mapping[str, Any], place: tuple[str, ...]) -> str:
    span = _at(record.get("intervals", {}), place)
    interval = f" [{span[0]:.3f}, {span[1]:.3f}]" if isinstance(span, list) else ""
    return f"{_at(record, place):.3f}{interval}"


def _sha256(text: str) -> str:
    return text if len(text) == 64 else ""
