"""Light on a surface: what a camera with a perfect lens would see."""

import numpy as np

from faultlens.images.simulator.fields import Field, grid, step
from faultlens.images.simulator.settings import Lighting
from faultlens.images.simulator.surface import Change, Surface


def slopes_lit(height: Field, light: Lighting) -> Field:
    """Factor on the brightness by which slopes stand out.

    Args:
        height: relief, px, (row, column).
        light: the lamp.

    Example:
        >>> float(slopes_lit(np.zeros((4, 4), np.float32), Lighting())[0, 0])
        1.0
    """
    down, right = np.gradient(height)
    cos, sin = np.float32(np.cos(light.direction_rad)), np.float32(np.sin(light.direction_rad))
    facing = -(right * cos + down * sin)
    factor = 1 + np.float32(light.relief) * np.tanh(facing * np.float32(1.5))
    if light.gloss > 0:
        off = facing - np.float32(0.25)
        factor += np.float32(light.gloss) * np.exp(-off * off * np.float32(40))
        factor -= np.float32(light.gloss * np.exp(-2.5))
    steep = down * down + right * right
    made: Field = factor / np.sqrt(1 + np.float32(0.5) * steep)
    return made


def lamp_field(height_px: int, width_px: int, light: Lighting, lay_rad: float) -> Field:
    """Brightness that the lamp gives a flat surface, about 1.

    Args:
        height_px: rows.
        width_px: columns.
        light: the lamp.
        lay_rad: direction of the lay; glare lies across it.

    Example:
        >>> float(lamp_field(8, 8, Lighting(), 0.0)[0, 0])
        1.0
    """
    rows, columns = grid(height_px, width_px)
    down = rows * np.float32(2 / height_px) - 1
    right = columns * np.float32(2 / width_px) - 1
    made = np.ones((height_px, width_px), np.float32)
    if light.gradient:
        turn = light.gradient_rad
        made += np.float32(light.gradient) * (
            right * np.float32(np.cos(turn)) + down * np.float32(np.sin(turn))
        )
    if light.vignette:
        made *= 1 - np.float32(light.vignette * 0.5) * (down * down + right * right)
    if light.band:
        along = right * np.float32(np.cos(lay_rad)) + down * np.float32(np.sin(lay_rad))
        off = (along * np.float32(0.5) + np.float32(0.5 - light.band_place)) / np.float32(
            light.band_breadth
        )
        made += np.float32(light.band) * np.exp(-0.5 * off * off)
    return np.maximum(made, np.float32(0.03))


def seen(surface: Surface, light: Lighting, lamp: Field, change: Change | None = None) -> Field:
    """Light that reaches the camera from a surface, with or without a defect.

    Args:
        surface: a surface.
        light: the lamp.
        lamp: what the lamp gives a flat surface, (row, column).
        change: a defect; None for the surface as it is.

    Returns:
        brightness about 1, (row, column).

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(4, 4)
        >>> float(seen(bare, Lighting(), bare.shade)[0, 0])
        1.0
    """
    height, albedo = surface.height, surface.albedo * surface.shade
    if change is not None and change.height is not None:
        height = height + change.height
    if change is not None and change.albedo is not None:
        albedo = albedo * change.albedo
    made = slopes_lit(height, light) * albedo * lamp
    inside = surface.inside
    if inside is not None:
        on_part = step(inside, 0.0, 0.8)
        if change is not None and change.gone is not None:
            on_part = on_part * (1 - change.gone)
        if change is not None and change.grown is not None:
            on_part = np.maximum(on_part, change.grown)
        made = made * on_part + surface.beyond * (1 - on_part)
    if change is not None and change.light is not None:
        made = made + change.light
    return made
