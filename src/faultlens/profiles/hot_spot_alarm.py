"""When a hot spot alarms: a threshold from infrared pictures of sound equipment of one plant."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.images.thermal.hot_spots import hot_spots
from faultlens.images.thermal.thermal import Thermal
from faultlens.metrics.conformal import conformal_threshold


@dataclass(frozen=True)
class HotSpotAlarm:
    """A score from which a hot spot alarms, and how often one of sound equipment exceeds it.

    Args:
        threshold: alarm where the worst hot spot of a picture scores above it, 0 to 1.
        false_alarm_rate: share of pictures of sound equipment that exceed it.
        pictures: how many it was made from.
    """

    threshold: float
    false_alarm_rate: float
    pictures: int

    def to_dict(self) -> dict[str, float | int]:
        """The alarm as plain values, as in the JSON of a result."""
        return {
            "threshold": self.threshold,
            "false_alarm_rate": self.false_alarm_rate,
            "pictures": self.pictures,
        }


def calibrate_hot_spots(sound: Iterable[Thermal], *, false_alarms: float = 0.01) -> HotSpotAlarm:
    """The alarm threshold that pictures of sound equipment exceed only as often as allowed.

    The promise holds for pictures taken alike: same camera, same equipment, same load and season.
    Of n pictures, 1 / (n + 1) is the lowest rate that can be promised, and is then what is stated.

    Args:
        sound: infrared of equipment known to be sound, with temperatures or without; one per place.
        false_alarms: share of them that may alarm, above 0 and below 1.

    Raises:
        UsageError: no picture, or a rate that is none.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> sound = [Thermal(rng.normal(20, 0.1, (64, 80)).astype(np.float32)) for _ in range(9)]
        >>> alarm = calibrate_hot_spots(sound)
        >>> alarm.false_alarm_rate, alarm.pictures, alarm.threshold < 0.1
        (0.1, 9, True)
    """
    scores = [max((x.score for x in hot_spots(each, least_score=0)), default=0.0) for each in sound]
    if not scores:
        raise UsageError(
            "No infrared picture of sound equipment; give one at least, better 100 for a rate of "
            "1 %."
        )
    found = conformal_threshold(np.array(scores), false_alarms=false_alarms)
    return HotSpotAlarm(found.threshold, found.false_alarm_rate, found.samples)
