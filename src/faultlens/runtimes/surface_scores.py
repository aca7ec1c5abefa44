"""From cosines of a picture with sentences to probabilities: anomalous first, then which defect.

The same for whole pictures, tiles and patches: points have any shape before their last axis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError

SOFTMAX, SIGMOID = "softmax", "sigmoid"
"""How a model was trained to compare: sentences against each other, or each by itself."""

SIGMOID_BATCH = 32_768
"""Pairs of a batch of SigLIP: its probabilities expect one fitting sentence among so many."""

CONTRAST_WEIGHT = 0.5
"""Share of a distractor's direction that is taken off: all of it leaves little but noise."""

SURE = 1e-6
"""Probabilities nearer than this to 0 or 1 are no longer told apart; keeps log odds finite."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Scoring:
    """Numbers of a model that turn cosines into probabilities.

    Args:
        temperature: cosines are divided by it.
        score: "softmax" or "sigmoid".
        bias: added to the logits of a sigmoid model.
        slope: of the text's log odds of "anomalous", in the calibrated ones.
        offset: of the calibrated log odds.
        known_from: highest cosine with any sentence below which a picture is like nothing that the
            model knows; None where nobody measured it.
        alarm_threshold: anomaly probability from which it alarms without a profile.
        false_alarm_rate: share of normal pictures of the model's making that exceed it; None where
            nobody measured it.
        names_sharpness: of what tells one defect from another; 1 leaves it to the temperature.
        whole_share: of the whole picture in its names, beside its hottest places; 0 to 1.

    Raises:
        BundleError: a temperature or sharpness that is not positive, a threshold or share outside
            0 to 1, or another score.
    """

    temperature: float
    score: str = SOFTMAX
    bias: float = 0.0
    slope: float = 1.0
    offset: float = 0.0
    known_from: float | None = None
    alarm_threshold: float = 0.5
    false_alarm_rate: float | None = None
    names_sharpness: float = 1.0
    whole_share: float = 0.5

    def __post_init__(self) -> None:
        for name in ("temperature", "names_sharpness"):
            number = getattr(self, name)
            if not (np.isfinite(number) and number > 0):
                raise BundleError(
                    f"The {name} of the model's calibration is {number}; it must be positive. Make "
                    "the bundle again."
                )
        if self.score not in (SOFTMAX, SIGMOID):
            raise BundleError(
                f"The score of the model's calibration is '{self.score}'; it must be '{SOFTMAX}' "
                f"or '{SIGMOID}'. Make the bundle again."
            )
        for name in ("alarm_threshold", "whole_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise BundleError(
                    f"The {name} of the model's calibration is {getattr(self, name)}; it must lie "
                    "in 0 to 1. Make the bundle again."
                )


def scoring_of(calibration: Mapping[str, Any]) -> Scoring:
    """The numbers of a manifest's calibration.

    Args:
        calibration: as the manifest of an image bundle holds it.

    Raises:
        BundleError: a number is missing, no number, or out of its range.

    Example:
        >>> scoring_of({"score": "sigmoid", "logit_scale": 100.0, "logit_bias": -12.0}).temperature
        0.01
    """
    try:
        scale = calibration.get("logit_scale")
        temperature = calibration.get("temperature", None if scale is None else 1 / float(scale))
        if temperature is None:
            raise ValueError("it has neither temperature nor logit_scale")
        known, rate = calibration.get("known_from"), calibration.get("false_alarm_rate")
        return Scoring(
            temperature=float(temperature),
            score=str(calibration.get("score", SOFTMAX)),
            bias=float(calibration.get("logit_bias", 0.0)),
            slope=float(calibration.get("a", 1.0)),
            offset=float(calibration.get("b", 0.0)),
            known_from=None if known is None else float(known),
            alarm_threshold=float(calibration.get("alarm_threshold", 0.5)),
            false_alarm_rate=None if rate is None else float(rate),
            names_sharpness=float(calibration.get("names_sharpness", 1.0)),
            whole_share=float(calibration.get("whole_share", 0.5)),
        )
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise BundleError(
            f"The model's calibration cannot be read: {error}. Make the bundle again."
        ) from error


@dataclass(frozen=True, eq=False)
class Meanings:
    """The points of all sentences that a picture is compared with; unit rows.

    Args:
        normal: (sentence, dim) of "no defect".
        defects: (defect, dim) of the defects asked for, in their order.
        harmless: (sentence, dim) of what is no defect though it looks like one: reflections.
        anomalous: (dim,) of "damaged" in general; None where the defects alone say it.
    """

    normal: Floats
    defects: Floats
    harmless: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    anomalous: Floats | None = None


@dataclass(frozen=True, eq=False)
class Shares:
    """What text says of points.

    Args:
        anomalous: (...) probability of an anomaly.
        names: (..., defect) probability of each defect, given that there is an anomaly; what is
            missing to 1 fits no name.
        known: (...) probability that the point is like anything the model knows.
    """

    anomalous: Floats
    names: Floats
    known: Floats


def ensemble(rows: Floats) -> Floats:
    """One point for many wordings of one meaning: the normalised mean of their unit rows.

    Args:
        rows: (sentence, dim) unit rows.

    Returns:
        (dim,) unit row.

    Raises:
        UsageError: no rows.

    Source:
        Jeong et al., WinCLIP (CVPR 2023), compositional prompt ensemble.

    Example:
        >>> ensemble(np.eye(2, dtype=np.float32)).round(3).tolist()
        [0.7070000171661377, 0.7070000171661377]
    """
    if not len(rows):
        raise UsageError("No sentence says what is meant; give at least one wording.")
    return _unit(np.asarray(rows.mean(axis=0), dtype=rows.dtype))


def without_directions(row: Floats, others: Floats, weight: float = CONTRAST_WEIGHT) -> Floats:
    """A meaning with the directions of its distractors taken off: "not a scratch, but a crack".

    Embeddings do not understand "not"; subtraction does.

    Args:
        row: (dim,) unit row.
        others: (distractor, dim) unit rows.
        weight: share of each direction that is taken off, 0 to 1.

    Returns:
        (dim,) unit row.

    Example:
        >>> crack, scratch = np.array([0.8, 0.6]), np.array([[0.0, 1.0]])
        >>> without_directions(crack, scratch, weight=1.0).tolist()
        [1.0, 0.0]
    """
    left: Floats = np.asarray(row - weight * (others @ row) @ others, dtype=row.dtype)
    # What a distractor explains wholly is left as it is: nothing remains to look for.
    return _unit(left) if np.linalg.norm(left) > SURE else row


def shares_of(points: Floats, meanings: Meanings, scoring: Scoring) -> Shares:
    """Whether points are anomalous by what text says, and which defect it would be.

    Args:
        points: (..., dim) unit along the last axis.
        meanings: what they are compared with.
        scoring: of the model.

    Source:
        Deng et al., AnoVL (2023); Jeong et al., WinCLIP (CVPR 2023): s = softmax([z t_n, z t_a] /
        tau), then softmax over the defects. Zhai et al., SigLIP (ICCV 2023) for the sigmoid, whose
        prior of one pair in a batch is taken out (Saerens et al. 2002, prior shift).

    Example:
        >>> clean, crack, dent = np.eye(3, dtype=np.float32)
        >>> meanings = Meanings(normal=clean[None], defects=np.stack([crack, dent]))
        >>> shares = shares_of(np.stack([clean, crack]), meanings, Scoring(temperature=0.1))
        >>> shares.anomalous.round(3).tolist(), shares.names[1].round(3).tolist()
        ([0.0, 1.0], [1.0, 0.0])
    """
    fine = meanings.normal
    if meanings.harmless.size:
        fine = np.concatenate([fine, meanings.harmless])
    well = points @ fine.T / scoring.temperature
    ill = points @ meanings.defects.T / scoring.temperature
    general = None if meanings.anomalous is None else points @ meanings.anomalous
    highest = np.maximum(well.max(axis=-1), ill.max(axis=-1)) * scoring.temperature
    sharp = np.float32(scoring.names_sharpness)
    if general is None:
        anomalous = _sigmoid(_summed(ill) - _summed(well))
        names = _softmax(sharp * ill)
    else:
        general = general / scoring.temperature
        anomalous = _sigmoid(general - _summed(well))
        # "damaged" in general competes with the names: what fits it better has no name.
        every = sharp * np.concatenate([ill, general[..., None]], axis=-1)
        names = _softmax(every)[..., :-1]
    return Shares(anomalous, names, _known(highest, well, ill, scoring))


def _known(highest: Floats, well: Floats, ill: Floats, scoring: Scoring) -> Floats:
    if scoring.score == SIGMOID:
        bias = np.float32(scoring.bias + np.log(SIGMOID_BATCH))
        return _sigmoid(_summed(np.concatenate([well, ill], axis=-1)) + bias)
    if scoring.known_from is None:
        return np.ones_like(highest)
    return _sigmoid((highest - np.float32(scoring.known_from)) / scoring.temperature)


def calibrated(log_odds: float, scoring: Scoring) -> float:
    """The anomaly probability of a picture from what text says of it, calibrated.

    Args:
        log_odds: of "anomalous", by text.
        scoring: of the model.

    Source:
        Platt, Probabilistic outputs for support vector machines (1999).

    Example:
        >>> calibrated(2.0, Scoring(temperature=0.1, slope=0.5, offset=-1.0))
        0.5
    """
    return float(_sigmoid(np.float64(scoring.slope * log_odds + scoring.offset)))


def log_odds(probability: Floats | float) -> Floats:
    """Log odds of probabilities, finite also at 0 and 1.

    Args:
        probability: (...) 0 to 1.

    Example:
        >>> log_odds(0.5), round(float(log_odds(1.0)), 1)
        (np.float64(0.0), 13.8)
    """
    bounded = np.clip(probability, SURE, 1 - SURE)
    return np.asarray(np.log(bounded / (1 - bounded)))[()]


@dataclass(frozen=True)
class Judged:
    """Probabilities of one picture; no_defect, defects and unknown sum to 1.

    Args:
        no_defect: that there is none.
        defects: of each defect asked for, in their order.
        unknown: of an anomaly without a name among them, or of a picture like nothing known.
        anomaly: what the threshold is held against.
    """

    no_defect: float
    defects: tuple[float, ...]
    unknown: float
    anomaly: float


def judged(anomaly: float, names: Sequence[float], known: float = 1.0) -> Judged:
    """Every sentence's probability from the decisions one after the other.

    Args:
        anomaly: probability that the picture is anomalous, calibrated.
        names: of each defect, given that it is; what is missing to 1 goes to unknown.
        known: probability that the picture is like anything the model knows.

    Raises:
        UsageError: a number outside 0 to 1.

    Example:
        >>> judged(0.9, [0.7, 0.1])
        Judged(no_defect=0.1, defects=(0.63, 0.09), unknown=0.18, anomaly=0.9)
    """
    numbers = np.array([anomaly, known, *names, sum(names)], dtype=np.float64)
    if not (np.isfinite(numbers).all() and numbers.min() >= 0 and numbers.max() <= 1 + 1e-3):
        raise UsageError(f"Probabilities must lie in 0 to 1: {numbers.round(4).tolist()}.")
    anomaly, known = min(anomaly, 1.0), min(known, 1.0)
    # Maps are kept in half precision; their sums may pass 1 by a little.
    share = anomaly * known / max(1.0, sum(names))
    defects = tuple(round(share * float(x), 9) for x in names)
    no_defect = round((1 - anomaly) * known, 9)
    return Judged(no_defect, defects, round(max(0.0, 1 - no_defect - sum(defects)), 9), anomaly)


def _unit(row: Floats) -> Floats:
    return np.asarray(row / max(float(np.linalg.norm(row)), SURE), dtype=row.dtype)


def _summed(logits: Floats) -> Floats:
    """Log of the sum of exponentials over the last axis."""
    top = logits.max(axis=-1)
    return np.asarray(top + np.log(np.exp(logits - top[..., None]).sum(axis=-1)))


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _sigmoid(x: Any) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))  # no overflow, however large
