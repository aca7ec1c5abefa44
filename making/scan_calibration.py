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


def scan_calibration(
    rows: NDArray[np.float32],
    kinds: NDArray[np.int64],
    captions: list[NDArray[np.float32]],
    *,
    seed: int,
) -> dict[str, float]:
    """Scale of the cosines and the cosine below which nothing fits, both by likelihood.

    Args:
        rows: (defect, dim) of an encoder, unit rows.
        kinds: (defect,) numbers of `KINDS`, or `UNKNOWN`.
        captions: per kind (sentence, dim) points of its sentences.
        seed: of the sentences asked.

    Returns:
        the calibration of the bundle.

    Source: temperature scaling, Guo et al., ICML 2017; with a place for "none of them".

    Example:
        >>> points = np.eye(6, 8, dtype=np.float32)
        >>> said = [x[None] for x in points[:5]]
        >>> found = scan_calibration(points, np.arange(6), said, seed=0)
        >>> found["simulated_accuracy"], 0 < found["known_from"] < 1
        (1.0, True)
    """
    cosines, target = _asked(rows, kinds, captions, seed)
    each = np.arange(len(target))

    def logits(log_scale: float, known: float) -> NDArray[np.float64]:
        none = np.full((len(target), 1), known)
        return np.asarray(np.exp(log_scale) * np.concatenate([cosines, none], axis=1), np.float64)

    def misfit(x: NDArray[np.float64]) -> float:
        return float(-log_softmax(logits(x[0], x[1]), axis=1)[each, target].mean())

    bounds = [(0.0, 4.5), (-0.5, 0.95)]
    best = minimize(misfit, np.array([2.5, 0.5]), method="Nelder-Mead", bounds=bounds).x
    named = logits(best[0], best[1]).argmax(axis=1)
    return {
        "scale": round(float(np.exp(best[0])), 4),
        "known_from": round(float(best[1]), 4),
        "simulated_accuracy": round(float((named == target).mean()), 4),
        "simulated_defects": float(len(rows)),
    }


def _asked(
    rows: NDArray[np.float32],
    kinds: NDArray[np.int64],
    captions: list[NDArray[np.float32]],
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(asking, kind) cosines, -inf where a kind is not asked for, and (asking,) what is right."""
    rng = np.random.default_rng(seed)
    cosines, target = [], []
    for _ in range(ASKINGS):
        for row, kind in zip(rows, kinds, strict=True):
            said = np.stack([x[rng.integers(len(x))] for x in captions])
            found = (said @ row).astype(np.float64)
            right = int(kind)
            if kind != UNKNOWN and rng.random() < ABSENT:
                found[kind], right = -np.inf, UNKNOWN
            others = [x for x in range(len(KINDS)) if x != right]
            gone = rng.choice(others, rng.integers(0, len(KINDS) - 1), replace=False)
            found[gone] = -np.inf
            cosines.append(found)
            target.append(right)
    return np.stack(cosines), np.array(target, np.int64)
