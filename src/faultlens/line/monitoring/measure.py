"""One measure of one channel: its reference, its level, and the window that is held against it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.line.monitoring.energy import EnergyWindow, Rows, bent, distances, energy, moved
from faultlens.line.monitoring.level import Null, energy_null, shares_null
from faultlens.line.monitoring.observed import EMBEDDING, LEAST, SCORE
from faultlens.line.monitoring.settling import MOST_WANDERING, wandering
from faultlens.line.monitoring.shares import binned, score_edges, stability_index
from faultlens.line.monitoring.together import TOGETHER

LEAST_INDEX = 0.25
"""Population stability index from which a shift counts as large. Source: Siddiqi (2006)."""

LEAST_OF_SPREAD = 0.02
"""Energy distance that points must move, as a share of the mean distance between them."""

_BOUND = 4.0
"""Robust standard deviations at which a measure is cut: one broken frame must not move a window."""
_UNKNOWN_LEAST = 0.2
"""Standard deviations that a measure must move for which `LEAST` names nothing."""


@dataclass(frozen=True, eq=False)
class Measure:
    """What is known of one measure.

    Args:
        name: of it.
        rows: (row, dim) of the reference, cut at the bounds.
        low: (dim,) lower bound.
        high: (dim,) upper bound.
        level: distance from which a window is drift.
        correlation: frames that count as one.
        halves: distance of the two halves of the reference from each other.
        settled: whether the reference stood still while it was taken.
    """

    name: str
    rows: Rows
    low: Rows
    high: Rows
    level: float
    correlation: float
    halves: float
    settled: bool

    def cut(self, rows: Rows) -> Rows:
        """Rows cut at the bounds.

        Args:
            rows: (row, dim).
        """
        return np.clip(rows, self.low, self.high)


def learned(
    name: str,
    rows: Rows,
    window: int,
    chance: float,
    seed: int,
    *,
    plain: Rows | None = None,
) -> Measure:
    """Learn the level of one measure from its reference.

    Args:
        name: of the measure.
        rows: (row, dim) of the reference, in the order of time.
        window: rows that will be held against it.
        chance: of one test to be passed where nothing has changed.
        seed: of the permutations.
        plain: (row, part) of the same frames before they were whitened; None where they were not.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(200, 1)).astype(np.float32)
        >>> found = learned("rms", rows, 50, 1e-6, seed=0)
        >>> found.settled, 0.1 < found.level < 0.6
        (True, True)
    """
    low, high = _bounds(name, rows)
    rows = np.clip(rows, low, high)
    if name == SCORE:
        null, least, halves, going = _of_shares(rows, window, seed)
    else:
        null, least, halves, going = _of_energy(name, rows, window, seed, plain)
    count = len(rows)
    level = null.level(chance) * (count + window) / (count * window)
    if name != SCORE:
        level = bent(level, float(distances(rows, rows).mean(dtype=np.float64)), rows.shape[1])
    return Measure(
        name,
        rows,
        low,
        high,
        max(level, least),
        null.correlation,
        halves,
        # Points made of all measures move with the least of them; these are asked themselves.
        name == TOGETHER or halves <= least or going <= MOST_WANDERING,
    )


def _of_energy(
    name: str, rows: Rows, window: int, seed: int, plain: Rows | None
) -> tuple[Null, float, float, float]:
    between = distances(rows, rows)
    memory = None if plain is None else distances(plain, plain)
    null = energy_null(between, window, seed=seed, plain=memory)
    if name in (EMBEDDING, TOGETHER):
        least = LEAST_OF_SPREAD * float(between.mean(dtype=np.float64))
    else:
        step = LEAST.get(name, _UNKNOWN_LEAST * float(rows.std(axis=0).mean()))
        least = moved(rows, step)
    half = len(rows) // 2
    within = [
        float(x.mean(dtype=np.float64)) for x in (between[:half, :half], between[half:, half:])
    ]
    return null, least, energy(between[:half, half:], *within), wandering(between)


def _of_shares(rows: Rows, window: int, seed: int) -> tuple[Null, float, float, float]:
    edges = score_edges(rows)
    bins = binned(rows[:, 0], edges)
    null = shares_null(bins, len(edges) + 1, window, seed=seed)
    half = len(rows) // 2
    counts = [
        np.bincount(x, minlength=len(edges) + 1).astype(np.float64)
        for x in (bins[:half], bins[half:])
    ]
    going = wandering(np.abs(bins[:, None] - bins[None]))
    return null, LEAST_INDEX, float(stability_index(counts[0], counts[1])), going


def _bounds(name: str, rows: Rows) -> tuple[Rows, Rows]:
    if name in (EMBEDDING, SCORE, TOGETHER):
        return np.full(rows.shape[1], -np.inf, np.float32), np.full(
            rows.shape[1], np.inf, np.float32
        )
    middle = np.median(rows, axis=0)
    # 1.4826: the median distance of Gaussian values is so much smaller than their deviation.
    spread = 1.4826 * np.median(np.abs(rows - middle), axis=0)
    room = np.float32(_BOUND) * np.hypot(spread, np.float32(LEAST.get(name, 0.0)))
    # A measure of two values (the alarms) has no spread by its median, and no outliers either.
    room = np.where(spread > 0, room, np.maximum(room, np.float32(1.0)))
    return (middle - room).astype(np.float32), (middle + room).astype(np.float32)


class SharesWindow:
    """The latest scores of a stream, and how differently they fall into bins than a reference.

    Args:
        reference: (row, 1) scores.
        window: scores that are held against it.
    """

    def __init__(self, reference: Rows, window: int) -> None:
        self._edges = score_edges(reference)
        self._before = self._counted(reference)
        self._rows = np.zeros((window, 1), np.float32)
        self._next = 0
        self.filled = 0

    def take(self, rows: Rows) -> None:
        """Scores that came, oldest first.

        Args:
            rows: (row, 1).
        """
        rows = rows[-len(self._rows) :]
        places = (self._next + np.arange(len(rows))) % len(self._rows)
        self._rows[places] = rows
        self._next = int(places[-1] + 1) % len(self._rows)
        self.filled = min(self.filled + len(rows), len(self._rows))

    @property
    def value(self) -> float:
        """Population stability index of the window; zero until it is full."""
        if self.filled < len(self._rows):
            return 0.0
        return float(stability_index(self._counted(self._rows), self._before))

    def _counted(self, rows: Rows) -> NDArray[np.float64]:
        counts = np.bincount(binned(rows[:, 0], self._edges), minlength=len(self._edges) + 1)
        return counts.astype(np.float64)


def window_of(measure: Measure, window: int) -> EnergyWindow | SharesWindow:
    """An empty window of a measure.

    Args:
        measure: what is known of it.
        window: rows.

    Example:
        >>> scores = np.zeros((40, 1), np.float32)
        >>> window_of(learned("score", scores, 20, 1e-6, seed=0), 20).value
        0.0
    """
    kind = SharesWindow if measure.name == SCORE else EnergyWindow
    return kind(measure.rows, window)
