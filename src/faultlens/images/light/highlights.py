"""Highlights among several views: where one is brighter than another by more than its texture."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.light.stacked import darkest, picked

BREADTH_PX = 2.0
"""Of the average over which views are held against each other: texture that turns with the lamp
differs from pixel to pixel, a highlight over many."""

FROM_SPREADS = 4.0
"""Excess from which a place is a highlight, in spreads of the view's excess."""

LEAST = 0.04
"""Share of full scale below which an excess is no highlight: ten of 256 levels."""


def without_highlights(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Views without their highlights and the haze around them; the darkest view always stays.

    The rim of a highlight is brighter than the surface in one view always and darker never, so
    that the median of three views would follow it: it is taken out before.

    Args:
        grey: (view, row, column) brightness in one frame and one light; NaN where nothing is seen.

    Returns:
        (view, row, column), with NaN where there is a highlight too.

    Example:
        >>> views = np.full((2, 32, 32), 0.4, np.float32); views[1, 8:16, 8:16] = 0.7
        >>> bool(np.isnan(without_highlights(views)[1, 12, 12]))
        True
    """
    base = picked(grey, darkest(grey))
    made = grey.copy()
    for view in made:
        excess = np.nan_to_num(view - base)
        smooth = ndimage.gaussian_filter(excess, BREADTH_PX)
        seen = smooth[~np.isnan(view)]
        if not seen.size:
            continue
        usual = float(np.median(seen))
        spread = 1.4826 * float(np.median(np.abs(seen - usual)))
        # Where it is the darkest itself it may well stand beside a highlight of its own.
        view[(smooth > max(usual + FROM_SPREADS * spread, LEAST)) & (view > base)] = np.nan
    return made
