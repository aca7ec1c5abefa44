"""Recordings are cut and prepared for a model of windows as its training cut them."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError, UnusableSignalError, UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import cut_windows
from faultlens.inputs import windowed
from faultlens.inputs.vibration import VibrationInput, prepare_vibration
from faultlens.inputs.window_preparation import WindowPreparation, Windows, prepared
from faultlens.inputs.windowed import prepare_windowed, recording_windows
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.read import open_recording
from faultlens.signals.recording import in_memory
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

AS_TRAINED = WindowPreparation("waveform", 256, 4000.0)


def noise(samples: int = 2600, rate_hz: float = 4000.0, **known: object) -> Signal:
    values = np.random.default_rng(5).normal(size=samples)
    return Signal(values, rate_hz, **known)  # type: ignore[arg-type]


def training_arrays(signal: Signal, rate_hz: float | None = None) -> np.ndarray:
    """What a training makes of the same recording."""
    cut = cut_windows(
        [LabelledRecording("rig", "a", "healthy", signal)], window=256, sample_rate_hz=rate_hz
    )
    return prepared(AS_TRAINED, Windows(cut.samples, np.full(len(cut), np.nan)))


def test_the_windows_are_those_of_the_training(tmp_path: Path) -> None:
    signal = noise()
    cut = recording_windows(signal, AS_TRAINED)
    assert cut.arrays.shape == (10, 1, 256) and cut.notices == ()
    np.testing.assert_array_equal(cut.arrays, training_arrays(signal))
    # From disk, window by window, the same.
    path = write_signal(tmp_path / "a.npz", signal)
    np.testing.assert_array_equal(
        recording_windows(open_recording(path), AS_TRAINED).arrays, cut.arrays
    )


@pytest.mark.parametrize("rate_hz", [8000.0, 12000.0])
def test_another_rate_is_brought_to_the_models_and_said(
    rate_hz: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = noise(9000, rate_hz)
    cut = recording_windows(signal, AS_TRAINED)
    np.testing.assert_allclose(cut.arrays, training_arrays(signal, 4000.0), atol=1e-4)
    assert [str(x) for x in cut.notices] == [
        f"Resampled from {rate_hz:g} to 4000 Hz, at which the model was trained."
    ]
    # Too long for that: each window by itself, the same but for the filter's end.
    monkeypatch.setattr(windowed, "LONGEST_RESAMPLED", 1000)
    apart = recording_windows(signal, AS_TRAINED)
    np.testing.assert_allclose(apart.arrays, cut.arrays, atol=0.02)


def test_a_slower_recording_lacks_what_the_model_was_trained_with() -> None:
    cut = recording_windows(noise(2600, 2000.0), AS_TRAINED)
    assert len(cut.arrays) == 20
    assert "Nothing above 1000 Hz was recorded" in cut.notices[1].en


def test_a_rate_written_a_little_differently_is_the_same_rate() -> None:
    assert recording_windows(noise(2600, 4000.5), AS_TRAINED).notices == ()


def test_of_a_very_long_recording_an_even_spread_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windowed, "MOST_WINDOWS", 4)
    signal = noise()
    cut = recording_windows(signal, AS_TRAINED)
    np.testing.assert_array_equal(cut.arrays, training_arrays(signal)[[0, 3, 6, 9]])
    assert "4 of its 10 windows were judged" in cut.notices[0].en


def test_gaps_are_filled_and_a_window_without_a_value_is_left_out() -> None:
    signal = noise()
    signal.samples[10] = np.nan
    signal.samples[256:512] = np.nan
    cut = recording_windows(signal, AS_TRAINED)
    assert cut.arrays.shape == (9, 1, 256) and np.isfinite(cut.arrays).all()


@pytest.mark.parametrize(
    ("signal", "error", "words"),
    [
        (noise(200), UnusableSignalError, "lasts 0.05 s; the model judges windows of 0.064 s"),
        (Signal(np.zeros(2600), 4000.0), UnusableSignalError, "constant"),
    ],
)
def test_what_cannot_be_judged_is_said(signal: Signal, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        prepare_windowed(signal, AS_TRAINED)


def test_an_impossible_speed_is_refused() -> None:
    with pytest.raises(UsageError, match="positive number of revolutions"):
        prepare_windowed(noise(), AS_TRAINED, shaft_rpm=-3.0)


def test_a_recording_without_a_rate_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.random.default_rng(1).normal(size=4000))
    with pytest.raises(MissingMetadataError, match="sampling rate"):
        prepare_windowed(open_recording(path), AS_TRAINED)


def test_lines_stand_beside_where_speed_and_bearing_are_known() -> None:
    made = simulate(
        ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1800.0,
        sample_rate_hz=8000, seconds=3.0, seed=2, snr_db=10.0,
    ).signal  # fmt: skip
    ready, lines = prepare_windowed(made, AS_TRAINED), prepare_vibration(made)
    assert (ready.reading, ready.windows, ready.window_s) == ("windows", 46, 0.064)
    assert ready.evidence is not None and lines.evidence is not None
    assert ready.evidence.family("outer") == lines.evidence.family("outer")
    assert set(ready.arrays) == {"windows"}
    known = {"stated_rpm": 1800.0, "levels": lines.levels}
    assert {x: getattr(ready, x) for x in known} == known


def test_without_speed_or_bearing_or_length_there_are_windows_but_no_lines() -> None:
    def told(ready: VibrationInput) -> list[str]:
        assert ready.evidence is None and len(ready.arrays["windows"]) == 10
        return [x.en for x in ready.warnings if "fault lines" in x.en]

    assert "need shaft speed and bearing" in told(prepare_windowed(noise(), AS_TRAINED))[0]
    fast = prepare_windowed(noise(), AS_TRAINED, shaft_rpm=1800.0)
    assert fast.stated_rpm == 1800 and "need shaft speed and bearing" in told(fast)[0]
    # Nine revolutions are too few for lines, and enough for windows.
    short = prepare_windowed(noise(shaft_rpm=830.0, bearing="6205"), AS_TRAINED)
    assert "at least 10 revolutions" in told(short)[0]


def test_a_judged_recording_gives_its_windows_back() -> None:
    ready = prepare_windowed(in_memory(noise()), AS_TRAINED)
    kept = ready.emptied()
    assert (kept.reading, kept.arrays["windows"].size) == ("windows", 0)
