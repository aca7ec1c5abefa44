"""`correct` keeps what a file really shows, beside what the model had said of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.datasets.pictures.registry import open_pictures
from faultlens.datasets.registry import open_dataset
from faultlens.signals.write import write_signal


@pytest.fixture
def plates(tmp_path: Path) -> list[Path]:
    """Three grey pictures."""
    paths = []
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(80, 120, (64, 64), dtype=np.uint8)
        paths.append(tmp_path / f"plate_{seed}.png")
        Image.fromarray(noise).save(paths[-1])
    return paths


def test_the_model_is_asked_and_the_confusion_told(
    run: Any, plates: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    told = run("correct", plates[0], "--label", "scratch", "--corrections", folder, "--by", "anna")
    assert told.code == 0
    assert f"{plates[0]}: scratch, " in told.out
    assert "1 file of 1 label (scratch)" in told.out
    assert f"faultlens tune --train-data {folder}" in told.out
    (record,) = (folder / "records").iterdir()
    said = json.loads(record.read_text())["said"]
    assert said["model"].startswith("builtin/surface@") and said["score"] is not None


def test_results_that_were_kept_say_what_was_said(
    run: Any, plates: list[Path], tmp_path: Path
) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text(
        "".join(
            json.dumps({"file": str(x), "verdict": "crack", "alarm": True, "findings": []}) + "\n"
            for x in plates[:2]
        )
    )
    arguments = ("--label", "scratch", "--corrections", tmp_path / "set", "--said", results)
    told = run("correct", *plates, *arguments, "--json")
    assert told.code == 3 and f"has no result of {plates[2]}" in told.err
    rows = [json.loads(x) for x in told.out.splitlines()]
    assert [(x["label"], x["said"]["verdict"], x["confirms"]) for x in rows] == [
        ("scratch", "crack", False)
    ] * 2
    again = run("correct", plates[0], *arguments)
    assert "It was said already, by" in again.out
    assert "scratch was called crack: 2" in again.out


def test_a_second_label_is_refused_and_named(run: Any, plates: list[Path], tmp_path: Path) -> None:
    of_set = ("--corrections", tmp_path / "set", "--no-ask")
    assert run("correct", *plates[:2], "--label", "scratch", *of_set).code == 0
    told = run("correct", *plates, "--label", "crack", *of_set)
    assert told.code == 3
    assert told.err.count("--replace") == 2 and "was called 'scratch'" in told.err
    assert "3 files of 2 labels (crack, scratch)" in told.out
    assert run("correct", plates[0], "--label", "crack", *of_set, "--replace").code == 0
    assert "taken back" in run("correct", plates[1], "--withdraw", *of_set).out
    assert run("correct", plates[1], "--withdraw", *of_set).code == 3


def test_masks_are_found_by_the_names_of_their_pictures(
    run: Any, plates: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "masks").mkdir()
    for plate in plates[:2]:
        drawn = np.zeros((64, 64), np.uint8)
        drawn[8:16, 8:16] = 255
        Image.fromarray(drawn).save(tmp_path / "masks" / f"{plate.stem}_mask.png")
    told = run("correct", *plates, "--label", "dent", "--mask", tmp_path / "masks", "--no-ask",
               "--corrections", tmp_path / "set")  # fmt: skip
    assert told.code == 3 and "holds 0 masks of plate_2.png" in told.err
    found = open_pictures(tmp_path / "set").pictures
    assert [x.is_localised for x in found] == [True, True]


def test_a_recording_is_corrected_with_its_speed_and_bearing(
    run: Any, signal: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "pump7.csv"
    write_signal(file, signal("outer"))
    file.with_suffix(".toml").unlink(missing_ok=True)
    told = run(
        "correct", file, "--label", "inner race fault", "--corrections", tmp_path / "set",
        "--rpm", 1772, "--bearing", "6205", "--sample-rate", 8000,
    )  # fmt: skip
    assert told.code == 0 and "inner race fault, not outer race fault" in told.out
    (read,) = open_dataset(tmp_path / "set").recordings
    assert (read.label, read.signal.bearing) == ("inner race fault", "6205")
    assert read.attributes["said"] == "outer race fault"


def test_wrong_calls_are_usage_errors(run: Any, plates: list[Path], tmp_path: Path) -> None:
    of_set = ("--corrections", tmp_path / "set")
    assert run("correct", plates[0], *of_set).code == 2
    assert run("correct", plates[0], "--label", "x", "--withdraw", *of_set).code == 2
    told = run("correct", plates[0], "--label", "unknown", "--no-ask", *of_set)
    assert told.code == 2 and "what nobody knows" in told.err
    told = run("correct", plates[0], "--label", "dent", "--rpm", 5, "--no-ask", *of_set)
    assert told.code == 2 and "is a picture, which has no shaft_rpm" in told.err
    (tmp_path / "none.json").write_text("[1]")
    told = run("correct", plates[0], "--label", "x", "--said", tmp_path / "none.json", *of_set)
    assert told.code == 3 and "holds no results" in told.err
