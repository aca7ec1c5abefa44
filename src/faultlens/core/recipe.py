"""Recipes: TOML files that state every number of a run, read into a frozen record."""

import tomllib
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnknownNameError, UsageError


def recipe_table(path: str | Path, record: type) -> dict[str, Any]:
    """The table of a recipe, with exactly the fields of its record.

    Args:
        path: of the TOML file.
        record: dataclass that the table is for.

    Raises:
        UnknownNameError: a key that the record has not.
        UsageError: a key is missing, or the file is no TOML.
        OSError: the file cannot be read.

    Example:
        >>> import tempfile
        >>> from dataclasses import make_dataclass
        >>> path = Path(tempfile.mkdtemp()) / "small.toml"
        >>> _ = path.write_text("seed = 1")
        >>> recipe_table(path, make_dataclass("Recipe", ["seed"]))
        {'seed': 1}
        >>> recipe_table(path, make_dataclass("Recipe", ["seed", "epochs"]))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks epochs; a recipe states every number.
    """
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}. Mend that line.") from error
    known = list(record.__dataclass_fields__)  # type: ignore[attr-defined]
    for key in table:
        if key not in known:
            raise UnknownNameError("recipe key", key, known)
    if missing := [key for key in known if key not in table]:
        raise UsageError(f"{path} lacks {', '.join(missing)}; a recipe states every number.")
    return table
