"""A table of TOML into a frozen record, with every fault that is found on the way."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from faultlens.core.errors import FaultlensError, UnknownNameError
from faultlens.line.secret import Secret

Tell = Callable[[str | None, str], None]
"""Takes the key that is wrong (None for the whole table) and what is wrong with it."""

LONGEST_SECRET = 65_536
"""Bytes of a file that holds a key or a password."""


def filled(
    record: type[Any],
    table: Mapping[str, Any],
    home: Path,
    tell: Tell,
    *,
    more: Mapping[str, Any] | None = None,
    whole: bool = True,
) -> Any | None:
    """The record of a table, or None where it cannot be made; every fault is told.

    Args:
        record: frozen dataclass; fields without a default must be in the table.
        table: as the parser gave it.
        home: folder that relative paths start from.
        tell: is told each fault.
        more: fields that do not come from the table.
        whole: whether the file could be read as a whole; else a missing key is no fault.

    Example:
        >>> from faultlens.line.configuration.line_config import KeepConfig
        >>> told = []
        >>> filled(KeepConfig, {"media": "al", "sample": 2}, Path(), lambda *x: told.append(x))
        >>> for key, message in told:
        ...     print(key, "|", message)
        media | media is 'al'; allowed are all, defects, sample, none.
        sample | sample is 2; it must lie in 0 to 1.
    """
    own = {} if more is None else dict(more)
    hints = get_type_hints(record)
    known = [x.name for x in fields(record) if x.name not in own]
    values: dict[str, Any] = {}
    sound = True

    def wrong(key: str | None, message: str) -> None:
        nonlocal sound
        sound = False
        tell(key, message)

    for key, given in table.items():
        if key not in known:
            wrong(key, str(UnknownNameError("key", key, known)))
            continue
        try:
            values[key] = taken(given, hints[key], home)
        except FaultlensError as error:
            wrong(key, f"{key}: {error}")
        except (ValueError, OSError) as error:
            wrong(key, f"{key} {error}.")
    lacking = [x for x in known if _needed(record, x) and x not in values]
    for name in lacking:
        sound = False
        if whole and name not in table:
            tell(None, f"the key '{name}' is missing.")
    # What is given is checked all the same, beside a stand-in for what is not.
    made = _made(record, {**own, **values}, hints, lacking, wrong)
    return made if sound else None


_STAND_INS: dict[Any, tuple[Any, ...]] = {
    str: (
        "x", "http://127.0.0.1/x", "opc.tcp://127.0.0.1:4840/x", "mqtt://127.0.0.1",
        "rtsp://127.0.0.1/x", "x@example.org", "x/{channel}",
    ),
    Path: (Path("x"),), Secret: (Secret("x"),), float: (1.0,), int: (1,),
}  # fmt: skip
"""By type: values that stand for a required one, tried in turn until the record takes it."""


def _made(
    record: type[Any],
    values: dict[str, Any],
    hints: Mapping[str, Any],
    lacking: Sequence[str],
    wrong: Callable[..., None],
) -> Any | None:
    """The record; a value that it refuses is left out, to see what else it refuses."""
    waiting = {x: list(_STAND_INS.get(hints[x], (None,))) for x in lacking}
    values = {**values, **{x: left.pop(0) for x, left in waiting.items()}}
    while True:
        try:
            return record(**values)
        except FaultlensError as error:
            words = re.findall(r"\w+", str(error))
            blamed = next((x for x in words if x in values), None)
            if blamed is None:
                wrong(None, str(error))
                return None
            if blamed not in waiting:
                wrong(blamed, str(error))
                needed = _needed(record, blamed)
                waiting[blamed] = list(_STAND_INS.get(hints[blamed], ())) if needed else []
            # What is said of a stand-in is no fault of the file's: the next one is tried.
            values = {k: x for k, x in values.items() if k != blamed}
            if waiting[blamed]:
                values[blamed] = waiting[blamed].pop(0)
            elif _needed(record, blamed):
                return None
        except (TypeError, ValueError, AttributeError):
            if not waiting:
                raise
            return None


def _needed(record: type[Any], name: str) -> bool:
    one = next(x for x in fields(record) if x.name == name)
    return one.default is MISSING and one.default_factory is MISSING


def taken(given: Any, hint: Any, home: Path) -> Any:
    """A value of TOML as the type that its field wants.

    Args:
        given: as the parser gave it.
        hint: type of the field.
        home: folder that relative paths start from.

    Raises:
        ValueError: it is of another type; the message goes on after the key.

    Example:
        >>> taken(1, float, Path()), taken(["a"], tuple[str, ...], Path())
        (1.0, ('a',))
        >>> taken("1", float, Path())
        Traceback (most recent call last):
            ...
        ValueError: is '1'; it must be a number
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _one_of(given, [x for x in inner if x is not type(None)], home)
    if origin is tuple:
        if not isinstance(given, list):
            raise ValueError(f"is {given!r}; it must be a list, such as {_SAMPLE.get(inner[0])}")
        return tuple(taken(x, inner[0], home) for x in given)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(given, dict):
            raise ValueError(f"is {given!r}; it must be a table")
        return {name: taken(x, inner[1], home) for name, x in given.items()}
    if hint is Secret:
        return _secret(given, home)
    if hint is Path:
        return home / os.path.expanduser(_of_type(given, str))
    if hint is float:
        return float(_of_type(given, (int, float)))
    if hint is object or hint is Any:
        return given
    return _of_type(given, hint)


def _one_of(given: Any, hints: list[Any], home: Path) -> Any:
    error: Exception = ValueError("has no type")
    for hint in hints:
        try:
            return taken(given, hint, home)
        except ValueError as failed:
            error = failed
    raise error


_WORDS: dict[Any, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    (int, float): "a number",
}
_SAMPLE = {str: '["a", "b"]', float: "[0.5, 1.0]", int: "[1, 2]"}


def _of_type(given: Any, kind: Any) -> Any:
    is_flag = isinstance(given, bool)
    if not isinstance(given, kind) or (is_flag and kind is not bool):
        raise ValueError(f"is {given!r}; it must be {_WORDS.get(kind, f'of type {kind}')}")
    return given


def _secret(given: Any, home: Path) -> Secret:
    """What the environment or a file holds; the file itself may be shown around."""
    where, _, name = _of_type(given, str).partition(":")
    if where == "env" and name:
        if name not in os.environ:
            raise ValueError(f"names the environment variable {name}, which is not set")
        return Secret(os.environ[name])
    if where == "file" and name:
        path = home / os.path.expanduser(name)
        if not path.is_file() or path.stat().st_size > LONGEST_SECRET:
            raise ValueError(f"names the file {path}, which is not there, or is larger than 64 kB")
        return Secret(path.read_text(encoding="utf-8").strip())
    raise ValueError('must be "env:NAME" or "file:PATH"; a secret itself does not stand here')
