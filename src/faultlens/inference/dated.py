"""When a result's file was made: as the file says, or else when it was last changed."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from faultlens.inference.findings import Diagnosis
    from faultlens.inference.inspection import Inspection
    from faultlens.inference.measurement import Measurement

T = TypeVar("T", "Diagnosis", "Inspection", "Measurement")

BY_CHANGE = "dated by the last change of the file, which says no time itself"
"""Line of the history: a file that was copied without its time bears that of the copying."""


def changed_at(file: str | Path) -> str | None:
    """When a file was last changed, ISO 8601 in UTC, to the second; None where there is no file.

    Args:
        file: of a recording, picture or scan; a URL is no file.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     os.utime(file.name, (1780000000, 1780000000))
        ...     changed_at(file.name)
        '2026-05-28T20:26:40+00:00'
        >>> changed_at("https://example.org/b.jpg") is None
        True
    """
    try:
        return datetime.fromtimestamp(os.stat(file).st_mtime, UTC).isoformat(timespec="seconds")
    except (OSError, ValueError, OverflowError):
        return None


def dated(result: T, file: str | Path) -> T:
    """A result with a time, where its file has one: what the file says goes first.

    Args:
        result: of the file.
        file: that was read.

    Example:
        >>> dated.__name__  # `faultlens inspect` shows it at work
        'dated'
    """
    if result.time is not None or (time := changed_at(file)) is None:
        return result
    return replace(result, time=time, history=(*result.history, BY_CHANGE))
