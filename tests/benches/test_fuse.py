"""Figures on joined verdicts: sensors are as simulated, and tables count what they say."""

import numpy as np
import pytest

from benches.fuse import (
    PLANTS,
    calibration_of,
    fuse_section,
    looked_at,
)
from benches.fused_machines import (
    BEARING,
    JOINED,
    SURFACE,
    TOLD,
    Machine,
    machines_section,
    measured_machines,
)
from faultlens.evaluation.figures import tables
from faultlens.metrics.calibration import expected_calibration_error


@pytest.mark.parametrize("plant", PLANTS, ids=lambda x: x.name)
def test_every_simulated_sensor_is_calibrated_for_its_own_fault(plant: object) -> None:
    seen = looked_at(plant, 20_000, np.random.default_rng(0))  # type: ignore[arg-type]
    for sensor in range(seen.truth.shape[1]):
        error = expected_calibration_error(seen.beliefs[:, sensor], seen.truth[:, sensor])
        assert error < 0.015


def test_faults_and_errors_go_together_as_the_plant_says() -> None:
    rng = np.random.default_rng(1)
    own, one = (looked_at(x, 20_000, rng).truth for x in (PLANTS[0], PLANTS[2]))
    assert np.corrcoef(own.T)[0, 1] == pytest.approx(0, abs=0.03)
    assert (one[:, 0] == one[:, 1]).all()
    sound = looked_at(PLANTS[4], 20_000, rng, healthy=True)
    assert not sound.faulty.any()
    odds = np.log(sound.beliefs / (1 - sound.beliefs))
    assert np.corrcoef(odds.T)[0, 1] == pytest.approx(0.5, abs=0.03)


def test_the_same_draws_give_the_same_figures_and_a_table() -> None:
    one, again = (calibration_of(PLANTS[1], assets=60, draws=2) for _ in range(2))
    assert one == again
    assert all(x.low <= x.value <= x.high and x.n == 120 for x in one)
    assert "Joined verdicts" in tables([fuse_section([])], {})


def test_a_fleet_is_counted() -> None:
    def made(faulty: bool, score: float, alarm: bool) -> Machine:
        scores = dict.fromkeys((JOINED, TOLD, BEARING, SURFACE), score)
        alarms = dict.fromkeys((JOINED, BEARING, SURFACE), alarm)
        return Machine(faulty, scores, alarms, 0.1, dict.fromkeys((BEARING, SURFACE), faulty))

    fleet = [made(True, 0.9, True), made(True, 0.4, False), made(False, 0.5, True)] * 4
    figures = {(x.name, x.how): x for x in machines_section(fleet).figures}
    assert figures["AUROC", JOINED].value == pytest.approx(0.5)
    assert (figures["false alarms", JOINED].value, figures["false alarms", JOINED].n) == (1.0, 4)
    assert figures["faulty machines found", JOINED].value == pytest.approx(0.5)


def test_a_machine_is_simulated_heard_seen_and_joined() -> None:
    (one,) = measured_machines(1, seed=40_002, quiet=True)
    assert all(0 <= x <= 1 for x in one.scores.values())
    assert one.alarms[JOINED] == (one.alarms[BEARING] or one.alarms[SURFACE])
    assert one.stated == pytest.approx(0.1)
