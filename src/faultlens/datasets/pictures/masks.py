"""Where the defects of a picture are, pixel by pixel, made when it is asked for."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.outlines import outline_mask
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.datasets.pictures.stated import picture_size

UNEQUAL_SIDES = 0.02
"""Share by which the sides of a mask may be scaled unlike each other: rounding of a shrunk copy."""


def defect_mask(picture: LabelledPicture) -> NDArray[np.bool_] | None:
    """The pixels on any defect of a picture; None where there is one and nobody said where.

    Args:
        picture: with masks or outlines, or without a defect.

    Returns:
        (row, column) of the picture's own size.

    Raises:
        UnreadableFileError: a mask cannot be read, or is of another shape than its picture.

    Example:
        >>> clean = LabelledPicture(Path("a.png"), "a.png", "no defect", False, 2, 3)
        >>> defect_mask(clean).tolist()
        [[False, False, False], [False, False, False]]
    """
    if not picture.is_localised:
        return None
    size = picture.height_px, picture.width_px
    on = np.zeros(size, dtype=np.bool_)
    if picture.defective:
        for path in picture.masks:
            on |= _scaled(_above(path, picture.mask_level), size, str(path))
        for outline in picture.outlines:
            on |= _scaled(outline_mask(outline), size, picture.file)
    return on


def _above(path: Path, level: int) -> NDArray[np.bool_]:
    picture_size(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as mask:
                # The index of a colour in a palette means nothing; its brightness does.
                values = np.asarray(mask.convert("L") if mask.mode in "P1" else mask)
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(f"{path} is no mask that can be read: {error}.") from error
    if values.ndim == 3:
        # A fourth channel is opacity, which a mask saved by a drawing program has everywhere.
        values = values[..., :3].max(axis=2) if values.shape[2] > 2 else values[..., 0]
    marked: NDArray[np.bool_] = values > level
    return marked


def _scaled(mask: NDArray[np.bool_], size: tuple[int, int], name: str) -> NDArray[np.bool_]:
    if mask.shape == size:
        return mask
    down, across = size[0] / mask.shape[0], size[1] / mask.shape[1]
    if abs(down / across - 1) > UNEQUAL_SIDES:
        raise UnreadableFileError(
            f"The mask of {name} is {mask.shape[1]} x {mask.shape[0]} pixels and its picture "
            f"{size[1]} x {size[0]}; a mask needs the shape of its picture."
        )
    rows = ((np.arange(size[0]) + 0.5) / down).astype(np.intp).clip(0, mask.shape[0] - 1)
    columns = ((np.arange(size[1]) + 0.5) / across).astype(np.intp).clip(0, mask.shape[1] - 1)
    return mask[np.ix_(rows, columns)]
