"""Near-duplicates: pictures of one scene that were shifted, brightened or compressed again."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from faultlens.core.errors import UnreadableFileError
from faultlens.core.progress import progress
from faultlens.datasets.pictures.picture import LabelledPicture

SIDE = 48
"""Pixels of a thumbnail's side: fine enough to tell textures apart, coarse enough for noise not to
count."""

SHIFT = 3
"""Pixels of the thumbnail by which a copy may be shifted: a sixteenth of the picture."""

ALIKE = 0.9
"""Correlation from which on two pictures show the same. Of the magnetic tiles whose groups are
stated it joins 96 % of the pairs, and twice as many others, whose shades happen to be alike."""

SMOOTH_PX = 4.5
"""Shades broader than this many pixels of a thumbnail are taken off: all pictures taken under one
lamp share them."""

UNEQUAL_SHAPES = 1.15
"""Ratio of aspect ratios from which on two pictures are none of one scene."""

Array = NDArray[np.float32]


def thumbnail(path: Path) -> Array:
    """A picture as 48 x 48 grey values.

    Args:
        path: the file.

    Returns:
        (row, column) brightness between 0 and 1.

    Raises:
        UnreadableFileError: it is no picture.

    Example:
        >>> thumbnail(Path("/nowhere.png"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.png is no picture that can be read: ...
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                # A JPEG of many megapixels is decoded small, which is all that is wanted of it.
                picture.draft("L", (4 * SIDE, 4 * SIDE))
                deep = picture.mode.startswith("I") or picture.mode == "F"
                grey = picture.convert("F") if deep else picture.convert("L").convert("F")
                small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableFileError(f"{path} is no picture that can be read: {error}.") from error
    return small / np.float32(65535 if deep else 255)


def near_duplicates(
    thumbnails: NDArray[np.floating], shapes: Sequence[float] = (), *, alike: float = ALIKE
) -> NDArray[np.intp]:
    """The group of each picture: those that show the same, be it shifted a little, share one.

    What all pictures have in common (the outline of a part, uneven light) is taken off first, or
    every picture of one product would be a copy of every other. Then each is compared with every
    other at every shift up to `SHIFT`; what is alike by way of a third is one group too.

    Args:
        thumbnails: (picture, row, column) grey values.
        shapes: height over width of each picture; () where all are alike.
        alike: correlation from which on two pictures show the same.

    Returns:
        (picture,) number of its group, that of its first picture.

    Source:
        Lewis, Fast Normalized Cross-Correlation (1995), at whole shifts.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> first, second = rng.normal(size=(2, 48, 48))
        >>> near_duplicates(np.stack([first, second, np.roll(first, 1, axis=0)])).tolist()
        [0, 1, 0]
    """
    count, side = len(thumbnails), thumbnails.shape[-1]
    own: Array = thumbnails.astype(np.float32)
    if count >= FEW:
        own = own - np.median(own, axis=0).astype(np.float32)
    own = own - ndimage.gaussian_filter(own, (0, SMOOTH_PX, SMOOTH_PX))
    inner = side - 2 * SHIFT
    centre = _standardised(own[:, SHIFT : SHIFT + inner, SHIFT : SHIFT + inner])
    best = np.full((count, count), -1, dtype=np.float32)
    for down in range(2 * SHIFT + 1):
        for across in range(2 * SHIFT + 1):
            moved = _standardised(own[:, down : down + inner, across : across + inner])
            np.maximum(best, centre @ moved.T, out=best)
    pairs = np.maximum(best, best.T) >= alike
    if len(shapes):
        logs = np.log(np.asarray(shapes, dtype=np.float64))
        pairs &= np.abs(logs[:, None] - logs[None, :]) <= np.log(UNEQUAL_SHAPES)
    np.fill_diagonal(pairs, True)
    return _first_of_group(pairs)


def grouped(
    pictures: Sequence[LabelledPicture], *, alike: float = ALIKE, quiet: bool = False
) -> tuple[LabelledPicture, ...]:
    """The same pictures with a group for each that has none: its near-duplicates share it.

    A picture whose group is stated keeps it, and is compared with none.

    Args:
        pictures: of one data set.
        alike: correlation from which on two pictures show the same.
        quiet: no progress bar.

    Raises:
        UnreadableFileError: a file is no picture.

    Example:
        >>> one = LabelledPicture(Path("a.png"), "a.png", "crack", True, 2, 3, group="part 7")
        >>> grouped([one])[0].group
        'part 7'
    """
    found = list(pictures)
    for subset in sorted({x.subset for x in pictures}):
        its = [i for i, x in enumerate(pictures) if x.subset == subset and not x.group]
        if not its:
            continue
        label = f"near-duplicates, {len(its)} pictures"
        small = np.stack(
            [thumbnail(pictures[i].path) for i in progress(its, label=label, quiet=quiet)]
        )
        shapes = [pictures[i].height_px / pictures[i].width_px for i in its]
        groups = near_duplicates(small, shapes, alike=alike)
        for i, first in zip(its, groups, strict=True):
            found[i] = replace(pictures[i], group=f"like {pictures[its[first]].file}")
    return tuple(found)


FEW = 30
"""With fewer pictures, copies among them would be a good part of their own median."""


def _standardised(parts: Array) -> Array:
    flat = parts.reshape(len(parts), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    # A picture without any contrast is like none, also not like another such.
    length = np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    standard: Array = flat / length
    return standard


def _first_of_group(pairs: NDArray[np.bool_]) -> NDArray[np.intp]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(csr_array(pairs), directed=False)
    _, first = np.unique(group, return_index=True)
    numbers: NDArray[np.intp] = first[group]
    return numbers
