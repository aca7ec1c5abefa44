"""Windows one by one say what each says alone; other rates are brought over, or refused."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError
from faultlens.inputs.line_windows import (
    MOST_WINDOWS,
    LineWindows,
    WindowGrid,
    line_windows,
    spread_notice,
    why_not,
    window_count,
)
from faultlens.inputs.modulation_array import BANDS, band_powers, modulation_arrays
from faultlens.inputs.vibration import prepare_vibration
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

GRID = WindowGrid(8000.0, 2.0)
BEARING = BearingGeometry(9, 7.94, 39.04)


def recorded(rate: float = 8000.0, seconds: float = 6.5) -> Signal:
    return simulate(
        ("outer",), bearing=BEARING, shaft_rpm=1772, sample_rate_hz=rate, seconds=seconds, seed=2
    ).signal


def test_each_window_is_what_it_is_alone() -> None:
    signal = recorded()
    read = line_windows(signal, GRID)
    assert len(read.lines) == window_count(signal, GRID) == 3
    for number in range(3):
        own = replace(signal, samples=signal.samples[16000 * number : 16000 * (number + 1)])
        assert (read.lines[number] == prepare_vibration(own).arrays["lines"]).all()
        assert read.bands[number] == pytest.approx(band_powers(own.samples), rel=1e-5)
    only = line_windows(signal, GRID, only=[2])
    assert (only.lines[0] == read.lines[2]).all() and len(only.lines) == 1


def test_lines_and_bands_are_those_of_the_modulation_encoder() -> None:
    signal = recorded(seconds=2.0)
    (row,) = modulation_arrays(
        signal.samples[None], 8000.0, np.array([1772 / 60]), [signal.bearing]
    )
    read = line_windows(signal, GRID)
    assert np.concatenate([read.lines[0][: len(row) - BANDS], read.bands[0]]) == pytest.approx(row)


def test_a_higher_rate_is_brought_down_and_the_filter_s_slope_left_out() -> None:
    high = line_windows(recorded(16000.0), GRID)
    assert len(high.lines) == 3
    known = ~np.isnan(high.bands)
    assert known.sum(axis=1).tolist() == [57] * 3
    # White noise, so that the two rates must tell the same levels.
    noise = np.random.default_rng(0).normal(size=16000 * 4)
    loud = Signal(noise, 16000.0, shaft_rpm=1772, bearing=BEARING)
    found = line_windows(loud, GRID).bands[:, :57]
    assert found.std() < 0.2 and found.mean() == pytest.approx(1.06, abs=0.05)


def test_lines_stay_where_they_are_when_the_rate_is_brought_down() -> None:
    signal = recorded(16000.0)
    direct = prepare_vibration(replace(signal, samples=signal.samples[: 16000 * 2]))
    brought = line_windows(signal, GRID, only=[0])
    assert direct.arrays["lines"][:4].mean() > 1
    assert brought.lines[0][:4].mean() == pytest.approx(direct.arrays["lines"][:4].mean(), rel=0.3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shaft_rpm": None}, "shaft speed is not stated"),
        ({"bearing": None}, "bearing is not stated"),
        ({"shaft_rpm": None, "bearing": None}, "shaft speed and bearing are not stated"),
        ({"sample_rate_hz": 4000.0}, "sampled at 4000 Hz, and 8000 Hz are needed"),
    ],
)
def test_what_cannot_be_read_says_why(changes: dict[str, object], words: str) -> None:
    reason = why_not(replace(recorded(), **changes), GRID)  # type: ignore[arg-type]
    assert reason is not None and words in reason.en and reason.zh


def test_a_short_recording_says_why_and_a_good_one_says_nothing() -> None:
    reason = why_not(recorded(seconds=1.5), GRID)
    assert reason is not None and "lasts 1.5 s" in reason.en
    assert why_not(recorded(), GRID) is None
    unnamed = replace(recorded(), shaft_rpm=None, bearing=None)
    assert why_not(unnamed, GRID, shaft_rpm=1772, bearing="6205") is None


def test_a_window_without_a_value_is_passed_over() -> None:
    signal = recorded()
    samples = signal.samples.copy()
    samples[16000:32000] = np.nan
    read = line_windows(replace(signal, samples=samples), GRID)
    assert len(read.lines) == 2
    with pytest.raises(UnusableSignalError):
        line_windows(replace(signal, samples=np.zeros_like(samples)), GRID)


def test_a_varying_speed_is_followed_within_each_window() -> None:
    rpm = np.linspace(1500, 2000, 64)
    made = simulate(
        ("outer",), bearing=BEARING, shaft_rpm=rpm, sample_rate_hz=8000, seconds=6.0, seed=4,
        snr_db=10.0,
    )  # fmt: skip
    followed = line_windows(replace(made.signal, speeds_rpm=rpm), GRID).lines[:, :4].mean()
    steady = line_windows(replace(made.signal, speeds_rpm=None), GRID).lines[:, :4].mean()
    assert followed > steady + 0.5


def test_a_very_long_recording_is_read_in_part_and_that_is_said() -> None:
    hours = Signal(np.zeros(8 * 2000), 8.0)
    (notice,) = spread_notice(hours, WindowGrid(8.0, 2.0))
    assert f"{MOST_WINDOWS} of its 1000 windows" in notice.en


def test_windows_travel_among_the_arrays_of_a_recording() -> None:
    read = line_windows(recorded(seconds=2.0), GRID)
    again = LineWindows.from_arrays({"lines": read.lines[0], **read.to_arrays()})
    assert again is not None and (again.orders == read.orders).all()
    assert LineWindows.from_arrays({"lines": read.lines[0]}) is None
