"""A result as a file: how it is written follows from the suffix of its name."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from faultlens.core.errors import UsageError
from faultlens.core.files import write_text


def save_by_suffix(
    path: str | Path, ways: Mapping[str, Callable[[Path], object]], *, what: str = "result"
) -> None:
    """Write a result the way that the suffix asks for.

    Args:
        path: file to write.
        ways: suffix with its dot, in small letters -> what writes it whole, in the order told.
        what: is saved, in words.

    Raises:
        UsageError: another suffix.
        OSError: the file cannot be written.

    Example:
        >>> save_by_suffix("a.gif", {".png": print, ".csv": print, ".json": print}, what="trend")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Cannot save a trend as 'a.gif'; end it in .png, .csv ...
    """
    target = Path(path)
    write = ways.get(target.suffix.lower())
    if write is None:
        *others, last = ways
        raise UsageError(
            f"Cannot save a {what} as '{target.name}'; end it in {', '.join(others)} or {last}."
        )
    write(target)


def write_json(target: Path, told: Mapping[str, Any]) -> None:
    """Write what a result tells as readable JSON, whole or not at all.

    Args:
        target: file to write.
        told: plain values.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "a.json"
        >>> write_json(target, {"verdict": "划痕"})
        >>> "划痕" in target.read_text(encoding="utf-8")
        True
    """
    write_text(target, json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


class AbstractSaved(ABC):
    """A result that writes itself as JSON, picture or page."""

    _what: ClassVar[str] = "result"

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""

    @abstractmethod
    def _save_picture(self, target: Path) -> None:
        """Write the picture, whole or not at all."""

    @abstractmethod
    def _save_page(self, target: Path) -> None:
        """Write the page, whole or not at all."""

    def save(self, path: str | Path) -> None:
        """Write it, whole or not at all: as .json, .png or .html by the suffix.

        Args:
            path: file to write.

        Raises:
            UsageError: another suffix.
            OSError: the file cannot be written.
        """
        ways: dict[str, Callable[[Path], object]] = {
            ".json": lambda target: write_json(target, self.to_dict()),
            ".png": self._save_picture,
            ".html": self._save_page,
        }
        save_by_suffix(path, ways, what=self._what)
