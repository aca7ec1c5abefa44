"""Dirt that lies on a surface and can be wiped off."""

from collections.abc import Callable

import numpy as np

from faultlens.images.simulator.fields import Dice, clouds, grain, log_uniform, step, streaks
from faultlens.images.simulator.placing import place_on, scattered
from faultlens.images.simulator.shapes import (
    Path,
    add_spots,
    blob,
    ellipse_radius,
    polygon,
    ragged_outline,
    stroke,
    wandering_path,
)
from faultlens.images.simulator.surface import Change, Surface, changed


def contamination(rng: Dice, surface: Surface) -> Change:
    """Dirt: fingerprints, fibres, drops, smears, chips of swarf, dust.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(contamination(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    return _KINDS[int(rng.integers(len(_KINDS)))](rng, surface)


def _fingerprint(rng: Dice, surface: Surface) -> Change:
    size = rng.uniform(0.15, 0.35) * surface.side
    centre, turn = place_on(rng, surface), rng.uniform(0, np.pi)
    area = blob(rng, *surface.size, centre, (size, size * 0.65), turn, raggedness=0.3, softness=0.3)
    core = (centre[0] + size * 0.3, centre[1])
    radius = ellipse_radius(*surface.size, core, (size, size * 0.7), turn)
    radius = radius + 0.08 * clouds(rng, *surface.size, size * 0.5)
    ridges = 0.5 + 0.5 * np.cos(radius * 2 * np.pi * size / rng.uniform(3, 6))
    patchy = np.clip(0.6 + 0.5 * clouds(rng, *surface.size, size * 0.3 + 2), 0, 1)
    where = area * patchy * ridges
    gain = rng.choice((-1, 1)) * rng.uniform(0.12, 0.45)
    return changed(where, ("fingerprint",), albedo=1 + gain * where)


def _smoothed(path: Path) -> Path:
    box = np.ones(9) / 9
    planes = [np.convolve(np.pad(path[:, each], 4, "edge"), box, "valid") for each in (0, 1)]
    return np.stack(planes, axis=1)


def _fibres(rng: Dice, surface: Surface) -> Change:
    paths = []
    for _ in range(int(rng.integers(1, 5))):
        reach = log_uniform(rng, 0.15, 0.9) * surface.side
        start, heading = place_on(rng, surface), rng.uniform(0, 2 * np.pi)
        paths.append(
            _smoothed(wandering_path(rng, start, heading, reach, roughness=0.5, step_px=4))
        )
    line = stroke(*surface.size, paths, [log_uniform(rng, 0.9, 2.6)] * len(paths))
    gain = rng.uniform(0.3, 1.5) if rng.random() < 0.55 else -rng.uniform(0.3, 0.8)
    shadow = np.roll(line, (1, 1), axis=(0, 1)) * (1 - line)
    return changed(line, ("fibre",), albedo=(1 + gain * line) * (1 - 0.3 * shadow))


def _drops(rng: Dice, surface: Surface) -> Change:
    points = scattered(rng, surface, int(rng.integers(1, 9)))
    spread = np.exp(rng.normal(0, 0.4, len(points)))
    radii = log_uniform(rng, 0.035, 0.13) * surface.side * spread + 1
    none = np.zeros(surface.size, np.float32)
    area = add_spots(none.copy(), points, radii, 1.0, 0.0, hardness=8)
    domes = add_spots(none, points, radii, 1.0, 0.0, hardness=3)
    tall = 0.5 * float(radii.mean()) if len(radii) else 1.0
    return changed(
        area,
        ("drops",),
        height=domes * tall,
        albedo=1 + rng.uniform(-0.4, 0.05) * area,
        tint=(1.0, 0.9, 0.6),
        tinted=0.6 * area,
    )


def _smear(rng: Dice, surface: Surface) -> Change:
    size = log_uniform(rng, 0.12, 0.5) * surface.side
    area = blob(
        rng,
        *surface.size,
        place_on(rng, surface),
        (size, size * rng.uniform(0.3, 1)),
        rng.uniform(0, np.pi),
        raggedness=0.9,
        softness=rng.uniform(0.05, 0.5),
    )
    wiped = streaks(rng, *surface.size, 25, rng.uniform(1, 3), rng.uniform(0, np.pi))
    gain = rng.uniform(-0.55, -0.15) if rng.random() < 0.75 else rng.uniform(0.15, 0.4)
    albedo = 1 + gain * area * np.clip(1 + 0.4 * wiped, 0, 1.6)
    return changed(area, ("smear",), albedo=albedo, tint=(1.0, 0.88, 0.62), tinted=area)


def _chips(rng: Dice, surface: Surface) -> Change:
    where = np.zeros(surface.size, np.float32)
    shadow = where
    for _ in range(int(rng.integers(1, 8))):
        size = log_uniform(rng, 0.025, 0.09) * surface.side + 1
        outline = ragged_outline(rng, place_on(rng, surface), size, raggedness=0.5, points=9)
        where = np.maximum(where, polygon(*surface.size, outline))
        shadow = np.maximum(shadow, polygon(*surface.size, outline + rng.uniform(1, 3)))
    shine = 1 + rng.uniform(-0.7, 1.5) * where * (1 + 0.6 * grain(rng, *surface.size, 1.5))
    albedo = np.maximum(shine, 0.05) * (1 - 0.6 * shadow * (1 - where))
    return changed(np.maximum(where, shadow), ("chips",), height=where * 1.5, albedo=albedo)


def _dust(rng: Dice, surface: Surface) -> Change:
    weight = step(clouds(rng, *surface.size, 0.3 * surface.side), -0.3, 1)
    points = scattered(rng, surface, int(rng.integers(15, 120)), weight)
    radii = np.exp(rng.normal(0, 0.4, len(points))) * 0.8
    specks = np.zeros(surface.size, np.float32)
    add_spots(specks, points, radii, 1.3, rng.uniform(0, np.pi), hardness=3)
    gain = rng.uniform(0.3, 1.2) if rng.random() < 0.6 else -rng.uniform(0.3, 0.8)
    return changed(specks, ("dust",), albedo=1 + gain * specks)


_KINDS: tuple[Callable[[Dice, Surface], Change], ...] = (
    *(_fingerprint, _fibres, _drops, _smear, _chips, _dust),
)
