"""A trial has inputs that show ranges, others whose truth is known, and tells a worse model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.evaluation.trials import bearings, pictures, windows
from faultlens.evaluation.trials.bearings import bearing_trial
from faultlens.evaluation.trials.by_kind import trial_of
from faultlens.evaluation.trials.pictures import picture_trial, rendered
from faultlens.evaluation.trials.windows import simulated_windows
from faultlens.images.write import write_image
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.runtimes.loaded import load_model
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal


def test_rendered_pictures_are_told_from_sound_ones_far_better_than_by_chance() -> None:
    model = load_model("builtin/surface")
    trial = picture_trial(model, held_out=18, calibration=3)
    found = trial.figures(model)
    assert found["defect against sound, AUROC"] > 0.75
    assert found["right name against the others, AUROC"] > 0.75
    assert 0.4 < found["accuracy of naming"] <= 1
    assert [x["pixels"].shape for x in trial.calibration["image"]] == [(1, 3, 128, 128)] * 3


def test_calibration_and_held_out_share_no_seed() -> None:
    for room, most in ((pictures, 900), (bearings, 500), (windows, 1000)):
        low, high = sorted((room.HELD_OUT_SEED, room.CALIBRATION_SEED))
        assert high - low > most
    first = rendered(pictures.HELD_OUT_SEED, 3)
    second = rendered(pictures.CALIBRATION_SEED, 3)
    assert first[1] == second[1] == ["no_defect", "crack", "scratch"]
    assert not np.array_equal(first[0][1].pixels, second[0][1].pixels)


def test_simulated_bearings_are_named_far_better_than_by_chance() -> None:
    found = bearing_trial(held_out=20, calibration=2).figures(load_model("builtin/bearing"))
    assert set(found) == {
        f"{reading}: {what}"
        for reading in ("lines", "orders", "waveform")
        for what in ("accuracy", "fault against healthy, AUROC")
    }
    assert found["lines: accuracy"] > 0.4 and found["orders: accuracy"] > 0.4
    assert found["orders: fault against healthy, AUROC"] > 0.7


def test_windows_fit_any_rate_and_length() -> None:
    for size, rate_hz in ((256, 2000.0), (2048, 25600.0)):
        found = simulated_windows(WindowPreparation("waveform", size, rate_hz), 5, 23)
        assert found.shape == (23, 1, size) and found.std(axis=2).min() > 0


def test_the_users_own_files_show_the_ranges(tmp_path: Path) -> None:
    for number in range(2):
        draw = np.random.default_rng(number)
        write_image(tmp_path / f"{number}.png", draw.integers(0, 256, (24, 40), dtype=np.uint8))
        made = simulate(
            ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
            sample_rate_hz=8000, seconds=1.0, seed=number,
        )  # fmt: skip
        write_signal(tmp_path / f"{number}.csv", made.signal)
    seen = trial_of(load_model("builtin/surface"), [tmp_path / "*.png"])
    assert [x["pixels"].shape for x in seen.calibration["image"]] == [(1, 3, 24, 40)] * 2
    assert seen.calibrated_on == "calibrated on 2 pictures of its user's"


def test_recordings_calibrate_what_they_can_be_read_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated: list[int] = []
    whole: Any = bearings._simulated

    def counted(seed: int, count: int) -> Any:
        simulated.append(seed)
        return whole(seed, 2)

    monkeypatch.setattr(bearings, "_simulated", counted)
    made = simulate(
        ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        sample_rate_hz=8000, seconds=1.0, seed=1,
    )  # fmt: skip
    write_signal(tmp_path / "a.csv", made.signal)
    heard = trial_of(load_model("builtin/bearing"), [tmp_path / "a.csv"])
    assert {x: y[0]["x"].shape[0] for x, y in heard.calibration.items()} == {
        "lines": 1, "orders": 1, "waveform": 2,
    }  # fmt: skip
    assert simulated == [bearings.CALIBRATION_SEED]


def test_a_text_tower_is_tried_on_sentences_and_takes_no_files() -> None:
    tower = load_model("builtin/text")
    found = trial_of(tower).figures(tower)
    assert found["bearings: accuracy of naming"] > 0.9
    with pytest.raises(UsageError, match="needs no calibration files"):
        trial_of(tower, ["a.csv"])
