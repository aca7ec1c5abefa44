"""A geometry gives the fault orders that were published for it; impossible ones are refused."""

from math import asin, pi

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import BearingGeometry, FaultOrders

INCH = 25.4

GOLDEN = {
    # Case Western Reserve University Bearing Data Center, drive end.
    "CWRU 6205": (BearingGeometry(9, 0.3126 * INCH, 1.537 * INCH), 3.5848, 5.4152, 2.3567, 0.39828),
    # The same, fan end; its table prints twice the ball spin, 3.9874.
    "CWRU 6203": (BearingGeometry(8, 0.2656 * INCH, 1.122 * INCH), 3.0530, 4.9469, 1.9937, 0.3817),
    # MFPT fault data set, NICE bearing.
    "MFPT": (BearingGeometry(8, 0.235 * INCH, 1.245 * INCH), 3.245, 4.755, 2.5546, 0.4056),
    # IMS, Rexnord ZA-2115: Qiu et al., J. Sound Vib. 289 (2006).
    "IMS": (BearingGeometry(16, 0.331 * INCH, 2.815 * INCH, 15.17), 7.0921, 8.9079, 4.1975, 0.4433),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_published_orders(name: str) -> None:
    geometry, bpfo, bpfi, bsf, ftf = GOLDEN[name]
    orders = geometry.fault_orders()
    assert orders.bpfo == pytest.approx(bpfo, abs=5e-4)
    assert orders.bpfi == pytest.approx(bpfi, abs=5e-4)
    assert orders.bsf == pytest.approx(bsf, abs=5e-4)
    assert orders.ftf == pytest.approx(ftf, abs=1e-4)
    assert orders.ball == 2 * orders.bsf


@given(
    st.integers(3, 60), st.floats(0.01, 0.9), st.floats(1, 1000), st.floats(0, 80)
)  # fmt: skip
def test_what_holds_for_every_geometry(n: int, ratio: float, pitch: float, angle: float) -> None:
    assume(n * asin(ratio) <= pi)  # the elements must fit on their circle
    orders = BearingGeometry(n, ratio * pitch, pitch, angle).fault_orders()
    assert orders.bpfo + orders.bpfi == pytest.approx(n)
    assert orders.bpfo < orders.bpfi
    assert 0 < orders.ftf < 0.5
    assert orders.bpfo == pytest.approx(n * orders.ftf)


@given(st.floats(0.05, 0.5), st.floats(0.1, 10))
def test_only_the_ratio_of_diameters_counts(ratio: float, scale: float) -> None:
    assume(9 * asin(ratio) <= pi)
    small, large = (BearingGeometry(9, ratio * s, s).fault_orders() for s in (1.0, scale))
    assert large.bpfi == pytest.approx(small.bpfi)
    assert large.bsf == pytest.approx(small.bsf)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ((2, 7.94, 39.04), "2 rolling elements; a bearing has at least 3"),
        ((9, 39.04, 7.94), "both must be positive, the ball the smaller one"),
        ((9, -1.0, 39.04), "both must be positive"),
        ((9, float("nan"), 39.04), "both must be positive"),
        ((9, 7.94, 39.04, 90.0), "Contact angle 90.0 degrees; it must lie in 0 to 90"),
    ],
)
def test_impossible_geometries_are_refused_in_words(
    geometry: tuple[float, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        BearingGeometry(*geometry)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_an_order_that_is_no_positive_number_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match=r"Fault order bsf .* must be a positive number"):
        FaultOrders(bpfo=3.5, bpfi=5.5, bsf=value, ftf=0.4)


def test_elements_that_do_not_fit_on_their_circle_are_refused() -> None:
    with pytest.raises(UsageError, match=r"30 rolling elements of 7.94 mm do not fit .*; 16 do"):
        BearingGeometry(30, 7.94, 39.04)
    with pytest.raises(UsageError, match=r"8\.5 rolling elements; give a whole number"):
        BearingGeometry(8.5, 7.94, 39.04)  # type: ignore[arg-type]
    assert BearingGeometry(15, 7.94, 39.04).fault_orders().bpfo > 0  # a full complement fits


def test_orders_that_are_frequencies_or_swapped_are_refused() -> None:
    with pytest.raises(UsageError, match=r"look like frequencies in Hz: divide them"):
        FaultOrders(bpfo=105.9, bpfi=159.9, bsf=69.6, ftf=11.8)
    with pytest.raises(UsageError, match=r"Are they swapped\?"):
        FaultOrders(bpfo=5.415, bpfi=3.585, bsf=2.357, ftf=0.3983)


def test_a_bearing_thinner_than_any_is_refused() -> None:
    # 1e-320 / 50 is 0 in floats: what fits on the circle would be infinitely many.
    for ball in (1e-320, 1e-9, 0.04):
        with pytest.raises(UsageError, match="no bearing is as thin"):
            BearingGeometry(9, ball, 50.0)
