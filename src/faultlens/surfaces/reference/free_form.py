"""The reference of a part of any smooth form: a stiff surface that bridges the defects.

Its form is found in two steps. First a polynomial, of fourth degree if that will do: it is fitted
again and again, each time without another third of the scan, and the fit that leaves most of the
scan exactly right is kept. So a dent or groove of up to a third of the width is left out as a
whole, rather than followed. What lies far off that polynomial is then left out, and a stiff spline
takes in the longer waviness of the rest; across what is left out it is a bridge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.ndimage import binary_dilation, label

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.blocks import Blocks, in_blocks
from faultlens.surfaces.reference.height_field import HeightField
from faultlens.surfaces.reference.robust import EXACT, TUKEY, robust_scale, tukey_weights

DEGREES = (4, 6, 8, 10, 12)
"""Of the polynomial: fifteen terms, whose finest wave is as long as the scan; more where needed."""

MATTERS = 0.25
"""Share of the roughness below which it does not matter what a form leaves. Medians of blocks are
known far better, and by their measure the corners of any form would be off."""

LEFT_OUT = 1 / 3
"""Width of the widest defect that is bridged, in widths of the scan."""

COARSE = 24
"""Blocks along the longer side in which the polynomial is sought."""

WIDE, CLEARLY, OFF = 2.0, 0.6, 4.0
"""Of a wavy form, what a polynomial leaves is no noise, and its corners would be the first to be
left out. So deviations count up to twice as many standard deviations as usual, where that leaves
out fewer than half as many blocks and the usual width does not bring the standard deviation down
clearly, as beside a groove. The spline leaves blocks out from four of them on, of that width."""

FEW = 0.1
"""Share of blocks left out, below which they may be the corners of a form of higher degree: that is
tried if it takes in half of them and fits the rest no worse."""

MOST, CERTAIN = 8, 10.0
"""Points from which on a block counts no more, and the factor by which corners count more."""

CORNER = 0.03
"""Share of the blocks that a corner may have which the spline is to take in after all."""

KNOTS = 16
"""Pieces of the spline along each side."""

BEYOND = 3
"""Pieces by which it goes on beyond the edge of the scan."""

LONGEST = 0.35
"""Wavelength, in widths of the scan, of which the spline follows one half: longer waves more,
shorter ones less."""


def fit_free_form(base: AbstractReference, points_mm: NDArray[np.float64]) -> HeightField:
    """The smooth surface from which most of the scan deviates by its roughness only.

    Args:
        base: sheet over which it is a height, such as a fitted plane.
        points_mm: (point, 3) of the scan, thinned, mm.

    Source: Yohai, High breakdown-point and high efficiency robust estimates for regression, Annals
        of Statistics (1987); Eilers and Marx, Flexible smoothing with B-splines and penalties,
        Statistical Science (1996).

    Example:
        >>> from faultlens.surfaces.reference.plane import fit_plane
        >>> from faultlens.surfaces.surface import height_map
        >>> x, y = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60))
        >>> scan = height_map(x**2 + x * y, 0.5)
        >>> plane = fit_plane(scan, scan.points_mm, np.random.default_rng(0))
        >>> free = fit_free_form(plane, scan.points_mm)
        >>> float(np.abs(free.located(scan.points_mm)[:, 2]).max()) < 0.01
        True
    """
    sheet = base.located(points_mm)
    blocks = in_blocks(sheet, COARSE)
    floor = max(
        EXACT * float((blocks.high_mm - blocks.low_mm).max()),
        MATTERS * _roughness(blocks, sheet),
    )
    found = _searched(blocks, floor)
    # Medians of heights mean less on a slope than medians of what is left of them.
    sheet[:, 2] -= _terms(blocks.within(sheet), found.degree) @ found.coefficients
    blocks = in_blocks(sheet)
    more, weights = _settled(blocks, floor, found)
    form = found.coefficients + more
    columns, rows = _matrix(blocks.places[0, :, 0]), _matrix(blocks.places[:, 0, 1])
    rest = blocks.heights_mm - _terms(blocks.places, found.degree) @ more
    coefficients = _spline(rest, weights, rows, columns, floor)
    # The polynomial as a spline of the same knots, so that one look-up gives both.
    fine = np.linspace(-1, 1, 6 * KNOTS)
    there = np.linalg.pinv(_matrix(fine))
    values = _terms(np.stack(np.meshgrid(fine, fine), axis=-1), found.degree) @ form
    coefficients += there @ values @ there.T
    step = (blocks.high_mm - blocks.low_mm) / KNOTS
    # Beyond the edge it goes on straight.
    coefficients = np.pad(coefficients, BEYOND, mode="reflect", reflect_type="odd")
    origin = blocks.low_mm - (1 + BEYOND) * step
    field = HeightField(
        base,
        coefficients,
        (float(origin[0]), float(origin[1])),
        (float(step[0]), float(step[1])),
        "free form",
        {},
    )
    scale = robust_scale(field.located(points_mm)[:, 2], floor)
    facts = {
        "rms_mm": scale,
        "relief_mm": float(np.ptp(_terms(blocks.places, found.degree) @ form)),
        "bridges_mm": float(LEFT_OUT * (blocks.high_mm - blocks.low_mm).min()),
    }
    return HeightField(base, coefficients, field.origin_mm, field.step_mm, "free form", facts)


def _roughness(blocks: Blocks, sheet_mm: NDArray[np.float64]) -> float:
    """Standard deviation of points within a block, once most of the form is taken away, mm."""
    fit = _Fit(blocks, 0.0, 8 if blocks.points.size > 400 else DEGREES[0])
    form = fit.weighted(np.ones(len(fit.heights)))
    level = sheet_mm.copy()
    level[:, 2] -= _terms(blocks.within(sheet_mm), fit.degree) @ form
    return float(np.nanmedian(in_blocks(level, COARSE).spreads_mm))


@dataclass(frozen=True, eq=False)
class _Found:
    """A polynomial, and how widely it was sought."""

    coefficients: NDArray[np.float64]
    degree: int
    wide: float


def _terms(places: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """(..., term) products of Legendre polynomials whose degrees add up to so much at most."""
    u, v = (np.polynomial.legendre.legvander(places[..., x], degree) for x in (0, 1))
    # In order of their degree, so that those of a lower one come first.
    pairs = [(i, total - i) for total in range(degree + 1) for i in range(total + 1)]
    return np.stack([u[..., i] * v[..., j] for i, j in pairs], axis=-1)


class _Fit:
    """Least squares of the polynomial through blocks, again and again with new weights."""

    def __init__(self, blocks: Blocks, floor: float, degree: int) -> None:
        self.full = blocks.points > 0
        # A block of four points is half as noisy as one of one; far more points say little more,
        # because roughness has neighbours alike.
        self.counts = np.minimum(blocks.points[self.full], MOST).astype(np.float64)
        self.heights, self.places = blocks.heights_mm[self.full], blocks.places[self.full]
        self.terms = _terms(self.places, degree)
        self.floor, self.degree = floor, degree

    def off(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.heights - self.terms @ coefficients

    def scale(self, coefficients: NDArray[np.float64]) -> float:
        return robust_scale(self.off(coefficients), self.floor)

    def left_out(self, coefficients: NDArray[np.float64], wide: float) -> float:
        off = np.abs(self.off(coefficients))
        return float((off > TUKEY * wide * self.scale(coefficients)).mean())

    def weighted(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        weighted = self.terms * (self.counts * weights)[:, None]
        square = weighted.T @ self.terms
        # A trace of stiffness where blocks are missing; it moves nothing that is measured.
        square += (1e-9 * np.trace(square) + 1e-300) * np.eye(len(square))
        return np.asarray(np.linalg.solve(square, weighted.T @ self.heights), np.float64)

    def settled(
        self, coefficients: NDArray[np.float64], steps: int, wide: float
    ) -> NDArray[np.float64]:
        for _ in range(steps):
            off = self.off(coefficients)
            coefficients = self.weighted(tukey_weights(off, wide * robust_scale(off, self.floor)))
        return coefficients


def _searched(blocks: Blocks, floor: float) -> _Found:
    """The polynomial of the lowest degree on which most blocks lie.

    A higher one is taken where it brings the standard deviation down clearly: then the form was
    more than the lower one could follow. A groove or dent gives no cause for that.
    """
    found: _Found | None = None
    least, left = np.inf, 1.0
    for degree in DEGREES:
        fit = _Fit(blocks, floor, degree)
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


def _best(fit: _Fit, starts: list[NDArray[np.float64]], degree: int) -> _Found:
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
        return _Found(narrowly, degree, 1.0)
    return _Found(widely, degree, WIDE)


def _settled(
    blocks: Blocks, floor: float, found: _Found
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(term,) of what is left of a form that was found, and (row, column) weights of blocks."""
    fit = _Fit(blocks, floor, found.degree)
    wide = found.wide
    coefficients = fit.settled(np.zeros(fit.terms.shape[1]), 10, wide)
    off = np.zeros(blocks.points.shape, bool)
    off[fit.full] = np.abs(fit.off(coefficients)) > OFF * wide * fit.scale(coefficients)
    corners = _corners(off)
    off &= ~corners
    # The foot of a defect is lower than that, and lies beside it.
    beside = binary_dilation(off, np.ones((3, 3), bool), iterations=2)
    weights = np.zeros(blocks.points.shape)
    weights[fit.full] = fit.counts
    weights[beside] *= 1e-3
    # They count whatever they are, and the spline knows them by their weight.
    weights[corners & ~beside] *= CERTAIN
    return coefficients, weights


def _corners(off: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(row, column) what is left out at a corner and is small: it is form, bent a little more."""
    pieces, _ = label(off, np.ones((3, 3)))
    at_corners = {int(pieces[i, j]) for i in (0, -1) for j in (0, -1)} - {0}
    small = [x for x in at_corners if (pieces == x).mean() < CORNER]
    return np.asarray(np.isin(pieces, small), np.bool_)


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


def _matrix(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(place, coefficient) of a uniform cubic B-spline over -1 to 1."""
    knots = np.arange(-3, KNOTS + 4) / KNOTS * 2 - 1
    inner = np.clip(places, -1, 1 - 1e-12)
    return np.asarray(BSpline.design_matrix(inner, knots, 3).toarray(), np.float64)


def _spline(
    heights: NDArray[np.float64],
    weights: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    floor: float,
) -> NDArray[np.float64]:
    """(row, column) coefficients of the stiff spline through what the polynomial leaves."""
    size = KNOTS + 3
    heights = np.where(np.isfinite(heights), heights, 0.0)
    bends = np.diff(np.eye(size), 2, axis=0)
    bends = bends.T @ bends
    wave = (2 * np.sin(np.pi / KNOTS / LONGEST)) ** 4
    per_piece = weights.sum() / KNOTS**2
    stiff = per_piece / wave * (np.kron(bends, np.eye(size)) + np.kron(np.eye(size), bends))
    trusted = weights
    certain = weights > MOST
    for _ in range(6):
        # Row and column of a coefficient against row and column of its partner.
        square = np.einsum(
            "ria,rc,cjb->ijab",
            (rows[:, :, None] * rows[:, None, :]),
            trusted,
            (columns[:, :, None] * columns[:, None, :]),
            optimize=True,
        )
        right = (rows.T @ (trusted * heights) @ columns).ravel()
        coefficients = np.linalg.solve(square.reshape(stiff.shape) + stiff, right).reshape(
            size, size
        )
        residuals = heights - rows @ coefficients @ columns.T
        scale = robust_scale(residuals[weights > 0.5], floor)
        near = np.where(certain, 1.0, np.maximum(tukey_weights(residuals, scale), 1e-6))
        trusted = weights * near
    return coefficients
