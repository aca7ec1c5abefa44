"""Without a bearing every order is tried as the first of a comb: the planted one stands highest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.inputs.order_array import (
    CAGE_ORDERS,
    CHANNELS,
    GRID,
    HIGHEST_ORDER,
    TEETH,
    last_order,
    order_array,
)
from faultlens.signals.modulation import ContrastSpectrum

BIN = 0.01


def spectrum(*planted: float, noise: float = 0.0, seed: int = 0) -> ContrastSpectrum:
    contrast = np.random.default_rng(seed).normal(0, noise, 2451).astype(np.float32)
    contrast[np.rint(np.array(planted) / BIN).astype(int)] = 2.0
    return ContrastSpectrum(contrast, BIN, 0.03)


def at(order: float) -> int:
    """Column of the grid nearest to an order."""
    return int(np.abs(GRID - order).argmin())


@pytest.mark.parametrize("order", [0.4, 2.357, 3.585, 5.415])
def test_the_comb_that_was_planted_is_the_highest(order: float) -> None:
    found = order_array(spectrum(*(k * order for k in range(1, TEETH + 1)), noise=0.1))
    comb = found[:TEETH].mean(axis=0)
    best = GRID[comb.argmax()]
    # Teeth are looked for within .35 %, and the grid steps by .6 %.
    assert best == pytest.approx(order, rel=0.01)
    assert comb.max() == pytest.approx(2.0)


def test_half_of_a_comb_is_a_weaker_comb() -> None:
    found = order_array(spectrum(*(k * 3.6 for k in (1, 2, 3, 4))))
    comb = found[:TEETH].mean(axis=0)
    assert comb[at(3.6)] == 2.0
    assert comb[at(1.8)] == 1.0  # every second tooth
    assert comb[at(7.2)] == 1.0  # two teeth lie on the axis


def test_sidebands_at_shaft_and_cage_distance_have_channels_of_their_own() -> None:
    plain = order_array(spectrum(5.4, 10.8, 16.2, 21.6))[:, at(5.4)]
    inner = order_array(spectrum(5.4, 4.4, 6.4, 10.8, 16.2, 21.6))[:, at(5.4)]
    assert plain.tolist() == [2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert inner[TEETH : TEETH + 4].tolist() == [2, 2, 0, 0]  # shaft below, above; cage
    cage = sum(CAGE_ORDERS) / 2
    ball = order_array(spectrum(4.7, 4.7 - cage, 4.7 + cage, 9.4))[:, at(4.7)]
    assert ball[TEETH : TEETH + 4].tolist() == [0, 0, 2, 2]


def test_the_axis_ends_where_the_recording_does() -> None:
    assert last_order(25600, 30) == HIGHEST_ORDER
    assert last_order(1200, 30) == 10
    short = ContrastSpectrum(np.full(1000, 3.0, np.float32), BIN, 0.03)  # up to order 10
    found = order_array(short)
    assert found[0, at(9.0)] == 3 and found[1, at(9.0)] == 0


@given(st.integers(0, 10_000), st.integers(300, 2451), st.floats(0.004, 0.02))
def test_any_spectrum_gives_finite_numbers_of_one_shape(seed: int, bins: int, width: float) -> None:
    noise = np.random.default_rng(seed).normal(0, 1, bins).astype(np.float32)
    found = order_array(ContrastSpectrum(noise, width, 3 * width))
    assert found.shape == (CHANNELS, len(GRID))
    assert np.isfinite(found).all() and found.max() <= noise.max()
