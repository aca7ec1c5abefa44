"""Heat maps of a picture: scores of patches and windows in, scores of pixels out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.images.scaling import resized_map

SIGMA_FRAME_PX = 4.0
"""Standard deviation of the smoothing, pixels of the frame as the model saw it (AnoVL, WinCLIP)."""

FRAME_PX = 224
"""Side of that frame, pixels."""

TOP_SHARE = 0.01
"""Share of a map, its hottest, whose mean stands for the picture."""

LEAST_SCORE = 1e-6
"""Below it a score is taken for this in a harmonic mean, which has no room for 0."""

Floats = NDArray[np.float32]


def upsampled(grid: Floats, height: int, width: int, *, smooth_px: float = 0.0) -> Floats:
    """A map on a grid of patches as a map of pixels: bilinear between the patches' centres.

    Args:
        grid: (grid row, grid column) one score per patch; the grid covers the whole picture.
        height: of the picture, pixels.
        width: of the picture, pixels.
        smooth_px: standard deviation of a Gaussian over the result, pixels; 0 for none.

    Returns:
        (row, column) float32.

    Example:
        >>> upsampled(np.array([[0.0, 1.0]], np.float32), 1, 4).tolist()
        [[0.0, 0.25, 0.75, 1.0]]
    """
    return smoothed(resized_map(grid, height, width), smooth_px)


def smoothed(heat: Floats, sigma_px: float) -> Floats:
    """A map under a Gaussian; the border is mirrored, so that a defect there stays as hot.

    Args:
        heat: (row, column).
        sigma_px: standard deviation, pixels; 0 leaves the map as it is.

    Example:
        >>> spot = np.zeros((9, 9), np.float32)
        >>> spot[4, 4] = 1
        >>> wide = smoothed(spot, 1.0)
        >>> bool(wide[4, 4] < 0.2), round(float(wide.sum()), 3)
        (True, 1.0)
    """
    if sigma_px <= 0:
        return heat
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(heat, sigma_px, mode="reflect"))


def window_means(scores: Floats, size: int) -> Floats:
    """What windows of patches say of each patch: the harmonic mean over those that hold it.

    Args:
        scores: (window row, window column) one score, 0 to 1, per window of `size` x `size` patches
            that starts there.
        size: patches along a window's side.

    Returns:
        (grid row, grid column) larger by size - 1 along both axes.

    Source:
        Jeong et al., WinCLIP (CVPR 2023), section 4.2: M_k(p) = n_p / sum(1 / s_w).

    Example:
        >>> window_means(np.array([[1.0, 0.6]], np.float32), 2).round(3)
        array([[1.  , 0.75, 0.6 ],
               [1.  , 0.75, 0.6 ]], dtype=float32)
    """
    rows, columns = scores.shape
    inverse = 1 / np.maximum(scores, LEAST_SCORE)
    total = np.zeros((rows + size - 1, columns + size - 1))
    count = np.zeros_like(total)
    for row in range(size):
        for column in range(size):
            total[row : row + rows, column : column + columns] += inverse
            count[row : row + rows, column : column + columns] += 1
    return np.asarray(count / total, dtype=np.float32)


def fused(whole: float, windows: Mapping[int, Floats]) -> Floats:
    """The picture's own score and its windows' in one map: their harmonic mean.

    Args:
        whole: score of the whole picture, 0 to 1.
        windows: patches along a window's side -> (window row, window column) its scores.

    Returns:
        (grid row, grid column).

    Raises:
        UsageError: no windows.

    Source:
        Jeong et al., WinCLIP (CVPR 2023), section 4.2: (K + 1) / (1 / s_img + sum 1 / M_k).

    Example:
        >>> fused(0.6, {2: np.array([[1.0]], np.float32)}).round(3)
        array([[0.75, 0.75],
               [0.75, 0.75]], dtype=float32)
    """
    if not windows:
        raise UsageError("A map of windows needs the scores of windows of one size at least.")
    inverse = np.asarray(1 / max(whole, LEAST_SCORE))
    for size, scores in windows.items():
        inverse = inverse + 1 / np.maximum(window_means(scores, size), LEAST_SCORE)
    return np.asarray((len(windows) + 1) / inverse, dtype=np.float32)


def top_mean(heat: Floats, share: float = TOP_SHARE) -> float:
    """Mean of the hottest part of a map, one point at least: what stands for the picture.

    Args:
        heat: any shape; NaN where nothing is to be seen.
        share: 0 to 1.

    Raises:
        UsageError: nothing is to be seen at all.

    Example:
        >>> top_mean(np.arange(200.0))
        198.5
    """
    seen = heat[np.isfinite(heat)]
    if not seen.size:
        raise UsageError("A map without any point has no hottest part.")
    count = max(1, round(seen.size * share))
    return float(np.partition(seen, seen.size - count)[seen.size - count :].mean())


def hottest_names(names: NDArray[np.floating], heat: Floats) -> Floats:
    """Which defect it would be by the hottest part of a map, on average.

    Args:
        names: (defect, row, column) probability of each defect, given an anomaly.
        heat: (row, column) how anomalous each place is; NaN where nothing is to be seen.

    Returns:
        (defect,).

    Example:
        >>> names = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
        >>> hottest_names(names, np.array([[0.0, 0.9]])).tolist()
        [0.0, 1.0]
    """
    seen = np.where(np.isfinite(heat), heat, -1).ravel()
    count = max(1, round(seen.size * TOP_SHARE))
    hottest = np.argpartition(seen, seen.size - count)[seen.size - count :]
    return np.asarray(names.reshape(len(names), -1)[:, hottest].mean(axis=1, dtype=np.float64))
