"""Points as a text of numbers: XYZ, ASC, PTS and CSV, and a height map as a table of heights."""

import io
import re

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.surfaces.readers.contents import (
    ScanContents,
    ScanFile,
    as_colours,
    raster_points,
    refuse_points,
)
from faultlens.surfaces.readers.missing import without_marks
from faultlens.surfaces.readers.stated_units import stated_spacing, unit_in_words
from faultlens.surfaces.readers.text_layout import MISSING, TextLayout, text_layout

MOST_COLUMNS_OF_POINTS = 12
"""x, y, z, colour, normal, and three more; a table of more is one of heights."""
_MOST_WITH_SPACING = 7
"""A spacing is given for heights alone, so that a narrower table is one already."""
_EVEN_WITHIN = 0.02
"""Of a step: rounding of exported positions; heights are never that even along two edges."""
_FEWEST_NUMBERED = 10
"""Points that count 1, 2, 3, ... by chance are fewer."""
_LARGEST_ROW_BYTES = 1 << 20

_ABOUT_NUMBERS = (
    Notice(
        en="The first column counts the points from one row to the next; x, y and z were read from "
        "the three behind it.",
        zh="第一列逐行为点编号；x、y、z 取自其后的三列。",
    ),
)


def read_xyz(file: ScanFile) -> ScanContents:
    """Points out of a text, with colours where it has them; or heights in rows and columns.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: no such rows, or rows of different length.
        TooLargeError: more points than are allowed.
        MissingMetadataError: a table of heights without spacing.

    Example:
        >>> contents = read_xyz(ScanFile(b"//X Y Z R G B\\n2\\n0 0 1 255 0 9\\n1 0 2 250 0 9\\n"))
        >>> contents.points.tolist(), contents.colours.tolist()
        ([[0.0, 0.0, 1.0], [1.0, 0.0, 2.0]], [[255, 0, 9], [250, 0, 9]])
    """
    content = _one_byte_text(file.content)
    if content[:200].lstrip().lower().startswith(b"zygo xyz"):
        raise UnreadableFileError(
            "is a Zygo XYZ file, whose x and y are pixels; export it as X3P, or as TIFF."
        )
    layout = text_layout(content)
    refuse_points(max(1, content.count(b"\n") - layout.first_line), file.largest_points)
    rows = _rows(content, layout)
    wide = layout.columns > (
        MOST_COLUMNS_OF_POINTS if file.spacing_mm is None else _MOST_WITH_SPACING
    )
    if wide and not layout.names:
        return _heights(rows, layout, file)
    numbered = _is_numbered(rows, layout)
    if numbered:
        rows = rows[:, 1:]
    x, y, z = _axes(layout)
    return ScanContents(
        np.ascontiguousarray(rows[:, [x, y, z]]),
        f"text ({len(rows):,} points of {layout.columns} columns"
        + (", decimal commas)" if layout.decimal_comma else ")"),
        unit=unit_in_words(layout.header),
        colours=_colours(rows),
        warnings=_ABOUT_NUMBERS if numbered else (),
    )


def _is_numbered(rows: NDArray[np.float64], layout: TextLayout) -> bool:
    """Whether the first column counts the points, as coordinate measuring machines export them."""
    if layout.names or rows.shape[1] < 4 or len(rows) < _FEWEST_NUMBERED:
        return False
    first = rows[:, 0]
    return bool(first[0] in (0, 1) and (first == np.arange(len(rows)) + first[0]).all())


def _one_byte_text(content: bytes) -> bytes:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in content else content


def _rows(content: bytes, layout: TextLayout) -> NDArray[np.float64]:
    at = 0
    for _ in range(layout.first_line):
        at = content.find(b"\n", at) + 1
    body = content[at:]
    if len(body) > _LARGEST_ROW_BYTES and body.find(b"\n", 0, _LARGEST_ROW_BYTES) < 0:
        raise UnreadableFileError("has a line of more than 1 MB; a row of points is short.")
    if b'"' in body:
        body = body.replace(b'"', b"")
    if layout.decimal_comma:
        body = body.replace(b",", b".")
    try:
        return _parsed(body, layout, "#")
    except ValueError:
        # Most tables have no gaps nor remarks, and looking for them takes as long as reading.
        body = MISSING.sub(b"nan", body)
        body = body if layout.separator is None else _filled(body, layout.separator)
    try:
        return _parsed(body, layout, ["#", "//", "%", "!"])
    except ValueError as error:
        raise UnreadableFileError(_told(error, layout.columns, layout.first_line)) from error


def _parsed(body: bytes, layout: TextLayout, comments: str | list[str]) -> NDArray[np.float64]:
    return np.loadtxt(
        io.BytesIO(body),
        np.float64,
        comments=comments,
        delimiter=None if layout.separator is None else layout.separator.decode(),
        usecols=range(layout.columns),
        ndmin=2,
        encoding="latin-1",
    )


def _filled(body: bytes, separator: bytes) -> bytes:
    """An empty field is a number that was not measured; one too many in a row is not looked at."""
    mark = re.escape(separator)
    empty = rb"(?<=%s)(?=[ ]*(?:%s|\n|\Z))|^(?=[ ]*%s)" % (mark, mark, mark)
    return re.sub(empty, b"nan", body, flags=re.MULTILINE)


def _told(error: ValueError, columns: int, first_line: int) -> str:
    row = re.search(r"row (\d+)", str(error))
    # NumPy counts rows from 1 where a column is missing, and from 0 where a word is no number.
    from_one = 0 if "invalid column" in str(error) else 1
    where = f"at about line {int(row[1]) + first_line + from_one}" if row else "in some row"
    return (
        f"is cut off or damaged: {where} there are not {columns} numbers as in the rows before "
        f"({str(error)[:80]}). Copy or export it again."
    )


def _axes(layout: TextLayout) -> tuple[int, int, int]:
    found = []
    for axis in "xyz":
        named = [n for n, x in enumerate(layout.names) if re.match(rf"{axis}(?![a-z])", x)]
        found.append(named[0] if named else "xyz".index(axis))
    return found[0], found[1], found[2]


def _colours(rows: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    for start in (3, 4):
        three = rows[:, start : start + 3]
        if three.shape[1] < 3 or not np.isfinite(three).all():
            continue
        whole = (three == np.rint(three)).all() and three.min() >= 0 and 1 < three.max() <= 255
        if whole:
            return as_colours([three[:, n] for n in range(3)])
    return None


def _heights(rows: NDArray[np.float64], layout: TextLayout, file: ScanFile) -> ScanContents:
    with_axes = _with_axes(rows, layout)
    if with_axes is not None:
        return with_axes
    spacing = file.spacing_mm or stated_spacing(layout.header)
    if spacing is None:
        raise MissingMetadataError(
            f"is a table of {rows.shape[0]} by {rows.shape[1]} numbers, which looks like heights "
            "in rows and columns; give their spacing_mm= (--spacing-mm)."
        )
    refuse_points(rows.size, file.largest_points)
    heights, notices = without_marks(rows)
    return ScanContents(
        raster_points(heights, spacing),
        f"text ({rows.shape[0]} by {rows.shape[1]} heights)",
        unit=unit_in_words(layout.header),
        grid=(rows.shape[0], rows.shape[1]),
        heights_only=True,
        warnings=notices,
    )


def _with_axes(rows: NDArray[np.float64], layout: TextLayout) -> ScanContents | None:
    """Heights under a row of x and beside a column of y, as profile scanners export them."""
    if min(rows.shape) < 4:
        return None
    steps = []
    for axis in (rows[0, 1:], rows[1:, 0]):
        step = float(axis[-1] - axis[0]) / (len(axis) - 1)
        even = axis[0] + np.arange(len(axis)) * step
        if not (step > 0 and np.abs(axis - even).max() < _EVEN_WITHIN * step):
            return None
        steps.append(step)
    heights, notices = without_marks(rows[1:, 1:])
    points = raster_points(heights, (steps[0], steps[1]))
    points[:, :2] += rows[0, 1], rows[1, 0]
    return ScanContents(
        points,
        f"text ({heights.shape[0]} by {heights.shape[1]} heights with x above and y beside)",
        unit=unit_in_words(layout.header),
        grid=(heights.shape[0], heights.shape[1]),
        warnings=notices,
    )
