"""A small measured scan, so that what draws and tells can be shown in two lines."""

from functools import cache

import numpy as np

from faultlens.reports.measurement_view import DefectMark, MeasurementView, ScanFinding
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import height_map


@cache
def example_scan() -> MeasurementView:
    """A plate of 40 by 30 mm with a dent of 0.34 mm, measured.

    Example:
        >>> view = example_scan()
        >>> len(view.defects), view.defects[0].defect.kind, view.verdict
        (1, 'depression', 'dent')
    """
    chance = np.random.default_rng(0)
    x, y = np.meshgrid(np.arange(80) * 0.5 - 18, np.arange(60) * 0.5 - 14)
    share = np.minimum(np.hypot(x, y) / 5, 1)
    heights = chance.normal(0, 0.003, x.shape) - 0.17 * (1 + np.cos(np.pi * share))
    scan = height_map(heights, 0.5, name="plate.npz")
    deviations = deviation_map(scan, fit_reference(scan, "plane"))
    found = find_defects(deviations)
    return MeasurementView(
        name="plate.npz",
        deviations=deviations,
        defects=(DefectMark(found.defects[0], "dent", 0.96, "scrap", "deeper than 0.25 mm"),),
        verdict="dent",
        kind="defect",
        alarm=True,
        alarm_score=0.97,
        threshold=0.62,
        findings=(ScanFinding("dent", 0.96, "defect"), ScanFinding("no defect", 0.04, "no_defect")),
        severity="scrap",
        rules="severity.toml",
        reference="plane",
        roughness_mm=found.roughness_mm,
        points=len(scan.points_mm),
        false_alarm_rate=0.01,
    )
