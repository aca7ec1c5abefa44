"""What would help most against confusions: one other wording, one example, more pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.evaluation.surface.best_change import BestChange, best_change, class_means, net_worth
from faultlens.evaluation.surface.confusions import Confusion, confusion_counts, confusions
from faultlens.evaluation.surface.prompts import (
    Encode,
    WordedPictures,
    class_rows,
    cosines,
    gains_dict,
)
from faultlens.text.prompt_sets import PromptSet, Wording

MOST_EXAMPLES = 1_000
"""Pictures tried as examples; of more, so many are drawn."""

EXAMPLE_WEIGHT, NEAR_FROM = 0.5, 1.0
"""What an example counts beside the words, and from how many standard deviations of likeness a
picture is near it. Of weights of .25, .5 and 1, with and without a nearest distance, on steel strip
(NEU) and magnetic tiles, .5 rights most on the first and harms least on the second."""

CONTRASTED = "contrasted"
"""Name of the wordings that deny what a label is most often taken for."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BetterWords:
    """The wording that would help most.

    Args:
        label: whose words are changed.
        kind: set that the other words are from.
        wording: the other words.
        change: what they gain.
    """

    label: str
    kind: str
    wording: Wording
    change: BestChange


@dataclass(frozen=True, eq=False)
class BestExample:
    """The labelled picture that would help most beside the words.

    Args:
        file: the picture, as seen from the folder of its data set.
        label: what it shows.
        change: what it gains on pictures of other groups.
    """

    file: str
    label: str
    change: BestChange


@dataclass(frozen=True, eq=False)
class Advice:
    """What is confused with what, and what would help most.

    Args:
        labels: that were asked for and occur.
        counts: (label, label) pictures of each by what they are called.
        pairs: the same as sentences could tell it, the worst first.
        words: the wording that would help most; None where none rights more than it wrongs.
        example: the picture that would; None where none does.
        worth: label -> what one more example of it gains on average.
        tried: how many wordings and examples were tried.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.intp]
    pairs: tuple[Confusion, ...]
    words: BetterWords | None
    example: BestExample | None
    worth: dict[str, float]
    tried: tuple[int, int]

    @property
    def named_rightly(self) -> float:
        """Share of pictures called what they are."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON holds it."""
        return {
            "named_rightly": self.named_rightly,
            "confusion": {"classes": list(self.labels), "counts": self.counts.tolist()},
            "pairs": [x.to_dict() for x in self.pairs],
            "words": None
            if self.words is None
            else {
                "label": self.words.label,
                "from": self.words.kind,
                "sentences": list(self.words.wording.sentences),
                "not": list(self.words.wording.denied),
                **_change(self.words.change),
            },
            "example": None
            if self.example is None
            else {
                "file": self.example.file,
                "label": self.example.label,
                **_change(self.example.change),
            },
            "worth_of_one_more": self.worth,
            "tried": {"wordings": self.tried[0], "examples": self.tried[1]},
        }


def advise(
    pictures: WordedPictures, sets: Sequence[PromptSet], encode: Encode, *, seed: int = 0
) -> Advice:
    """What would help most against confusions on labelled pictures.

    Every wording of every set is tried in the place of the first set's, one label at a time, and
    those that deny what the label is most often taken for. Every picture is tried as an example
    beside the words, for pictures near it; it is judged on pictures of other groups.

    Args:
        pictures: with their true labels and files.
        sets: prompt sets; the first is what is asked with now.
        encode: sentences -> (sentence, dim) unit rows.
        seed: of folds and draws.

    Raises:
        UsageError: no set, or pictures of fewer than two of the labels.

    Source:
        choice and its assessment by cross-validation, see `best_change`; contrast: see
        `runtimes.surface_scores.without_directions`; an example beside the words: Zhang et al.,
        Tip-Adapter (ECCV 2022), with one cached picture, its likeness scaled to that of the words.

    Example:
        >>> truth = np.repeat([0, 1], 6)
        >>> groups = tuple("abcdefghijkl")
        >>> pictures = WordedPictures(np.eye(2)[truth], ("crack", "dent"), truth, groups)
        >>> mine = PromptSet("mine", (Wording("crack", ("c",)), Wording("dent", ("d",))))
        >>> encode = lambda said: np.eye(2, dtype=np.float32)[["cd".index(x) for x in said]]
        >>> found = advise(pictures, [mine], encode)
        >>> found.pairs, found.words, found.named_rightly
        ((), None, 1.0)
    """
    if not sets:
        raise UsageError("No prompt set was given; give at least one, such as basic.")
    named = np.flatnonzero(pictures.truth >= 0)
    shown = pictures.chosen(named)
    if len(np.unique(shown.truth)) < 2:
        raise UsageError(
            "Nothing can be confused: the pictures show fewer than two of what is asked for "
            f"({', '.join(pictures.labels)})."
        )
    scores = cosines(shown, class_rows(sets[0].wordings, encode))
    counts = confusion_counts(shown.truth, scores.argmax(axis=1), len(shown.labels))
    words, wordings = _better_words(shown, sets, encode, scores, counts, seed)
    example, worth, examples = _best_example(shown, scores, seed)
    return Advice(
        shown.labels, counts, confusions(counts, shown.labels), words, example, worth,
        (wordings, examples),
    )  # fmt: skip


def doubtful(
    rows: NDArray[np.floating], class_points: NDArray[np.floating], *, most: int = 5
) -> list[tuple[int, int, int]]:
    """The pictures of which it is least clear which of two names they have: label these next.

    Args:
        rows: (picture, dim) unit rows of pictures that nobody labelled.
        class_points: (label, dim) unit rows.
        most: how many are wanted; near-copies of one already chosen are passed over.

    Returns:
        picture, likeliest and second likeliest label of each, the most doubtful first.

    Source:
        margin sampling: Scheffer, Decomain, Wrobel, IDA 2001.

    Example:
        >>> rows = np.array([[1.0, 0.0], [0.7, 0.714]])
        >>> doubtful(rows, np.eye(2), most=1)
        [(1, 1, 0)]
    """
    scores = np.asarray(rows, np.float64) @ np.asarray(class_points, np.float64).T
    ordered = np.argsort(-scores, axis=1)
    first, second = ordered[:, 0], ordered[:, 1]
    every = np.arange(len(rows))
    margins = scores[every, first] - scores[every, second]
    chosen: list[int] = []
    for i in np.argsort(margins, kind="stable"):
        if len(chosen) == most:
            break
        if all(float(rows[i] @ rows[j]) < SAME_SHOT for j in chosen):
            chosen.append(int(i))
    return [(i, int(first[i]), int(second[i])) for i in chosen]


SAME_SHOT = 0.98
"""Cosine of two pictures' rows from which labelling one of them is enough."""


def _better_words(
    pictures: WordedPictures,
    sets: Sequence[PromptSet],
    encode: Encode,
    scores: Array,
    counts: NDArray[np.intp],
    seed: int,
) -> tuple[BetterWords | None, int]:
    tried: list[tuple[int, str, Wording]] = []
    for label, now in enumerate(sets[0].wordings):
        seen = {(now.sentences, now.denied)}
        for each in (*sets[1:], _contrasted(sets[0], counts)):
            other = each.wordings[label]
            if (other.sentences, other.denied) not in seen:
                seen.add((other.sentences, other.denied))
                tried.append((label, each.name, other))
    if not tried:
        return None, 0
    points = class_rows([x for _, _, x in tried], encode)
    columns = cosines(pictures, points)
    before = scores.argmax(axis=1) == pictures.truth
    gains = np.stack([
        _gain(scores, label, columns[:, k], pictures.truth, before)
        for k, (label, _, _) in enumerate(tried)
    ])  # fmt: skip
    best = best_change(gains, pictures.truth, pictures.group, seed=seed)
    if best is None:
        return None, len(tried)
    label, kind, wording = tried[best.index]
    return BetterWords(pictures.labels[label], kind, wording, best), len(tried)


def _contrasted(now: PromptSet, counts: NDArray[np.intp]) -> PromptSet:
    """The first set, each label with the words taken out of what it is most often taken for."""
    off = counts * ~np.eye(len(counts), dtype=bool)
    made = []
    for label, wording in enumerate(now.wordings):
        other = int(off[label].argmax())
        denied = now.wordings[other].sentences if off[label, other] else ()
        made.append(replace(wording, denied=tuple(dict.fromkeys((*wording.denied, *denied)))))
    return PromptSet(CONTRASTED, tuple(made))


def _best_example(
    pictures: WordedPictures, scores: Array, seed: int
) -> tuple[BestExample | None, dict[str, float], int]:
    rows = np.asarray(pictures.rows, np.float64)
    tried = np.arange(len(rows))
    if len(tried) > MOST_EXAMPLES:
        tried = np.sort(np.random.default_rng(seed).choice(tried, MOST_EXAMPLES, replace=False))
    centred = rows - rows.mean(axis=0)
    spread = float(np.std(scores - scores.mean(axis=1, keepdims=True)))
    before = scores.argmax(axis=1) == pictures.truth
    groups = np.array(pictures.group)
    gains = np.zeros((len(tried), len(rows)), dtype=np.int8)
    for k, i in enumerate(tried):
        alike = centred @ centred[i]
        others = groups != groups[i]
        label = int(pictures.truth[i])
        width = max(float(np.std(alike[others])), 1e-12) if others.any() else 1.0
        # What looks like the example speaks for its label; what does not says nothing.
        near = np.maximum(alike / width - NEAR_FROM, 0)
        column = scores[:, label] + EXAMPLE_WEIGHT * spread * near
        gains[k] = np.where(others, _gain(scores, label, column, pictures.truth, before), 0)
    worth = class_means(
        net_worth(gains, pictures.truth), pictures.truth[tried], len(pictures.labels)
    )
    told = {x: float(y) for x, y in zip(pictures.labels, worth, strict=True) if np.isfinite(y)}
    best = best_change(gains, pictures.truth, pictures.group, seed=seed)
    if best is None:
        return None, told, len(tried)
    at = int(tried[best.index])
    file = pictures.file[at] if pictures.file else pictures.group[at]
    return BestExample(file, pictures.labels[int(pictures.truth[at])], best), told, len(tried)


def _gain(
    scores: Array, label: int, column: Array, truth: NDArray[np.integer], before: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """(picture,) 1 where another column of scores rights it, -1 where it wrongs it."""
    changed = scores.copy()
    changed[:, label] = column
    after = changed.argmax(axis=1) == truth
    gain: NDArray[np.int8] = after.astype(np.int8) - before.astype(np.int8)
    return gain


def _change(change: BestChange) -> dict[str, Any]:
    return {
        "gain": gains_dict({"accuracy": change.gain})["accuracy"],
        "righted": change.righted,
        "wronged": change.wronged,
    }
