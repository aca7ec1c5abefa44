"""Whether a file holds two surfaces rather than one, and what to do about it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from faultlens.core.notice import Notice
from faultlens.surfaces.layers import layers_apart
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.robust import robust_scale

LAYERED = 0.1
"""Share of cells with points both on the reference and far off it, above which two surfaces lie
over each other: the walls of defects are a hundredth."""

APART, ISLAND = 6, 0.1
"""Cells of a gap between two islands of points, and least share of the lesser in the greater."""

LARGE = 0.25
"""Share of a scan that lies off in one piece, above which it may be a surface of its own."""

POOR = 0.02
"""Spread about the reference over the lesser extent of the scan, above which it is the form of no
part: waves and relief of real parts are a tenth of that."""

HOLLOW, EMPTY = 0.25, 0.02
"""Robust standard deviations within which a fifth of the points of any surface lie, and share of
them below which the reference lies between two surfaces."""


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


def poor_fit(
    deviations_mm: NDArray[np.float32],
    side_mm: float,
    reference: AbstractReference,
    points_mm: NDArray[np.float64],
    off_mm: NDArray[np.float64],
) -> tuple[Notice, ...]:
    """What to say where a scan does not lie on its reference, or that is the form of no part.

    Args:
        deviations_mm: (row, column) mm; NaN where nothing was measured.
        side_mm: of a cell, mm.
        reference: that they are deviations of.
        points_mm: (point, 3) of the scan, mm.
        off_mm: (point,) deviations of its points, mm.

    Example:
        >>> from faultlens.surfaces.reference.frame import Frame
        >>> from faultlens.surfaces.reference.plane import Plane
        >>> plane = Plane(Frame(np.zeros(3), np.eye(3)), 0.01)
        >>> bent = np.linspace(-1, 1, 50)[None] ** 2 * np.full((50, 1), 4.0)
        >>> points = np.stack([*np.indices(bent.shape) * 0.1, bent], axis=-1).reshape(-1, 3)
        >>> told = poor_fit(bent.astype(np.float32), 0.1, plane, points, points[:, 2])
        >>> str(told[0])[:48]
        'Most of the scan lies 1.54 mm and more off the p'
        >>> poor_fit(bent.astype(np.float32) / 100, 0.1, plane, points, points[:, 2])
        ()
    """
    known = deviations_mm[np.isfinite(deviations_mm)]
    extent = side_mm * min(deviations_mm.shape)
    spread = robust_scale(known.astype(np.float64)) if len(known) else 0.0
    steep, poor = reference.relief_mm > extent, spread > POOR * extent
    apart = layers_apart(points_mm) if steep or poor or _hollow(off_mm) else 0.0
    if apart > 0:
        return (_layers(apart),)
    if steep:
        return (_steep(reference.relief_mm, extent),)
    if not poor:
        return ()
    kind = reference.kind
    return (
        Notice(
            f"Most of the scan lies {spread:.3g} mm and more off the {kind}, {spread / extent:.0%} "
            "of its extent: no form explains it, and what is measured means little. Two surfaces "
            "in one file? Give each in a file of its own, or the part as it should be (golden=, "
            "--golden).",
            f"扫描的大部分偏离参考面（{kind}）{spread:.3g} mm 以上，"
            f"为其尺寸的 {spread / extent:.0%}：没有形状能解释它，测量结果意义不大。"
            "一个文件里有两个表面？请分别保存，"
            "或给出标准件（golden=，--golden）。",
        ),
    )


def _hollow(off_mm: NDArray[np.float64]) -> bool:
    """Whether next to no point lies on the reference: it lies between two surfaces."""
    some = np.abs(off_mm[:: max(1, len(off_mm) // 50_000)])
    return bool((some < HOLLOW * robust_scale(some)).mean() < EMPTY)


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


def _layers(apart_mm: float) -> Notice:
    return Notice(
        f"Two surfaces lie over each other, {apart_mm:.3g} mm apart, with about as many points on "
        "both: no reference lies on one of them, and what is measured means little. Give each "
        "surface in a file of its own.",
        f"文件中有两个重叠的表面，相距 {apart_mm:.3g} mm，点数大致相同：参考面不落在其中任何一个上"
        "，测量结果意义不大。请将每个表面单独存为一个文件。",
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


def _steep(relief_mm: float, extent_mm: float) -> Notice:
    return Notice(
        f"The free form that fits the scan rises {relief_mm:.3g} mm on {extent_mm:.3g} mm: it is "
        "the form of no part, and what is measured means little. Two surfaces in one file? Give "
        "each in a file of its own, or the part as it should be (golden=, --golden).",
        f"拟合扫描的自由曲面在 {extent_mm:.3g} mm 内起伏 {relief_mm:.3g} mm：这不是零件的形状，"
        "测量结果意义不大。一个文件里有两个表面？请分别保存，或给出标准件（golden=，--golden）。",
    )
