"""Masks as COCO writes them: run lengths down the columns, and polygons around the pieces."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError

_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""East, south, west, north as (column, row): one more is a turn to the right."""


def rle(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """A mask as uncompressed run lengths: "counts" of off and on in turn, column by column.

    Args:
        mask: (row, column).

    Returns:
        {"size": [height, width], "counts": [off, on, off, ...]}.

    Source: COCO, data format, "iscrowd": 1; the first run is off and may be 0 long.

    Example:
        >>> rle(np.array([[1, 0], [1, 1]], bool))
        {'size': [2, 2], 'counts': [0, 2, 1, 1]}
    """
    flat = np.asarray(mask, dtype=bool).ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    counts = np.diff(edges).tolist() if flat.size else []
    if flat.size and flat[0]:
        counts = [0, *counts]
    return {"size": [int(x) for x in mask.shape], "counts": counts}


def mask_of_rle(stated: dict[str, Any]) -> NDArray[np.bool_]:
    """The mask that uncompressed run lengths stand for.

    Args:
        stated: as `rle` gives it.

    Returns:
        (row, column) mask.

    Raises:
        InputError: runs that do not add up to the size.

    Example:
        >>> mask_of_rle({"size": [2, 2], "counts": [0, 2, 1, 1]}).astype(int)
        array([[1, 0],
               [1, 1]])
    """
    height, width = (int(x) for x in stated["size"])
    counts = np.asarray(stated["counts"], dtype=np.int64)
    if counts.sum() != height * width or (counts < 0).any():
        raise InputError(
            f"The runs add up to {counts.sum()} pixels and the mask has {height} x {width}; the "
            "entry is damaged or of another picture."
        )
    on = np.arange(counts.size) % 2 == 1
    return np.repeat(on, counts).reshape((height, width), order="F")


def polygons(mask: NDArray[np.bool_]) -> list[list[float]]:
    """Outlines of a mask along the edges of its pixels; filled together they give the mask.

    Pieces that touch at a corner have an outline each. COCO's polygons have no holes: a piece with
    a hole is cut in two, down the left side of the hole.

    Args:
        mask: (row, column).

    Returns:
        [x, y, x, y, ...] per outline, clockwise, in px from the picture's upper left corner.

    Example:
        >>> polygons(np.array([[0, 0, 0], [0, 1, 1]], bool))
        [[1.0, 1.0, 3.0, 1.0, 3.0, 2.0, 1.0, 2.0]]
    """
    filled = np.asarray(mask, dtype=bool)
    if not filled.any():
        return []
    holes, _ = ndimage.label(ndimage.binary_fill_holes(filled) & ~filled, structure=np.ones((3, 3)))
    cuts = sorted({x.start for _, x in ndimage.find_objects(holes)} - {0})
    found: list[list[float]] = []
    for left, right in pairwise((0, *cuts, filled.shape[1])):
        found += [
            [x + left if i % 2 == 0 else x for i, x in enumerate(outline)]
            for outline in _outlines(filled[:, left:right])
        ]
    return found


def _outlines(mask: NDArray[np.bool_]) -> list[list[float]]:
    ways = _edges(mask)
    found = []
    for start in sorted(ways, key=lambda corner: (corner[1], corner[0])):
        while ways.get(start):
            corners, at, going = [], start, ways[start].pop(0)
            while True:
                corners.append((at, going))
                at = (at[0] + _STEPS[going][0], at[1] + _STEPS[going][1])
                # Right before straight before left: the walk stays with the pixel at its right.
                here = ways[at]
                turn = next((x for x in _turns(going) if x in here), None)
                if turn is None:
                    break
                here.remove(turn)
                going = turn
            before = corners[-1][1]
            outline: list[float] = []
            for corner, onward in corners:
                if onward != before:
                    outline += [float(corner[0]), float(corner[1])]
                before = onward
            found.append(outline)
    return found


def _turns(going: int) -> tuple[int, int, int]:
    return (going + 1) % 4, going, (going + 3) % 4


def _edges(mask: NDArray[np.bool_]) -> dict[tuple[int, int], list[int]]:
    """Corner -> the ways on from it along the outline, with the mask at the right hand."""
    padded = np.pad(mask, 1)
    inner = padded[1:-1, 1:-1]
    neighbours = (padded[:-2, 1:-1], padded[1:-1, 2:], padded[2:, 1:-1], padded[1:-1, :-2])
    offsets = ((0, 0), (1, 0), (1, 1), (0, 1))
    ways: dict[tuple[int, int], list[int]] = defaultdict(list)
    for going, (beside, (right, below)) in enumerate(zip(neighbours, offsets, strict=True)):
        for y, x in np.argwhere(inner & ~beside).tolist():
            ways[(x + right, y + below)].append(going)
    return ways
