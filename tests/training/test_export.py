"""A checkpoint becomes a bundle that judges as it does, without torch, in the user's own words."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxscript", reason="export needs it: pip install 'faultlens[train]'")

import torch

import faultlens
from faultlens.core.errors import BundleError, UnknownNameError, UnreadableFileError, UsageError
from faultlens.datasets.registry import open_dataset
from faultlens.evaluation.trials.windows import window_trial
from faultlens.inputs.window_preparation import KINDS, WindowPreparation
from faultlens.inputs.windowed import recording_windows
from faultlens.models.checkpoint import BEST, Checkpoint, read_weights, write_checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.runtimes.bundle import Bundle, read_bundle
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.reduced import reduced_bundle
from faultlens.runtimes.window_bundle import window_facts, window_points
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal
from faultlens.training import export as module
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import Experiment, TextSettings
from faultlens.training.export import export_bundle
from faultlens.training.export_card import checkpoint_card
from faultlens.training.held_windows import measured
from faultlens.training.settings import TrainingSettings
from faultlens.training.stage import DataSource
from faultlens.training.zero_shot import open_text_for, train_zero_shot

from ..house.test_torch_stays_in_its_rooms import without_torch

GEOMETRY = BearingGeometry(9, 7.94, 39.04)
RATE_HZ = 8000
OWN = "loose belt"
CLASSES = ("healthy", "inner race fault", OWN)


def machine(label: str, seed: int, *, seconds: float = 3.0, rate_hz: int = RATE_HZ) -> Signal:
    """A simulated bearing; a loose belt slaps twice in a revolution."""
    made = simulate(
        ("inner",) if label == "inner race fault" else (),
        bearing=GEOMETRY, shaft_rpm=1772.0, sample_rate_hz=rate_hz, seconds=seconds, seed=seed,
        snr_db=15.0,
    ).signal  # fmt: skip
    if label != OWN:
        return made
    time = np.arange(len(made.samples)) / rate_hz
    slap = np.sin(2 * np.pi * 700 * time) * (np.sin(2 * np.pi * 59 * time) > 0.9)
    return made.derived(made.samples + 8 * made.samples.std() * slap, "a belt slaps")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of a folder per class, five recordings each."""
    top = tmp_path_factory.mktemp("machines")
    for number, label in enumerate(CLASSES):
        for seed in range(5):
            write_signal(top / label / f"{seed}.wav", machine(label, 10 * number + seed))
    return top


@pytest.fixture(scope="module")
def train(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Checkpoint]:
    """Train on that data set, with whatever a test wants otherwise."""

    def trained(name: str, epochs: int = 12, **changes: Any) -> Checkpoint:
        given: dict[str, Any] = {
            "encoder": "conv1d", "validation": 0.25, "window": 512,
            "training": TrainingSettings(epochs=epochs, batch_size=64, learning_rate=2e-3),
        }  # fmt: skip
        experiment = Experiment(**{**given, **changes})
        read = open_dataset(folder)
        return train_zero_shot(
            read.recordings,
            experiment,
            open_text_for(experiment, read.recordings),
            tmp_path_factory.mktemp("weights") / name,
            source=DataSource(read.name, read.sha256, str(folder)),
            quiet=True,
        )

    return trained


@pytest.fixture(scope="module")
def checkpoint(
    train: Callable[..., Checkpoint], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Checkpoint:
    """Both stages, with an adapter that moves the points a little."""
    first = train("first")
    experiment = Experiment(
        validation=0.25, training=TrainingSettings(epochs=3, batch_size=64, learning_rate=2e-3)
    )
    read = open_dataset(folder)
    made = train_adapter(
        read.recordings, first, experiment, tmp_path_factory.mktemp("weights") / "belts",
        source=DataSource(read.name, read.sha256, str(folder)), quiet=True,
    )  # fmt: skip
    weights = read_weights(made)
    weights["adapter.up.weight"] += 0.01 * torch.ones_like(weights["adapter.up.weight"])
    return write_checkpoint(made.folder, made, best=weights, last=weights)


@pytest.fixture(scope="module")
def bundle(checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return export_bundle(checkpoint, tmp_path_factory.mktemp("bundles") / "belts")


def test_the_bundle_places_windows_and_sentences_where_the_checkpoint_does(
    checkpoint: Checkpoint, bundle: Bundle
) -> None:
    model, trained = load_model(bundle.folder), faultlens.load_model(checkpoint.folder)
    unheard = [machine(label, 90) for label in CLASSES]
    np.testing.assert_allclose(model.encode(unheard), trained.encode(unheard), atol=1e-4)
    said = ["A inner race fault bearing", "spalling on the inner raceway", "外圈剥落"]
    np.testing.assert_allclose(model.encode_text(said), trained.encode_text(said), atol=1e-5)
    # A sentence of a class lies where training put the class.
    classes = window_facts(model).classes
    prompts = [f"A {x} bearing" for x in CLASSES]
    np.testing.assert_allclose(trained.encode_text(prompts), classes, atol=1e-4)
    # The adapter moves the points, and it is in the bundle.
    arrays = recording_windows(
        unheard[1], WindowPreparation.from_dict(checkpoint.preparation)
    ).arrays
    bare = RestoredModel(checkpoint).without_adapter().points(arrays)
    assert np.abs(window_points(model, arrays) - bare).max() > 1e-3


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_in_fewer_bits_windows_keep_their_names(
    bundle: Bundle, tmp_path: Path, precision: str
) -> None:
    source = load_model(bundle.folder)
    trial = window_trial(source, held_out=300, calibration=100)
    made = reduced_bundle(
        source, tmp_path / "small", precision=precision, trial=trial, largest_drop=0.02
    )
    assert made.drops[0].single == 1.0 and made.drops[0].drop <= 0.02


@pytest.mark.parametrize("label", CLASSES)
def test_an_unheard_recording_gets_its_class_from_train_to_diagnose(
    bundle: Bundle, label: str
) -> None:
    result = faultlens.diagnose(machine(label, 91), model=str(bundle.folder))
    assert (result.verdict, result.alarm) == (label, label != "healthy")
    assert sorted(x.label for x in result.findings) == sorted([*CLASSES, "unknown"])
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    assert result.model == bundle.reference
    # Lines stand beside it: speed and bearing are known.
    assert result.view.evidence is not None and result.view.by_windows
    if label == OWN:
        assert result.best.fault == OWN and not result.best.evidence
        assert "Loose belt" in result.sentence and "46 windows" in result.sentence
        assert result.action.startswith("check the machine for it")
    if label == "inner race fault":
        assert result.best.evidence[0].family == "inner"
        assert result.second_opinion is not None and result.second_opinion.agrees


def test_the_users_own_word_can_be_asked_for_alone(bundle: Bundle) -> None:
    result = faultlens.diagnose(
        machine(OWN, 92), model=str(bundle.folder), faults=["Loose Belt"], lang="zh"
    )
    assert result.verdict == "Loose Belt" and result.alarm
    assert {x.label for x in result.findings} == {"Loose Belt", "healthy", "unknown"}
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    other = faultlens.diagnose(
        machine("inner race fault", 92), model=str(bundle.folder), faults=[OWN]
    )
    # What nobody asked for is unknown.
    assert other.verdict == "unknown" and not other.alarm


def test_a_free_sentence_is_understood_and_an_unseen_fault_is_said(bundle: Bundle) -> None:
    heard = machine("inner race fault", 93)
    result = faultlens.diagnose(
        heard, model=str(bundle.folder), faults=["spalling on the inner raceway", "cage fault"]
    )
    assert result.verdict == "spalling on the inner raceway"
    (told,) = [x for x in result.warnings if "was not trained on cage fault" in x]
    assert OWN in told
    with pytest.raises(UnknownNameError, match=f"pump cavitation.*Known: .*{OWN}.*no part of a"):
        faultlens.diagnose(heard, model=str(bundle.folder), faults=["pump cavitation"])


def test_the_threshold_comes_from_healthy_windows_that_training_held_out(
    bundle: Bundle, checkpoint: Checkpoint
) -> None:
    numbers = bundle.calibration["windows"]
    # One of the five healthy recordings of 46 windows.
    assert (numbers["healthy_windows"], numbers["origin"]) == (46, "held out")
    assert numbers["false_alarm_rate"] == pytest.approx(1 / 47)
    assert 0.5 <= numbers["alarm_threshold"] < 1
    result = faultlens.diagnose(machine("healthy", 94), model=str(bundle.folder))
    assert result.threshold == numbers["alarm_threshold"]
    (told,) = [x for x in result.warnings if "threshold" in x]
    assert "46 healthy windows held out of the model's own training" in told
    assert "simulat" not in told
    card = bundle.card
    assert "15 recordings" in card.training_data and checkpoint.reference in card.training_data
    assert card.licence == "as the training data" and "46 healthy windows" in card.limits


def test_without_the_training_data_the_threshold_is_a_default_and_says_so(
    checkpoint: Checkpoint, folder: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    made = export_bundle(checkpoint, tmp_path / "a", train_data=empty, licence="CC0", name="mine")
    numbers = made.calibration["windows"]
    assert (numbers["alarm_threshold"], numbers["false_alarm_rate"]) == (0.5, None)
    assert (made.name, made.card.licence) == ("mine", "CC0")
    assert "default of 0.5, since its training data were not there" in made.card.limits
    result = faultlens.diagnose(machine("healthy", 95), model=str(made.folder))
    assert json.loads(json.dumps(result.to_dict()))["false_alarm_rate"] is None
    # Another recording under the old name is not what was trained on.
    other = tmp_path / "other"
    for label in CLASSES:
        write_signal(other / label / "0.wav", machine(label, 96))
    found = measured(RestoredModel(checkpoint), other)
    assert (found.threshold.origin, found.unknown) == ("no training data", None)


def test_a_model_without_healthy_recordings_says_that_its_alarms_mean_little(
    train: Callable[..., Checkpoint], tmp_path: Path
) -> None:
    text = TextSettings(model="lstm", prompts=("{}",))
    first = train("lstm", epochs=2, text=text, dim=64)
    two = tmp_path / "two"
    for label in CLASSES[1:]:
        for seed in range(2):
            write_signal(two / label / f"{seed}.wav", machine(label, seed))
    read = open_dataset(two)
    experiment = Experiment(window=512, text=text, dim=64, training=TrainingSettings(epochs=2))
    unhealthy = train_zero_shot(
        read.recordings, experiment, open_text_for(experiment, read.recordings),
        tmp_path / "unhealthy", source=DataSource(read.name, read.sha256, str(two)), quiet=True,
    )  # fmt: skip
    made = export_bundle(unhealthy, tmp_path / "made")
    assert made.calibration["windows"]["origin"] == "no healthy class"
    result = faultlens.diagnose(machine(OWN, 97), model=str(made.folder))
    assert next(x.score for x in result.findings if x.label == "healthy") == 0
    assert any("trained without healthy recordings and takes" in x for x in result.warnings)
    # A text model of its own: the bundle is asked by the names of its classes, the checkpoint in
    # words.
    assert made.text is None and "by the names of its classes alone" in made.card.limits
    with pytest.raises(BundleError, match="names no text tower"):
        load_model(made.folder).encode_text(["loose belt"])
    with pytest.raises(UsageError, match=rf"was not trained on cage fault; it tells .*{OWN}"):
        faultlens.diagnose(machine(OWN, 97), model=str(made.folder), faults=["cage fault"])
    rows = faultlens.load_model(first.folder).encode_text([*CLASSES])
    with_first = export_bundle(first, tmp_path / "first")
    points = window_facts(load_model(with_first.folder)).classes
    np.testing.assert_allclose(rows, points, atol=1e-4)


def test_a_profile_of_the_asset_is_made_and_taken(bundle: Bundle, tmp_path: Path) -> None:
    healthy = [machine("healthy", seed) for seed in range(200, 204)]
    profile = faultlens.calibrate(healthy, false_alarms=0.2, model=str(bundle.folder), name="p7")
    assert (profile.model, profile.reading) == (bundle.reference, "windows")
    profile.save(tmp_path / "p7.profile")
    result = faultlens.diagnose(machine(OWN, 98), model=str(bundle.folder), profile=profile)
    assert (result.verdict, result.threshold, result.profile) == (OWN, profile.threshold, "p7")
    assert not [x for x in result.warnings if "threshold comes" in x or "need not hold" in x]
    with pytest.raises(UsageError, match="The profile 'p7' was made with belts@"):
        faultlens.diagnose(machine(OWN, 98), profile=profile)


def test_a_process_without_torch_diagnoses_and_calibrates(bundle: Bundle, tmp_path: Path) -> None:
    for label in ("healthy", OWN):
        write_signal(tmp_path / f"{label[:5]}.csv", machine(label, 99))
    model = str(bundle.folder)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = without_torch(tmp_path, *arguments, "--model", model)
        assert done.returncode == 0, done.stderr
        return done

    told = json.loads(run("diagnose", "loose.csv", "--faults", OWN, "--json").stdout)
    assert (told["verdict"], told["alarm"]) == (OWN, True)
    assert sum(x["score"] for x in told["findings"]) == pytest.approx(1, abs=1e-5)
    run("calibrate", "healt.csv", "--out", "p7.profile", "--false-alarms", "0.5")
    run("diagnose", "loose.csv", "--profile", "p7.profile", "--out", "pictures", "--lang", "zh")
    assert (tmp_path / "pictures" / "loose.png").is_file()
    page = (tmp_path / "pictures" / "report.html").read_text(encoding="utf-8")
    assert OWN in page


def test_the_verb_writes_a_bundle_and_a_checkpoint_names_the_verb(
    checkpoint: Checkpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from typer.testing import CliRunner

    from faultlens.cli.main import app

    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["export", str(checkpoint.folder), "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert read_bundle(told["bundle"]).reference == told["model"]
    assert (told["bundle"], told["asked_in_words"]) == (str(Path("bundles") / "belts"), True)
    with pytest.raises(UsageError, match=r"is exported before it judges: faultlens export .*belts"):
        faultlens.diagnose(machine(OWN, 1), model=str(checkpoint.folder))


def test_the_verb_makes_a_checkpoint_small_and_measures_it_on_what_was_held_out(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from faultlens.cli.main import app

    monkeypatch.chdir(tmp_path)
    wanted = ["--precision", "int8", "--largest-drop", "2", "--json"]
    run = CliRunner().invoke(app, ["export", str(checkpoint.folder), *wanted])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    (accuracy,) = told["figures"]
    assert accuracy["single"] > 0.8 and accuracy["reduced"] > accuracy["single"] - 0.02
    made = read_bundle(told["bundle"])
    assert told["source"] == checkpoint.reference
    assert "windows that its training held out" in made.card.results[0].what
    assert "windows that it learned from" in made.card.results[1].what
    assert faultlens.diagnose(machine(OWN, 91), model=str(made.folder)).verdict == OWN


def test_a_damaged_bundle_and_a_damaged_checkpoint_are_refused(
    checkpoint: Checkpoint, bundle: Bundle, tmp_path: Path
) -> None:
    broken = copytree(bundle.folder, tmp_path / "broken")
    points = broken / "prototypes.npz"
    points.write_bytes(points.read_bytes()[:-1])
    with pytest.raises(BundleError, match=r"prototypes.npz' is not the one that was written"):
        faultlens.diagnose(machine(OWN, 1), model=str(broken))
    copy = copytree(checkpoint.folder, tmp_path / "copy")
    (copy / BEST).write_bytes(b"nothing")
    with pytest.raises(BundleError, match="is damaged"):
        faultlens.load_model(copy)


def test_figures_of_another_model_do_not_go_onto_the_card(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    record = {
        "accuracy": 0.9, "intervals": {"accuracy": [0.8, 0.95]}, "protocol": "condition-disjoint",
        "windows": 40, "data": {"name": "pumps"}, "f1": {"macro": 0.85},
        "model": {"name": "belts", "sha256": checkpoint.files[BEST]},
    }  # fmt: skip
    (tmp_path / "metrics.json").write_text(json.dumps(record), encoding="utf-8")
    card = checkpoint_card(checkpoint, evaluation=tmp_path)
    figures = {x.what: x.value for x in card.results}
    assert figures["accuracy on pumps, protocol condition-disjoint, 40 windows"] == (
        "0.900 [0.800, 0.950]"
    )
    record["model"] = {"name": "another", "sha256": "0" * 64}
    (tmp_path / "metrics.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UsageError, match="tells of another, not of belts@"):
        checkpoint_card(checkpoint, evaluation=tmp_path)
    with pytest.raises(UnreadableFileError, match="is no evaluation"):
        checkpoint_card(checkpoint, evaluation=tmp_path / "nothing")


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize(("window", "rate_hz"), [(24000, 12000.0), (4096, 5120.0), (1024, 48000.0)])
def test_every_kind_of_array_can_be_made_of_noise_to_hold_the_export_against(
    kind: str, window: int, rate_hz: float
) -> None:
    arrays = module._noise(WindowPreparation(kind, window, rate_hz), 3)
    assert len(arrays) == 3 and bool(torch.isfinite(arrays).all())


def test_encoding_needs_recordings_and_sentences(checkpoint: Checkpoint) -> None:
    model = faultlens.load_model(checkpoint.folder)
    one = machine("healthy", 3)
    rows = model.encode(one)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1.0], atol=1e-6)
    assert (model.reference, model.kind) == (checkpoint.reference, "vibration")
    assert "15 recordings" in model.card.training_data
    with pytest.raises(UsageError, match="No recording to encode"):
        model.encode([])
    with pytest.raises(UsageError, match="A recording is a Signal, not a ndarray"):
        model.encode([one.samples])  # type: ignore[list-item]
    with pytest.raises(UsageError):
        model.encode_text([])
