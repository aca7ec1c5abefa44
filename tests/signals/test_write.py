"""A written recording reads back as what it was, with its sidecar, whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, wavfile

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.sidecar import read_sidecar
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

SUFFIXES = (".csv", ".wav", ".npz", ".mat")
SIGNAL = simulate(
    ("outer",),
    bearing=BearingGeometry(9, 7.94, 39.04),
    shaft_rpm=1772.5,
    sample_rate_hz=12800,
    seconds=0.5,
    seed=1,
).signal


def test_csv_has_a_time_column_and_a_header_with_units(tmp_path: Path) -> None:
    path = write_signal(tmp_path / "a.csv", SIGNAL)
    assert path.read_text().splitlines()[0] == "time (s),vibration (m/s2)"
    time_s, samples = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    np.testing.assert_allclose(samples, SIGNAL.samples, rtol=1e-7)
    assert 1 / np.diff(time_s).mean() == pytest.approx(12800, rel=1e-9)


def test_wav_is_float_at_the_rate(tmp_path: Path) -> None:
    rate, samples = wavfile.read(write_signal(tmp_path / "a.wav", SIGNAL))
    assert rate == 12800
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, SIGNAL.samples, rtol=1e-6)


def test_npz_and_mat_hold_samples_rate_and_speed(tmp_path: Path) -> None:
    with np.load(write_signal(tmp_path / "a.npz", SIGNAL), allow_pickle=False) as stored:
        assert np.array_equal(stored["vibration"], SIGNAL.samples)
        assert stored["shaft_rpm"] == 1772.5
    stored = loadmat(write_signal(tmp_path / "a.mat", SIGNAL))
    assert np.array_equal(stored["vibration"][:, 0], SIGNAL.samples)
    assert stored["sample_rate_hz"].item() == 12800


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_sidecar_says_the_rest(tmp_path: Path, suffix: str) -> None:
    path = write_signal(tmp_path / f"pump7{suffix}", SIGNAL)
    said = read_sidecar(path)
    assert said is not None
    assert (said.shaft_rpm, said.sample_rate_hz, said.unit) == (1772.5, 12800, "m/s2")
    assert said.bearing == SIGNAL.bearing


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_written_reads_back(tmp_path: Path, suffix: str) -> None:
    reading = pytest.importorskip("faultlens.signals.read", exc_type=ImportError)
    back = reading.read_signal(write_signal(tmp_path / f"pump7{suffix}", SIGNAL))
    np.testing.assert_allclose(back.samples, SIGNAL.samples, rtol=1e-6, atol=1e-6)
    assert (back.sample_rate_hz, back.shaft_rpm, back.unit) == (12800, 1772.5, "m/s2")
    assert back.bearing == SIGNAL.bearing


def test_no_sidecar_where_none_is_wanted(tmp_path: Path) -> None:
    write_signal(tmp_path / "a.npz", SIGNAL, sidecar=False)
    assert [x.name for x in tmp_path.iterdir()] == ["a.npz"]


def test_a_rate_that_wav_would_falsify_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"A wav file holds whole Hz, and 3.5 Hz is none"):
        write_signal(tmp_path / "a.wav", Signal(np.zeros(10), 3.5))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"'.xls'.*Known: .csv, .mat, .npz, .wav"):
        write_signal(tmp_path / "a.xls", SIGNAL)
