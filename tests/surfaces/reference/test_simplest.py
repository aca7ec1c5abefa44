"""Auto names the form of a part in spite of waves in its texture, and calls no real form flat."""

import numpy as np
import pytest

from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.carve import SimulatedScan
from faultlens.surfaces.simulator.scanner import Finish
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.surface import Surface, height_map

ROUGHNESS = 0.005


def wavy(body: str, waves: float) -> SimulatedScan:
    """A scan whose texture has waves of so many roughnesses, a third as long as it."""
    finish = Finish(ROUGHNESS, waviness_mm=waves * ROUGHNESS)
    return simulate_scan(body, size_mm=(40, 32), spacing_mm=0.25, finish=finish, seed=8)


@pytest.mark.parametrize("body", ["plane", "cylinder", "sphere"])
def test_waves_as_high_as_the_roughness_are_no_form(body: str) -> None:
    scan = wavy(body, 1.0)
    assert scan.body is not None
    points = scan.surface.points_mm
    found = fit_reference(scan.surface)
    assert found.kind == body
    # The waves are in the deviations, as they are in the true ones.
    off = found.located(points)[:, 2] - scan.body.located(points)[:, 2]
    assert np.sqrt((off**2).mean()) < 0.5 * ROUGHNESS
    if body != "plane":
        assert found.told()["radius_mm"] == pytest.approx(scan.body.radius_mm, rel=2e-3)


def bent(rise_mm: float, *, power: int = 2) -> Surface:
    """A plate of 40 mm whose ends rise so far, its roughness as above."""
    u, v = np.meshgrid(np.linspace(-1, 1, 161), np.linspace(-1, 1, 129))
    noise = np.random.default_rng(3).normal(0, ROUGHNESS, u.shape)
    return height_map(rise_mm * (u**power + 0.5 * v**3) + noise, 0.25)


def test_a_plate_that_is_bent_is_no_plane() -> None:
    assert fit_reference(bent(12 * ROUGHNESS)).kind != "plane"
    assert fit_reference(bent(0.5 * ROUGHNESS)).kind == "plane"


def test_a_form_that_is_nearly_round_stays_a_free_form() -> None:
    assert fit_reference(bent(3.0, power=4)).kind == "free form"
    assert fit_reference(wavy("free form", 1.0).surface).kind == "free form"
