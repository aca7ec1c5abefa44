"""The reference of a part of any smooth form: a stiff surface that bridges the defects.

Its form is found in three steps. First a polynomial, of fourth degree if that will do: it is
fitted again and again, each time without another third of the scan, and the fit that leaves most of
the scan exactly right is kept. So a dent or groove of up to a third of the width is left out as a
whole, rather than followed. Then a polynomial as supple as the rest of the scan asks for; what was
left out is taken in again if it lies where that may well go on to, as at corners. Last a stiff
spline takes in the longer waviness; across what is left out all is a bridge.
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

MOST = 8
"""Points from which on a block counts no more."""

FINEST, FEWER = 14, 1 / 4
"""Highest degree that the form may come to, and its terms at most, in blocks."""

DECAY = 0.2
"""A degree is taken to bring at least this share of the one before it: a wave as long as the scan
has so much of its ninth."""

WAVY, CAP = 6, 0.4
"""Degree after which each may bring this share of the one before it at most: what does not decay
is waviness of the surface, which would be worst at the corners."""

STEPS = 16
"""In which the supple form settles."""

MISSED = 0.5
"""Share of what was left out as one piece that must lie off the form, for it to stay left out."""

KNOTS, FINE = 16, 32
"""Pieces of the stiff spline along each side, and of the one that all is put into."""

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
    form, weights = _supple(blocks, floor, found)
    finest = _degree_of(len(form))
    columns, rows = _matrix(blocks.places[0, :, 0]), _matrix(blocks.places[:, 0, 1])
    rest = blocks.heights_mm - _terms(blocks.places, finest) @ (form - _padded(found, len(form)))
    spline = _spline(rest, weights, rows, columns, floor)
    # All of it as one spline, so that one look-up gives both.
    fine = np.linspace(-1, 1, 4 * FINE)
    there = np.linalg.pinv(_matrix(fine, FINE))
    values = _terms(np.stack(np.meshgrid(fine, fine), axis=-1), finest) @ form
    values += _matrix(fine) @ spline @ _matrix(fine).T
    coefficients = there @ values @ there.T
    step = (blocks.high_mm - blocks.low_mm) / FINE
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
        "relief_mm": float(np.ptp(_terms(blocks.places, finest) @ form)),
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


def _supple(
    blocks: Blocks, floor: float, found: _Found
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(term,) of a polynomial as supple as the scan asks for, and (row, column) block weights.

    The terms of one degree share a prior standard deviation, and that which makes the scan
    likeliest is taken. So what the form does at a corner is taken from the scan where the scan
    knows it, and what is left out is bridged as softly as the rest of the form is.

    Source: MacKay, Bayesian interpolation, Neural Computation (1992).
    """
    degree = found.degree
    while degree < FINEST and _count(degree + 1) < FEWER * int((blocks.points > 0).sum()):
        degree += 1
    fit = _Fit(blocks, floor, degree)
    known = _padded(found, fit.terms.shape[1])
    heights = fit.heights + fit.terms @ known
    degrees = np.array([d for d in range(degree + 1) for _ in range(d + 1)])
    counts = fit.counts / MOST
    # From what it was found by, without the foot of defects, which is lower than that.
    low = _Fit(blocks, floor, found.degree)
    more = low.settled(np.zeros(low.terms.shape[1]), 10, found.wide)
    off = np.zeros(blocks.points.shape, bool)
    off[low.full] = np.abs(low.off(more)) > OFF * found.wide * low.scale(more)
    out = _beside(off)
    form = known.copy()
    form[: len(more)] += more
    scale = low.scale(more)
    spread = np.full(degree + 1, np.sqrt(np.mean(form[1:] ** 2)))
    left, doubt = heights - fit.terms @ form, np.zeros(len(heights))
    trace = 1e-12 * float(counts @ (fit.terms**2).sum(axis=1)) * np.eye(len(form))
    for step in range(STEPS):
        inside = ~out[fit.full]
        # Where the rest of the scan says little about a block, it may lie further off.
        weights = counts * inside * tukey_weights(left / np.sqrt(1 + doubt), found.wide * scale)
        weighted = fit.terms * weights[:, None]
        square = weighted.T @ fit.terms + trace
        prior = _prior(spread, scale)[degrees]
        unsure = np.linalg.inv(square + np.diag(prior))
        form = unsure @ (weighted.T @ heights)
        left = heights - fit.terms @ form
        scale = robust_scale((left * np.sqrt(counts))[inside], floor)
        spread = _spreads(form, 1 - prior * np.diag(unsure), degrees)
        supple = _decaying(spread)
        unsure = np.linalg.inv(square + np.diag(_prior(supple, scale)[degrees]))
        doubt = np.einsum("bi,bi->b", fit.terms @ unsure, fit.terms)
        if step % 4 == 3:
            limit = OFF * scale * np.sqrt(1 / counts + doubt)
            still = _still_out(out, fit.full, np.abs(left) / limit)
            if (still != out).any():
                out, spread = still, supple
    trusted = np.zeros(blocks.points.shape)
    trusted[fit.full] = fit.counts
    trusted[out] *= 1e-3
    return form, trusted


def _prior(spread: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """(degree,) weight by which its terms are drawn to zero; level and tilt are not."""
    prior = (scale / np.maximum(spread, 1e-6 * scale)) ** 2
    prior[:2] = 0
    return np.asarray(prior, np.float64)


def _spreads(
    form: NDArray[np.float64], measured: NDArray[np.float64], degrees: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(degree,) likeliest standard deviation of the terms of each."""
    squares = np.bincount(degrees, form**2)
    spread = np.sqrt(squares / np.maximum(np.bincount(degrees, measured), 0.5))
    for degree in range(WAVY + 1, len(spread)):
        before = max(spread[degree - 1], CAP * spread[degree - 2])
        spread[degree] = min(spread[degree], CAP * before)
    return np.asarray(spread, np.float64)


def _decaying(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """(degree,) the same, where none ends the form: the next may always be a little."""
    supple = spread.copy()
    for degree in range(2, len(supple)):
        supple[degree] = max(supple[degree], DECAY * supple[degree - 1])
    return supple


def _still_out(
    out: NDArray[np.bool_], full: NDArray[np.bool_], off: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """(row, column) what is left out for good: no piece that lies where the form may well lie."""
    pieces, count = label(out, np.ones((3, 3)))
    here = pieces[full]
    kept = np.zeros(count + 1, bool)
    for piece in range(1, count + 1):
        of_piece = off[here == piece]
        kept[piece] = len(of_piece) > 0 and (of_piece > 1).mean() > MISSED
    return np.asarray(kept[pieces], np.bool_)


def _beside(off: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(binary_dilation(off, np.ones((3, 3), bool), iterations=2), np.bool_)


def _count(degree: int) -> int:
    return (degree + 1) * (degree + 2) // 2


def _degree_of(terms: int) -> int:
    return int((np.sqrt(8 * terms + 1) - 3) / 2 + 0.5)


def _padded(found: _Found, terms: int) -> NDArray[np.float64]:
    padded = np.zeros(terms)
    padded[: len(found.coefficients)] = found.coefficients
    return padded


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


def _matrix(places: NDArray[np.float64], pieces: int = KNOTS) -> NDArray[np.float64]:
    """(place, coefficient) of a uniform cubic B-spline over -1 to 1."""
    knots = np.arange(-3, pieces + 4) / pieces * 2 - 1
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
        trusted = weights * np.maximum(tukey_weights(residuals, scale), 1e-6)
    return coefficients
