"""Directions that may be the axis of a cylinder: guesses for its robust fit."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

PATCHES, IN_PATCH, PAIRS = 250, 60, 400
"""Patches of the scan whose normals are taken, points in each, and pairs of them that are tried."""


def patch_normals(points_mm: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Normals of small patches of a scan, of either sign.

    Args:
        points_mm: (point, 3) mm, thinned.
        rng: draws the patches.

    Returns:
        (patch, 3) unit vectors.

    Example:
        >>> x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
        >>> flat = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
        >>> float(np.abs(patch_normals(flat, np.random.default_rng(0))[:, 2]).min().round(6))
        1.0
    """
    tree = cKDTree(points_mm)
    middles = points_mm[rng.integers(0, len(points_mm), PATCHES)]
    patches = points_mm[tree.query(middles, min(IN_PATCH, len(points_mm)))[1]]
    # The median keeps one outlier in the patch from shifting all of it.
    spread = patches - np.median(patches, axis=1, keepdims=True)
    near = np.linalg.norm(spread, axis=2)
    spread *= (near <= 2 * np.median(near, axis=1, keepdims=True))[:, :, None]
    return np.asarray(np.linalg.eigh(spread.swapaxes(1, 2) @ spread)[1][:, :, 0], np.float64)


def axis_candidates(
    points_mm: NDArray[np.float64], rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Directions to which most normals are square, and the main axes of the scan.

    Args:
        points_mm: (point, 3) about their middle, thinned, mm.
        rng: draws patches and pairs.

    Returns:
        Unit vectors, the likeliest first.

    Example:
        >>> angle, along = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 9, 60))
        >>> shaft = np.stack([along, np.sin(angle), np.cos(angle)], axis=-1).reshape(-1, 3)
        >>> np.abs(axis_candidates(shaft, np.random.default_rng(0))[0]).round(2).tolist()
        [1.0, 0.0, 0.0]
    """
    normals = patch_normals(points_mm, rng)
    a, b = (normals[rng.integers(0, len(normals), PAIRS)] for _ in range(2))
    axes = np.cross(a, b)
    lengths = np.linalg.norm(axes, axis=1)
    axes = axes[lengths > 0.05 * lengths.max()] / lengths[lengths > 0.05 * lengths.max(), None]
    found = []
    if len(axes):
        best = axes[int(np.argmin(np.median(np.abs(normals @ axes.T), axis=0)))]
        # The mean of what agrees with it is less noisy than one pair.
        square = np.abs(normals @ best) < max(2 * np.median(np.abs(normals @ best)), 0.02)
        kept = normals[square]
        found = [np.linalg.eigh(kept.T @ kept)[1][:, 0], best]
    return [*found, *np.linalg.svd(points_mm[:5000], full_matrices=False)[2]]
