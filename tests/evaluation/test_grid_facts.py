"""The picture of a recipe shows exactly what `ablate` runs: axes, seeds, and what all share."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.evaluation.ablation_recipe import read_ablation
from faultlens.evaluation.grid_facts import grid_facts

HEAD = "train_data = 'x'\nprotocol = 'bearing-disjoint'\nby = 'size'\n"


def recipe(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_lists_are_axes_and_single_values_are_settings(tmp_path: Path) -> None:
    path = recipe(
        tmp_path,
        "seeds = [0, 1]\nwhere = { load = '0 hp' }\n"
        "[grid]\nprompt = ['A {} bearing', '{}']\nadapter = [false, true]\nencoder = ['conv1d']\n"
        "[settings]\ntraining = { epochs = 20 }\ncompiled = false\n",
    )
    facts = grid_facts(path)
    assert facts.name == "small.toml"
    assert facts.axes == (
        ("prompt", ('"A {} bearing"', '"{}"')),
        ("adapter", ("no adapter", "adapter")),
        ("seeds", ("0", "1")),
    )
    assert facts.settings == (
        ("encoder", "conv1d"),
        ("training data", "x"),
        ("load", "0 hp"),
        ("protocol", "bearing-disjoint"),
        ("held out one by one", "size"),
        ("epochs", "20"),
        ("compiled", "no"),
    )
    assert len(list(read_ablation(path).cells())) == 2 * 2


def test_tables_in_a_list_go_by_their_names_and_values_are_told_in_the_language(
    tmp_path: Path,
) -> None:
    text = "seeds = [0]\n[grid]\nadapter = [false, true]\n[[grid.arm]]\nname = 'one'\nwindow = 64\n"
    text += "[[grid.arm]]\nwindow = 128\n"
    assert grid_facts(recipe(tmp_path, text), "zh").axes == (
        ("adapter", ("无适配器", "有适配器")),
        ("arm", ("one", "window 128")),
    )


def test_a_recipe_that_compares_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="compares nothing"):
        grid_facts(recipe(tmp_path, "seeds = [0]\n[grid]\nadapter = [true]\n"))


def test_what_would_not_run_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="conv9d"):
        grid_facts(recipe(tmp_path, "seeds = [0]\n[grid]\nencoder = ['conv1d', 'conv9d']\n"))
    with pytest.raises(UsageError, match=r"small.toml is no TOML"):
        grid_facts(recipe(tmp_path, "seeds ="))
