"""The energy distance between two sets of rows: zero only where both were drawn alike.

Source: Szekely and Rizzo, J. Stat. Plan. Inference 143 (2013): E = 2 E|X-Y| - E|X-X'| - E|Y-Y'|.
"""

from math import erf, exp, pi, sqrt

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Array = NDArray[np.float64]


def distances(a: Rows, b: Rows, squares: Rows | None = None) -> NDArray[np.float32]:
    """Distance of each row from each other.

    Args:
        a: (row, dim).
        b: (other, dim).
        squares: (other,) squared length of each of `b`, where they are known already.

    Returns:
        (row, other).

    Example:
        >>> distances(np.zeros((1, 2), np.float32), np.array([[3, 4]], np.float32))
        array([[5.]], dtype=float32)
    """
    if a.shape[1] == 1:
        away: NDArray[np.float32] = np.abs(a - b.T)
        return away
    found = a @ (-2 * b.T) if len(b) < len(a) else (-2 * a) @ b.T
    found += _squares(a)[:, None]
    found += _squares(b) if squares is None else squares
    np.maximum(found, 0, out=found)
    made: NDArray[np.float32] = np.sqrt(found, out=found)
    return made


def _squares(rows: Rows) -> Rows:
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def energy(across: NDArray[np.floating], within_a: float, within_b: float) -> float:
    """The energy distance, from mean distances.

    Args:
        across: (row, other) distances between the rows of both sets; or (row,) their means.
        within_a: mean distance within the one, a row's distance from itself counted.
        within_b: within the other.

    Example:
        >>> energy(np.array([[2.0]]), 0.0, 0.0)
        4.0
    """
    return 2 * float(across.mean(dtype=np.float64)) - within_a - within_b


def moved(rows: Rows, step: float) -> float:
    """Energy distance of a set from itself, moved by a step in every dimension.

    Args:
        rows: (row, dim).
        step: in the unit of the rows.

    Example:
        >>> moved(np.zeros((3, 1), np.float32), 0.5)
        1.0
    """
    within = float(distances(rows, rows).mean(dtype=np.float64))
    return energy(distances(rows, rows + np.float32(step)), within, within)


def bent(value: float, usual: float, dim: int) -> float:
    """The energy distance of a step for which the law of small steps gives a value.

    Near zero the distance grows with the square of a step, as null laws say; far from it with the
    step itself. A level that lies far out must be bent down likewise, or nothing would reach it.

    Args:
        value: energy distance, were all steps small.
        usual: mean distance within the reference.
        dim: of its rows.

    Source: the mean of |N(step, sqrt(2))| in one dimension; sqrt(usual^2 + step^2) in many.

    Example:
        >>> round(bent(0.01, 1.0, 1), 3), round(bent(20.0, 1.0, 1), 1)
        (0.01, 9.2)
    """
    if usual <= 0:
        return value
    if dim > 1:
        return 2 * usual * (sqrt(1 + value / usual) - 1)
    spread = usual * sqrt(pi) / 2
    step = sqrt(2 * value / usual)
    return 2 * spread * (2 / sqrt(pi) * (exp(-step * step / 4) - 1) + step * erf(step / 2))


class EnergyWindow:
    """The latest rows of a stream, and how far they stand from a reference.

    Args:
        reference: (row, dim).
        window: rows that are held against it.

    `usual` is the mean distance within the reference.
    """

    def __init__(self, reference: Rows, window: int) -> None:
        self._reference, self._squares = reference, _squares(reference)
        self.usual = float(distances(reference, reference).mean(dtype=np.float64))
        self._rows = np.zeros((window, reference.shape[1]), np.float32)
        self._away = np.zeros(window, np.float32)
        self._between = np.zeros((window, window), np.float32)
        self._next = 0
        self.filled = 0

    def take(self, rows: Rows) -> None:
        """Rows that came, oldest first; the oldest of the window go.

        Args:
            rows: (row, dim).
        """
        rows = rows[-len(self._rows) :]
        places = (self._next + np.arange(len(rows))) % len(self._rows)
        self._rows[places] = rows
        self._away[places] = distances(rows, self._reference, self._squares).mean(axis=1)
        away = distances(rows, self._rows)
        self._between[places] = away
        self._between[:, places] = away.T
        self._next = int(places[-1] + 1) % len(self._rows)
        self.filled = min(self.filled + len(rows), len(self._rows))

    @property
    def value(self) -> float:
        """Energy distance of the window from the reference; zero until the window is full."""
        if self.filled < len(self._rows):
            return 0.0
        return energy(self._away, self.usual, float(self._between.mean(dtype=np.float64)))

    @property
    def rows(self) -> Rows:
        """(row, dim) of the window, oldest first."""
        return np.roll(self._rows, -self._next, axis=0)[-self.filled :]

    @property
    def away(self) -> NDArray[np.float32]:
        """(row,) mean distance of each row from the reference, oldest first."""
        return np.roll(self._away, -self._next)[-self.filled :]
