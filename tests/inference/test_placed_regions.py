"""Regions of a photograph lie where the camera saw them on the scan, in millimetres."""

import numpy as np
import pytest

from faultlens.inference.inspection import SurfaceFinding
from faultlens.inference.measured_findings import measured_findings
from faultlens.inference.placed_regions import placed_regions
from faultlens.reports.inspection_view import SpottedRegion
from faultlens.surfaces.photograph import Camera
from faultlens.surfaces.surface import Surface, height_map
from faultlens.text.defect_sentences import understood_defects
from tests.measured_defects import defect, even_map

# 100 mm above (10, 5), looking down; at 1000 px of focal length a pixel is 0.1 mm.
POSE = np.array([[1, 0, 0, 10], [0, -1, 0, 5], [0, 0, -1, 100], [0, 0, 0, 1]], float)
CAMERA = Camera(1000.0, 1000.0, 99.5, 49.5, POSE)


def plate() -> Surface:
    return height_map(np.zeros((101, 201)), 0.1)


def finding(*boxes: tuple[float, float, float, float], kind: str = "defect") -> SurfaceFinding:
    regions = tuple(SpottedRegion(x, 0.9) for x in boxes)
    return SurfaceFinding("crack", 0.9, "crack", kind, regions)


def test_a_region_has_its_place_and_its_size_on_the_scan() -> None:
    (placed,) = placed_regions([finding((120, 60, 40, 10))], (100, 200), plate(), CAMERA)
    # Its middle is 40 px right of and 15 px below the optical axis.
    assert placed.position_mm == pytest.approx((14.0, 3.5, 0.0), abs=0.06)
    assert placed.length_mm == pytest.approx(4.0, abs=0.15)
    assert placed.width_mm == pytest.approx(1.0, abs=0.15)
    assert (placed.label, placed.number) == ("crack", None)


def test_it_bears_the_number_of_the_defect_that_it_lies_on() -> None:
    asked = understood_defects(["crack"])
    measured = measured_findings(
        asked, (), [defect(0.2)], np.array([[0.9, 0.1]]), even_map(), threshold=8.0
    ).defects
    # The defect lies at (2.5, 5.0) and is 5 mm long.
    boxes = ((20, 48, 10, 4), (150, 48, 10, 4))
    placed = placed_regions([finding(*boxes)], (100, 200), plate(), CAMERA, measured)
    assert [x.number for x in placed] == [1, None]


def test_what_lies_beside_the_scan_or_is_no_defect_is_left_out() -> None:
    small = height_map(np.zeros((20, 20)), 0.1)
    assert placed_regions([finding((180, 80, 10, 10))], (100, 200), small, CAMERA) == ()
    no_defect = finding((120, 60, 40, 10), kind="no_defect")
    assert placed_regions([no_defect], (100, 200), plate(), CAMERA) == ()
