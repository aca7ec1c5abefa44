"""Drawn defects: whether they teach the base where defects are, and what is then said of places.

Places of each picture are told by an adapter that never saw it, so that what is calibrated by them
is as honest as the names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.metrics.classification import auroc
from faultlens.models.patch_adapter import PatchAdapter
from faultlens.runtimes.surface_scores import log_odds, shares_of
from faultlens.training.few_pictures.learned import Space, class_mean, name_losses
from faultlens.training.few_pictures.patch_adapter import fit_patches, told_places
from faultlens.training.few_pictures.shown import LocatedPlaces, ShownPicture
from faultlens.training.few_pictures.taken import TakenPictures

FOLDS = 3
"""Groups of pictures whose places are told by what was learned from the others."""

FEWEST_DRAWN = 3
"""Groups with a drawn defect from which places are learned."""


@dataclass(frozen=True, eq=False)
class DrawnPlaces:
    """What drawn defects taught.

    Args:
        shown: all pictures, their hottest places told by adapters that never saw them.
        adapter: learned from all of them; None where nothing was drawn, or where it does not help.
        notice: what it brought; None where nothing was drawn.
    """

    shown: list[ShownPicture]
    adapter: PatchAdapter | None = None
    notice: Notice | None = None


def learned_places(
    space: Space,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    *,
    seed: int = 0,
    quiet: bool = True,
) -> DrawnPlaces:
    """Learn from drawn defects where they are, if that helps on pictures left out.

    Args:
        space: of the question.
        taken: the pictures.
        shown: the same as the base sees them, with places.
        seed: of folds and order.
        quiet: no progress bar.

    Example:
        >>> learned_places.__name__  # `tune_pictures` shows it at work
        'learned_places'
    """
    located = np.array([bool(x.places) for x in shown])
    drawn = located & (taken.target < len(taken.defects))
    groups = np.unique(taken.group[drawn])
    if len(groups) < FEWEST_DRAWN:
        return DrawnPlaces(list(shown))
    folds: list[tuple[PatchAdapter, list[int]]] = []
    order = np.random.default_rng(seed).permutation(np.unique(taken.group[located]))
    for out in np.array_split(order, FOLDS):
        held = located & np.isin(taken.group, out)
        learned = _places(shown, located & ~held)
        if any((x.mask > 0.5).any() for x in learned):
            made = fit_patches(learned, space.meanings, space.scoring, seed=seed, quiet=quiet)
            folds.append((made, np.flatnonzero(held).tolist()))
    areas = _area(shown, [(None, x) for _, x in folds], space), _area(shown, folds, space)
    notice = _brought(int(drawn.sum()), *areas)
    if areas[1] <= areas[0]:
        return DrawnPlaces(list(shown), None, notice)
    every = fit_patches(
        _places(shown, located), space.meanings, space.scoring, seed=seed, quiet=quiet
    )
    told = _retold(shown, folds, space)
    if _name_loss(told, taken, drawn) > _name_loss(shown, taken, drawn):
        # Where they are was learned; what they are called, the base knows better.
        count = len(taken.defects)
        folds = [(_unnamed(x, count), numbers) for x, numbers in folds]
        told, every = _retold(shown, folds, space), _unnamed(every, count)
    return DrawnPlaces(told, every, notice)


def _unnamed(adapter: PatchAdapter, defects: int) -> PatchAdapter:
    """The same, but that it moves all defects alike: it says where, and not which."""
    weights, offsets = adapter.weights.copy(), adapter.offsets.copy()
    its = slice(1, 1 + defects)
    weights[..., its] = weights[..., its].mean(axis=-1, keepdims=True)
    offsets[its] = offsets[its].mean()
    return replace(adapter, weights=weights, offsets=offsets)


def _name_loss(
    shown: Sequence[ShownPicture], taken: TakenPictures, which: NDArray[np.bool_]
) -> float:
    names = np.stack([x.local_names for x in compress(shown, which)]).astype(np.float64)
    names /= np.maximum(names.sum(axis=1, keepdims=True), 1e-9)
    return class_mean(name_losses(names, taken.target[which]), taken.target[which])


def _area(
    shown: Sequence[ShownPicture],
    folds: Sequence[tuple[PatchAdapter | None, list[int]]],
    space: Space,
) -> float:
    """Area under the curve of places on a defect against all others."""
    odds, on = [], []
    for adapter, numbers in folds:
        for each in (y for number in numbers for y in shown[number].places):
            odds.append(_odds(adapter, each, space))
            on.append(each.mask.ravel() > 0.5)
    every, defect = np.concatenate(odds), np.concatenate(on)
    return auroc(every[defect], every[~defect])


def _places(shown: Sequence[ShownPicture], which: NDArray[np.bool_]) -> list[LocatedPlaces]:
    return [y for x in compress(shown, which) for y in x.places]


def _retold(
    shown: Sequence[ShownPicture], folds: Sequence[tuple[PatchAdapter, list[int]]], space: Space
) -> list[ShownPicture]:
    """The pictures with what adapters that never saw them say of their places."""
    told = list(shown)
    for adapter, numbers in folds:
        for number in numbers:
            said = [
                told_places(adapter, x, space.meanings, space.scoring) for x in shown[number].places
            ]
            told[number] = replace(
                shown[number],
                hottest=float(np.mean([x.hottest for x in said])),
                local_names=np.mean([x.names for x in said], axis=0, dtype=np.float32),
            )
    return told


def _odds(adapter: PatchAdapter | None, places: LocatedPlaces, space: Space) -> NDArray[np.float64]:
    """(place,) log odds of an anomaly."""
    points = places.patches.astype(np.float32)
    if adapter is not None:
        points = adapter.moved(points, places.features.astype(np.float32))
    shares = shares_of(np.moveaxis(points, 0, -1), space.meanings, space.scoring)
    return np.asarray(log_odds(shares.anomalous), np.float64).ravel()


def _brought(drawn: int, before: float, after: float) -> Notice:
    en, zh = ("The heat map is the tuned one", "采用调整后的热图")
    if after <= before:
        en, zh = ("The base's heat map is kept", "保留基础模型的热图")
    return Notice(
        en=f"Places learned from {drawn} drawn defects: area under the curve of places on left-out "
        f"pictures {after:.3f}, of the base {before:.3f}. {en}.",
        zh=f"由 {drawn} 处标注的缺陷区域学习定位：在留出图像上曲线下面积 {after:.3f}，"
        f"基础模型 {before:.3f}。{zh}。",
    )
