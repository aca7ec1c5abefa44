"""The floors find what a spectrum or a bearing's lines tell, and say why where they cannot."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import LabelledWindows, cut_windows
from faultlens.evaluation import floors
from faultlens.evaluation.floors import band_powers, linear_floor, training_free_floor
from faultlens.evaluation.predictions import Predictions, predictions_of
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

BEARING = BearingGeometry(9, 7.94, 39.04)
NAMES = {"inner": "inner race fault", "outer": "outer race fault"}


def tones(seed: int, gain: float = 1.0, condition: str = "20 Hz") -> LabelledWindows:
    """Two classes, told apart by where in the spectrum they are loud."""
    rng = np.random.default_rng(seed)
    time = np.arange(2560)
    recordings = []
    for label, frequency in (("low", 0.05), ("high", 0.3)):
        samples = gain * (np.sin(2 * np.pi * frequency * time) + rng.normal(size=2560)) + 3
        key = f"{label} {condition} {seed}"
        signal = Signal(samples, sample_rate_hz=2560)
        recordings.append(LabelledRecording("rig", key, label, signal, condition=condition))
    return cut_windows(recordings, window=256)


def unanswered(windows: LabelledWindows, classes: tuple[str, ...] = ()) -> Predictions:
    classes = classes or windows.classes
    flat = np.full((len(windows.samples), len(classes)), 1 / len(classes))
    return predictions_of(windows, classes, flat)


def right(answer: Predictions | Notice) -> float:
    assert isinstance(answer, Predictions)
    return float(answer.right.mean())


def test_bands_do_not_see_the_mean_nor_the_scale() -> None:
    samples = np.random.default_rng(0).normal(size=(3, 256))
    assert band_powers(4 * samples - 7) == pytest.approx(band_powers(samples))
    assert np.exp(band_powers(samples)).sum(axis=1) == pytest.approx(np.ones(3))
    assert np.isfinite(band_powers(np.zeros((1, 256)))).all()
    assert band_powers(np.ones((1, 20)), bands=64).shape == (1, 64)


def test_the_linear_floor_tells_spectra_apart_whatever_their_scale() -> None:
    pytest.importorskip("sklearn")
    test = tones(1, gain=20.0, condition="30 Hz")
    for adapted in (False, True):
        answer = linear_floor(tones(0), test, unanswered(test), adapted=adapted)
        assert right(answer) > 0.9


def test_a_class_without_a_training_window_gets_no_score() -> None:
    pytest.importorskip("sklearn")
    test = tones(1)
    answer = linear_floor(tones(0), test, unanswered(test, ("low", "other", "high")))
    assert isinstance(answer, Predictions)
    assert (answer.scores[:, 1] == 0).all() and answer.scores.sum(axis=1) == pytest.approx(1)
    only = tones(0)
    told = linear_floor(only.take(range(10)), test, unanswered(test))
    assert isinstance(told, Notice) and "fewer than two classes" in told.en


def test_windows_that_do_not_fit_are_refused() -> None:
    test = tones(1)
    shorter = cut_windows(test.recordings, window=128)
    with pytest.raises(UsageError, match="256 samples at 2560 Hz and test windows of 128"):
        linear_floor(tones(0), shorter, unanswered(shorter))
    with pytest.raises(UsageError, match="40 windows of the test and 20 answers"):
        linear_floor(tones(0), shorter, unanswered(test))


def test_without_scikit_learn_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str, *, extra: str) -> None:
        raise MissingPackageError(f"Install it with: pip install 'faultlens[{extra}]'")

    monkeypatch.setattr(floors, "optional_import", missing)
    told = linear_floor(tones(0), tones(1), unanswered(tones(1)))
    assert isinstance(told, Notice)
    assert "faultlens[train]" in told.en and "faultlens[train]" in told.zh


@pytest.fixture(scope="module")
def simulated() -> LabelledWindows:
    """Two windows of an inner and an outer race fault, loud and clear."""
    recordings = []
    for family, label in NAMES.items():
        made = simulate((family,), bearing=BEARING, shaft_rpm=1772, sample_rate_hz=12000,
                        seconds=4.0, seed=3, snr_db=10.0)  # fmt: skip
        recordings.append(LabelledRecording("simulator", family, label, made.signal))
    return cut_windows(recordings, window=24000)


def test_the_rule_names_simulated_faults(simulated: LabelledWindows) -> None:
    answer = training_free_floor(simulated, unanswered(simulated), quiet=True)
    assert right(answer) == 1.0
    assert isinstance(answer, Predictions) and answer.scores.sum(axis=1) == pytest.approx(1)


def test_the_rule_says_what_it_lacks(simulated: LabelledWindows) -> None:
    def told(windows: LabelledWindows, classes: tuple[str, ...] = ()) -> str:
        answer = training_free_floor(windows, unanswered(windows, classes), quiet=True)
        assert isinstance(answer, Notice)
        return answer.en

    assert "2 of 2 lack them" in told(tones(0))
    assert "has no class for knocking" in told(simulated, (*NAMES.values(), "knocking"))
    short = cut_windows(simulated.recordings, window=1024)
    assert "A window holds 2.5 shaft revolutions" in told(short)
    constant = replace(simulated, samples=np.zeros_like(simulated.samples))
    assert "cannot read window 0" in told(constant)


def test_across_conditions_the_linear_floor_is_no_straw_man(shared_data: Path) -> None:
    pytest.importorskip("sklearn")
    from faultlens.datasets.registry import open_dataset
    from faultlens.datasets.selection import where

    recordings = open_dataset(shared_data / "bearingset").recordings
    slow, fast = (
        cut_windows(where(recordings, {"condition": x})) for x in ("20 Hz 0 V", "30 Hz 2 V")
    )
    # 77.4 and 77.6 are what our requirements state of such a floor.
    assert right(linear_floor(slow, fast, unanswered(fast))) > 0.77
    assert right(linear_floor(fast, slow, unanswered(slow))) > 0.77
    assert right(linear_floor(slow, fast, unanswered(fast), adapted=True)) > 0.89
    assert right(linear_floor(fast, slow, unanswered(slow), adapted=True)) > 0.77
