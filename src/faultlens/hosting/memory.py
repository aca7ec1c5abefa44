"""A hard bound of a worker's memory, for what no header tells beforehand.

Decoders of compressed formats (HDF5's filters, Parquet's pages) unfold as much as a file makes them
unfold. Beyond the bound an allocation fails: as MemoryError, or by the end of the worker, which is
replaced. Either way the machine keeps its memory, and the other requests their answers.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from faultlens.core.errors import UsageError


def cap_memory(headroom_bytes: int) -> int | None:
    """Let this process take so much more memory than it holds now, and no more.

    Args:
        headroom_bytes: beyond what is held now, with models loaded and warmed up.

    Returns:
        The bound in bytes of private memory; None where the system has none (only Linux has).

    Raises:
        UsageError: a headroom that is not positive.

    Example:
        >>> cap_memory(0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The headroom is 0 bytes; it must be positive.
    """
    if headroom_bytes <= 0:
        raise UsageError(f"The headroom is {headroom_bytes} bytes; it must be positive.")
    if sys.platform != "linux":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = held_bytes() + headroom_bytes
    for earlier in (soft, hard):
        if earlier != resource.RLIM_INFINITY:
            bound = min(bound, earlier)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    return bound


@contextmanager
def room_for_a_model() -> Iterator[None]:
    """Let a model be loaded inside, whatever it takes; afterwards there is as much room as before.

    Without a bound it does nothing.

    Example:
        >>> with room_for_a_model():
        ...     pass
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    before = held_bytes()
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    try:
        yield
    finally:
        if soft != resource.RLIM_INFINITY:
            soft += max(0, held_bytes() - before)
            if hard != resource.RLIM_INFINITY:
                soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def regained_bytes() -> int | None:
    """Give back what a task left behind that ran out of memory, and tell how much room there is.

    What was raised holds on to the arrays of every function that it came through.

    Returns:
        Bytes that this process may still take; None where it has no bound.

    Example:
        >>> room = regained_bytes()
        >>> room is None or room > 0
        True
    """
    gc.collect()
    if sys.platform != "linux":
        return None
    import ctypes
    import resource

    # Not in every C library.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if soft == resource.RLIM_INFINITY else soft - held_bytes()


def held_bytes() -> int:
    """Private memory that this process has taken from the system (Linux), touched or not.

    Example:
        >>> sys.platform != "linux" or held_bytes() > 1_000_000
        True
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (stated,) = [x for x in lines if x.startswith("VmData:")]
    return int(stated.split()[1]) * 1024
