"""Holes and flakes: pits, pores, scale, shrinkage, rust."""

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, clouds, grain, log_uniform, step
from faultlens.images.simulator.placing import place_on, scattered
from faultlens.images.simulator.shapes import add_spots, blob, stroke, wandering_path
from faultlens.images.simulator.surface import Change, Surface


def _spread(rng: Dice, surface: Surface) -> tuple[Field, str]:
    """Where many marks lie: everywhere, in a band, in clusters."""
    height, width = surface.size
    kind = rng.random()
    if kind < 0.7:
        return np.ones((height, width), np.float32), "everywhere"
    if kind < 0.85:
        hills = clouds(rng, height, width, 0.35 * surface.side, 3.0)
        return step(hills, 0.2, 0.8), "band"
    return step(clouds(rng, height, width, 0.3 * surface.side), 0.4, 0.8), "cluster"


def _hollow(spots: Field, radius_px: float) -> Field:
    return -spots * np.float32(min(3.0, 0.5 * radius_px + 0.3))


def pitting(rng: Dice, surface: Surface) -> Change:
    """Pitting: many small shallow pits, dark, over an area.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(pitting(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    weight, look = _spread(rng, surface)
    radius = log_uniform(rng, 0.9, 0.018 * surface.side + 1.2)
    cover = log_uniform(rng, 0.04, 0.3)
    count = int(np.clip(cover * height * width / (np.pi * radius**2), 12, 700))
    points = scattered(rng, surface, count, None if look == "everywhere" else weight)
    radii = radius * np.exp(rng.normal(0, rng.uniform(0.1, 0.5), len(points)))
    spots = np.zeros((height, width), np.float32)
    stretch, turn = rng.uniform(1, 1.4), rng.uniform(0, np.pi)
    add_spots(spots, points, radii, stretch, turn, hardness=rng.uniform(1.8, 5))
    tone = np.clip(0.8 + 0.3 * clouds(rng, height, width, 3 * radius), 0.2, 1)
    albedo = 1 - np.float32(log_uniform(rng, 0.12, 0.8)) * spots * tone
    return Change(
        spots,
        height=_hollow(spots, radius) * np.float32(rng.uniform(0, 0.7)),
        albedo=albedo.astype(np.float32),
        looks=("many", "round", look),
    )


def porosity(rng: Dice, surface: Surface) -> Change:
    """Gas pores: round dark holes with a sharp rim, one or a few, or a cluster.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(porosity(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    kind = rng.random()
    count = 1 if kind < 0.5 else int(rng.integers(2, 8)) if kind < 0.8 else int(rng.integers(8, 45))
    largest = 0.09 if count == 1 else 0.06 if count < 8 else 0.03
    radius = log_uniform(rng, 0.01, largest) * side + 0.8
    centre = np.array(place_on(rng, surface, 4))
    if rng.random() < 0.6:
        spread = max(radius * 1.8 * count**0.5, 4)
        points = centre + rng.normal(0, spread, (count, 2))
        points[0] = centre
    else:
        points = np.concatenate([centre[None], scattered(rng, surface, count - 1)])
    radii = radius * np.exp(rng.normal(0, 0.35, len(points)))
    holes = np.zeros((height, width), np.float32)
    add_spots(holes, points, radii, rng.uniform(1, 1.35), rng.uniform(0, 3), hardness=7)
    bowls = np.zeros((height, width), np.float32)
    add_spots(bowls, points, radii, 1.0, 0.0, hardness=2)
    albedo = 1 - np.float32(rng.uniform(0.45, 0.95)) * holes
    if rng.random() < 0.3:
        rim = np.zeros((height, width), np.float32)
        add_spots(rim, points, radii * 1.35 + 0.4, 1.0, 0.0, hardness=7)
        albedo = albedo * (1 + np.float32(rng.uniform(0.1, 0.5)) * (rim - holes).clip(0, 1))
    depth = np.float32(rng.uniform(0.2, 1.2) * radius)
    looks = ("round", "single" if count == 1 else "several" if count < 8 else "cluster", "dark")
    return Change(holes, height=-depth * bowls, albedo=albedo.astype(np.float32), looks=looks)


def scale(rng: Dice, surface: Surface) -> Change:
    """Rolled-in scale: dark flakes and comet marks pressed in, often over the whole picture.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(scale(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    weight, look = _spread(rng, surface)
    size = log_uniform(rng, 0.9, 0.022 * surface.side + 1.2)
    stretch = log_uniform(rng, 1.8, 5)
    cover = log_uniform(rng, 0.05, 0.25)
    count = int(np.clip(cover * height * width / (3.1 * size**2 * stretch), 10, 350))
    points = scattered(rng, surface, count, None if look == "everywhere" else weight)
    turn = surface.lay_rad + rng.choice((0.0, np.pi / 2)) + rng.normal(0, 0.15)
    flakes = np.zeros((height, width), np.float32)
    for piece in range(3):
        part = points[piece::3] + rng.normal(0, 0.5, (len(points[piece::3]), 2))
        radii = size * np.exp(rng.normal(0, 0.55, len(part)))
        add_spots(
            flakes,
            part,
            radii,
            stretch * rng.uniform(0.6, 1.3),
            turn + rng.normal(0, 0.25),
            hardness=rng.uniform(1.3, 3),
        )
    torn = clouds(rng, height, width, 1.6 * size) * 0.6 + 0.5 * grain(rng, height, width, 0.8)
    flakes = flakes * np.clip(0.8 + 0.55 * torn, 0, 1.2)
    haze = step(clouds(rng, height, width, 6 * size), 0.4, 1.2) * weight
    albedo = 1 - np.float32(log_uniform(rng, 0.2, 0.75)) * flakes
    albedo = albedo * (1 - np.float32(rng.uniform(0, 0.15)) * haze)
    relief = flakes * np.float32(rng.uniform(-0.3, 0.3))
    tint = (rng.uniform(0.85, 1.1), rng.uniform(0.75, 0.95), rng.uniform(0.7, 0.95))
    return Change(
        flakes.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 2).astype(np.float32),
        tint=tint,
        tinted=flakes * np.float32(0.6),
        looks=("many", "flakes", look),
    )


def shrinkage(rng: Dice, surface: Surface) -> Change:
    """Shrinkage: a jagged rough-walled cavity, or a sponge of small angular ones.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(shrinkage(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    sponge = rng.random() < 0.45
    centre = place_on(rng, surface, 6)
    size = log_uniform(rng, 0.05, 0.25) * side
    axes = (size, size * rng.uniform(0.35, 1))
    turn = rng.uniform(0, np.pi)
    region = blob(
        rng, height, width, centre, axes, turn, raggedness=1.1, softness=0.6 if sponge else 0.12
    )
    rough = grain(rng, height, width, rng.uniform(0.8, 2.2))
    if sponge:
        holes = region * step(rough, rng.uniform(0.1, 0.8), 0.5)
    else:
        arms = [
            wandering_path(
                rng, centre, rng.uniform(0, 6.3), size * rng.uniform(1, 2), roughness=0.6
            )
            for _ in range(int(rng.integers(2, 8)))
        ]
        fingers = stroke(height, width, arms, [rng.uniform(1, 3) for _ in arms], taper=True)
        holes = np.maximum(region, fingers)
    inner = np.clip(0.8 + rng.uniform(0.1, 0.4) * rough, 0.2, 1.3)
    albedo = 1 - np.float32(rng.uniform(0.45, 0.9)) * holes * inner
    relief = -holes * np.float32(rng.uniform(1, 4)) + holes * rough * np.float32(
        rng.uniform(0, 0.8)
    )
    return Change(
        holes.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.03, 2).astype(np.float32),
        looks=("jagged", "sponge" if sponge else "single", "dark"),
    )


RUSTS = ((1.25, 0.72, 0.38), (1.0, 0.6, 0.35), (1.4, 0.9, 0.45), (0.75, 0.5, 0.38))
"""Red, green and blue factors of rust, fresh to old."""
OTHER_PRODUCTS = ((1.1, 1.12, 1.1), (0.6, 1.15, 0.95))
"""White zinc corrosion and verdigris."""


def corrosion(rng: Dice, surface: Surface) -> Change:
    """Corrosion: rough blotches and pocks, rust-coloured or dark, with halos and runs.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(corrosion(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    base = np.full((height, width), -9.0, np.float32)
    wide = rng.random() < 0.5
    if wide:
        base = clouds(rng, height, width, log_uniform(rng, 0.15, 0.6) * side) - rng.uniform(
            -0.3, 0.9
        )
    else:
        for _ in range(1 if rng.random() < 0.4 else int(rng.integers(2, 9))):
            centre = place_on(rng, surface)
            size = log_uniform(rng, 0.05, 0.3) * side
            spot = blob(
                rng,
                height,
                width,
                centre,
                (size, size * rng.uniform(0.5, 1)),
                rng.uniform(0, 3),
                raggedness=0.9,
                softness=2.0,
            )
            base = np.maximum(base, (spot - 0.5) * 3)
    fine = clouds(rng, height, width, 5) * 0.5 + grain(rng, height, width, 1.2) * 0.35
    area = step(base + fine * rng.uniform(0.3, 1.0), 0.0, rng.uniform(0.2, 0.9))
    halo = step(base, -0.8, 1.0)
    pocks = (
        step(grain(rng, height, width, rng.uniform(0.7, 2.0)), rng.uniform(0.6, 1.6), 0.5) * area
    )
    white = rng.random() < 0.12
    tone = np.float32(rng.uniform(0.1, 0.5)) * area * (1 if not white else -1)
    texture = 1 + rng.uniform(0.1, 0.35) * area * grain(rng, height, width, rng.uniform(0.5, 2))
    albedo = (1 - tone) * texture * (1 - np.float32(rng.uniform(0.2, 0.75)) * pocks)
    albedo *= 1 - rng.uniform(0, 0.2) * halo
    rusts = OTHER_PRODUCTS if white else RUSTS
    tint = rusts[int(rng.integers(len(rusts)))]
    relief = area * grain(rng, height, width, 1.2) * np.float32(rng.uniform(0, 0.5)) - pocks
    tinted = np.clip(area * rng.uniform(0.6, 1) + 0.4 * halo, 0, 1)
    return Change(
        np.maximum(area, 0.5 * halo),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        tint=tint,
        tinted=tinted.astype(np.float32),
        looks=("rough", "wide" if wide else "spots"),
    )
