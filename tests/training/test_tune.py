"""Tuning tells the faults of a machine whose lines are silent, and says where it helps nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import (
    MissingMetadataError,
    UnknownNameError,
    UnusableSignalError,
    UsageError,
)
from faultlens.datasets.labelled import LabelledRecording
from faultlens.inference.diagnose import diagnose
from faultlens.models.training_free import HEALTHY
from faultlens.runtimes.bundle import read_bundle
from faultlens.runtimes.judges import judge_named
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.settings import Background, SimulationSettings
from faultlens.signals.simulator.simulate import simulate
from faultlens.text.knowledge import load_faults
from faultlens.training.shots import picked, tunable
from faultlens.training.tune import RECORDINGS, TUNED_ON, WINDOWS, tune

BEARING = BearingGeometry(9, 7.94, 39.04)
OTHER = BearingGeometry(8, 6.75, 28.5)
HUM = {"outer race fault": 0.1, "inner race fault": 0.2, "rolling element fault": 0.3}
"""Where the noise of each fault is loudest, share of the rate: all that tells it there."""

FAMILY = {"outer race fault": "outer", "inner race fault": "inner", "rolling element fault": "ball"}


def made(
    label: str,
    seed: int,
    *,
    loud: bool = False,
    machine: str = "fan",
    bearing: BearingGeometry = BEARING,
    seconds: float = 4.0,
    hum: float | None = None,
) -> LabelledRecording:
    """No line, and noise coloured by the fault; or loud lines in white noise."""
    poles = () if loud or label == "healthy" else ((0.85, hum or HUM[label]),)
    signal = simulate(
        (FAMILY[label],) if loud else (), bearing=bearing, shaft_rpm=1772, sample_rate_hz=8000,
        seconds=seconds, seed=seed, snr_db=15.0,
        settings=SimulationSettings(background=Background(noise_poles=poles)),
    ).signal  # fmt: skip
    return LabelledRecording(machine, f"{machine}/{label}/{seed}/{loud}", label, signal)


def machine(count: int = 3, labels: Sequence[str] = tuple(HUM)) -> list[LabelledRecording]:
    return [made(label, 10 * i + seed) for i, label in enumerate(labels) for seed in range(count)]


@pytest.fixture(scope="module")
def quiet_machine() -> list[LabelledRecording]:
    return machine()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, quiet_machine: list[LabelledRecording]) -> str:
    folder = tmp_path_factory.mktemp("tuned") / "fan 7"
    tune(quiet_machine, folder, dataset="our fan", terms="ours")
    return str(folder)


def best(judge: str, recording: LabelledRecording) -> str:
    asked = [x for x in load_faults() if x.names.en in HUM]
    found = judge_named(judge)
    odds = found.judge(found.prepare(recording.signal), asked).odds
    return max(asked, key=lambda x: odds[x.families]).names.en


def test_faults_without_lines_are_told_after_tuning_and_not_before(bundle: str) -> None:
    fresh = [made(label, 50 + i) for i, label in enumerate(HUM)]
    assert [best(bundle, x) for x in fresh] == list(HUM)
    assert [best("builtin/bearing", x) for x in fresh] != list(HUM)


def test_loud_lines_of_another_bearing_stay_with_the_base(bundle: str) -> None:
    for i, label in enumerate(("outer race fault", "inner race fault")):
        loud = made(label, 70 + i, loud=True, machine="pump", bearing=OTHER)
        assert best(bundle, loud) == best("builtin/bearing", loud) == label


def test_leaving_recordings_out_in_turn_says_that_it_helps(
    quiet_machine: list[LabelledRecording], tmp_path: Path
) -> None:
    _, on = tune(quiet_machine, tmp_path / "x")
    assert (on.left_out, on.windows, on.recordings) == (RECORDINGS, 18, 9)
    assert on.after > 0.9 > on.before + 0.2
    assert on.helps and on.difference.value == pytest.approx(on.after - on.before)
    assert on.notices == ()


def test_where_it_helps_nothing_that_is_said(tmp_path: Path) -> None:
    loud = [
        made(label, 10 * i + seed, loud=True)
        for i, label in enumerate(("outer race fault", "inner race fault"))
        for seed in range(3)
    ]
    made_bundle, on = tune(loud, tmp_path / "x")
    assert on.before == 1.0 and not on.helps
    assert "no better than builtin/bearing beyond the interval" in on.notices[0].en
    assert "no better than builtin/bearing" in made_bundle.card.limits


def test_labels_that_mean_nothing_are_not_learned(tmp_path: Path) -> None:
    """All recordings come from one machine state; the labels are dealt out at random."""
    dealt = ["outer race fault", "inner race fault"] * 4
    same = [replace(made("rolling element fault", i), label=x) for i, x in enumerate(dealt)]
    _, on = tune(same, tmp_path / "x")
    assert on.after < 0.8 and not on.helps
    assert on.sharpness < 1


def test_what_a_recording_has_of_its_own_does_not_count_as_told(tmp_path: Path) -> None:
    """Each hums where no other does: one window tells the next, and no other recording."""
    given = [
        made(label, 10 * i + seed, hum=0.08 + 0.08 * (2 * seed + i), seconds=8.0)
        for i, label in enumerate(("outer race fault", "inner race fault"))
        for seed in range(2)
    ]
    _, on = tune(given, tmp_path / "x")
    assert on.left_out == RECORDINGS
    assert on.after < 0.5 and not on.helps


def test_the_bundle_says_what_it_was_tuned_on(
    bundle: str, quiet_machine: list[LabelledRecording]
) -> None:
    read = read_bundle(bundle)
    assert read.name == "fan 7"
    told = json.loads(read.path(TUNED_ON).read_text(encoding="utf-8"))
    assert [x["sha256"] for x in told["recordings"]] == [x.sha256 for x in quiet_machine]
    assert {x["label"] for x in told["recordings"]} == set(HUM)
    card = read.card
    assert "18 labelled windows of 2 s from 9 recordings of fan, at 8000 Hz" in card.training_data
    assert "each recording left out in turn" in card.results[0].what
    assert "no healthy window was learned from" in card.limits
    base, data = card.sources[:2]
    assert base.name.startswith("builtin/bearing@")
    assert (data.name, data.licence) == ("our fan", "ours") and data.sha256 in card.training_data


def test_the_same_recordings_and_seed_give_the_same_model(
    quiet_machine: list[LabelledRecording], tmp_path: Path
) -> None:
    one, two, other = (
        tune(quiet_machine, tmp_path / str(i), shots=2, seed=seed, name="x")[0]
        for i, seed in enumerate((3, 3, 4))
    )
    assert one.sha256 == two.sha256 != other.sha256


def test_diagnose_takes_the_bundle(bundle: str) -> None:
    found = diagnose(made("inner race fault", 90).signal, model=bundle)
    faults = [x for x in found.findings if x.is_fault]
    assert faults[0].label == "inner race fault"
    assert found.model.startswith("fan 7@")
    bare = replace(made("inner race fault", 90).signal, shaft_rpm=None)
    assert any("base model judged alone" in x for x in diagnose(bare, model=bundle).warnings)


def test_healthy_windows_make_the_model_tell_healthy(tmp_path: Path) -> None:
    given = machine(2, ("outer race fault",)) + [made("healthy", 40 + i) for i in range(2)]
    written, on = tune(given, tmp_path / "x")
    assert on.classes == ("healthy", "outer race fault")
    judge = judge_named(str(written.folder))
    told = {}
    for label in ("healthy", "outer race fault"):
        ready = judge.prepare(made(label, 60).signal)
        told[label] = judge.judge(ready, load_faults())
    assert told["healthy"].odds[HEALTHY] > told["outer race fault"].odds[HEALTHY]
    assert told["healthy"].false_alarm_rate is None
    assert "alarm threshold of the base holds no rate any more" in written.card.limits


def test_shots_come_from_as_many_recordings_as_there_are(
    quiet_machine: list[LabelledRecording], tmp_path: Path
) -> None:
    given = tunable(quiet_machine, "builtin/bearing")
    for shots in (2, 3):
        picks = picked(given, shots, np.random.default_rng(0))
        assert len(picks) == 3 * shots and all(len(x) == 1 for _, x in picks)
    picks = picked(given, 5, np.random.default_rng(0))
    assert sum(len(x) for _, x in picks) == 15 and len(picks) == 9
    assert all(len(set(x)) == len(x) for _, x in picks)
    _, on = tune(quiet_machine, tmp_path / "x", shots=5)
    assert "The 5 windows per class come from fewer recordings" in on.notices[-1].en


def test_with_one_recording_of_a_class_windows_are_left_out_and_that_flatters(
    tmp_path: Path,
) -> None:
    given = [made("outer race fault", 1), *machine(2, ("inner race fault",))]
    _, on = tune(given, tmp_path / "x")
    assert on.left_out == WINDOWS
    (flatters,) = [x.en for x in on.notices if "flatter" in x.en]
    assert "one recording only of outer race fault" in flatters


def only(label: str, count: int = 2) -> list[LabelledRecording]:
    return machine(count, (label,))


def test_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"two or more; all 2 are 'outer race fault'"):
        tune(only("outer race fault"), tmp_path / "x")
    with pytest.raises(UsageError, match=r"two or more; there are none"):
        tune([], tmp_path / "x")


def test_a_class_that_the_base_does_not_tell_is_refused(tmp_path: Path) -> None:
    given = only("outer race fault")
    given += [replace(x, label="loose belt") for x in only("inner race fault")]
    with pytest.raises(UnknownNameError, match=r"'loose belt'.*outer and inner.*train one for"):
        tune(given, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"bearing": None}, MissingMetadataError, r"bearing is not stated.*sidecar"),
        ({"shaft_rpm": None}, MissingMetadataError, r"shaft speed is not stated.*sidecar"),
        ({"sample_rate_hz": 7000.0}, UsageError, r"7000 Hz \(1\), 8000 Hz \(3\) \(recordings\)"),
        ({"samples": np.ones(12000)}, UnusableSignalError, r"inner race fault/.* lasts 1\.5 s"),
        ({"samples": np.ones(32000)}, UnusableSignalError, r"inner race fault/.*"),
    ],
)
def test_a_recording_that_cannot_be_used_is_named(
    tmp_path: Path, changes: dict[str, object], error: type[Exception], words: str
) -> None:
    given = only("outer race fault") + only("inner race fault")
    given[-1] = replace(given[-1], signal=replace(given[-1].signal, **changes))  # type: ignore[arg-type]
    with pytest.raises(error, match=words):
        tune(given, tmp_path / "x")


@pytest.mark.parametrize(
    ("shots", "words"),
    [(7, r"has 6 windows of 2 s in 3 recordings; 7 per class"), (1, r"give 2 or more")],
)
def test_more_shots_than_there_are_windows_are_refused(
    quiet_machine: list[LabelledRecording], tmp_path: Path, shots: int, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        tune(quiet_machine, tmp_path / "x", shots=shots)


def test_what_cannot_be_tuned_is_refused_by_name(
    bundle: str, quiet_machine: list[LabelledRecording], tmp_path: Path
) -> None:
    for model, words in (
        ("builtin/physics", r"builtin/physics@.* cannot be tuned: it is a rule"),
        (bundle, r"fan 7@.* cannot be tuned: it was tuned already"),
    ):
        with pytest.raises(UsageError, match=words):
            tune(quiet_machine, tmp_path / "x", model=model)
    checkpoint = tmp_path / "zero_shot_model"
    checkpoint.mkdir()
    (checkpoint / "model.safetensors").write_bytes(b"")
    with pytest.raises(UsageError, match=r"is a checkpoint with classes of its own and cannot be"):
        tune(quiet_machine, tmp_path / "x", model=str(checkpoint))


def test_a_folder_that_holds_something_else_is_left_alone(
    quiet_machine: list[LabelledRecording], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds more than a bundle"):
        tune(quiet_machine, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
