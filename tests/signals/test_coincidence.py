"""Lines that slip can lay on shaft harmonics or on each other are named, others are not."""

from math import asin, pi

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.coincidence import HARMONICS, Coincidence, coincidences
from faultlens.signals.kinematics import BearingGeometry, FaultOrders


def fundamentals_on_shaft(orders: FaultOrders) -> dict[str, int]:
    """Families whose fundamental can fall on a shaft harmonic, and on which one."""
    return {
        c.family: c.other_harmonic
        for c in coincidences(orders, 0.02)
        if c.harmonic == 1 and c.other_family == "shaft"
    }


def shift_percent(found: Coincidence) -> float:
    return 100 * (found.other_order / found.order - 1)


def test_both_races_of_a_6203_can_fall_on_shaft_harmonics() -> None:
    # Smith and Randall (2015): why CWRU fan-end faults are hard.
    orders = resolve_bearing("6203").orders
    assert fundamentals_on_shaft(orders) == {"outer": 3, "inner": 5, "ball": 4}
    outer, inner = coincidences(orders, 0.02)[:2]
    assert (round(outer.order, 3), round(shift_percent(outer), 1)) == (3.053, -1.7)
    assert (round(inner.order, 3), round(shift_percent(inner), 1)) == (4.947, 1.1)


def test_a_6205_keeps_its_fundamentals_clear_of_the_shaft() -> None:
    assert fundamentals_on_shaft(resolve_bearing("6205").orders) == {}


def test_lines_of_two_families_that_meet_are_named() -> None:
    # 3 BPFO and 2 BPFI of a 6205 are 0.7 % apart.
    found = coincidences(resolve_bearing("6205").orders, 0.01)
    pair = next(c for c in found if (c.family, c.harmonic, c.other_family) == ("outer", 3, "inner"))
    assert (pair.other_harmonic, round(shift_percent(pair), 1)) == (2, 0.7)
    assert (round(pair.order, 3), round(pair.other_order, 3)) == (10.754, 10.83)


@given(st.integers(5, 30), st.floats(0.1, 0.35), st.floats(0, 0.1))
def test_every_coincidence_is_within_the_tolerance(n: int, ratio: float, tolerance: float) -> None:
    assume(n * asin(ratio) <= pi)
    orders = BearingGeometry(n, ratio * 40, 40).fault_orders()
    for found in coincidences(orders, tolerance):
        assert abs(shift_percent(found)) <= 100 * tolerance + 1e-9
        assert found.family != found.other_family
        assert found.harmonic in HARMONICS


def test_no_tolerance_no_coincidence() -> None:
    assert coincidences(resolve_bearing("6205").orders, 0.0) == ()


@pytest.mark.parametrize("tolerance", [-0.01, 0.2, float("nan")])
def test_a_tolerance_out_of_range_is_refused(tolerance: float) -> None:
    with pytest.raises(UsageError, match=r"give the relative distance .* 0 to 0.1"):
        coincidences(resolve_bearing("6205").orders, tolerance)
