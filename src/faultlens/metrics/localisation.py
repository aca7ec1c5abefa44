"""How well a heat map shows where a defect is: pixel figures and per-region overlap, exact."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import UsageError
from faultlens.metrics.classification import auroc
from faultlens.metrics.ranking import BestF1, average_precision, best_f1

FALSE_POSITIVE_LIMIT = 0.3
"""Share of clean pixels up to which per-region overlap is integrated: the data sets' usual one."""

TOUCHING = np.ones((3, 3), dtype=np.intp)
"""Pixels that touch at a corner are of one region, as in the evaluation of MVTec AD."""

Maps = Sequence[NDArray[np.floating]]
Masks = Sequence[NDArray[np.bool_]]


def pixel_auroc(maps: Maps, masks: Masks) -> float:
    """Chance that a pixel on a defect scores above a pixel beside any defect; ties count half.

    Args:
        maps: (row, column) of each picture, the higher, the likelier a defect.
        masks: (row, column) of each picture, True on defects.

    Raises:
        UsageError: shapes that differ, values that are no numbers, or pixels of one kind only.

    Source:
        Hanley, McNeil, Radiology 143 (1982), over all pixels of all pictures.

    Example:
        >>> mask = np.array([[True, False], [False, False]])
        >>> pixel_auroc([np.array([[0.9, 0.2], [0.9, 0.1]])], [mask]).__round__(3)
        0.833
    """
    scores, truth = _pixels(maps, masks)
    return auroc(scores[truth], scores[~truth])


def pixel_average_precision(maps: Maps, masks: Masks) -> float:
    """Average precision over all pixels of all pictures.

    Args:
        maps: (row, column) of each picture, the higher, the likelier a defect.
        masks: (row, column) of each picture, True on defects.

    Raises:
        UsageError: as `pixel_auroc`.

    Source:
        As `metrics.ranking.average_precision`.

    Example:
        >>> mask = np.array([[True, False], [False, False]])
        >>> pixel_average_precision([np.array([[0.9, 0.2], [0.9, 0.1]])], [mask])
        0.5
    """
    return average_precision(*_pixels(maps, masks))


def pixel_best_f1(maps: Maps, masks: Masks) -> BestF1:
    """The highest F1 over all pixels that one threshold for all pictures reaches.

    Args:
        maps: (row, column) of each picture, the higher, the likelier a defect.
        masks: (row, column) of each picture, True on defects.

    Raises:
        UsageError: as `pixel_auroc`.

    Source:
        As `metrics.ranking.best_f1`.

    Example:
        >>> mask = np.array([[True, False], [False, False]])
        >>> pixel_best_f1([np.array([[0.9, 0.2], [0.4, 0.1]])], [mask])
        BestF1(f1=1.0, threshold=0.9)
    """
    return best_f1(*_pixels(maps, masks))


def region_overlap_area(maps: Maps, masks: Masks, *, limit: float = FALSE_POSITIVE_LIMIT) -> float:
    """Area under the per-region overlap (AUPRO): every region counts alike, however small.

    At each threshold, the share of each connected region that scores at or above it, in the mean
    over regions, against the share of clean pixels that do; integrated up to `limit` and divided by
    it, so that a perfect map reaches 1.

    Args:
        maps: (row, column) of each picture, the higher, the likelier a defect.
        masks: (row, column) of each picture, True on defects; pictures without a defect count with
            their clean pixels.
        limit: share of clean pixels up to which it is integrated.

    Raises:
        UsageError: as `pixel_auroc`, or a limit that is no share above 0.

    Source:
        Bergmann et al., Int. J. Comput. Vis. 129 (2021), section 5.1: per-region overlap.

    Example:
        >>> mask = np.array([[True, False, True, False]])
        >>> region_overlap_area([np.array([[0.9, 0.1, 0.0, 0.2]])], [mask])
        0.5
    """
    scores, truth = _pixels(maps, masks)
    weights = np.concatenate([region_weights(x).ravel() for x in masks])
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.r_[np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1]
    false = np.cumsum(~truth[order], dtype=np.float64)[ends]
    overlap = np.cumsum(weights[order])[ends]
    return overlap_area(false / false[-1], overlap / overlap[-1], limit=limit)


def region_weights(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """One over the area of the region that each pixel is in, so that each region sums to 1.

    Args:
        mask: (row, column) True on defects.

    Returns:
        (row, column) 0 beside defects.

    Example:
        >>> region_weights(np.array([[True, True, False, True]])).tolist()
        [[0.5, 0.5, 0.0, 1.0]]
    """
    regions, _ = ndimage.label(mask, structure=TOUCHING)
    areas = np.bincount(regions.ravel()).astype(np.float64)
    areas[0] = np.inf
    weights: NDArray[np.float64] = 1 / areas[regions]
    return weights


def overlap_area(
    false: NDArray[np.floating], overlap: NDArray[np.floating], *, limit: float
) -> float:
    """Area under a curve from no alarm on, up to a share of false ones, divided by that share.

    Args:
        false: (point,) share of clean pixels alarmed, ascending.
        overlap: (point,) mean share of each region alarmed.
        limit: share up to which it is integrated.

    Raises:
        UsageError: the limit is no share above 0.

    Source:
        Bergmann et al., Int. J. Comput. Vis. 129 (2021), section 5.1, linear between points.

    Example:
        >>> overlap_area(np.array([0.0, 1.0]), np.array([1.0, 1.0]), limit=0.3)
        1.0
    """
    if not 0 < limit <= 1:
        raise UsageError(f"The limit is {limit}; give a share above 0, 1 at most.")
    x, y = np.r_[0.0, false], np.r_[0.0, overlap]
    stop = int(np.searchsorted(x, limit, side="right"))
    at = float(np.interp(limit, x, y))
    return float(np.trapezoid(np.r_[y[:stop], at], np.r_[x[:stop], limit])) / limit


def checked_pixels(heat: NDArray[np.floating], mask: NDArray[np.bool_]) -> None:
    """Refuse a map and a mask that do not belong to one picture.

    Args:
        heat: (row, column) scores.
        mask: (row, column) truth.

    Raises:
        UsageError: shapes that differ, or values that are no numbers.

    Example:
        >>> checked_pixels(np.zeros((2, 2)), np.zeros((2, 2), dtype=bool))
    """
    if heat.shape != mask.shape or heat.ndim != 2 or mask.dtype != np.bool_:
        raise UsageError(
            f"A map of shape {heat.shape} and a mask of shape {mask.shape} of {mask.dtype}; both "
            "need (row, column) of the same picture, the mask True and False."
        )
    if not np.isfinite(heat).all():
        raise UsageError("A map holds values that are no numbers; give a finite score per pixel.")


def _pixels(maps: Maps, masks: Masks) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    if len(maps) != len(masks) or not maps:
        raise UsageError(
            f"{len(maps)} maps and {len(masks)} masks; give one of each per picture, one at least."
        )
    for heat, mask in zip(maps, masks, strict=True):
        checked_pixels(heat, mask)
    scores = np.concatenate([x.ravel() for x in maps])
    truth = np.concatenate([x.ravel() for x in masks])
    if truth.all() or not truth.any():
        raise UsageError(
            f"{int(truth.sum())} of {len(truth)} pixels are on defects; pixel figures need some on "
            "and some beside defects."
        )
    return scores, truth
