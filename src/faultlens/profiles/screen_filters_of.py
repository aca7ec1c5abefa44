"""Filters that find marks on one camera's own texture, learnt from its healthy frames.

Each is the best linear one for a small mark of one kind, a spot, a line or a step, on that texture:
the mark, divided by how the texture's points hang together. On ground metal that is what stands
across the lay, on cast metal what stands out of its grain.

Source: Barrett & Myers, Foundations of Image Science (2004), the Hotelling observer.
"""

from collections.abc import Iterable, Iterator
from math import pi

import numpy as np
from numpy.typing import NDArray

from faultlens.images.halved import halved_again
from faultlens.runtimes.screen_filters import LEVELS, FilterLevel

SEED = 0

PIECES = 15_000
"""Pieces of each frame and level; those of 20 frames settle the 3,321 numbers of a covariance."""

_RIDGE = 1e-3
"""Of a point's variance: below this the pieces tell nothing but their own chance."""


def marks(level: FilterLevel) -> NDArray[np.float64]:
    """Small marks as they are seen at one size, each on a plain ground.

    Args:
        level: of the filters.

    Returns:
        (filter, row, column).

    Example:
        >>> marks(LEVELS[0]).shape
        (32, 7, 7)
    """
    middle = level.side // 2
    y, x = np.mgrid[-middle : middle + 1, -middle : middle + 1].astype(float)
    made = list(_fine(y, x) if level.shrink == 2 else _coarse(y, x))
    assert len(made) == level.filters
    return np.array(made)


def _fine(y: NDArray[np.float64], x: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    # Every fourth point is looked at: a line may pass it by on either side.
    for i in range(8):
        for aside in (-1.5, -0.5, 0.5, 1.5):
            yield _line(y, x, i * pi / 8, 2.5, 0.55, aside)


def _coarse(y: NDArray[np.float64], x: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for size in (0.8, 1.4, 2.2):
        yield _spot(y, x, size)
    yield _spot(y, x, 1.6) - 0.5 * _spot(y, x, 0.8)
    for i in range(8):
        yield _line(y, x, i * pi / 8, 2.5, 0.8, 0.0)
    for i in range(4):
        # A dent: bright on one side and dark on the other.
        yield (x * np.cos(i * pi / 4) + y * np.sin(i * pi / 4)) * _spot(y, x, 1.3)


def _spot(y: NDArray[np.float64], x: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-(y**2 + x**2) / 2 / size**2))


def _line(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    turned: float,
    long: float,
    wide: float,
    aside: float,
) -> NDArray[np.float64]:
    along = x * np.cos(turned) + y * np.sin(turned)
    across = y * np.cos(turned) - x * np.sin(turned) - aside
    return np.asarray(np.exp(-(along**2) / 2 / long**2 - across**2 / 2 / wide**2))


def filters_of(halves: Iterable[NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Filters of every level, of unit strength on the healthy texture.

    Args:
        halves: (row, column) healthy frames, `prepared`, each divided by its mean brightness.

    Example:
        >>> grain = np.random.default_rng(0).normal(0, 0.1, (2, 64, 64)).astype(np.float32)
        >>> filters_of(grain)["quarter"].shape
        (16, 9, 9)
    """
    rng = np.random.default_rng(SEED)
    spread = {x.name: np.zeros((x.side**2,) * 2) for x in LEVELS}
    for half in halves:
        shown = half
        for level in LEVELS:
            spread[level.name] += _spread(shown, level, rng)
            shown = halved_again(shown)
    return {x.name: _best(marks(x), spread[x.name]) for x in LEVELS}


def _spread(
    shown: NDArray[np.float32], level: FilterLevel, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(point, point) how the points of a piece hang together."""
    views = np.lib.stride_tricks.sliding_window_view(shown, (level.side, level.side))
    rows, columns = (rng.integers(0, x, PIECES) for x in views.shape[:2])
    pieces = views[rows, columns].reshape(PIECES, -1).astype(np.float64)
    pieces -= pieces.mean(axis=1, keepdims=True)
    return np.asarray(pieces.T @ pieces / PIECES)


def _best(looked_for: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float32]:
    points = spread.shape[0]
    level = max(np.trace(spread) / points, 1e-9)
    # Brightness is no mark: filters of a plain ground say 0.
    plain = np.full((points, points), 1 / points)
    firm = spread + level * (_RIDGE * np.eye(points) + 10 * points * plain)
    flat = looked_for.reshape(len(looked_for), points)
    found = np.linalg.solve(firm, (flat - flat @ plain).T).T
    found -= found @ plain
    power = np.einsum("fi,ij,fj->f", found, firm, found)
    made = found / np.sqrt(power)[:, None]
    return np.asarray(made.reshape(looked_for.shape), dtype=np.float32)
