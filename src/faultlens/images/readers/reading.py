"""Around every reading of a picture: what is no file is refused, and every failure names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from faultlens.core.errors import (
    FaultlensError,
    InputError,
    TooLargeError,
    UnreadableFileError,
)


def refuse_no_file(path: Path) -> None:
    """Refuse what is no file that can be read from its start to its end.

    Args:
        path: as the user gave it.

    Raises:
        UnreadableFileError: a folder, nothing at all, a pipe or a device.

    Example:
        >>> refuse_no_file(Path("nowhere.png"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: does not exist; check the name and the folder.
    """
    if path.is_dir():
        raise UnreadableFileError(
            "is a folder, not a picture; give one of the files inside it, or the folder to a verb "
            "that takes many."
        )
    if not path.exists():
        if path.is_symlink():
            raise UnreadableFileError(
                "is a link to something that does not exist; mend the link or give the file."
            )
        raise UnreadableFileError("does not exist; check the name and the folder.")
    # A pipe would be waited for without end, and a device has no size.
    if not path.is_file():
        raise UnreadableFileError(
            "is no regular file but a pipe or a device; save the picture to a file first."
        )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Whatever goes wrong inside ends in an error of ours that names the file.

    Args:
        name: of the file, as the user gave it.

    Raises:
        UnreadableFileError: damaged, or may not be read.
        TooLargeError: more than the memory holds.

    Example:
        >>> with reading("plate.png"):
        ...     raise ValueError("no such marker")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: plate.png is damaged or of a kind that is ...
    """
    # Damaged files raise every kind of exception in the libraries that parse them.
    try:
        with np.errstate(all="ignore"):
            yield
    except InputError as error:
        message = str(error)
        if name in message:
            raise
        raise type(error)(f"{name} {message}") from error
    except FaultlensError:
        raise
    except PermissionError as error:
        raise UnreadableFileError(f"{name} may not be read: {error.strerror}.") from error
    except MemoryError as error:
        raise TooLargeError(
            f"{name} does not fit the memory of this machine; cut it into parts."
        ) from error
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if "truncated" in reason:
            raise UnreadableFileError(f"{name} is cut off: {reason}. Copy it again.") from error
        raise UnreadableFileError(
            f"{name} is damaged or of a kind that is not read: {reason}. Copy it again, or export "
            "it as PNG."
        ) from error
