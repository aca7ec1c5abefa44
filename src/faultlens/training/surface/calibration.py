"""What a trained encoder of surfaces says, made into probabilities by pictures not learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

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
    seen = [seen_by(encoder, x) for x in drawn]
    image = np.concatenate([x.image for x in seen])
    concept = np.concatenate([x.concept for x in drawn])
    temperature = 1 / _best_factor((image @ means.T).astype(np.float64), concept)
    odds = np.concatenate([anomaly_odds(x, means[:1], means[named_by], temperature) for x in seen])
    counted = (concept == 0) | np.isin(concept, named_by)
    slope, offset = _fitted(odds[counted], concept[counted] > 0)
    anomaly = expit(slope * odds + offset)
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


@dataclass(frozen=True, eq=False)
class SeenChunk:
    """What an encoder says of the pictures of a chunk.

    Args:
        image: (picture, dim) points of the pictures.
        patches: of each picture, (row, column, dim) points of its patches.
    """

    image: NDArray[np.float32]
    patches: tuple[NDArray[np.float32], ...]


def seen_by(encoder: SurfaceEncoder, chunk: Chunk) -> SeenChunk:
    """Points of the pictures of a chunk and of their patches, as they are.

    Args:
        encoder: in evaluation mode.
        chunk: of pictures whose sides are multiples of 8.

    Example:
        >>> plain = np.zeros((1, 32, 32, 3), np.uint8)
        >>> chunk = Chunk(plain, np.zeros(1, bool), np.zeros((1, 32, 32), bool),
        ...               np.zeros(1, np.int64), np.zeros((1, 16, 2), np.int16))
        >>> seen_by(SurfaceEncoder().eval(), chunk).patches[0].shape
        (4, 4, 256)
    """
    rows, maps = [], []
    with torch.inference_mode():
        for start in range(0, len(chunk.pixels), 16):
            pixels = torch.from_numpy(chunk.pixels[start : start + 16]).permute(0, 3, 1, 2)
            image, patches, _ = encoder(pixels.float() / 255)
            rows.append(image.numpy())
            maps.extend(patches.permute(0, 2, 3, 1).numpy())
    return SeenChunk(np.concatenate(rows), tuple(maps))


def anomaly_odds(
    seen: SeenChunk,
    normal: NDArray[np.float32],
    defects: NDArray[np.float32],
    temperature: float,
) -> NDArray[np.float64]:
    """Log odds of an anomaly as inspection reads them: of the picture, and of its hottest patches.

    Args:
        seen: the pictures.
        normal: (sentence, dim) points of "no defect".
        defects: (defect, dim) points of the defects asked for.
        temperature: cosines are divided by it.

    Returns:
        (picture,).

    Example:
        >>> sound, crack = np.eye(2, dtype=np.float32)[:, None]
        >>> seen = SeenChunk(crack, (np.tile(crack, (2, 2, 1)),))
        >>> anomaly_odds(seen, sound, crack, temperature=0.5).round(3)
        array([2.])
    """
    meanings, scoring = Meanings(normal=normal, defects=defects), Scoring(temperature)
    whole = log_odds(shares_of(seen.image, meanings, scoring).anomalous)
    hottest = [top_mean(shares_of(x, meanings, scoring).anomalous) for x in seen.patches]
    return np.asarray(0.5 * (whole + log_odds(np.array(hottest))), np.float64)


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

    Source: Platt, Probabilistic outputs for support vector machines (1999), section 2.2: targets a
    little short of 0 and 1, without which the slope has no end where the two are apart.
    """
    faulty, sound = int(defective.sum()), int((~defective).sum())
    weight = np.where(defective, 0.5 / faulty, 0.5 / sound)
    target = np.where(defective, (faulty + 1) / (faulty + 2), 1 / (sound + 2))

    def misfit(numbers: NDArray[np.float64]) -> float:
        log_odds = numbers[0] * odds + numbers[1]
        each = target * np.logaddexp(0, -log_odds) + (1 - target) * np.logaddexp(0, log_odds)
        return float((weight * each).sum())

    slope, offset = minimize(misfit, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(offset)
