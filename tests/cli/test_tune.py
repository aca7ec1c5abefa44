"""`faultlens tune` writes a model that diagnose and calibrate take, and says whether it helps."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal

HUM = {"outer race": 10, "inner race": 30}
"""Band in which each fault hums: all that tells it."""


def recorded(folder: Path, label: str, seed: int, **known: Any) -> Path:
    rng = np.random.default_rng(seed)
    hum = 2 * np.sin(np.pi * (HUM.get(label, 50) + 0.5) / 64 * np.arange(20000))
    facts = {"shaft_rpm": 1500.0, "bearing": "6205", **known}
    samples = hum + rng.normal(size=20000)
    return write_signal(folder / label / f"{seed}.npz", Signal(samples, 5000.0, **facts))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder per class, three recordings in each, with sidecars."""
    for label in HUM:
        for seed in range(3):
            recorded(tmp_path / "data", label, seed)
    return tmp_path / "data"


def test_a_tuned_model_is_taken_by_diagnose_and_calibrate(
    run: Any, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "fan"
    said = run("tune", "--train-data", folder, "--out", out, "--json", "--quiet")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["classes"] == ["outer race fault", "inner race fault"]
    assert (told["windows"], told["recordings"], told["left_out"]) == (12, 6, "recordings")
    assert told["helps"] and told["balanced_accuracy_after"] == 1.0
    fresh = recorded(tmp_path / "fresh", "inner race", 9)
    said = run("diagnose", fresh, "--model", out, "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["model"] == told["model"]
    scores = {x["label"]: x["score"] for x in found["findings"]}
    assert scores["inner race fault"] > scores["outer race fault"]
    profile = tmp_path / "fan.profile"
    healthy = [recorded(tmp_path / "healthy", "quiet", seed) for seed in range(3)]
    assert run("calibrate", *healthy, "--model", out, "--out", profile).code == 0
    assert json.loads(profile.read_text(encoding="utf-8"))["model"] == told["model"]
    assert run("diagnose", fresh, "--model", out, "--profile", profile, "--quiet").code == 0


def test_what_was_done_is_said_in_words(run: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "fan"
    said = run("tune", "--train-data", folder, "--shots", 2, "--seed", 1, "--out", out)
    assert said.code == 0, said.err
    assert "tuned on 4 windows of 4 recordings to tell outer race fault, inner race" in said.out
    assert "With recordings left out in turn: balanced accuracy 1.000" in said.out
    assert f"faultlens diagnose FILES --model {out}" in said.out
    again = run("tune", "--train-data", folder, "--out", out, "--quiet")
    assert (again.code, again.out) == (0, "")
    shown = run("models", out)
    assert "labelled windows" in " ".join(shown.out.split())


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "builtin/physics"), 2, "cannot be tuned: it is a rule"),
        (("--model", "builtin/nothing"), 2, "Unknown model"),
        (("--shots", 9), 2, "has 6 windows of 2 s in 3 recordings; 9 per class"),
        (("--where", "label=inner race fault"), 2, "all 3 are 'inner race fault'"),
        (("--where", "label"), 2, "write field=value"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run: Any, folder: Path, tmp_path: Path, options: tuple[Any, ...], code: int, words: str
) -> None:
    out = tmp_path / "fan"
    said = run("tune", "--train-data", folder, "--out", out, *options)
    assert (said.code, said.out) == (code, "")
    assert words in said.err and not out.exists()


def test_recordings_of_two_rates_or_without_a_bearing_are_refused(
    run: Any, folder: Path, tmp_path: Path
) -> None:
    bare = recorded(folder, "inner race", 7, bearing=None)
    said = run("tune", "--train-data", folder, "--out", tmp_path / "x")
    assert said.code == 3 and "bearing is not stated" in said.err and "7.npz" in said.err
    for file in bare.parent.glob("7.*"):
        file.unlink()
    noise = np.random.default_rng(0).normal(size=30000)
    odd = Signal(noise, 8000.0, shaft_rpm=1500.0, bearing="6205")
    write_signal(folder / "inner race" / "8.npz", odd)
    said = run("tune", "--train-data", folder, "--out", tmp_path / "x")
    assert said.code == 2 and "Mixed sampling rates: 5000 Hz (6), 8000 Hz (1)" in said.err


def test_a_folder_that_is_not_there_is_said(run: Any, tmp_path: Path) -> None:
    said = run("tune", "--train-data", tmp_path / "none")
    assert said.code == 2 and "There is no" in said.err and "--train-data" in said.err


@pytest.mark.parametrize("way", ["--train-data", "--render"])
def test_an_occupied_folder_is_refused_before_anything_is_read(
    run: Any, tmp_path: Path, way: str
) -> None:
    out = tmp_path / "notes"
    out.mkdir()
    (out / "of mine.txt").write_text("keep me")
    # There is nothing to learn from: the folder is refused before that is found out.
    said = run("tune", way, tmp_path / "nowhere", "--out", out)
    assert said.code == 2
    assert "notes' holds more than a bundle" in said.err and "nowhere" not in said.err
    assert (out / "of mine.txt").read_text() == "keep me"
