"""A region of heat drawn in to what differs on the picture: heat is wider than a hairline."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.regions import SMALLEST_PX, Region, measured_region

REACH_PX = 16
"""Of the surroundings that a region is held against."""

FROM_SPREADS = 4.0
"""Deviation from which a pixel differs, in spreads of the surroundings."""

LEAST_LENGTH = 0.5
"""Share of the region's length that must differ; else it is its looks, not its brightness, that
is odd, and the heat says best where it is."""

RAGGED = 1.1
"""Length from which on an outline drawn in is no outline, in lengths of the region."""

LARGE_PX = 48
"""Length from which the shape of the heat is that of the defect, and not of the heat's own blur."""

_FEWEST_AROUND = 60  # pixels: fewer tell no spread
_CLOSE = np.ones((5, 5), bool)  # across what a grain or a rim leaves between two edges
_CRUMB = 0.1  # share of the largest piece below which a piece is grain


def tightened(region: Region, grey: NDArray[np.float32]) -> Region:
    """The region drawn in to the pixels that differ from what surrounds it.

    Where nothing around it is sound, or little of it differs in brightness, it stays as it is.

    Args:
        region: of a heat map as large as the picture.
        grey: (row, column) brightness of the picture, 0 to 1.

    Example:
        >>> grey = np.full((64, 64), 0.5, np.float32); grey[30:33, 10:50] = 0.1
        >>> hot = measured_region(np.ones((15, 52), bool), (4, 24), (64, 64), score=0.9)
        >>> drawn_in = tightened(hot, grey)
        >>> hot.width_px, drawn_in.width_px, drawn_in.box
        (15.0, 3.0, (10, 30, 40, 3))
    """
    left, top, width, height = (int(x) for x in region.box)
    up, before = max(0, top - REACH_PX), max(0, left - REACH_PX)
    view = grey[up : top + height + REACH_PX, before : left + width + REACH_PX]
    hot = np.zeros(view.shape, bool)
    hot[top - up : top - up + height, left - before : left - before + width] = region.mask
    around = ~ndimage.binary_dilation(hot, iterations=2)
    if np.count_nonzero(around) < _FEWEST_AROUND:
        return region
    away = np.abs(view - _background(view, around))
    spread = 1.4826 * float(np.median(away[around]))
    differs = hot & (away > FROM_SPREADS * max(spread, 1e-3))
    differs = _whole_pieces(differs) & hot
    if np.count_nonzero(differs) < SMALLEST_PX:
        return region
    rows, columns = np.nonzero(differs.any(axis=1))[0], np.nonzero(differs.any(axis=0))[0]
    drawn_in = measured_region(
        differs[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
        (before + int(columns[0]), up + int(rows[0])),
        (grey.shape[0], grey.shape[1]),
        score=region.score,
        mm_per_pixel=region.mm_per_pixel,
    )
    # Longer than the heat, it is ragged: its skeleton goes to and fro.
    longest = RAGGED * region.length_px
    usable = LEAST_LENGTH * region.length_px <= drawn_in.length_px <= longest
    return drawn_in if usable and not _is_rim(drawn_in, region) else region


def _is_rim(drawn_in: Region, region: Region) -> bool:
    """Whether only one side of something round differs, as the shade of a dent does."""
    is_round = region.width_px > 0.6 * region.length_px and region.length_px > LARGE_PX
    return is_round and drawn_in.width_px < 0.3 * drawn_in.length_px


def _background(view: NDArray[np.float32], around: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What the surroundings would be under the region: their average, nearer pixels more."""
    weight = around.astype(np.float32)
    total = ndimage.gaussian_filter(weight, REACH_PX / 2, mode="constant")
    given = ndimage.gaussian_filter(view * weight, REACH_PX / 2, mode="constant")
    middle = np.float32(np.median(view[around]))
    # Deep inside a large region nothing near is left to average.
    return np.where(total > 1e-3, given / np.maximum(total, 1e-3), middle).astype(np.float32)


def _whole_pieces(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gaps closed and holes filled; pieces that are grain beside the largest left out."""
    # Closed by hand: scipy's closing eats what lies at the border.
    grown = ndimage.binary_dilation(mask, _CLOSE)
    closed = ndimage.binary_fill_holes(ndimage.binary_erosion(grown, _CLOSE, border_value=1))
    pieces, count = ndimage.label(closed, np.ones((3, 3), bool))
    if count < 2:
        return np.asarray(closed, bool)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    kept: NDArray[np.bool_] = (sizes >= _CRUMB * sizes.max())[pieces]
    return kept
