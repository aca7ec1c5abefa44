"""A column of speeds gives a mean, and its course where it varies by more than 1 %."""

import numpy as np
import pytest

from faultlens.signals.readers.contents import Channel
from faultlens.signals.readers.shaft_speed import POINTS, speed_in, speed_of


def test_a_ramp_keeps_its_course_and_a_steady_speed_has_none() -> None:
    ramp = speed_of(np.linspace(1000, 2000, 50_000))
    assert ramp.mean_rpm == pytest.approx(1500)
    assert ramp.speeds_rpm is not None and len(ramp.speeds_rpm) == POINTS
    assert ramp.speeds_rpm == pytest.approx(np.linspace(1000, 2000, POINTS), abs=0.5)
    rng = np.random.default_rng(0)
    # The ripple of a tacho averages out; it is no change of speed.
    assert speed_of(1500 + rng.normal(0, 20, 200_000)).speeds_rpm is None


def test_gaps_and_standstill_are_bridged_and_nothing_at_all_is_no_speed() -> None:
    with_gap = np.linspace(1000, 2000, 1001)
    with_gap[400:500] = np.nan
    with_gap[600] = 0.0
    bridged = speed_of(with_gap).speeds_rpm
    assert bridged == pytest.approx(np.linspace(1000, 2000, 1001))
    assert speed_of(np.full(10, np.nan)).mean_rpm is None
    assert speed_of(np.zeros(10)).mean_rpm is None


def test_a_long_channel_is_read_here_and_there_only() -> None:
    read = []

    def speeds(start: int, stop: int) -> np.ndarray:
        read.append(stop - start)
        return np.linspace(start, stop, stop - start, endpoint=False) / 1e6 + 20

    found = speed_in(Channel("speed (Hz)", 50_000_000, speeds), rpm_per_unit=60.0)
    assert sum(read) <= 2_000_000
    assert found.mean_rpm == pytest.approx(60 * 45, rel=1e-3)
    assert found.speeds_rpm is not None
    assert found.speeds_rpm[[0, -1]] == pytest.approx([1200, 4200], rel=2e-3)
