"""What a piece of work took: seconds and memory, written beside what came of it."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import write_text

T = TypeVar("T")

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
"""What Linux tells of this process, and where it is asked to count its largest memory anew."""


@dataclass(frozen=True)
class Cost:
    """What a piece of work took.

    Args:
        seconds: by the clock, s.
        peak_mb: largest memory of the process meanwhile, MB; None where the system does not say.
    """

    seconds: float
    peak_mb: float | None


def costed(make: Callable[[], T], path: Path) -> T:
    """Do something, and write what it took.

    Args:
        make: does it.
        path: JSON file of the cost.

    Returns:
        what `make` returns.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "cost.json"
        >>> costed(lambda: "done", path), read_cost(path).seconds < 1
        ('done', True)
    """
    measurable = _forget_peak()
    started = time.perf_counter()
    made = make()
    cost = Cost(time.perf_counter() - started, peak_mb() if measurable else None)
    write_text(path, json.dumps(asdict(cost)) + "\n")
    return made


def read_cost(path: Path) -> Cost:
    """What `costed` wrote.

    Raises:
        UnreadableFileError: there is no such file, or it holds something else.

    Example:
        >>> read_cost(Path("/nowhere/cost.json"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/cost.json cannot be read: ...
    """
    try:
        return Cost(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. Take its folder away."
        ) from error


def peak_mb() -> float | None:
    """Largest memory of this process so far, MB; None where the system does not say.

    Example:
        >>> peak_mb() is None or peak_mb() > 1
        True
    """
    if sys.platform != "linux":
        return None
    # Not that of getrusage: it begins with what the parent process had.
    line = next(x for x in STATUS.read_text(encoding="ascii").splitlines() if "VmHWM" in x)
    return int(line.split()[1]) / 1024


def _forget_peak() -> bool:
    """Whether the system forgot the largest memory of this process so far."""
    if sys.platform != "linux":
        return False
    try:
        FORGET.write_text("5", encoding="ascii")
    except OSError:
        return False
    return True
