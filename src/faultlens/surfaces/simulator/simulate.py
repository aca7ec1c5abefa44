"""A scan of a body with known defects."""

from collections.abc import Sequence

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.surfaces.simulator.bodies import (
    CYLINDER,
    FREE_FORM,
    PLANE,
    SPHERE,
    Body,
    drawn_free_form,
    posed,
)
from faultlens.surfaces.simulator.carve import SimulatedScan
from faultlens.surfaces.simulator.forms import DefectForm, relief_mm
from faultlens.surfaces.simulator.placing import placed_on, truth_of
from faultlens.surfaces.simulator.scanner import Finish, Scanner, scanned, texture
from faultlens.surfaces.surface import Surface

MOST_POINTS = 20_000_000
"""That a simulated scan may have: 480 MB of coordinates."""
_WIDEST_DEG = 120.0
"""Of a cylinder or sphere as a scanner sees it from one side."""


def simulate_scan(
    body: str = PLANE,
    defects: Sequence[DefectForm] = (),
    *,
    size_mm: tuple[float, float] = (60.0, 40.0),
    spacing_mm: float = 0.2,
    roughness_mm: float = 0.005,
    finish: Finish | None = None,
    scanner: Scanner | None = None,
    outliers: float = 0.0,
    missing: float = 0.0,
    tilt_deg: float = 0.0,
    radius_mm: float | None = None,
    raster: bool = True,
    seed: int = 0,
) -> SimulatedScan:
    """Simulate the scan of a body; its defects have exactly known sizes.

    Args:
        body: "plane", "cylinder", "sphere" or "free form".
        defects: carved into it; `place_mm` is u and v from the middle of the scan.
        size_mm: extent along u and v, mm.
        spacing_mm: between points, mm.
        roughness_mm: root mean square height Sq of the texture, mm, where `finish` is None.
        finish: texture with a lay and waviness.
        scanner: noise, steps, and what `outliers` and `missing` say, for more of it.
        outliers: share of points that lie anywhere, 0 to 0.5.
        missing: share of points that are lost, 0 to 0.9.
        tilt_deg: of the body against +z.
        radius_mm: of a cylinder or sphere, mm; None takes the longer side of the scan.
        raster: whether the points come as rows and columns; otherwise as a cloud, off any lattice.
        seed: of everything that is drawn.

    Returns:
        The scan, the truth about each defect, and the exact body.

    Raises:
        UnknownNameError: another body.
        UsageError: sizes that no scan has, more points than `MOST_POINTS`.

    Example:
        >>> made = simulate_scan("plane", [DefectForm("dent", 0.3, 5.0, 4.0)], tilt_deg=20, seed=1)
        >>> made.surface.grid, round(made.truths[0].area_mm2, 1)
        ((201, 301), 15.7)
    """
    finish = Finish(roughness_mm) if finish is None else finish
    scanner = Scanner(outliers=outliers, missing=missing) if scanner is None else scanner
    shape = _shape(size_mm, spacing_mm)
    forming, roughing, scanning = np.random.default_rng(seed).spawn(3)
    shift = forming.uniform(-0.5, 0.5, 3) * max(size_mm) if tilt_deg else np.zeros(3)
    pose = posed(tilt_deg, forming.uniform(0, 360), (shift[0], shift[1], shift[2]))
    form = (
        drawn_free_form(size_mm, pose, forming)
        if body == FREE_FORM
        else Body(body, pose, _radius(body, size_mm, radius_mm))
    )
    u, v = np.meshgrid(
        (np.arange(shape[1]) - (shape[1] - 1) / 2) * spacing_mm,
        (np.arange(shape[0]) - (shape[0] - 1) / 2) * spacing_mm,
    )
    if not raster:
        # Jittered from a lattice: as evenly spread as a scanner's points, and never on it.
        u += roughing.uniform(-0.5, 0.5, shape) * spacing_mm
        v += roughing.uniform(-0.5, 0.5, shape) * spacing_mm
    w = texture(shape, spacing_mm, finish, roughing)
    truths = []
    for defect in defects:
        placed = placed_on(form, defect)
        along, across = (
            placed.to_own[k, 0] * (u - placed.sheet_mm[0])
            + placed.to_own[k, 1] * (v - placed.sheet_mm[1])
            for k in (0, 1)
        )
        half_along, half_across = defect.half_box_mm
        near = (np.abs(along) < half_along) & (np.abs(across) < half_across)
        w[near] += relief_mm(defect, along[near], across[near])
        truths.append(truth_of(placed, reference=form))
    sheet = np.stack([u.ravel(), v.ravel(), w.ravel()], axis=1)
    points = form.placed(sheet)
    names = ", ".join(x.form for x in defects) or "no defect"
    surface = Surface(
        points,
        shape if raster else None,
        name=f"simulated {body}",
        history=(f"simulated {body} with {names}, seed {seed}",),
    )
    sheet[:, 2] += 1.0
    outward = form.placed(sheet) - points if body != PLANE else pose.turn[:, 2]
    return SimulatedScan(scanned(surface, outward, scanner, scanning), tuple(truths), form)


def _shape(size_mm: tuple[float, float], spacing_mm: float) -> tuple[int, int]:
    if not (np.isfinite([*size_mm, spacing_mm]).all() and min(*size_mm, spacing_mm) > 0):
        raise UsageError(
            f"A scan of {size_mm[0]:g} by {size_mm[1]:g} mm with a point every {spacing_mm:g} mm "
            "was asked for; give positive numbers of mm."
        )
    columns, rows = (round(x / spacing_mm) + 1 for x in size_mm)
    if min(rows, columns) < 4 or rows * columns > MOST_POINTS:
        raise UsageError(
            f"{size_mm[0]:g} by {size_mm[1]:g} mm with a point every {spacing_mm:g} mm are "
            f"{rows} rows and {columns} columns; at least 4 of each and at most {MOST_POINTS} "
            "points are simulated. Change the size or the spacing."
        )
    return rows, columns


def _radius(body: str, size_mm: tuple[float, float], radius_mm: float | None) -> float:
    """The radius given, or one that suits the size; of a plane it means nothing."""
    if body not in {CYLINDER, SPHERE}:
        return float("inf")
    arc = size_mm[1] if body == CYLINDER else float(np.hypot(*size_mm))
    radius = max(arc, *size_mm) / 1.5 if radius_mm is None else radius_mm
    if not (np.isfinite(radius) and radius > 0 and arc / radius <= np.deg2rad(_WIDEST_DEG)):
        raise UsageError(
            f"A {body} of radius {radius:g} mm cannot be seen over {arc:g} mm from one side; at "
            f"least {arc / np.deg2rad(_WIDEST_DEG):.3g} mm are needed ({_WIDEST_DEG:.0f} degrees)."
        )
    return radius
