"""`faultlens simulate scan`: 3D scans with defects of exactly known size, and their truth."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.simulator.bodies import BODIES
from faultlens.surfaces.simulator.carve import SimulatedScan, carve
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import FORMS, DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan as simulated
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.write import write_surface

TRUTH = "truth.json"
"""Name of the file with what was carved into each scan."""
SCAN_KINDS = ("ply", "xyz", "npz", "tif")
"""Formats that scans are written in, by suffix."""

_LONGEST_SHARE = 0.4
"""Of the shorter side of a scan that a defect may take."""
_TRIES = 200


def simulate_scan(
    form: str,
    *,
    body: str = "plane",
    depth_mm: float = 0.3,
    length_mm: float | None = None,
    width_mm: float | None = None,
    size_mm: tuple[float, float] = (60.0, 40.0),
    spacing_mm: float = 0.2,
    roughness_mm: float = 0.005,
    outliers: float = 0.0,
    missing: float = 0.0,
    tilt_deg: float = 0.0,
    into: Path | None = None,
    unit: str | None = None,
    kind: str = "ply",
    count: int = 1,
    seed: int = 0,
    out: Path,
    quiet: bool = False,
) -> None:
    """Write scans and truth.json: for each scan the exact sizes of what was carved into it.

    Args:
        form: what is carved, separated by commas, such as "dent, scratch"; "" for sound scans.
        body: that is scanned.
        depth_mm: of each defect, mm.
        length_mm: of each; None draws it.
        width_mm: of each; None draws it.
        size_mm: of the scan, mm.
        spacing_mm: between its points, mm.
        roughness_mm: root mean square height Sq of the surface, mm.
        outliers: share of points that lie anywhere.
        missing: share of points that are lost.
        tilt_deg: of the body.
        into: a real scan to carve into, instead of a simulated body.
        unit: of that file's numbers.
        kind: suffix of the files.
        count: of scans.
        seed: of the first scan; the others follow.
        out: folder for the files.
        quiet: no file names on standard output.

    Raises:
        UsageError: a form, body or format that there is none of, sizes that no defect has, or no
            room for what was asked for.
        InputError: `into` cannot be read, or has no points where a defect is to go.
    """
    forms = [x.strip().lower() for x in form.split(",") if x.strip()]
    for each in forms:
        if each not in FORMS:
            raise UnknownNameError("form of defect", each, FORMS)
    body, suffix = body.strip().lower().replace("-", " "), kind.strip().lower().lstrip(".")
    if body not in BODIES:
        raise UnknownNameError("body", body, BODIES)
    if suffix not in SCAN_KINDS:
        raise UnknownNameError("scan format", kind, SCAN_KINDS)
    real = None if into is None else read_surface(into, unit=unit)
    stem = "-".join(forms) or "sound"
    truths: list[dict[str, object]] = []
    try:
        for number in progress(
            range(seed, seed + count), label="Scanning", total=count, quiet=quiet
        ):
            rng = np.random.default_rng([number, 3])
            middle, extent = _extent(real, size_mm)
            drawn = placed_forms(forms, depth_mm, length_mm, width_mm, extent, rng)
            defects = [_moved(x, middle) for x in drawn]
            if real is None:
                made = simulated(
                    body,
                    defects,
                    size_mm=size_mm,
                    spacing_mm=spacing_mm,
                    roughness_mm=roughness_mm,
                    outliers=outliers,
                    missing=missing,
                    tilt_deg=tilt_deg,
                    raster=suffix in {"npz", "tif"},
                    seed=number,
                )
            else:
                made = carve(real, defects)
            path = out / f"{stem}-{number:06d}.{suffix}"
            write_surface(path, made.surface)
            truths.append(_truth(path, made, body if real is None else None))
            if not quiet:
                typer.echo(f"{path}  {', '.join(_words(x) for x in defects) or 'sound'}")
    finally:
        # Interrupted, the scans so far keep their truth.
        if truths:
            write_text(out / TRUTH, json.dumps(truths, indent=1) + "\n")


def _extent(
    real: Surface | None, size_mm: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Middle and extent of where defects may go, mm."""
    if real is None:
        return (0.0, 0.0), size_mm
    flat = real.points_mm[real.measured, :2]
    # The outermost points of a real scan are its worst.
    low, high = np.quantile(flat, [0.02, 0.98], axis=0)
    middle, extent = (low + high) / 2, high - low
    return (float(middle[0]), float(middle[1])), (float(extent[0]), float(extent[1]))


def placed_forms(
    forms: Sequence[str],
    depth_mm: float,
    length_mm: float | None,
    width_mm: float | None,
    extent_mm: tuple[float, float],
    rng: np.random.Generator,
) -> list[DefectForm]:
    """Defects that do not touch each other nor the edge of the scan.

    Args:
        forms: of each.
        depth_mm: of each, mm.
        length_mm: of each, mm; None draws it.
        width_mm: of each, mm; None draws it.
        extent_mm: of the scan along u and v, mm.
        rng: draws sizes, turns and places.

    Raises:
        UsageError: there is no room for them.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> [x.form for x in placed_forms(["dent"], 0.2, None, None, (60, 40), rng)]
        ['dent']
    """
    side = min(extent_mm)
    placed: list[DefectForm] = []
    for form in forms:
        for _ in range(_TRIES):
            drawn = drawn_form(
                rng,
                form=form,
                length_mm=(0.1 * side, _LONGEST_SHARE * side)
                if length_mm is None
                else (length_mm, length_mm),
                narrowest_mm=0.02 * side,
                depth_mm=depth_mm,
            )
            if width_mm is not None:
                # A length that was asked for is kept: too short a one is refused by the form.
                length = length_mm or max(drawn.length_mm, width_mm)
                drawn = replace(drawn, width_mm=width_mm, length_mm=length)
            room = [max(x / 2 - 0.8 * drawn.length_mm, 0.0) for x in extent_mm]
            place = (float(rng.uniform(-room[0], room[0])), float(rng.uniform(-room[1], room[1])))
            drawn = replace(drawn, place_mm=place)
            if min(room) > 0 and all(_apart(drawn, x) for x in placed):
                placed.append(drawn)
                break
        else:
            raise UsageError(
                f"There is no room for {len(forms)} defects on {extent_mm[0]:.3g} by "
                f"{extent_mm[1]:.3g} mm; give fewer, shorter ones or a larger scan."
            )
    return placed


def _apart(one: DefectForm, other: DefectForm) -> bool:
    off = np.hypot(one.place_mm[0] - other.place_mm[0], one.place_mm[1] - other.place_mm[1])
    return bool(off > 0.8 * (one.length_mm + other.length_mm))


def _moved(defect: DefectForm, by: tuple[float, float]) -> DefectForm:
    return replace(defect, place_mm=(defect.place_mm[0] + by[0], defect.place_mm[1] + by[1]))


def _truth(path: Path, made: SimulatedScan, body: str | None) -> dict[str, object]:
    return {
        "scan": path.name,
        "body": body,
        "unit": "mm",
        "defects": [x.to_dict() for x in made.truths],
    }


def _words(defect: DefectForm) -> str:
    return (
        f"{defect.form} {defect.depth_mm:.3g} mm deep, {defect.length_mm:.3g} by "
        f"{defect.width_mm:.3g} mm"
    )
