"""What prompt sets do and gain, in sentences."""

from collections.abc import Iterator, Mapping

from faultlens.evaluation.surface.prompts import (
    ACCURACY,
    ALARM,
    AUROC,
    Comparison,
    SetFigures,
    verdict,
)
from faultlens.metrics.paired import Difference

FIGURES = {
    ACCURACY: {"en": "named rightly", "zh": "命名正确率"},
    AUROC: {"en": "AUROC, mean over labels", "zh": "各类平均 AUROC"},
    ALARM: {"en": "AUROC of the alarm", "zh": "报警 AUROC"},
}
"""Figures of a whole set, in words; others are of one label."""

_PER_LABEL = {"en": "{figure} of '{label}'", "zh": "“{label}”的{figure}"}
_LABELLED = {
    "auroc": {"en": "AUROC", "zh": " AUROC"},
    "recall": {"en": "recall", "zh": "召回率"},
}
_SENTENCES = {
    "better": {
        "en": "'{new}' is better than '{old}' beyond the interval: {figure} {gap}.",
        "zh": "“{new}”优于“{old}”，且差值超出区间：{figure} {gap}。",
    },
    "worse": {
        "en": "'{new}' is worse than '{old}' beyond the interval: {figure} {gap}.",
        "zh": "“{new}”劣于“{old}”，且差值超出区间：{figure} {gap}。",
    },
    "same": {
        "en": "'{new}' is not to be told from '{old}': {figure} {gap}.",
        "zh": "“{new}”与“{old}”无法区分：{figure} {gap}。",
    },
}


def figure_words(figure: str, lang: str) -> str:
    """A figure in words.

    Args:
        figure: key of `SetFigures.draws`.
        lang: "en" or "zh".

    Example:
        >>> figure_words("accuracy", "en"), figure_words("recall crack", "zh")
        ('named rightly', '“crack”的召回率')
    """
    if figure in FIGURES:
        return FIGURES[figure][lang]
    kind, _, label = figure.partition(" ")
    return _PER_LABEL[lang].format(figure=_LABELLED[kind][lang], label=label)


def figures_told(figures: SetFigures, lang: str) -> str:
    """The figures of a whole set with their intervals, on one line.

    Args:
        figures: of one set.
        lang: "en" or "zh".

    Example:
        >>> import numpy as np
        >>> figures_told(SetFigures("mine", {"accuracy": np.array([0.5, 0.4, 0.6])}, 4), "en")
        'named rightly 0.500 [0.405, 0.595]'
    """
    return ", ".join(
        f"{figure_words(x, lang)} {figures.value(x):.3f} [{low:.3f}, {high:.3f}]"
        for x in figures.draws
        if x in FIGURES
        for low, high in [figures.interval(x)]
    )


def gain_told(new: str, old: str, figure: str, gap: Difference, lang: str) -> str:
    """Whether one set is better than another in one figure, in a sentence.

    Args:
        new: name of the set.
        old: name of the one that it is held against.
        figure: key of the figure.
        gap: the difference.
        lang: "en" or "zh".

    Example:
        >>> gain_told("long", "basic", "accuracy", Difference(0.05, 0.01, 0.09), "en")
        "'long' is better than 'basic' beyond the interval: named rightly +0.050 [+0.010, +0.090]."
    """
    return _SENTENCES[verdict(gap)][lang].format(
        new=new, old=old, figure=figure_words(figure, lang),
        gap=f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]",
    )  # fmt: skip


def gains_told(compared: Comparison, lang: str) -> Iterator[str]:
    """What each set gains over the first; of single labels, what is beyond its interval.

    Args:
        compared: prompt sets on the same pictures.
        lang: "en" or "zh".

    Example:
        >>> list(gains_told(Comparison((SetFigures("basic", {}, 1),), {}), "en"))
        []
    """
    old = compared.sets[0].name
    for name, gains in compared.gains.items():
        yield from _of_set(name, old, gains, lang)


def _of_set(name: str, old: str, gains: Mapping[str, Difference], lang: str) -> Iterator[str]:
    for figure, gap in gains.items():
        if figure in FIGURES or verdict(gap) != "same":
            yield gain_told(name, old, figure, gap, lang)
