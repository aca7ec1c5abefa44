"""Outlines of what was found: polygons around a mask, with no more corners than its form needs."""

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""(corner, axis) x and y, closed: the first corner is the last."""

LONGEST_SIDE = 1600
"""Side above which a mask is shrunk before it is outlined; no page or sheet shows more."""

TOLERANCE = 0.4
"""How far a corner that is left out may lie from the outline, in points of the shrunk mask."""

MOST_OUTLINES = 200
"""Outlines of one mask; smaller ones are specks that nobody sees at the size of a page."""


def outlines(
    mask: NDArray[np.bool_], width: float, height: float, *, most: int = MOST_OUTLINES
) -> tuple[Outline, ...]:
    """The outlines of a mask, the largest first, holes among them.

    Args:
        mask: (row, column) over the whole picture, in any resolution.
        width: what the mask's columns span, in the unit wanted.
        height: what its rows span.
        most: outlines at most.

    Returns:
        per outline (corner, axis): x and y, closed.

    Source: marching squares at one half (contourpy, the package that draws matplotlib's contours),
        thinned by Douglas and Peucker's rule (1973).

    Example:
        >>> mask = np.zeros((10, 20), bool)
        >>> mask[2:6, 4:10] = True
        >>> outline, = outlines(mask, 200, 100)
        >>> outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
        ([40.0, 20.0], [100.0, 60.0])
    """
    from contourpy import contour_generator

    small = shrunk_mask(mask, LONGEST_SIDE)
    # A border of nothing closes what reaches the edge of the picture.
    padded = np.pad(small, 1).astype(np.float32)
    # Contours pass half-way between middles of points, which for a mask are the points' edges.
    lines = [np.asarray(x, dtype=np.float64) for x in contour_generator(z=padded).lines(0.5)]
    lines = sorted((x for x in lines if len(x) > 3), key=lambda x: -_extent(x))[:most]
    step = np.array([width / small.shape[1], height / small.shape[0]])
    limit = np.array([width, height])
    return tuple(np.clip((_thinned(x) - 0.5) * step, 0, limit) for x in lines)


def shrunk_mask(mask: NDArray[np.bool_], longest_side: int) -> NDArray[np.bool_]:
    """A mask in fewer points; a point is set where any of those that it stands for is.

    Args:
        mask: (row, column).
        longest_side: points of the longer side at most.

    Returns:
        (row, column).

    Example:
        >>> shrunk_mask(np.eye(6, dtype=bool), 3).astype(int).tolist()
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    """
    step = -(-max(mask.shape) // longest_side)
    if step <= 1:
        return mask
    rows, columns = (np.arange(0, side, step) for side in mask.shape)
    return np.logical_or.reduceat(np.logical_or.reduceat(mask, rows, axis=0), columns, axis=1)


def _extent(line: Outline) -> float:
    return float(np.ptp(line, axis=0).sum())


def _thinned(line: Outline) -> Outline:
    """Douglas and Peucker's rule, without recursion: a mask's outline can have many corners."""
    kept = np.zeros(len(line), dtype=bool)
    kept[[0, -1]] = True
    # A closed line has no two ends: it is cut at the corner farthest from its first.
    far = int(np.argmax(((line - line[0]) ** 2).sum(axis=1)))
    kept[far] = True
    spans = [(0, far), (far, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord = line[last] - line[first]
        apart = line[first + 1 : last] - line[first]
        length = float(np.hypot(*chord))
        across = np.abs(chord[0] * apart[:, 1] - chord[1] * apart[:, 0])
        away = across / length if length else np.hypot(apart[:, 0], apart[:, 1])
        worst = int(np.argmax(away))
        if away[worst] > TOLERANCE:
            middle = first + 1 + worst
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[kept]
