"""What a trained encoder of scans says, made into probabilities by defects not learned from."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from making.scan_material import KINDS, UNKNOWN

ASKINGS = 4
"""How often each defect is asked about, each time in other sentences."""

ABSENT = 0.2
"""Share of askings in which what it is stands in no sentence."""

ASIDE = 0.2
"""Share of askings with a sentence on something else among those asked."""

FREE = 0.5
"""Share of sentences in free wording; the others are like those that it learned from."""


def scan_calibration(
    rows: NDArray[np.float32],
    kinds: NDArray[np.int64],
    captions: list[NDArray[np.float32]],
    wordings: list[NDArray[np.float32]],
    *,
    seed: int,
) -> dict[str, float]:
    """Scale of the cosines and the cosine below which nothing fits, both by likelihood.

    Args:
        rows: (defect, dim) of an encoder, unit rows.
        kinds: (defect,) numbers of `KINDS`, or `UNKNOWN`.
        captions: per kind (sentence, dim) points of its sentences.
        wordings: the same in free wording; last, sentences that mean none of the kinds.
        seed: of the sentences asked.

    Returns:
        the calibration of the bundle.

    Source: temperature scaling, Guo et al., ICML 2017; with a place for "none of them".

    Example:
        >>> points = np.eye(6, 8, dtype=np.float32)
        >>> said = [x[None] for x in points[:5]]
        >>> found = scan_calibration(points, np.arange(6), said, [*said, points[:1] * 0], seed=0)
        >>> found["simulated_accuracy"], 0 < found["known_from"] < 1
        (1.0, True)
    """
    cosines, target = _asked(rows, kinds, captions, wordings, seed)
    each = np.arange(len(target))

    def logits(log_scale: float, known: float) -> NDArray[np.float64]:
        none = np.full((len(target), 1), known)
        return np.asarray(np.exp(log_scale) * np.concatenate([cosines, none], axis=1), np.float64)

    def misfit(x: NDArray[np.float64]) -> float:
        return float(-log_softmax(logits(x[0], x[1]), axis=1)[each, target].mean())

    bounds = [(0.0, 4.5), (-0.5, 0.95)]
    best = minimize(misfit, np.array([2.5, 0.5]), method="Nelder-Mead", bounds=bounds).x
    named = logits(best[0], best[1]).argmax(axis=1)
    correct = float((named == target).mean())
    return {
        "scale": round(float(np.exp(best[0])), 4),
        "known_from": round(float(best[1]), 4),
        "simulated_accuracy": round(correct, 4),
        "simulated_defects": float(len(rows)),
    }


def _asked(
    rows: NDArray[np.float32],
    kinds: NDArray[np.int64],
    captions: list[NDArray[np.float32]],
    wordings: list[NDArray[np.float32]],
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(asking, sentence) cosines, -inf where one is not asked, and (asking,) what is right.

    One sentence per kind, and one on something else; "unknown" comes after them.
    """
    rng = np.random.default_rng(seed)
    cosines, target = [], []
    for _ in range(ASKINGS):
        for row, kind in zip(rows, kinds, strict=True):
            free = rng.random(len(KINDS)) < FREE
            pools = [wordings[k] if free[k] else captions[k] for k in range(len(KINDS))]
            pools.append(wordings[-1])
            found = np.array([float(x[rng.integers(len(x))] @ row) for x in pools])
            right = int(kind) if kind != UNKNOWN else len(KINDS) + 1
            if kind != UNKNOWN and rng.random() < ABSENT:
                found[kind], right = -np.inf, len(KINDS) + 1
            others = [x for x in range(len(KINDS)) if x != right]
            gone = rng.choice(others, rng.integers(0, len(KINDS) - 1), replace=False)
            found[gone] = -np.inf
            if rng.random() >= ASIDE:
                found[-1] = -np.inf
            cosines.append(found)
            target.append(right)
    return np.stack(cosines), np.array(target, np.int64)
