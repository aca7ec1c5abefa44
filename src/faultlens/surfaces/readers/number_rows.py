"""Rows of numbers out of lines of text, as many as a header promises."""

from collections.abc import Iterable
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray


def number_rows(lines: Iterable[bytes], most: int) -> NDArray[np.float64]:
    """Numbers of the first lines that hold any.

    Args:
        lines: of text; empty ones and remarks behind "#" are stepped over.
        most: rows to read.

    Returns:
        (row, column); none where no line holds anything.

    Raises:
        ValueError: a word that is no number, or rows of different length.

    Example:
        >>> number_rows([b"1 2 3\\n", b"\\n", b"4 5 6\\n", b"3 0 1 2\\n"], 2)
        array([[1., 2., 3.],
               [4., 5., 6.]])
    """
    # NumPy's own limit of rows warns of every empty line before it.
    filled = islice((x for x in lines if x.strip() and not x.startswith(b"#")), most)
    first = next(filled, None)
    if first is None:
        return np.empty((0, 0))
    return np.loadtxt(chain([first], filled), np.float64, comments=None, ndmin=2)
