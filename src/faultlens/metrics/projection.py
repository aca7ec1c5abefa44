"""Points of many dimensions laid out in two, so that one can look at them."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

PERPLEXITY = 30.0
"""Neighbours that each point is kept near, van der Maaten and Hinton's usual choice (5 to 50)."""

FEWEST = 5
"""Below this there is no neighbourhood to keep."""

MOST = 1000
"""Points laid out at most: more take long and hide each other."""


def tsne(points: NDArray[np.floating], *, seed: int = 0) -> NDArray[np.float64]:
    """Lay points out so that near ones stay near; the same points give the same picture.

    Distances between far groups, and the sizes of groups, say nothing.

    Args:
        points: (sample, dim) embeddings.
        seed: seed of the layout.

    Returns:
        (sample, 2) places.

    Raises:
        UsageError: fewer than 5 points, or values that are no numbers.
        MissingPackageError: scikit-learn is not installed.

    Source: van der Maaten, Hinton, J. Mach. Learn. Res. 9 (2008).

    Example:
        >>> tsne(np.zeros((2, 3)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 2 points of 3 dimensions; t-SNE needs 5 points ...
    """
    if points.ndim != 2 or len(points) < FEWEST or not np.isfinite(points).all():
        dims = points.shape[1] if points.ndim == 2 else 0
        raise UsageError(
            f"{len(points)} points of {dims} dimensions; t-SNE needs {FEWEST} points or more, "
            "finite numbers all."
        )
    manifold = optional_import("sklearn.manifold", extra="train")
    rows = np.asarray(points, dtype=np.float64)
    # Equal points make a layout by principal components a division by zero.
    spread = rows.std(axis=0).max()
    start = "random" if spread <= 1e-12 or rows.shape[1] < 2 else "pca"
    layout = manifold.TSNE(
        n_components=2,
        perplexity=min(PERPLEXITY, (len(rows) - 1) / 3),
        init=start,
        learning_rate="auto",
        random_state=seed,
    )
    # One thread: the layout repeats to the last digit, and several in a busy machine wait for
    # each other far longer than one works.
    with optional_import("threadpoolctl", extra="train").threadpool_limits(1):
        placed: NDArray[np.float64] = np.asarray(layout.fit_transform(rows), dtype=np.float64)
    return placed


def evenly_chosen(count: int, most: int = MOST) -> NDArray[np.intp]:
    """Indices of at most `most` of `count` samples, evenly spread.

    Returns:
        (sample,) ascending indices.

    Example:
        >>> evenly_chosen(10, 5).tolist(), evenly_chosen(3, 5).tolist()
        ([0, 2, 4, 7, 9], [0, 1, 2])
    """
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp))
