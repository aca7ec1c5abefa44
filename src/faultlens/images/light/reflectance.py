"""What stays of a surface when the lamp moves: reflectance from the gradients of several views."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

_DARKEST = 1 / 1024
"""Brightness below which a logarithm would be one of noise."""


def reflectance(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """One picture of a surface without the light that moves over it: highlights, shades, shadows.

    The step of the logarithm from each pixel to its neighbour is the surface's own in most views;
    the median over the views keeps it, and the picture whose steps come nearest is put together.

    Args:
        stack: (view, row, column) brightness 0 to 1 in one frame; NaN where a view saw nothing.

    Returns:
        (row, column) brightness, as a whole as bright as the median view.

    Source: Weiss, Deriving intrinsic images from image sequences (ICCV 2001), eq. 8 and 9, with
        steps between neighbours; solved by cosines, as there is nothing beyond the rim.

    Example:
        >>> surface = np.full((16, 16), 0.2, np.float32); surface[4:8, 4:8] = 0.1
        >>> lamps = np.linspace(1, [[2], [1.5], [3]], 16, axis=-1).astype(np.float32)
        >>> lamps = lamps.reshape(3, 1, 16)
        >>> made = reflectance(surface * lamps)
        >>> round(float(made[6, 7] / made[10, 7]), 2)
        0.5
    """
    logarithm = np.log(np.maximum(stack, _DARKEST))
    down = _median(np.diff(logarithm, axis=1))
    across = _median(np.diff(logarithm, axis=2))
    # The divergence of the steps; none leads over the rim.
    spread = np.zeros(stack.shape[1:], np.float32)
    spread[:-1] += down
    spread[1:] -= down
    spread[:, :-1] += across
    spread[:, 1:] -= across
    waves = fft.dctn(spread, norm="ortho")
    down, across = (2 * np.cos(np.pi * np.arange(x) / x) - 2 for x in stack.shape[1:])
    size = (down[:, None] + across[None]).astype(np.float32)
    size[0, 0] = 1
    waves = waves / size
    waves[0, 0] = 0
    found = fft.idctn(waves, norm="ortho")
    with np.errstate(invalid="ignore"):
        level = np.nanmedian(logarithm)
    found += np.nan_to_num(level) - np.median(found)
    return np.asarray(np.exp(found), np.float32)


def _median(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the views that saw both pixels; 0 where none did."""
    count = np.count_nonzero(~np.isnan(steps), axis=0)
    ordered = np.sort(steps, axis=0)  # NaN goes last
    lower = np.take_along_axis(ordered, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    upper = np.take_along_axis(ordered, np.minimum(count // 2, len(steps) - 1)[None], axis=0)[0]
    made = np.where(count % 2 == 1, lower, (lower + upper) / 2)
    return np.where(count > 0, made, 0).astype(np.float32)
