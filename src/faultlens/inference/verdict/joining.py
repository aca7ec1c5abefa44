"""From what sensors say to one verdict: joined findings, and whether it alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, prod

from faultlens.inference.verdict.pooling import SURE, Assumptions, Pooled, pooled
from faultlens.inference.verdict.reading import (
    FAULT,
    HEALTHY,
    PICTURE,
    SCAN,
    UNKNOWN,
    Reading,
)

NO_DEFECT = "no defect"
"""Label of soundness where pictures and scans alone were asked."""

JOINT = " + "
"""Between the labels of faults that are there at once."""


@dataclass(frozen=True)
class Cause:
    """One fault of a joined finding.

    Args:
        kind: of the sensors that were asked for it.
        label: the sentence, word for word.
        key: of the fault that it means.
        score: its share of what the sensors of this kind name, 0 to 1.
    """

    kind: str
    label: str
    key: str
    score: float


@dataclass(frozen=True)
class JoinedFinding:
    """One sentence of a joined verdict.

    Args:
        label: the sentence, word for word; of faults that are there at once with " + " between
            them; "healthy" or "no defect", and "unknown".
        score: joined probability, 0 to 1; over all findings they sum to 1.
        causes: the faults that it names; empty for healthy and unknown.
    """

    label: str
    score: float
    causes: tuple[Cause, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether it names a fault."""
        return bool(self.causes)

    @property
    def region(self) -> None:
        """None: where a fault stands is told by the sensor that saw it, in its own coordinates."""
        return None

    @property
    def evidence(self) -> tuple[Cause, ...]:
        """What speaks for it: the faults that sensors named."""
        return self.causes

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the sensors that were asked for it."""
        return tuple(x.kind for x in self.causes)


def joined_findings(readings: Sequence[Reading], joint: Pooled) -> tuple[JoinedFinding, ...]:
    """Every sentence that any sensor was asked for, with its joined probability, best first.

    Faults of several kinds at once are a finding of their own, for the likeliest of each kind; the
    rest of what is there at once stands under the sentences it is made of, in equal parts.

    Args:
        readings: what the sensors say.
        joint: what they together believe.

    Example:
        >>> from faultlens.inference.verdict.sensors import readings_of
        >>> read = readings_of({"hot_spots": [{"score": 0.8}]}, "a.tif")
        >>> [(x.label, round(x.score, 2)) for x in joined_findings(read, pooled([read[0].belief]))]
        [('hot spot', 0.8), ('healthy', 0.2), ('unknown', 0.0)]
    """
    named = {kind: _named(readings, kind) for kind in dict.fromkeys(x.kind for x in readings)}
    scores: dict[tuple[Cause, ...], float] = {(x,): 0.0 for some in named.values() for x in some}
    nameless = joint.unknown
    for kinds, probability in joint.states.items():
        if not kinds:
            continue
        its = [named[x] for x in named if x in kinds]
        bests = tuple(causes[0] for causes in its if causes)
        at_once = prod(x.score for x in bests) if len(bests) == len(its) > 1 else 0.0
        if at_once:
            scores[bests] = probability * at_once
        for causes in its:
            left = probability * (1 - at_once) / len(its)
            # What an anomaly has no name for stays unknown.
            nameless += left * (1 - sum(x.score for x in causes))
            for cause in causes:
                scores[(cause,)] += left * cause.score
    sound = NO_DEFECT if set(named) <= {PICTURE, SCAN} else HEALTHY
    found = _once(scores)
    found += [JoinedFinding(sound, joint.healthy), JoinedFinding(UNKNOWN, max(0.0, nameless))]
    return tuple(sorted(found, key=lambda x: -x.score))


def _once(scores: Mapping[tuple[Cause, ...], float]) -> list[JoinedFinding]:
    """Each label once: a scratch that picture and scan both name is one scratch."""
    found: dict[str, JoinedFinding] = {}
    for causes, score in scores.items():
        label = JOINT.join(dict.fromkeys(x.label for x in causes))
        if label in found:
            score += found[label].score
            causes = tuple(dict.fromkeys((*found[label].causes, *causes)))
        found[label] = JoinedFinding(label, score, causes)
    return list(found.values())


@dataclass(frozen=True)
class Alarm:
    """Whether a joined verdict alarms, and why.

    Args:
        alarm: whether it does.
        threshold: joined probability from which it does, the other sensors as they are.
        false_alarm_rate: share of sound cases that alarm, at most; None where nobody measured it.
    """

    alarm: bool
    threshold: float
    false_alarm_rate: float | None


def alarm_of(readings: Sequence[Reading], assumptions: Assumptions) -> Alarm:
    """Alarm if any sensor does by its own threshold.

    That is false in at most the sum of the sensors' own false-alarm rates, however they depend on
    each other; a joined probability held against a threshold of its own needs healthy visits to
    promise as much.

    Args:
        readings: what the sensors say.
        assumptions: by which they are joined.

    Source:
        Boole's inequality: P(any) <= sum of P(each).

    Example:
        >>> from faultlens.inference.verdict.sensors import readings_of
        >>> told = {"hot_spots": [{"score": 0.8}],
        ...         "hot_spot_alarm": {"threshold": 0.6, "false_alarm_rate": 0.02}}
        >>> alarm_of(readings_of(told, "a.tif"), Assumptions())
        Alarm(alarm=True, threshold=0.6, false_alarm_rate=0.02)
    """
    with_threshold = [x for x in readings if x.threshold is not None]
    if not with_threshold:
        return Alarm(False, 1.0, None)
    decisive = max(with_threshold, key=lambda x: (x.alarm, _margin(x)))
    at_its_threshold = [
        x.at_threshold if x is decisive and x.at_threshold is not None else x.belief
        for x in readings
    ]
    rates = [x.false_alarm_rate for x in with_threshold]
    known = [x for x in rates if x is not None]
    return Alarm(
        alarm=any(x.alarm for x in readings),
        threshold=pooled(at_its_threshold, assumptions).fault,
        false_alarm_rate=min(1.0, sum(known)) if len(known) == len(rates) else None,
    )


def verdict_of(
    findings: Sequence[JoinedFinding], readings: Sequence[Reading], alarm: bool
) -> JoinedFinding:
    """The finding that is the verdict; of an alarm the best one of a sensor that alarms.

    Args:
        findings: joined, best first.
        readings: what the sensors say.
        alarm: whether the joined verdict alarms.

    Example:
        >>> verdict_of([JoinedFinding("healthy", 0.9), JoinedFinding("unknown", 0.1)], [], False)
        JoinedFinding(label='healthy', score=0.9, causes=())
    """
    if not alarm:
        return findings[0]
    alarming = {x.kind for x in readings if x.alarm} or {x.kind for x in readings}
    nameless = all(x.says != FAULT for x in readings if x.alarm)
    if nameless and any(x.alarm for x in readings):
        return next(x for x in findings if x.label == UNKNOWN)
    return next(
        (x for x in findings if alarming & set(x.kinds)),
        next(x for x in findings if x.label == UNKNOWN),
    )


def probability_of(verdict: JoinedFinding, findings: Sequence[JoinedFinding]) -> float:
    """Probability of a verdict, alone or with further faults.

    Args:
        verdict: one of the findings.
        findings: all of them.

    Example:
        >>> probability_of(JoinedFinding("healthy", 0.9), [])
        0.9
    """
    if not verdict.is_fault:
        return verdict.score
    return min(1.0, sum(x.score for x in findings if set(verdict.causes) <= set(x.causes)))


def _named(readings: Sequence[Reading], kind: str) -> tuple[Cause, ...]:
    """What sensors of one kind name, each with its share of the probability of a fault."""
    together: dict[tuple[str, str], float] = {}
    whole = 0.0
    for each in readings:
        if each.kind != kind:
            continue
        whole += max(each.belief.fault, sum(x.score for x in each.faults))
        for named in each.faults:
            its = (named.label, named.key)
            together[its] = together.get(its, 0.0) + named.score
    causes = [
        Cause(kind, label, key, score / whole if whole else 1 / len(together))
        for (label, key), score in together.items()
    ]
    return tuple(sorted(causes, key=lambda x: -x.score))


def _margin(reading: Reading) -> float:
    assert reading.threshold is not None  # asked before
    return _log_odds(reading.alarm_score) - _log_odds(reading.threshold)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, SURE), 1 - SURE)
    return log(bounded / (1 - bounded))
