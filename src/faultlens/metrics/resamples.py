"""What an interval is drawn over: recordings or bearings, or, of a class that has one, blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.metrics.intervals import share_interval

DRAWS = 1000
LEVEL = 0.95

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Resamples:
    """Draws with replacement of whole units, the same for every figure and model compared.

    Args:
        unit_of: (sample,) unit that each sample belongs to.
        counts: (draw, unit) how often each is drawn; the first row is the data as they are.
        groups: recordings or bearings of the class that has fewest.
        blocked: classes that have one recording or bearing, whose units are blocks within it.
        units_of: class -> number of units that hold it.
    """

    unit_of: NDArray[np.intp]
    counts: Array
    groups: int
    blocked: tuple[str, ...]
    units_of: dict[str, int]

    @property
    def units(self) -> int:
        """Number of units in all."""
        return len(self.counts[0])


def resamples(
    groups: Sequence[str],
    labels: Sequence[str],
    positions: Sequence[int] | NDArray[np.integer],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Resamples:
    """Draw groups within their class; of a class with one group, blocks of neighbouring windows.

    One group drawn again is the same group, and would make the interval a point. Its windows drawn
    one by one would take neighbours for independent. Blocks of them say how much the figure varies
    within that recording, and nothing of how the next one would do: `blocked` names these classes.

    Args:
        groups: (sample,) recording or bearing; it is drawn whole.
        labels: (sample,) true class.
        positions: (sample,) place of the sample in its group, ascending in time.
        draws: number of draws.
        seed: seed of the draws.

    Raises:
        UsageError: no samples, or lengths differ.

    Source:
        Field, Welsh, J. R. Stat. Soc. B 69 (2007), clusters; Künsch, Ann. Statist. 17 (1989),
        blocks; their length is the root of the number of windows.

    Example:
        >>> made = resamples(["a"] * 9 + ["b", "c"], ["x"] * 9 + ["y", "y"], range(11))
        >>> made.units, made.blocked, made.groups, made.units_of
        (5, ('x',), 1, {'x': 3, 'y': 2})
    """
    if not len(groups) or not len(groups) == len(labels) == len(positions):
        raise UsageError(
            f"{len(groups)} groups, {len(labels)} labels and {len(positions)} positions; all need "
            "one entry per sample, at least one."
        )
    members: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    # A bearing that was healthy first and then not is one group of both classes.
    strata: dict[tuple[str, ...], list[str]] = {}
    for group, its in members.items():
        strata.setdefault(tuple(sorted({labels[i] for i in its})), []).append(group)
    unit_of = np.empty(len(groups), dtype=np.intp)
    rng = np.random.default_rng(seed)
    counts: list[Array] = []
    first = 0
    for names in strata.values():
        pieces = [np.array(members[x]) for x in names]
        if len(pieces) == 1:
            pieces = _blocks(pieces[0], np.asarray(positions))
        for number, piece in enumerate(pieces, first):
            unit_of[piece] = number
        share = np.full(len(pieces), 1 / len(pieces))
        counts.append(rng.multinomial(len(pieces), share, size=draws).astype(np.float64))
        first += len(pieces)
    classes = sorted(set(labels))
    alone = {x for stratum, names in strata.items() if len(names) == 1 for x in stratum}
    of_class = {x: {group for group, i in _pairs(groups, labels) if i == x} for x in classes}
    marks = np.asarray(labels)
    return Resamples(
        unit_of=unit_of,
        counts=np.vstack([np.ones(first), np.hstack(counts)]),
        groups=min(len(x) for x in of_class.values()),
        blocked=tuple(x for x in classes if x in alone),
        units_of={x: len(np.unique(unit_of[marks == x])) for x in classes},
    )


def interval_of(
    values: Array, *, units: int | None = None, level: float = LEVEL
) -> tuple[float, float]:
    """Percentile interval of a figure over its draws.

    Drawing again shows nothing that was never seen: a share that is 0 or 1 in every draw takes the
    interval of as many independent trials as there are units.

    Args:
        values: (draw,) the figure, first of the data as they are.
        units: units behind a figure that is a share or a mean of shares; None for others.
        level: coverage wanted.

    Source:
        Efron, Tibshirani, An Introduction to the Bootstrap (1993), percentile interval; Wilson,
        J. Am. Stat. Assoc. 22 (1927).

    Example:
        >>> interval_of(np.array([0.5, 0.4, 0.5, 0.6]), level=0.5)
        (0.45, 0.55)
        >>> [round(x, 3) for x in interval_of(np.ones(4), units=20)]
        [0.839, 1.0]
    """
    drawn = values[1:][np.isfinite(values[1:])]
    if not drawn.size:
        return float("nan"), float("nan")
    value = float(values[0])
    if units is not None and value in (0.0, 1.0) and bool(np.all(drawn == value)):
        return share_interval(units if value else 0, units, level=level)
    tail = 50 * (1 - level)
    low, high = np.percentile(drawn, [tail, 100 - tail])
    return float(low), float(high)


def seed_shares(seeds: int, draws: int, *, seed: int = 0) -> Array:
    """How much each of several trainings counts in each draw; first, all alike.

    Args:
        seeds: number of trainings that differ in their seed.
        draws: number of draws.
        seed: seed of the draws.

    Returns:
        (draw, seed) shares that sum to 1; one row more than `draws`.

    Example:
        >>> seed_shares(2, 3)[0]
        array([0.5, 0.5])
    """
    drawn = np.random.default_rng([seed, 1]).multinomial(seeds, np.full(seeds, 1 / seeds), draws)
    return np.vstack([np.ones(seeds), drawn]) / seeds


def _pairs(groups: Sequence[str], labels: Sequence[str]) -> set[tuple[str, str]]:
    return set(zip(groups, labels, strict=True))


def _blocks(samples: NDArray[np.intp], positions: NDArray[np.integer]) -> list[NDArray[np.intp]]:
    ordered = samples[np.argsort(positions[samples], kind="stable")]
    return list(np.array_split(ordered, ceil(len(ordered) / ceil(sqrt(len(ordered))))))
