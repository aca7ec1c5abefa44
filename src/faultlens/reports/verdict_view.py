"""What picture and page of a joined verdict show: plain records, nothing left to judge."""

from dataclasses import dataclass

FAULT, HEALTHY, UNKNOWN = "fault", "healthy", "unknown"
"""What a sensor, or the joined verdict, says."""

INFRARED = "infrared"
"""The kind of sensor whose silence rules nothing out."""


@dataclass(frozen=True)
class SensorRow:
    """What one sensor says, ready to be read.

    Args:
        kind: of the sensor: "vibration", "picture", "infrared" or "scan".
        name: of the file.
        says: "fault", "healthy" or "unknown".
        verdict: label of its verdict, as the reader sees it.
        score: probability of its verdict, 0 to 1.
        alarm: whether it alarms by its own threshold.
        alarm_score: what its threshold is held against, 0 to 1.
        threshold: of its own, 0 to 1; None where it has none.
        false_alarm_rate: share of sound cases that exceed it; None where nobody measured it.
        fault: probability of a fault of its own, 0 to 1.
        unknown: probability that it cannot say, 0 to 1.
        profile: name of its profile; None where its threshold comes from the model.
        time: when it was taken, as the reader sees it; empty where nobody said.
        delta_celsius: of the hottest spot over its surroundings, degC; None without temperatures.
        deviation_mm: of the worst defect of a scan, out of the material, mm; None for none.
        deviation_mm_u95: half of its 95 % interval, mm.
        told_apart: whether its verdict is one name, and not several that it cannot tell apart.
        told_by_name: whether another sensor of its kind is there, so that it is told by its file.
    """

    kind: str
    name: str
    says: str
    verdict: str
    score: float
    alarm: bool
    alarm_score: float
    threshold: float | None
    false_alarm_rate: float | None
    fault: float
    unknown: float = 0.0
    profile: str | None = None
    time: str = ""
    delta_celsius: float | None = None
    deviation_mm: float | None = None
    deviation_mm_u95: float = 0.0
    told_apart: bool = True
    told_by_name: bool = False


@dataclass(frozen=True)
class JoinedRow:
    """One sentence of the joined verdict.

    Args:
        label: as the reader sees it; of several faults at once with "and" between them.
        score: joined probability, 0 to 1.
        says: "fault", "healthy" or "unknown".
        kinds: kinds of the sensors that were asked for it.
        told: whether it is the verdict.
    """

    label: str
    score: float
    says: str
    kinds: tuple[str, ...] = ()
    told: bool = False


@dataclass(frozen=True)
class VerdictView:
    """A joined verdict as a reader sees it.

    Args:
        title: the asset, or what the results are called together.
        verdict: label of the verdict, as the reader sees it.
        says: "fault", "healthy" or "unknown".
        probability: of the verdict, alone or with another fault, 0 to 1.
        alarm: whether it alarms.
        alarm_score: joined probability of any fault, 0 to 1.
        threshold: joined probability from which it alarms, the other sensors as they are.
        if_one_fault: joined probability of any fault, if all sensors see one and the same.
        if_own_faults: the same, if each sensor sees its own.
        false_alarm_rate: share of sound cases that alarm, at most; None where nobody measured it.
        visits: healthy visits that set the threshold; 0 where the sensors' own thresholds did.
        rows: what each sensor says.
        findings: the joined sentences, best first.
        action: what to do now.
        warnings: what a careful engineer would want to know, in the reader's language.
        footer: what else the foot of the picture says.
        lang: language of the words, "en" or "zh".
    """

    title: str
    verdict: str
    says: str
    probability: float
    alarm: bool
    alarm_score: float
    threshold: float
    if_one_fault: float
    if_own_faults: float
    false_alarm_rate: float | None
    visits: int
    rows: tuple[SensorRow, ...]
    findings: tuple[JoinedRow, ...]
    action: str = ""
    warnings: tuple[str, ...] = ()
    footer: str = ""
    lang: str = "en"
