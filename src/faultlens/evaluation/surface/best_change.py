"""Which of many small changes helps most, and what it is worth on pictures that had no say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.metrics.paired import Difference
from faultlens.metrics.resamples import interval_of, resamples

FOLDS = 5
"""Parts that the pictures are cut into; each is judged by the change chosen on the others."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BestChange:
    """The change that helps most.

    Args:
        index: which one.
        gain: what choosing so gains, on pictures that had no say in the choice.
        righted: pictures that come right by it, of those it was chosen on.
        wronged: pictures that go wrong by it.
    """

    index: int
    gain: Difference
    righted: int
    wronged: int


def best_change(
    gains: NDArray[np.integer],
    truth: NDArray[np.integer],
    groups: tuple[str, ...],
    *,
    seed: int = 0,
) -> BestChange | None:
    """The change that rights most pictures net of those it wrongs, mean over the classes.

    The best of many looks better than it is, on the pictures that it was chosen by. So it is chosen
    on four fifths of the groups and judged on the fifth, in turn.

    Args:
        gains: (change, picture) 1 where it rights a picture, -1 where it wrongs one, else 0.
        truth: (picture,) class.
        groups: of each picture; they stay whole.
        seed: of folds and draws.

    Returns:
        None where no change rights more than it wrongs.

    Source:
        Stone, J. R. Stat. Soc. B 36 (1974) 111-147: choice and its assessment by cross-validation;
        Field, Welsh, J. R. Stat. Soc. B 69 (2007): draws of whole groups.

    Example:
        >>> gains = np.array([[0] * 20, [1] * 20])
        >>> found = best_change(gains, np.repeat([0, 1], 10), tuple("abcdefghijklmnopqrst"))
        >>> found.index, found.gain.value, found.righted
        (1, 1.0, 20)
    """
    weights = _weights(truth)
    worth = gains @ weights
    if not len(gains) or worth.max() <= 0:
        return None
    fold = _folds(truth, groups, seed)
    held = np.zeros(len(truth))
    for part in range(FOLDS):
        out = fold == part
        kept = gains[:, ~out] @ weights[~out]
        chosen = int(kept.argmax())
        if kept[chosen] > 0:
            held[out] = gains[chosen, out]
    drawn = resamples(groups, [str(x) for x in truth], np.arange(len(truth)), seed=seed)
    counts = drawn.counts[:, drawn.unit_of]
    shares = []
    for label in np.unique(truth):
        its = counts * (truth == label)
        total = its.sum(axis=1)
        shares.append(np.where(total > 0, its @ held / np.maximum(total, 1), 0.0))
    values = np.mean(shares, axis=0)
    best = int(worth.argmax())
    return BestChange(
        best,
        Difference(float(values[0]), *interval_of(values)),
        int((gains[best] > 0).sum()),
        int((gains[best] < 0).sum()),
    )


def class_means(worth: Array, of_class: NDArray[np.integer], classes: int) -> Array:
    """The mean worth of changes by the class that they are of.

    Args:
        worth: (change,) what each is worth.
        of_class: (change,) the class that it is of.
        classes: how many there are.

    Returns:
        (class,) mean; NaN where no change is of it.

    Example:
        >>> class_means(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), 2).tolist()
        [2.0, 5.0]
    """
    counts = np.bincount(of_class, minlength=classes)
    sums = np.bincount(of_class, weights=worth, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def net_worth(gains: NDArray[np.integer], truth: NDArray[np.integer]) -> Array:
    """What each change gains, mean over the classes.

    Args:
        gains: (change, picture) 1 where it rights a picture, -1 where it wrongs one, else 0.
        truth: (picture,) class.

    Returns:
        (change,).

    Example:
        >>> net_worth(np.array([[1, 0, -1, -1]]), np.array([0, 0, 1, 1])).tolist()
        [-0.25]
    """
    return np.asarray(gains @ _weights(truth))


def _weights(truth: NDArray[np.integer]) -> Array:
    """Each class counts alike."""
    counts = np.bincount(truth)
    present = np.count_nonzero(counts)
    return np.asarray(1.0 / (present * counts[truth]))


def _folds(
    truth: NDArray[np.integer], groups: tuple[str, ...], seed: int
) -> NDArray[np.intp]:  # fmt: skip
    """(picture,) fold of each: groups stay whole, those of each class are dealt out in turn."""
    first: dict[str, int] = {}
    for label, group in zip(truth.tolist(), groups, strict=True):
        first.setdefault(group, label)
    order = np.random.default_rng(seed).permutation(len(first))
    names = sorted(first)
    turns = {
        names[x]: i % FOLDS for i, x in enumerate(sorted(order, key=lambda x: first[names[x]]))
    }
    return np.array([turns[x] for x in groups], dtype=np.intp)
