"""A folder is written whole or not at all: a temporary sibling, then one exchange of the two.

Where the system cannot exchange two folders in one step, the old one is moved aside first. A kill
in between leaves no folder at the name; whoever comes next to read or write it finishes that.
"""

import ctypes
import errno
import logging
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

_log = logging.getLogger(__name__)

NEW, OLD = ".new", ".old"
"""Endings of hidden siblings: the folder that is being written, and the one that stood there."""

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def folder_written_whole(folder: str | Path) -> Iterator[Path]:
    """Yield an empty sibling of `folder`; on success it takes its place, on failure it is gone.

    What stood there before is removed only when the new one is in its place. What a kill left of an
    earlier writing is finished or removed first.

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
    recover_folder(target)
    _sweep(target)
    mark = f".{target.name}.{secrets.token_hex(4)}"
    temporary, aside = target.with_name(mark + NEW), target.with_name(mark + OLD)
    temporary.mkdir(parents=True)
    try:
        with _held(temporary):
            yield temporary
            if not target.exists():
                temporary.rename(target)
            elif not _exchanged(temporary, target):
                _renamed(temporary, target, aside)
    finally:
        for left in (temporary, aside):
            shutil.rmtree(left, ignore_errors=True)


def recover_folder(folder: str | Path) -> None:
    """Put a folder back that a kill left nowhere: between the moves of the old one and the new one.

    Args:
        folder: that is going to be read or written; where it stands, nothing is done.

    Raises:
        OSError: it cannot be renamed.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "model"
        >>> (target.parent / ".model.0123abcd.old").mkdir()
        >>> recover_folder(target)
        >>> [x.name for x in target.parent.iterdir()]
        ['model']
    """
    target = Path(folder).absolute()
    # os.path answers False where pathlib raises: a name too long is no folder.
    if os.path.exists(target):
        return
    for aside in _left(target, OLD):
        # The old one is moved aside only when the new one is whole.
        whole = aside.with_suffix(NEW)
        found = whole if whole.is_dir() else aside
        if _is_held(found, unknown=False):
            continue  # whoever writes it is about to put it there
        found.rename(target)
        _log.warning(
            "%s was not there, since a process was killed while it replaced it; the %s one was put "
            "back.",
            target,
            "new" if found == whole else "old",
        )
        shutil.rmtree(aside, ignore_errors=True)
        return


def _sweep(target: Path) -> None:
    """Remove what killed processes left of it beside it; what a living one writes stays."""
    for left in (*_left(target, NEW), *_left(target, OLD)):
        if not _is_held(left, unknown=True):
            shutil.rmtree(left, ignore_errors=True)
            _log.warning("%s was removed: a process was killed while it wrote %s.", left, target)


def _left(target: Path, ending: str) -> list[Path]:
    name = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}{re.escape(ending)}")
    with suppress(OSError):
        return sorted(x for x in target.parent.iterdir() if name.fullmatch(x.name))
    return []


def _renamed(temporary: Path, target: Path, aside: Path) -> None:
    target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        aside.rename(target)
        raise


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder: the lock goes with the process, so that a killed one holds nothing."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # A file system without locks only loses the sweeping of others.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_held(folder: Path, *, unknown: bool) -> bool:
    """Whether a living process writes it; `unknown` where nobody can know."""
    if sys.platform == "win32":
        return unknown
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True  # gone meanwhile: its writer lives
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return unknown
    finally:
        os.close(handle)
    return False


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system, or the file system, cannot."""
    call = _renameat2()
    if call is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM):
        return False
    raise OSError(code, os.strerror(code), str(other))


@cache
def _renameat2() -> Any:
    """The call of Linux for it; None elsewhere. Source: rename(2), Linux 3.15, glibc 2.28."""
    if sys.platform != "linux":
        return None
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = (
            ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint,
        )  # fmt: skip
    return call
