"""Sizes without what they read too much on the mean, and how sure each of them is."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import special

from faultlens.surfaces.defects.place import FEWEST_PLACES

_NORMAL_95 = 1.96
_RASTER_SHARES = np.array([0.05, 0.17, 0.26, 0.25, 0.2, 0.07])
"""Standard deviations that cells and the points in them leave, also without roughness, as seen on
simulated rasters and clouds: of depth, mean depth, area and volume as shares per width in cells,
of length and width in cells."""
_WIDER = np.array([1.05, 1.2, 1.3, 1.15, 1.05, 1.0])
"""Of the scatter on sound places, to cover 95 % of simulated truths: the form put there is itself
uncertain."""
_DROP_SHARE = 0.1
"""Of the drop from the deepest cell to those beside it, by which a sharp bottom may lie deeper."""
_BENT_SHARE = 0.015
"""Of the length along bends, which a raster cuts short: likewise, of jagged cracks."""
_FARTHEST = 6.0
"""Robust standard deviations beyond which a reading on a sound place is an accident."""
_LEAST_FREEDOM = 3.0
"""Degrees of freedom that a spread is taken to have at least: of fewer, nothing could be said."""
_UNKNOWN_SHARE = 0.5
"""Of each size, as its uncertainty where nothing around a defect is sound."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scatter:
    """What the form of a defect read too much on sound places.

    Args:
        errors: (place, size) too much.
        alike: (place, place) share that the boxes of two have in common, 1 for each with itself.
        own: how many are places of the map; the others imitate its surface.
    """

    errors: Floats = field(repr=False)
    alike: Floats = field(repr=False)
    own: int


def corrected(
    values: Floats, scatter: Scatter, spacing_mm: float, bend: float, drop_mm: float
) -> tuple[Floats, Floats]:
    """Sizes without what they read too much on the mean, and half of their 95 % intervals.

    Args:
        values: (size,) as read: depth, mean depth, length, width, area and volume, mm.
        scatter: of the same sizes on sound places.
        spacing_mm: side of a cell.
        bend: how far the length was taken along bends, 0 to 1.
        drop_mm: from the deepest cell to those beside it.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> scatter = Scatter(rng.normal(0.1, 0.02, (24, 6)), np.eye(24), 24)
        >>> sizes, u95 = corrected(np.full(6, 2.0), scatter, 0.01, 0.0, 0.0)
        >>> bool(abs(sizes[0] - 1.9) < 0.02), bool(0.1 < u95[0] < 0.16)
        (True, True)
    """
    errors = scatter.errors
    if len(errors) < 2:
        return values, _UNKNOWN_SHARE * values
    middle = np.median(errors, axis=0)
    usual = 1.4826 * np.median(np.abs(errors - middle), axis=0)
    # A place where the outline ran away once is not what another place would read.
    errors = np.clip(errors, middle - _FARTHEST * usual, middle + _FARTHEST * usual)
    bias = errors.mean(axis=0)
    bias[5] = 0.0
    fixed = np.maximum(values - bias, 0.3 * values)
    reach = foretold(errors, scatter.alike, scatter.own) * _WIDER
    thin = spacing_mm / max(float(fixed[3]), spacing_mm)
    size = np.array([fixed[0], fixed[1], spacing_mm, spacing_mm, thin * fixed[4], fixed[5]])
    raster = _RASTER_SHARES * size * np.array([thin, thin, 1, 1, 1, thin])
    raster[0] = _DROP_SHARE * drop_mm
    raster[2] += _BENT_SHARE * bend * fixed[2]
    return fixed, np.sqrt(reach**2 + bias**2 + (_NORMAL_95 * raster) ** 2)


def foretold(errors: Floats, alike: Floats, own: int) -> Floats:
    """How far from the mean of what places read another place reads, 95 times of 100.

    Places near a defect share much of their surface, so that they differ less from each other than
    the surface under the defect differs from them: their spread is too small by what they have in
    common on the mean, is known with fewer degrees of freedom than there are places, and so is
    their mean.

    Args:
        errors: (place, size) as read.
        alike: (place, place) correlation of what two read.
        own: how many of them are places of the map.

    Source: Bayley and Hammersley, The effective number of independent observations (1946);
        Satterthwaite, degrees of freedom of a sum of squares (1946).

    Example:
        >>> errors = np.linspace(-1, 1, 24)[:, None]
        >>> apart, near = np.eye(24), 0.3 + 0.7 * np.eye(24)
        >>> usual = errors.std(ddof=1)
        >>> wide, wider = (float(foretold(errors, x, 24)[0] / usual) for x in (apart, near))
        >>> round(wide, 2), round(wider, 2)
        (2.11, 2.85)
    """
    count = len(errors)
    about_mean = alike - alike.mean(axis=0)
    kept = float(np.trace(about_mean))
    freedom = kept**2 / float((about_mean * about_mean.T).sum())
    # What imitates the surface says no more about it than what it was taken from.
    freedom *= min(max(own, FEWEST_PLACES) / count, 1.0)
    common = (count - 1) / kept * (1 + float(alike.mean()))
    student = float(special.stdtrit(max(freedom, _LEAST_FREEDOM), 0.975))
    return np.asarray(student * np.sqrt(common) * errors.std(axis=0, ddof=1), np.float64)
