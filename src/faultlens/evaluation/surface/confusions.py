"""What is confused with what: of each defect, which other name it is given, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.metrics.intervals import share_interval
from faultlens.profiles.class_thresholds import ClassThresholds


@dataclass(frozen=True)
class Confusion:
    """One defect that is given the name of another.

    Args:
        truth: what it is.
        called: what it is called.
        count: how many pictures.
        of: pictures of the defect.
    """

    truth: str
    called: str
    count: int
    of: int

    @property
    def share(self) -> float:
        """Of its pictures, how many are called so."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share, were every picture of a part of its own."""
        return share_interval(self.count, self.of)

    def told(self) -> Notice:
        """The confusion in a sentence."""
        low, high = self.interval
        span = f"{self.share:.0%} [{low:.0%}, {high:.0%}]"
        return Notice(
            en=f"'{self.truth}' is called '{self.called}' in {self.count} of {self.of} pictures, "
            f"{span}.",
            zh=f"“{self.truth}”被称为“{self.called}”：{self.of} 张中 {self.count} 张，{span}。",
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "truth": self.truth,
            "called": self.called,
            "count": self.count,
            "of": self.of,
            "share": self.share,
            "interval": list(self.interval),
        }


def believed(
    scores: NDArray[np.floating], sentences: Sequence[str], classes: ClassThresholds
) -> NDArray[np.intp]:
    """The one name that fits each picture, by class thresholds.

    Args:
        scores: (picture, sentence) probability of each.
        sentences: that were asked for.
        classes: of a profile, for the same sentences.

    Returns:
        (picture,) index of a sentence; -1 where several fit, or none.

    Example:
        >>> from faultlens.profiles.calibrate_classes import class_thresholds
        >>> names = np.array([[0.9, 0.1]] * 9 + [[0.2, 0.8]] * 9)
        >>> made = class_thresholds(names, [0] * 9 + [1] * 9, ["crack", "dent"])
        >>> believed(np.array([[0.1, 0.7], [0.4, 0.4]]), ["crack", "dent"], made).tolist()
        [1, -1]
    """
    found = []
    for row in scores:
        fitting = classes.candidates(dict(zip(sentences, row.tolist(), strict=True)))
        found.append(sentences.index(fitting[0]) if len(fitting) == 1 else -1)
    return np.array(found, dtype=np.intp)


def confusion_counts(
    truth: Sequence[int] | NDArray[np.integer], called: Sequence[int] | NDArray[np.integer],
    classes: int,
) -> NDArray[np.intp]:  # fmt: skip
    """How many pictures of each class are called each.

    Args:
        truth: (picture,) index of the true class.
        called: (picture,) index of what it is called.
        classes: how many there are.

    Returns:
        (truth, called) pictures.

    Example:
        >>> confusion_counts([0, 0, 1], [0, 1, 1], 2).tolist()
        [[1, 1], [0, 1]]
    """
    counts = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(counts, (np.asarray(truth, np.intp), np.asarray(called, np.intp)), 1)
    return counts


def confusions(counts: NDArray[np.integer], labels: Sequence[str]) -> tuple[Confusion, ...]:
    """Which defects are given the name of another, the worst first.

    Args:
        counts: (truth, called) pictures of each class by what they are called.
        labels: of the classes.

    Example:
        >>> counts = np.array([[8, 2], [1, 1]])
        >>> [(x.truth, x.called, x.share) for x in confusions(counts, ["crack", "dent"])]
        [('dent', 'crack', 0.5), ('crack', 'dent', 0.2)]
    """
    found = [
        Confusion(labels[i], labels[j], int(counts[i, j]), int(counts[i].sum()))
        for i in range(len(labels))
        for j in range(len(labels))
        if i != j and counts[i, j]
    ]
    return tuple(sorted(found, key=lambda x: (-x.share, -x.count, x.truth, x.called)))
