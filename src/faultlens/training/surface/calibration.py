"""What a trained encoder of surfaces says, made into probabilities by pictures not learned from."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax

from faultlens.metrics.conformal import conformal_threshold
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.runtimes.heat import top_mean
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds, shares_of
from faultlens.training.surface.pool import Chunk
from faultlens.training.surface.words import SurfaceWords


def surface_calibration(
    encoder: SurfaceEncoder,
    scale: float,
    drawn: Sequence[Chunk],
    words: SurfaceWords,
    *,
    usual: Sequence[str],
    false_alarms: float,
) -> dict[str, float | str]:
    """Temperature by likelihood; scale of the anomaly and its threshold by some of the names.

    Args:
        encoder: trained.
        scale: by which its cosines were multiplied in training.
        drawn: pictures that it never learned from, sound ones among them.
        words: what it was trained into.
        usual: concepts of the names by which the alarm is calibrated.
        false_alarms: share of the sound pictures that the threshold allows.

    Returns:
        the calibration of the bundle.

    Example:
        >>> words = SurfaceWords(("no_defect",), (), np.eye(1, 256, dtype=np.float32))
        >>> surface_calibration(SurfaceEncoder(), 1.0, [], words, usual=(), false_alarms=0.1)
        Traceback (most recent call last):
            ...
        ValueError: need at least one array to concatenate
    """
    means = words.means
    named_by = [words.concepts.index(x) for x in usual if x in words.concepts]
    meanings = Meanings(normal=means[:1], defects=means[named_by])
    seen = [_seen(encoder, x) for x in drawn]
    image = np.concatenate([rows for rows, _ in seen])
    concept = np.concatenate([x.concept for x in drawn])
    temperature = 1 / _best_factor((image @ means.T).astype(np.float64), concept)
    scoring = Scoring(temperature)
    whole = log_odds(shares_of(image, meanings, scoring).anomalous)
    hottest = [
        top_mean(shares_of(patches, meanings, scoring).anomalous)
        for _, maps in seen
        for patches in maps
    ]
    odds = 0.5 * (whole + log_odds(np.array(hottest)))
    counted = (concept == 0) | np.isin(concept, named_by)
    slope, offset = _fitted(odds[counted], concept[counted] > 0)
    anomaly = 1 / (1 + np.exp(-(slope * odds + offset)))
    chosen = conformal_threshold(anomaly[concept == 0], false_alarms=false_alarms)
    named = (image @ means.T).argmax(axis=1)
    return {
        "score": "softmax",
        "temperature": round(float(temperature), 5),
        "a": round(slope, 4),
        "b": round(offset, 4),
        "known_from": round(float(np.quantile((image @ means.T).max(axis=1), 0.01)), 4),
        # Up, never down: a rounded threshold must not alarm more often.
        "alarm_threshold": float(np.ceil(chosen.threshold * 1e4) / 1e4),
        "false_alarm_rate": chosen.false_alarm_rate,
        "sound_pictures": float((concept == 0).sum()),
        "rendered_accuracy": round(float((named == concept).mean()), 4),
        "trained_scale": scale,
    }


def _seen(
    encoder: SurfaceEncoder, chunk: Chunk
) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
    """(picture, dim) points of pictures, and of each (row, column, dim) its patches'."""
    rows, maps = [], []
    with torch.inference_mode():
        for start in range(0, len(chunk.pixels), 16):
            pixels = torch.from_numpy(chunk.pixels[start : start + 16]).permute(0, 3, 1, 2)
            image, patches, _ = encoder(pixels.float() / 255)
            rows.append(image.numpy())
            maps.extend(patches.permute(0, 2, 3, 1).numpy())
    return np.concatenate(rows), maps


def _best_factor(cosines: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The factor that makes log odds of cosines, by likelihood.

    Source: temperature scaling, Guo et al., ICML 2017.
    """
    each = np.arange(len(truth))

    def misfit(log_factor: float) -> float:
        return float(-log_softmax(np.exp(log_factor) * cosines, axis=1)[each, truth].mean())

    return float(np.exp(minimize_scalar(misfit, bounds=(0.0, 5.0), method="bounded").x))


def _fitted(odds: NDArray[np.floating], defective: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that make log odds of scores; sound and defective pictures weigh alike.

    Source: Platt, Probabilistic outputs for support vector machines (1999).
    """
    weight = np.where(defective, 0.5 / defective.sum(), 0.5 / (~defective).sum())
    sign = np.where(defective, -1.0, 1.0)

    def misfit(numbers: NDArray[np.float64]) -> float:
        return float((weight * np.logaddexp(0, sign * (numbers[0] * odds + numbers[1]))).sum())

    slope, offset = minimize(misfit, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(offset)
