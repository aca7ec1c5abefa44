"""Results from files: JSON or JSON lines, as diagnose, inspect and fuse write them with --json."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from faultlens.core.errors import InputError, TooLargeError, UnreadableFileError
from faultlens.inference.named_files import ending_in, named_files

SUFFIXES = (".json", ".jsonl")
"""Of the files of a folder that are read."""

STANDARD_INPUT = "-"

LARGEST_BYTES = 64_000_000
"""A result holds outlines and lines of spectra, not pictures and recordings."""

MOST_RESULTS = 10_000
"""Results in one file."""


def expand_results(patterns: Sequence[str]) -> tuple[str, ...]:
    """Files that names, globs and folders stand for, in a fixed order, each once.

    Args:
        patterns: file names, globs, folders, or "-" for standard input.

    Raises:
        UnreadableFileError: a glob or a folder that holds no result, or an empty name.

    Example:
        >>> expand_results(["/nowhere/a.json", "-"])  # whether a file is there is told later
        ('/nowhere/a.json', '-')
    """
    found: dict[str, str] = {}
    for pattern in patterns:
        for path in _inside(pattern):
            found.setdefault(path if path == STANDARD_INPUT else os.path.abspath(path), path)
    return tuple(found.values())


def read_results(path: str) -> tuple[Mapping[str, Any], ...]:
    """The results in a file, each with the name of the file where it names none of its own.

    Args:
        path: JSON (one result, or a list of them) or JSON lines; "-" for standard input.

    Raises:
        InputError: it cannot be read, is too large, or holds no results.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "a.json"
        >>> _ = file.write_text('{"verdict": "healthy"}')
        >>> [x["verdict"] for x in read_results(str(file))]
        ['healthy']
    """
    words = _text(path)
    if not words.strip():
        raise UnreadableFileError(f"{path} is empty; give what diagnose, inspect or measure write.")
    try:
        found = _parsed(words)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"{path} holds no results: {error}. Give what diagnose, inspect or measure write with "
            "--json, as in: faultlens diagnose FILE --json > result.json"
        ) from error
    if not found or not all(isinstance(x, dict) for x in found) or len(found) > MOST_RESULTS:
        raise UnreadableFileError(
            f"{path} holds {len(found)} values that are not all results; give 1 to {MOST_RESULTS} "
            "results, as diagnose, inspect or measure write them with --json."
        )
    name = "standard input" if path == STANDARD_INPUT else path
    return tuple(x if x.get("file") else {**x, "file": name} for x in found)


def _inside(pattern: str) -> list[str]:
    known = f"they end in {' or '.join(SUFFIXES)}"
    return named_files(
        pattern, lambda names: ending_in(names, SUFFIXES), what="result", known=known
    )


def _text(path: str) -> str:
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST_BYTES + 1)
        else:
            with Path(path).open("rb") as stream:
                content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; check the name and the folder.") from error
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{path} cannot be read: {error}.") from error
    if len(content) > LARGEST_BYTES:
        raise TooLargeError(
            f"{path} is larger than {LARGEST_BYTES // 1_000_000} MB, which no result is; give what "
            "diagnose, inspect or measure write with --json."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path} is no text, so it holds no results. Judge it first, as in: faultlens diagnose "
            "FILE --json > result.json"
        ) from error


def _parsed(words: str) -> list[Any]:
    try:
        whole = json.loads(words, parse_constant=_refuse)
        return whole if isinstance(whole, list) else [whole]
    except json.JSONDecodeError:
        # JSON lines: what --json writes of several files.
        return [json.loads(x, parse_constant=_refuse) for x in words.splitlines() if x.strip()]


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
