"""What one sensor says of an asset, whatever kind it is: the form in which results are joined."""

from dataclasses import dataclass
from datetime import datetime

from faultlens.inference.verdict.pooling import Belief

VIBRATION, PICTURE, INFRARED, SCAN = "vibration", "picture", "infrared", "scan"
"""Kinds of sensors that are read so far."""

FAULT, HEALTHY, UNKNOWN = "fault", "healthy", "unknown"
"""What a sensor says."""


@dataclass(frozen=True)
class NamedFault:
    """One fault that a sensor was asked for.

    Args:
        label: the sentence, word for word as the user gave it.
        score: its probability by this sensor alone, 0 to 1.
        key: of the fault or defect that it means ("inner_race", "crack").
    """

    label: str
    score: float
    key: str


@dataclass(frozen=True)
class Reading:
    """What one sensor says.

    Args:
        kind: of the sensor, such as "vibration".
        name: of the file, or what the result is called where it has none.
        says: "fault", "healthy" or "unknown".
        verdict: label of its verdict, word for word.
        key: of the fault that its verdict means; empty where it names none.
        score: probability of its verdict, 0 to 1.
        alarm: whether it alarms by its own threshold.
        alarm_score: what its threshold is held against, 0 to 1.
        threshold: of its own; None where it has none, so that it never alarms.
        false_alarm_rate: share of sound cases that exceed it; None where nobody measured it.
        belief: its probabilities.
        at_threshold: what they would be with the alarm score at the threshold; None without one.
        faults: every fault it was asked for, best first.
        asset: the machine, as its owner calls it; None where nobody said.
        part: the part; None where nobody said.
        source: the sensor or channel; None where nobody said.
        time: when it was taken; None where nobody said.
        profile: name of the profile that set its threshold; None where there is none.
        model: name and hash of what judged.
        zone: ISO 20816-3 zone of the machine, "A" to "D"; None where unknown.
        delta_celsius: of the hottest spot over its surroundings, degC; None without temperatures.
        deviation_mm: of the worst defect of a scan, out of the material, mm; None for none.
        deviation_mm_u95: half of its 95 % interval, mm.
        severity: what the rules say of the scanned part: "accept", "rework" or "scrap"; None
            without rules.
        candidates: names that it cannot tell apart, where it is unknown for that.
    """

    kind: str
    name: str
    says: str
    verdict: str
    key: str
    score: float
    alarm: bool
    alarm_score: float
    threshold: float | None
    false_alarm_rate: float | None
    belief: Belief
    at_threshold: Belief | None
    faults: tuple[NamedFault, ...]
    asset: str | None = None
    part: str | None = None
    source: str | None = None
    time: datetime | None = None
    profile: str | None = None
    model: str = ""
    zone: str | None = None
    delta_celsius: float | None = None
    deviation_mm: float | None = None
    deviation_mm_u95: float = 0.0
    severity: str | None = None
    candidates: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str | None]:
        """What it was taken from: kind, file and channel."""
        return self.kind, self.name, self.source
