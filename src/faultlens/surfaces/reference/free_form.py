"""The reference of a part of any smooth form: a stiff surface that bridges the defects.

Its form is found in three steps. First a polynomial, of fourth degree if that will do: it is
fitted again and again, each time without another third of the scan, and the fit that leaves most of
the scan exactly right is kept. So a dent or groove of up to a third of the width is left out as a
whole, rather than followed. Then a polynomial as supple as the rest of the scan asks for; what was
left out is taken in again if it lies where that may well go on to, as at corners. Last a stiff
spline takes in the longer waviness; across what is left out all is a bridge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.blocks import Blocks, in_blocks
from faultlens.surfaces.reference.height_field import HeightField
from faultlens.surfaces.reference.polynomial import (
    DEGREES,
    LEFT_OUT,
    PolynomialFit,
    degree_of,
    legendre_terms,
    padded_terms,
    searched,
)
from faultlens.surfaces.reference.robust import EXACT, robust_scale, tukey_weights
from faultlens.surfaces.reference.supple import supple

MATTERS = 0.25
"""Share of the roughness below which it does not matter what a form leaves. Medians of blocks are
known far better, and by their measure the corners of any form would be off."""

COARSE = 24
"""Blocks along the longer side in which the polynomial is sought."""

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
    found = searched(blocks, floor)
    # Medians of heights mean less on a slope than medians of what is left of them.
    sheet[:, 2] -= legendre_terms(blocks.within(sheet), found.degree) @ found.coefficients
    blocks = in_blocks(sheet)
    form, weights = supple(blocks, floor, found)
    finest = degree_of(len(form))
    columns, rows = _matrix(blocks.places[0, :, 0]), _matrix(blocks.places[:, 0, 1])
    rest = blocks.heights_mm - legendre_terms(blocks.places, finest) @ (
        form - padded_terms(found, len(form))
    )
    spline = _spline(rest, weights, rows, columns, floor)
    # All of it as one spline, so that one look-up gives both.
    fine = np.linspace(-1, 1, 4 * FINE)
    there = np.linalg.pinv(_matrix(fine, FINE))
    values = legendre_terms(np.stack(np.meshgrid(fine, fine), axis=-1), finest) @ form
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
        "relief_mm": float(np.ptp(legendre_terms(blocks.places, finest) @ form)),
        "bridges_mm": float(LEFT_OUT * (blocks.high_mm - blocks.low_mm).min()),
    }
    return HeightField(base, coefficients, field.origin_mm, field.step_mm, "free form", facts)


def _roughness(blocks: Blocks, sheet_mm: NDArray[np.float64]) -> float:
    """Standard deviation of points within a block, once most of the form is taken away, mm."""
    fit = PolynomialFit(blocks, 0.0, 8 if blocks.points.size > 400 else DEGREES[0])
    form = fit.weighted(np.ones(len(fit.heights)))
    level = sheet_mm.copy()
    level[:, 2] -= legendre_terms(blocks.within(sheet_mm), fit.degree) @ form
    return float(np.nanmedian(in_blocks(level, COARSE).spreads_mm))


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
