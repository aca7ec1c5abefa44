"""Glare: the lamp seen in the surface, with nothing wrong with the surface."""

from collections.abc import Callable

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, clouds, grid, log_uniform, step
from faultlens.images.simulator.placing import direction, place_on, scattered
from faultlens.images.simulator.shapes import add_spots, ellipse_radius
from faultlens.images.simulator.surface import Change, Surface


def reflection(rng: Dice, surface: Surface) -> Change:
    """Glare: lamp images, saturated bands and glints.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> float(reflection(np.random.default_rng(0), flat_surface(64, 64)).light.max()) > 0
        True
    """
    light = _KINDS[int(rng.integers(len(_KINDS)))](rng, surface)
    light = light * np.float32(rng.uniform(0.7, 2.5))
    # Tool marks show in the glare too.
    bloom = light * np.clip(1 + 0.9 * (surface.albedo - 1), 0.5, 1.6)
    where = np.clip(light, 0, 1).astype(np.float32)
    return Change(where, light=bloom.astype(np.float32), looks=("bright", "glare"))


def _spot(rng: Dice, surface: Surface) -> Field:
    size = log_uniform(rng, 0.06, 0.3) * surface.side
    axes = (size, size * rng.uniform(0.3, 1))
    radius = ellipse_radius(*surface.size, place_on(rng, surface), axes, rng.uniform(0, np.pi))
    made: Field = np.exp(-(radius ** rng.uniform(1.2, 6)))
    return made


def _band(rng: Dice, surface: Surface) -> Field:
    rows, columns = grid(*surface.size)
    row, column = place_on(rng, surface)
    angle = direction(rng, surface)[0]
    aside = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
    bent = aside + rng.uniform(0, 0.1) * surface.side * clouds(
        rng, *surface.size, 0.6 * surface.side
    )
    breadth = log_uniform(rng, 0.03, 0.16) * surface.side
    made: Field = np.exp(-(np.abs(bent / breadth) ** rng.uniform(1, 4)))
    return made


def _lamp(rng: Dice, surface: Surface) -> Field:
    """The mirror image of a rectangular lamp."""
    rows, columns = grid(*surface.size)
    row, column = place_on(rng, surface)
    tall, wide = rng.uniform(0.06, 0.25, 2) * surface.side
    box = np.minimum(tall - np.abs(rows - row), wide - np.abs(columns - column))
    return step(box, 0.0, log_uniform(rng, 1, 10))


def _glints(rng: Dice, surface: Surface) -> Field:
    points = scattered(rng, surface, int(rng.integers(3, 30)))
    radii = np.exp(rng.normal(0.3, 0.5, len(points)))
    none = np.zeros(surface.size, np.float32)
    return add_spots(none, points, radii, rng.uniform(1, 4), surface.lay_rad, hardness=1.2)


_KINDS: tuple[Callable[[Dice, Surface], Field], ...] = (_spot, _band, _lamp, _glints)
