"""Pixel figures of any number of pictures: each is counted once and its map is let go.

Exact figures sort all pixels together. Here scores fall into fixed bins, so that pictures can be
counted one by one, added up, and drawn again for an interval; how far the figure can be from the
exact one is told with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.metrics.localisation import (
    FALSE_POSITIVE_LIMIT,
    checked_pixels,
    overlap_area,
    region_weights,
)

STEPS = 96
"""Bins per factor of two, of the score below 1/2, and of what it lacks to 1 above."""

BELOW, ABOVE = 64, 24
"""Factors of two: down to 2^-65, and up to 1 - 2^-25, beyond which single precision is at 1."""

BINS = (BELOW + ABOVE) * STEPS

Array = NDArray[np.float64]
Counts = NDArray[np.float32]
"""Single precision: exact up to 16 million pixels of one picture, and half the memory."""


@dataclass(frozen=True, eq=False)
class PixelCounts:
    """Pixels of one picture, or of several together, by their score.

    Args:
        clean: (bin,) pixels beside defects.
        defect: (bin,) pixels on defects.
        overlap: (bin,) the same, each weighted by one over the area of its region.
    """

    clean: Counts | Array
    defect: Counts | Array
    overlap: Counts | Array


@dataclass(frozen=True)
class PixelFigures:
    """Figures over all pixels of all pictures.

    Args:
        auroc: area under the ROC.
        auroc_error: how far the exact area can be from it, since scores of a bin count as ties.
        average_precision: as `metrics.ranking.average_precision`.
        best_f1: the highest F1 that one threshold reaches, chosen with the truth in view.
        best_threshold: lower edge of the bin from which on that is.
        region_overlap_area: AUPRO up to `FALSE_POSITIVE_LIMIT` false positives.
    """

    auroc: float
    auroc_error: float
    average_precision: float
    best_f1: float
    best_threshold: float
    region_overlap_area: float


def pixel_counts(heat: NDArray[np.floating], mask: NDArray[np.bool_]) -> PixelCounts:
    """Count the pixels of one picture.

    Args:
        heat: (row, column) scores between 0 and 1.
        mask: (row, column) True on defects.

    Raises:
        UsageError: shapes that differ, or scores that do not lie between 0 and 1.

    Example:
        >>> counts = pixel_counts(np.array([[0.9, 0.2]]), np.array([[True, False]]))
        >>> int(counts.clean.sum()), int(counts.defect.sum()), float(counts.overlap.sum())
        (1, 1, 1.0)
    """
    checked_pixels(heat, mask)
    if heat.size and (heat.min() < 0 or heat.max() > 1):
        raise UsageError(
            f"Scores from {heat.min():g} to {heat.max():g}; pixels are counted by scores between 0 "
            "and 1 (d / (1 + d) makes such of distances)."
        )
    bins = _bins(heat)
    where = mask.ravel()
    weights = region_weights(mask).ravel()[where]
    return PixelCounts(
        np.bincount(bins[~where], minlength=BINS).astype(np.float32),
        np.bincount(bins[where], minlength=BINS).astype(np.float32),
        np.bincount(bins[where], weights=weights, minlength=BINS).astype(np.float32),
    )


def added(counts: Sequence[PixelCounts]) -> PixelCounts:
    """The counts of several pictures together.

    Args:
        counts: of each.

    Raises:
        UsageError: none.

    Example:
        >>> one = pixel_counts(np.array([[0.9, 0.2]]), np.array([[True, False]]))
        >>> int(added([one, one]).defect.sum())
        2
    """
    if not counts:
        raise UsageError("No pictures were counted; give one at least.")
    sums = (np.zeros(BINS), np.zeros(BINS), np.zeros(BINS))
    for each in counts:
        for total, part in zip(sums, (each.clean, each.defect, each.overlap), strict=True):
            total += part
    return PixelCounts(*sums)


def pixel_figures(counts: PixelCounts, *, limit: float = FALSE_POSITIVE_LIMIT) -> PixelFigures:
    """The figures of counted pixels.

    Args:
        counts: of all pictures.
        limit: share of clean pixels up to which per-region overlap is integrated.

    Raises:
        UsageError: pixels of one kind only.

    Source:
        As in `metrics.localisation` and `metrics.ranking`, with scores of one bin as ties.

    Example:
        >>> mask = np.array([[True, False], [False, False]])
        >>> found = pixel_figures(pixel_counts(np.array([[0.9, 0.2], [0.4, 0.1]]), mask))
        >>> found.auroc, found.best_f1, found.region_overlap_area
        (1.0, 1.0, 1.0)
    """
    if not counts.clean.any() or not counts.defect.any():
        raise UsageError(
            f"{counts.defect.sum():g} pixels on and {counts.clean.sum():g} beside defects; pixel "
            "figures need both."
        )
    clean, defect, overlap = (
        x[::-1].astype(np.float64) for x in (counts.clean, counts.defect, counts.overlap)
    )
    false, true, reached = np.cumsum(clean), np.cumsum(defect), np.cumsum(overlap)
    pairs = false[-1] * true[-1]
    tied = float((clean * defect).sum() / 2 / pairs)
    area = float((clean * (true - defect / 2)).sum() / pairs)
    called = np.maximum(true + false, 1)
    f1 = 2 * true / (called + true[-1])
    best = int(f1.argmax())
    return PixelFigures(
        auroc=area,
        auroc_error=tied,
        average_precision=float((defect / true[-1] * true / called).sum()),
        best_f1=float(f1[best]),
        best_threshold=float(_EDGES[BINS - 1 - best]),
        region_overlap_area=overlap_area(false / false[-1], reached / reached[-1], limit=limit),
    )


def drawn_counts(pictures: Sequence[PixelCounts], shares: Array) -> list[PixelCounts]:
    """What draws of pictures hold together.

    Args:
        pictures: counts of each.
        shares: (draw, picture) how often each is drawn.

    Raises:
        UsageError: other pictures than were drawn.

    Example:
        >>> one = pixel_counts(np.array([[0.9, 0.2]]), np.array([[True, False]]))
        >>> [int(x.defect.sum()) for x in drawn_counts([one], np.array([[1.0], [3.0]]))]
        [1, 3]
    """
    if shares.ndim != 2 or shares.shape[1] != len(pictures):
        raise UsageError(
            f"{len(pictures)} pictures and draws of shape {shares.shape}; give (draw, picture)."
        )
    # As many pictures at once as make 64 MB: a draw of thousands needs no table of them all.
    sums = np.zeros((3, len(shares), BINS))
    for first in range(0, len(pictures), 512):
        some, its = pictures[first : first + 512], shares[:, first : first + 512]
        sums[0] += its @ np.stack([x.clean for x in some])
        sums[1] += its @ np.stack([x.defect for x in some])
        sums[2] += its @ np.stack([x.overlap for x in some])
    return [PixelCounts(*x) for x in zip(*sums, strict=True)]


def _bins(heat: NDArray[np.floating]) -> NDArray[np.intp]:
    scores = heat.ravel().astype(np.float64)
    high = scores > 0.5
    away = _steps_away(np.where(high, 1 - scores, scores))
    bins = np.where(
        high,
        BELOW * STEPS + np.minimum(away, ABOVE * STEPS - 1),
        BELOW * STEPS - 1 - np.minimum(away, BELOW * STEPS - 1),
    )
    return bins.astype(np.intp)


def _steps_away(distance: Array) -> Array:
    """Steps from 1/2 to a distance from 0 or 1."""
    smallest = 2.0 ** -(BELOW + 1)
    away: Array = np.floor(-np.log2(2 * np.maximum(distance, smallest)) * STEPS)
    return away


def _edges() -> Array:
    """(bin,) lowest score of each bin."""
    low = np.exp2(-1 - np.arange(1, BELOW * STEPS + 1) / STEPS)[::-1]
    low[0] = 0
    high = 1 - np.exp2(-1 - np.arange(ABOVE * STEPS) / STEPS)
    return np.concatenate([low, high])


_EDGES = _edges()
