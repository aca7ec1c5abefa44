"""Wrong forms: dents, bends, spoilt threads."""

from dataclasses import replace

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, clouds, grain, grid, log_uniform, step
from faultlens.images.simulator.placing import direction, place_on
from faultlens.images.simulator.shapes import blob, ellipse_radius
from faultlens.images.simulator.surface import Change, Surface, changed


def dent(rng: Dice, surface: Surface) -> Change:
    """Dents: smooth hollows seen by their shading, sometimes with a raised rim.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(dent(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    relief = np.zeros((height, width), np.float32)
    where = np.zeros((height, width), np.float32)
    count = 1 if rng.random() < 0.65 else int(rng.integers(2, 5))
    for _ in range(count):
        size = log_uniform(rng, 0.04, 0.3) * side
        axes = (size, size * rng.uniform(0.35, 1))
        radius = ellipse_radius(
            height, width, place_on(rng, surface, size * 0.5), axes, rng.uniform(0, np.pi)
        )
        radius = radius * (1 + rng.uniform(0, 0.12) * clouds(rng, height, width, size + 2))
        bowl = np.exp(-(radius ** np.float32(rng.uniform(1.6, 5))))
        depth = np.float32(size * rng.uniform(0.25, 0.9))
        relief -= depth * bowl
        if rng.random() < 0.5:
            rim = np.exp(-(((radius - 1.25) / np.float32(0.25)) ** 2))
            relief += depth * np.float32(rng.uniform(0.05, 0.3)) * rim
        where = np.maximum(where, step(-radius, -1.45, 0.1))
    albedo = 1 - np.float32(rng.uniform(0, 0.2)) * where
    return Change(
        where,
        height=relief,
        albedo=albedo.astype(np.float32),
        broad=True,
        looks=("round", "single" if count == 1 else "several"),
    )


def deformation(rng: Dice, surface: Surface) -> Change:
    """Deformation: the form itself is wrong: a kink, buckles, a bend of everything.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> deformation(np.random.default_rng(0), flat_surface(64, 64)).warp.shape
        (2, 64, 64)
    """
    rows, columns = grid(*surface.size)
    angle = direction(rng, surface)[0]
    row, column = place_on(rng, surface)
    along = (columns - column) * np.cos(angle) + (rows - row) * np.sin(angle)
    aside = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
    bend = (_kinked, _buckled, _bent)[int(rng.integers(3))]
    relief, push, turn, look = bend(rng, surface.side, along, aside)
    warp = np.stack([push * np.cos(angle + turn), -push * np.sin(angle + turn)])
    tilt = np.hypot(*np.gradient(relief))
    where = np.maximum(np.clip(np.abs(push) / 3, 0, 1), np.clip(tilt * 4, 0, 1))
    made = changed(where, (look,), height=relief, broad=True)
    return replace(made, warp=warp.astype(np.float32))


Bend = tuple[Field, Field, float, str]
"""Relief, shift of the picture, direction of the shift against across, and the look's key."""


def _kinked(rng: Dice, side: float, along: Field, aside: Field) -> Bend:
    """Folded along a line: the two faces catch light differently."""
    sharp = log_uniform(rng, 0.02, 0.12) * side
    relief = np.sqrt(aside * aside + sharp * sharp) * rng.choice((-1, 1)) * rng.uniform(0.4, 0.9)
    push = np.maximum(aside, 0) * rng.choice((-1, 1)) * rng.uniform(0.2, 0.6)
    return relief, push, float(rng.choice((0.0, np.pi / 2))), "kink"


def _buckled(rng: Dice, side: float, along: Field, aside: Field) -> Bend:
    """Waves across a band, as thin sheet throws them."""
    pitch = log_uniform(rng, 0.25, 0.8) * side
    area = np.exp(-((aside / (rng.uniform(0.25, 0.8) * side)) ** 2))
    waves = np.cos(along * (2 * np.pi / pitch)) * area
    relief, push = waves * pitch * rng.uniform(0.06, 0.14), waves * pitch * rng.uniform(0.06, 0.2)
    return relief, push, 0.0, "buckled"


def _bent(rng: Dice, side: float, along: Field, aside: Field) -> Bend:
    """Bowed and twisted as a whole: what should be straight is not."""
    way = along / side
    bow = rng.choice((-1, 1)) * rng.uniform(0.5, 1.3) * side * way * way
    push = bow + rng.normal(0, 0.3) * way * aside
    return push * rng.uniform(0.08, 0.25), push, 0.0, "bent"


def thread_damage(rng: Dice, surface: Surface) -> Change:
    """Spoilt threads: crushed, torn or missing crests over part of the turns.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(thread_damage(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    crest = surface.marks.get("crest")
    if crest is None:
        crest = np.ones((height, width), np.float32)
    centre = place_on(rng, surface)
    size = log_uniform(rng, 0.14, 0.45) * side
    area = blob(
        rng,
        height,
        width,
        centre,
        (size, size * rng.uniform(0.35, 1)),
        rng.uniform(0, 3),
        raggedness=0.8,
        softness=0.25,
    )
    kind = rng.random()
    rough = grain(rng, height, width, rng.uniform(0.8, 2))
    if kind < 0.45:
        shade = surface.shade
        mean = float(shade[area > 0.5].mean()) if (area > 0.5).any() else 1.0
        level = mean * rng.uniform(0.7, 1.5)
        flat = area * np.float32(rng.uniform(0.6, 1))
        albedo = (1 - flat) + flat * np.float32(level) / np.maximum(shade, 0.15)
        albedo *= 1 + 0.15 * area * rough
        relief, look = area * rough * np.float32(0.4), "flattened"
    elif kind < 0.75:
        torn = area * step(crest, rng.uniform(0.1, 0.5), 0.3)
        albedo = 1 + torn * (rng.uniform(-0.7, 0.5) + 0.35 * rough)
        relief, look = torn * rough * np.float32(1.0), "torn"
        area = torn
    else:
        albedo = 1 - np.float32(rng.uniform(0.3, 0.75)) * area * (1 + 0.2 * rough)
        relief, look = -2 * area + area * rough * np.float32(0.5), "missing"
    return Change(
        area.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 4).astype(np.float32),
        looks=(look,),
    )
