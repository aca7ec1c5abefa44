"""A file on its way to the service: its name there, and its bytes."""

from pathlib import Path

from faultlens.core.errors import UnreadableFileError

File = str | Path | bytes | tuple[str, bytes]
"""A path; bytes; or a name and bytes. A recording's format is told by its name's ending."""


def called(file: File) -> str:
    """How a file is told of in results and messages.

    Args:
        file: a path, bytes, or a name and bytes.

    Example:
        >>> called("line 3/pump7.csv"), called(("pump7.csv", b"")), called(b"")
        ('line 3/pump7.csv', 'pump7.csv', 'file')
    """
    if isinstance(file, bytes):
        return "file"
    return file[0] if isinstance(file, tuple) else str(file)


def upload_of(file: File) -> tuple[str, bytes]:
    """The name that the service sees, without folders, and the bytes.

    Args:
        file: a path, bytes, or a name and bytes.

    Raises:
        UnreadableFileError: there is no such file, or it may not be read.

    Example:
        >>> upload_of(("line 3/pump7.csv", b"1,2"))
        ('pump7.csv', b'1,2')
    """
    # A file's name need not be UTF-8; what travels is.
    name = Path(called(file)).name.encode("utf-8", "backslashreplace").decode()
    if isinstance(file, bytes):
        return name, file
    if isinstance(file, tuple):
        return name, file[1]
    try:
        return name, Path(file).read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            f"'{file}' cannot be read: {error.strerror or error}. Check path and rights."
        ) from None
