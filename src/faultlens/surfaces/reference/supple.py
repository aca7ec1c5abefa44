"""A polynomial as supple as a scan asks for, that bridges what lies off it."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label

from faultlens.surfaces.reference.blocks import Blocks
from faultlens.surfaces.reference.polynomial import (
    MOST,
    OFF,
    FoundPolynomial,
    PolynomialFit,
    padded_terms,
    term_count,
)
from faultlens.surfaces.reference.robust import robust_scale, tukey_weights

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


def supple(
    blocks: Blocks, floor: float, found: FoundPolynomial
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A polynomial as supple as the scan asks for, and what counts of the scan.

    The terms of one degree share a prior standard deviation, and that which makes the scan
    likeliest is taken. So what the form does at a corner is taken from the scan where the scan
    knows it, and what is left out is bridged as softly as the rest of the form is.

    Args:
        blocks: heights that `found` leaves, mm.
        floor: least standard deviation, mm.
        found: what most of the scan lies on.

    Returns:
        (term,) of all of the form, mm, and (row, column) weights of the blocks.

    Source: MacKay, Bayesian interpolation, Neural Computation (1992).

    Example:
        >>> from faultlens.surfaces.reference.blocks import in_blocks
        >>> u, v = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 90))
        >>> sheet = np.stack([u, v, 0 * u + 2.0], axis=-1).reshape(-1, 3)
        >>> flat = FoundPolynomial(np.zeros(15), 4, 1.0)
        >>> form, weights = supple(in_blocks(sheet), 1e-3, flat)
        >>> round(float(form[0]), 3), bool((weights > 1).all())
        (2.0, True)
    """
    degree = found.degree
    while degree < FINEST and term_count(degree + 1) < FEWER * int((blocks.points > 0).sum()):
        degree += 1
    fit = PolynomialFit(blocks, floor, degree)
    known = padded_terms(found, fit.terms.shape[1])
    heights = fit.heights + fit.terms @ known
    degrees = np.array([d for d in range(degree + 1) for _ in range(d + 1)])
    counts = fit.counts / MOST
    # From what it was found by, without the foot of defects, which is lower than that.
    low = PolynomialFit(blocks, floor, found.degree)
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
        looser = _decaying(spread)
        unsure = np.linalg.inv(square + np.diag(_prior(looser, scale)[degrees]))
        doubt = np.einsum("bi,bi->b", fit.terms @ unsure, fit.terms)
        if step % 4 == 3:
            limit = OFF * scale * np.sqrt(1 / counts + doubt)
            still = _still_out(out, fit.full, np.abs(left) / limit)
            if (still != out).any():
                out, spread = still, looser
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
    looser = spread.copy()
    for degree in range(2, len(looser)):
        looser[degree] = max(looser[degree], DECAY * looser[degree - 1])
    return looser


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
