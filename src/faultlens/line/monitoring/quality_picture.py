"""What a picture says of its camera and lamp: brightness, contrast, detail by size.

Detail is measured in octaves, each against the mean grey value: brighter light moves none of them,
blur takes the finest most, and another surface moves the coarse ones too.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image, Pixels

DETAILS_PX = (1, 2, 4, 8)
"""Sizes at which detail is measured, px: octaves from the finest that a camera resolves."""

DARK, SATURATED = 0.02, 0.98
"""Grey values, of 0 to 1, at which a pixel holds nothing: 5 and 250 of 255."""

_SAMPLED = 128
"""Rows and columns of the sample that brightness is taken from: 16,000 pixels know the mean of a
picture to 0.2 % where pixels scatter by a fifth of it."""
_TILE_PX = 64
_TILES = 4
"""Tiles along a side of a large picture at which detail is measured: 65,000 pixels in all, so that
4K costs what a small picture does."""
_FLOOR = 1e-4
"""Grey value below which a difference is none: a fortieth of a step of 255."""


def picture_quality(image: Image) -> dict[str, float]:
    """Measures of the camera and the light, of one picture.

    Args:
        image: as the camera gave it.

    Returns:
        "brightness", mean grey value, 0 to 1; "contrast", standard deviation over that mean;
        "detail_1" to "detail_8", mean square difference of neighbours of so many px over the
        square of the mean, dB; "dark" and "saturated", shares of pixels at the ends; and
        "fingerprint", equal only where the pixels are equal.

    Example:
        >>> grain = np.random.default_rng(0).integers(60, 190, (96, 96)).astype(np.uint8)
        >>> found = picture_quality(Image(grain))
        >>> round(found["brightness"], 1), found["detail_1"] > found["detail_8"]
        (0.5, True)
    """
    rows, columns = (max(1, x // _SAMPLED) for x in image.pixels.shape[:2])
    sample = image.pixels[::rows, ::columns]
    grey = image_grey(sample)
    brightness = float(grey.mean())
    tiles = _tiles(image)
    scale = max(brightness, _FLOOR) ** 2
    found = {
        "brightness": brightness,
        "contrast": float(grey.std()) / max(brightness, _FLOOR),
        "dark": float((grey <= DARK).mean()),
        "saturated": float((grey >= SATURATED).mean()),
        "fingerprint": float(crc32(sample.tobytes(), crc32(tiles.tobytes()))),
    }
    for size in DETAILS_PX:
        if min(tiles.shape[1:]) < 2:
            break
        power = _difference(tiles)
        found[f"detail_{size}"] = float(10 * np.log10((power + _FLOOR**2) / scale))
        tiles = _halved(tiles)
    return found


def _tiles(image: Image) -> NDArray[np.float32]:
    """(tile, row, column) grey, spread evenly: neighbours in them are neighbours on the sensor."""
    height, width = image.pixels.shape[:2]
    if max(height, width) <= _TILES * _TILE_PX:
        return image_grey(image.pixels)[None]
    side_y, side_x = min(height, _TILE_PX), min(width, _TILE_PX)
    tops = np.unique(np.linspace(0, height - side_y, _TILES).astype(int))
    lefts = np.unique(np.linspace(0, width - side_x, _TILES).astype(int))
    cut = [image.pixels[y : y + side_y, x : x + side_x] for y in tops for x in lefts]
    # One below the other: grey is made in one go.
    stacked = np.concatenate(cut, axis=0)
    return image_grey(np.asarray(stacked)).reshape(len(cut), side_y, side_x)


def image_grey(pixels: Pixels) -> NDArray[np.float32]:
    """Grey values, 0 to 1, of a piece of a picture.

    Args:
        pixels: (row, column) or (row, column, 3).

    Example:
        >>> image_grey(np.array([[255]], np.uint8))
        array([[1.]], dtype=float32)
    """
    return Image(pixels).grey()


def _halved(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    _, height, width = tiles.shape
    down = tiles[:, : height // 2 * 2 : 2] + tiles[:, 1::2][:, : height // 2]
    across: NDArray[np.float32] = (
        down[..., : width // 2 * 2 : 2] + down[..., 1::2][..., : width // 2]
    )
    return across * np.float32(0.25)


def _difference(tiles: NDArray[np.float32]) -> float:
    """Mean square difference of neighbours, along rows and columns alike."""
    steps = [(tiles[:, 1:] - tiles[:, :-1]).ravel(), (tiles[..., 1:] - tiles[..., :-1]).ravel()]
    return float(sum(np.dot(x, x) / len(x) for x in steps)) / 2
