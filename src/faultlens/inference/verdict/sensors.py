"""How the result of each kind of sensor is read: one row per kind, by what its JSON holds.

A new kind of result is one more function and one more row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from faultlens.core.errors import UnreadableFileError
from faultlens.inference.schema import SCHEMA
from faultlens.inference.verdict import fields
from faultlens.inference.verdict.fields import ROUNDED, Table, wrong
from faultlens.inference.verdict.pooling import Belief
from faultlens.inference.verdict.reading import (
    FAULT,
    HEALTHY,
    INFRARED,
    PICTURE,
    SCAN,
    UNKNOWN,
    VIBRATION,
    NamedFault,
    Reading,
)
from faultlens.profiles.severity_rules import SEVERITIES

HOT_SPOT = "hot spot"
"""Label and, with an underscore, key of what infrared finds."""

NO_HOT_SPOT = "no hot spot"
"""Verdict of infrared that looked and found none."""

SPOTTED_FROM = 0.5
"""Score from which infrared says that there is a hot spot: even odds."""


@dataclass(frozen=True)
class Sensor:
    """A kind of sensor.

    Args:
        kind: its name in results.
        knows: whether a result holds anything of this kind.
        read: makes a reading of such a result, given what the result is called.
    """

    kind: str
    knows: Callable[[Table], bool]
    read: Callable[[Table, str], Reading]


def readings_of(told: Table, name: str) -> tuple[Reading, ...]:
    """What the sensors of one result say; a picture with infrared beside it is two of them.

    Args:
        told: a result as plain values, as `to_dict` or `--json` gives it.
        name: what it is called where it names no file.

    Raises:
        UnreadableFileError: it is no result of a sensor, damaged, or of a newer version.

    Example:
        >>> (spot,) = readings_of({"hot_spots": [{"score": 0.8, "delta_celsius": 31.0}]}, "a.tif")
        >>> spot.kind, spot.verdict, spot.alarm
        ('infrared', 'hot spot', False)
    """
    schema = told.get("schema", SCHEMA)
    if schema != SCHEMA:
        raise UnreadableFileError(
            f"{name}: it is a result of schema {schema}; this faultlens reads schema {SCHEMA}. "
            "Update faultlens, or make the result again."
        )
    if "parts" in told:
        raise wrong(name, "it is joined already; join the results that it was made of")
    found = tuple(x.read(told, name) for x in SENSORS if x.knows(told))
    if not found:
        raise wrong(name, "it is no result of a sensor")
    return found


def _vibration(told: Table, name: str) -> Reading:
    findings = fields.tables(told, "findings", name)
    faults, healthy, unknown = _named(findings, "fault", HEALTHY, name)
    alarm_score = fields.share(told, "alarm_score", name)
    if alarm_score is None:
        alarm_score = min(1.0, sum(x.score for x in faults))
    threshold = fields.share(told, "threshold", name)
    severity = told.get("severity")
    return _reading(
        VIBRATION,
        told,
        name,
        "fault",
        HEALTHY,
        faults=faults,
        alarm_score=alarm_score,
        belief=_belief(VIBRATION, alarm_score, unknown, healthy, name),
        at_threshold=None
        if threshold is None
        else Belief(VIBRATION, threshold, min(unknown, 1 - threshold)),
        zone=fields.text(severity, "zone", name) if isinstance(severity, Mapping) else None,
    )


def _picture(told: Table, name: str) -> Reading:
    findings = fields.tables(told, "findings", name)
    faults, healthy, _ = _named(findings, "defect", "no_defect", name)
    score = fields.needed_share(told, "alarm_score", name)
    # "No defect" is what is left of the anomaly, as far as the picture is like anything known.
    known = min(1.0, healthy / (1 - score)) if score < 1 else 1.0
    threshold = fields.share(told, "threshold", name)
    return _reading(
        PICTURE,
        told,
        name,
        "defect",
        "no_defect",
        faults=faults,
        alarm_score=score,
        belief=Belief(PICTURE, score * known, 1 - known),
        candidates=fields.texts(told, "candidates", name),
        at_threshold=None if threshold is None else Belief(PICTURE, threshold * known, 1 - known),
    )


def _scan(told: Table, name: str) -> Reading:
    findings = fields.tables(told, "findings", name)
    faults, healthy, _ = _named(findings, "defect", "no_defect", name)
    threshold = fields.share(told, "threshold", name)
    counted = [x for x in fields.tables(told, "defects", name) if x.get("counts") is True]
    depth = fields.number(counted[0], "depth_mm", name) if counted else None
    into = bool(counted) and counted[0].get("kind") == "depression"
    reading = _reading(
        SCAN,
        told,
        name,
        "defect",
        "no_defect",
        faults=faults,
        alarm_score=fields.needed_share(told, "alarm_score", name),
        # What deviates and has no name is a fault all the same: it was measured.
        belief=Belief(SCAN, max(0.0, 1 - healthy)),
        at_threshold=None if threshold is None else Belief(SCAN, threshold),
    )
    u95 = fields.number(counted[0], "depth_mm_u95", name) if counted else None
    return replace(
        reading,
        deviation_mm=None if depth is None else -depth if into else depth,
        deviation_mm_u95=u95 or 0.0,
        severity=_severity(told, name),
    )


def _severity(told: Table, name: str) -> str | None:
    severity = fields.text(told, "severity", name)
    if severity not in (None, *SEVERITIES):
        raise wrong(name, f"its severity '{severity}' is none of {', '.join(SEVERITIES)}")
    return severity


def _infrared(told: Table, name: str) -> Reading:
    spots = fields.tables(told, "hot_spots", name)
    if not spots:
        return _cool(told, name)
    hottest = max(spots, key=lambda x: fields.needed_share(x, "score", name))
    score = fields.needed_share(hottest, "score", name)
    alarms = told.get("hot_spot_alarm")
    alarms = alarms if isinstance(alarms, Mapping) else {}
    rate = fields.share(alarms, "false_alarm_rate", name)
    # A threshold whose false alarms nobody knows would make them those of the joined alarm.
    threshold = None if rate is None else fields.share(alarms, "threshold", name)
    alarm = threshold is not None and score > threshold
    return Reading(
        kind=INFRARED,
        says=FAULT if alarm or score > SPOTTED_FROM else HEALTHY,
        verdict=HOT_SPOT,
        key="hot_spot",
        score=score,
        alarm=alarm,
        alarm_score=score,
        threshold=threshold,
        false_alarm_rate=rate,
        belief=Belief(INFRARED, score),
        at_threshold=None if threshold is None else Belief(INFRARED, threshold),
        faults=(NamedFault(HOT_SPOT, score, "hot_spot"),),
        delta_celsius=fields.number(hottest, "delta_celsius", name),
        **_where(told, name),
    )


def _cool(told: Table, name: str) -> Reading:
    """Infrared without a hot spot: how many faults stay cool is not known, so it rules none out."""
    return Reading(
        kind=INFRARED,
        says=UNKNOWN,
        verdict=NO_HOT_SPOT,
        key="",
        score=0.0,
        alarm=False,
        alarm_score=0.0,
        threshold=None,
        false_alarm_rate=None,
        belief=Belief(INFRARED, 0.0, 1.0),
        at_threshold=None,
        faults=(NamedFault(HOT_SPOT, 0.0, "hot_spot"),),
        **_where(told, name),
    )


def _was_looked_for(told: Table) -> bool:
    return bool(told.get("hot_spots")) or isinstance(told.get("hot_spot_alarm"), Mapping)


def _reading(
    kind: str,
    told: Table,
    name: str,
    key_field: str,
    healthy_key: str,
    *,
    faults: tuple[NamedFault, ...],
    alarm_score: float,
    belief: Belief,
    at_threshold: Belief | None,
    zone: str | None = None,
    candidates: tuple[str, ...] = (),
) -> Reading:
    verdict = fields.needed_text(told, "verdict", name)
    best = next(
        (x for x in fields.tables(told, "findings", name) if x.get("label") == verdict), None
    )
    if best is None:
        raise wrong(name, f"its verdict '{verdict}' is none of its findings")
    key = fields.text(best, key_field, name) or ""
    alarm = told.get("alarm")
    if not isinstance(alarm, bool):
        raise wrong(name, "'alarm' is neither true nor false")
    says = {healthy_key: HEALTHY, "unknown": UNKNOWN}.get(key, FAULT)
    return Reading(
        kind=kind,
        says=says,
        verdict=verdict,
        key=key if says == FAULT else "",
        score=fields.needed_share(best, "score", name),
        alarm=alarm,
        alarm_score=alarm_score,
        threshold=fields.share(told, "threshold", name),
        false_alarm_rate=fields.share(told, "false_alarm_rate", name),
        belief=belief,
        at_threshold=at_threshold,
        faults=faults,
        zone=zone,
        candidates=candidates if says == UNKNOWN else (),
        **_where(told, name),
    )


def _where(told: Table, name: str) -> dict[str, Any]:
    return {
        **{x: fields.text(told, x, name) for x in ("asset", "part", "source", "profile")},
        "name": fields.text(told, "file", name) or name,
        "model": fields.text(told, "model", name) or "",
        "time": fields.moment(told, "time", name),
    }


def _named(
    findings: Sequence[Table], key_field: str, healthy_key: str, name: str
) -> tuple[tuple[NamedFault, ...], float, float]:
    """The faults among findings, best first, and the scores of healthy and unknown."""
    every = [
        NamedFault(
            fields.needed_text(x, "label", name),
            fields.needed_share(x, "score", name),
            fields.needed_text(x, key_field, name),
        )
        for x in findings
    ]
    total = sum(x.score for x in every)
    if total > 1 + ROUNDED * max(1, len(every)):
        raise wrong(name, f"its scores sum to {total:.3f}; probabilities sum to 1")
    faults = [x for x in every if x.key not in (healthy_key, "unknown")]
    healthy, unknown = (
        sum(x.score for x in every if x.key == key) for key in (healthy_key, "unknown")
    )
    return tuple(sorted(faults, key=lambda x: -x.score)), healthy, unknown


def _belief(kind: str, fault: float, unknown: float, healthy: float, name: str) -> Belief:
    total = fault + unknown + healthy
    if abs(total - 1) > 0.05:
        raise wrong(name, f"fault, healthy and unknown sum to {total:.3f}, not to 1")
    return Belief(kind, fault / total, unknown / total)


def _has(key: str) -> Callable[[Table], bool]:
    def known(told: Table) -> bool:
        findings = told.get("findings")
        first = findings[0] if isinstance(findings, list | tuple) and findings else None
        return isinstance(first, Mapping) and key in first

    return known


def _is_scan(told: Table) -> bool:
    """Whether a result measures defects; those of pictures have regions instead."""
    return _has("defect")(told) and isinstance(told.get("defects"), list | tuple)


SENSORS = (
    Sensor(VIBRATION, _has("fault"), _vibration),
    Sensor(PICTURE, lambda told: _has("defect")(told) and not _is_scan(told), _picture),
    Sensor(SCAN, _is_scan, _scan),
    # Infrared that went into the picture's own verdict is counted there, and not again.
    Sensor(INFRARED, lambda told: _was_looked_for(told) and not told.get("fusion"), _infrared),
)
"""Every kind of sensor whose results can be joined."""
