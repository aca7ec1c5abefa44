"""Settings by their names: a recipe in TOML, and `name=value` over it, into one record."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from faultlens.core.errors import UnknownNameError, UsageError

R = TypeVar("R")


def with_table(record: R, table: Mapping[str, Any], *, where: str = "recipe") -> R:
    """A record with the fields of a table, tables inside it for the records inside.

    Args:
        record: frozen dataclass with its defaults.
        table: names to values; unknown ones are refused.
        where: what the table is, for messages.

    Raises:
        UnknownNameError: a name that the record has not.
        UsageError: a value of another kind, or one that cannot be.

    Example:
        >>> from faultlens.training.experiment import Experiment
        >>> made = with_table(Experiment(), {"training": {"epochs": 3}, "window": 512})
        >>> made.training.epochs, made.window
        (3, 512)
    """
    known = [x.name for x in fields(record)]  # type: ignore[arg-type]
    kinds = get_type_hints(type(record))
    changes = {}
    for name, value in table.items():
        if name not in known:
            raise UnknownNameError(f"setting of the {where}", name, known)
        inner = getattr(record, name)
        if is_dataclass(inner):
            if not isinstance(value, Mapping):
                raise UsageError(f"'{name}' of the {where} is a table, not {value!r}.")
            changes[name] = with_table(inner, value, where=f"{where}'s {name}")
        else:
            changes[name] = _of_kind(kinds[name], value, name, where)
    return replace(record, **changes)  # type: ignore[type-var]


def read_settings(path: str | Path) -> dict[str, Any]:
    """The table of a TOML file.

    Args:
        path: of the file.

    Raises:
        UsageError: it is no TOML.
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.toml"
        >>> _ = path.write_text("window = 512")
        >>> read_settings(path)
        {'window': 512}
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}. Mend that line.") from error


def table_of(settings: Iterable[str]) -> dict[str, Any]:
    """`name=value` texts as a table; a dot leads into the table inside.

    Args:
        settings: such as "training.warmup=0.2".

    Raises:
        UsageError: a text without "=", or a value that TOML cannot read.

    Example:
        >>> table_of(["training.warmup=0.2", "encoder=conv1d"])
        {'training': {'warmup': 0.2}, 'encoder': 'conv1d'}
    """
    whole: dict[str, Any] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"'{text}' sets nothing; write name=value, such as training.warmup=0.2."
            )
        *path, last = name.strip().split(".")
        inside = whole
        for step in path:
            inside = inside.setdefault(step, {})
            if not isinstance(inside, dict):
                raise UsageError(
                    f"'{text}': {step} has the value {inside!r}, and no settings in it."
                )
        inside[last] = _value(value.strip())
    return whole


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        # A bare word needs no quotation marks on a command line.
        return text


def _of_kind(kind: Any, value: Any, name: str, where: str) -> Any:
    allowed = get_args(kind) if get_origin(kind) is UnionType or get_args(kind) else (kind,)
    if get_origin(kind) is tuple:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list | tuple) and all(isinstance(x, str) for x in value):
            return tuple(value)
        raise UsageError(f"'{name}' of the {where} is a list of texts, not {value!r}.")
    if NoneType in allowed and value in (None, "none"):
        return None
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    exact = [x for x in allowed if x is not NoneType]
    if type(value) not in exact:
        told = " or ".join(x.__name__ for x in exact)
        raise UsageError(f"'{name}' of the {where} is {value!r}; it must be of the kind {told}.")
    return value
