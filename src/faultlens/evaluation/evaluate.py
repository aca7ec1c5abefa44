"""`evaluate`: a checkpoint held against labelled recordings, and the floors beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.registry import open_dataset
from faultlens.datasets.splits import PROTOCOLS, refuse_leak
from faultlens.datasets.windows import LabelledWindows, cut_windows
from faultlens.evaluation.answers import (
    Asked,
    Noise,
    adapted_answers,
    answers,
    asked,
    condition_arrays,
)
from faultlens.evaluation.floors import LINEAR, RULE, linear_floor, training_free_floor
from faultlens.evaluation.predictions import Predictions
from faultlens.models.checkpoint import ADAPTER, Checkpoint
from faultlens.models.restored import RestoredModel

NO_ADAPTER, NOT_ADAPTED = "without-adapter", "the same model, not adapted"

SAME_RECORDINGS = Notice(
    en="Pieces of the same recordings were trained on: this protocol ('seed') shows that a model "
    "works at all, not how it does on another day, speed or bearing.",
    zh="训练中用过同一记录的其他片段：该协议（seed）只说明模型可以工作，不能说明其在其他日期、转速或轴承上的表现。",
)

Floors = dict[str, Predictions | Notice]


@dataclass(frozen=True)
class Trial:
    """What a checkpoint is put to.

    Args:
        protocol: rung of the ladder that the test must fulfil; None says which one it fulfils.
        by: property that a group-wise protocol holds out, where it is not its own.
        noise: added to the windows of the test, and to those adapted to; None for none.
        over: what intervals are drawn over, "recordings" or "bearings".
        adapt_to: recordings whose windows, never their labels, the model adapts to first; None
            leaves it as it is.
    """

    protocol: str | None = None
    by: str | None = None
    noise: Noise | None = None
    over: str = "recordings"
    adapt_to: Sequence[LabelledRecording] | None = None


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What came of it.

    Args:
        predictions: the checkpoint's answers.
        floors: what others answer to the same windows, or why they do not.
        about: what a reader must know, for `write_evaluation`.
    """

    predictions: Predictions
    floors: Floors
    about: Mapping[str, Any]


def evaluate(
    checkpoint: Checkpoint,
    recordings: Sequence[LabelledRecording],
    trial: Trial,
    *,
    train_data: Path | None = None,
    device: str = "cpu",
    quiet: bool = False,
) -> Evaluated:
    """Ask a checkpoint about recordings that it must not have seen.

    Args:
        checkpoint: read.
        recordings: labelled.
        trial: what it is put to.
        train_data: what it was trained on, for the floor that learns from it too; None looks where
            it lay then.
        device: "cpu", "cuda" ...
        quiet: no progress bar.

    Raises:
        UsageError: the test leaks, or the recordings do not fit the checkpoint.
        InputError: recordings that cannot be cut or prepared.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> evaluate(read_checkpoint("/nowhere"), [], Trial())
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    fulfilled = checked_protocol(checkpoint, recordings, trial)
    question = asked(checkpoint, recordings, noise=trial.noise)
    model = RestoredModel(checkpoint, device=device)
    notices: tuple[Notice, ...] = ()
    if trial.adapt_to is None:
        found = answers(question, model, over=trial.over)
    else:
        found, notices = adapted_answers(
            question,
            model,
            condition_arrays(checkpoint, trial.adapt_to, noise=trial.noise),
            over=trial.over,
        )
    about = {
        "protocol": fulfilled if trial.by is None else f"{fulfilled}, by {trial.by}",
        "interval_over": trial.over,
        "unseen": question.unseen,
        "warnings": [*([SAME_RECORDINGS] if fulfilled == "seed" else []), *notices],
        "seeds": [checkpoint.settings[checkpoint.stage]["training"]["seed"]],
        "settings": settings_told(checkpoint, trial),
        "model": {
            "name": checkpoint.folder.name,
            "sha256": checkpoint.files["model.safetensors"],
            "reference": checkpoint.reference,
        },
    }
    return Evaluated(found, _floors(question, model, found, trial, train_data, quiet), about)


def checked_protocol(
    checkpoint: Checkpoint, recordings: Sequence[LabelledRecording], trial: Trial
) -> str:
    """The protocol that a test fulfils: the one asked for, or the hardest that it does.

    Args:
        checkpoint: says what it was trained on.
        recordings: of the test.
        trial: what is asked for.

    Raises:
        UsageError: something would be on both sides; says what.

    Example:
        >>> from types import SimpleNamespace
        >>> from faultlens.datasets.labelled import Origin
        >>> from faultlens.signals.signal import Signal
        >>> here = SimpleNamespace(origins=[Origin("rig", "monday", "healthy", "20 Hz")])
        >>> wave = Signal([0.0, 1.0], 2.0)
        >>> later = LabelledRecording("rig", "tuesday", "healthy", wave, "20 Hz")
        >>> checked_protocol(SimpleNamespace(trained_on=here), [later], Trial())
        'recording-disjoint'
    """
    seen = checkpoint.trained_on.origins
    if trial.protocol is None and trial.by is not None:
        raise UsageError(
            f"by '{trial.by}' was given without a protocol; name the one that holds it out, such "
            "as --protocol condition-disjoint."
        )
    if trial.protocol is not None:
        refuse_leak(seen, recordings, trial.protocol, by=trial.by)
        return trial.protocol
    refuse_leak(seen, recordings, "seed")
    fulfilled = "seed"
    for protocol in PROTOCOLS[1:5]:
        try:
            refuse_leak(seen, recordings, protocol)
        except UsageError:
            break
        fulfilled = protocol
    return fulfilled


def settings_told(checkpoint: Checkpoint, trial: Trial) -> dict[str, str]:
    """What decided the figures, in words, for the report.

    Args:
        checkpoint: that was tested.
        trial: what it was put to.

    Example:
        >>> from types import SimpleNamespace
        >>> seen = SimpleNamespace(dataset="bearingset", windows=850)
        >>> text = SimpleNamespace(reference="builtin/text@c2899c66320a", prompts=("A {} bearing",))
        >>> told = settings_told(SimpleNamespace(
        ...     stage="zero_shot", encoder=SimpleNamespace(name="spectrum"), text=text,
        ...     preparation={"kind": "spectrum", "window": 1024}, trained_on=seen), Trial())
        >>> told["window"], told["trained on"]
        ('1024 samples', 'bearingset, 850 windows')
    """
    told = {
        "encoder": checkpoint.encoder.name,
        "text model": checkpoint.text.reference,
        "prompts": "; ".join(checkpoint.text.prompts),
        "stage": checkpoint.stage,
        "preparation": str(checkpoint.preparation["kind"]),
        "window": f"{checkpoint.preparation['window']} samples",
        "trained on": f"{checkpoint.trained_on.dataset}, {checkpoint.trained_on.windows} windows",
    }
    if trial.adapt_to is not None:
        told["adapted to"] = f"{len(trial.adapt_to)} recordings, without their labels"
    if trial.noise is not None:
        told["noise added"] = f"{trial.noise.snr_db:g} dB signal to noise"
    return told


def _floors(
    question: Asked,
    model: RestoredModel,
    found: Predictions,
    trial: Trial,
    train_data: Path | None,
    quiet: bool,
) -> Floors:
    floors: Floors = {}
    learned = _trained_windows(question, train_data)
    if isinstance(learned, Notice):
        floors[LINEAR] = learned
    else:
        floors[LINEAR] = linear_floor(
            learned, question.windows, found, adapted=trial.adapt_to is not None
        )
    floors[RULE] = training_free_floor(question.windows, found, quiet=quiet)
    if trial.adapt_to is not None:
        floors[NOT_ADAPTED] = answers(question, model, over=trial.over)
    if question.checkpoint.stage == ADAPTER:
        floors[NO_ADAPTER] = answers(question, model.without_adapter(), over=trial.over)
    return floors


def _trained_windows(question: Asked, folder: Path | None) -> LabelledWindows | Notice:
    """The windows that the checkpoint was trained on, for the floor that learns from them too."""
    seen = question.checkpoint.trained_on
    place = folder or (Path(seen.folder) if seen.folder else None)
    known = {x.sha256 for x in seen.origins}
    why = f"the data that the model was trained on is not at '{place or ''}' (--train-data)"
    there = place is not None and place.exists()
    try:
        read = open_dataset(place, name=seen.dataset or None) if place and there else None
    except InputError as error:
        read, why = None, str(error)
    chosen = [] if read is None else [x for x in read.recordings if x.sha256 in known]
    if not chosen:
        return Notice(
            en=f"It learns from the training windows, and {why}.",
            zh=f"该基线需要训练窗口，但在“{place or ''}”找不到训练数据（--train-data）。",
        )
    preparation = question.checkpoint.preparation
    return cut_windows(
        chosen, window=preparation["window"], sample_rate_hz=preparation["sample_rate_hz"]
    )
