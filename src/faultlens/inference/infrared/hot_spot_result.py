"""Infrared alone as a result: its hot spots in plain values, for a file and for `fuse`."""

from typing import Any

from faultlens.images.thermal.hot_spots import hot_spots
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.schema import SCHEMA
from faultlens.profiles.hot_spot_alarm import HotSpotAlarm


def hot_spot_result(
    thermal: Thermal,
    *,
    alarm: HotSpotAlarm | None = None,
    asset: str | None = None,
    time: str | None = None,
) -> dict[str, Any]:
    """What one infrared picture says, without any model: takes a tenth of a second.

    Args:
        thermal: the infrared.
        alarm: of the plant, from `calibrate_hot_spots`; None where nothing alarms by itself.
        asset: the machine, as its owner calls it.
        time: when it was taken, ISO 8601.

    Returns:
        JSON values, as `fuse` takes them beside results of other sensors.

    Example:
        >>> import numpy as np
        >>> celsius = np.full((288, 384), 20, np.float32)
        >>> celsius[100:108, 200:208] = 95
        >>> told = hot_spot_result(Thermal(celsius), alarm=HotSpotAlarm(0.6, 0.01, 99))
        >>> told["alarm"], told["hot_spots"][0]["delta_celsius"]
        (True, 75.0)
    """
    spots = hot_spots(thermal)
    worst = max((x.score for x in spots), default=0.0)
    return {
        "schema": SCHEMA,
        "file": thermal.name,
        "asset": asset,
        "time": time,
        "alarm": alarm is not None and worst > alarm.threshold,
        "hot_spots": [x.to_dict() for x in spots],
        "hot_spot_alarm": None if alarm is None else alarm.to_dict(),
        "warnings": [x.en for x in thermal.notices],
        "history": list(thermal.history),
    }
