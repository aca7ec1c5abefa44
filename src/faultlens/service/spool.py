"""Where uploads lie while they are judged, under names of ours."""

import fcntl
import itertools
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import final

MEMORY = "/dev/shm"
"""A file system in memory, of Linux: a small file is made and removed there in 0.1 ms, and on a
disk with a journal in one or several."""

SMALL_BYTES = 512_000
"""Requests of up to so many bytes go there; at most a queue of them is there at once."""

LEFT_BYTES = 16_000_000
"""Of it are left to others; containers often have 64 MB in all."""


PREFIX = "faultlens-uploads-"

YOUNG_S = 60.0
"""A folder younger than this may not be locked yet by who has made it."""


@final
class Place:
    """Room for the files of one request.

    Args:
        start: of their paths.
    """

    def __init__(self, start: str) -> None:
        self._start = start
        self.paths: list[str] = []

    def next_path(self, suffix: str) -> str:
        """Path of another file, that is not there yet.

        Args:
            suffix: of its name.
        """
        path = f"{self._start}-{len(self.paths):04d}{suffix}"
        self.paths.append(path)
        return path


@final
class Spool:
    """Where uploads lie: in memory if they are small, else on the disk that TMPDIR names.

    No name is a client's, and no two files have the same without their suffix: none can be taken
    for another's sidecar, or leave its folder.

    Args:
        memory: a folder in memory.

    Example:
        >>> spool = Spool()
        >>> with spool.place(1000) as place:
        ...     path = place.next_path(".wav")
        ...     with open(path, "xb") as file:
        ...         _ = file.write(b"RIFF")
        >>> os.path.exists(path)
        False
        >>> spool.close()
    """

    def __init__(self, memory: str = MEMORY) -> None:
        self._memory = memory
        # Where its owner has forbidden us to write, the disk will do.
        self._may_write = os.access(memory, os.W_OK)
        self._folders: dict[str, str] = {}
        self._locks: list[int] = []
        # Messages name files; so odd a word in them can be put right by what the client called it.
        self._word = secrets.token_hex(6)
        self._numbers = itertools.count()

    @contextmanager
    def place(self, expected_bytes: int | None) -> Iterator[Place]:
        """Room for the files of a request, which are gone when the block is left.

        Args:
            expected_bytes: of the request; None where it does not say.
        """
        in_memory = self._fits_memory(expected_bytes)
        folder = self._folder(self._memory if in_memory else tempfile.gettempdir())
        place = Place(f"{folder}/{self._word}-{next(self._numbers)}")
        try:
            yield place
        finally:
            for path in place.paths:
                with suppress(OSError):
                    os.unlink(path)

    def close(self) -> None:
        """Remove everything."""
        while self._folders:
            shutil.rmtree(self._folders.popitem()[1], ignore_errors=True)
        while self._locks:
            os.close(self._locks.pop())

    def _folder(self, within: str) -> str:
        if within not in self._folders:
            remove_orphans(within)
            made = tempfile.mkdtemp(prefix=PREFIX, dir=within)
            self._folders[within] = made
            if (lock := _locked(made)) is not None:
                self._locks.append(lock)
        return self._folders[within]

    def _fits_memory(self, expected_bytes: int | None) -> bool:
        if not self._may_write or expected_bytes is None or expected_bytes > SMALL_BYTES:
            return False
        state = os.statvfs(self._memory)
        return state.f_bavail * state.f_frsize > LEFT_BYTES


def remove_orphans(within: str) -> None:
    """Remove what services left behind that were killed: uploads are nobody's to keep.

    A service holds a lock on its folder while it lives, and the system lets go of it at its end.

    Args:
        within: folder in which folders of uploads lie.

    Example:
        >>> remove_orphans("/nowhere")
    """
    with suppress(OSError):
        for each in os.scandir(within):
            if not each.name.startswith(PREFIX) or not each.is_dir(follow_symlinks=False):
                continue
            state = each.stat(follow_symlinks=False)
            if state.st_uid != os.geteuid() or time.time() - state.st_mtime < YOUNG_S:
                continue
            if (lock := _locked(each.path)) is not None:
                shutil.rmtree(each.path, ignore_errors=True)
                os.close(lock)


def _locked(folder: str) -> int | None:
    """A lock on a folder, as an open file; None where another has it."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
