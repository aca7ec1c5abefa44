"""Robust polynomials through the blocks of a scan: what most of them lie on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.blocks import Blocks
from faultlens.surfaces.reference.robust import TUKEY, robust_scale, tukey_weights

DEGREES = (4, 6, 8, 10, 12)
"""Of the polynomial: fifteen terms, whose finest wave is as long as the scan; more where needed."""

LEFT_OUT = 1 / 3
"""Width of the widest defect that is bridged, in widths of the scan."""

WIDE, CLEARLY, OFF = 2.0, 0.6, 4.0
"""Of a wavy form, what a polynomial leaves is no noise, and its corners would be the first to be
left out. So deviations count up to twice as many standard deviations as usual, where that leaves
out fewer than half as many blocks and the usual width does not bring the standard deviation down
clearly, as beside a groove. The spline leaves blocks out from four of them on, of that width."""

FEW = 0.1
"""Share of blocks left out, below which they may be the corners of a form of higher degree: that is
tried if it takes in half of them and fits the rest no worse."""

MOST = 8
"""Points from which on a block counts no more."""


@dataclass(frozen=True, eq=False)
class FoundPolynomial:
    """A polynomial, and how widely it was sought.

    Args:
        coefficients: (term,) of `legendre_terms`, mm.
        degree: its highest.
        wide: standard deviations in which it was sought, over the usual.
    """

    coefficients: NDArray[np.float64]
    degree: int
    wide: float


def legendre_terms(places: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Products of Legendre polynomials whose degrees add up to so much at most.

    Args:
        places: (place, 2) u and v from -1 to 1.
        degree: the highest sum.

    Returns:
        (place, term) those of a lower degree first.

    Example:
        >>> legendre_terms(np.array([[0.5, -1.0]]), 1)[0].tolist()
        [1.0, -1.0, 0.5]
    """
    u, v = (np.polynomial.legendre.legvander(places[..., x], degree) for x in (0, 1))
    # In order of their degree, so that those of a lower one come first.
    pairs = [(i, total - i) for total in range(degree + 1) for i in range(total + 1)]
    return np.stack([u[..., i] * v[..., j] for i, j in pairs], axis=-1)


class PolynomialFit:
    """Least squares of the polynomial through blocks, again and again with new weights.

    Args:
        blocks: with their heights, mm.
        floor: least standard deviation, mm.
        degree: of the polynomial.
    """

    def __init__(self, blocks: Blocks, floor: float, degree: int) -> None:
        self.full = blocks.points > 0
        # A block of four points is half as noisy as one of one; far more points say little more,
        # because roughness has neighbours alike.
        self.counts = np.minimum(blocks.points[self.full], MOST).astype(np.float64)
        self.heights, self.places = blocks.heights_mm[self.full], blocks.places[self.full]
        self.terms = legendre_terms(self.places, degree)
        self.floor, self.degree = floor, degree

    def off(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        """(block,) heights over the polynomial, mm."""
        return self.heights - self.terms @ coefficients

    def scale(self, coefficients: NDArray[np.float64]) -> float:
        """Robust standard deviation about a polynomial of (term,) coefficients, mm."""
        return robust_scale(self.off(coefficients), self.floor)

    def left_out(self, coefficients: NDArray[np.float64], wide: float) -> float:
        """Share of blocks that count for nothing, of a polynomial of (term,) coefficients."""
        off = np.abs(self.off(coefficients))
        return float((off > TUKEY * wide * self.scale(coefficients)).mean())

    def weighted(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(term,) of the polynomial nearest to blocks of such (block,) weights, mm."""
        weighted = self.terms * (self.counts * weights)[:, None]
        square = weighted.T @ self.terms
        # A trace of stiffness where blocks are missing; it moves nothing that is measured.
        square += (1e-9 * np.trace(square) + 1e-300) * np.eye(len(square))
        return np.asarray(np.linalg.solve(square, weighted.T @ self.heights), np.float64)

    def settled(
        self, coefficients: NDArray[np.float64], steps: int, wide: float
    ) -> NDArray[np.float64]:
        """(term,) after so many steps of new weights, mm."""
        for _ in range(steps):
            off = self.off(coefficients)
            coefficients = self.weighted(tukey_weights(off, wide * robust_scale(off, self.floor)))
        return coefficients


def searched(blocks: Blocks, floor: float) -> FoundPolynomial:
    """The polynomial of the lowest degree on which most blocks lie.

    A higher one is taken where it brings the standard deviation down clearly: then the form was
    more than the lower one could follow. A groove or dent gives no cause for that.

    Args:
        blocks: of the scan, mm.
        floor: least standard deviation, mm.

    Example:
        >>> from faultlens.surfaces.reference.blocks import in_blocks
        >>> u, v = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60))
        >>> sheet = np.stack([u, v, u * v], axis=-1).reshape(-1, 3)
        >>> searched(in_blocks(sheet, 24), 0.01).degree
        4
    """
    found: FoundPolynomial | None = None
    least, left = np.inf, 1.0
    for degree in DEGREES:
        fit = PolynomialFit(blocks, floor, degree)
        if len(fit.heights) < 3 * fit.terms.shape[1] and found is not None:
            break
        if found is None:
            starts = [fit.weighted(np.asarray(~x, np.float64)) for x in _thirds(fit.places)]
        else:
            padded = np.zeros(fit.terms.shape[1])
            padded[: len(found.coefficients)] = found.coefficients
            starts = [padded, fit.weighted(np.ones(len(fit.heights)))]
        here = _best(fit, starts, degree)
        scale = fit.scale(here.coefficients)
        out = fit.left_out(here.coefficients, here.wide)
        corners_back = left < FEW and out < 0.5 * left and scale < 1.1 * least
        if found is not None and scale > CLEARLY * least and not corners_back:
            break
        found, least, left = here, scale, out
    assert found is not None
    return found


def _best(fit: PolynomialFit, starts: list[NDArray[np.float64]], degree: int) -> FoundPolynomial:
    found = []
    for wide in (WIDE, 1.0):
        tried = [fit.settled(x, 4, wide) for x in starts]
        # Judged by one scale, that of the fit nearest to most: so each block that a fit leaves
        # out costs, and a fit that leaves a corner out for nothing is not kept.
        scale = wide * min(fit.scale(x) for x in tried)
        costs = [(1 - tukey_weights(fit.off(x), scale) ** 1.5).sum() for x in tried]
        found.append(fit.settled(tried[int(np.argmin(costs))], 20, wide))
    widely, narrowly = found
    clearly = fit.scale(narrowly) < CLEARLY * fit.scale(widely)
    if clearly or fit.left_out(widely, WIDE) > 0.5 * fit.left_out(narrowly, 1.0):
        return FoundPolynomial(narrowly, degree, 1.0)
    return FoundPolynomial(widely, degree, WIDE)


def _thirds(places: NDArray[np.float64]) -> list[NDArray[np.bool_]]:
    """Bands and squares a third of the scan wide: each may be a defect that is to be left out."""
    half = LEFT_OUT * 1.15
    middles = np.linspace(-1 + half, 1 - half, 5)
    bands = [[np.abs(places[:, axis] - x) <= half for x in middles] for axis in (0, 1)]
    squares = [u & v for u in bands[0] for v in bands[1]]
    across = [(places[:, 0] + sign * places[:, 1]) / np.sqrt(2) for sign in (1, -1)]
    slanting = [np.abs(x - middle) <= half for x in across for middle in (-0.5, 0.0, 0.5)]
    thirds = [*bands[0], *bands[1], *slanting, *squares]
    # Of a narrow scan that lies across its sheet, a band may be nearly all.
    return [np.zeros(len(places), bool), *(x for x in thirds if x.mean() < 0.5)]


def term_count(degree: int) -> int:
    """Terms of a polynomial.

    Args:
        degree: its highest.

    Example:
        >>> term_count(4)
        15
    """
    return (degree + 1) * (degree + 2) // 2


def degree_of(terms: int) -> int:
    """Degree of a polynomial of so many terms.

    Args:
        terms: of it.

    Example:
        >>> degree_of(15)
        4
    """
    return int((np.sqrt(8 * terms + 1) - 3) / 2 + 0.5)


def padded_terms(found: FoundPolynomial, terms: int) -> NDArray[np.float64]:
    """The coefficients of a polynomial as one of a higher degree.

    Args:
        found: the polynomial.
        terms: that it is to have.

    Returns:
        (term,) mm.

    Example:
        >>> padded_terms(FoundPolynomial(np.ones(1), 0, 1.0), 3).tolist()
        [1.0, 0.0, 0.0]
    """
    padded = np.zeros(terms)
    padded[: len(found.coefficients)] = found.coefficients
    return padded
