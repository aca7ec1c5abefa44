"""Areas of another look: patches, stains, lost coating."""

import numpy as np

from faultlens.images.simulator.fields import (
    Dice,
    clouds,
    grain,
    log_uniform,
    step,
    streaks,
)
from faultlens.images.simulator.placing import edge_distance, place_on, scattered
from faultlens.images.simulator.shapes import (
    add_spots,
    blob,
    ellipse_radius,
    polygon,
    ragged_outline,
)
from faultlens.images.simulator.surface import Change, Surface


def patches(rng: Dice, surface: Surface) -> Change:
    """Patches: broad irregular blotches of another grey, with soft or torn borders.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(patches(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    if rng.random() < 0.35:
        hills = clouds(
            rng, height, width, log_uniform(rng, 0.14, 0.5) * side, rng.uniform(0.7, 2.5)
        )
        level = rng.uniform(0.2, 1.1)
    else:
        hills = np.full((height, width), -3.0, np.float32)
        ragged = rng.uniform(0.2, 0.9)
        for _ in range(int(rng.integers(1, 6))):
            size = log_uniform(rng, 0.08, 0.28) * side
            spot = blob(
                rng,
                height,
                width,
                place_on(rng, surface),
                (size * rng.uniform(1, 2.5), size),
                surface.lay_rad + rng.normal(0, 0.3),
                raggedness=ragged,
                softness=1.2,
            )
            hills = np.maximum(hills, spot * 3 - 1.5)
        level = 0.0
    torn = clouds(rng, height, width, 0.12 * side) * rng.uniform(0.05, 0.4)
    torn += clouds(rng, height, width, 0.05 * side) * rng.uniform(0, 0.2)
    torn += grain(rng, height, width, 0.7) * rng.uniform(0, 0.35)
    area = step(hills + torn, level, log_uniform(rng, 0.3, 2.0))
    dark = rng.random() < 0.8
    gain = -log_uniform(rng, 0.4, 0.92) if dark else rng.uniform(0.25, 1.2)
    inner = 1 + rng.uniform(0, 0.15) * clouds(rng, height, width, 0.06 * side)
    albedo = 1 + np.float32(gain) * area * inner
    if rng.random() < 0.2:
        flecks = step(clouds(rng, height, width, rng.uniform(1.5, 4)), 1.3, 0.5)
        flecks *= step(clouds(rng, height, width, 0.25 * side), 0.2, 0.8)
        albedo *= 1 - np.float32(rng.uniform(0.3, 0.9)) * flecks
        area = np.maximum(area, flecks)
    return Change(
        area,
        albedo=np.clip(albedo, 0.05, 4).astype(np.float32),
        looks=("dark" if dark else "bright", "blotchy"),
    )


_TINTS = (
    (1.15, 0.95, 0.6),
    (1.1, 0.75, 0.5),
    (0.75, 0.6, 1.0),
    (0.6, 0.75, 1.2),
    (0.7, 0.7, 0.7),
    (1.2, 1.05, 0.65),
    (0.9, 0.8, 0.6),
)
"""Temper colours from straw over brown and purple to blue, scorched grey, yellowing, tarnish."""


_TEMPER = (
    (1.0, 1.0, 1.0),
    (1.08, 1.0, 0.78),
    (1.1, 0.85, 0.5),
    (0.95, 0.62, 0.5),
    (0.7, 0.5, 0.75),
    (0.45, 0.55, 0.95),
    (0.6, 0.75, 1.0),
    (0.72, 0.76, 0.8),
)
"""What heat leaves on steel, from cold to about 350 degrees and above: red, green and blue."""


def discoloration(rng: Dice, surface: Surface) -> Change:
    """Discoloration: another tint with soft borders, the texture untouched.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(discoloration(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    size = log_uniform(rng, 0.12, 0.6) * side
    centre = place_on(rng, surface)
    kind = rng.random()
    if kind < 0.5:
        depth = blob(
            rng,
            height,
            width,
            centre,
            (size, size * rng.uniform(0.4, 1)),
            rng.uniform(0, 3),
            raggedness=0.4,
            softness=rng.uniform(0.7, 1.8),
        )
    elif kind < 0.75 and surface.inside is not None:
        depth = step(
            edge_distance(surface) * -1,
            -rng.uniform(0.1, 0.45) * side,
            rng.uniform(0.1, 0.4) * side,
        )
        depth = depth * np.clip(1 + 0.4 * clouds(rng, height, width, 0.2 * side), 0, 1.3)
    else:
        radius = ellipse_radius(height, width, centre, (size, size * rng.uniform(0.6, 1)), 0.0)
        radius = radius + 0.12 * clouds(rng, height, width, 0.3 * size + 3)
        ring = np.exp(-(((radius - 1) / np.float32(rng.uniform(0.06, 0.2))) ** 2))
        depth = np.clip(ring + 0.4 * step(-radius, -1.0, 0.15), 0, 1)
    if rng.random() < 0.3:
        # Temper colours: straw outside, then brown, purple and blue where it was hottest.
        heat = np.clip(depth + 0.08 * clouds(rng, height, width, 0.2 * side), 0, 1)
        stops = np.linspace(0, 1, len(_TEMPER))
        hues = np.stack([np.interp(heat, stops, plane) for plane in np.array(_TEMPER).T], axis=2)
        return Change(
            depth.astype(np.float32),
            hues=hues.astype(np.float32),
            broad=True,
            looks=("soft", "stain"),
        )
    dark = rng.uniform(0.08, 0.5) * (1 if rng.random() < 0.8 else -0.7)
    albedo = 1 - np.float32(dark) * depth
    tint = _TINTS[int(rng.integers(len(_TINTS)))]
    return Change(
        depth.astype(np.float32),
        albedo=albedo.astype(np.float32),
        tint=tint,
        tinted=depth.astype(np.float32),
        looks=("soft", "stain"),
    )


def coating_spallation(rng: Dice, surface: Surface) -> Change:
    """Lost coating: sharp irregular islands of bare metal, lifted borders, or blisters.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(coating_spallation(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    if rng.random() < 0.15:
        points = scattered(rng, surface, int(rng.integers(2, 20)))
        radii = log_uniform(rng, 0.02, 0.09) * side * np.exp(rng.normal(0, 0.3, len(points)))
        domes = np.zeros((height, width), np.float32)
        add_spots(domes, points, radii, 1.0, 0.0, hardness=3)
        mean = float(radii.mean()) if len(radii) else 1.0
        return Change(
            domes, height=domes * np.float32(mean * rng.uniform(0.4, 1)), looks=("blisters",)
        )
    area = np.zeros((height, width), np.float32)
    for _ in range(1 if rng.random() < 0.45 else int(rng.integers(2, 7))):
        size = log_uniform(rng, 0.04, 0.28) * side
        outline = ragged_outline(
            rng,
            place_on(rng, surface),
            size,
            raggedness=rng.uniform(0.2, 0.6),
            points=int(rng.integers(9, 30)),
        )
        np.maximum(area, polygon(height, width, outline), out=area)
    bare = streaks(rng, height, width, rng.uniform(1, 20), rng.uniform(0.5, 1.5), rng.uniform(0, 3))
    gain = rng.choice((-1, 1)) * rng.uniform(0.2, 0.65)
    albedo = 1 + area * (gain + rng.uniform(0.05, 0.2) * bare)
    if rng.random() < 0.4:
        inner = step(clouds(rng, height, width, 0.12 * side), 0.3, 0.5) * area
        albedo *= 1 - np.float32(rng.uniform(0.1, 0.5)) * inner
    relief = -area * np.float32(rng.uniform(0.4, 2.5))
    metal = tuple(rng.uniform(0.9, 1.1, 3))
    return Change(
        area,
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        tint=(metal[0], metal[1], metal[2]),
        tinted=area,
        looks=("islands",),
    )
