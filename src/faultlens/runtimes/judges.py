"""What judges a recording: learned models and the training-free rule, behind one method."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import (
    BundleError,
    MissingMetadataError,
    UnknownNameError,
    UsageError,
)
from faultlens.inputs.vibration import LINES, WINDOWS, VibrationInput
from faultlens.models import shipped
from faultlens.models.softmax import log_softmax, logsumexp
from faultlens.models.training_free import (
    CLASSES,
    PAIRS,
    SINGLES,
    allotted,
    class_of,
    judge,
    logits,
    strengths_in,
)
from faultlens.runtimes.judge import (
    PROTOTYPES,
    AbstractJudge,
    Judgement,
    Meanings,
    outside_points,
)
from faultlens.runtimes.listed import RULE, list_models
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.tuned_bundle import is_tuned
from faultlens.runtimes.vibration import KIND, points_by_reading
from faultlens.runtimes.window_judge import WindowJudge
from faultlens.text.knowledge import Fault, load_faults

RULE_SHARE = "rule_share"
"""Calibration of a reading in which the rule has a say: that of a known bearing."""


@final
class RuleJudge(AbstractJudge):
    """The training-free rule: it compares the strengths of a bearing's lines."""

    def __init__(self) -> None:
        super().__init__(shipped.reference())

    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        """See `AbstractJudge.judge`.

        Raises:
            MissingMetadataError: nobody stated speed or bearing.
        """
        if ready.evidence is None or ready.bearing is None:
            unstated = {
                "the shaft speed (shaft_rpm=, command line --rpm)": ready.stated_rpm,
                "the bearing (bearing=, command line --bearing)": ready.bearing,
            }
            missing = " and ".join(name for name, known in unstated.items() if known is None)
            raise MissingMetadataError(
                f"{shipped.NAME} compares lines at a bearing's orders and needs {missing}, which "
                f"nobody stated. State it, or let {shipped.DEFAULT} judge, which can do without."
            )
        numbers = shipped.load_calibration()
        odds = judge(ready.evidence, faults)
        return Judgement(odds, numbers.alarm_threshold, numbers.false_alarm_rate)


@final
class LearnedJudge(AbstractJudge):
    """A contrastive model: it compares a recording's point with those of the faults.

    Args:
        model: of the kind "vibration".

    Raises:
        BundleError: it has no point for each class of this version.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        rule = model.bundle.preparation.get("rule")
        if rule not in (None, shipped.reference()):
            raise BundleError(
                f"{model.reference} weighs in {rule}; here is {shipped.reference()}, with other "
                "numbers. Install the faultlens that it was made with, or make it again."
            )
        self.prototypes = _prototypes(model)
        of_class = {class_of(x): x for x in load_faults() if x.families}
        meant = tuple(of_class.get(x) for x in CLASSES)
        meanings = Meanings(model, self.prototypes, meant, outside_points(model))
        super().__init__(model.reference, meanings)

    def encoded(self, ready: Sequence[VibrationInput]) -> list[VibrationInput]:
        """See `AbstractJudge.encoded`."""
        points = points_by_reading(self.model, ready)
        return [
            replace(x, points={**x.points, self.reference: point})
            for x, point in zip(ready, points, strict=True)
        ]

    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        """See `AbstractJudge.judge`."""
        asked = frozenset(class_of(x) for x in faults if x.families)
        (seen,) = [ready] if self.reference in ready.points else self.encoded([ready])
        points = seen.points[self.reference][None]
        numbers = _numbers(self.model, ready.reading)
        # Of many geometries one always fits some lines: only those of a stated bearing count.
        doubtful = ready.evidence if ready.bearing is not None else None
        learned = log_odds(points, self.prototypes, numbers)
        if RULE_SHARE in numbers:
            learned = with_rule(learned, ready.arrays[LINES][None], numbers)
        odds = allotted(
            learned[0],
            asked=asked,
            ambiguous=() if doubtful is None else doubtful.ambiguities,
        )
        return Judgement(odds, numbers["alarm_threshold"], numbers["false_alarm_rate"])


def log_odds(
    points: NDArray[np.float32], prototypes: NDArray[np.float32], numbers: Mapping[str, float]
) -> NDArray[np.float64]:
    """Log-odds of every class, up to a constant per recording.

    Args:
        points: (recording, dim) of recordings.
        prototypes: (class, dim) of classes.
        numbers: calibration of the reading: `scale`, cosines to log-odds; `compound`, log of how
            much rarer two faults at once are in machines than among the examples; `types`, trust
            in which fault it is, 0 to 1: where the simulation tells types apart and machines do
            not, a fault shall be named as a fault, and hardly as which.

    Example:
        >>> rows = np.eye(len(CLASSES), 16, dtype=np.float32)
        >>> odds = log_odds(rows, rows, {"scale": 10.0, "compound": -1.0, "types": 1.0})
        >>> odds[1, :7]
        array([ 0., 10.,  0.,  0.,  0., -1., -1.])
    """
    odds: NDArray[np.float64] = numbers["scale"] * (points @ prototypes.T).astype(np.float64)
    odds[:, [x in PAIRS for x in CLASSES]] += numbers["compound"]
    if numbers["types"] < 1:
        faults = [x in (*SINGLES, *PAIRS) for x in CLASSES]
        of_any = logsumexp(odds[:, faults])
        odds[:, faults] = of_any + log_softmax(numbers["types"] * odds[:, faults])
    return odds


def with_rule(
    learned: NDArray[np.float64], lines: NDArray[np.floating], numbers: Mapping[str, float]
) -> NDArray[np.float64]:
    """Log-odds in which the training-free rule has a say.

    The encoders see more, the rule is misled by less: on machines unlike the simulated ones they
    fail at different recordings.

    Args:
        learned: (recording, class) log-odds of the encoders.
        lines: (recording, feature) see `inputs.line_array`.
        numbers: calibration of the reading: `rule_share`, weight of the rule, 0 to 1;
            `sharpness`, factor on the sum.

    Source: Genest and Zidek, Combining probability distributions, Statist. Sci. 1 (1986): the
    logarithmic opinion pool.

    Example:
        >>> from faultlens.inputs.line_array import LENGTH
        >>> flat = np.zeros((1, len(CLASSES)))
        >>> with_rule(flat, np.zeros((1, LENGTH)), {"rule_share": 0.3, "sharpness": 1.0}).argmax()
        np.int64(0)
    """
    rule = log_softmax(logits(strengths_in(lines), shipped.load_calibration()).T)
    share = numbers[RULE_SHARE]
    pooled = (1 - share) * log_softmax(learned) + share * rule
    sharpened: NDArray[np.float64] = numbers["sharpness"] * pooled
    return sharpened


@cache
def judge_named(model: str) -> AbstractJudge:
    """The judge of a model.

    Args:
        model: "builtin/bearing", "builtin/physics", either with its hash, or a bundle folder.

    Raises:
        UnknownNameError: no such model; the message lists those that judge vibration.
        UsageError: the model does not judge vibration.
        BundleError: its files are damaged, or it is not the one of the hash.

    Example:
        >>> judge_named("builtin/physics").reference
        'builtin/physics@...'
    """
    if model in (shipped.NAME, shipped.reference()):
        return RuleJudge()
    if model.partition("@")[0] == shipped.NAME:
        raise BundleError(
            f"'{model}' was asked for; this installation has {shipped.reference()}. "
            "Install the faultlens that had it, or leave the hash out."
        )
    try:
        loaded = load_model(model)
    except UnknownNameError as error:
        known = [x.name for x in list_models() if x.kind in (KIND, RULE)]
        raise UnknownNameError(
            "model", model, known, advice="The folder of a bundle can be given too."
        ) from error
    if loaded.kind != KIND:
        raise UsageError(
            f"{loaded.reference} takes {loaded.kind}; give a model of vibration, such as "
            f"{shipped.DEFAULT} or {shipped.NAME}."
        )
    if WINDOWS in loaded.bundle.preparation:
        return WindowJudge(loaded)
    if is_tuned(loaded):
        from faultlens.runtimes.tuned_judge import TunedJudge

        return TunedJudge(loaded)
    return LearnedJudge(loaded)


def _numbers(model: Model, reading: str) -> Mapping[str, float]:
    """Calibration of recordings that were read so."""
    try:
        table = model.bundle.calibration[reading]
        names = ["scale", "compound", "types", "alarm_threshold", "false_alarm_rate"]
        if RULE_SHARE in table:
            names += [RULE_SHARE, "sharpness"]
        return {name: float(table[name]) for name in names}
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{model.reference}: its manifest does not say how recordings read by {reading} are "
            "calibrated. Fetch it or make it again."
        ) from error


def _prototypes(model: Model) -> NDArray[np.float32]:
    classes = tuple("+".join(x) or "healthy" for x in CLASSES)
    if tuple(model.bundle.classes) != classes:
        raise BundleError(
            f"{model.reference} tells {', '.join(model.bundle.classes) or 'no classes'}; this "
            f"faultlens judges by {', '.join(classes)}. Fetch it or make it again."
        )
    path: Path = model.bundle.path(PROTOTYPES)
    with np.load(path, allow_pickle=False) as arrays:
        points: NDArray[np.float32] = arrays["classes"]
    if points.shape != (len(CLASSES), 256):
        raise BundleError(
            f"{model.reference}: {PROTOTYPES} holds {points.shape}; ({len(CLASSES)}, 256) is "
            "needed. Fetch it or make it again."
        )
    return points
