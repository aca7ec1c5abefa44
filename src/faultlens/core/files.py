"""Files are written whole or not at all: a temporary name beside the target, then a rename."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: str | Path, *, mode: int | None = None) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it becomes `path`, on failure it is gone.

    An interrupt or a full disk therefore never leaves a half-written file under the final name.

    Args:
        path: of the finished file.
        mode: its rights, as in `0o600`; None for those that any other file would have.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "note.txt"
        >>> with written_whole(target) as temporary:
        ...     _ = temporary.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The suffix is kept, since several writers choose the format by it.
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.stem}.", suffix=target.suffix
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "deep" / "note.txt"
        >>> write_text(target, "外圈")
        >>> target.read_text(encoding="utf-8")
        '外圈'
    """
    with written_whole(path) as temporary:
        # A file name need not be UTF-8, and a report names files: say it, rather than fail.
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def _umask() -> int:
    # mkstemp makes private files; the finished file gets the rights any other file would have.
    mask = os.umask(0)
    os.umask(mask)
    return mask
