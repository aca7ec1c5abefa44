"""Results as plain JSON and back, for batches that go on where they were cut; never by pickle."""

import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

MARK, INSIDE = "$", "in"
"""Key of what a value was, and of what it held; plain objects and lists stand as they are."""

HOUSE = __name__.partition(".")[0]
"""Package whose records may be made again; a file names no others."""


def packed(value: object, folder: Path) -> Any:
    """A record of this package, with all that it holds, as plain values that JSON takes.

    Args:
        value: dataclasses, arrays, paths, tuples, lists, mappings by text, numbers, text, None.
        folder: paths inside of it are told from there, so that it may be moved.

    Raises:
        TypeError: it holds something else.

    Example:
        >>> packed((1, Path("out/a.png")), Path("out"))
        {'$': 'tuple', 'in': [1, {'$': 'inside', 'in': 'a.png'}]}
    """
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [packed(x, folder) for x in value]
    if isinstance(value, tuple):
        return _marked("tuple", [packed(x, folder) for x in value])
    if isinstance(value, Mapping):
        return {str(key): packed(x, folder) for key, x in value.items()}
    if isinstance(value, Path):
        if value.is_relative_to(folder):
            return _marked("inside", str(value.relative_to(folder)))
        return _marked("path", str(value))
    if isinstance(value, np.ndarray):
        rows = np.ascontiguousarray(value)
        content = b64encode(rows.tobytes()).decode("ascii")
        return _marked("array", [rows.dtype.str, list(value.shape), content])
    if is_dataclass(value) and not isinstance(value, type):
        made = type(value)
        held = {x.name: packed(getattr(value, x.name), folder) for x in fields(value) if x.init}
        return _marked(f"{made.__module__}:{made.__qualname__}", held)
    raise TypeError(f"a {type(value).__name__} cannot be kept for a batch that goes on")


def unpacked(plain: Any, folder: Path) -> Any:
    """What `packed` told, made again.

    Args:
        plain: from JSON.
        folder: where it lies now.

    Raises:
        ValueError: something that this version of the package did not tell.

    Example:
        >>> unpacked({"$": "tuple", "in": [1, {"$": "inside", "in": "a.png"}]}, Path("b"))
        (1, PosixPath('b/a.png'))
    """
    if isinstance(plain, list):
        return [unpacked(x, folder) for x in plain]
    if not isinstance(plain, dict):
        return plain
    if MARK not in plain:
        return {key: unpacked(x, folder) for key, x in plain.items()}
    kind, held = plain[MARK], plain[INSIDE]
    if kind == "tuple":
        return tuple(unpacked(x, folder) for x in held)
    if kind == "inside":
        return folder / held
    if kind == "path":
        return Path(held)
    if kind == "array":
        dtype, shape, content = held
        return np.frombuffer(b64decode(content), np.dtype(dtype)).reshape(shape).copy()
    return _record(kind)(**{key: unpacked(x, folder) for key, x in held.items()})


def _marked(kind: str, held: object) -> dict[str, object]:
    return {MARK: kind, INSIDE: held}


def _record(kind: str) -> Any:
    """The dataclass of a name such as "faultlens.inference.findings:Finding", and no other."""
    module, _, name = kind.partition(":")
    if module.partition(".")[0] != HOUSE:
        raise ValueError(f"'{kind}' is no record of {HOUSE}")
    made = getattr(sys.modules.get(module) or import_module(module), name, None)
    if not (isinstance(made, type) and is_dataclass(made)):
        raise ValueError(f"'{kind}' is no record")
    return made
