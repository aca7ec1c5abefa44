"""The exact sizes of a carved defect, by the rules that found defects are measured by."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.defects.sizes import outline_sizes
from faultlens.surfaces.simulator.forms import DefectForm, relief_mm

_CELLS_ACROSS, _MOST_CELLS = 60, 160_000
"""Raster of the exact profile: cells across the width of a defect, and in all."""


@dataclass(frozen=True, eq=False)
class TrueDefect:
    """What was carved, with the sizes that a perfect measurement would find.

    Args:
        form: what was carved: its form, orientation and how it was asked for.
        kind: "depression" or "protrusion".
        depth_mm: greatest deviation, mm.
        mean_depth_mm: mean deviation within the outline, mm.
        length_mm: longest extent of the outline, along its middle where it is bent, mm.
        width_mm: extent across; of a long defect its mean width, mm.
        area_mm2: within the outline, mm2.
        volume_mm3: missing or added, also outside the outline, mm3.
        position_mm: x, y and z of the untouched form under the worst place, mm.
        sheet_mm: u and v of the worst place on the sheet of the reference, mm; without reference
            x and y.
        frame: (axis, 4) from along, across and out of the defect, about its middle, to x, y, z, mm.
    """

    form: DefectForm
    kind: str
    depth_mm: float
    mean_depth_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    volume_mm3: float
    position_mm: tuple[float, float, float]
    sheet_mm: tuple[float, float]
    frame: NDArray[np.float64] = field(repr=False)

    def relief_at(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """How deep places of the scan were carved, taken on the plane that touches the middle.

        Args:
            points_mm: (point, 3) x, y, z in the frame of the scan, mm.

        Returns:
            (point,) deviations, mm, negative into the material.
        """
        own = (points_mm - self.frame[:3, 3]) @ self.frame[:3, :3]
        return relief_mm(self.form, own[:, 0], own[:, 1])

    def to_dict(self) -> dict[str, object]:
        """The truth as plain values, for truth.json."""
        return {
            "form": self.form.form,
            "kind": self.kind,
            "depth_mm": self.depth_mm,
            "mean_depth_mm": self.mean_depth_mm,
            "length_mm": self.length_mm,
            "width_mm": self.width_mm,
            "area_mm2": self.area_mm2,
            "volume_mm3": self.volume_mm3,
            "position_mm": list(self.position_mm),
            "sheet_mm": list(self.sheet_mm),
            "orientation_deg": self.form.orientation_deg,
        }


@dataclass(frozen=True)
class TrueSizes:
    """Exact sizes of a form before it is placed.

    Args:
        mean_depth_mm: within the outline, mm.
        length_mm: longest extent of the outline, mm.
        width_mm: across it, mm.
        area_mm2: within the outline, mm2.
        volume_mm3: of all that is carved, mm3.
        worst_mm: along and across of the worst place from the middle, mm.
    """

    mean_depth_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    volume_mm3: float
    worst_mm: tuple[float, float]


@lru_cache(maxsize=4096)
def true_sizes(defect: DefectForm) -> TrueSizes:
    """Sizes of the exact profile, on a raster much finer than any scan of it.

    Args:
        defect: what is carved.

    Example:
        >>> sizes = true_sizes(DefectForm("dent", 0.3, 5.0, 4.0))
        >>> round(sizes.area_mm2, 1), round(sizes.length_mm, 2), round(sizes.width_mm, 2)
        (15.7, 5.0, 4.0)
    """
    half_along, half_across = defect.half_box_mm
    cell = defect.width_mm / _CELLS_ACROSS
    cell = max(cell, np.sqrt(4 * half_along * half_across / _MOST_CELLS))
    # Odd numbers of cells: the middle of a regular form, its deepest place, is one of them.
    s, t = (np.arange(-(n := int(x / cell)), n + 1) * cell for x in (half_along, half_across))
    along, across = np.meshgrid(s, t)
    depth = np.abs(relief_mm(defect, along, across))
    worst = np.unravel_index(np.argmax(depth), depth.shape)
    sizes = outline_sizes(depth, cell)
    return TrueSizes(
        mean_depth_mm=sizes.mean_depth_mm,
        length_mm=sizes.length_mm,
        width_mm=sizes.width_mm,
        area_mm2=sizes.area_mm2,
        volume_mm3=sizes.volume_mm3,
        worst_mm=(float(s[worst[1]]), float(t[worst[0]])),
    )
