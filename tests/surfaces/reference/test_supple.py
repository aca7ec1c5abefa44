"""A form whose waves are as long as the scan is followed into its corners, and no dent is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.carve import SimulatedScan
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan

SPACING, ROUGHNESS = 0.2, 0.002


def wavy(seed: int, *defects: DefectForm) -> SimulatedScan:
    """A free form of three long waves, some five hundred times as high as it is rough."""
    return simulate_scan(
        "free form", list(defects), size_mm=(40, 32), spacing_mm=SPACING,
        roughness_mm=ROUGHNESS, seed=seed,
    )  # fmt: skip


def wrong(scan: SimulatedScan) -> NDArray[np.float64]:
    """Deviation found of every point less its true one, in roughnesses."""
    assert scan.body is not None
    points = scan.surface.points_mm
    found = fit_reference(scan.surface).located(points)[:, 2]
    return np.asarray((found - scan.body.located(points)[:, 2]) / ROUGHNESS)


@pytest.mark.parametrize("seed", [0, 2, 4, 5])
def test_corners_of_wavy_forms_are_followed(seed: int) -> None:
    off = wrong(wavy(seed))
    assert np.sqrt((off**2).mean()) < 0.1
    assert np.abs(off).max() < 1


@pytest.mark.parametrize("seed", [0, 2])
def test_a_dent_in_a_wavy_form_keeps_its_depth(seed: int) -> None:
    dent = DefectForm("dent", 0.1, 6.0, 5.0)
    off = wrong(wavy(seed, dent))
    assert np.sqrt((off**2).mean()) < 0.1
    assert np.abs(off).max() < 1
