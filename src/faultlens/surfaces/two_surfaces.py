"""Whether a file holds two surfaces rather than one, and what to do about it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from faultlens.core.notice import Notice
from faultlens.surfaces.reference.robust import robust_scale

LAYERED = 0.1
"""Share of cells with points both on the reference and far off it, above which two surfaces lie
over each other: the walls of defects are a hundredth."""

APART, ISLAND = 6, 0.1
"""Cells of a gap between two islands of points, and least share of the lesser in the greater."""

LARGE = 0.25
"""Share of a scan that lies off in one piece, above which it may be a surface of its own."""


@dataclass(frozen=True, eq=False)
class SecondSurface:
    """What speaks for a second surface in a scan.

    Args:
        points: (point,) those of a second layer, to be left out.
        warnings: what the user should know.
    """

    points: NDArray[np.bool_] = field(repr=False)
    warnings: tuple[Notice, ...]


def second_surface(
    cells: NDArray[np.int64],
    shape: tuple[int, int],
    deviations_mm: NDArray[np.float64],
    far: NDArray[np.bool_],
) -> SecondSurface:
    """Look for a second layer, a second island, or a large piece that lies off.

    Args:
        cells: (point,) number of the cell of each, row by row.
        shape: rows and columns of the raster.
        deviations_mm: (point,) mm.
        far: (point,) far off the reference, but not alone.

    Example:
        >>> cells = np.tile(np.arange(100), 2)
        >>> off = np.repeat([0.0, 3.0], 100)
        >>> found = second_surface(cells, (10, 10), off, off > 1)
        >>> int(found.points.sum()), str(found.warnings[0])[:36]
        (100, 'Two surfaces lie over each other, 3 ')
    """
    near = np.bincount(cells[~far], minlength=shape[0] * shape[1]) > 0
    off = np.bincount(cells[far], minlength=shape[0] * shape[1]) > 0
    held = near | off
    nothing = np.zeros(len(cells), bool)
    if (near & off).sum() > LAYERED * held.sum():
        layer = far & near[cells]
        height = float(np.median(deviations_mm[layer]))
        reach = 6 * max(robust_scale(deviations_mm[layer] - height), robust_scale(deviations_mm))
        points = far & (np.abs(deviations_mm - height) <= reach)
        return SecondSurface(points, (_over(height, float(points.mean())),))
    island = _second_island(held.reshape(shape))
    if island:
        return SecondSurface(nothing, (_beside(island),))
    share = float(off.sum() / held.sum())
    if share > LARGE:
        height = float(np.median(deviations_mm[far]))
        if robust_scale(deviations_mm[far] - height) < 0.25 * abs(height):
            return SecondSurface(nothing, (_large(share, height),))
    return SecondSurface(nothing, ())


def _second_island(held: NDArray[np.bool_]) -> float:
    """Share of the scan that the second largest piece of it has; 0 if it is too little to count."""
    rows, columns = (x // APART for x in held.shape)
    if min(rows, columns) < 2:
        return 0.0
    whole = held[: rows * APART, : columns * APART].reshape(rows, APART, columns, APART)
    pieces, many = label(whole.any(axis=(1, 3)), np.ones((3, 3)))
    if many < 2:
        return 0.0
    sizes = np.sort(np.bincount(pieces.ravel())[1:])
    share = float(sizes[-2] / sizes.sum())
    return share if share > ISLAND / (1 + ISLAND) else 0.0


def _over(height: float, share: float) -> Notice:
    return Notice(
        f"Two surfaces lie over each other, {abs(height):.3g} mm apart; {share:.0%} of the points "
        "are of the one further from the reference and were left out. Give each surface in a file "
        "of its own.",
        f"文件中有两个重叠的表面，相距 {abs(height):.3g} mm；离参考面较远的表面占 {share:.0%} "
        "的点，已被剔除。请将每个表面单独存为一个文件。",
    )


def _beside(share: float) -> Notice:
    return Notice(
        f"The scan falls into separate pieces; the second has {share:.0%} of it. All were measured "
        "against one reference: give each part in a file of its own.",
        f"扫描分成互不相连的几块，第二块占 {share:.0%}。所有块均以同一参考面测量：请将每个零件单独"
        "存为一个文件。",
    )


def _large(share: float, height: float) -> Notice:
    return Notice(
        f"{share:.0%} of the scan lies {height:+.3g} mm off the reference in much the same way: it "
        "may be a second surface rather than a defect.",
        f"扫描的 {share:.0%} 以近似相同的距离 {height:+.3g} mm 偏离参考面："
        "可能是另一个表面而非缺陷。",
    )
