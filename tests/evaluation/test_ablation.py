"""Every combination is trained once: after a kill, and when values are added, only what is missing.

Classes that a tone tells apart, two combinations, two seeds, one epoch, the text model `static`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.evaluation import ablation_runs
from faultlens.evaluation.ablation import Ablation, FailedCell, ablate
from faultlens.evaluation.ablation_differences import changes
from faultlens.evaluation.ablation_recipe import AblationRecipe
from faultlens.evaluation.ablation_record import ablation_record
from faultlens.evaluation.ablation_written import write_ablation

# Four of them, since two classes are told apart by half of all models that never learned.
TONES_HZ = {"inner": 500.0, "outer": 1500.0, "ball": 1000.0, "health": 2200.0}
SMALL: dict[str, Any] = {
    "training": {"epochs": 1, "batch_size": 16, "learning_rate": 1e-2},
    "encoder": "spectrum",
    "augment": 0.0,
}


@pytest.fixture(scope="module")
def bearingset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference's layout: windows of 128 samples in columns, two conditions, train and test."""
    folder = tmp_path_factory.mktemp("data") / "bearingset"
    rng = np.random.default_rng(0)
    time_s = np.arange(128) / 5120
    for part in ("train", "test"):
        (folder / f"{part}_set").mkdir(parents=True)
        for name, tone_hz in TONES_HZ.items():
            for condition in ("20_0", "30_2"):
                phase = rng.uniform(0, 6, 16)
                windows = np.sin(2 * np.pi * tone_hz * time_s[:, None] + phase)
                windows += 0.3 * rng.normal(size=windows.shape)
                file = folder / f"{part}_set" / f"{name}{condition}_{part}.csv"
                np.savetxt(file, windows, delimiter=",", fmt="%.5f")
    return folder


Make = Callable[..., AblationRecipe]


@pytest.fixture
def recipe(bearingset: Path) -> Make:
    """A recipe on that data, with the grid that is given."""

    def made(grid: dict[str, tuple[Any, ...]], **more: Any) -> AblationRecipe:
        own = {
            "seeds": (0, 1),
            "settings": SMALL,
            "test_data": str(bearingset / "test_set"),
            **more,
        }
        return AblationRecipe(str(bearingset / "train_set"), grid, **own)

    return made


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that are trained, as they are."""
    done: list[str] = []
    for name in ("train_zero_shot", "train_adapter"):
        real = getattr(ablation_runs, name)

        def counted(*given: Any, _real: Any = real, _name: str = name, **more: Any) -> Any:
            done.append(_name)
            return _real(*given, **more)

        monkeypatch.setattr(ablation_runs, name, counted)
    return done


def run(recipe: AblationRecipe, out: Path, **more: Any) -> Ablation:
    return ablate(recipe, out, quiet=True, **more)


def table(ablation: Ablation) -> dict[str, Any]:
    """What is written, less how long it took."""
    record = ablation_record(ablation, changes(ablation))
    for cell in record["cells"]:
        assert cell.pop("seconds") >= 0
    return record


def test_a_killed_ablation_goes_on_and_gives_the_same_table(
    recipe: Make, trained: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recipe({"prompt": ("A {} bearing", "{}")})
    whole = table(run(made, tmp_path / "whole"))
    assert trained == ["train_zero_shot"] * 4
    counted = ablation_runs.train_zero_shot

    def killed(*given: Any, **more: Any) -> Any:
        if len(trained) == 6:
            raise KeyboardInterrupt
        return counted(*given, **more)

    monkeypatch.setattr(ablation_runs, "train_zero_shot", killed)
    with pytest.raises(KeyboardInterrupt):
        run(made, tmp_path / "killed")
    assert len(trained) == 6
    monkeypatch.setattr(ablation_runs, "train_zero_shot", counted)
    again = run(made, tmp_path / "killed")
    # Two were kept, two are trained now.
    assert len(trained) == 8
    assert table(again) == whole
    third = run(made, tmp_path / "killed")
    assert ablation_record(third, ()) == ablation_record(again, ())
    assert len(trained) == 8


def test_an_added_value_trains_only_the_new_combinations(
    recipe: Make, trained: list[str], tmp_path: Path
) -> None:
    before = run(recipe({"prompt": ("A {} bearing",)}), tmp_path)
    assert len(trained) == 2
    after = run(recipe({"prompt": ("A {} bearing", "{}")}, seeds=(0, 1, 2)), tmp_path)
    # One more seed of the first, three of the second.
    assert len(trained) == 2 + 1 + 3
    kept = after.results[0].trainings[0].scores
    assert np.array_equal(before.results[0].trainings[0].scores, kept)


def test_combinations_that_differ_in_the_adapter_share_the_first_stage(
    recipe: Make, trained: list[str], tmp_path: Path
) -> None:
    found = run(recipe({"adapter": (True, False)}, seeds=(0,)), tmp_path)
    assert trained == ["train_zero_shot", "train_adapter"]
    assert [x.cell.name for x in found.results] == ["adapter", "no adapter"]
    assert found.results[0].seconds > found.results[1].seconds > 0


def test_a_useless_arm_is_worse_and_a_useful_one_better(recipe: Make, tmp_path: Path) -> None:
    # A rate at which nothing is learned.
    useful, useless = 1e-2, 1e-12
    settings = {**SMALL, "training": {"epochs": 6, "batch_size": 8}}
    for order, verdict in (((useful, useless), "worse"), ((useless, useful), "better")):
        found = run(recipe({"lr": order}, settings=settings), tmp_path)
        (row,) = table(found)["differences"]
        assert row["verdict"] == verdict, row
        assert abs(row["f1_macro"]["value"]) > 0.2
        assert (row["f1_macro"]["value"] > 0) == (verdict == "better")


def test_a_protocol_parts_the_data_and_every_fold_is_tested_once(
    recipe: Make, trained: list[str], tmp_path: Path
) -> None:
    made = recipe({"prompt": ("{}",)}, seeds=(0,), test_data=None, protocol="condition-disjoint")
    found = run(made, tmp_path)
    assert found.splits == ("condition 20 Hz 0 V held out", "condition 30 Hz 2 V held out")
    assert len(trained) == 2
    (result,) = found.results
    assert len(result.trainings[0].truth) == 4 * 2 * 16
    shares = [result.by_split[x] for x in found.splits]
    assert np.mean(shares) == pytest.approx(result.measured.value(("accuracy",)))


def test_one_bad_combination_is_reported_and_the_rest_goes_on(
    recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    heard: list[FailedCell] = []
    made = recipe({"text_model": ("static", "nobody/has-this-model")}, seeds=(0,))
    found = run(made, tmp_path, heard=heard.append)
    assert [x.cell.name for x in found.results] == ["static"]
    assert list(found.failed) == heard and heard[0].cell.name == "nobody/has-this-model"
    # The three ways to get a model.
    for way in ("HF_ENDPOINT", "folder", "nobody/has-this-model"):
        assert way in heard[0].reason
    record = write_ablation(tmp_path, found)
    assert record["failed"][0]["reason"] == heard[0].reason
    assert record["differences"][0]["verdict"] == "not_compared"
    assert heard[0].reason[:40] in (tmp_path / "ablation.csv").read_text(encoding="utf-8")


def test_too_little_memory_is_told_and_any_other_fault_is_ours(
    recipe: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any, **more: Any) -> Any:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(ablation_runs, "train_zero_shot", full)
    found = run(recipe({"prompt": ("{}",)}), tmp_path)
    assert "smaller training.batch_size" in found.failed[0].reason

    def broken(*given: Any, **more: Any) -> Any:
        raise RuntimeError("shape mismatch")

    monkeypatch.setattr(ablation_runs, "train_zero_shot", broken)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        run(recipe({"prompt": ("{}",)}), tmp_path)


def test_a_split_that_leaks_is_refused_before_anything_is_trained(
    recipe: Make, trained: list[str], tmp_path: Path, bearingset: Path
) -> None:
    grid = {"prompt": ("{}",)}
    same = str(bearingset / "train_set")
    with pytest.raises(UsageError, match="samples of"):
        run(recipe(grid, test_data=same), tmp_path)
    with pytest.raises(UsageError, match="condition-disjoint is refused"):
        run(recipe(grid, protocol="condition-disjoint"), tmp_path)
    with pytest.raises(UnknownNameError, match="40 Hz"):
        run(recipe(grid, where={"condition": "40 Hz"}), tmp_path)
    with pytest.raises(UnreadableFileError, match="does not exist"):
        run(recipe(grid, test_data="/nowhere"), tmp_path)
    assert trained == []


def test_pieces_of_one_recording_on_both_sides_are_warned_of(recipe: Make, tmp_path: Path) -> None:
    own = run(recipe({"prompt": ("{}",)}, seeds=(0,)), tmp_path)
    apart = recipe({"prompt": ("{}",)}, seeds=(0,), test_data=None, protocol="condition-disjoint")
    assert "Pieces of the same recordings" in own.warnings[0].en
    assert not any("Pieces" in x.en for x in run(apart, tmp_path).warnings)


def test_a_run_says_what_it_was_and_a_damaged_one_is_done_again(
    recipe: Make, trained: list[str], tmp_path: Path
) -> None:
    made = recipe({"prompt": ("{}",)}, seeds=(3,))
    first = run(made, tmp_path).results[0].trainings[0].scores
    (facts,) = (tmp_path / "runs").glob("*/run.json")
    told = json.loads(facts.read_text(encoding="utf-8"))
    assert (told["cell"], told["seed"]) == ('"{}"', 3)
    assert (tmp_path / told["model"] / "model.safetensors").is_file()
    (facts.parent / "predictions.csv").write_text("file,window", encoding="utf-8")
    assert np.array_equal(run(made, tmp_path).results[0].trainings[0].scores, first)
    # The model was whole: it is asked again, not trained again.
    assert len(trained) == 1
