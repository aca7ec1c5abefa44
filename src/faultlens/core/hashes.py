"""By what a file is known again, whatever it is called."""

from hashlib import file_digest
from pathlib import Path


def file_sha256(path: str | Path) -> str:
    """The SHA-256 of a file, read piece by piece.

    Args:
        path: of the file.

    Raises:
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     file_sha256(file.name)[:12]
        'e3b0c44298fc'
    """
    with Path(path).open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
