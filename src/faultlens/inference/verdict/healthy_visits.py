"""A threshold for the joined probability from earlier visits to the healthy asset.

Whatever the sensors share, they shared it then: the promise needs no assumption of independence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.inference.verdict import fields
from faultlens.inference.verdict.pooling import Assumptions
from faultlens.inference.verdict.reading import Reading
from faultlens.metrics.conformal import ConformalThreshold, conformal_threshold

FALSE_ALARMS = 0.01
"""Share of visits to the healthy asset that may alarm, where nobody says otherwise."""


def threshold_of(
    visits: Sequence[Mapping[str, Any]],
    readings: Sequence[Reading],
    assumptions: Assumptions,
    *,
    false_alarms: float = FALSE_ALARMS,
) -> ConformalThreshold:
    """The joined probability that visits to the healthy asset exceed only as often as allowed.

    Args:
        visits: joined verdicts of earlier visits to the healthy asset, as plain values.
        readings: what the sensors say now.
        assumptions: by which they are joined now.
        false_alarms: share of healthy visits that may alarm, between 0 and 1.

    Raises:
        UsageError: a rate outside 0 to 1, or a visit with other sensors, models or assumptions.
        UnreadableFileError: a visit is no joined verdict.

    Source:
        Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World (2005): scores of visits
        that are exchangeable, each of all sensors at once.

    Example:
        >>> threshold_of([], [], Assumptions())
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No healthy samples; at least one recording is needed.
    """
    now = sorted((x.kind, x.source or "", x.model) for x in readings)
    scores = []
    for number, visit in enumerate(visits, start=1):
        name = f"healthy visit {number}"
        then = sorted(
            (
                fields.needed_text(x, "sensor", name),
                fields.text(x, "source", name) or "",
                fields.text(x, "model", name) or "",
            )
            for x in fields.tables(visit, "parts", name)
        )
        if not then:
            raise fields.wrong(name, "it is no joined verdict, as fuse writes it")
        if then != now or visit.get("assumptions") != asdict(assumptions):
            raise UsageError(
                f"Healthy visit {number} joins {_told(then)}; now it is {_told(now)}. A threshold "
                "holds for the same sensors, models and assumptions alone: join the healthy "
                "visits again in the same way."
            )
        scores.append(fields.needed_share(visit, "alarm_score", name))
    return conformal_threshold(np.array(scores), false_alarms=false_alarms)


def _told(sensors: Sequence[tuple[str, str, str]]) -> str:
    return ", ".join(" ".join(x for x in sensor if x) for sensor in sensors)
