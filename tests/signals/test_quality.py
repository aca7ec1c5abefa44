"""Missing, constant and clipped recordings are refused or warned of, in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnusableSignalError
from faultlens.signals.quality import (
    Flaws,
    count_flaws,
    filled,
    judged,
    merged,
    required_seconds,
)

NOISE = np.random.default_rng(5).normal(size=4000)


def warnings_of(samples: object) -> list[str]:
    flaws = count_flaws(np.asarray(samples, dtype=float))
    return [x.en for x in judged(flaws, name="a.csv")]


def test_a_sensor_that_drops_out_is_said_and_coarse_counts_are_not() -> None:
    dropped = NOISE.copy()
    dropped[1000:2000] = 0.0
    assert "stands still for 25 % of its samples" in warnings_of(dropped)[0]
    assert warnings_of(np.round(0.8 * NOISE)) == []


def test_a_good_recording_passes_unchanged() -> None:
    assert filled(NOISE) is NOISE
    assert warnings_of(NOISE) == []


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.full(2000, np.nan), "a.csv holds no usable number: all 2000 values are NaN"),
        (np.full(2000, np.inf), "all 2000 values are infinite"),
        (np.full(2000, 0.25), "a.csv is constant: every value is 0.25"),
        ([], "a.csv is empty"),
        (np.where(np.arange(4000) < 300, np.nan, NOISE), r"misses 300 of 4000 values \(7.5 % are"),
    ],
)
def test_what_cannot_carry_a_conclusion_is_refused(samples: object, words: str) -> None:
    with pytest.raises(UnusableSignalError, match=words):
        warnings_of(samples)


def test_short_gaps_are_filled_by_straight_lines_and_counted() -> None:
    ramp = np.arange(4000.0)
    holed = ramp.copy()
    holed[[10, 11, 500]] = np.nan
    holed[700] = np.inf
    assert filled(holed) == pytest.approx(ramp)
    (warning,) = warnings_of(holed)
    assert warning.startswith("4 of 4000 values (0.1 %) are NaN or infinite; filled")


@pytest.mark.parametrize("level", [1.0, 2.0, 2.5])
def test_clipping_is_seen_with_its_share(level: float) -> None:
    smooth = np.convolve(np.random.default_rng(1).normal(size=50_004), np.ones(5) / 5**0.5, "valid")
    clipped = np.clip(smooth, -level, level)
    share = count_flaws(clipped).clipped_share
    assert share == pytest.approx(np.mean(np.abs(smooth) >= level), rel=1e-6)
    assert "The signal is clipped" in judged(count_flaws(clipped))[0].en


@pytest.mark.parametrize("bits", [4, 8, 12, 16, 24])
@pytest.mark.parametrize("fullness", [0.05, 0.999])
def test_coarse_counts_of_a_whole_wave_are_no_clipping(bits: int, fullness: float) -> None:
    """A slow sine in few counts stands still at its crest without being clipped."""
    wave = fullness * np.sin(2 * np.pi * 10 * np.arange(51200) / 51200)
    counted = np.round(wave * 2 ** (bits - 1)) / 2 ** (bits - 1)
    assert count_flaws(counted).clipped_share == 0
    noisy = np.round((wave + fullness * NOISE[:4000].repeat(13)[:51200] / 5) * 2 ** (bits - 1))
    assert count_flaws(noisy).clipped_share == 0


@given(st.integers(1, 3999), st.sampled_from([1.0, 2.5, 9.0]))
def test_windows_together_count_as_the_whole(cut: int, level: float) -> None:
    samples = np.clip(NOISE, -level, level)
    samples[[5, 3000]] = [np.nan, np.inf]
    parts = merged(count_flaws(samples[:cut]), count_flaws(samples[cut:]))
    whole = count_flaws(samples)
    assert (parts.samples, parts.nan, parts.infinite) == (whole.samples, whole.nan, whole.infinite)
    assert (parts.low.value, parts.high.value) == (whole.low.value, whole.high.value)
    # A run that the cut divides may fall below three samples on either side.
    assert abs(parts.high.in_runs - whole.high.in_runs) <= 4


def test_nothing_merged_with_something_is_something() -> None:
    assert merged(Flaws(), count_flaws(NOISE)) == count_flaws(NOISE)


def test_the_slowest_line_needs_eight_of_its_periods() -> None:
    assert required_seconds(4.0) == 2.0
