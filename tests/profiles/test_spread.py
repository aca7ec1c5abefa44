"""How normal numbers spread: few pictures lean on the guess, many speak for themselves."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.profiles.spread import PatchRange, heat_of, patch_range, spread_of


def test_many_pictures_speak_for_themselves() -> None:
    values = np.random.default_rng(0).normal(3.0, 0.5, 2000).tolist()
    found = spread_of(values, guess=5.0)
    assert found.centre == pytest.approx(3.0, abs=0.05)
    assert found.scale == pytest.approx(0.5, abs=0.1)


def test_one_picture_has_the_guessed_spread_and_equal_ones_do_not_have_none() -> None:
    assert spread_of([2.0], guess=0.3).scale == pytest.approx(0.3)
    equal = spread_of([2.0] * 5, guess=0.3).scale
    assert 0.1 < equal < 0.3


def test_normal_patches_reach_from_0_to_1() -> None:
    values = np.random.default_rng(0).normal(size=10_000).astype(np.float32)
    values[:10] = np.nan
    ranged = patch_range(values, least=0.1).of(values[10:])
    assert np.median(ranged) == pytest.approx(0, abs=1e-3)
    assert np.mean(ranged > 1) == pytest.approx(0.005, abs=1e-3)


def test_heat_of_normal_patches_stays_below_even_odds_and_several_witnesses_count_alike() -> None:
    normal, hot = np.array([0.0, 0.9]), np.array([0.0, 5.0])
    assert heat_of([normal]).max() < 0.5
    assert heat_of([hot, normal])[1] > 0.99
    assert heat_of([hot, normal, normal])[1] == heat_of([normal, normal, hot])[1]
    assert np.isnan(heat_of([np.array([np.nan, 1.0])])).tolist() == [True, False]


def test_nothing_has_no_spread() -> None:
    with pytest.raises(UsageError, match="0 values"):
        spread_of([], guess=1.0)
    with pytest.raises(UsageError, match="one at least"):
        patch_range(np.full(3, np.nan, np.float32), least=1.0)
    with pytest.raises(UsageError, match="one map at least"):
        heat_of([])
    assert PatchRange(0.0, 2.0).of(np.array([np.nan]))[0] != 0
