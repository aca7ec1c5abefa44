"""Whatever a recipe gives several values is an axis; the rest is the same in every run."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.evaluation.grid_facts import LARGEST_RECIPE_BYTES, grid_facts


def recipe(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_lists_are_axes_and_single_values_are_settings(tmp_path: Path) -> None:
    facts = grid_facts(
        recipe(
            tmp_path,
            "epochs = 20\nseeds = [0, 1]\n[grid]\nprompt = ['A {} bearing', '{}']\n"
            "adapter = [true, false]\nencoder = ['conv1d']\n",
        )
    )
    assert facts.name == "small.toml"
    assert facts.axes == (
        ("seeds", ("0", "1")),
        ("prompt", ("A {} bearing", "{}")),
        ("adapter", ("yes", "no")),
    )
    assert facts.settings == (("epochs", "20"), ("encoder", "conv1d"))


def test_tables_in_a_list_go_by_their_names(tmp_path: Path) -> None:
    text = "[[arm]]\nname = 'one'\nlr = 1\n[[arm]]\nlr = 2\n"
    assert grid_facts(recipe(tmp_path, text)).axes == (("arm", ("one", "lr 2")),)


def test_a_recipe_that_compares_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="compares nothing"):
        grid_facts(recipe(tmp_path, "epochs = 20"))


def test_what_is_no_toml_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"small.toml is no TOML"):
        grid_facts(recipe(tmp_path, "epochs ="))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="larger than 1 MB"):
        grid_facts(recipe(tmp_path, "#" * (LARGEST_RECIPE_BYTES + 1)))
