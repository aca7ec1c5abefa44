"""Defects of stated sizes and an even map, for tests of what is made of measured scans."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.reference.abstract import AbstractReference


class Flat(AbstractReference):
    """The plane z = 0."""

    kind = "plane"

    def __init__(self, axis_along: str = "") -> None:
        self.axis_along = axis_along

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return points_mm

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return sheet_mm

    def told(self) -> dict[str, object]:
        axis: dict[str, object] = {"axis_along": self.axis_along} if self.axis_along else {}
        return {"kind": self.kind, **axis}


def even_map(
    rows: int = 100, columns: int = 200, spacing_mm: float = 0.1, *, axis_along: str = ""
) -> DeviationMap:
    """A map of 10 mm by 20 mm without a deviation; of a shaft where its axis runs along u or v."""
    shape = (rows, columns)
    return DeviationMap(
        np.zeros(shape, np.float32), np.ones(shape, np.int32), spacing_mm, (0.0, 0.0),
        Flat(axis_along),
    )  # fmt: skip


def defect(depth_mm: float, u95: float = 0.01, **changed: Any) -> SurfaceDefect:
    """A depression 5 mm long, 1 mm wide, at the left end of `even_map`; all but depth as stated."""
    given: dict[str, Any] = {
        "kind": "depression", "depth_mm": depth_mm, "mean_depth_mm": depth_mm / 2, "length_mm": 5.0,
        "width_mm": 1.0, "area_mm2": 4.0, "volume_mm3": 1.0, "position_mm": (2.5, 5.0, 0.0),
        "sheet_mm": (2.5, 5.0), "orientation_deg": 0.0, "roundness": 0.2, "edge_slope": 1.0,
        "roughness_mm": 0.001, "significance": 30.0, "mask": np.ones((10, 50), bool),
        "box": (45, 0, 10, 50), "worst": (50, 25), "depth_mm_u95": u95, "mean_depth_mm_u95": u95,
        "length_mm_u95": 0.2, "width_mm_u95": 0.1, "area_mm2_u95": 0.4, "volume_mm3_u95": 0.1,
    }  # fmt: skip
    return SurfaceDefect(**{**given, **changed})
