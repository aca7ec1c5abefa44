"""A picture as an ordinary file, whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import written_whole

_FORMATS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    ".png": ("PNG", {"compress_level": 3}),
    ".tif": ("TIFF", {"compression": "tiff_lzw"}),
    ".tiff": ("TIFF", {"compression": "tiff_lzw"}),
    ".jpg": ("JPEG", {"quality": 92, "subsampling": "4:4:4"}),
    ".jpeg": ("JPEG", {"quality": 92, "subsampling": "4:4:4"}),
    ".bmp": ("BMP", {}),
}
"""Suffix -> Pillow's format and how it is written: quickly rather than smallest."""


def write_image(path: str | Path, pixels: NDArray[np.generic]) -> Path:
    """Write a picture or a mask in the format of the suffix, whole or not at all.

    Args:
        path: .png, .tif, .tiff, .jpg, .jpeg or .bmp.
        pixels: (row, column) grey, (row, column, 3) colour of uint8, (row, column) grey of uint16
            (.png and .tif), or a (row, column) mask of bool, which is written as 0 and 255.

    Returns:
        `path`.

    Raises:
        UnknownNameError: no such format.
        UsageError: pixels that the format does not hold.
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> path = write_image(Path(tempfile.mkdtemp()) / "a.png", np.zeros((2, 3), np.uint8))
        >>> path.read_bytes()[:4]
        b'\\x89PNG'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _FORMATS:
        raise UnknownNameError("picture format", suffix or target.name, _FORMATS)
    kind, options = _FORMATS[suffix]
    pixels = np.asarray(pixels)
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    fits = pixels.size and (
        (pixels.dtype == np.uint8 and pixels.shape[2:] in ((), (3,)) and pixels.ndim >= 2)
        or (pixels.dtype == np.uint16 and pixels.ndim == 2 and kind in ("PNG", "TIFF"))
    )
    if not fits:
        raise UsageError(
            f"Pixels of the shape {pixels.shape} and type {pixels.dtype} cannot be written as "
            f"{kind}: give (row, column) or (row, column, 3) of uint8, a mask of bool, or, as PNG "
            "or TIFF, (row, column) of uint16."
        )
    with written_whole(target) as temporary:
        PillowImage.fromarray(np.ascontiguousarray(pixels)).save(temporary, kind, **options)
    return target
