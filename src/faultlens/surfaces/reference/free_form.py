"""The reference of a part of any smooth form: a stiff surface that bridges the defects.

Its form is found in two steps. First a polynomial of fourth degree: it is fitted again and again,
each time without another third of the scan, and the fit that leaves most of the scan exactly right
is kept. So a dent or groove of up to a third of the width is left out as a whole, rather than
followed. What lies far off that polynomial is then left out, and a stiff spline takes in the
waviness of the rest that is longer than half of the scan; across what is left out it is a bridge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.ndimage import binary_dilation

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.blocks import Blocks, in_blocks
from faultlens.surfaces.reference.height_field import HeightField
from faultlens.surfaces.reference.robust import EXACT, robust_scale, tukey_weights

DEGREE = 4
"""Of the polynomial: fifteen terms, whose finest wave is as long as the scan."""

LEFT_OUT = 1 / 3
"""Width of the widest defect that is bridged, in widths of the scan."""

KEPT = 0.6
"""Share of the blocks that must be right: a third may be a defect, and some of the rest spoilt."""

KNOTS = 16
"""Pieces of the spline along each side."""

BEYOND = 3
"""Pieces by which it goes on beyond the edge of the scan."""

LONGEST = 0.5
"""Wavelength, in widths of the scan, of which the spline follows one half: longer waves more,
shorter ones less."""


def fit_free_form(base: AbstractReference, points_mm: NDArray[np.float64]) -> HeightField:
    """The smooth surface from which most of the scan deviates by its roughness only.

    Args:
        base: sheet over which it is a height, such as a fitted plane.
        points_mm: (point, 3) of the scan, thinned, mm.

    Source: Rousseeuw and Van Driessen, Computing LTS regression for large data sets, DMKD (2006);
        Eilers and Marx, Flexible smoothing with B-splines and penalties, Statist. Sci. (1996).
    """
    sheet = base.located(points_mm)
    blocks = in_blocks(sheet)
    floor = EXACT * float((blocks.high_mm - blocks.low_mm).max())
    form, weights = _polynomial(blocks, floor)
    columns, rows = (_matrix(blocks.places[0, :, 0]), _matrix(blocks.places[:, 0, 1]))
    rest = blocks.heights_mm - form(blocks.places)
    coefficients = _spline(rest, weights, rows, columns, floor)
    # The polynomial as a spline of the same knots, so that one look-up gives both.
    fine = np.linspace(-1, 1, 6 * KNOTS)
    there = _matrix(fine)
    values = form(np.stack(np.meshgrid(fine, fine), axis=-1))
    coefficients += np.linalg.pinv(there) @ values @ np.linalg.pinv(there).T
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
        "relief_mm": float(np.ptp(form(blocks.places))),
        "bridges_mm": float(LEFT_OUT * (blocks.high_mm - blocks.low_mm).min()),
    }
    return HeightField(base, coefficients, field.origin_mm, field.step_mm, "free form", facts)


def _terms(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., term) products of Legendre polynomials whose degrees add up to `DEGREE` at most."""
    u, v = (np.polynomial.legendre.legvander(places[..., x], DEGREE) for x in (0, 1))
    pairs = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.stack([u[..., i] * v[..., j] for i, j in pairs], axis=-1)


class _Polynomial:
    def __init__(self, coefficients: NDArray[np.float64]) -> None:
        self.coefficients = coefficients

    def __call__(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        return _terms(places) @ self.coefficients


def _polynomial(blocks: Blocks, floor: float) -> tuple[_Polynomial, NDArray[np.float64]]:
    """The polynomial that most blocks lie on, and (row, column) how far each is to be trusted."""
    full = blocks.points > 0
    # A block of four points is half as noisy as one of one; far more points say little more,
    # because roughness has neighbours alike.
    counts = np.minimum(blocks.points[full], 8).astype(np.float64)
    heights, places = blocks.heights_mm[full], blocks.places[full]
    terms = _terms(places)
    kept = int(np.ceil(KEPT * len(heights)))
    found: list[tuple[float, NDArray[np.float64]]] = []
    for without in _thirds(places):
        coefficients = _weighted(terms, heights, counts * ~without)
        for _ in range(4):
            squares = (heights - terms @ coefficients) ** 2
            nearest = squares <= np.partition(squares, kept - 1)[kept - 1]
            coefficients = _weighted(terms, heights, counts * nearest)
        squares = (heights - terms @ coefficients) ** 2
        found.append((float(np.partition(squares, kept - 1)[:kept].sum()), coefficients))
    coefficients = min(found, key=lambda x: x[0])[1]
    for _ in range(20):
        residuals = heights - terms @ coefficients
        trusted = tukey_weights(residuals, robust_scale(residuals, floor))
        coefficients = _weighted(terms, heights, counts * trusted)
    residuals = np.zeros(full.shape)
    residuals[full] = heights - terms @ coefficients
    off = full & (np.abs(residuals) > 4 * robust_scale(residuals[full], floor))
    # The foot of a defect is lower than that, and lies beside it.
    beside = binary_dilation(off, np.ones((3, 3), bool), iterations=2)
    weights = np.zeros(full.shape)
    weights[full] = counts
    weights[beside] *= 1e-3
    return _Polynomial(coefficients), weights


def _thirds(places: NDArray[np.float64]) -> list[NDArray[np.bool_]]:
    """Bands and squares a third of the scan wide: each may be a defect that is to be left out."""
    half = LEFT_OUT * 1.15
    middles = np.linspace(-1 + half, 1 - half, 5)
    bands = [[np.abs(places[:, axis] - x) <= half for x in middles] for axis in (0, 1)]
    squares = [u & v for u in bands[0] for v in bands[1]]
    return [np.zeros(len(places), bool), *bands[0], *bands[1], *squares]


def _weighted(
    terms: NDArray[np.float64], heights: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    weighted = terms * weights[:, None]
    square = weighted.T @ terms
    # A trace of stiffness where blocks are missing; it moves nothing that is measured.
    square += 1e-9 * np.trace(square) * np.eye(len(square))
    return np.asarray(np.linalg.solve(square, weighted.T @ heights), np.float64)


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
