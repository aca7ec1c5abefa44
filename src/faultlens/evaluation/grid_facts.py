"""What the picture of an ablation recipe shows: exactly the combinations that `ablate` runs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from faultlens.core.errors import UsageError
from faultlens.evaluation.ablation_recipe import AblationRecipe, read_ablation
from faultlens.reports.ablation_phrases import PHRASES, ablation_phrase, value_words
from faultlens.reports.diagram_facts import GridFacts

SAME = ("train_data", "test_data", "dataset", "where", "test_where", "protocol", "by")
"""What all runs share besides their settings, in the order in which it is told."""


def grid_facts(path: str | Path, lang: str = "en") -> GridFacts:
    """The grid of a recipe's file.

    Args:
        path: of the TOML file.
        lang: language of the values, "en" or "zh".

    Raises:
        UsageError: it is no recipe, or compares nothing.
        UnreadableFileError: the file is larger than a recipe can be.
        OSError: the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "text.toml"
        >>> _ = path.write_text("train_data = 'x'\\nprotocol = 'seed'\\nseeds = [0, 1]\\n"
        ...                     "[grid]\\ntext_model = ['lstm', 'static']")
        >>> grid_facts(path).axes
        (('text_model', ('lstm', 'static')), ('seeds', ('0', '1')))
    """
    facts = facts_of(read_ablation(path), Path(path).name, lang)
    if not facts.axes:
        raise UsageError(
            f"{path} compares nothing: give something under [grid] a list of two or more values, "
            "such as text_model = ['static', 'lstm']."
        )
    return facts


def facts_of(recipe: AblationRecipe, name: str, lang: str = "en") -> GridFacts:
    """The grid of a recipe: what has several values is an axis, the rest is the same in all runs.

    Args:
        recipe: what is varied.
        name: that the picture bears.
        lang: language of the values, "en" or "zh".

    Example:
        >>> made = AblationRecipe("x", {"adapter": (False, True)}, (0,), protocol="seed")
        >>> facts_of(made, "adapter").axes
        (('adapter', ('no adapter', 'adapter')),)
    """
    told = {axis: tuple(value_words(axis, x, lang) for x in xs) for axis, xs in recipe.grid.items()}
    told["seeds"] = tuple(map(str, recipe.seeds))
    axes = tuple((axis, words) for axis, words in told.items() if len(words) > 1)
    single = [(axis, words[0]) for axis, words in told.items() if len(words) == 1]
    same = {_called(x, lang): getattr(recipe, x) for x in SAME if getattr(recipe, x)}
    return GridFacts(name, axes, (*single, *_entries(same), *_entries(recipe.settings)))


def _called(key: str, lang: str) -> str:
    return ablation_phrase(key, lang) if key in PHRASES else key


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of every setting, those of tables in it too."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _entries(value)
        elif isinstance(value, list):
            yield name, " + ".join(map(str, value))
        else:
            yield name, {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
