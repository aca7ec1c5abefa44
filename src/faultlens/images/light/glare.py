"""Glare on one picture: the places where the lamp is so bright that the camera saw nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.image import Image
from faultlens.images.light.levels import levels_of

NEAR_WHITE = 0.985
"""Share of the brightest level from which on a pixel is cut off: JPEG and scaling blur the top
by some 3 of 255 levels."""

LEAST_WHITE = 0.6
"""Share of full scale that the brightest level must reach: a dark picture has no cut-off pixels,
however its darkest lamp looks. Cameras that write less than 60 % of their range are set wrong."""

LEAST_CHANNEL = 0.8
"""Share of the brightest level that every colour must reach: a lamp is about white, and paint that
drives one colour to its end is no lamp."""

PILED = 3.0
"""Times as many pixels at the top as in the step below it: cut-off light piles up there, the
brightest of an ordinary texture thins out."""

SMALLEST_PX = 12
"""Area of a piece that counts; smaller ones are grain, dust and the rims of pits."""

THIN_PX, LONG = 3.5, 8.0
"""Width below which a piece is a line, and length in widths from which on: a bright scratch looks
so, and it is never repaired away."""

LARGEST_SHARE = 0.3
"""Of the picture that one piece may have; larger, it is a bright background or an overexposure."""

_STEP = 0.02  # of full scale: breadth of the top of the histogram


@dataclass(frozen=True, eq=False)
class Glare:
    """Where a picture shows nothing but the lamp.

    Args:
        mask: (row, column) of glare that can be repaired.
        overexposed: (row, column) of white areas too large for it.
    """

    mask: NDArray[np.bool_]
    overexposed: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Of the picture that is glare."""
        return float(self.mask.mean())


def glare_of(image: Image) -> Glare:
    """Find the glare on one picture: pieces of plain, cut-off white.

    What is bright and not cut off is left to the eye: the surface still shows there. So are thin
    bright lines, which may be scratches, and what is smaller than a dozen pixels.

    Args:
        image: any picture.

    Source: Arnold et al., Automatic segmentation and inpainting of specular highlights for
        endoscopic imaging (2010): near-saturated in every channel; areas too large are kept.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> found = glare_of(Image(pixels))
        >>> int(found.mask.sum()), round(found.share, 3)
        (150, 0.031)
    """
    white = cut_off(image)
    none = np.zeros(white.shape, bool)
    if not white.any():
        return Glare(none, none)
    pieces, count = ndimage.label(white, np.ones((3, 3), bool))
    areas = np.bincount(pieces.ravel(), minlength=count + 1)
    large = areas > LARGEST_SHARE * white.size
    large[0] = False
    kept = (areas >= SMALLEST_PX) & ~large
    kept[0] = False
    for number, place in enumerate(ndimage.find_objects(pieces), start=1):
        if kept[number] and _is_line(pieces[place] == number, int(areas[number])):
            kept[number] = False
    return Glare(kept[pieces], large[pieces])


def cut_off(image: Image) -> NDArray[np.bool_]:
    """Pixels at the end of what the camera could tell apart, single ones too.

    Args:
        image: any picture.

    Returns:
        (row, column) mask; empty where the brightest level is no pile of cut-off light.

    Example:
        >>> cut_off(Image(np.array([[255, 90], [80, 85]], np.uint8))).tolist()
        [[True, False], [False, False]]
    """
    pixels = image.pixels
    full = levels_of(pixels) - 1
    brightest = pixels if pixels.ndim == 2 else pixels.max(axis=2)
    shown = brightest if image.valid is None else brightest[image.valid]
    top = float(shown.max()) if shown.size else 0.0
    if top < LEAST_WHITE * full:
        return np.zeros(brightest.shape, bool)
    at_top = np.count_nonzero(shown >= top - _STEP * full)
    below = np.count_nonzero(shown >= top - 2 * _STEP * full) - at_top
    if top < full and at_top < PILED * below:
        return np.zeros(brightest.shape, bool)
    white = brightest >= NEAR_WHITE * top
    if pixels.ndim == 3:
        white &= pixels.min(axis=2) >= LEAST_CHANNEL * top
    if image.valid is not None:
        white &= image.valid
    return np.asarray(white)


def _is_line(piece: NDArray[np.bool_], area: int) -> bool:
    wide = 2 * float(ndimage.distance_transform_edt(np.pad(piece, 1)).max()) - 1
    return wide <= THIN_PX and area / wide >= LONG * wide
