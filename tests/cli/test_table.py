"""The terminal tells a measured speed only where lines were found to measure it by."""

from dataclasses import replace

import pytest

from faultlens.cli.table import print_results
from faultlens.inference.diagnose import diagnose
from faultlens.inference.findings import Diagnosis
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate


def _result_with(matched: int) -> Diagnosis:
    """A result whose outer race alone has this many matched harmonics."""
    made = simulate(
        ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772, sample_rate_hz=8000,
        seconds=2.0, seed=1,
    )  # fmt: skip
    result = diagnose(made.signal)
    evidence = result.view.evidence
    assert evidence is not None
    families = tuple(
        replace(
            family,
            lines=tuple(
                replace(
                    x,
                    matched=family.family == "outer" and not x.sideband and x.harmonic <= matched,
                )
                for x in family.lines
            ),
        )
        for family in evidence.families
    )
    return replace(result, view=replace(result.view, evidence=replace(evidence, families=families)))


@pytest.mark.parametrize(("matched", "told"), [(0, False), (1, False), (2, True)])
def test_one_line_alone_measures_no_speed(
    matched: int, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    print_results([_result_with(matched)])
    shown = capsys.readouterr().out
    assert "1772 rpm" in shown
    assert ("measured" in shown) == told
