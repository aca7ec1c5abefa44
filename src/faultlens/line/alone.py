"""One process per line: two would write each other's journal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faultlens.core.errors import UsageError


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the state folder of a line while it is watched; a killed process holds it no longer.

    Args:
        folder: made where there is none.

    Raises:
        UsageError: another process holds it; the message says which.
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> with alone(Path(tempfile.mkdtemp()) / "state"):
        ...     "watched"
        'watched'
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        # Windows: SQLite's own locks keep two from writing at once.
        yield
        return
    with (folder / "watch.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise UsageError(
                f"The line with its state in {folder} is watched already, by process "
                f"{lock.read(20).strip() or 'unknown'}. End that one first, or give this line a "
                "folder of its own: state in line.toml."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
