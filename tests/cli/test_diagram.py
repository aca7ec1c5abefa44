"""`faultlens diagram` draws what it is given: a built-in model, a bundle, a recipe."""

import json
from pathlib import Path
from typing import Any

NAMES = ["1_main_workflow", "2_architecture", "3_training_stages"]


def test_the_built_in_model_is_drawn_into_the_folder_workflow(
    run: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("diagram", "--lang", "zh")
    expected = [f"{name}.{suffix}" for name in NAMES for suffix in ("png", "svg")]
    assert (said.code, said.err) == (0, "")
    assert [Path(x).name for x in said.out.splitlines()] == expected
    assert sorted(x.name for x in (tmp_path / "workflow").iterdir()) == expected
    assert "工作流程" in (tmp_path / "workflow" / "1_main_workflow.svg").read_text(encoding="utf-8")


RECIPE = "train_data = 'x'\nprotocol = 'seed'\nseeds = [0, 1]\n[grid]\n"


def test_a_recipe_is_drawn_as_its_grid_and_json_says_so(run: Any, tmp_path: Path) -> None:
    recipe = tmp_path / "text.toml"
    recipe.write_text(RECIPE + "prompt = ['A {} bearing', '{}']", encoding="utf-8")
    said = run("diagram", recipe, "--out", tmp_path / "out", "--json")
    files = [str(tmp_path / "out" / f"4_ablation.{x}") for x in ("png", "svg")]
    assert json.loads(said.out) == {"model": "text.toml", "files": files}
    assert "A {} bearing" in Path(files[1]).read_text(encoding="utf-8")


def test_quiet_says_nothing(run: Any, tmp_path: Path) -> None:
    recipe = tmp_path / "text.toml"
    recipe.write_text(RECIPE + "adapter = [true]", encoding="utf-8")
    assert run("diagram", recipe, "--out", tmp_path / "out", "--quiet").out == ""


def test_what_is_not_there_is_wrong_usage_and_says_what_can_be_given(
    run: Any, tmp_path: Path
) -> None:
    for given, told in (
        (tmp_path / "missing.toml", "There is no recipe"),
        (tmp_path / "missing", "builtin/bearing"),
        ("builtin/text", "takes text"),
        ("builtin/physics", "training-free rule"),
    ):
        said = run("diagram", given, "--out", tmp_path / "out")
        assert said.code == 2 and told in said.err


def test_a_name_of_the_reference_without_its_folder_is_bad_input(run: Any, tmp_path: Path) -> None:
    said = run("diagram", tmp_path / "zero_shot_model.pth", "--out", tmp_path / "out")
    assert said.code == 3
    assert "is no checkpoint" in said.err
