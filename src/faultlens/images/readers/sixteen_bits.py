"""Colour of 16 bits out of Pillow, which hands it on with 8: both bytes are asked for in turn.

Pillow unpacks "RGB;16B" by taking the first byte of each pair and "RGB;16L" by taking the second.
Decoded once with each, a file yields all of its bits.
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from faultlens.images.readers.to_array import array_of

_OTHER = {"16B": "16L", "16L": "16B", "16N": "16B" if sys.byteorder == "little" else "16L"}


def is_sixteen_bit_colour(image: ImageFile.ImageFile) -> bool:
    """Whether a picture that Pillow opened holds colours of 16 bits.

    Args:
        image: as opened, not yet loaded.

    Example:
        >>> import io
        >>> from PIL import Image
        >>> stream = io.BytesIO()
        >>> Image.new("RGB", (2, 2)).save(stream, "png")
        >>> is_sixteen_bit_colour(Image.open(stream))
        False
    """
    return bool(image.tile) and all(
        ";16" in _raw_mode(x) and not _raw_mode(x).startswith("I;") for x in image.tile
    )


def read_sixteen_bit_colour(
    opened: Callable[[], ImageFile.ImageFile],
) -> NDArray[np.uint16]:
    """All 16 bits of a colour picture.

    Args:
        opened: opens the file anew, not yet loaded.

    Returns:
        (row, column, channel) with as many channels as the file has.

    Example:
        >>> import io
        >>> from PIL import Image
        >>> stream = io.BytesIO()
        >>> Image.new("RGB", (2, 1), (1, 2, 3)).save(stream, "png")
        >>> read_sixteen_bit_colour(lambda: Image.open(stream))[0, 0]  # 8 bits: both bytes alike
        array([257, 514, 771], dtype=uint16)
    """
    image = opened()
    if all(_raw_mode(x) == "LA;16B" for x in image.tile) and image.tile:
        # No unpacker gives the second bytes, but two pairs of bytes are what RGBA;8 holds.
        image.tile = [_with_raw_mode(x, "RGBA") for x in image.tile]
        return np.asarray(array_of(image, change=_of_pairs), dtype=np.uint16)
    out = np.asarray(array_of(image, change=_upper), dtype=np.uint16)
    image = opened()
    image.tile = [
        _with_raw_mode(x, f"{_raw_mode(x).partition(';')[0]};{_OTHER[_raw_mode(x)[-3:]]}")
        if _raw_mode(x)[-3:] in _OTHER
        else x
        for x in image.tile
    ]
    # The rows come in order; so none but these are held twice.
    at = 0

    def joined(rows: NDArray[np.generic]) -> NDArray[np.generic]:
        nonlocal at
        out[at : at + len(rows)] |= rows.astype(np.uint8)
        at += len(rows)
        return rows[:, :0]

    array_of(image, change=joined)
    return out


def _upper(values: NDArray[np.generic]) -> NDArray[np.uint16]:
    return values.astype(np.uint16) << np.uint16(8)


def _of_pairs(values: NDArray[np.generic]) -> NDArray[np.uint16]:
    wide = values.astype(np.uint16)
    return (wide[..., 0::2] << np.uint16(8)) | wide[..., 1::2]


def _raw_mode(tile: ImageFile._Tile) -> str:
    args = tile.args
    mode = args[0] if isinstance(args, tuple) else args
    return mode if isinstance(mode, str) else ""


def _with_raw_mode(tile: ImageFile._Tile, mode: str) -> ImageFile._Tile:
    args = (mode, *tile.args[1:]) if isinstance(tile.args, tuple) else mode
    return tile._replace(args=args)
