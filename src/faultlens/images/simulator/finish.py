"""An uneven finish: two tones, waves, bumps, a rough zone."""

from collections.abc import Callable

import numpy as np

from faultlens.images.simulator.fields import (
    Dice,
    Field,
    clouds,
    grain,
    grid,
    log_uniform,
    step,
    streaks,
)
from faultlens.images.simulator.placing import direction, place_on
from faultlens.images.simulator.shapes import blob
from faultlens.images.simulator.surface import Change, Surface, changed


def uneven(rng: Dice, surface: Surface) -> Change:
    """Unevenness: a face ground in two tones, chatter waves, bumps, a rough zone.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(uneven(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    kind = int(rng.choice(len(_KINDS), p=_SHARES))
    return _KINDS[kind](rng, surface)


def _across(rng: Dice, surface: Surface) -> tuple[Field, float]:
    """Distance from a line through the surface, px, and the line's direction."""
    rows, columns = grid(*surface.size)
    angle, _ = direction(rng, surface)
    row, column = place_on(rng, surface)
    return (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle), angle


def _zone(rng: Dice, surface: Surface) -> Field:
    """Where the finish is another: beyond a border, in a band, in an island."""
    side = surface.side
    aside, angle = _across(rng, surface)
    if rng.random() < 0.35:
        axes = (rng.uniform(0.15, 0.5) * side, rng.uniform(0.1, 0.35) * side)
        softness = log_uniform(rng, 0.05, 1.0)
        centre = place_on(rng, surface)
        return blob(rng, *surface.size, centre, axes, angle, raggedness=0.5, softness=softness)
    border = aside + rng.uniform(0, 0.06) * side * clouds(rng, *surface.size, 0.4 * side)
    area = step(border, 0.0, log_uniform(rng, 0.7, 0.15 * side))
    if rng.random() < 0.3:
        breadth = rng.uniform(0.15, 0.5) * side
        area = area * step(-border, -breadth, log_uniform(rng, 0.7, 20))
    return area


def _wide(rng: Dice, surface: Surface, share: float) -> Field:
    """The whole surface, or a share of the time a part of it with soft borders."""
    if rng.random() < share:
        return step(clouds(rng, *surface.size, 0.6 * surface.side), -0.3, 0.8)
    return np.ones(surface.size, np.float32)


def _two_tone(rng: Dice, surface: Surface) -> Change:
    area = _zone(rng, surface)
    gain = rng.choice((-1, 1)) * log_uniform(rng, 0.1, 0.55)
    turn = surface.lay_rad + (0 if rng.random() < 0.5 else rng.uniform(-1.5, 1.5))
    marks = streaks(rng, *surface.size, rng.uniform(5, 60), rng.uniform(0.4, 1.2), turn)
    albedo = 1 + area * (gain + rng.uniform(0.02, 0.25) * marks)
    return changed(area, ("two_tone",), albedo=albedo, broad=True)


def _waves(rng: Dice, surface: Surface) -> Change:
    """Chatter: waves of one pitch, as a shaking tool or wheel leaves them."""
    side = surface.side
    pitch = log_uniform(rng, 0.03, 0.25) * side
    way = _across(rng, surface)[0]
    way = way + rng.uniform(0, 0.3) * pitch * clouds(rng, *surface.size, 0.5 * side)
    area = _wide(rng, surface, 0.5)
    waves = np.cos(way * (2 * np.pi / pitch)) * area
    return changed(
        area,
        ("waves",),
        height=waves * pitch * rng.uniform(0.02, 0.09),
        albedo=1 + rng.uniform(0.03, 0.25) * waves,
        broad=True,
    )


def _bumps(rng: Dice, surface: Surface) -> Change:
    cell = log_uniform(rng, 0.05, 0.3) * surface.side
    area = _wide(rng, surface, 0.4)
    bumps = clouds(rng, *surface.size, cell, rng.uniform(0.5, 2)) * area
    return changed(
        area,
        ("bumpy",),
        height=bumps * log_uniform(rng, 0.004, 0.02) * surface.side,
        albedo=1 + rng.uniform(0, 0.15) * bumps,
        broad=True,
    )


def _rough(rng: Dice, surface: Surface) -> Change:
    area = _zone(rng, surface)
    rough = grain(rng, *surface.size, log_uniform(rng, 0.7, 3))
    albedo = 1 + area * (rng.uniform(-0.2, 0.1) + rng.uniform(0.05, 0.25) * rough)
    relief = rough * area * rng.uniform(0.1, 0.6)
    return changed(area, ("rough",), height=relief, albedo=albedo, broad=True)


_KINDS: tuple[Callable[[Dice, Surface], Change], ...] = (_two_tone, _waves, _bumps, _rough)
_SHARES = (0.45, 0.2, 0.15, 0.2)
