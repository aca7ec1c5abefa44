"""A name gives its judge; it judges by what is known, and what is damaged is refused."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import BundleError, MissingMetadataError, UnknownNameError, UsageError
from faultlens.inputs.vibration import VibrationInput, prepare_vibration
from faultlens.models import shipped
from faultlens.models.training_free import CLASSES, HEALTHY, UNKNOWN, judge
from faultlens.runtimes.judges import PROTOTYPES, judge_named, log_odds
from faultlens.runtimes.loaded import builtin_folders
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.text.knowledge import fault, load_faults

BEARING = builtin_folders()["builtin/bearing"]
Copy = Callable[..., str]


def recorded(*families: str, seed: int = 1) -> Signal:
    return simulate(
        families, bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772, sample_rate_hz=12000,
        seconds=4.0, seed=seed, snr_db=10.0,
    ).signal  # fmt: skip


@pytest.fixture(scope="module")
def outer() -> VibrationInput:
    return prepare_vibration(recorded("outer"))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the learned model, its manifest changed by hand."""

    def made(**fields: object) -> str:
        folder = tmp_path / "model"
        shutil.copytree(BEARING, folder)
        file = folder / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
        return str(folder)

    return made


@pytest.mark.parametrize("model", ["builtin/bearing", "builtin/physics"])
def test_probabilities_sum_to_one_and_name_the_fault(model: str, outer: VibrationInput) -> None:
    judgement = judge_named(model).judge(outer, load_faults())
    assert sum(judgement.odds.values()) == pytest.approx(1)
    assert max(judgement.odds, key=judgement.odds.__getitem__) == ("outer",)
    assert judgement.looks_faulty
    assert judgement.fault_probability == pytest.approx(
        1 - judgement.odds[HEALTHY] - judgement.odds[UNKNOWN]
    )
    assert 0.5 < judgement.alarm_threshold < 1
    assert 0 < judgement.false_alarm_rate <= 0.05


def test_a_sound_machine_does_not_look_faulty() -> None:
    ready = prepare_vibration(recorded())
    for model in ("builtin/bearing", "builtin/physics"):
        judgement = judge_named(model).judge(ready, load_faults())
        assert max(judgement.odds, key=judgement.odds.__getitem__) == HEALTHY
        assert not judgement.looks_faulty


def test_the_learned_model_judges_by_whatever_is_known() -> None:
    signal, learned = recorded("outer"), judge_named("builtin/bearing")
    for known in (signal, replace(signal, bearing=None), replace(signal, shaft_rpm=None)):
        judgement = learned.judge(prepare_vibration(known), load_faults())
        assert sum(judgement.odds.values()) == pytest.approx(1)
        assert judgement.odds[HEALTHY] < 0.1


def test_only_what_is_asked_for_has_a_probability(outer: VibrationInput) -> None:
    for model in ("builtin/bearing", "builtin/physics"):
        odds = judge_named(model).judge(outer, [fault("cage"), fault("healthy")]).odds
        assert set(odds) == {("cage",), HEALTHY, UNKNOWN}
        assert odds[UNKNOWN] > 0.5  # the outer race fault that nobody asked for


def test_the_rule_is_the_training_free_judge_word_for_word(outer: VibrationInput) -> None:
    assert outer.evidence is not None
    by_name = judge_named("builtin/physics").judge(outer, load_faults())
    assert by_name.odds == judge(outer.evidence, load_faults())
    assert by_name.alarm_threshold == shipped.load_calibration().alarm_threshold


def test_the_rule_says_what_it_lacks() -> None:
    rule = judge_named("builtin/physics")
    unnamed = prepare_vibration(replace(recorded(), bearing=None))
    with pytest.raises(MissingMetadataError, match=r"needs the bearing .*builtin/bearing judge"):
        rule.judge(unnamed, load_faults())
    still = prepare_vibration(replace(recorded(), shaft_rpm=None, bearing=None))
    with pytest.raises(MissingMetadataError, match=r"the shaft speed .*--rpm\) and the bearing"):
        rule.judge(still, load_faults())


def test_lines_of_a_geometry_that_nobody_stated_make_nothing_ambiguous(
    outer: VibrationInput,
) -> None:
    learned = judge_named("builtin/bearing")
    unnamed = prepare_vibration(replace(recorded("outer"), bearing=None))
    assert unnamed.evidence is not None and outer.evidence is not None
    doubtful = replace(unnamed, evidence=replace(unnamed.evidence, ambiguities=("outer",)))
    assert learned.judge(doubtful, load_faults()) == learned.judge(unnamed, load_faults())
    stated = replace(outer, evidence=replace(outer.evidence, ambiguities=("outer",)))
    assert learned.judge(stated, load_faults()).odds[UNKNOWN] > 0.4


def test_log_odds_are_scaled_cosines() -> None:
    points = np.zeros((1, 16), dtype=np.float32)
    points[0, [1, 2, 5]] = 0.6, 0.8, 0.5
    prototypes = np.eye(len(CLASSES), 16, dtype=np.float32)
    (odds,) = log_odds(points, prototypes, {"scale": 5.0, "compound": -1.0, "types": 1.0})
    # Two faults at once are rarer in machines than among the examples.
    assert odds == pytest.approx(np.array([0, 3, 4, 0, 0, 1.5, -1, -1, 0]))


def test_a_judge_is_found_by_name_hash_and_folder(copy: Copy, outer: VibrationInput) -> None:
    learned = judge_named("builtin/bearing")
    assert judge_named(learned.reference).reference == learned.reference
    assert judge_named(shipped.reference()).reference == shipped.reference()
    from_folder = judge_named(copy())
    assert from_folder.reference == learned.reference
    assert from_folder.judge(outer, load_faults()) == learned.judge(outer, load_faults())


@pytest.mark.parametrize(
    ("model", "error", "words"),
    [
        ("builtin/physic", UnknownNameError, r"model 'builtin/physic'. Nearest: builtin/physics"),
        ("pump", UnknownNameError, r"Known: builtin/bearing, builtin/physics. The folder of a"),
        ("builtin/physics@000000000000", BundleError, r"was asked for; this installation has bu"),
        ("builtin/bearing@000000000000", BundleError, r"was asked for; this installation has bu"),
        ("builtin/text", UsageError, r"builtin/text@.* takes text; give a model of vibration"),
    ],
)
def test_what_judges_no_vibration_is_said(model: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        judge_named(model)


def test_a_model_of_other_classes_is_refused(copy: Copy) -> None:
    with pytest.raises(BundleError, match=r"tells inner, healthy; this faultlens judges by heal"):
        judge_named(copy(classes=["inner", "healthy"]))


def test_a_model_that_does_not_say_how_it_was_calibrated_is_refused(
    copy: Copy, outer: VibrationInput
) -> None:
    model = judge_named(copy(calibration={"lines": {"scale": 10.0}}))
    with pytest.raises(BundleError, match=r"how recordings read by lines are calibrated"):
        model.judge(outer, load_faults())


def test_a_damaged_file_is_refused_by_its_name(copy: Copy) -> None:
    folder = copy()
    with (Path(folder) / PROTOTYPES).open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(BundleError, match=PROTOTYPES):
        judge_named(folder)


def test_there_is_one_point_of_unit_length_per_class() -> None:
    learned = judge_named("builtin/bearing")
    points = learned.prototypes  # type: ignore[attr-defined]
    assert points.shape == (len(CLASSES), 256)
    assert np.linalg.norm(points, axis=1) == pytest.approx(1, abs=1e-3)
