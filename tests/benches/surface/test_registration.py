"""The figures on registration count what they say, and warps are those that were asked for."""

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from benches.surface.registration import (
    AIMS,
    MEDIAN,
    NOTHING,
    WITHIN,
    WRONGLY_REFUSED,
    WRONGLY_TAKEN,
    registration_section,
)
from benches.surface.registration_trials import (
    CameraPair,
    RegistrationTrial,
    other_trials,
    random_warp,
    read_pairs,
    warped_trials,
)
from faultlens.evaluation.figures import tables


def scene(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = np.zeros((200, 260), np.float32)
    for _ in range(50):
        top, left = rng.integers(0, 195), rng.integers(0, 255)
        height, width = rng.integers(6, 40, 2)
        picture[top : top + height, left : left + width] = rng.normal()
    return ndimage.gaussian_filter(picture, 1)


def test_the_median_the_share_within_and_both_refusals_are_counted() -> None:
    same = [
        RegistrationTrial("a", 0.9, True, 1.0, 0.5, 20.0),
        RegistrationTrial("b", 0.8, True, 1.0, 1.0, 2.0),
        RegistrationTrial("c", 0.2, False, 1.0, 9.0, 30.0),
    ]
    other = [RegistrationTrial("a", 0.7, True, 1.0), RegistrationTrial("b", 0.0, False, 1.0)]
    section = registration_section(same, other)
    found = {(x.name, x.model): x.value for x in section.figures}
    assert found[MEDIAN, "register"] == 1.0
    assert found[MEDIAN, NOTHING] == 20.0
    assert found[WITHIN, "register"] == pytest.approx(2 / 3)
    assert found[WRONGLY_REFUSED, "register"] == pytest.approx(1 / 3)
    assert found[WRONGLY_TAKEN, "register"] == 0.5
    assert "| 1.5 |" in tables([section], AIMS)


def test_warps_stay_within_their_bounds_and_repeat_by_seed() -> None:
    warps = [random_warp((300, 400), np.random.default_rng(x)) for x in range(50)]
    middle = np.array([199.5, 149.5, 1.0])
    shifts = np.array([(x @ middle - middle)[:2] for x in warps])
    assert (np.abs(shifts) <= [20, 15]).all()
    assert np.abs(shifts).max(axis=0).min() > 10
    scales = np.array([np.linalg.norm(x[:2, :2], axis=0) for x in warps])
    assert 0.95 <= scales.min() < 0.97 < 1.03 < scales.max() <= 1.05
    np.testing.assert_array_equal(random_warp((300, 400), np.random.default_rng(3)), warps[3])


def test_one_scene_is_found_again_and_two_are_told_apart() -> None:
    pairs = [CameraPair(str(x), scene(x), np.abs(scene(x))) for x in range(2)]
    same = warped_trials(pairs, 1, quiet=True)
    assert [x.pair for x in same] == ["0", "1"]
    assert max(x.off_px for x in same) < 1 < min(x.undone_px for x in same)
    assert not any(x.is_good for x in other_trials(pairs, 1, quiet=True))


def test_two_real_pairs_are_laid_on_each_other(shared_data: Path) -> None:
    pairs = read_pairs(shared_data / "images" / "roadscene")[:2]
    found = warped_trials(pairs, 1, quiet=True)
    assert np.median([x.off_px for x in found]) < 1.5
    assert all(x.is_good for x in found)
