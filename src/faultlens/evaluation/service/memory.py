"""Memory of a server and its workers, as the system counts it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PROC = Path("/proc")


def family_of(pid: int) -> tuple[int, ...]:
    """A process and all processes that it, or one of them, started.

    Args:
        pid: of the first.

    Returns:
        Process ids; the first alone where the system does not tell.

    Example:
        >>> family_of(os.getpid())[0] == os.getpid()
        True
    """
    parents: dict[int, int] = {}
    for entry in PROC.glob("[0-9]*/stat") if sys.platform == "linux" else ():
        try:
            # The name stands in brackets and may hold anything: the fields count from its end.
            fields = entry.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended in the meantime
        parents[int(entry.parent.name)] = int(fields[1])
    family = [pid]
    for each in family:
        family += [child for child, parent in parents.items() if parent == each]
    return tuple(family)


def resident_mb(pids: Sequence[int]) -> float | None:
    """Resident memory of processes together, MB; pages that they share count in each of them.

    Args:
        pids: of the processes; those that ended count nothing.

    Returns:
        None where the system does not tell.

    Example:
        >>> sys.platform != "linux" or resident_mb([os.getpid()]) > 5
        True
    """
    if sys.platform != "linux":
        return None
    pages = 0
    for pid in pids:
        try:
            pages += int((PROC / str(pid) / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def growth(samples_mb: Sequence[float]) -> float:
    """Mean of the last third over that of the first: 1 where memory is flat.

    Args:
        samples_mb: memory at even steps, three at least.

    Example:
        >>> growth([100, 100, 104, 96, 110, 110])
        1.1
    """
    thirds = np.array_split(np.asarray(samples_mb, dtype=np.float64), 3)
    return float(thirds[2].mean() / thirds[0].mean())
