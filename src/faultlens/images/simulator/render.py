"""One rendered picture with its mask and caption."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, uniform_filter

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.camera import Pixels, Sensor
from faultlens.images.simulator.captions import caption
from faultlens.images.simulator.clutter import add_clutter
from faultlens.images.simulator.concepts import (
    CLEAN,
    CONCEPTS,
    HARMLESS,
    drawn_process,
    drawn_share,
)
from faultlens.images.simulator.draw import draw_settings
from faultlens.images.simulator.fields import Dice, Field, grid, log_uniform
from faultlens.images.simulator.light import lamp_field, seen
from faultlens.images.simulator.parts import PARTS, form_part
from faultlens.images.simulator.processes import PROCESSES, draw_texture
from faultlens.images.simulator.settings import SurfaceSettings
from faultlens.images.simulator.surface import Change, Surface
from faultlens.images.simulator.wording import Wording

SMALLEST_PX, LARGEST_PX = 16, 8192
"""Sides of a picture that are rendered, px."""
CLEAN_SHARE = 0.25
"""Share of clean pictures where the concept is not given."""
_SCENE, _DEFECT, _SENSOR = 2000, 2001, 2002
"""Keep the dice of scene, defect and sensor apart, so that one does not move the others."""
_TWO_SHARE, _GLARE_SHARE = 0.04, 0.03
_SMALL = ("crack", "scratch", "dent", "porosity", "inclusion", "contamination")
"""Defects that come second without drowning the first."""
_TRIES, _LEAST_AREA_PX = 4, 25
_LEAST_STEP, _PLAIN_STEP = 3.0 / 255, 14.0 / 255
"""Changes of the grey value that nobody sees below, and that everybody sees above."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, eq=False)
class RenderedSurface:
    """A picture with known truth.

    Args:
        pixels: the picture, (row, column) grey or (row, column, 3) red, green and blue.
        mask: pixels that the defects visibly change, (row, column).
        concept: key of the main defect, "no_defect" for a clean surface.
        concepts: keys of everything that was drawn, the main one first; () for a clean surface.
        caption: what is seen, in words.
        looks: what the main defect looks like, keys of `LOOKS`.
        process: how the surface was made.
        part: what is seen of the part.
        settings: everything else that it was rendered under.
        clean: the same surface, light and exposure without the defect; None unless asked for.

    Example:
        >>> made = render_surface(seed=1, concept="crack")
        >>> made.concept, made.mask.shape
        ('crack', (128, 128))
    """

    pixels: Pixels
    mask: NDArray[np.bool_]
    concept: str
    concepts: tuple[str, ...]
    caption: Wording
    looks: tuple[str, ...]
    process: str
    part: str
    settings: SurfaceSettings
    clean: Pixels | None = None


def render_surface(
    *,
    seed: int,
    height_px: int = 128,
    width_px: int = 128,
    concept: str | None = None,
    process: str | None = None,
    part: str | None = None,
    colour: bool | None = None,
    alone: bool = False,
    with_clean: bool = False,
) -> RenderedSurface:
    """Render a metal surface, clean or with a defect.

    Light, camera, texture and harmless things are drawn alike for clean and damaged surfaces. The
    same seed gives the same picture.

    Args:
        seed: what everything is drawn from, 0 or more.
        height_px: rows.
        width_px: columns.
        concept: what to draw: a key of `CONCEPTS`, or "no_defect"; None draws one.
        process: how the surface is made, a key of `PROCESSES`; None draws one.
        part: what is seen of the part, a key of `PARTS`; None draws one that the defect needs.
        colour: whether the picture has colours; None lets 4 of 10 have.
        alone: whether to leave out the second mark or glare that a few pictures have.
        with_clean: whether to take the same picture without the defect as well.

    Returns:
        the picture and what is true of it.

    Raises:
        UnknownNameError: a concept, process or part that cannot be drawn.
        UsageError: a size or seed that cannot be drawn.

    Example:
        >>> made = render_surface(seed=7, concept="no_defect", height_px=64, width_px=96)
        >>> made.pixels.shape[:2], bool(made.mask.any())
        ((64, 96), False)
    """
    _check(seed, height_px, width_px, concept, process, part)
    scene = np.random.Generator(np.random.PCG64([seed, _SCENE]))
    chosen = concept if concept is not None else _drawn_concept(scene)
    host = chosen if chosen != CLEAN else str(scene.choice([*CONCEPTS]))
    process = process or drawn_process(scene, host)
    part = part or drawn_share(scene, CONCEPTS[host].parts)
    settings = draw_settings(scene, process, part)
    in_colour = bool(scene.random() < 0.4) if colour is None else colour
    surface = build_surface(scene, settings, height_px, width_px)
    dice = np.random.Generator(np.random.PCG64([seed, _DEFECT]))
    sensor = Sensor(
        np.random.Generator(np.random.PCG64([seed, _SENSOR])), settings.camera, surface.size
    )
    lamp = lamp_field(height_px, width_px, settings.light, settings.lay_rad)
    concepts = _drawn_concepts(dice, chosen, alone=alone)

    bare = seen(surface, settings.light, lamp)
    on_part = bare if surface.inside is None else bare[surface.inside > 0]
    level = float(on_part.mean()) if on_part.size else 1.0
    gain = np.float32(settings.camera.brightness / max(level, 1e-3))
    plain = sensor.expose(coloured(bare * gain, settings, in_colour))
    made, mask = plain, np.zeros(surface.size, bool)
    looks: tuple[str, ...] = ()
    first = mask
    for number, each in enumerate(concepts):
        for _ in range(_TRIES):
            change = CONCEPTS[each].draw(dice, surface)
            light = seen(surface, settings.light, lamp, change) * gain
            hurt = sensor.expose(warped(coloured(light, settings, in_colour, change), change))
            step, where = visible_step(dice, plain, hurt, change, settings.camera.noise)
            if where.sum() >= _LEAST_AREA_PX:
                break
        looks = change.looks if number == 0 else looks
        made = made + step
        mask = mask | where if number == 0 or concepts[number] not in HARMLESS else mask
        first = where if number == 0 else first
    return RenderedSurface(
        pixels=sensor.develop(made),
        mask=mask,
        concept=chosen,
        concepts=concepts,
        caption=caption(concepts, looks, first, process, part),
        looks=looks,
        process=process,
        part=part,
        settings=settings,
        clean=sensor.develop(plain) if with_clean else None,
    )


def build_surface(rng: Dice, settings: SurfaceSettings, height_px: int, width_px: int) -> Surface:
    """A surface without a defect, before light falls on it.

    Args:
        rng: dice.
        settings: process, part, scale and clutter.
        height_px: rows.
        width_px: columns.

    Example:
        >>> made = build_surface(np.random.default_rng(0), SurfaceSettings("cast", "edge"), 32, 32)
        >>> made.inside is not None
        True
    """
    relief, albedo = draw_texture(
        rng,
        settings.process,
        height_px,
        width_px,
        settings.lay_rad,
        settings.scale,
        settings.texture,
    )
    ones = np.ones((height_px, width_px), np.float32)
    flat = Surface(
        relief,
        albedo,
        ones,
        None,
        ones,
        settings.lay_rad,
        settings.scale,
        settings.process,
        settings.part,
    )
    return add_clutter(rng, settings.clutter, form_part(rng, settings.part, flat))


def coloured(
    light: Field, settings: SurfaceSettings, in_colour: bool, change: Change | None = None
) -> Field:
    """Light in the metal's colour, or what a grey camera sees of it.

    Args:
        light: brightness, (row, column).
        settings: has the metal's colour.
        in_colour: whether there are three planes.
        change: a defect that may have a tint.

    Example:
        >>> coloured(np.ones((2, 2), np.float32), SurfaceSettings("cast", "sheet"), True).shape
        (2, 2, 3)
    """
    tint, where = (None, None) if change is None else (change.tint, change.tinted)
    if change is not None and change.hues is not None:
        if not in_colour:
            return light * (change.hues @ _LUMA)
        return light[..., None] * np.array(settings.metal, np.float32) * change.hues
    if not in_colour:
        if tint is None or where is None:
            return light
        grey = np.float32(float(np.dot(tint, _LUMA)))
        return light * (1 + where * (grey - 1))
    planes = light[..., None] * np.array(settings.metal, np.float32)
    if tint is None or where is None:
        return planes
    factors = np.array(tint, np.float32)
    # Corrosion products and stains hide the metal's own colour.
    factors = factors / np.array(settings.metal, np.float32) ** np.float32(0.6)
    return planes * (1 + where[..., None] * (factors - 1))


def warped(light: Field, change: Change) -> Field:
    """The picture shifted as a deformed part shifts it.

    Args:
        light: brightness, (row, column) or (row, column, 3).
        change: a defect that may have a warp.

    Example:
        >>> warped(np.ones((2, 2), np.float32), Change(np.zeros((2, 2), np.float32))).shape
        (2, 2)
    """
    if change.warp is None:
        return light
    rows, columns = grid(*light.shape[:2])
    places = np.stack([rows + change.warp[0], columns + change.warp[1]])
    if light.ndim == 2:
        made: Field = map_coordinates(light, places, order=1, mode="mirror")
        return made
    return np.stack(
        [map_coordinates(light[..., each], places, order=1, mode="mirror") for each in range(3)],
        axis=2,
    )


def visible_step(
    rng: Dice, plain: Field, hurt: Field, change: Change, noise: float
) -> tuple[Field, NDArray[np.bool_]]:
    """What a defect adds to a picture, strengthened where nobody could see it, and where that is.

    Args:
        rng: dice.
        plain: exposed picture without the defect, (row, column) or (row, column, 3).
        hurt: the same with it.
        change: the defect.
        noise: standard deviation of the camera's noise, share of full scale.

    Returns:
        the added light, shaped as `plain`, and the visible pixels, (row, column).

    Example:
        >>> flat = np.full((9, 9), .5, np.float32)
        >>> spot = flat.copy(); spot[4, 4] = .1
        >>> where = (spot < .5).astype(np.float32)
        >>> step, mask = visible_step(np.random.default_rng(0), flat, spot, Change(where), .001)
        >>> bool(mask[4, 4]), bool(mask[0, 0])
        (True, False)
    """
    shown, base = np.clip(hurt, 0, 1), np.clip(plain, 0, 1)
    step = shown - base
    grey_step = _largest(np.abs(step))
    grey = base if base.ndim == 2 else base[..., 1]
    inside = change.where > 0.3
    if not inside.any():
        inside = change.where >= change.where.max()
    peak = float(np.percentile(grey_step[inside], 85))
    rough = float(np.abs(grey - uniform_filter(grey, 5)).mean()) * 1.25 + noise
    borders = float((inside[:, 1:] != inside[:, :-1]).sum() + (inside[1:] != inside[:-1]).sum())
    thick = 4 * float(inside.sum()) / max(borders, 1.0)
    # Wide marks are seen through grain that hides thin ones.
    factor = log_uniform(rng, 1.5, 5.5) * min(1.0, (3 / thick) ** 0.6)
    wanted = max(2.5 * _LEAST_STEP, factor * rough)
    more = np.float32(min(7.0, max(1.0, wanted / max(peak, 1e-4))))
    step = (hurt - plain if more == 1 else step * more).astype(np.float32)
    grey_step = _largest(np.abs(np.clip(plain + step, 0, 1) - base))
    level = max(_LEAST_STEP, min(_PLAIN_STEP, 0.25 * peak * float(more)))
    window = max(5, int(0.09 * min(grey.shape))) if change.broad else 3
    calm = np.maximum(grey_step, uniform_filter(grey_step, window))
    return step, calm > level


def _largest(planes: Field) -> Field:
    if planes.ndim == 2:
        return planes
    return np.maximum(np.maximum(planes[..., 0], planes[..., 1]), planes[..., 2])


def _drawn_concept(rng: Dice) -> str:
    if rng.random() < CLEAN_SHARE:
        return CLEAN
    return str(rng.choice([*CONCEPTS]))


def _drawn_concepts(rng: Dice, chosen: str, *, alone: bool) -> tuple[str, ...]:
    kind, place = rng.random(), rng.random()
    if chosen == CLEAN:
        return ()
    if alone or chosen in HARMLESS:
        return (chosen,)
    if kind < _GLARE_SHARE:
        return (chosen, "reflection")
    if kind < _GLARE_SHARE + _TWO_SHARE:
        free = [key for key in _SMALL if key != chosen]
        return (chosen, free[int(place * len(free))])
    return (chosen,)


def _check(
    seed: int,
    height_px: int,
    width_px: int,
    concept: str | None,
    process: str | None,
    part: str | None,
) -> None:
    if seed < 0:
        raise UsageError(f"Seed {seed}; a seed is 0 or more.")
    if not all(SMALLEST_PX <= each <= LARGEST_PX for each in (height_px, width_px)):
        raise UsageError(
            f"A picture of {height_px} x {width_px} px; sides from {SMALLEST_PX} to {LARGEST_PX} "
            "can be rendered."
        )
    if concept is not None and concept != CLEAN and concept not in CONCEPTS:
        raise UnknownNameError("defect", concept, (CLEAN, *CONCEPTS))
    if part is not None and part not in PARTS:
        raise UnknownNameError("part", part, tuple(PARTS))
    if process is not None and process not in PROCESSES:
        raise UnknownNameError("process", process, tuple(PROCESSES))
