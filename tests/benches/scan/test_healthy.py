"""False defects on sound surfaces are counted by surface and in all; a small measurement runs."""

import numpy as np

from benches.scan.healthy import FALSE_DEFECTS, FALSE_SCANS, healthy_section
from benches.scan.scans import BenchScan
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan


def scan(body: str, number: int, *defects: DefectForm) -> BenchScan:
    made = simulate_scan(body, defects, size_mm=(24, 20), roughness_mm=0.002, seed=number)
    name = f"simulated {body} {number}"
    return BenchScan(name, name, made.surface)


def test_what_is_found_is_counted_by_body() -> None:
    bumps = [DefectForm("bump", 0.1, 4.0, 3.0, (x, 0.0)) for x in (-6.0, 6.0)]
    scans = [scan("plane", 11), scan("cylinder", 13, *bumps)]
    section = healthy_section(scans, 2)
    found = {(x.subject, x.name): x.value for x in section.figures}
    assert found["every body", FALSE_DEFECTS] == 2.0
    assert found["every body", FALSE_SCANS] == 0.5
    assert found["plane", FALSE_SCANS] == 0.0
    assert found["cylinder", FALSE_SCANS] == 1.0
    assert np.isclose(
        next(x.low for x in section.figures if x.low is not None) or 0, 0.095, atol=0.01
    )
