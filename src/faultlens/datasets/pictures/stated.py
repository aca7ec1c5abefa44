"""Files that a data set states: read within bounds, and never from outside of its folder."""

import csv
import json
import struct
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PIL import Image

from faultlens.core.errors import UnreadableFileError

SUFFIXES = frozenset({
    ".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp",
})  # fmt: skip
"""Suffixes of files that may be pictures."""

LARGEST_CSV_BYTES = 1 << 26
LARGEST_JSON_BYTES = 1 << 29
LARGEST_XML_BYTES = 1 << 20

LARGEST_PIXELS = 200_000_000

NOT_PICTURES = frozenset({"annotations", "ground_truth", "labels", "mask", "masks", "__macosx"})
"""Folders, in lower case, that hold truths and no pictures to judge."""


def inside(root: Path, name: str) -> Path:
    """The file that a table names, as seen from a folder, which it must not lead out of.

    Args:
        root: folder of the data set.
        name: as stated, with either slash.

    Raises:
        UnreadableFileError: it leads out of the folder, or there is no such file.

    Example:
        >>> inside(Path("/data"), "../etc/passwd")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: '../etc/passwd' leads out of /data; ...
    """
    path = root / name.strip().replace("\\", "/")
    try:
        there = path.resolve()
        leaves = not there.is_relative_to(root.resolve())
        exists = not leaves and there.is_file()
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"'{name[:200]}' is no name of a file: {error}.") from error
    if leaves:
        raise UnreadableFileError(
            f"'{name[:200]}' leads out of {root}; name files as seen from there, inside it."
        )
    if not name.strip() or not exists:
        raise UnreadableFileError(f"'{name[:200]}' is missing in {root}.")
    return path


def picture_size(path: Path) -> tuple[int, int]:
    """Height and width of a picture in pixels, by its header, as it is shown.

    Args:
        path: the file.

    Raises:
        UnreadableFileError: it is no picture, or too large.

    Example:
        >>> picture_size(Path("/nowhere.png"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.png is no picture that can be read: ...
    """
    try:
        with warnings.catch_warnings():
            # Our own bound is checked below, and says what to do.
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                width, height = picture.size
                turned = picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    except (*_UNREADABLE, Image.DecompressionBombError) as error:
        raise UnreadableFileError(f"{path} is no picture that can be read: {error}.") from error
    if width * height > LARGEST_PIXELS or not width * height:
        raise UnreadableFileError(
            f"{path} is {width} x {height} pixels; 1 to {LARGEST_PIXELS} are read."
        )
    return (width, height) if turned else (height, width)


def pictures_below(folder: Path) -> Iterator[Path]:
    """Files that may be pictures, in order of name; hidden ones and truths are not.

    Args:
        folder: looked into to any depth.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("b.png", "a.JPG", ".c.png", "notes.txt", "b_mask.png"):
        ...     (folder / name).touch()
        >>> [x.name for x in pictures_below(folder)]
        ['a.JPG', 'b.png']
    """
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(x.startswith(".") or x.casefold() in NOT_PICTURES for x in parts):
            continue
        if path.suffix.casefold() not in SUFFIXES or path.stem.casefold().endswith("_mask"):
            continue
        if path.is_file():
            yield path


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table with a header, by their column in lower case.

    Args:
        path: CSV, with commas, semicolons or tabs.

    Raises:
        UnreadableFileError: it cannot be read, or is too large.

    Example:
        >>> read_rows(Path("/nowhere.csv"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.csv is no table that can be read: ...
    """
    try:
        if path.stat().st_size > LARGEST_CSV_BYTES:
            raise ValueError(f"it is larger than {LARGEST_CSV_BYTES >> 20} MiB")
        with path.open(newline="", encoding="utf-8-sig") as stream:
            head = stream.readline()
            stream.seek(0)
            delimiter = max(",;\t", key=head.count)
            read = list(csv.DictReader(stream, delimiter=delimiter, restval=""))
    except (OSError, ValueError, csv.Error) as error:
        raise UnreadableFileError(f"{path} is no table that can be read: {error}.") from error
    return [
        {str(x).strip().casefold(): str(y).strip() for x, y in row.items() if x is not None}
        for row in read
    ]


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Args:
        path: the file.

    Raises:
        UnreadableFileError: it cannot be read, or is too large or too deep.

    Example:
        >>> read_json(Path("/nowhere.json"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.json is no JSON that can be read: ...
    """
    try:
        if path.stat().st_size > LARGEST_JSON_BYTES:
            raise ValueError(f"it is larger than {LARGEST_JSON_BYTES >> 20} MiB")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFileError(f"{path} is no JSON that can be read: {error}.") from error


def read_xml(path: Path) -> ElementTree.Element:
    """The root of an XML file without a document type: an entity could grow without end.

    Args:
        path: the file.

    Raises:
        UnreadableFileError: it cannot be read, is too large, or declares a document type.

    Example:
        >>> read_xml(Path("/nowhere.xml"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.xml is no XML that can be read: ...
    """
    try:
        if path.stat().st_size > LARGEST_XML_BYTES:
            raise ValueError(f"it is larger than {LARGEST_XML_BYTES >> 20} MiB")
        text = path.read_text(encoding="utf-8-sig")
        if "<!" in text.replace("<!--", ""):
            raise ValueError("it declares a document type")
        return ElementTree.fromstring(text)
    except (OSError, ValueError, LookupError, RecursionError, ElementTree.ParseError) as error:
        raise UnreadableFileError(f"{path} is no XML that can be read: {error}.") from error


def has_columns(path: Path, columns: Mapping[str, object] | frozenset[str]) -> bool:
    """Whether a file is a table whose header has these columns.

    Args:
        path: the file.
        columns: names in lower case.

    Example:
        >>> has_columns(Path("/nowhere.csv"), frozenset({"image"}))
        False
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            head = stream.readline(1 << 16)
    except (OSError, ValueError):
        return False
    cells = head.split(max(",;\t", key=head.count))
    return set(columns) <= {x.strip().strip('"').casefold() for x in cells}


_ORIENTATION = 0x0112  # EXIF

_UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, KeyError, struct.error, MemoryError)
"""What Pillow raises on files that are damaged, or were made to harm."""
