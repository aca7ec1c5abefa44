"""Where a camera may have moved between two views: every small shift and turn tried at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from faultlens.images.light.edges import Edges
from faultlens.images.registration.warp import Matrix

REACH = 0.08
"""Of the longer side that a camera may be shifted each way. Further, `register` is asked."""

TURN_DEG = 2.5
"""That it may be turned each way."""

ELSEWHERE_PX = 8
"""From the best shift, along either side, from which on another is one elsewhere."""

_STEP_PX = 1.2  # that a corner moves from turn to turn


@dataclass(frozen=True, eq=False)
class Found:
    """The shift and turn under which two views are most alike.

    Args:
        matrix: (3, 3) pixel of the first layer -> pixel of the view's layer.
        height: of its likeness above that of all others tried, in their spreads: pictures that
            have nothing in common reach 3 to 5, by chance.
        lead: of its likeness before the best one elsewhere, in the same: by chance under 1. Two
            surfaces with the same grinding lines, but other grains, lie high and have no lead.
    """

    matrix: Matrix
    height: float
    lead: float


def searched(first: Edges, view: Edges) -> Found:
    """Try every shift by whole pixels and every small turn of a view against the first.

    Args:
        first: edges of the first layer.
        view: edges of the view's, at the same scale.

    Example:
        >>> from faultlens.images.light.edges import edges_of
        >>> from faultlens.images.registration.pyramid import evened
        >>> grain = np.random.default_rng(0).normal(size=(120, 140)).astype(np.float32)
        >>> one, other = (edges_of(evened(x)) for x in (grain[4:], grain[:-4]))
        >>> found = searched(one, other)
        >>> found.matrix[:2, 2].round().tolist(), found.height > 20
        ([0.0, 4.0], True)
    """
    height, width = first.strength.shape
    reach = max(4, round(REACH * max(height, width)))
    size = [fft.next_fast_len(x + 2 * reach, real=True) for x in (height, width)]
    base = np.conj(fft.rfft2(first.strength, size))
    near = np.arange(-reach, reach + 1)
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    other = (np.array(view.strength.shape) - 1) / 2
    tried = []
    turns = _turns(height, width)
    for turn in turns:
        turned = _turned(turn)
        seen = ndimage.affine_transform(
            view.strength, turned, other - turned @ middle, (height, width), order=1
        )
        # Of equal energy, so that turns are held against each other fairly.
        alike = fft.irfft2(base * fft.rfft2(seen, size), size)[np.ix_(near, near)]
        tried.append(alike / (np.sqrt((seen * seen).sum()) + 1e-9))
    likeness = np.stack(tried).astype(np.float32)
    index, row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    usual = float(np.median(likeness))
    spread = 1.4826 * float(np.median(np.abs(likeness - usual))) + 1e-9
    most = float(likeness[index, row, column])
    elsewhere = likeness.copy()
    elsewhere[
        :,
        max(row - ELSEWHERE_PX, 0) : row + ELSEWHERE_PX + 1,
        max(column - ELSEWHERE_PX, 0) : column + ELSEWHERE_PX + 1,
    ] = -np.inf
    second = float(elsewhere.max()) if np.isfinite(elsewhere).any() else usual
    turned = _turned(turns[index])
    start = turned @ (np.array([near[row], near[column]]) - middle) + other
    matrix = np.array([
        [turned[1, 1], turned[1, 0], start[1]],
        [turned[0, 1], turned[0, 0], start[0]],
        [0, 0, 1],
    ])  # fmt: skip
    return Found(matrix, (most - usual) / spread, (most - second) / spread)


def _turned(turn: float) -> NDArray[np.float64]:
    """(2, 2) of rows and columns."""
    return np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])


def _turns(height: int, width: int) -> NDArray[np.float64]:
    step = _STEP_PX / (np.hypot(height, width) / 2)
    count = int(np.ceil(np.deg2rad(TURN_DEG) / step))
    return np.asarray(np.arange(-count, count + 1) * step)
