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
from faultlens.training.few_pictures.learned import Space
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
    told = list(shown)
    order = np.random.default_rng(seed).permutation(np.unique(taken.group[located]))
    before: list[NDArray[np.float64]] = []
    after: list[NDArray[np.float64]] = []
    truth: list[NDArray[np.bool_]] = []
    for out in np.array_split(order, FOLDS):
        held = located & np.isin(taken.group, out)
        learned = _places(shown, located & ~held)
        if not any((x.mask > 0.5).any() for x in learned):
            continue
        made = fit_patches(learned, space.meanings, space.scoring, seed=seed, quiet=quiet)
        for number in np.flatnonzero(held).tolist():
            its = shown[number].places
            told[number] = _retold(shown[number], made, space)
            for each in its:
                truth.append(each.mask.ravel() > 0.5)
                before.append(_odds(None, each, space))
                after.append(_odds(made, each, space))
    on = np.concatenate(truth)
    areas = [auroc(np.concatenate(x)[on], np.concatenate(x)[~on]) for x in (before, after)]
    notice = _brought(int(drawn.sum()), areas[0], areas[1])
    if areas[1] <= areas[0]:
        return DrawnPlaces(list(shown), None, notice)
    every = fit_patches(
        _places(shown, located), space.meanings, space.scoring, seed=seed, quiet=quiet
    )
    return DrawnPlaces(told, every, notice)


def _places(shown: Sequence[ShownPicture], which: NDArray[np.bool_]) -> list[LocatedPlaces]:
    return [y for x in compress(shown, which) for y in x.places]


def _retold(shown: ShownPicture, adapter: PatchAdapter, space: Space) -> ShownPicture:
    said = [told_places(adapter, x, space.meanings, space.scoring) for x in shown.places]
    return replace(
        shown,
        hottest=float(np.mean([x.hottest for x in said])),
        local_names=np.mean([x.names for x in said], axis=0, dtype=np.float32),
    )


def _odds(adapter: PatchAdapter | None, places: LocatedPlaces, space: Space) -> NDArray[np.float64]:
    """(place,) log odds of an anomaly."""
    points = places.patches.astype(np.float32)
    if adapter is not None:
        points = adapter.moved(points, places.features.astype(np.float32))
    shares = shares_of(np.moveaxis(points, 0, -1), space.meanings, space.scoring)
    return np.asarray(log_odds(shares.anomalous), np.float64).ravel()


def _brought(drawn: int, before: float, after: float) -> Notice:
    helped = after > before
    return Notice(
        en=f"Places learned from {drawn} drawn defects: area under the curve of places on left-out "
        f"pictures {after:.3f}, of the base {before:.3f}"
        + (". The heat map is the tuned one." if helped else "; the base's heat map is kept."),
        zh=f"由 {drawn} 处标注的缺陷区域学习定位：在留出图像上曲线下面积 {after:.3f}，"
        f"基础模型 {before:.3f}" + ("；采用调整后的热图。" if helped else "；保留基础模型的热图。"),
    )
