"""Outlines of COCO as masks: polygons, plain run lengths, and run lengths packed into a string."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.picture import Outline
from faultlens.datasets.pictures.stated import LARGEST_PIXELS

MOST_CORNERS = 200_000
"""Corners of one outline; more is no drawing of a person."""


def outline_of(stated: Any, height_px: int, width_px: int) -> Outline | None:
    """An outline as an annotation of COCO states it, checked; None where it states none.

    Args:
        stated: value of "segmentation": a list of polygons, or {"size": [h, w], "counts": ...}.
        height_px: of the picture, as the file states it.
        width_px: the same.

    Raises:
        UnreadableFileError: it is no outline within that picture.

    Source:
        Lin et al., ECCV 2014 (COCO); packed run lengths as in its API: six bits a character from
        48 on, the sixth says that more follow, and from the fourth run on what is packed is the
        difference to the run before the last.

    Example:
        >>> outline_of({"size": [2, 3], "counts": [1, 2, 3]}, 2, 3).runs
        (1, 2, 3)
        >>> outline_of([[0, 0, 2, 0, 2, 2]], 2, 3).polygons
        ((0.0, 0.0, 2.0, 0.0, 2.0, 2.0),)
    """
    if not stated:
        return None
    if isinstance(stated, list):
        return Outline(height_px, width_px, polygons=tuple(_polygon(x) for x in stated))
    size, counts = (stated.get(x) if isinstance(stated, dict) else None for x in ("size", "counts"))
    if size != [height_px, width_px]:
        raise UnreadableFileError(
            f"its run lengths are for a picture of {size}, and it is {[height_px, width_px]}."
        )
    runs = _unpacked(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, Sequence) or not all(isinstance(x, int) and x >= 0 for x in runs):
        raise UnreadableFileError("its run lengths are no whole numbers from 0 on.")
    if sum(runs) != height_px * width_px:
        raise UnreadableFileError(
            f"its run lengths cover {sum(runs)} pixels of {height_px * width_px}."
        )
    return Outline(height_px, width_px, runs=tuple(runs))


def outline_mask(outline: Outline) -> NDArray[np.bool_]:
    """The pixels on a defect, in the frame that its outline is drawn in.

    Args:
        outline: checked.

    Returns:
        (row, column) True on the defect.

    Raises:
        UnreadableFileError: the frame is larger than any picture that is read.

    Example:
        >>> outline_mask(Outline(2, 3, runs=(1, 2, 3))).tolist()
        [[False, True, False], [True, False, False]]
    """
    height, width = outline.height_px, outline.width_px
    if not 0 < height * width <= LARGEST_PIXELS:
        raise UnreadableFileError(
            f"An outline in a frame of {width} x {height} pixels; 1 to {LARGEST_PIXELS} are read."
        )
    if outline.runs:
        on = np.arange(len(outline.runs)) % 2 == 1
        return np.repeat(on, outline.runs).reshape(width, height).T
    on = np.zeros((height, width), dtype=np.bool_)
    for corners in outline.polygons:
        on |= _filled(np.asarray(corners).reshape(-1, 2), height, width)
    return on


def _filled(corners: NDArray[np.float64], height: int, width: int) -> NDArray[np.bool_]:
    """Pixels whose centres lie in a polygon: those with an odd number of its edges to their left.

    Corners lie on the grid of pixel edges, as COCO's do.
    """
    x, y = corners.T - 0.5
    left, right = np.stack([x, y]), np.stack([np.roll(x, -1), np.roll(y, -1)])
    upper, lower = np.where(left[1] <= right[1], (left, right), (right, left))
    first = np.ceil(upper[1]).clip(0, height).astype(np.intp)
    beyond = np.ceil(lower[1]).clip(0, height).astype(np.intp)
    crossed = beyond - first
    edge = np.repeat(np.arange(len(crossed)), crossed)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed, crossed) + first[edge]
    slope = (lower[0] - upper[0])[edge] / (lower[1] - upper[1])[edge]
    column = np.ceil(upper[0][edge] + (row - upper[1][edge]) * slope)
    crossings = np.zeros((height, width + 1), dtype=np.uint8)
    np.add.at(crossings, (row, column.clip(0, width).astype(np.intp)), 1)
    odd: NDArray[np.bool_] = np.bitwise_xor.accumulate(crossings & 1, axis=1)[:, :width] == 1
    return odd


def _polygon(corners: Any) -> tuple[float, ...]:
    if not isinstance(corners, list) or not 6 <= len(corners) <= MOST_CORNERS or len(corners) % 2:
        raise UnreadableFileError("a polygon of it has not three corners or more, as x, y in turn.")
    if not all(isinstance(x, int | float) and isfinite(x) and abs(x) < 1e6 for x in corners):
        raise UnreadableFileError("a corner of it is no position in a picture.")
    return tuple(float(x) for x in corners)


def _unpacked(text: str) -> list[int]:
    runs: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise UnreadableFileError(
                "its packed run lengths hold a character that stands for none."
            )
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        raise UnreadableFileError("its packed run lengths are cut off.")
    return runs
