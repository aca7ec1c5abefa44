"""A carved form has exactly the depth and sizes that it was asked for, and its truth tells them."""

from itertools import product

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import FORMS, DefectForm, relief_mm
from faultlens.surfaces.simulator.truth import true_sizes


def profile(defect: DefectForm, cells: int = 201) -> tuple[np.ndarray, float]:
    along, across = defect.half_box_mm
    s, t = np.linspace(-along, along, cells), np.linspace(-across, across, cells)
    relief = relief_mm(defect, *np.meshgrid(s, t))
    return relief, float((s[1] - s[0]) * (t[1] - t[0]))


@pytest.mark.parametrize("form", FORMS)
def test_the_greatest_deviation_is_the_depth_and_its_sign_the_kind(form: str) -> None:
    for seed in range(6):
        drawn = drawn_form(np.random.default_rng(seed), form=form, depth_mm=0.4)
        relief, _ = profile(drawn)
        assert np.abs(relief).max() == pytest.approx(0.4, rel=0.02)
        assert (relief >= 0).all() if drawn.kind == "protrusion" else (relief <= 0).all()
        assert (drawn.kind == "protrusion") == (form == "bump")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_carved_at_the_edge_of_its_box(form: str) -> None:
    for seed, sharpness in product(range(4), (0.0, 1.0)):
        drawn = drawn_form(np.random.default_rng(seed), form=form)
        relief, _ = profile(
            DefectForm(form, 1, drawn.length_mm, drawn.width_mm, (0, 0), 0, sharpness)
        )
        assert (
            np.abs(np.concatenate([relief[[0, -1]].ravel(), relief[:, [0, -1]].ravel()])).max() == 0
        )


@pytest.mark.parametrize("sharpness", [0.0, 0.5, 1.0])
def test_a_bowl_has_the_area_and_the_volume_of_its_formula(sharpness: float) -> None:
    dent = DefectForm("dent", 0.3, 6.0, 4.0, sharpness=sharpness)
    power = 3 - 2 * sharpness
    share = 1 - 0.1 ** (1 / power)
    sizes = true_sizes(dent)
    # Outline: an ellipse of the axes asked for. Volume of (1 - q)^p over it, enlarged to q = 1.
    assert sizes.area_mm2 == pytest.approx(np.pi * 3 * 2, rel=2e-3)
    assert sizes.volume_mm3 == pytest.approx(0.3 * np.pi * 6 / share / (power + 1), rel=2e-3)
    assert sizes.length_mm == pytest.approx(6.0, rel=5e-3)
    assert sizes.width_mm == pytest.approx(4.0, rel=5e-3)
    assert sizes.worst_mm == (0.0, 0.0)
    within = (1 - 0.1 ** ((power + 1) / power)) / (power + 1) / share
    assert sizes.mean_depth_mm == pytest.approx(0.3 * within, rel=5e-3)


def test_a_straight_scratch_is_as_long_and_wide_as_asked_for() -> None:
    sizes = true_sizes(DefectForm("scratch", 0.1, 20.0, 0.8, seed=3))
    assert sizes.length_mm == pytest.approx(20.0, rel=0.02)
    # Its mean width: the ends and places of less pressure are narrower.
    assert 0.68 < sizes.width_mm < 0.8
    assert sizes.area_mm2 == pytest.approx(sizes.length_mm * sizes.width_mm, rel=1e-6)


def test_a_bent_scratch_is_longer_than_its_chord() -> None:
    straight = true_sizes(DefectForm("scratch", 0.1, 20.0, 0.8, seed=3))
    bent = true_sizes(DefectForm("scratch", 0.1, 20.0, 0.8, bend=0.2, seed=3))
    # An arc whose middle lies 0.2 chords off: 10 % longer (parabola: 1 + 8/3 h^2).
    assert bent.length_mm == pytest.approx(straight.length_mm * (1 + 8 / 3 * 0.2**2), rel=0.03)


@pytest.mark.parametrize("form", FORMS)
def test_the_truth_of_a_form_is_that_of_a_finer_raster(form: str) -> None:
    drawn = drawn_form(np.random.default_rng(5), form=form, depth_mm=0.2)
    relief, cell_mm2 = profile(drawn, 801)
    outline = np.abs(relief) >= 0.02
    sizes = true_sizes(drawn)
    assert sizes.area_mm2 == pytest.approx(outline.sum() * cell_mm2, rel=0.02)
    assert sizes.volume_mm3 == pytest.approx(np.abs(relief).sum() * cell_mm2, rel=0.01)
    assert sizes.mean_depth_mm == pytest.approx(np.abs(relief[outline]).mean(), rel=0.02)


def test_one_seed_gives_one_form_and_two_give_two() -> None:
    first, again = (profile(DefectForm("pit", 1, 4, 3, seed=1))[0] for _ in range(2))
    assert np.array_equal(first, again)
    one, other = (profile(DefectForm("pit", 1, 4, 3, seed=x))[0] for x in (1, 2))
    assert np.abs(one - other).max() > 0.2


def test_what_cannot_be_carved_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Known: bump, crack, dent, pit, scratch"):
        DefectForm("hole", 1, 2, 1)
    with pytest.raises(UsageError, match="A dent -1 mm deep, 2 mm long and 1 mm wide cannot"):
        DefectForm("dent", -1, 2, 1)
    with pytest.raises(UsageError, match="no larger than the length"):
        DefectForm("dent", 1, 2, 3)
    with pytest.raises(UsageError, match="sharpness is 0 to 1"):
        DefectForm("dent", 1, 2, 1, sharpness=2)
    with pytest.raises(UsageError, match="Lengths from 3 to 2 mm"):
        drawn_form(np.random.default_rng(0), length_mm=(3, 2))
