"""Lines planted at known orders come out at their places, with what they may be confused with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.inputs.line_array import (
    GLOBALS,
    LENGTH,
    LINES,
    line_array,
    line_positions,
    peaks_between,
    stray_peaks,
)
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.modulation import ContrastSpectrum

BIN, RESOLUTION = 0.01, 0.03
ORDERS_6205 = resolve_bearing("6205").orders
ORDERS_6203 = BearingGeometry(8, 6.746, 28.5).fault_orders()
KIND = [family for family, _ in LINES]
MULTIPLES = [multiples for _, multiples in LINES]


def spectrum(*planted: float, height: float = 2.0) -> ContrastSpectrum:
    """A flat spectrum up to order 50 with a line at each order."""
    contrast = np.zeros(5001, np.float32)
    contrast[np.rint(np.array(planted) / BIN).astype(int)] = height
    return ContrastSpectrum(contrast, BIN, RESOLUTION)


def row(*multiples: float) -> int:
    """Number of the line with these multiples of (bpfo, bpfi, ball, ftf, shaft)."""
    return MULTIPLES.index(multiples)  # type: ignore[arg-type]


def contrasts(found: np.ndarray) -> np.ndarray:
    return found[: len(LINES)]


def test_every_line_is_a_sum_of_multiples_of_the_bearings_orders_and_the_shafts() -> None:
    at = line_positions(ORDERS_6205, RESOLUTION).orders
    assert at[row(2, 0, 0, 0, 0)] == pytest.approx(7.169, abs=0.001)  # 2 x BPFO of a 6205
    assert at[row(0, 1, 0, 0, -1)] == pytest.approx(5.4152 - 1, abs=0.001)
    assert at[row(0, 0, 1, 1, 0)] == pytest.approx(2 * 2.3567 + 0.3983, abs=0.001)
    assert at[row(0, 0, 0.5, 0, 0)] == pytest.approx(2.3567, abs=0.001)  # once per spin
    assert at[row(0, 0, 0, -1, 1)] == pytest.approx(1 - 0.3983, abs=0.001)
    assert (at > 0).all()


def test_no_line_is_listed_twice() -> None:
    assert len(set(MULTIPLES)) == len(LINES)
    assert set(KIND) == {"outer", "inner", "ball", "cage", "shaft"}


@pytest.mark.parametrize(
    ("family", "column"), [("outer", 0), ("inner", 1), ("ball", 2), ("cage", 3), ("shaft", 4)]
)
def test_a_comb_planted_at_a_family_shows_in_its_harmonics_and_nowhere_else(
    family: str, column: int
) -> None:
    orders = ORDERS_6205
    base = (orders.bpfo, orders.bpfi, orders.ball, orders.ftf, 1.0)[column]
    found = contrasts(line_array(spectrum(*(k * base for k in (1, 2, 3, 4))), orders,
                                 revolutions=60))  # fmt: skip
    own = [row(*(k if i == column else 0 for i in range(5))) for k in (1, 2, 3, 4)]
    assert found[own] == pytest.approx(2.0)
    # 3 x BPFO and 2 x BPFI of a 6205 lie .7 % apart: further than lines are looked for.
    others = [i for i in range(len(LINES)) if KIND[i] != family and i not in own]
    strangers = [KIND[i] for i in others if found[i] > 0]
    assert len(strangers) <= 2, strangers


def test_a_coincidence_of_a_6203_is_flagged() -> None:
    assert ORDERS_6203.ball == pytest.approx(3.987, abs=0.002)  # 2 x BSF near 4 x shaft
    places = line_positions(ORDERS_6203, RESOLUTION)
    ball, outer = row(0, 0, 1, 0, 0), row(1, 0, 0, 0, 0)
    assert places.with_shaft[ball] > 0.7
    assert places.with_shaft[row(0, 0, 0, 0, 4)] == 1
    # On a 6205 it lies far from any whole order.
    assert line_positions(ORDERS_6205, RESOLUTION).with_shaft[ball] < 1e-6
    assert places.with_shaft[outer] < 0.5
    found = line_array(spectrum(4.0), ORDERS_6203, revolutions=60)
    assert found[ball] == found[row(0, 0, 0, 0, 4)] == 2.0  # both see the one line
    assert found[len(LINES) + ball] == pytest.approx(places.with_shaft[ball])


def test_two_families_that_meet_are_flagged_in_both() -> None:
    # 3 x BPFO = 2 x BPFI: nobody can tell these two lines apart.
    places = line_positions(FaultOrders(bpfo=3.6, bpfi=5.4, bsf=2.37, ftf=0.4), RESOLUTION)
    assert places.with_family[row(3, 0, 0, 0, 0)] == pytest.approx(1)
    assert places.with_family[row(0, 2, 0, 0, 0)] == pytest.approx(1)
    assert places.with_family[row(1, 0, 0, 0, 0)] < 0.01


def test_the_last_numbers_tell_of_the_whole_spectrum() -> None:
    quiet = line_array(spectrum(), ORDERS_6205, revolutions=60)
    stray = line_array(spectrum(24.2, 26.2, 28.2, 30.2), ORDERS_6205, revolutions=60)
    assert quiet.shape == stray.shape == (LENGTH,)
    assert (quiet[-GLOBALS + 1], stray[-GLOBALS + 1]) == (0, 2)  # peaks at no known line
    longer = line_array(spectrum(), ORDERS_6205, revolutions=600)
    assert longer[-2] - quiet[-2] == pytest.approx(np.log(10) / 3)
    assert quiet[-1] == pytest.approx(3 * RESOLUTION)


def test_lines_beyond_the_end_of_the_axis_read_as_nothing() -> None:
    short = ContrastSpectrum(np.full(500, 3.0, np.float32), BIN, RESOLUTION)  # up to order 5
    found = contrasts(line_array(short, ORDERS_6205, revolutions=60))
    at = line_positions(ORDERS_6205, RESOLUTION).orders
    assert (found[at > 5] == 0).all()
    assert (found[at < 4.9] == 3).all()


def test_a_range_of_orders_gives_its_highest_bin() -> None:
    ramp = ContrastSpectrum(np.arange(100, dtype=np.float32), 0.1, 0.3)
    found = peaks_between(ramp, np.array([0.95, 3.0, 9.5]), np.array([1.05, 3.0, 12.0]))
    assert found.tolist() == [11, 30, 0]


@given(
    st.integers(6, 18), st.floats(0.12, 0.3), st.floats(0, 40), st.floats(5, 500),
    st.integers(0, 1000),
)  # fmt: skip
def test_any_bearing_gives_finite_numbers_of_one_length(
    elements: int, ratio: float, angle: float, revolutions: float, seed: int
) -> None:
    orders = BearingGeometry(elements, 100 * min(ratio, 2.5 / elements), 100, angle).fault_orders()
    noise = np.random.default_rng(seed).normal(0, 0.3, 3000).astype(np.float32)
    found = line_array(ContrastSpectrum(noise, BIN, RESOLUTION), orders, revolutions=revolutions)
    assert found.shape == (LENGTH,) and found.dtype == np.float32
    assert np.isfinite(found).all()
    coincidences = found[len(LINES) : 3 * len(LINES)]
    assert (coincidences >= 0).all() and (coincidences <= 1).all()


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_the_peak_of_any_range_is_its_highest_bin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spectrum = ContrastSpectrum(rng.normal(size=200).astype(np.float32), 0.1, 0.3)
    low = rng.uniform(-2, 21, (3, 20))
    high = low + rng.exponential(2.0, (3, 20))
    found = peaks_between(spectrum, low, high)
    assert found.shape == (3, 20)
    for peak, first, last in zip(
        found.ravel(), np.floor(low / 0.1 + 1e-9).ravel(), np.ceil(high / 0.1 - 1e-9).ravel(),
        strict=True,
    ):  # fmt: skip
        inside = first >= 1 and last < 200
        assert peak == (spectrum.contrast[int(first) : int(last) + 1].max() if inside else 0.0)


def test_a_stray_peak_is_no_known_line_and_no_half_order() -> None:
    contrast = np.zeros(1000)
    contrast[[100, 123, 150, 360, 377, 610, 640]] = 9, 1.5, 9, 9, 2.5, 0.5, 9
    contrast[380] = 2.0  # within six bins of a higher one: the same peak
    found = stray_peaks(contrast, 0.01, np.array([3.6, 6.4]), count=4)
    assert found == [2.5, 1.5, 0.5, 0.0]
    assert contrast[380] == 2.0  # what was given stays as it was
