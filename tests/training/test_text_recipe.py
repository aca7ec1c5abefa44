"""The recipe holds every number; an unknown or missing key is refused in words."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.training.text_recipe import read_text_recipe

OURS = Path(__file__).parents[2] / "recipes" / "text.toml"


def test_our_recipe_is_read_and_finds_its_corpus() -> None:
    recipe = read_text_recipe(OURS)
    assert recipe.corpus == OURS.parent / "text"
    assert recipe.width % recipe.heads == 0


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.toml"
    path.write_text(OURS.read_text(encoding="utf-8") + "\nlearning_rat = 1\n", encoding="utf-8")
    with pytest.raises(UnknownNameError, match=r"recipe key 'learning_rat'.*learning_rate"):
        read_text_recipe(path)


def test_a_missing_key_is_said(tmp_path: Path) -> None:
    path = tmp_path / "text.toml"
    path.write_text('corpus = "text"\n')
    with pytest.raises(UsageError, match=r"lacks seed, .*a recipe states every number"):
        read_text_recipe(path)
