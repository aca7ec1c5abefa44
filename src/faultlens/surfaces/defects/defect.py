"""One place that deviates from the reference surface, and every size of it with its uncertainty."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DEPRESSION, PROTRUSION = "depression", "protrusion"
"""Kinds of deviations: into the material, and out of it."""

OUTLINE_SHARE = 0.1
"""The outline of a defect runs where the deviation is this share of the greatest: a rule by which
two people measure one area, and which a rim lost in roughness does not move much."""


@dataclass(frozen=True, eq=False)
class SurfaceDefect:
    """One depression or protrusion. Sizes are positive; `_u95` is half of their 95 % interval.

    Args:
        kind: "depression" or "protrusion".
        depth_mm: greatest deviation, free of noise as far as it can be, mm; height of a protrusion.
        mean_depth_mm: mean deviation within the outline, mm.
        length_mm: longest extent of the outline, along its middle where it is bent, mm.
        width_mm: extent across: of a long defect its mean width, mm.
        area_mm2: within the outline, mm2.
        volume_mm3: missing or added, of all that belongs to the defect, also outside the outline.
        position_mm: x, y and z of the reference surface under the worst place, mm.
        sheet_mm: u and v of the worst place on the unrolled sheet, mm.
        orientation_deg: of the length against the u axis, 0 to 180; for round defects it means
            nothing, see `roundness`.
        roundness: width over length, 0 to 1.
        edge_slope: steepest slope of its walls, mm per mm: sharp edges are steep.
        roughness_mm: standard deviation of the surface around it, mm.
        significance: how far it stands out of the roughness, in standard deviations of what the
            same place would read on the sound surface around it; a threshold is held against it.
        mask: (row, column) within its outline, of the box `box`.
        box: first row, first column, rows and columns of its box on the deviation map.
        worst: row and column of the worst place on the deviation map.
        depth_mm_u95: of `depth_mm`, mm.
        mean_depth_mm_u95: of `mean_depth_mm`, mm.
        length_mm_u95: of `length_mm`, mm.
        width_mm_u95: of `width_mm`, mm.
        area_mm2_u95: of `area_mm2`, mm2.
        volume_mm3_u95: of `volume_mm3`, mm3.
        at_border: whether it reaches the end of the scan or a hole, so that it may be larger.
    """

    kind: str
    depth_mm: float
    mean_depth_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    volume_mm3: float
    position_mm: tuple[float, float, float]
    sheet_mm: tuple[float, float]
    orientation_deg: float
    roundness: float
    edge_slope: float
    roughness_mm: float
    significance: float
    mask: NDArray[np.bool_] = field(repr=False)
    box: tuple[int, int, int, int]
    worst: tuple[int, int]
    depth_mm_u95: float
    mean_depth_mm_u95: float
    length_mm_u95: float
    width_mm_u95: float
    area_mm2_u95: float
    volume_mm3_u95: float
    at_border: bool = False
