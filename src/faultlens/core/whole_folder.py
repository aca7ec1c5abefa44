"""A folder is written whole or not at all: a temporary sibling, then a rename."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_written_whole(folder: str | Path) -> Iterator[Path]:
    """Yield an empty sibling of `folder`; on success it takes its place, on failure it is gone.

    What stood there before is moved aside, and removed only when the new one is in its place.

    Raises:
        OSError: the folder cannot be made, written or renamed.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "model"
        >>> for words in ("first", "second"):
        ...     with folder_written_whole(target) as temporary:
        ...         _ = (temporary / words).write_text(words)
        >>> [x.name for x in target.iterdir()]
        ['second']
    """
    target = Path(folder).absolute()
    mark = f".{target.name}.{secrets.token_hex(4)}"
    temporary, aside = target.with_name(f"{mark}.new"), target.with_name(f"{mark}.old")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        stood = target.exists()
        if stood:
            target.rename(aside)
        try:
            temporary.rename(target)
        except OSError:
            if stood:
                aside.rename(target)
            raise
    finally:
        for left in (temporary, aside):
            shutil.rmtree(left, ignore_errors=True)
