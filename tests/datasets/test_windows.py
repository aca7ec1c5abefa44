"""Windows hold the samples of their recording, at one length and one rate, or it says why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import DEFAULT_WINDOW, cut_windows
from faultlens.signals.signal import Signal
from tests.datasets.conftest import Make, wave


@given(
    lengths=st.lists(st.integers(40, 300), min_size=1, max_size=4),
    window=st.integers(2, 40),
    hop=st.integers(1, 60),
    most=st.none() | st.integers(1, 5),
)
def test_each_window_is_where_it_says(
    lengths: list[int], window: int, hop: int, most: int | None
) -> None:
    made = [
        LabelledRecording("rig", str(i), "healthy", Signal(wave(i, n), sample_rate_hz=1000))
        for i, n in enumerate(lengths)
    ]
    cut = cut_windows(made, window=window, hop=hop, most=most)
    assert cut.samples.dtype == np.float32 and cut.size == window
    for samples, recording, start in zip(cut.samples, cut.recording, cut.start, strict=True):
        whole = made[recording].signal.samples
        assert np.array_equal(samples, whole[start : start + window].astype(np.float32))
    for index, n in enumerate(lengths):
        count = int(np.sum(cut.recording == index))
        every = (n - window) // hop + 1
        assert count == (every if most is None else min(most, every))


def test_the_natural_window_of_a_data_set_is_taken_else_1024(make: Make) -> None:
    assert cut_windows([make("a", window=50), make("b", window=50)]).size == 50
    assert cut_windows([make("a", samples=3000)]).size == DEFAULT_WINDOW == 1024
    with pytest.raises(UsageError, match=r"unequal length: 50 \(1\), 60 \(1\) .*window="):
        cut_windows([make("a", window=50), make("b", window=60)])


def test_a_recording_that_is_too_short_is_named_and_never_dropped(make: Make) -> None:
    made = [make("a"), make("b", samples=30, file="short.csv")]
    with pytest.raises(UnusableSignalError, match=r"1 of 2 .* first short\.csv with 30"):
        cut_windows(made, window=64)


def test_nothing_chosen_and_impossible_numbers_are_refused(make: Make) -> None:
    with pytest.raises(UsageError, match="No recording was chosen"):
        cut_windows([])
    for wrong in ({"window": 1}, {"window": 8, "hop": 0}, {"window": 8, "most": 0}):
        with pytest.raises(UsageError, match="a window has 2 samples or more"):
            cut_windows([make("a")], **wrong)


def test_mixed_rates_are_refused_with_the_rate_that_all_can_have(make: Make) -> None:
    made = [make("a", rate=48000), make("b", rate=12000), make("c", rate=12000)]
    with pytest.raises(UsageError, match=r"12000 Hz \(2\), 48000 Hz \(1\).*sample_rate_hz=12000"):
        cut_windows(made, window=64)
    with pytest.raises(UsageError, match="20000 Hz is above the lowest rate"):
        cut_windows(made, window=64, sample_rate_hz=20000)


def test_recordings_of_two_rates_keep_the_same_band_when_brought_to_one(make: Make) -> None:
    """Otherwise the edge of a filter tells the rig, and with it the class."""
    made = [make("high", rate=48000, samples=48000), make("low", rate=12000, samples=12000)]
    cut = cut_windows(made, window=1000, sample_rate_hz=12000)
    assert cut.sample_rate_hz == 12000 and len(cut) == 24
    power = np.abs(np.fft.rfft(cut.samples * np.hanning(1000))) ** 2
    spectra = [power[cut.recording == i].mean(axis=0) for i in (0, 1)]
    edge = round(0.86 * 500)  # of the band; the low-pass ends at .8 of it
    for spectrum in spectra:
        assert spectrum[edge:].mean() < 1e-4 * spectrum[20:380].mean()
    assert "low-passed below 4800 Hz" in cut.recordings[1].signal.history[-1]


def test_recordings_of_one_rate_are_left_as_they_are(make: Make) -> None:
    one = make("a", rate=12000)
    cut = cut_windows([one], window=64, sample_rate_hz=12000)
    assert cut.recordings[0].signal.samples is one.signal.samples


def test_a_choice_of_windows_keeps_its_truth(make: Make) -> None:
    cut = cut_windows([make("a", "inner"), make("b", "outer")], window=100)
    some = cut.take([7, 0])
    assert (some.labels, some.keys) == (("outer", "inner"), ("b", "a"))
    assert np.array_equal(some.samples[1], cut.samples[0]) and some.classes == ("inner", "outer")
