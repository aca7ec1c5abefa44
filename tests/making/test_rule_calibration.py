"""The shipped numbers come out of a recipe: the same ones each time, also after an interruption."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.models.shipped import RuleCalibration, load_calibration
from making import rule_calibration
from making.rule_calibration import (
    CalibrationRecipe,
    calibrate_rule,
    read_recipe,
    write_calibration,
)

RECIPE = CalibrationRecipe(
    recordings=28, healthy_recordings=6, first_seed=500, false_alarm_rate=0.2,
    speed_tolerance=0.02, speed_error=0.01,
)  # fmt: skip
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RuleCalibration]:
    """The cache of one small run, and the numbers that it gave."""
    cache = tmp_path_factory.mktemp("cache") / "read.jsonl"
    return cache, calibrate_rule(RECIPE, cache=cache, quiet=True)


def nobody_simulates(job: object) -> None:
    raise AssertionError(f"{job} is in the cache")


def test_a_small_run_gives_sensible_numbers(first: tuple[Path, RuleCalibration]) -> None:
    numbers = first[1]
    assert numbers.slope > 0
    assert 0 < numbers.alarm_threshold <= 1
    assert (numbers.healthy_recordings, numbers.first_seed) == (6, 500)
    assert numbers.false_alarm_rate == 0.2  # 6 recordings are enough for 1 in 5


def test_one_worker_gives_the_same_numbers_as_two(
    first: tuple[Path, RuleCalibration], tmp_path: Path
) -> None:
    again = calibrate_rule(RECIPE, cache=tmp_path / "read.jsonl", workers=1, quiet=True)
    assert again == first[1]


def test_a_cut_cache_is_taken_up_where_it_was_cut(
    first: tuple[Path, RuleCalibration], tmp_path: Path
) -> None:
    text = first[0].read_text()
    lines = text.splitlines(keepends=True)
    assert len(lines) == 34
    cache = tmp_path / "read.jsonl"
    cache.write_text("".join(lines[:30]) + lines[30][:40])
    assert calibrate_rule(RECIPE, cache=cache, quiet=True) == first[1]
    assert cache.read_text() == text


def test_a_whole_cache_needs_no_simulation(
    first: tuple[Path, RuleCalibration], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_calibration, "_read_one", nobody_simulates)
    assert calibrate_rule(RECIPE, cache=first[0], workers=1, quiet=True) == first[1]


@pytest.mark.parametrize("change", [{"speed_error": 0.0}, {"speed_tolerance": 0.01}])
def test_a_cache_of_another_recipe_is_not_believed(
    change: dict[str, float], first: tuple[Path, RuleCalibration], tmp_path: Path
) -> None:
    cache = tmp_path / "read.jsonl"
    cache.write_text(first[0].read_text())
    other = replace(RECIPE, **change)
    found = calibrate_rule(other, cache=cache, quiet=True)
    assert found == calibrate_rule(other, cache=tmp_path / "fresh.jsonl", quiet=True)


def test_a_seed_that_was_a_fault_is_not_taken_for_a_healthy_machine(
    first: tuple[Path, RuleCalibration], tmp_path: Path
) -> None:
    cache = tmp_path / "read.jsonl"
    cache.write_text(first[0].read_text())
    # Fewer for the slopes: healthy ones now begin at seeds that were compound faults and unknown.
    shorter = replace(RECIPE, recordings=20, healthy_recordings=14)
    calibrate_rule(shorter, cache=cache, quiet=True)
    added = [json.loads(x) for x in cache.read_text().splitlines()[34:]]
    assert [x["seed"] for x in added] == [520, 521, 522, 523, 524, 525]


def test_the_recipe_of_the_repository_made_what_is_shipped() -> None:
    recipe, shipped = read_recipe(ROOT / "recipes" / "physics.toml"), load_calibration()
    assert shipped.first_seed == recipe.first_seed
    assert shipped.false_alarm_rate == recipe.false_alarm_rate
    assert shipped.healthy_recordings == recipe.healthy_recordings


def test_an_unknown_or_missing_key_of_a_recipe_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    rows = [f"{key} = {value}" for key, value in asdict(RECIPE).items()]
    path.write_text("\n".join(rows))
    assert read_recipe(path) == RECIPE
    path.write_text("\n".join([*rows, "recordngs = 5"]))
    with pytest.raises(UnknownNameError, match=r"recipe key 'recordngs'. Nearest: recordings"):
        read_recipe(path)
    path.write_text("\n".join(rows[:-1]))
    with pytest.raises(UsageError, match="lacks speed_error; a recipe states every number"):
        read_recipe(path)


def test_what_is_written_is_what_is_loaded(
    first: tuple[Path, RuleCalibration], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calibration.toml"
    write_calibration(path, first[1])
    monkeypatch.setattr("faultlens.models.shipped._shipped", path.read_bytes)
    loaded = asdict(load_calibration.__wrapped__())
    assert loaded == pytest.approx(asdict(first[1]), abs=5e-5)
