"""Healthy visits set a threshold of the joined score that holds, also of dependent sensors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benches.fuse import PLANTS, alarms_of, joined, looked_at
from faultlens.core.errors import InputError, UsageError
from faultlens.inference.verdict.fuse import fuse
from faultlens.metrics.conformal import conformal_threshold

Made = Callable[..., dict[str, Any]]


def visits(vibration: Made, picture: Made, count: int) -> list[dict[str, Any]]:
    """Joined verdicts of healthy visits, the last the least sure."""
    return [
        fuse(vibration(scores={"cage fault": x}), picture(scores={"crack": x})).to_dict()
        for x in np.linspace(0.01, 0.3, count).tolist()
    ]


def test_the_joined_score_alarms_where_no_sensor_does(vibration: Made, picture: Made) -> None:
    parts = vibration(scores={"cage fault": 0.8}), picture(scores={"crack": 0.8})
    assert not fuse(*parts).alarm
    earlier = visits(vibration, picture, 25)
    result = fuse(*parts, healthy=earlier, false_alarms=0.05)
    assert result.alarm
    assert (result.visits, result.false_alarm_rate) == (25, 0.05)
    assert result.threshold == pytest.approx(max(x["alarm_score"] for x in earlier), abs=1e-6)
    assert any("25 healthy visits" in x for x in result.reasons)
    quiet = fuse(vibration(scores={"cage fault": 0.2}), picture(scores={"crack": 0.2}),
                 healthy=earlier, false_alarms=0.05)  # fmt: skip
    assert not quiet.alarm


def test_too_few_visits_promise_what_they_can(vibration: Made, picture: Made) -> None:
    result = fuse(vibration(), picture(), healthy=visits(vibration, picture, 9))
    assert result.false_alarm_rate == pytest.approx(0.1)
    assert any("9 healthy visits cannot promise 0.01" in x for x in result.warnings)


def test_visits_of_other_sensors_or_assumptions_are_refused(vibration: Made, picture: Made) -> None:
    earlier = visits(vibration, picture, 3)
    with pytest.raises(UsageError, match="same sensors, models and assumptions"):
        fuse(vibration(), healthy=earlier)
    with pytest.raises(UsageError, match="same sensors, models and assumptions"):
        fuse(vibration(), picture(), shared=0.9, healthy=earlier)
    with pytest.raises(InputError, match="it is no joined verdict"):
        fuse(vibration(), picture(), healthy=[picture()])


@pytest.mark.parametrize("plant", (PLANTS[1], PLANTS[4], PLANTS[7]), ids=lambda x: x.name)
def test_the_promised_rate_holds_whatever_the_sensors_share(plant: Any) -> None:
    rng = np.random.default_rng(3)
    rates = []
    for _ in range(6):
        earlier = joined(plant, looked_at(plant, 100, rng, healthy=True).beliefs)
        limit = conformal_threshold(earlier, false_alarms=0.1).threshold
        later = joined(plant, looked_at(plant, 200, rng, healthy=True).beliefs)
        rates.append(float((later > limit).mean()))
    assert np.mean(rates) < 0.15  # .1 promised; .03 is the spread of one draw


def test_alarms_by_own_thresholds_are_false_no_more_often_than_their_sum() -> None:
    for plant in (PLANTS[0], PLANTS[4], PLANTS[7]):
        figures = {(x.name, x.how): x.value for x in alarms_of(plant, assets=300, draws=4)}
        allowed = 0.01 * len(plant.kinds)
        assert figures["false alarms, sound assets", "own thresholds"] < allowed + 0.015
        assert figures["faults found", "own thresholds"] > 0.35
