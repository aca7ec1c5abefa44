"""`fuse`: what several sensors say of one asset in; one verdict with its reasons out."""

import time as clock
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.inference.verdict.healthy_visits import FALSE_ALARMS, threshold_of
from faultlens.inference.verdict.joining import (
    Alarm,
    JoinedFinding,
    alarm_of,
    joined_findings,
    probability_of,
    verdict_of,
)
from faultlens.inference.verdict.labels import action_for, shown, shown_finding
from faultlens.inference.verdict.pooling import (
    DEPENDENCE,
    SHARED,
    Assumptions,
    at_both_ends,
    pooled,
)
from faultlens.inference.verdict.reading import FAULT, HEALTHY, INFRARED, UNKNOWN, Reading
from faultlens.inference.verdict.sensors import readings_of
from faultlens.inference.verdict.verdict import Verdict
from faultlens.inference.verdict.visit import HOURS_APART, Visit, one_visit
from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.verdict_view import JoinedRow, SensorRow, VerdictView
from faultlens.reports.verdict_words import joined_reasons, joined_sentence


class Told(Protocol):
    """A result that can say what it found as plain values: a Diagnosis, a Measurement."""

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as `--json` writes it."""


def fuse(
    *results: Told | Mapping[str, Any],
    asset: str | None = None,
    base_rate: float | None = None,
    shared: float = SHARED,
    dependence: float = DEPENDENCE,
    hours_apart: float = HOURS_APART,
    healthy: Sequence[Told | Mapping[str, Any]] = (),
    false_alarms: float = FALSE_ALARMS,
    lang: str = "en",
) -> Verdict:
    """Join what several sensors say of one asset into one verdict; any of them may be missing.

    Args:
        results: a Diagnosis, an Inspection (with infrared beside it, two sensors), a Measurement,
            or their JSON as plain values; one per sensor.
        asset: the machine, where the results do not name it.
        base_rate: chance of a fault before anybody looked, for each sensor's faults; None takes
            the one half at which the sensors' own probabilities are read.
        shared: probability, before anybody looked, that all sensors see one and the same fault
            (1), and not each its own (0).
        dependence: correlation of the errors of sensors of one kind, 0 to 1.
        hours_apart: hours that results may lie apart without a warning.
        healthy: joined verdicts of earlier visits to the healthy asset, or their JSON; with them
            the joined probability alarms by a threshold of its own.
        false_alarms: share of healthy visits that may alarm; counts with `healthy` alone.
        lang: language of sentence, reasons, warnings and pictures, "en" or "zh".

    Raises:
        UsageError: no result, a number outside its range, or healthy visits of other sensors.
        InputError: a result that cannot be read, or results of different assets.

    Example:
        >>> vibration = {
        ...     "file": "pump7.csv", "verdict": "cage fault", "alarm": True, "threshold": 0.9,
        ...     "false_alarm_rate": 0.01, "findings": [
        ...         {"label": "cage fault", "fault": "cage", "score": 0.97},
        ...         {"label": "healthy", "fault": "healthy", "score": 0.03}]}
        >>> picture = {
        ...     "file": "pump7.png", "verdict": "no defect", "alarm": False, "alarm_score": 0.1,
        ...     "threshold": 0.8, "false_alarm_rate": 0.01, "findings": [
        ...         {"label": "no defect", "defect": "no_defect", "score": 0.9},
        ...         {"label": "crack", "defect": "crack", "score": 0.1}]}
        >>> result = fuse(vibration, picture, asset="pump 7")
        >>> result.verdict, result.alarm, round(result.alarm_score, 2), result.false_alarm_rate
        ('cage fault', True, 0.94, 0.02)
    """
    started = clock.perf_counter()
    checked_language(lang)
    assumptions = Assumptions(shared, dependence, base_rate=base_rate)
    readings = [
        x for number, each in enumerate(results, start=1)
        for x in readings_of(_told(each), f"result {number}")
    ]  # fmt: skip
    visit = one_visit(readings, asset=asset, hours_apart=hours_apart)
    beliefs = [x.belief for x in visit.readings]
    joint = pooled(beliefs, assumptions)
    findings = joined_findings(visit.readings, joint)
    alarm = alarm_of(visit.readings, assumptions)
    if healthy:
        limit = threshold_of(
            [_told(x) for x in healthy], visit.readings, assumptions, false_alarms=false_alarms
        )
        alarm = Alarm(joint.fault > limit.threshold, limit.threshold, limit.false_alarm_rate)
    best = verdict_of(findings, visit.readings, alarm.alarm)
    probability = probability_of(best, findings)
    notices = [*visit.notices, *_doubts(visit.readings, len(healthy), alarm, false_alarms)]
    warnings = tuple(x.of(lang) for x in dict.fromkeys(notices))
    action = action_for(best, probability, alarm.alarm, visit.readings, lang)
    if_one, if_own = at_both_ends(beliefs, assumptions)
    view = VerdictView(
        title=visit.asset or ", ".join(dict.fromkeys(x.name for x in visit.readings)),
        verdict=shown_finding(best, lang),
        says=_says(best),
        probability=probability,
        alarm=alarm.alarm,
        alarm_score=joint.fault,
        threshold=alarm.threshold,
        if_one_fault=if_one,
        if_own_faults=if_own,
        false_alarm_rate=alarm.false_alarm_rate,
        visits=len(healthy),
        rows=tuple(_row(x, visit, lang) for x in visit.readings),
        findings=tuple(
            JoinedRow(shown_finding(x, lang), x.score, _says(x), x.kinds, x is best)
            for x in findings
        ),
        action=action,
        warnings=warnings,
        footer=" + ".join(dict.fromkeys(x.model for x in visit.readings if x.model)),
        lang=lang,
    )
    return Verdict(
        verdict=best.label,
        alarm=alarm.alarm,
        alarm_score=joint.fault,
        threshold=alarm.threshold,
        false_alarm_rate=alarm.false_alarm_rate,
        findings=findings,
        sentence=joined_sentence(view),
        action=action,
        reasons=joined_reasons(view),
        warnings=warnings,
        parts=visit.readings,
        assumptions=assumptions,
        if_one_fault=if_one,
        if_own_faults=if_own,
        one_fault=joint.one_fault,
        visits=len(healthy),
        seconds=clock.perf_counter() - started,
        view=view,
        lang=lang,
        asset=visit.asset,
        time=None if visit.time is None else visit.time.isoformat(),
    )


def _told(result: Told | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(result, Mapping):
        return result
    try:
        return result.to_dict()
    except AttributeError:
        raise UsageError(
            f"fuse takes results, not a {type(result).__name__}: what diagnose, inspect or "
            "measure return, or their JSON as a dictionary."
        ) from None


def _says(finding: JoinedFinding) -> str:
    if finding.is_fault:
        return FAULT
    return UNKNOWN if finding.label == UNKNOWN else HEALTHY


def _shown(reading: Reading, lang: str) -> str:
    if not reading.candidates:
        return shown(reading.verdict, reading.key, lang)
    keys = {x.label: x.key for x in reading.faults}
    names = [shown(x, keys.get(x, ""), lang) for x in reading.candidates]
    return verdict_phrase("or", lang).join(names)


def _row(reading: Reading, visit: Visit, lang: str) -> SensorRow:
    return SensorRow(
        kind=reading.kind,
        name=reading.name,
        says=reading.says,
        verdict=_shown(reading, lang),
        score=reading.score,
        alarm=reading.alarm,
        alarm_score=reading.alarm_score,
        threshold=reading.threshold,
        false_alarm_rate=reading.false_alarm_rate,
        fault=reading.belief.fault,
        unknown=reading.belief.unknown,
        profile=reading.profile,
        time="" if reading.time is None else reading.time.isoformat(" ", "minutes"),
        delta_celsius=reading.delta_celsius,
        deviation_mm=reading.deviation_mm,
        deviation_mm_u95=reading.deviation_mm_u95,
        told_apart=not reading.candidates,
        told_by_name=sum(x.kind == reading.kind for x in visit.readings) > 1,
    )


def _doubts(readings: Sequence[Reading], visits: int, alarm: Alarm, wanted: float) -> list[Notice]:
    """What speaks against the numbers of a joined verdict."""
    said = []
    strangers = [x.name for x in readings if x.profile is None and x.threshold is not None]
    if strangers and not visits:
        told = ", ".join(dict.fromkeys(strangers))
        said.append(
            Notice(
                en=f"No profile of the asset set the threshold of {told}: its false-alarm rate is "
                "the model's, not the asset's, and so is the joined one. Calibrate each sensor "
                "(faultlens calibrate), or give joined verdicts of healthy visits (--healthy).",
                zh=f"{told} 的阈值未经本设备标定：其误报率属于模型而非设备，合并误报率亦然。"
                "请标定各传感器（faultlens calibrate），或提供健康状态下的综合结论（--healthy）。",
            )
        )
    if any(x.kind == INFRARED and x.belief.unknown < 1 for x in readings):
        said.append(
            Notice(
                en="The score of a hot spot is not calibrated on this asset; it moves the joined "
                "probability, and alarms only where its own false-alarm rate is known.",
                zh="热点得分未在本设备上标定；它会影响合并概率，仅当其误报率已知时才会报警。",
            )
        )
    if visits and alarm.false_alarm_rate is not None and alarm.false_alarm_rate > wanted:
        rate = alarm.false_alarm_rate
        said.append(
            Notice(
                en=f"{visits} healthy visits cannot promise {wanted:g} false alarms; {rate:.3g} "
                "can be promised. Join more healthy visits.",
                zh=f"{visits} 次健康测量无法保证误报率 {wanted:g}，只能保证 {rate:.3g}。"
                "请增加健康测量次数。",
            )
        )
    return said
