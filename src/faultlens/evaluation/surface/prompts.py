"""What each wording gains: figures of prompt sets on the same pictures, and their differences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.metrics.multiclass import tally
from faultlens.metrics.paired import Difference, paired_difference
from faultlens.metrics.resamples import Resamples, interval_of, resamples
from faultlens.runtimes.surface_scores import ensemble, without_directions
from faultlens.text.prompt_sets import PromptSet, Wording

ACCURACY, AUROC, ALARM = "accuracy", "auroc", "alarm_auroc"
"""Share named rightly; mean area of one label against the rest; area of any defect against none."""

MANY = 10
"""Differences from which it is told that some lie beyond their interval by chance."""

Array = NDArray[np.float64]
Encode = Callable[[Sequence[str]], NDArray[np.floating]]
"""Sentences in, (sentence, dim) unit rows out."""


@dataclass(frozen=True, eq=False)
class WordedPictures:
    """Pictures as rows, beside what is true of them.

    Args:
        rows: (picture, dim) unit rows of the whole pictures.
        labels: what is asked for, in the order of every prompt set.
        truth: (picture,) index of the true label; -1 for a defect that none of the labels names.
        group: of each picture, what intervals are drawn over.
        clean: index of the label that means no defect; None where it is not asked for.
        temperature: cosines are divided by it before labels are summed up to "some defect".
        file: of each picture, as seen from the folder of its data set; () where nobody asks.
    """

    rows: NDArray[np.floating]
    labels: tuple[str, ...]
    truth: NDArray[np.intp]
    group: tuple[str, ...]
    clean: int | None = None
    temperature: float = 0.01
    file: tuple[str, ...] = ()

    def chosen(self, index: NDArray[np.intp]) -> "WordedPictures":
        """Some of the pictures.

        Args:
            index: (picture,) their places.
        """
        return replace(
            self,
            rows=self.rows[index],
            truth=self.truth[index],
            group=tuple(self.group[int(i)] for i in index),
            file=tuple(self.file[int(i)] for i in index) if self.file else (),
        )


@dataclass(frozen=True, eq=False)
class SetFigures:
    """Figures of one prompt set, in every draw.

    Args:
        name: of the set.
        draws: name of the figure -> (draw,), first of the pictures as they are. Per label the names
            are "auroc LABEL" and "recall LABEL".
        units: pictures or groups behind them.
    """

    name: str
    draws: Mapping[str, Array]
    units: int

    def value(self, figure: str) -> float:
        """The figure on the pictures as they are."""
        return float(self.draws[figure][0])

    def interval(self, figure: str) -> tuple[float, float]:
        """Its 95 % interval over the pictures drawn again."""
        return interval_of(self.draws[figure], units=self.units)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Prompt sets on the same pictures.

    Args:
        sets: figures of each, the first is what the others are held against.
        gains: name of the set -> figure -> its difference to the first.
        notices: what a careful engineer would want to know.
    """

    sets: tuple[SetFigures, ...]
    gains: Mapping[str, Mapping[str, Difference]]
    notices: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON holds it."""
        return {
            "baseline": self.sets[0].name,
            "sets": {x.name: figures_dict(x) for x in self.sets},
            "gains": {name: gains_dict(x) for name, x in self.gains.items()},
            "notes": [x.en for x in self.notices],
        }


def verdict(gap: Difference) -> str:
    """Whether a difference is more than chance: "better", "worse" or "same".

    Args:
        gap: a difference with its interval.

    Example:
        >>> verdict(Difference(0.1, 0.02, 0.2)), verdict(Difference(0.1, -0.02, 0.2))
        ('better', 'same')
    """
    return "better" if gap.is_better else "worse" if gap.is_worse else "same"


def figures_dict(figures: SetFigures) -> dict[str, Any]:
    """The figures of a set as JSON holds them.

    Args:
        figures: of one set.

    Example:
        >>> figures_dict(SetFigures("mine", {"accuracy": np.array([0.5, 0.5])}, 4))
        {'accuracy': {'value': 0.5, 'interval': [0.5, 0.5]}}
    """
    return {
        x: {"value": figures.value(x), "interval": list(figures.interval(x))} for x in figures.draws
    }


def gains_dict(gains: Mapping[str, Difference]) -> dict[str, Any]:
    """Differences as JSON holds them.

    Args:
        gains: figure -> its difference.

    Example:
        >>> gains_dict({"accuracy": Difference(0.1, 0.0, 0.2)})
        {'accuracy': {'value': 0.1, 'interval': [0.0, 0.2], 'verdict': 'same'}}
    """
    return {
        x: {"value": gap.value, "interval": [gap.low, gap.high], "verdict": verdict(gap)}
        for x, gap in gains.items()
    }


def class_rows(wordings: Sequence[Wording], encode: Encode) -> NDArray[np.float32]:
    """One row for each wording: the mean of its sentences, what it denies taken out.

    Args:
        wordings: of the labels, in their order.
        encode: sentences -> (sentence, dim) unit rows.

    Returns:
        (label, dim) unit rows.

    Example:
        >>> rows = {"crack": [1.0, 0.0], "scratch": [0.8, 0.6]}
        >>> encode = lambda said: np.array([rows[x] for x in said], np.float32)
        >>> class_rows([Wording("crack", ("crack",))], encode).tolist()
        [[1.0, 0.0]]
    """
    every = list(dict.fromkeys(y for x in wordings for y in (*x.sentences, *x.denied)))
    rows = np.asarray(encode(every), dtype=np.float32)
    place = {sentence: i for i, sentence in enumerate(every)}
    made = []
    for each in wordings:
        row = ensemble(rows[[place[x] for x in each.sentences]])
        if each.denied:
            row = without_directions(row, rows[[place[x] for x in each.denied]])
        made.append(row)
    return np.stack(made)


def compare_prompts(
    pictures: WordedPictures, sets: Sequence[PromptSet], encode: Encode, *, seed: int = 0
) -> Comparison:
    """Figures of several prompt sets, and what each gains over the first.

    Args:
        pictures: with their true labels.
        sets: at least one; the first is the baseline.
        encode: sentences -> (sentence, dim) unit rows.
        seed: of the draws of pictures.

    Raises:
        UsageError: no set, two of one name, a set for other labels, or nothing to compare.

    Source:
        Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 8: paired draws.

    Example:
        >>> truth = np.repeat([0, 1], 4)
        >>> pictures = WordedPictures(np.eye(2)[truth], ("crack", "dent"), truth, tuple("abcdefgh"))
        >>> mine = PromptSet("mine", (Wording("crack", ("c",)), Wording("dent", ("d",))))
        >>> encode = lambda said: np.eye(2, dtype=np.float32)[["cd".index(x) for x in said]]
        >>> compare_prompts(pictures, [mine], encode).sets[0].value("accuracy")
        1.0
    """
    names = [x.name for x in sets]
    if not names:
        raise UsageError("No prompt set was given; give at least one, such as basic.")
    if twice := [x for i, x in enumerate(names) if x in names[:i]]:
        raise UsageError(f"Two prompt sets are called '{twice[0]}'; rename one of them.")
    for each in sets:
        if tuple(x.label for x in each.wordings) != pictures.labels:
            raise UsageError(
                f"The set '{each.name}' words {', '.join(x.label for x in each.wordings)}, but "
                f"asked for is {', '.join(pictures.labels)}."
            )
    drawn = _drawn(pictures, seed)
    figures = tuple(
        set_figures(x.name, pictures, cosines(pictures, class_rows(x.wordings, encode)), drawn)
        for x in sets
    )
    gains = {
        each.name: {
            figure: paired_difference(each.draws[figure][None], figures[0].draws[figure][None])
            for figure in each.draws
        }
        for each in figures[1:]
    }
    return Comparison(figures, gains, tuple(_notices(pictures, gains)))


def cosines(pictures: WordedPictures, rows: NDArray[np.floating]) -> Array:
    """Cosine of each picture with each label.

    Args:
        pictures: with (picture, dim) rows.
        rows: (label, dim) unit rows.

    Returns:
        (picture, label).

    Example:
        >>> one = WordedPictures(np.eye(2), ("a", "b"), np.array([0, 1]), ("x", "y"))
        >>> cosines(one, np.eye(2)).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return np.asarray(pictures.rows, np.float64) @ np.asarray(rows, np.float64).T


def set_figures(
    name: str, pictures: WordedPictures, scores: Array, drawn: Resamples | None = None
) -> SetFigures:
    """The figures of one set from its cosines.

    Args:
        name: of the set.
        pictures: with their true labels.
        scores: (picture, label) cosines.
        drawn: draws of the pictures; None for the pictures as they are.

    Raises:
        UsageError: too few labels occur for any figure.

    Example:
        >>> one = WordedPictures(np.eye(2), ("a", "b"), np.array([0, 1]), ("x", "y"))
        >>> sorted(set_figures("mine", one, np.eye(2)).draws)
        ['accuracy', 'auroc', 'auroc a', 'auroc b', 'recall a', 'recall b']
    """
    draws: dict[str, Array] = {}
    named = pictures.truth >= 0
    present = np.unique(pictures.truth[named])
    if len(present) > 1 and named.all():
        found = tally(pictures.truth, scores, drawn)
        draws[ACCURACY] = found.accuracy
        draws[AUROC] = found.macro("auroc")
        for column in present:
            draws[f"{AUROC} {pictures.labels[column]}"] = found.auroc[:, column]
            draws[f"recall {pictures.labels[column]}"] = found.recall[:, column]
    if pictures.clean is not None:
        defective = pictures.truth != pictures.clean
        if defective.any() and not defective.all():
            odds = alarm_scores(pictures, scores)
            draws[ALARM] = tally(
                defective.astype(np.intp), np.stack([-odds, odds], axis=1), drawn
            ).auroc[:, 1]
    if not draws:
        raise UsageError(
            "Nothing to compare: the pictures show one label only. Give pictures of at least two, "
            "such as no defect and crack."
        )
    return SetFigures(name, draws, len(scores) if drawn is None else drawn.units)


def alarm_scores(pictures: WordedPictures, scores: Array) -> Array:
    """How much rather some defect than none: log of the sums of exponentials, less the clean one.

    Args:
        pictures: with the label of no defect.
        scores: (picture, label) cosines.

    Returns:
        (picture,) log odds.

    Raises:
        UsageError: no label means no defect.

    Example:
        >>> one = WordedPictures(np.eye(2), ("a", "b"), np.array([0, 1]), ("x", "y"), 0, 1.0)
        >>> alarm_scores(one, np.eye(2)).tolist()
        [-1.0, 1.0]
    """
    if pictures.clean is None:
        raise UsageError("None of the labels means no defect; ask for 'no defect' as well.")
    logits = scores / pictures.temperature
    ill = np.delete(logits, pictures.clean, axis=1)
    top = ill.max(axis=1, keepdims=True)
    summed = top[:, 0] + np.log(np.exp(ill - top).sum(axis=1))
    return np.asarray(summed - logits[:, pictures.clean])


def _drawn(pictures: WordedPictures, seed: int) -> Resamples:
    return resamples(
        pictures.group,
        [str(x) for x in pictures.truth],
        np.arange(len(pictures.group)),
        seed=seed,
    )


def _notices(
    pictures: WordedPictures, gains: Mapping[str, Mapping[str, Difference]]
) -> list[Notice]:
    told = []
    judged = sum(map(len, gains.values()))
    if judged >= MANY:
        told.append(
            Notice(
                en=f"{judged} differences are judged, each at 95 %: about one in twenty would lie "
                "beyond its interval by chance alone.",
                zh=f"共判断 {judged} 个差值，各按 95 % 区间：仅因偶然，约二十个中会有一个"
                "超出区间。",
            )
        )
    if unnamed := int((pictures.truth < 0).sum()):
        told.append(
            Notice(
                en=f"{unnamed} pictures show a defect that none of the labels names: they count "
                "for the alarm only, and nothing is said about naming.",
                zh=f"{unnamed} 张图片的缺陷不属于所问的任何类别：只计入报警，不评估命名。",
            )
        )
    return told
