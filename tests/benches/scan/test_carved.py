"""The figures on carved scans are counted as stated, and a small measurement runs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benches.scan.carved import (
    COVERED,
    DEEP_ROW,
    DEPTH_95,
    DEPTH_MEDIAN,
    FOUND,
    TOPIC,
    VOLUME_MEDIAN,
    all_trials,
    carved_section,
    row_figures,
)
from benches.scan.carving import DEEP, SIZES, CarvedTrial, local_roughness_mm, matched
from benches.scan.hard import MISSING, OUTLIERS, TILT_DEG, hard_section, spoil
from benches.scan.scans import BenchScan, simulated_scans
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.placing import placed_in
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.simulator.truth import TrueDefect

DENT = DefectForm("dent", 0.2, 4.0, 3.0, (2.0, 1.0))
SCAN = simulate_scan("plane", [DENT], size_mm=(20, 16), roughness_mm=0.002, seed=1)
TRUTH = SCAN.truths[0]


def told(truth: TrueDefect, *, times: float = 1.0, u95: float = 0.0) -> SurfaceDefect:
    """What a finder would say that is off by a factor in every size."""
    sizes: dict[str, Any] = {x: times * float(getattr(truth, x)) for x in SIZES}
    stated: dict[str, Any] = {f"{x}_u95": u95 * float(getattr(truth, x)) for x in SIZES}
    return SurfaceDefect(
        kind=truth.kind,
        **sizes,
        **stated,
        position_mm=truth.position_mm,
        sheet_mm=truth.sheet_mm,
        orientation_deg=0.0,
        roundness=1.0,
        edge_slope=0.1,
        roughness_mm=0.002,
        significance=50.0,
        mask=np.ones((3, 3), np.bool_),
        box=(0, 0, 3, 3),
        worst=(1, 1),
    )


def trial(found: SurfaceDefect | None, copy: str = "a 0") -> CarvedTrial:
    return CarvedTrial("a", "a", copy, TRUTH, 0.004, found, 0.2)


def figures(trials: list[CarvedTrial]) -> dict[str, float]:
    return {x.name: x.value for x in row_figures(trials, TOPIC, DEEP_ROW)}


def test_the_truth_itself_has_no_error_and_is_covered() -> None:
    perfect = figures([trial(told(TRUTH))] * 4)
    assert perfect[FOUND] == 1.0
    assert perfect[DEPTH_MEDIAN] == perfect[DEPTH_95] == perfect[VOLUME_MEDIAN] == 0.0
    assert all(perfect[f"{COVERED}: {size}"] == 1.0 for size in SIZES)


def test_errors_are_relative_and_coverage_is_of_what_was_found() -> None:
    off = [trial(told(TRUTH, times=x, u95=0.15), f"a {x}") for x in (0.9, 1.1, 1.2)]
    counted = figures([*off, trial(None, "a 9")])
    assert counted[FOUND] == 0.75
    assert counted[DEPTH_MEDIAN] == pytest.approx(0.1)
    assert counted[DEPTH_95] == pytest.approx(0.19)
    assert counted[f"{COVERED}: depth_mm"] == pytest.approx(2 / 3)
    assert trial(off[0].found).times_roughness == pytest.approx(50)


def test_nothing_found_gives_the_share_alone() -> None:
    assert figures([trial(None)] * 3) == {FOUND: 0.0}


def map_of(scan: BenchScan) -> DeviationMap:
    return deviation_map(scan.surface, fit_reference(scan.surface, "plane"))


def test_a_finding_is_matched_by_place_and_kind() -> None:
    deviations = map_of(BenchScan("a", "a", SCAN.surface))
    row, column = np.unravel_index(
        np.nanargmin(deviations.deviations_mm), deviations.deviations_mm.shape
    )
    here = replace(told(TRUTH), box=(int(row) - 1, int(column) - 1, 3, 3))
    elsewhere = replace(here, position_mm=(-8.0, -6.0, 0.0), box=(0, 0, 3, 3))
    other_way = replace(here, kind="protrusion")
    assert matched(deviations, [elsewhere, here], [TRUTH]) == [here]
    assert matched(deviations, [elsewhere, other_way], [TRUTH]) == [None]
    # One finding is the finding of one defect.
    assert matched(deviations, [here], [TRUTH, TRUTH]) == [here, None]


def test_local_roughness_is_that_of_the_untouched_surface_and_refuses_the_edge() -> None:
    sound = simulate_scan("plane", size_mm=(20, 16), roughness_mm=0.003, seed=2).surface
    deviations = map_of(BenchScan("a", "a", sound))
    found = local_roughness_mm(deviations, placed_in(sound.points_mm, DENT))
    assert found == pytest.approx(0.003, rel=0.1)
    at_edge = replace(DENT, place_mm=(9.5, 0.0))
    assert local_roughness_mm(deviations, placed_in(sound.points_mm, at_edge)) is None


def test_a_small_measurement_finds_deep_defects_within_their_errors() -> None:
    scans = list(simulated_scans(2, seed=41))[1:]
    trials = all_trials(scans, 4, DEEP, seed=3)
    (section,) = [carved_section({DEEP_ROW: trials})]
    values = {x.name: x.value for x in section.figures}
    assert len(trials) == 4
    assert all(25 <= x.times_roughness <= 100 for x in trials)
    assert values[FOUND] == 1.0
    assert values[DEPTH_MEDIAN] < 0.05
    assert "| simulated cylinder 1 | 4 | 1.000 |" in section.after


def test_a_spoiled_scan_is_tilted_loses_points_and_keeps_its_truth() -> None:
    worse = spoil(SCAN.surface, 5, outliers=OUTLIERS, missing=MISSING, tilt_deg=TILT_DEG)
    seen = worse.surface.measured
    assert 1 - seen.mean() == pytest.approx(MISSING, abs=0.03)
    back = worse.pose.back(worse.surface.points_mm[seen])
    off = np.abs(back[:, 2] - SCAN.surface.points_mm[seen, 2]) > 1e-6
    assert off.mean() == pytest.approx(OUTLIERS, abs=0.02)
    assert np.rad2deg(np.arccos(worse.pose.turn[2, 2])) == pytest.approx(TILT_DEG)
    assert {x.how or x.subject for x in hard_section({"all three": [trial(None)]}).figures} == {
        "all three"
    }
