"""A defect painted onto a picture that a user took: their surface, their light, our defect."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, label

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.captions import defect_words
from faultlens.images.simulator.concepts import CLEAN, CONCEPTS
from faultlens.images.simulator.exposure import visible_step, warped
from faultlens.images.simulator.fields import Dice, Field, log_uniform
from faultlens.images.simulator.light import seen
from faultlens.images.simulator.render import SMALLEST_PX
from faultlens.images.simulator.settings import Lighting
from faultlens.images.simulator.surface import Change, Surface
from faultlens.images.simulator.wording import Wording

Picture = NDArray[np.uint8] | NDArray[np.uint16]
"""A user's picture, (row, column) or (row, column, 3)."""
_DICE = 2003
"""Keeps these dice apart from those of rendered surfaces with the same seed."""
_WHOLE_PX = 384
"""Pictures larger than this get their defect in a window: a defect is not as large as a plate."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, eq=False)
class PaintedDefect:
    """A user's picture with a defect painted on.

    Args:
        pixels: the picture, of the type and shape that was given.
        mask: pixels that the defect visibly changes, (row, column).
        concept: key of the defect.
        caption: the defect in words: look, size, direction, place.
        looks: what it looks like, keys of `LOOKS`.

    Example:
        >>> plain = np.full((64, 64), 128, np.uint8)
        >>> render_defect_onto(plain, "scratch", seed=3).caption.en.count("scratch")
        1
    """

    pixels: Picture
    mask: NDArray[np.bool_]
    concept: str
    caption: Wording
    looks: tuple[str, ...]


def render_defect_onto(
    pixels: Picture,
    concept: str,
    *,
    seed: int,
    on_part: NDArray[np.bool_] | None = None,
    window_px: int | None = None,
) -> PaintedDefect:
    """Paint a defect onto a clean picture, in step with its light, contrast and tool marks.

    The defect follows the lay of the picture's own texture, lies on the part, is no sharper than
    the picture and at least as strong as its grain hides.

    Args:
        pixels: a clean picture, 8 or 16 bit, (row, column) or (row, column, 3).
        concept: a key of `CONCEPTS`; "no_defect" gives the picture back.
        seed: the same seed paints the same defect.
        on_part: where the part is, (row, column); None finds a plain dark or bright background.
        window_px: side of the square that the defect is drawn in; None draws it over the whole of a
            small picture, and in a window of 96 to 384 px of a larger one.

    Returns:
        the picture with its defect, and what is true of it.

    Raises:
        UnknownNameError: a concept that cannot be drawn.
        UsageError: pixels of another shape or type, or a picture under 16 px.

    Example:
        >>> plain = np.full((64, 64, 3), 128, np.uint8)
        >>> made = render_defect_onto(plain, "crack", seed=1)
        >>> made.pixels.shape, bool(made.mask.any())
        ((64, 64, 3), True)
    """
    _check(pixels, concept, seed)
    height, width = pixels.shape[:2]
    if concept == CLEAN:
        none = np.zeros((height, width), bool)
        return PaintedDefect(pixels.copy(), none, CLEAN, defect_words((), (), none), ())
    rng = np.random.Generator(np.random.PCG64([seed, _DICE]))
    if window_px is None and min(height, width) > _WHOLE_PX:
        window_px = int(log_uniform(rng, 96, _WHOLE_PX))
    side = min(window_px or max(height, width), max(height, width))
    tall, wide = min(max(side, SMALLEST_PX), height), min(max(side, SMALLEST_PX), width)
    top, left = _window_place(rng, (height, width), (tall, wide), on_part)
    part = None if on_part is None else on_part[top : top + tall, left : left + wide]
    view = pixels[top : top + tall, left : left + wide]
    painted, where, looks = _painted(rng, view, concept, part)
    made, mask = pixels.copy(), np.zeros((height, width), bool)
    made[top : top + tall, left : left + wide] = painted
    mask[top : top + tall, left : left + wide] = where
    return PaintedDefect(made, mask, concept, defect_words((concept,), looks, mask), looks)


def _painted(
    rng: Dice, view: Picture, concept: str, part: NDArray[np.bool_] | None
) -> tuple[Picture, NDArray[np.bool_], tuple[str, ...]]:
    full = np.float32(np.iinfo(view.dtype).max)
    light = view.astype(np.float32) / full
    grey = light if light.ndim == 2 else light @ _LUMA
    if part is None:
        part = found_part(grey)
    inside = None
    beyond = np.full(grey.shape, rng.uniform(0.0, 0.3), np.float32)
    if part is not None and part.any() and not part.all():
        reach = distance_transform_edt(part) - distance_transform_edt(~part)
        inside = gaussian_filter(reach.astype(np.float32), 1.0)
        beyond = np.full(grey.shape, np.median(grey[~part]), np.float32)
    level = np.float32(max(float(grey.mean() if part is None else grey[part].mean()), 1e-3))
    ones = np.ones(grey.shape, np.float32)
    albedo = np.maximum(grey, np.float32(1e-3)) / level
    # The part's edge is in the picture already: only what a defect does there is shaded anew.
    flat = Surface(0 * ones, albedo, ones, inside, beyond / level, lay_of(grey), 1.0, "", "")
    lamp = Lighting(direction_rad=float(rng.uniform(0, 6.28)), relief=float(rng.uniform(0.3, 1)))
    change = CONCEPTS[concept].draw(rng, flat)
    lit = seen(replace(flat, inside=None), lamp, ones, change) * level
    hurt = _in_colour(rng, light, grey, lit, change, beyond)
    soft = float(rng.uniform(0, 0.7))
    if soft > 0.25:
        sigma = (soft, soft, 0) if light.ndim == 3 else soft
        hurt = light + gaussian_filter(warped(hurt, change) - light, sigma)
    else:
        hurt = warped(hurt, change)
    step, mask = visible_step(rng, light, hurt.astype(np.float32), change, 0.003)
    levels = np.clip((light + step) * full + np.float32(0.5), 0, full)
    deep = view.dtype == np.uint16
    made: Picture = levels.astype(np.uint16) if deep else levels.astype(np.uint8)
    return made if mask.any() else view.copy(), mask, change.looks


def _in_colour(
    rng: Dice, light: Field, grey: Field, lit: Field, change: Change, beyond: Field
) -> Field:
    """The changed grey carried over to the picture's planes, with the defect's tint."""
    planes = light if light.ndim == 3 else light[..., None]
    made = planes * (lit / np.maximum(grey, np.float32(1e-3)))[..., None]
    if change.tint is not None and change.tinted is not None:
        factors = np.array(change.tint, np.float32)
        if light.ndim == 2:
            factors = np.array([float(np.dot(change.tint, _LUMA))], np.float32)
        made = made * (1 + change.tinted[..., None] * (factors - 1))
    if change.hues is not None:
        made = made * (change.hues if light.ndim == 3 else (change.hues @ _LUMA)[..., None])
    if change.gone is not None:
        made = made * (1 - change.gone[..., None]) + (beyond * change.gone)[..., None]
    if change.grown is not None:
        metal = np.median(planes.reshape(-1, planes.shape[2]), axis=0).astype(np.float32)
        shine = np.float32(rng.uniform(0.7, 1.8))
        dark = change.grown[..., None] * (planes < metal * 0.8).any(axis=2, keepdims=True)
        made = made * (1 - dark) + metal * shine * dark
    return made if light.ndim == 3 else made[..., 0]


def lay_of(grey: Field) -> float:
    """Direction along which a picture changes least: that of its tool marks.

    Args:
        grey: brightness, (row, column).

    Returns:
        angle from the rows' direction downwards, rad.

    Example:
        >>> stripes = np.tile(np.sin(np.arange(64)), (64, 1)).astype(np.float32)
        >>> round(lay_of(stripes), 3)
        1.571
    """
    down, right = np.gradient(grey)
    twice = np.arctan2(2 * float((down * right).mean()), float((right**2 - down**2).mean()))
    return float((twice / 2 + np.pi / 2) % np.pi)


def found_part(grey: Field) -> NDArray[np.bool_] | None:
    """Where the part is, if a plain background of clearly other brightness surrounds it.

    Args:
        grey: brightness, (row, column), 0 to 1.

    Returns:
        pixels of the part, (row, column); None where no background was found.

    Example:
        >>> picture = np.full((64, 64), .6, np.float32); picture[:, :20] = .05
        >>> float(found_part(picture).mean().round(2))
        0.69
    """
    calm = gaussian_filter(grey, 1.5)
    levels = np.histogram(calm, bins=64, range=(0, 1))[0].astype(float)
    below = np.cumsum(levels) / levels.sum()
    middles = (np.arange(64) + 0.5) / 64
    mean = np.cumsum(levels * middles) / levels.sum()
    between = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-9)
    best = int(np.argmax(between))
    if between[best] < 0.85 * float(calm.var()) or calm.std() < 0.06:
        return None
    dark = calm < (best + 1) / 64
    for background in (dark, ~dark):
        pieces = label(background)[0]
        rim = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
        outside = np.isin(pieces, np.unique(rim[rim > 0])) & background
        share, spread = float(outside.mean()), float(grey[outside].std()) if outside.any() else 1.0
        if 0.02 < share < 0.6 and spread < 0.6 * float(grey[~outside].mean()):
            part: NDArray[np.bool_] = ~outside
            return part
    return None


def _window_place(
    rng: Dice, size: tuple[int, int], window: tuple[int, int], on_part: NDArray[np.bool_] | None
) -> tuple[int, int]:
    """Corner of a window that shows some of the part."""
    place = (0, 0)
    for _ in range(10):
        place = (
            int(rng.integers(size[0] - window[0] + 1)),
            int(rng.integers(size[1] - window[1] + 1)),
        )
        view = (slice(place[0], place[0] + window[0]), slice(place[1], place[1] + window[1]))
        if on_part is None or on_part[view].mean() > 0.3:
            break
    return place


def _check(pixels: Picture, concept: str, seed: int) -> None:
    if seed < 0:
        raise UsageError(f"Seed {seed}; a seed is 0 or more.")
    if concept != CLEAN and concept not in CONCEPTS:
        raise UnknownNameError("defect", concept, (CLEAN, *CONCEPTS))
    planes = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    if not planes or pixels.dtype not in (np.uint8, np.uint16):
        raise UsageError(
            f"Pixels of shape {pixels.shape} and type {pixels.dtype}; give (row, column) or "
            "(row, column, 3) as uint8 or uint16."
        )
    if min(pixels.shape[:2]) < SMALLEST_PX:
        raise UsageError(
            f"A picture of {pixels.shape[0]} x {pixels.shape[1]} px is too small for a defect; "
            f"give at least {SMALLEST_PX} px each way."
        )
