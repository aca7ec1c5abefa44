"""What the picture of an ablation recipe shows: whatever it gives several values is compared."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.reports.diagram_facts import GridFacts

LARGEST_RECIPE_BYTES = 1_000_000
"""A recipe holds words and numbers."""


def grid_facts(path: str | Path) -> GridFacts:
    """The grid of a recipe: every list is an axis, every single value is the same for all runs.

    Args:
        path: of the TOML file.

    Raises:
        UnreadableFileError: the file is larger than a recipe can be, or no TOML.
        UsageError: it compares nothing.
        OSError: the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "text.toml"
        >>> _ = path.write_text("epochs = 20\\nseeds = [0, 1]\\n[grid]\\ntext = ['lstm', 'static']")
        >>> grid_facts(path).axes
        (('seeds', ('0', '1')), ('text', ('lstm', 'static')))
    """
    recipe = Path(path)
    if recipe.stat().st_size > LARGEST_RECIPE_BYTES:
        raise UnreadableFileError(f"{recipe} is larger than 1 MB; a recipe is a short TOML file.")
    try:
        table = tomllib.loads(recipe.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"{recipe} is no TOML: {error}. Mend that line.") from error
    entries = list(_entries(table))
    axes = tuple((name, values) for name, values in entries if len(values) > 1)
    if not axes:
        raise UsageError(
            f"{recipe} compares nothing: give at least one setting a list of two or more values, "
            "such as text_model = ['static', 'lstm']."
        )
    settings = tuple((name, values[0]) for name, values in entries if len(values) == 1)
    return GridFacts(recipe.name, axes, settings)


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and values of every setting, those of tables in it too."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _entries(value)
        else:
            yield name, tuple(map(_said, value if isinstance(value, list) else [value]))


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(f"{x} {_said(y)}" for x, y in value.items()))
    if isinstance(value, list):
        return " + ".join(map(_said, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
