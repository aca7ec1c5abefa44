"""Tables of plain decimals, such as -0.0125, from text to numbers by arithmetic over whole columns.

Most files of a recorder hold nothing else, and then the digits of all cells are added up at once,
in a quarter of the time of `numpy.loadtxt`, which goes from cell to cell. A few cells may have
exponents, as small numbers are printed. Whatever else is not plain (blanks, quotes, comments, empty
cells, more than 15 digits) is left to that.
"""

import re

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 1 << 16
"""Characters of one pass: its arrays stay in the cache of the processor."""

MOST_DIGITS = 15
"""So many digits are a whole number that a double holds; divided by a power of ten that it holds as
well, they give the nearest double, as every careful parser does."""

_TENS = 10.0 ** np.arange(MOST_DIGITS + 1)
_NEWLINE, _POINT, _MINUS, _ZERO, _E = b"\n.-0e"
_EXPONENT = re.compile(rb"-?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}")
_FEW = 16  # one cell in so many may have an exponent: those are read one by one


def plain_table(text: str, delimiter: str | None, columns: int) -> NDArray[np.float64] | None:
    """The numbers of a table; None where it holds anything but plain decimals and few exponents.

    Args:
        text: whole lines.
        delimiter: one character between cells; None for a blank.
        columns: cells of every line.

    Returns:
        (row, column), or None.

    Example:
        >>> plain_table("0.5,-12\\n1.25,3.\\n", ",", 2)
        array([[  0.5 , -12.  ], [  1.25,   3.  ]])
        >>> plain_table("0.5,-1e3\\n", ",", 2) is None
        True
    """
    between = " " if delimiter is None else delimiter
    if not (text.isascii() and between.isascii()):
        return None
    raw = text.encode("ascii").rstrip(b"\n") + b"\n"
    found = []
    start = 0
    while start < len(raw):
        end = raw.rfind(b"\n", start, start + AT_ONCE) + 1 or raw.find(b"\n", start) + 1
        numbers = _numbers(raw[start:end], ord(between), columns)
        if numbers is None:
            return None
        found.append(numbers)
        start = end
    return np.concatenate(found)


def _numbers(raw: bytes, between: int, columns: int) -> NDArray[np.float64] | None:
    letters = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero((letters == _NEWLINE) | (letters == between))
    if len(ends) % columns or not _are_rows(letters[ends].reshape(-1, columns)):
        return None
    starts = np.concatenate([[0], ends[:-1] + 1])
    with_exponent = _with_exponent(letters, ends)
    if with_exponent is None:
        return None
    exact = [raw[starts[x] : ends[x]] for x in with_exponent]
    if not all(_EXPONENT.fullmatch(x) for x in exact):
        return None
    if exact:
        # What stands in these few cells is read one by one below; until then it is a zero.
        letters = letters.copy()
        for cell in with_exponent:
            letters[starts[cell] : ends[cell]] = _ZERO
        starts[with_exponent] = ends[with_exponent] - 1
    value = _decimals(letters, starts, ends)
    if value is None:
        return None
    value[with_exponent] = [float(x) for x in exact]
    return value.reshape(-1, columns)


def _with_exponent(letters: NDArray[np.uint8], ends: NDArray[np.int_]) -> NDArray[np.int_] | None:
    """The cells that hold an e, as small numbers are printed; None where they are many."""
    places = np.flatnonzero((letters == _E) | (letters == _E - 32))
    if len(places) > len(ends) // _FEW:
        return None
    return np.searchsorted(ends, places)


def _decimals(
    letters: NDArray[np.uint8], starts: NDArray[np.int_], ends: NDArray[np.int_]
) -> NDArray[np.float64] | None:
    """(cell,) the numbers of cells; None where one is no plain decimal."""
    points = np.flatnonzero(letters == _POINT)
    minuses = np.count_nonzero(letters == _MINUS)
    digits = letters - np.uint8(_ZERO)  # other letters wrap around to 10 and more
    if np.count_nonzero(digits < 10) + len(ends) + len(points) + minuses != len(letters):
        return None
    negative = letters[starts] == _MINUS
    point = _points(starts, ends, points)
    if np.count_nonzero(negative) != minuses or point is None:
        return None
    decimals = np.maximum(ends - point - 1, 0)
    integers = point - starts - negative
    count = integers + decimals
    if count.min() < 1 or count.max() > MOST_DIGITS:
        return None
    scale = _TENS[decimals]
    value = (_added(digits, point, integers) * scale + _added(digits, ends, decimals)) / scale
    np.negative(value, out=value, where=negative)
    return np.asarray(value)


def _are_rows(ends: NDArray[np.uint8]) -> bool:
    """Whether the last cell of each row, and no other, ends a line: (row, column) ends."""
    return bool((ends[:, -1] == _NEWLINE).all() and (ends[:, :-1] != _NEWLINE).all())


def _points(
    starts: NDArray[np.int_], ends: NDArray[np.int_], points: NDArray[np.int_]
) -> NDArray[np.int_] | None:
    """(cell,) where the point of each cell stands, its end where it has none; None for two."""
    if len(points) == len(ends) and (starts <= points).all() and (points < ends).all():
        return points
    cells = np.searchsorted(ends, points)
    if (np.diff(cells) == 0).any():
        return None
    found = ends.copy()
    found[cells] = points
    return found


def _added(
    digits: NDArray[np.uint8], behind: NDArray[np.int_], count: NDArray[np.int_]
) -> NDArray[np.float64]:
    """(cell,) the whole numbers that `count` digits before `behind` make."""
    value = np.zeros(len(behind))
    fewest = int(count.min())
    for place in range(int(count.max())):
        # What stands before a shorter cell is another one's, or wraps around: it counts nothing.
        digit = digits.take(behind - (place + 1), mode="wrap")
        if place >= fewest:
            digit *= count > place
        value += digit * _TENS[place]
    return value
