"""Which form a scan has: the simplest one that explains it as well as any other does."""

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.cylinder import fit_cylinder
from faultlens.surfaces.reference.free_form import fit_free_form
from faultlens.surfaces.reference.plane import fit_plane
from faultlens.surfaces.reference.robust import robust_scale
from faultlens.surfaces.reference.sphere import fit_sphere
from faultlens.surfaces.surface import Surface

EXPLAINED = 1.05
"""Spread about a form over the least spread, up to which the form explains the scan: what it
leaves unexplained is then less than a third of the roughness."""

WAVY, WHOLE, BENT = 1.75, 0.95, 0.1
"""The same where all but a twentieth of the scan lies on the form, and a curved one leaves less
than a tenth of what a plane does: waves up to 1.4 times as high as the roughness are texture, and
stay in the deviations. What a free form follows of them it follows badly beside defects. The form
of a part stands out further than that; a plate whose bend rises less than five times its roughness
is flat to all that see it."""

MAJORITY = 0.5
"""Share of the points that must lie on a form, for it to be the form of the scan at all."""

NEAR = 3.0
"""Robust standard deviations within which a point lies on a form; further off are defects."""

CURVED = 0.5
"""A scan is unrolled from a cylinder or sphere where that halves the spread about a plane."""

FLAT = 0.05
"""Spread about a plane over the lesser extent along it, below which a scan goes round nothing."""


def simplest(
    surface: Surface, points_mm: NDArray[np.float64], rng: np.random.Generator
) -> AbstractReference:
    """Plane, cylinder, sphere or free form: the first of them that explains the scan.

    A free form lies over the plane, or over a cylinder or sphere where the scan goes round one.

    Args:
        surface: the scan, for the side that is outside.
        points_mm: (point, 3) of it, thinned, mm.
        rng: draws the starts.

    Example:
        >>> x, y = np.meshgrid(np.linspace(-5, 5, 40), np.linspace(-5, 5, 40))
        >>> bent = np.stack([x, y, np.sqrt(400 - y**2)], axis=-1).reshape(-1, 3)
        >>> simplest(Surface(bent), bent, np.random.default_rng(0)).kind
        'cylinder'
    """
    plane = fit_plane(surface, points_mm, rng)
    on_plane = plane.located(points_mm)
    free = fit_free_form(plane, points_mm)
    others = [free.located(points_mm)[:, 2]]
    lesser = float(np.subtract(*np.quantile(on_plane[:, :2], [0.75, 0.25], axis=0)).min())
    if plane.rms_mm < FLAT * lesser and _explains(on_plane[:, 2], others):
        return plane
    curved = [fit(surface, points_mm, rng) for fit in (fit_cylinder, fit_sphere)]
    forms: list[tuple[AbstractReference, NDArray[np.float64]]] = [(plane, on_plane[:, 2])]
    forms += [(x, x.located(points_mm)[:, 2]) for x in curved if x is not None]
    base, off = min(forms, key=lambda x: robust_scale(x[1]))
    if plane.rms_mm >= FLAT * lesser and robust_scale(off) < CURVED * plane.rms_mm:
        over = fit_free_form(base, points_mm)
        others.append(over.located(points_mm)[:, 2])
        if robust_scale(others[1]) < robust_scale(others[0]):
            free = over
    others += [off for _, off in forms]
    bent = BENT * plane.rms_mm
    limits = [WAVY if x is plane or robust_scale(off) < bent else EXPLAINED for x, off in forms]
    known = zip(forms, limits, strict=True)
    return next((x for (x, off), most in known if _explains(off, others, most)), free)


def _explains(
    off: NDArray[np.float64], others: list[NDArray[np.float64]], most: float = WAVY
) -> bool:
    """Whether no other form comes nearer to the points that lie on this one.

    Only they count: that a supple form follows a dent as well is no merit.

    Args:
        off: (point,) deviations from the form, mm.
        others: the same from other forms.
        most: spread over the least spread, where nearly all of the scan lies on the form.
    """
    on = _near(off)
    if on.mean() < MAJORITY:
        return False
    if on.mean() < WHOLE:
        most = EXPLAINED
    # Outliers lie on no form, and would make all forms alike.
    both = [on & _near(x) for x in others]
    pairs = zip(both, others, strict=True)
    return all(_rms(off[here]) <= most * _rms(x[here]) for here, x in pairs)


def _near(off: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(point,) whether it lies on the form."""
    return np.asarray(np.abs(off) <= NEAR * robust_scale(off), np.bool_)


def _rms(off: NDArray[np.float64]) -> float:
    """Root of the mean square, of what is known."""
    return float(np.sqrt(np.nanmean(off**2)))
