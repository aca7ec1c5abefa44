"""Pieces of a mask, largest first, each with the part of the picture that its repair needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

REACH = 3.0
"""How far a repair looks around a piece, in its own half widths. Beyond, a lamp's light is
shading, which changes slowly and hides nothing."""

LEAST_REACH_PX, FARTHEST_PX = 10, 160

MOST_PIECES = 1000
"""Pieces that are repaired, largest first: a picture with more of them is no picture of a part."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One piece of a mask.

    Args:
        rows: of the picture that its repair needs.
        columns: likewise.
        core: (row, column) the piece, within them.
        reach_px: how far they go beyond it.
        half_px: half of its greatest width.
    """

    rows: slice
    columns: slice
    core: NDArray[np.bool_]
    reach_px: int
    half_px: float


def pieces_of(mask: NDArray[np.bool_]) -> list[Piece]:
    """The pieces of a mask, largest first, 1000 at most.

    Args:
        mask: (row, column).

    Example:
        >>> mask = np.zeros((40, 40), bool); mask[4:9, 20:25] = True
        >>> found = pieces_of(mask)[0]
        >>> found.rows, found.columns, found.half_px
        (slice(0, 19, None), slice(10, 35, None), 3.0)
    """
    numbered, count = ndimage.label(mask, np.ones((3, 3), bool))
    areas = np.bincount(numbered.ravel(), minlength=count + 1)[1:]
    places = ndimage.find_objects(numbered)
    made = []
    for index in np.argsort(-areas, kind="stable")[:MOST_PIECES]:
        rows, columns = places[index]
        core = np.pad(numbered[rows, columns] == index + 1, 1)
        half = float(ndimage.distance_transform_edt(core).max())
        reach = int(np.clip(REACH * half, LEAST_REACH_PX, FARTHEST_PX))
        rows = slice(max(rows.start - reach, 0), rows.stop + reach)
        columns = slice(max(columns.start - reach, 0), columns.stop + reach)
        made.append(Piece(rows, columns, numbered[rows, columns] == index + 1, reach, half))
    return made
