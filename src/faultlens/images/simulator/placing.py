"""Where defects lie: on the part, at its edge, along or across the lay."""

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, grid
from faultlens.images.simulator.surface import Surface

Spot = tuple[float, float]
"""Row and column, px."""


def place_on(rng: Dice, surface: Surface, margin_px: float = 2.0) -> Spot:
    """A point on the part.

    Args:
        rng: dice.
        surface: a surface.
        margin_px: wanted distance from the part's edge, px; less where there is no room.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(8, 8)
        >>> all(0 <= each <= 8 for each in place_on(np.random.default_rng(0), bare))
        True
    """
    height, width = surface.size
    best, found = (height / 2, width / 2), -np.inf
    for _ in range(12):
        row, column = rng.uniform(0.04, 0.96) * height, rng.uniform(0.04, 0.96) * width
        if surface.inside is None:
            return row, column
        room = float(surface.inside[int(row), int(column)])
        if room > found:
            best, found = (row, column), room
        if room > margin_px:
            break
    return best


def direction(rng: Dice, surface: Surface) -> tuple[float, str]:
    """A direction, often along or across the lay.

    Args:
        rng: dice.
        surface: a surface.

    Returns:
        angle from the rows' direction downwards, rad, and its name.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(8, 8)
        >>> direction(np.random.default_rng(3), bare)[1] in ("along", "across", "oblique")
        True
    """
    kind = rng.random()
    if kind < 0.33:
        return surface.lay_rad + rng.normal(0, 0.08), "along"
    if kind < 0.66:
        return surface.lay_rad + np.pi / 2 + rng.normal(0, 0.08), "across"
    return rng.uniform(0, np.pi), "oblique"


def edge_distance(surface: Surface) -> Field:
    """Distance to the part's edge, px, positive on the part; without one, to the picture's border.

    Args:
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(8, 8)
        >>> float(edge_distance(bare)[0, 4])
        1.0
    """
    if surface.inside is not None:
        return surface.inside
    height, width = surface.size
    rows, columns = grid(height, width)
    across = np.minimum(columns, width - 1 - columns)
    made: Field = np.minimum(np.minimum(rows, height - 1 - rows), across) + np.float32(1)
    return made


def edge_point(rng: Dice, surface: Surface) -> tuple[Spot, float]:
    """A point at the part's edge and the direction into the part.

    Args:
        rng: dice.
        surface: a surface.

    Returns:
        row and column, px; angle from the rows' direction downwards, rad.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(8, 8)
        >>> (row, column), _ = edge_point(np.random.default_rng(0), bare)
        >>> min(row, column, 7 - row, 7 - column) < 2
        True
    """
    inside = edge_distance(surface)
    height, width = surface.size
    near = np.flatnonzero(np.abs(inside) < 1.2)
    if not near.size:
        near = np.flatnonzero(np.abs(inside) <= np.abs(inside).min() + 1)
    chosen = int(near[rng.integers(near.size)])
    row, column = divmod(chosen, width)
    top, bottom = max(0, row - 2), min(height - 1, row + 2)
    left, right = max(0, column - 2), min(width - 1, column + 2)
    down = float(inside[bottom, column] - inside[top, column])
    across = float(inside[row, right] - inside[row, left])
    return (float(row), float(column)), float(np.arctan2(down, across))


def scattered(rng: Dice, surface: Surface, count: int, weight: Field | None = None) -> Field:
    """Points on the part, more where a weight is larger.

    Args:
        rng: dice.
        surface: a surface.
        count: number of points wanted; a few less may fall beside the part.
        weight: how likely a point is, (row, column); None is evenly.

    Returns:
        row and column of each, (point, 2), px.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(8, 8)
        >>> scattered(np.random.default_rng(0), bare, 5).shape
        (5, 2)
    """
    height, width = surface.size
    tries = count if weight is None else 3 * count
    points = rng.random((tries, 2)) * (height, width)
    rows, columns = points[:, 0].astype(int), points[:, 1].astype(int)
    kept = np.ones(tries, bool)
    if surface.inside is not None:
        kept &= surface.inside[rows, columns] > 1
    if weight is not None:
        kept &= rng.random(tries) < weight[rows, columns]
    return points[kept][:count]
