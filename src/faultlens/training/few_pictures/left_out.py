"""Every picture judged by what was learned without it: which method, at what weight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from faultlens.training.few_pictures.learned import (
    Space,
    Told,
    best_sharpness,
    class_mean,
    name_losses,
    platt,
    told,
)
from faultlens.training.few_pictures.methods import METHODS, RESIDUAL, Fit
from faultlens.training.few_pictures.shown import ShownPicture
from faultlens.training.few_pictures.taken import TakenPictures

Floats = NDArray[np.float32]

WEIGHTS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Of learned scores beside cosines; at 0 the base keeps its own names."""

SHARES = (0.5, 0.75, 1.0)
"""Of the whole picture in the names, beside its hottest places, which nothing was learned of."""

UNTRIED_WEIGHT, UNTRIED_SHARE = 0.25, 0.75
"""Where no picture can be left out: with one picture of each class, words know more than it does.
Chosen on NEU with one picture per class, where anything from 0.1 to 0.5 is within a point."""

MOST_FOLDS = 40
"""Groups of pictures left out together, where there are more."""

FEWEST_SOUND = 5
"""Sound pictures, and defective ones, from which the odds of an anomaly are fitted."""


@dataclass(frozen=True, eq=False)
class Tried:
    """How one method does on pictures that it did not learn from.

    Args:
        method: its name; "" for the base as it is.
        weight: of its scores.
        whole_share: of the whole picture in the names.
        sharpness: of the names.
        loss: mean negative log likelihood of the names, every defect alike, and of the odds.
        losses: (picture,) that of the names of each; NaN where it has no defect, or could not be
            left out.
        named: (picture,) whether the likeliest defect is the true one; NaN where it has none, or
            could not be left out.
        judged: (picture,) whether it was judged by what was learned without it.
        said: what was said of all pictures; of those not judged, what the base says.
    """

    method: str
    weight: float
    whole_share: float
    sharpness: float
    loss: float
    losses: NDArray[np.float64]
    named: NDArray[np.float64]
    judged: NDArray[np.bool_]
    said: Told


def left_out_scores(
    fit: Fit,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    dim: int,
    *,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Scores of each picture, upright, by what was learned without its group.

    Args:
        fit: the method.
        taken: the pictures.
        shown: the same as the base sees them.
        dim: of a point.
        seed: of the folds, where there are many groups.

    Returns:
        (picture, scale, class); NaN where a class would have been left without any picture.

    Example:
        >>> left_out_scores.__name__  # `tune_pictures` shows it at work
        'left_out_scores'
    """
    scores = np.full((len(shown), len(shown[0].rows), len(taken.classes)), np.nan)
    for out in _folds(taken, seed):
        if len(np.unique(taken.target[~out])) < len(taken.classes):
            continue
        fitted = fit(*_rows(taken, shown, ~out), len(taken.classes), dim)
        upright = np.stack([x.descriptors[:, 0] for x in compress(shown, out)])
        scores[out] = fitted.of(upright)
    return scores


def fitted_rows(
    taken: TakenPictures, shown: Sequence[ShownPicture]
) -> tuple[Floats, NDArray[np.intp]]:
    """All views of all pictures at all sizes, and the class of each.

    Args:
        taken: the pictures.
        shown: the same as the base sees them.

    Returns:
        (row, descriptor) and (row,).

    Example:
        >>> fitted_rows.__name__
        'fitted_rows'
    """
    return _rows(taken, shown, np.ones(len(shown), bool))


def base_alone(space: Space, taken: TakenPictures, shown: Sequence[ShownPicture]) -> Tried:
    """How the base does by itself: nothing is learned, so nothing need be left out.

    Args:
        space: of the question.
        taken: the pictures.
        shown: the same as the base sees them.

    Example:
        >>> base_alone.__name__
        'base_alone'
    """
    points = np.stack([x.rows for x in shown])
    scoring = space.scoring
    said = told(
        space, shown, points, sharpness=scoring.names_sharpness, whole_share=scoring.whole_share
    )
    some = np.ones(len(shown), bool)
    return Tried(
        "", 0.0, scoring.whole_share, scoring.names_sharpness,
        _loss(said, taken, some), _losses(said, taken, some), _named(said, taken, some), some, said,
    )  # fmt: skip


def tried_methods(
    names: Sequence[str],
    space: Space,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    *,
    seed: int = 0,
) -> list[Tried]:
    """Each method at its best weight, the likeliest first; nothing where none can be left out.

    Args:
        names: of methods.
        space: of the question.
        taken: the pictures.
        shown: the same as the base sees them.
        seed: of the folds.

    Raises:
        UnknownNameError: no such method; the message lists them.

    Example:
        >>> tried_methods.__name__  # `tune_pictures` shows it at work
        'tried_methods'
    """
    found = []
    points = np.stack([x.rows for x in shown])
    for name in names:
        scores = left_out_scores(METHODS[name], taken, shown, points.shape[-1], seed=seed)
        judged: NDArray[np.bool_] = np.asarray(np.isfinite(scores).all(axis=(1, 2)))
        if not (judged & (taken.target < len(taken.defects))).any():
            return []
        filled = np.where(judged[:, None, None], scores, 0).astype(np.float32)
        found.append(_at_best(name, space, taken, shown, points, filled, judged))
    return sorted(found, key=lambda x: x.loss)


def chosen(tried: Sequence[Tried]) -> Tried:
    """The residual adapter, unless another is better by more than chance.

    Among few pictures the luckiest of several methods looks better than it is; the one that is
    taken without proof is the one that did best where there were pictures enough to tell.

    Args:
        tried: what was tried, the likeliest first; one at least.

    Source: the rule of one standard error, Breiman et al., Classification and regression trees,
    1984, here of the difference of each picture's loss.

    Example:
        >>> chosen.__name__
        'chosen'
    """
    best = tried[0]
    usual = next((x for x in tried if x.method == RESIDUAL), best)
    better = usual.losses - best.losses
    better = better[np.isfinite(better)]
    error = float(better.std()) / max(1.0, np.sqrt(len(better)))
    return best if usual.loss - best.loss > error else usual


def untried(taken: TakenPictures, space: Space, shown: Sequence[ShownPicture]) -> Tried:
    """What is taken where no picture can be left out.

    Args:
        taken: the pictures.
        space: of the question.
        shown: the same as the base sees them.

    Example:
        >>> untried.__name__
        'untried'
    """
    alone = base_alone(space, taken, shown)
    return replace(
        alone, method=RESIDUAL, weight=UNTRIED_WEIGHT, whole_share=UNTRIED_SHARE,
        loss=np.nan, losses=np.full(len(shown), np.nan), named=np.full(len(shown), np.nan),
        judged=np.zeros(len(shown), bool),
    )  # fmt: skip


def _at_best(
    name: str,
    space: Space,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    points: Floats,
    scores: Floats,
    judged: NDArray[np.bool_],
) -> Tried:
    defective = judged & (taken.target < len(taken.defects))
    some = list(compress(shown, defective))
    best: Tried | None = None
    for weight in WEIGHTS:
        moved = space.moved(points, scores, weight)
        for share in SHARES:
            sharpness, _ = best_sharpness(
                space, some, moved[defective], taken.target[defective], share
            )
            said = told(space, shown, moved, sharpness=sharpness, whole_share=share)
            loss = _loss(said, taken, judged)
            if best is None or loss < best.loss:
                each = _losses(said, taken, judged), _named(said, taken, judged)
                best = Tried(name, weight, share, sharpness, loss, *each, judged, said)
    assert best is not None
    return best


def _loss(said: Told, taken: TakenPictures, judged: NDArray[np.bool_]) -> float:
    ill = taken.target < len(taken.defects)
    defective, sound = judged & ill, judged & ~ill
    losses = _losses(said, taken, judged)
    loss = class_mean(losses[defective], taken.target[defective])
    if min(defective.sum(), sound.sum()) >= FEWEST_SOUND:
        loss += platt(said.odds[judged], ill[judged])[2]
    return loss


def _losses(said: Told, taken: TakenPictures, judged: NDArray[np.bool_]) -> NDArray[np.float64]:
    some = judged & (taken.target < len(taken.defects))
    losses = np.full(len(some), np.nan)
    losses[some] = name_losses(said.names[some], taken.target[some])
    return losses


def _named(said: Told, taken: TakenPictures, judged: NDArray[np.bool_]) -> NDArray[np.float64]:
    some = judged & (taken.target < len(taken.defects))
    return np.where(some, said.names.argmax(axis=1) == taken.target, np.nan)


def _folds(taken: TakenPictures, seed: int) -> Iterator[NDArray[np.bool_]]:
    """(picture,) True for those that are left out together."""
    groups = np.unique(taken.group)
    order = np.random.default_rng(seed).permutation(groups)
    for some in np.array_split(order, min(len(groups), MOST_FOLDS)):
        yield np.isin(taken.group, some)


def _rows(
    taken: TakenPictures, shown: Sequence[ShownPicture], which: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.intp]]:
    some = [x.descriptors.reshape(-1, x.descriptors.shape[-1]) for x in compress(shown, which)]
    return np.concatenate(some), np.repeat(taken.target[which], [len(x) for x in some])
