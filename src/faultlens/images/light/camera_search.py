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

_STEP_PX = 1.2  # that a corner moves from turn to turn


@dataclass(frozen=True, eq=False)
class Found:
    """The shift and turn under which two views are most alike.

    Args:
        matrix: (3, 3) pixel of the first layer -> pixel of the view's layer.
        height: of its likeness above that of all others tried, in their spreads: pictures that
            have nothing in common reach about 4, by chance.
    """

    matrix: Matrix
    height: float


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
    near = np.r_[0 : reach + 1, -reach:0]
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    other = (np.array(view.strength.shape) - 1) / 2
    best, likeness = np.eye(3), []
    most = -np.inf
    for turn in _turns(height, width):
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        seen = ndimage.affine_transform(
            view.strength, turned, other - turned @ middle, (height, width), order=1
        )
        # Of equal energy, so that turns are held against each other fairly.
        alike = fft.irfft2(base * fft.rfft2(seen, size), size)[np.ix_(near, near)]
        alike /= np.sqrt((seen * seen).sum()) + 1e-9
        likeness.append(alike.astype(np.float32))
        row, column = np.unravel_index(int(np.argmax(alike)), alike.shape)
        if alike[row, column] > most:
            most = float(alike[row, column])
            start = turned @ (np.array([near[row], near[column]]) - middle) + other
            best = np.array([
                [turned[1, 1], turned[1, 0], start[1]],
                [turned[0, 1], turned[0, 0], start[0]],
                [0, 0, 1],
            ])  # fmt: skip
    every = np.stack(likeness)
    usual = float(np.median(every))
    spread = 1.4826 * float(np.median(np.abs(every - usual)))
    return Found(best, (most - usual) / spread if spread > 0 else 0.0)


def _turns(height: int, width: int) -> NDArray[np.float64]:
    step = _STEP_PX / (np.hypot(height, width) / 2)
    count = int(np.ceil(np.deg2rad(TURN_DEG) / step))
    return np.asarray(np.arange(-count, count + 1) * step)
