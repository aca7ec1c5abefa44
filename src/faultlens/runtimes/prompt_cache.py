"""Rows of sentences kept on disk by model and text: thousands of prompts are slow only once.

One file for all models, in the cache folder of this user. Several processes share it; whatever is
wrong with it costs time and nothing else.
"""

import hashlib
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.runtimes.listed import cache_folder

if TYPE_CHECKING:
    from sqlite3 import Connection

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

FILE = "prompts.sqlite"

LARGEST_BYTES = 256_000_000
"""Of the file: some 120,000 rows of 512 numbers; then those go that were not used for longest."""

SENTENCES_AT_ONCE = 256
"""Asked of the model before they are kept: an interrupt loses no more."""

WAIT_S = 5.0
"""For another process that writes; then it is done without."""

DAY_S = 86_400
"""How exactly it is kept when a row was last used: reading shall hardly ever write."""

_KEYS_AT_ONCE = 500  # SQLite takes 999 values in one question on old systems
_TABLE = (
    "CREATE TABLE IF NOT EXISTS prompts "
    "(key BLOB PRIMARY KEY, row BLOB NOT NULL, sum INTEGER NOT NULL, used INTEGER NOT NULL)"
)


def remembered_rows(
    model_sha256: str, sentences: Sequence[str], encode: Encode
) -> NDArray[np.float32]:
    """Rows of sentences, from disk where this model was asked for them before.

    Args:
        model_sha256: hash of all that decides a row.
        sentences: at least one; the same one twice costs nothing.
        encode: asks the model for the rows of sentences that are not kept yet.

    Returns:
        (sentence, dim).

    Example:
        >>> import os, tempfile
        >>> os.environ["FAULTLENS_CACHE"] = tempfile.mkdtemp()
        >>> def encode(sentences):
        ...     print("asked for", *sentences)
        ...     return np.ones((len(sentences), 2), np.float32)
        >>> _ = remembered_rows("0" * 64, ["a", "b", "a"], encode)
        asked for a b
        >>> remembered_rows("0" * 64, ["b", "c"], encode).shape
        asked for c
        (2, 2)
        >>> del os.environ["FAULTLENS_CACHE"]
    """
    keys = {x: _key(model_sha256, x) for x in sentences}
    path = cache_folder() / FILE
    known = _read(path, list(keys.values()))
    new = [x for x, key in keys.items() if key not in known]
    for start in range(0, len(new), SENTENCES_AT_ONCE):
        some = new[start : start + SENTENCES_AT_ONCE]
        found = dict(zip((keys[x] for x in some), encode(some), strict=True))
        _write(path, found)
        known |= found
    if len({len(row) for row in known.values()}) > 1:
        # A row of another width is of no model with this hash: none of them is trusted.
        return encode(sentences)
    return np.stack([known[keys[x]] for x in sentences])


def _key(model_sha256: str, sentence: str) -> bytes:
    text = f"{model_sha256}\n{sentence}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()


def _read(path: Path, keys: list[bytes]) -> dict[bytes, NDArray[np.float32]]:
    """Rows by key; whatever is missing or damaged is left out."""
    found: dict[bytes, NDArray[np.float32]] = {}
    if not path.is_file():
        return found
    now, stale = int(time.time()), []
    with _without_it(path), closing(_open(path)) as file:
        for some in _pieces(keys):
            question = f"SELECT key, row, sum, used FROM prompts WHERE key IN ({_marks(some)})"
            for key, row, check, used in file.execute(question, some):
                if _is_whole(key, row, check):
                    found[key] = np.frombuffer(row, np.float32)
                    stale += [key] if now - used > DAY_S else []
        for some in _pieces(stale):
            with file:
                file.execute(
                    f"UPDATE prompts SET used = ? WHERE key IN ({_marks(some)})", [now, *some]
                )
    return found


def _write(path: Path, rows: dict[bytes, NDArray[np.float32]]) -> None:
    now = int(time.time())
    with _without_it(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_open(path)) as file, file:
            for key, row in rows.items():
                content = row.astype(np.float32).tobytes()
                file.execute(
                    "INSERT OR REPLACE INTO prompts VALUES (?, ?, ?, ?)",
                    (key, content, zlib.crc32(key + content), now),
                )
            size = _number(file, "page_count") * _number(file, "page_size")
            if size > LARGEST_BYTES:
                # A quarter at once, so that this is rare.
                file.execute(
                    "DELETE FROM prompts WHERE key IN (SELECT key FROM prompts ORDER BY used "
                    "LIMIT (SELECT 1 + count(*) / 4 FROM prompts))"
                )


def _open(path: Path) -> "Connection":
    import sqlite3

    file = sqlite3.connect(path, timeout=WAIT_S)
    # What was deleted is given back to the disk; it must be said before the table is made.
    file.execute("PRAGMA auto_vacuum = FULL")
    file.execute("PRAGMA synchronous = OFF")
    file.execute(_TABLE)
    return file


class _without_it:
    """Whatever goes wrong with the file inside is passed over; a damaged one is removed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if kind is None:
            return False
        try:
            import sqlite3
        except ImportError:
            # A Python that was built without it.
            return issubclass(kind, ImportError)
        if issubclass(kind, OSError | sqlite3.OperationalError):
            return True
        if issubclass(kind, sqlite3.Error | ValueError):
            with suppress(OSError):
                self._path.unlink()
            return True
        return False


def _is_whole(key: object, row: object, check: object) -> bool:
    return (
        isinstance(key, bytes)
        and isinstance(row, bytes)
        and len(row) % 4 == 0
        and check == zlib.crc32(key + row)
    )


def _number(file: "Connection", name: str) -> int:
    return int(file.execute(f"PRAGMA {name}").fetchone()[0])


def _pieces(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]


def _marks(keys: list[bytes]) -> str:
    return ", ".join("?" * len(keys))
