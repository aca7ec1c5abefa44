"""What --defects says: sentences with commas between them, or a file with one a line."""

from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.text.defect_lists import split_defects

FROM_FILE = "@"

LARGEST_LIST_BYTES = 1_000_000
"""A list of sentences is written by hand."""


def asked_sentences(text: str) -> tuple[str, ...]:
    """The sentences of --defects.

    Args:
        text: as `split_defects` takes them; or "@FILE": a text file
            with one sentence a line, or a TOML file with `defects = [...]`.

    Raises:
        UsageError: no sentence is left, or a quotation is not closed.
        UnreadableFileError: the file cannot be read.

    Example:
        >>> asked_sentences("crack longer than 0.5 mm, scratch")
        ('crack longer than 0.5 mm', 'scratch')
        >>> asked_sentences("裂纹、划痕")
        ('裂纹', '划痕')
    """
    if text.startswith(FROM_FILE):
        return _listed(Path(text.removeprefix(FROM_FILE)))
    return split_defects(text)


def _listed(path: Path) -> tuple[str, ...]:
    import tomllib

    try:
        if path.stat().st_size > LARGEST_LIST_BYTES:
            raise ValueError("it is larger than 1 MB, which no list of sentences is")
        words = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".toml":
            listed = tomllib.loads(words).get("defects")
            if not isinstance(listed, list) or not all(isinstance(x, str) for x in listed):
                raise ValueError("it has no list 'defects' of sentences")
            return tuple(listed)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(f"{path} cannot be read: {reason}.") from error
    except ValueError as error:
        raise UnreadableFileError(
            f"{path} is no list of defects: {error}. Write one sentence a line, or TOML with "
            'defects = ["crack", "scratch"].'
        ) from error
    return tuple(x.strip() for x in words.splitlines() if x.strip() and not x.startswith("#"))
