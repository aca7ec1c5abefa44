"""One rendered picture with its mask and caption."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.camera import Pixels
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
from faultlens.images.simulator.exposure import Exposure, visible_step
from faultlens.images.simulator.fields import Dice, Field
from faultlens.images.simulator.parts import PARTS, form_part
from faultlens.images.simulator.processes import PROCESSES, draw_texture
from faultlens.images.simulator.settings import SurfaceSettings
from faultlens.images.simulator.surface import Surface
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
"""A defect is drawn so often before a smaller one is taken."""


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
    sensing = np.random.Generator(np.random.PCG64([seed, _SENSOR]))
    shot = Exposure(sensing, surface, settings, in_colour=in_colour)
    dice = np.random.Generator(np.random.PCG64([seed, _DEFECT]))
    concepts = _drawn_concepts(dice, chosen, alone=alone)
    made, mask = shot.plain, np.zeros(surface.size, bool)
    first = mask
    looks: tuple[str, ...] = ()
    for number, each in enumerate(concepts):
        step, where, seen_as = _mark(dice, each, shot)
        made = made + step
        if number == 0:
            mask, first, looks = where, where, seen_as
        elif each not in HARMLESS:
            mask = mask | where
    return RenderedSurface(
        pixels=shot.sensor.develop(made),
        mask=mask,
        concept=chosen,
        concepts=concepts,
        caption=caption(concepts, looks, first, process, part),
        looks=looks,
        process=process,
        part=part,
        settings=settings,
        clean=shot.sensor.develop(shot.plain) if with_clean else None,
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


def _mark(
    dice: Dice, concept: str, shot: Exposure
) -> tuple[Field, NDArray[np.bool_], tuple[str, ...]]:
    """What a defect adds, where, and its looks; one too small to be seen is drawn anew."""
    for _ in range(_TRIES):
        change = CONCEPTS[concept].draw(dice, shot.surface)
        noise = shot.settings.camera.noise
        step, where = visible_step(dice, shot.plain, shot.hurt(change), change, noise)
        if where.sum() >= _LEAST_AREA_PX:
            break
    return step, where, change.looks


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
