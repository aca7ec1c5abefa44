"""The wording of each defect that does best on labelled pictures, and what it does on others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.evaluation.surface.prompts import (
    Array,
    Encode,
    SetFigures,
    WordedPictures,
    alarm_scores,
    class_rows,
    figures_dict,
    gains_dict,
    set_figures,
)
from faultlens.metrics.multiclass import tally
from faultlens.metrics.paired import Difference, paired_difference
from faultlens.metrics.resamples import resamples
from faultlens.text.prompt_sets import PromptSet, Wording

FOLDS = 5
"""Parts that the pictures are cut into; each is judged by wordings chosen on the others."""

PASSES = 3
"""Rounds over the labels; the choice of one label bears on the others."""

FEWEST = 2 * FOLDS
"""Groups of a label below which folds would leave it out."""

BASIC, TUNED = "first set", "tuned"


@dataclass(frozen=True, eq=False)
class TunedPrompts:
    """Wordings chosen on labelled pictures.

    Args:
        chosen: the set, chosen on all pictures.
        kinds: label -> the set that its wording was taken from.
        first: figures of the first set, on the same pictures.
        held: figures of wordings chosen without the pictures that they are judged on.
        gains: figure -> what the choice gains on pictures that it has not seen.
        notices: what a careful engineer would want to know.
    """

    chosen: PromptSet
    kinds: dict[str, str]
    first: SetFigures
    held: SetFigures
    gains: dict[str, Difference]
    notices: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON holds it."""
        return {
            "chosen": {
                x.label: {
                    "from": self.kinds[x.label],
                    "sentences": list(x.sentences),
                    "not": list(x.denied),
                }
                for x in self.chosen.wordings
            },
            "first": {"name": self.first.name, **figures_dict(self.first)},
            "held_out": figures_dict(self.held),
            "gains": gains_dict(self.gains),
            "notes": [x.en for x in self.notices],
        }


def tune_prompts(
    pictures: WordedPictures,
    sets: Sequence[PromptSet],
    encode: Encode,
    *,
    name: str = TUNED,
    seed: int = 0,
) -> TunedPrompts:
    """Choose the best wording of each label among those of several sets.

    One label after the other takes the wording that names most pictures rightly, mean over the
    labels; a tie leaves it as it is. What that is worth is measured on pictures that had no say.

    Args:
        pictures: with their true labels; a few dozen of each.
        sets: the first is where the choice starts, and what it is held against.
        encode: sentences -> (sentence, dim) unit rows.
        name: of the set that is made.
        seed: of folds and draws.

    Raises:
        UsageError: fewer than two sets, or too few pictures of a label.

    Source:
        Stone, J. R. Stat. Soc. B 36 (1974) 111-147: choice and its assessment by cross-validation.

    Example:
        >>> tune_prompts.__name__
        'tune_prompts'
    """
    if len(sets) < 2:
        raise UsageError("Nothing to choose from: give at least two prompt sets with --sets.")
    _refuse_few(pictures)
    scores = np.stack([_cosines(pictures, x.wordings, encode) for x in sets])
    fold = _folds(pictures, seed)
    held = np.empty(scores.shape[1:])
    for part in range(FOLDS):
        seen = np.flatnonzero(fold != part)
        choice = choose(pictures.chosen(seen), scores[:, seen])
        rest = np.flatnonzero(fold == part)
        held[rest] = _taken(scores[:, rest], choice)
    choice = choose(pictures, scores)
    drawn = resamples(
        pictures.group, [str(x) for x in pictures.truth], np.arange(len(fold)), seed=seed
    )
    first = set_figures(sets[0].name, pictures, scores[0], drawn)
    judged = set_figures(name, pictures, held, drawn)
    gains = {
        x: paired_difference(judged.draws[x][None], first.draws[x][None]) for x in judged.draws
    }
    wordings = tuple(
        Wording(label, (found := sets[i].wordings[k]).sentences, found.denied)
        for k, (label, i) in enumerate(zip(pictures.labels, choice, strict=True))
    )
    kinds = {label: sets[i].name for label, i in zip(pictures.labels, choice, strict=True)}
    main = next(iter(gains))
    return TunedPrompts(
        PromptSet(name, wordings), kinds, first, judged, gains, tuple(_notices(main, gains[main]))
    )


def choose(pictures: WordedPictures, scores: Array) -> NDArray[np.intp]:
    """The set from which each label takes its wording, found one label after the other.

    Args:
        pictures: with their true labels.
        scores: (set, picture, label) cosines.

    Returns:
        (label,) index of a set.

    Example:
        >>> one = WordedPictures(np.eye(2), ("a", "b"), np.array([0, 1]), ("x", "y"))
        >>> choose(one, np.stack([1 - np.eye(2), np.eye(2)])).tolist()
        [1, 1]
    """
    choice = np.zeros(scores.shape[2], dtype=np.intp)
    best = _worth(pictures, _taken(scores, choice))
    for _ in range(PASSES):
        before = choice.copy()
        for label in range(len(choice)):
            for which in range(len(scores)):
                tried = choice.copy()
                tried[label] = which
                worth = _worth(pictures, _taken(scores, tried))
                if worth > best + 1e-9:
                    best, choice = worth, tried
        if np.array_equal(choice, before):
            break
    return choice


def _worth(pictures: WordedPictures, scores: Array) -> float:
    """Mean recall of the labels that occur; with one defect or none named, area of the alarm."""
    named = pictures.truth >= 0
    present = np.unique(pictures.truth[named])
    if named.all() and len(present) > 1:
        right = scores.argmax(axis=1) == pictures.truth
        return float(np.mean([right[pictures.truth == x].mean() for x in present]))
    odds = alarm_scores(pictures, scores)
    truth = (pictures.truth != pictures.clean).astype(np.intp)
    return float(tally(truth, np.stack([-odds, odds], axis=1)).auroc[0, 1])


def _taken(scores: Array, choice: NDArray[np.intp]) -> Array:
    """(picture, label) cosines, of each label those of the set that was chosen for it."""
    return np.stack([scores[i, :, label] for label, i in enumerate(choice)], axis=1)


def _cosines(pictures: WordedPictures, wordings: Sequence[Wording], encode: Encode) -> Array:
    rows = np.asarray(class_rows(wordings, encode), np.float64)
    return np.asarray(pictures.rows, np.float64) @ rows.T


def _folds(pictures: WordedPictures, seed: int) -> NDArray[np.intp]:
    """(picture,) fold of each; groups stay whole, and each label is spread over all folds."""
    members: dict[tuple[int, str], list[int]] = {}
    label_of = dict(zip(pictures.group, pictures.truth.tolist(), strict=True))
    for i, group in enumerate(pictures.group):
        members.setdefault((label_of[group], group), []).append(i)
    rng = np.random.default_rng(seed)
    fold = np.empty(len(pictures.group), dtype=np.intp)
    keys = sorted(members)
    order = sorted(rng.permutation(len(keys)), key=lambda x: keys[x][0])
    for turn, place in enumerate(order):
        fold[members[keys[place]]] = turn % FOLDS
    return fold


def _refuse_few(pictures: WordedPictures) -> None:
    for label in np.unique(pictures.truth):
        groups = {pictures.group[i] for i in np.flatnonzero(pictures.truth == label)}
        if len(groups) < FEWEST:
            name = pictures.labels[label] if label >= 0 else "unnamed defects"
            raise UsageError(
                f"{len(groups)} pictures of '{name}'; a choice of words needs at least {FEWEST} of "
                "each label that occurs. Give more, or leave that label out."
            )


def _notices(figure: str, gain: Difference) -> list[Notice]:
    if gain.is_better:
        return []
    return [
        Notice(
            en=f"On pictures that had no say, the chosen words gain {gain.value:+.3f} "
            f"[{gain.low:+.3f}, {gain.high:+.3f}] of {figure}: not more than chance. The first set "
            "serves as well.",
            zh=f"在未参与选择的图片上，所选措辞的 {figure} 变化为 {gain.value:+.3f} "
            f"[{gain.low:+.3f}, {gain.high:+.3f}]，不超出偶然范围；使用第一组措辞即可。",
        )
    ]
