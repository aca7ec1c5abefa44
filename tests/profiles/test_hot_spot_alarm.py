"""A hot spot alarms as often on sound equipment as was allowed, and always where it is hot."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.hot_spot_result import hot_spot_result
from faultlens.inference.verdict.fuse import fuse
from faultlens.profiles.hot_spot_alarm import HotSpotAlarm, calibrate_hot_spots


def switchgear(seed: int, kelvin: float = 0.0) -> Thermal:
    """A cabinet whose parts are each a few K warmer than it, and one that is warmer by `kelvin`."""
    rng = np.random.default_rng(seed)
    celsius = 22 + rng.normal(0, 0.1, (96, 128))
    down, along = np.mgrid[:96, :128]
    warm = [(*rng.uniform(15, 80, 2), rng.exponential(2.0)) for _ in range(4)]
    for row, column, more in [*warm, (48, 100, kelvin)]:
        celsius += more * np.exp(-((down - row) ** 2 + (along - column) ** 2) / 18)
    return Thermal(celsius.astype(np.float32), name=f"cabinet {seed}")


def test_new_pictures_of_sound_equipment_alarm_as_rarely_as_promised() -> None:
    alarm = calibrate_hot_spots(map(switchgear, range(60)), false_alarms=0.1)
    assert alarm.false_alarm_rate == 0.1
    results = [hot_spot_result(switchgear(x), alarm=alarm) for x in range(100, 180)]
    assert np.mean([x["alarm"] for x in results]) == pytest.approx(0.1, abs=0.09)
    hot = [hot_spot_result(switchgear(x, 40.0), alarm=alarm) for x in range(200, 215)]
    assert all(x["alarm"] for x in hot)


def test_too_few_pictures_promise_what_they_can() -> None:
    alarm = calibrate_hot_spots(map(switchgear, range(4)))
    assert alarm.false_alarm_rate == pytest.approx(0.2)
    with pytest.raises(UsageError, match="No infrared picture"):
        calibrate_hot_spots([])


def test_without_a_threshold_nothing_alarms_and_a_verdict_still_takes_it() -> None:
    told = hot_spot_result(switchgear(1, 60.0), asset="feeder 3")
    assert told["alarm"] is False
    assert told["hot_spot_alarm"] is None
    assert told["hot_spots"][0]["severity"] == "major"
    joined = fuse(hot_spot_result(switchgear(1, 60.0), alarm=HotSpotAlarm(0.6, 0.01, 99)))
    assert joined.alarm
