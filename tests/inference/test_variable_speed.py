"""A recording of a machine that runs up is straightened by the speed column in its own file."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.inference.diagnose_file import diagnose_file
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

GEOMETRY = BearingGeometry(9, 7.94, 39.04)


def test_a_csv_with_a_speed_column_names_the_fault_of_a_machine_that_runs_up(
    tmp_path: Path,
) -> None:
    rate, seconds = 8000, 6.0
    speeds = np.linspace(1200, 1800, int(rate * seconds))
    made = simulate(
        ("outer",), bearing=GEOMETRY, shaft_rpm=speeds, sample_rate_hz=rate, seconds=seconds,
        seed=2, snr_db=5.0,
    )  # fmt: skip
    path = tmp_path / "runup.csv"
    table = np.column_stack([np.arange(len(speeds)) / rate, made.signal.samples, speeds])
    names = "time (s),acc (m/s2),rpm"
    np.savetxt(path, table, delimiter=",", fmt="%.6g", header=names, comments="")

    result = diagnose_file(path, bearing=GEOMETRY)
    assert (result.verdict, result.alarm) == ("outer race fault", True)
    assert any("resampled to constant shaft angle" in x for x in result.warnings)
    assert result.to_dict()["shaft"]["stated_rpm"] == pytest.approx(1500, rel=1e-3)

    # Read as if the speed were steady, the lines smear and nothing stands out.
    smeared = diagnose_file(path, bearing=GEOMETRY, shaft_rpm=1500)
    assert not smeared.alarm
    outer, smeared_outer = (x.view.evidence.family("outer") for x in (result, smeared))
    assert outer.strength > 3 * max(smeared_outer.strength, 0.1)
