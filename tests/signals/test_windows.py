"""Windows start where they should, and a trend goes without the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.signals.windows import detrend, window_starts


def test_windows_follow_each_other_and_may_overlap() -> None:
    assert window_starts(100, 10, 2) == (0, 20, 40, 60, 80)
    assert window_starts(50, 10, 2, overlap=0.5) == (0, 10, 20, 30)


def test_few_windows_are_spread_from_the_first_to_the_last() -> None:
    assert window_starts(1000, 10, 2, most=3) == (0, 480, 980)
    assert window_starts(1000, 10, 2, most=1) == (0,)
    assert window_starts(40, 10, 2, most=9) == (0, 20)


@given(
    length=st.integers(1, 5000),
    size=st.integers(1, 500),
    overlap=st.floats(0, 0.95),
    most=st.none() | st.integers(1, 20),
)
def test_every_window_fits_and_none_is_doubled(
    length: int, size: int, overlap: float, most: int | None
) -> None:
    if length < size:
        with pytest.raises(UnusableSignalError, match="ask for shorter windows"):
            window_starts(length, 1.0, size, overlap=overlap, most=most)
        return
    starts = window_starts(length, 1.0, size, overlap=overlap, most=most)
    assert starts[0] == 0 and starts[-1] + size <= length
    assert len(set(starts)) == len(starts) and list(starts) == sorted(starts)
    assert most is None or len(starts) <= most


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"overlap": 1.0}, "Overlap 1.0; it must lie in 0 to below 1"),
        ({"most": 0}, "At most 0 windows; ask for 1 or more"),
        ({"seconds": 0.0}, "a window holds at least one sample"),
    ],
)
def test_impossible_windows_are_said(change: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        window_starts(**{"length": 100, "sample_rate_hz": 10, "seconds": 1.0, **change})  # type: ignore[arg-type]


def test_mean_and_trend_go_and_the_rest_stays() -> None:
    time = np.linspace(0, 1, 1000)
    wave = np.sin(2 * np.pi * 40 * time)
    left = detrend(wave + 7 - 3 * time)
    assert np.abs(left - detrend(wave)).max() < 1e-10
    assert np.abs(left - wave).max() < 0.05
    assert detrend(np.array([4.0])) == 0
