"""The text of `line.toml` parsed; past a line that is no TOML, so that the others are seen too."""

import re
import tomllib
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.line.configuration.faults import Fault

MOST_BYTES = 1_000_000
"""Of the file: a line has some hundred sources at most."""

MOST_SYNTAX_FAULTS = 20
"""After so many lines that are no TOML it is another kind of file."""


def parsed(path: Path) -> tuple[str, dict[str, Any], list[Fault]]:
    """The text, its tables, and the lines that are no TOML.

    Args:
        path: of the file.

    Raises:
        UsageError: there is no such file.
        UnreadableFileError: it is too large, or no text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "line.toml"
        >>> _ = path.write_text('[line]\\nname = press\\nstore = "sqlite:///a.db"')
        >>> parsed(path)[1:]
        ({'line': {'store': 'sqlite:///a.db'}}, [Fault(line=2, message='this is no TOML: ...')])
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFileError(
                f"{path} has more than {MOST_BYTES} bytes; is it a line.toml?"
            )
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path} is no UTF-8 text ({error}); save it as UTF-8."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}). Give the file that describes the line; "
            "'faultlens watch --example' prints one to begin with."
        ) from error
    lines = text.splitlines()
    faults: list[Fault] = []
    while len(faults) < MOST_SYNTAX_FAULTS:
        try:
            return text, tomllib.loads("\n".join(lines)), faults
        except tomllib.TOMLDecodeError as error:
            said = str(error)
            place = re.search(r"at line (\d+)", said)
            number = int(place[1]) if place else _last_line(lines)
            message = re.sub(r"\s*\(at [^)]*\)", "", said)
            faults.append(Fault(number, f"this is no TOML: {message}."))
            lines[number - 1] = ""
            if _TWICE in said:
                _pass_over_keys(lines, number)
    return text, {}, faults


_TWICE = "Cannot declare"
"""How the parser begins where a table is there already."""


def _pass_over_keys(lines: list[str], number: int) -> None:
    """Of a table that is there already the keys are no faults of their own."""
    while number < len(lines) and not lines[number].lstrip().startswith("["):
        lines[number] = ""
        number += 1


def _last_line(lines: list[str]) -> int:
    """Where the parser reached the end of the file: the last line that says anything."""
    said = [number for number, line in enumerate(lines, start=1) if line.strip()]
    return said[-1] if said else 1
