"""Harmless things on real pictures: dust, stamps, tool marks, oil film, drops, chalk."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from faultlens.images.simulator.fields import Dice, clouds, log_uniform, step
from faultlens.images.simulator.shapes import add_spots, bowed_path, stroke
from faultlens.images.simulator.surface import Surface, with_height


def _dust(rng: Dice, surface: Surface) -> Surface:
    height, width = surface.size
    count = int(rng.integers(1, 12))
    centres = rng.random((count, 2)) * (height, width)
    spots = np.zeros((height, width), np.float32)
    add_spots(spots, centres, rng.uniform(0.4, 0.9, count), 1.0, 0.0)
    gain = np.float32(rng.uniform(-0.25, 0.25))
    return replace(surface, albedo=surface.albedo * (1 + gain * spots))


def _stamp(rng: Dice, surface: Surface) -> Surface:
    """Digits or letters, embossed or printed."""
    height, width = surface.size
    text = "".join(rng.choice([*"0123456789ABCDEFHKLMNPRSTXZ"], int(rng.integers(1, 6))))
    size = max(8, int(log_uniform(rng, 0.08, 0.3) * surface.side))
    plane = Image.new("L", (width, height), 0)
    place = (rng.uniform(-0.1, 0.7) * width, rng.uniform(0, 0.8) * height)
    ImageDraw.Draw(plane).text(place, text, fill=255, font=ImageFont.load_default(size))
    plane = plane.rotate(float(rng.choice((0, 90, 180, 270)) + rng.normal(0, 5)))
    mark = np.asarray(plane, dtype=np.float32) / np.float32(255)
    if rng.random() < 0.5:
        return with_height(surface, mark * np.float32(rng.uniform(-0.8, 0.8)))
    return replace(surface, albedo=surface.albedo * (1 + np.float32(rng.uniform(-0.5, 0.4)) * mark))


def _tool_mark(rng: Dice, surface: Surface) -> Surface:
    """A few faint parallel lines along the lay, as every tool leaves them."""
    height, width = surface.size
    paths = []
    for _ in range(int(rng.integers(2, 9))):
        start = (rng.uniform(-0.5, 1) * height, rng.uniform(-0.5, 1) * width)
        paths.append(bowed_path(rng, start, surface.lay_rad, 1.6 * max(height, width)))
    lines = stroke(height, width, paths, [rng.uniform(0.4, 0.9)] * len(paths))
    gain = np.float32(rng.choice((-1.0, 1.0)) * rng.uniform(0.01, 0.05))
    return replace(surface, albedo=surface.albedo * (1 + gain * lines))


def _film(rng: Dice, surface: Surface) -> Surface:
    """A thin even film of oil or rolling emulsion: slow, faint changes."""
    height, width = surface.size
    film = step(clouds(rng, height, width, rng.uniform(20, 80)), rng.uniform(-0.5, 0.8), 0.8)
    return replace(
        surface, albedo=surface.albedo * (1 + np.float32(rng.uniform(-0.08, 0.06)) * film)
    )


def _crayon(rng: Dice, surface: Surface) -> Surface:
    """A stroke of chalk or marker that a worker has left."""
    height, width = surface.size
    start = (rng.uniform(0, 1) * height, rng.uniform(0, 1) * width)
    path = bowed_path(rng, start, rng.uniform(0, 6.3), rng.uniform(0.2, 0.6) * surface.side)
    line = stroke(height, width, [path], [log_uniform(rng, 2, 7)])
    line = line * np.clip(0.6 + 0.6 * clouds(rng, height, width, 1.5), 0, 1)
    return replace(
        surface, albedo=surface.albedo * (1 + np.float32(rng.uniform(0.05, 0.25)) * line)
    )


CLUTTER: dict[str, Callable[[Dice, Surface], Surface]] = {
    "dust": _dust,
    "stamp": _stamp,
    "tool_mark": _tool_mark,
    "film": _film,
    "crayon": _crayon,
}
"""Harmless things by name -> what puts one on a surface."""


def add_clutter(rng: Dice, names: tuple[str, ...], surface: Surface) -> Surface:
    """Put harmless things on a surface.

    Args:
        rng: dice.
        names: keys of `CLUTTER`.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(64, 64)
        >>> made = add_clutter(np.random.default_rng(0), ("dust",), bare)
        >>> bool((made.albedo != bare.albedo).any())
        True
    """
    for name in names:
        surface = CLUTTER[name](rng, surface)
    return surface
