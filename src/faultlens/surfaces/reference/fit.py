"""The reference surface of a scan, of the form that the user names or that explains the scan."""

import numpy as np

from faultlens.core.errors import UnknownNameError, UnusableSurfaceError, UsageError
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.cylinder import fit_cylinder
from faultlens.surfaces.reference.free_form import fit_free_form
from faultlens.surfaces.reference.golden import fit_golden
from faultlens.surfaces.reference.plane import fit_plane
from faultlens.surfaces.reference.robust import thinned
from faultlens.surfaces.reference.simplest import simplest
from faultlens.surfaces.reference.sphere import fit_sphere
from faultlens.surfaces.surface import Surface

KINDS = ("auto", "plane", "cylinder", "sphere", "free form", "scan")
"""Names of the forms that `fit_reference` takes."""

FEWEST, ENOUGH = 10, 60_000
"""Points without which there is no form, and points by which a form is found: more change it by
less than a hundredth of the roughness."""


def fit_reference(
    surface: Surface, kind: str = "auto", *, golden: Surface | None = None, seed: int = 0
) -> AbstractReference:
    """The surface that the part should have, found in a scan that may hold defects and outliers.

    Args:
        surface: the scan.
        kind: "plane", "cylinder", "sphere", "free form", "scan" (the golden one), or "auto": the
            golden scan where one is given, and else the simplest form that explains the scan.
        golden: scan of a sound part, or CAD mesh, onto which the scan is moved.
        seed: of the chance by which points are drawn; the same seed gives the same surface.

    Raises:
        UnknownNameError: another kind.
        UsageError: kind "scan" without a golden scan, or a golden scan with another kind.
        UnusableSurfaceError: too few points, points on one line, or no fit to the golden scan.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> fit_reference(height_map(np.full((20, 30), 2.0), 0.1), "plane").kind
        'plane'
    """
    if kind not in KINDS:
        raise UnknownNameError("reference", kind, KINDS)
    if golden is not None and kind not in ("auto", "scan"):
        raise UsageError(
            f"A golden scan was given together with reference '{kind}'; give one of the two: "
            "reference 'scan' measures against the golden scan."
        )
    if kind == "scan" and golden is None:
        raise UsageError(
            "Reference 'scan' needs the golden scan or CAD mesh to measure against; give it as "
            "golden."
        )
    rng = np.random.default_rng(seed)
    points = thinned(surface.points_mm, ENOUGH, rng)
    if len(points) < FEWEST:
        raise UnusableSurfaceError(
            f"The scan has {len(points)} measured points; a reference surface needs at least "
            f"{FEWEST}. Check that the file is whole and that the unit is right."
        )
    if golden is not None:
        return fit_golden(surface, golden, points, seed)
    if kind == "auto":
        return simplest(surface, points, rng)
    plane = fit_plane(surface, points, rng)
    if kind == "plane":
        return plane
    if kind == "free form":
        return fit_free_form(plane, points)
    found = {"cylinder": fit_cylinder, "sphere": fit_sphere}[kind](surface, points, rng)
    if found is None:
        raise UnusableSurfaceError(
            f"No {kind} comes near the scan: it is flat, or of another form. Use reference "
            "'plane', 'free form' or 'auto'."
        )
    return found
