"""How the probability of one defect is shared out among the sentences, by name and by size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.inference.measured_conditions import HeldSize

COUNTS_FROM = 0.5
"""Share of a defect that some sentence, or "unknown", must leave for it to count."""

UNKNOWN = "unknown"
"""The kind of what no sentence names."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shares:
    """One defect among the sentences, given that it is a defect at all.

    Args:
        sentences: (sentence,) probability that the defect is what the sentence asks for.
        unknown: probability that it is of a kind that no sentence names.
        excused: probability that it is of a kind asked for, and not of the size asked for.
        counts: whether it counts for a defect by its measured sizes, taken as they are.
        named: number of the sentence that is its name; None where none fits it better than
            "unknown" does.
        held: per sentence, its conditions against the defect.
        looks: kind -> probability that it is of it by its look, whatever its size; the kind
            "unknown" is what no sentence names.
    """

    sentences: Floats
    unknown: float
    excused: float
    counts: bool
    named: int | None
    held: tuple[tuple[HeldSize, ...], ...]
    looks: Mapping[str, float]

    @property
    def look(self) -> str:
        """The kind that it looks most like."""
        return likeliest(self.looks)


def likeliest(looks: Mapping[str, float]) -> str:
    """The likeliest kind.

    Args:
        looks: kind -> probability.

    Example:
        >>> likeliest({"dent": 0.2, "crack": 0.8})
        'crack'
    """
    return max(looks, key=lambda x: looks[x])


def looks_of(names: Floats, kinds: Sequence[str]) -> dict[str, float]:
    """The probability of each kind, whatever its size.

    Args:
        names: (sentence + 1,) probability of each name by the look of it; the last is unknown.
        kinds: per sentence the key of the defect that it means.

    Example:
        >>> looks_of(np.array([0.5, 0.25, 0.25]), ["dent", "dent"])
        {'dent': 0.75, 'unknown': 0.25}
    """
    looks = dict.fromkeys((*kinds, UNKNOWN), 0.0)
    for kind, share in zip((*kinds, UNKNOWN), names, strict=True):
        looks[kind] += float(share)
    return looks


def shares_of(names: Floats, kinds: Sequence[str], held: Sequence[tuple[HeldSize, ...]]) -> Shares:
    """Share one defect out among the sentences.

    Sentences of one kind share the probability of that kind by how surely their conditions hold;
    what none of them takes is of the kind, but not of a size asked for: it is excused.

    Args:
        names: (sentence + 1,) probability of each name by the look of it; the last is unknown.
        kinds: per sentence the key of the defect that it means.
        held: per sentence its conditions against the defect.

    Example:
        >>> from faultlens.text.conditions import Condition
        >>> deep = Condition("depth", ">", 0.05, None, "mm", "deeper than 0.05 mm")
        >>> shallow = HeldSize(deep, 0.02, 0.005, False, 0.0)
        >>> names = np.array([0.75, 0.125, 0.125])
        >>> shares = shares_of(names, ["scratch", "dent"], [(shallow,), ()])
        >>> shares.sentences.tolist(), shares.excused, shares.counts
        ([0.0, 0.125], 0.75, False)
    """
    soft = np.array([_product(x.chance for x in each) for each in held])
    hard = np.array([float(all(x.holds is not False for x in each)) for each in held])
    shared, excused = _shared(names, kinds, soft)
    plainly, plainly_excused = _shared(names, kinds, hard)
    unknown = float(names[-1])
    counts = 1.0 - plainly_excused >= COUNTS_FROM
    candidates = plainly if counts else names[:-1]
    named = int(np.argmax(candidates)) if len(candidates) else None
    if named is not None and candidates[named] <= unknown:
        named = None
    return Shares(shared, unknown, excused, counts, named, tuple(held), looks_of(names, kinds))


def _shared(names: Floats, kinds: Sequence[str], chances: Floats) -> tuple[Floats, float]:
    shared = np.zeros(len(kinds))
    excused = 0.0
    for kind in dict.fromkeys(kinds):
        its = np.array([i for i, x in enumerate(kinds) if x == kind])
        mass = float(names[its].sum())
        weights = names[its] * chances[its]
        total = float(weights.sum())
        # Bands that exclude each other add up; sentences that both hold share alike.
        taken = min(1.0, float(chances[its].sum())) if total > 0 else 0.0
        if total > 0:
            shared[its] = mass * taken * weights / total
        excused += mass * (1 - taken)
    return shared, excused


def _product(chances: Iterable[float]) -> float:
    result = 1.0
    for each in chances:
        result *= each
    return result
