"""Pictures of sound parts cut into windows, with rendered defects painted on: what tune learns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.progress import progress
from faultlens.images.image import Image
from faultlens.images.simulator.onto import render_defect_onto
from faultlens.training.surface.pool import ANCHORS, Chunk

LARGEST_PX, SMALLEST_PX = 224, 48
"""Width of a window: larger ones take longer and show no more of one defect."""

SOUND = 0
"""Index of the concept that is no defect."""


def window_px(images: Sequence[Image]) -> int:
    """Width of the square windows that all pictures have room for.

    Args:
        images: pictures of sound parts, one at least.

    Raises:
        UsageError: a picture too small to paint on.

    Example:
        >>> window_px([Image(np.zeros((100, 300), np.uint8))])
        96
    """
    smallest = min(images, key=lambda x: min(x.height, x.width))
    side = min(smallest.height, smallest.width, LARGEST_PX) // 8 * 8
    if side < SMALLEST_PX:
        raise UsageError(
            f"{smallest.name or 'A picture'} has {smallest.height} x {smallest.width} px; a defect "
            f"is painted on {SMALLEST_PX} px each way at least. Leave it out."
        )
    return side


def painted_windows(
    images: Sequence[Image],
    concepts: Sequence[str],
    *,
    count: int,
    size_px: int,
    sound_share: float,
    seed: int,
    quiet: bool = True,
) -> Chunk:
    """Windows of sound parts at random places, most of them with a defect painted on.

    Args:
        images: pictures of sound parts, one at least.
        concepts: keys; the first is that of a sound surface, the others can be drawn.
        count: windows.
        size_px: their width, see `window_px`.
        sound_share: share of the windows that stay as they are.
        seed: of places and defects.
        quiet: no progress bar.

    Returns:
        the windows, as `surface.crops` takes them.

    Example:
        >>> plain = Image(np.full((64, 80), 128, np.uint8))
        >>> made = painted_windows([plain], ("no_defect", "scratch"), count=3, size_px=64,
        ...                        sound_share=0.0, seed=1)
        >>> made.concept.tolist(), bool(made.mask.any(axis=(1, 2)).all())
        ([1, 1, 1], True)
    """
    draw = np.random.default_rng(seed)
    colours = [x.rgb() for x in images]
    pixels = np.empty((count, size_px, size_px, 3), np.uint8)
    mask = np.zeros((count, size_px, size_px), np.bool_)
    concept = np.zeros(count, np.int64)
    anchors = np.empty((count, ANCHORS, 2), np.int16)
    for at in progress(range(count), label="Painting defects", total=count, quiet=quiet):
        view = _window(colours[int(draw.integers(len(colours)))], size_px, draw)
        if draw.random() >= sound_share:
            wanted = 1 + int(draw.integers(len(concepts) - 1))
            # Grey is painted as grey: a tint on a grey camera's picture gives a defect away.
            grey = not np.ptp(view, axis=2).any()
            made = render_defect_onto(
                view[..., 0] if grey else view, concepts[wanted], seed=int(draw.integers(2**31))
            )
            painted = made.pixels.astype(np.uint8)
            view = painted[..., None] if grey else painted
            # What the light hides altogether stays a picture of a sound part.
            if made.mask.any():
                mask[at], concept[at] = made.mask, wanted
        pixels[at] = view
        anchors[at] = _anchors(mask[at], draw)
    coloured = np.ptp(pixels, axis=3).any(axis=(1, 2))
    return Chunk(pixels, coloured, mask, concept, anchors)


def _window(
    pixels: NDArray[np.uint8], size_px: int, draw: np.random.Generator
) -> NDArray[np.uint8]:
    top, left = (int(draw.integers(x - size_px + 1)) for x in pixels.shape[:2])
    return pixels[top : top + size_px, left : left + size_px]


def _anchors(mask: NDArray[np.bool_], draw: np.random.Generator) -> NDArray[np.int64]:
    if not mask.any():
        return draw.integers(0, len(mask), (ANCHORS, 2))
    places = np.argwhere(mask)
    return places[draw.integers(0, len(places), ANCHORS)]
