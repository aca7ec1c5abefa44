"""Scans with known truth, for detectors and lines: simulated plates, sound and dented."""

from functools import cache

from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.surface import Surface

DEPTH_MM = 0.3


@cache
def plate(seed: int, *, dented: bool = False) -> Surface:
    """A plate of 24 by 18 mm at 0.2 mm; the dent is 0.3 mm deep and 5 mm across."""
    dents = [DefectForm("dent", DEPTH_MM, 5.0, 5.0, (3.0, -2.0))] if dented else []
    return simulate_scan(
        "plane", dents, size_mm=(24.0, 18.0), spacing_mm=0.2, roughness_mm=0.004, seed=seed
    ).surface
