"""The bearing model is made from a recipe: simulated, trained, calibrated, written whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.evaluation.trials.machines import WHEEL, draw_example
from faultlens.evaluation.trials.simulated_set import simulated_set
from faultlens.inputs.vibration import LINES, ORDERS, WAVEFORM, prepare_vibration
from faultlens.models.training_free import CLASSES, HEALTHY, UNKNOWN
from faultlens.runtimes.bundle import Bundle, read_bundle
from faultlens.runtimes.judges import judge_named
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.text.knowledge import load_faults
from making import bearing, sentences
from making.bearing import make_bearing
from making.bearing_recipe import BearingRecipe, read_bearing_recipe

ROOT = Path(__file__).parents[2]
SMALL = BearingRecipe(
    first_seed=70_000_000,
    examples=52,
    validation_first_seed=71_000_000,
    validation_examples=26,
    seed=0,
    lines_epochs=3,
    lines_members=2,
    orders_epochs=1,
    orders_members=1,
    waveform_epochs=1,
    waveform_members=1,
    smoothing=0.1,
    orders_share=0.4,
    waveform_types=0.3,
    rule_share=0.33,
    compound_share=0.35,
    false_alarm_rate=0.1,
)


@pytest.fixture(scope="module", autouse=True)
def few_wordings() -> Iterator[None]:
    """Of each class: encoding as many as for the shipped model would be most of the work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "EACH", 5)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("making")


@pytest.fixture(scope="module")
def made(cache: Path) -> Bundle:
    return make_small(cache, cache / "bundle")


def make_small(cache: Path, out: Path, recipe: BearingRecipe = SMALL) -> Bundle:
    return make_bearing(
        recipe, corpus=ROOT / "recipes" / "text", cache=cache, out=out, workers=1, quiet=True
    )


def test_the_bundle_is_read_back_and_judges_all_three_readings(made: Bundle) -> None:
    assert read_bundle(made.folder).reference == made.reference
    judge = judge_named(str(made.folder))
    signal = simulate(
        ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        sample_rate_hz=12000, seconds=2.0, seed=1,
    ).signal  # fmt: skip
    for known in (
        signal,
        replace(signal, bearing=None),
        replace(signal, bearing=None, shaft_rpm=None),
    ):
        odds = judge.judge(prepare_vibration(known), load_faults()).odds
        assert sum(odds.values()) == pytest.approx(1)
        assert {HEALTHY, UNKNOWN, ("outer",), ("inner", "ball")} <= set(odds)


def test_the_card_says_what_it_learned_from(made: Bundle) -> None:
    assert "52 simulated recordings" in made.card.training_data
    assert "No real recording" in made.card.training_data
    assert made.text is not None and made.text.name == "builtin/text"


def test_a_second_run_goes_on_where_the_first_one_was(
    made: Bundle, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_trains(*_: object, **__: object) -> None:
        raise AssertionError("what was trained already is trained again")

    monkeypatch.setattr(bearing, "train", nobody_trains)
    again = make_small(cache, tmp_path / "again")
    assert again.reference == made.reference


def test_another_recipe_does_not_take_what_was_trained(
    made: Bundle, cache: Path, tmp_path: Path
) -> None:
    other = make_small(cache, tmp_path / "other", replace(SMALL, seed=5))
    assert other.files["lines.onnx"] != made.files["lines.onnx"]


def test_the_same_seeds_draw_the_same_data(made: Bundle, tmp_path: Path) -> None:
    again = simulated_set(70_000_000, 52, folder=tmp_path, workers=2, quiet=True)
    assert again.sha256 in made.card.training_data


def test_shards_do_not_change_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulated_set(70_000_000, 6, folder=tmp_path / "whole", workers=1, quiet=True)
    monkeypatch.setattr("faultlens.evaluation.trials.simulated_set.SHARD", 4)
    parts = simulated_set(70_000_000, 6, folder=tmp_path / "parts", workers=1, quiet=True)
    assert len(list((tmp_path / "parts").iterdir())) == 2
    assert parts.sha256 == whole.sha256


def test_every_class_is_drawn_and_the_truth_is_told_twice() -> None:
    told = [WHEEL[seed % len(WHEEL)] for seed in range(len(WHEEL))]
    assert set(told) == set(CLASSES)
    for seed in range(len(WHEEL)):
        example = draw_example(seed)
        assert CLASSES[example.told] == told[seed]
        if told[seed] == UNKNOWN:  # a fault of another bearing is still a fault of its own
            assert CLASSES[example.actual] not in (HEALTHY, UNKNOWN)
        else:
            assert example.actual == example.told
        for array in (example.lines, example.orders, example.waveform):
            assert np.isfinite(array).all()


def test_an_unknown_key_of_a_recipe_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "recipes" / "bearing.toml").read_text(encoding="utf-8")
    path = tmp_path / "odd.toml"
    path.write_text(text + "\nlearning_rat = 1\n", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="learning_rat"):
        read_bearing_recipe(path)


def test_the_shipped_recipe_is_read() -> None:
    recipe = read_bearing_recipe(ROOT / "recipes" / "bearing.toml")
    assert {LINES, ORDERS, WAVEFORM} == {
        name.removesuffix("_epochs") for name in vars(recipe) if name.endswith("_epochs")
    }
