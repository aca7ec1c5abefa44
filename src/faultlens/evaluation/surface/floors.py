"""What needs no model: calling everything clean, chance, and the nearest clean thumbnail."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.pictures.duplicates import thumbnail
from faultlens.datasets.pictures.picture import LabelledPicture

ALWAYS_CLEAN, NEAREST = "always no defect", "nearest grey thumbnail"
"""Names of the floors."""

SIDE = 32
"""Pixels of a thumbnail's side."""

NO_REFERENCES = Notice(
    en="It compares with clean pictures, and none were given (--references).",
    zh="该基线需要与无缺陷图片比较，但未提供参考图片（--references）。",
)


def nearest_thumbnail(
    references: Sequence[LabelledPicture], pictures: Sequence[LabelledPicture]
) -> NDArray[np.float64] | Notice:
    """How far each picture's 32 x 32 grey values are from the nearest clean one's.

    Mean and contrast are taken off first: the light of the day is no defect.

    Args:
        references: clean pictures.
        pictures: to judge.

    Returns:
        (picture,) distance, the higher, the likelier a defect; or why there is none.

    Raises:
        UnreadableFileError: a file is no picture.

    Source:
        Cover, Hart, IEEE Trans. Inf. Theory 13 (1967), one neighbour, Euclidean.

    Example:
        >>> nearest_thumbnail([], []).en
        'It compares with clean pictures, and none were given (--references).'
    """
    if not references:
        return NO_REFERENCES
    known, asked = (_rows(x) for x in (references, pictures))
    squares = (asked**2).sum(axis=1)[:, None] - 2 * asked @ known.T + (known**2).sum(axis=1)[None]
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0)).min(axis=1)
    return distances


def chance_of_naming(names: Sequence[str]) -> float:
    """The share that is called rightly by guessing among names.

    Args:
        names: defects that were asked for.

    Raises:
        UsageError: none.

    Example:
        >>> chance_of_naming(["crack", "dent", "pit", "scratch"])
        0.25
    """
    if not names:
        raise UsageError("No names to guess among; give one at least.")
    return 1 / len(names)


def _rows(pictures: Sequence[LabelledPicture]) -> NDArray[np.float64]:
    rows = []
    for each in pictures:
        grey = Image.fromarray(thumbnail(each.path)).resize((SIDE, SIDE), Image.Resampling.BOX)
        values = np.asarray(grey, dtype=np.float64).ravel()
        values = values - values.mean()
        rows.append(values / max(float(np.linalg.norm(values)), 1e-9))
    return np.stack(rows)
