"""What is seen of a part: edges, holes, grooves, rims, beads and threads, none of them a defect."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, clouds, grid, log_uniform, step
from faultlens.images.simulator.surface import Surface


def _axis(surface: Surface, angle_rad: float) -> tuple[Field, Field]:
    """Distance from the middle along a direction and across it, px."""
    height, width = surface.size
    rows, columns = grid(height, width)
    down, right = rows - np.float32(height / 2), columns - np.float32(width / 2)
    cos, sin = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    return right * cos + down * sin, down * cos - right * sin


def _right_angle(rng: Dice) -> float:
    quarter = float(rng.integers(4)) * np.pi / 2
    return quarter + (rng.normal(0, 0.05) if rng.random() < 0.7 else rng.uniform(-0.8, 0.8))


def _chamfer(rng: Dice, inside: Field, shade: Field) -> Field:
    """The bright or dark line that a broken edge shows."""
    if rng.random() < 0.3:
        return shade
    breadth, gain = log_uniform(rng, 0.8, 6), rng.uniform(-0.5, 0.8)
    line = np.exp(-((inside / np.float32(breadth)) ** 2))
    made: Field = shade * (1 + np.float32(gain) * line)
    return made


def _beyond(rng: Dice, surface: Surface) -> Field:
    height, width = surface.size
    level = rng.uniform(0, 0.25) if rng.random() < 0.6 else rng.uniform(0.2, 1.5)
    made = level * (1 + 0.15 * clouds(rng, height, width, 40)) + 0.02 * clouds(
        rng, height, width, 3
    )
    return np.clip(made, 0, 3).astype(np.float32)


def _cut(rng: Dice, surface: Surface, inside: Field) -> Surface:
    shade = _chamfer(rng, inside, surface.shade)
    return replace(surface, inside=inside, shade=shade, beyond=_beyond(rng, surface))


def _sheet(rng: Dice, surface: Surface) -> Surface:
    return surface


def _edge(rng: Dice, surface: Surface) -> Surface:
    along, aside = _axis(surface, _right_angle(rng))
    side = surface.side
    inside = aside + np.float32(rng.uniform(0.05, 0.42) * side)
    if rng.random() < 0.4:
        bow = rng.uniform(-0.25, 0.25) * side
        inside = inside + np.float32(bow) * (along / np.float32(side)) ** 2
    return _cut(rng, surface, inside)


def _corner(rng: Dice, surface: Surface) -> Surface:
    along, aside = _axis(surface, _right_angle(rng))
    side = surface.side
    one = aside + np.float32(rng.uniform(0.15, 0.48) * side)
    other = along + np.float32(rng.uniform(0.15, 0.48) * side)
    return _cut(rng, surface, np.minimum(one, other))


def _tile(rng: Dice, surface: Surface) -> Surface:
    """A tile or strip seen whole: two or four edges near the picture's own."""
    height, width = surface.size
    along, aside = _axis(surface, rng.normal(0, 0.02) if rng.random() < 0.8 else rng.uniform(0, 3))
    across = np.float32(width * rng.uniform(0.38, 0.52))
    inside = across - np.abs(along + np.float32(rng.normal(0, 3)))
    if rng.random() < 0.7:
        inside = np.minimum(inside, np.float32(height * rng.uniform(0.38, 0.52)) - np.abs(aside))
    made = _cut(rng, surface, inside)
    if rng.random() < 0.6:
        breadth = rng.uniform(0.015, 0.09) * surface.side
        levels = rng.uniform(0.4, 1.5), rng.uniform(0.4, 1.5)
        strip = step(-(across - np.abs(along)), -breadth, 0.8)
        level = np.where(along > 0, *(np.float32(each) for each in levels))
        made = replace(made, shade=(made.shade * (1 + strip * (level - 1))).astype(np.float32))
    lens = rng.uniform(-0.5, 0.5) * (along / np.float32(width / 2)) ** 2
    return replace(made, shade=made.shade * np.clip(1 - lens, 0.4, 1.8).astype(np.float32))


def _bar(rng: Dice, surface: Surface) -> Surface:
    """A shaft or tube: brightness falls off across it."""
    _, aside = _axis(surface, _right_angle(rng))
    radius = np.float32(rng.uniform(0.35, 1.1) * surface.side)
    turn = np.clip(aside / radius, -0.999, 0.999)
    lamp, sharp = rng.uniform(-0.7, 0.7), log_uniform(rng, 2, 30)
    facing = np.sqrt(1 - turn * turn) * np.cos(lamp) + turn * np.sin(lamp)
    shade = 0.35 + 0.75 * np.maximum(facing, 0)
    shade += rng.uniform(0, 1.2) * np.exp(-sharp * (np.arcsin(turn) - lamp * 0.6) ** 2)
    made = replace(surface, shade=(surface.shade * shade).astype(np.float32))
    inside = radius - np.abs(aside)
    if float(inside.min()) > 0:
        return made
    return replace(made, inside=inside, beyond=_beyond(rng, surface))


def _hole(rng: Dice, surface: Surface) -> Surface:
    height, width = surface.size
    rows, columns = grid(height, width)
    radius = log_uniform(rng, 0.06, 0.3) * surface.side
    row, column = rng.uniform(0.1, 0.9) * height, rng.uniform(0.1, 0.9) * width
    inside = np.hypot(rows - np.float32(row), columns - np.float32(column)) - np.float32(radius)
    made = _cut(rng, surface, inside)
    return replace(made, beyond=made.beyond * np.float32(rng.uniform(0.1, 0.8)))


def _rim(rng: Dice, surface: Surface) -> Surface:
    """A round machined part with rings, steps and a bore, such as a flange or a cast wheel."""
    height, width = surface.size
    rows, columns = grid(height, width)
    whole = rng.random() < 0.5
    outer = surface.side * (rng.uniform(0.36, 0.5) if whole else rng.uniform(0.5, 2.0))
    away = 0.0 if whole else outer * rng.uniform(0.3, 1.0)
    turn = rng.uniform(0, 2 * np.pi)
    row = height / 2 + rng.normal(0, 0.02) * height + away * np.sin(turn)
    column = width / 2 + rng.normal(0, 0.02) * width + away * np.cos(turn)
    radius = np.hypot(rows - np.float32(row), columns - np.float32(column))
    shade, albedo = surface.shade.copy(), surface.albedo.copy()
    relief = surface.height
    angle = np.arctan2(rows - np.float32(row), columns - np.float32(column))
    if surface.process in ("turned", "cast", "sand_cast") and rng.random() < 0.8:
        # Turned on a lathe about its own middle.
        profile = rng.standard_normal(int(radius.max() * 2) + 4, dtype=np.float32)
        rings = profile[(radius * 2).astype(np.int32)]
        rest = 0.25 if surface.process == "turned" else 1.0
        albedo = 1 + rest * (albedo - 1) + np.float32(log_uniform(rng, 0.02, 0.15)) * rings
        albedo, relief = np.clip(albedo, 0.05, 4).astype(np.float32), relief * np.float32(rest)
    places = np.sort(rng.uniform(0.2, 0.95, int(rng.integers(1, 6)))) * outer
    for inner, outside in zip(places[:-1:2], places[1::2], strict=False):
        band = step(radius, inner, 1.0) * step(-radius, -outside, 1.0)
        level = rng.uniform(0.08, 0.4) if rng.random() < 0.6 else rng.uniform(0.6, 1.3)
        if level < 0.4 and rng.random() < 0.4:
            # Vanes in the shade of an impeller's or wheel's inside.
            turns = angle * float(rng.integers(5, 13)) + radius * np.float32(rng.uniform(-0.2, 0.2))
            band = band * (1 - rng.uniform(0.1, 0.5) * step(np.cos(turns), 0.6, 0.3))
        albedo = albedo * (1 - band) + band * np.float32(level) * albedo
        for place in (inner, outside):
            shade *= 1 + np.float32(rng.uniform(-0.6, 0.8)) * np.exp(
                -(((radius - np.float32(place)) / np.float32(rng.uniform(0.8, 3))) ** 2)
            )
    fans = rng.uniform(0, 0.35) * np.cos(angle * float(rng.integers(1, 3)) + rng.uniform(0, 6))
    shade = shade * (1 + fans.astype(np.float32))
    made = replace(surface, shade=shade, albedo=albedo, height=relief)
    made = _cut(rng, made, np.float32(outer) - radius)
    fall = (
        np.exp(-np.abs(made.inside) / np.float32(rng.uniform(2, 15)))
        if made.inside is not None
        else 0
    )
    return replace(made, beyond=(made.beyond * (1 - 0.6 * fall)).astype(np.float32))


def _step(rng: Dice, surface: Surface) -> Surface:
    """A shoulder or groove across the surface: two faces and the line between them."""
    _, aside = _axis(surface, _right_angle(rng))
    place = rng.uniform(-0.4, 0.4) * surface.side
    rise = step(aside, place, log_uniform(rng, 0.7, 4))
    levels = 1 + rng.uniform(-0.45, 0.45) * rise
    line = np.exp(-(((aside - place) / np.float32(log_uniform(rng, 0.8, 4))) ** 2))
    shade = surface.shade * levels * (1 + rng.uniform(-0.7, 0.9) * line)
    if rng.random() < 0.5:
        breadth = log_uniform(rng, 0.03, 0.2) * surface.side
        groove = step(aside, place, 1.0) * step(-aside, -(place + breadth), 1.0)
        shade = shade * (1 - rng.uniform(0.2, 0.8) * groove)
    return replace(surface, shade=shade.astype(np.float32))


def _slot(rng: Dice, surface: Surface) -> Surface:
    """A keyway: a milled slot with a round end, its floor darker than the shaft."""
    along, aside = _axis(surface, _right_angle(rng))
    side = surface.side
    half = np.float32(rng.uniform(0.08, 0.26) * side)
    end = np.float32(rng.uniform(-0.15, 0.7) * side)
    aside = aside + np.float32(rng.uniform(-0.15, 0.15) * side)
    distance = np.where(along > end, np.hypot(along - end, aside), np.abs(aside)) - half
    floor = step(-distance, 0.0, rng.uniform(0.7, 2.0))
    level = rng.uniform(0.25, 0.85)
    lit = np.exp(-((distance / np.float32(log_uniform(rng, 0.8, 3))) ** 2))
    upper = np.where(aside > 0, rng.uniform(-0.6, 0.8), rng.uniform(-0.6, 0.8))
    shade = surface.shade * (1 - (1 - level) * floor) * (1 + upper * lit)
    marks = {"slot": distance.astype(np.float32)}
    return replace(surface, shade=np.clip(shade, 0.02, 4).astype(np.float32), marks=marks)


def _weld(rng: Dice, surface: Surface) -> Surface:
    """A weld bead: a raised band of ripples with heat-tinted borders."""
    height, width = surface.size
    along, aside = _axis(surface, _right_angle(rng))
    side = surface.side
    half = rng.uniform(0.1, 0.28) * side
    aside = aside + np.float32(rng.uniform(-0.15, 0.15) * side)
    border = 1 + rng.uniform(0.01, 0.06) * clouds(rng, height, width, rng.uniform(6, 25))
    across = aside / np.float32(half) * border
    on_bead = step(-np.abs(across), -1.0, 0.06)
    crown = np.sqrt(np.clip(1 - across * across, 0, 1))
    pitch = np.float32(log_uniform(rng, 3, 12) * surface.scale**0.5)
    curve = np.float32(rng.uniform(0.3, 1.2) * half) * across * across
    phase = (along + curve) / pitch * np.float32(6.283) + rng.uniform(0, 1.2) * clouds(
        rng, height, width, 12
    )
    ripples = np.cos(phase) * crown
    bead = half * rng.uniform(0.1, 0.5) * crown + pitch * rng.uniform(0.02, 0.12) * ripples
    heat = np.exp(-(((np.abs(across) - 1) / np.float32(rng.uniform(0.3, 1.0))) ** 2)) * (
        1 - on_bead
    )
    calm = 1 - on_bead * rng.uniform(0.3, 0.9)
    albedo = 1 + (surface.albedo - 1) * calm + 0.08 * on_bead * clouds(rng, height, width, 2.5)
    albedo *= (1 - rng.uniform(0, 0.4) * heat) * (1 + rng.uniform(-0.3, 0.3) * on_bead)
    return replace(
        surface,
        height=(surface.height * calm + bead).astype(np.float32),
        albedo=np.clip(albedo, 0.05, 4).astype(np.float32),
        marks={"bead": across.astype(np.float32), "along": along.astype(np.float32)},
    )


def _thread(rng: Dice, surface: Surface) -> Surface:
    """Turns of a thread: crests and roots in step, seen from the side."""
    along, aside = _axis(surface, _right_angle(rng))
    pitch = np.float32(log_uniform(rng, 0.05, 0.2) * surface.side)
    lean = np.float32(rng.normal(0, 0.06))
    turns = (along + lean * aside) / pitch
    phase = turns - np.floor(turns)
    crest = np.abs(phase - 0.5) * 2
    lit = np.where(phase < 0.5, 1 + rng.uniform(-0.5, 0.5), 1 - rng.uniform(-0.5, 0.5))
    flat = step(-crest, -rng.uniform(0.08, 0.3), 0.08)
    dark = step(crest, rng.uniform(0.75, 0.92), 0.08)
    shade = lit * (1 + rng.uniform(0.1, 0.8) * flat) * (1 - rng.uniform(0.3, 0.85) * dark)
    radius = np.float32(rng.uniform(0.4, 1.2) * surface.side)
    round_ = 0.3 + 0.8 * np.sqrt(np.clip(1 - (aside / radius) ** 2, 0, 1))
    made = replace(
        surface,
        shade=np.clip(surface.shade * shade * round_, 0.02, 4).astype(np.float32),
        marks={"turns": turns.astype(np.float32), "crest": (1 - crest).astype(np.float32)},
    )
    inside = radius - np.abs(aside) + pitch * np.float32(0.25) * (1 - crest)
    if float(inside.min()) > 0:
        return made
    return replace(made, inside=inside.astype(np.float32), beyond=_beyond(rng, surface))


def _blade(rng: Dice, surface: Surface) -> Surface:
    """A blade near its edge: curved face, thin bright rim, nothing beyond."""
    along, aside = _axis(surface, _right_angle(rng))
    side = np.float32(surface.side)
    bow = rng.uniform(-0.4, 0.4) * (along / side) ** 2
    inside = aside + side * np.float32(rng.uniform(0.05, 0.38)) + (bow * side).astype(np.float32)
    made = _cut(rng, surface, inside.astype(np.float32))
    depth = np.clip(inside / side, 0, 1)
    shade = made.shade * (
        1 + rng.uniform(-0.5, 0.5) * depth + rng.uniform(-0.3, 0.3) * along / side
    )
    return replace(made, shade=np.clip(shade, 0.05, 4).astype(np.float32))


PARTS: dict[str, Callable[[Dice, Surface], Surface]] = {
    "sheet": _sheet,
    "edge": _edge,
    "corner": _corner,
    "tile": _tile,
    "bar": _bar,
    "hole": _hole,
    "rim": _rim,
    "step": _step,
    "slot": _slot,
    "weld": _weld,
    "thread": _thread,
    "blade": _blade,
}
"""What is seen of the part -> what forms a flat piece of texture into it."""


def form_part(rng: Dice, part: str, surface: Surface) -> Surface:
    """Give a flat piece of texture the form of a part.

    Args:
        rng: dice.
        part: a key of `PARTS`.
        surface: a flat piece.

    Returns:
        the surface with edges, forms and the places that defects keep to.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bare = flat_surface(64, 64)
        >>> sorted(form_part(np.random.default_rng(0), "slot", bare).marks)
        ['slot']
    """
    return replace(PARTS[part](rng, surface), part=part)
