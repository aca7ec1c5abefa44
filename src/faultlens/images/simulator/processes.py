"""Textures by how a surface was made: relief and returned light of a flat piece of it."""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter

from faultlens.images.simulator.fields import Dice, Field, clouds, grain, grid, log_uniform, streaks
from faultlens.images.simulator.shapes import stroke, wandering_path

Texture = tuple[Field, Field]
"""Relief in px and returned light about 1, (row, column) each."""


def _relief(field: Field, slope: float) -> Field:
    """The field scaled to a spread of its slopes."""
    steep = float(np.abs(np.diff(field[::2], axis=1)).mean()) + float(
        np.abs(np.diff(field[:, ::2], axis=0)).mean()
    )
    return field * np.float32(slope * 1.6 / max(steep, 1e-6))


def _columns(rng: Dice, h: int, w: int, lay: float, breadth: float) -> Field:
    """Stripes that run through the whole picture along the lay."""
    return streaks(rng, h, w, 2.0 * max(h, w), breadth, lay)


def _hot_rolled(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    size = scale * rng.uniform(0.5, 1.3)
    drawn_out = log_uniform(rng, 1, 4)
    contrast = log_uniform(rng, 0.025, 0.25) * strength
    fine = streaks(rng, h, w, size * drawn_out, size, lay)
    albedo = 1 + contrast * fine
    albedo += rng.uniform(0, 0.1) * _columns(rng, h, w, lay, log_uniform(rng, 1.5, 20))
    albedo += rng.uniform(0, 0.07) * clouds(rng, h, w, log_uniform(rng, 8, 60) * scale, 1.5)
    if rng.random() < 0.35:
        crossing = lay + rng.normal(np.pi / 2, 0.3)
        albedo += (
            rng.uniform(0.1, 0.4) * contrast * streaks(rng, h, w, 8 * scale, 0.6 * scale, crossing)
        )
    return _relief(fine, rng.uniform(0, 0.15)), albedo.astype(np.float32)


def _cold_rolled(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    fine = streaks(rng, h, w, log_uniform(rng, 6, 60) * scale, rng.uniform(0.4, 1.0) * scale, lay)
    albedo = 1 + log_uniform(rng, 0.01, 0.07) * strength * fine
    albedo += rng.uniform(0, 0.08) * _columns(rng, h, w, lay, log_uniform(rng, 1, 25))
    albedo += rng.uniform(0, 0.05) * clouds(rng, h, w, log_uniform(rng, 15, 80))
    return _relief(fine, rng.uniform(0, 0.05)), albedo.astype(np.float32)


def _brushed(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    fine = streaks(rng, h, w, log_uniform(rng, 8, 80) * scale, rng.uniform(0.3, 0.9) * scale, lay)
    coarse = streaks(rng, h, w, log_uniform(rng, 20, 120) * scale, 1.6 * scale, lay)
    contrast = log_uniform(rng, 0.04, 0.2) * strength
    albedo = 1 + contrast * (fine + rng.uniform(0, 0.8) * coarse)
    return _relief(fine, rng.uniform(0.02, 0.2)), albedo.astype(np.float32)


def _ground(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    fine = streaks(rng, h, w, log_uniform(rng, 5, 40) * scale, rng.uniform(0.35, 0.9) * scale, lay)
    deep = streaks(rng, h, w, log_uniform(rng, 15, 90) * scale, 0.7 * scale, lay)
    deep = np.maximum(deep - np.float32(1.6), 0) * np.float32(rng.choice((-1.0, 1.0)))
    contrast = log_uniform(rng, 0.03, 0.2) * strength
    albedo = 1 + contrast * (fine + rng.uniform(0, 1.2) * deep)
    albedo += rng.uniform(0, 0.08) * _columns(rng, h, w, lay, log_uniform(rng, 1.5, 12))
    return _relief(fine, rng.uniform(0.02, 0.2)), albedo.astype(np.float32)


def _turned(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    rows, columns = grid(h, w)
    near = rng.random() < 0.4
    distance = rng.uniform(0.0, 1.2) * max(h, w) if near else rng.uniform(3, 30) * max(h, w)
    row = h / 2 + distance * np.cos(lay)
    column = w / 2 - distance * np.sin(lay)
    radius = np.hypot(rows - np.float32(row), columns - np.float32(column))
    pitch = log_uniform(rng, 2.2, 14) * scale**0.5
    wobble = rng.uniform(0, 0.5) * clouds(rng, h, w, 30)
    grooves = np.cos(np.float32(2 * np.pi / pitch) * radius + wobble + rng.uniform(0, 6))
    profile = rng.standard_normal(int(radius.max() - radius.min()) * 2 + 4, dtype=np.float32)
    rings = profile[((radius - radius.min()) * 2).astype(np.int32)]
    contrast = log_uniform(rng, 0.03, 0.18) * strength
    albedo = 1 + contrast * (rng.uniform(0.2, 1.0) * grooves + rng.uniform(0.1, 0.9) * rings)
    albedo += 0.3 * contrast * grain(rng, h, w, 0.6 * scale)
    return grooves * np.float32(pitch * rng.uniform(0, 0.06)), albedo.astype(np.float32)


def _milled(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    rows, columns = grid(h, w)
    cos, sin = np.float32(np.cos(lay)), np.float32(np.sin(lay))
    along, aside = columns * cos + rows * sin, rows * cos - columns * sin
    radius = np.float32(rng.uniform(0.5, 3.0) * max(h, w))
    feed = np.float32(log_uniform(rng, 3, 16) * scale**0.5)
    middle = np.float32(rng.uniform(-0.3, 0.3) * h)
    reach = np.clip((aside - middle) / radius, -0.98, 0.98)
    arc = radius * np.sqrt(1 - reach * reach)
    turns = (along - arc) * np.float32(2 * np.pi) / feed
    jitter = rng.uniform(0, 0.6) * clouds(rng, h, w, 40)
    ridges = np.cos(turns + jitter)
    if rng.random() < 0.4:
        ridges = ridges + rng.uniform(0.3, 0.9) * np.cos((along + arc) * np.float32(6.283) / feed)
    contrast = log_uniform(rng, 0.03, 0.16) * strength
    albedo = 1 + contrast * ridges + 0.5 * contrast * grain(rng, h, w, 0.6 * scale)
    return ridges * np.float32(feed * rng.uniform(0.0, 0.06)), albedo.astype(np.float32)


def _cast(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    size = scale * log_uniform(rng, 0.8, 3)
    bumps = grain(rng, h, w, size)
    fine = grain(rng, h, w, 0.5)
    albedo = 1 + log_uniform(rng, 0.02, 0.14) * strength * bumps
    albedo += log_uniform(rng, 0.01, 0.08) * strength * fine
    albedo += rng.uniform(0, 0.1) * clouds(rng, h, w, log_uniform(rng, 10, 60))
    return _relief(bumps, rng.uniform(0.03, 0.25)), albedo.astype(np.float32)


def _sand_cast(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    size = scale * log_uniform(rng, 1.0, 3.5)
    bumps = grain(rng, h, w, size) + np.float32(0.6) * grain(rng, h, w, 0.4 * size)
    albedo = 1 + log_uniform(rng, 0.05, 0.2) * strength * bumps
    albedo += log_uniform(rng, 0.02, 0.12) * strength * grain(rng, h, w, 0.6)
    albedo += rng.uniform(0, 0.12) * clouds(rng, h, w, log_uniform(rng, 8, 40))
    return _relief(bumps, rng.uniform(0.08, 0.35)), albedo.astype(np.float32)


def _blasted(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    size = scale * log_uniform(rng, 0.7, 2.2)
    bumps = grain(rng, h, w, size)
    albedo = 1 + log_uniform(rng, 0.02, 0.15) * strength * grain(rng, h, w, size * 0.7)
    return _relief(bumps, strength * log_uniform(rng, 0.05, 0.25)), albedo.astype(np.float32)


def _polished(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    hazes = clouds(rng, h, w, log_uniform(rng, 20, 100))
    fine = streaks(rng, h, w, 25 * scale, 0.4, rng.uniform(0, np.pi))
    albedo = 1 + rng.uniform(0, 0.04) * hazes + rng.uniform(0, 0.02) * strength * fine
    albedo += rng.uniform(0, 0.02) * strength * grain(rng, h, w, 0.8)
    return _relief(hazes, rng.uniform(0, 0.01)), albedo.astype(np.float32)


def _forged(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    size = scale * log_uniform(rng, 2, 7)
    bumps = clouds(rng, h, w, size * 2.5) + 0.6 * grain(rng, h, w, size * 0.5)
    albedo = 1 + log_uniform(rng, 0.03, 0.15) * strength * grain(rng, h, w, scale * 0.8)
    albedo += rng.uniform(0.02, 0.15) * strength * clouds(rng, h, w, log_uniform(rng, 6, 30))
    return _relief(bumps, rng.uniform(0.02, 0.15)), albedo.astype(np.float32)


def _ferrite(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    fine = grain(rng, h, w, rng.uniform(0.3, 0.8) * scale)
    lines = streaks(rng, h, w, log_uniform(rng, 10, 150) * scale, rng.uniform(0.35, 0.7), lay, 3.0)
    bright = np.maximum(_columns(rng, h, w, lay, rng.uniform(0.5, 1.2)) - np.float32(1.4), 0)
    contrast = log_uniform(rng, 0.03, 0.14) * strength
    albedo = 1 + contrast * (rng.uniform(0.3, 1) * fine + rng.uniform(0.3, 1.2) * lines)
    albedo += rng.uniform(0, 2.0) * contrast * bright
    albedo += rng.uniform(0, 0.1) * _columns(rng, h, w, lay, log_uniform(rng, 3, 30))
    stains = streaks(rng, h, w, log_uniform(rng, 8, 50), log_uniform(rng, 5, 25), lay, 1.0)
    albedo += rng.uniform(0, 0.09) * stains
    if rng.random() < 0.4:
        size = log_uniform(rng, 2, 9)
        dark = np.maximum(streaks(rng, h, w, 2 * size, size, lay, 1.3) - np.float32(1.6), 0)
        albedo -= rng.uniform(0, 0.15) * dark
    if rng.random() < 0.4:
        # Marks of pressing and sintering: wandering, soft, faint, on good tiles as well.
        paths = [
            wandering_path(
                rng,
                (rng.random() * h, rng.random() * w),
                rng.uniform(0, 6.3),
                rng.uniform(0.1, 0.5) * max(h, w),
                roughness=0.3,
                step_px=4,
            )
            for _ in range(int(rng.integers(1, 6)))
        ]
        seams = stroke(h, w, paths, [rng.uniform(2, 6) for _ in paths])
        soft = clouds(rng, h, w, 3) * 0.5 + 0.5
        albedo -= rng.uniform(0.02, 0.12) * gaussian_filter(seams, rng.uniform(0.8, 2.5)) * soft
    return _relief(fine, rng.uniform(0, 0.08)), albedo.astype(np.float32)


def _coated(rng: Dice, h: int, w: int, lay: float, scale: float, strength: float) -> Texture:
    peel = grain(rng, h, w, scale * log_uniform(rng, 2, 6))
    albedo = 1 + log_uniform(rng, 0.004, 0.05) * strength * grain(rng, h, w, rng.uniform(0.4, 1.5))
    albedo += rng.uniform(0, 0.05) * clouds(rng, h, w, log_uniform(rng, 15, 80))
    return _relief(peel, rng.uniform(0, 0.04)), albedo.astype(np.float32)


PROCESSES: dict[str, Callable[[Dice, int, int, float, float, float], Texture]] = {
    "hot_rolled": _hot_rolled,
    "cold_rolled": _cold_rolled,
    "brushed": _brushed,
    "ground": _ground,
    "turned": _turned,
    "milled": _milled,
    "cast": _cast,
    "sand_cast": _sand_cast,
    "blasted": _blasted,
    "polished": _polished,
    "forged": _forged,
    "ferrite": _ferrite,
    "coated": _coated,
}
"""How a surface was made -> what draws a flat piece of it."""


def draw_texture(
    rng: Dice,
    process: str,
    height_px: int,
    width_px: int,
    lay_rad: float,
    scale: float,
    strength: float,
) -> Texture:
    """A flat piece of metal as a process leaves it.

    Args:
        rng: dice.
        process: a key of `PROCESSES`.
        height_px: rows.
        width_px: columns.
        lay_rad: direction of tool marks or rolling.
        scale: size of the texture, 1 is grain of about one pixel.
        strength: its contrast, share of what is usual.

    Returns:
        relief in px and returned light about 1, (row, column) each.

    Example:
        >>> relief, albedo = draw_texture(np.random.default_rng(0), "ground", 32, 48, 0.0, 1.0, 1.0)
        >>> relief.shape, .8 < float(albedo.mean()) < 1.2
        ((32, 48), True)
    """
    relief, albedo = PROCESSES[process](rng, height_px, width_px, lay_rad, scale, strength)
    return relief.astype(np.float32), np.clip(albedo, np.float32(0.05), np.float32(4))
