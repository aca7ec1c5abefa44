"""From probabilities to a verdict: every sentence asked for as a finding, and whether it alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from faultlens.inference.findings import Finding
from faultlens.inputs.vibration import VibrationInput
from faultlens.models.training_free import (
    UNKNOWN,
    Families,
    families_of,
    fault_probability,
    place_of,
)
from faultlens.text.matching import MatchedFault


@dataclass(frozen=True)
class Verdict:
    """What a judge says of one recording.

    Args:
        findings: every sentence asked for, "healthy" and "unknown", best first.
        best: the one that is the verdict: of an alarm the best fault.
        alarm: whether it alarms.
    """

    findings: tuple[Finding, ...]
    best: Finding
    alarm: bool

    @property
    def probability(self) -> float:
        """Of the verdict, 0 to 1; two sentences that mean one fault share its probability."""
        return min(1.0, sum(x.score for x in self.findings if x.fault == self.best.fault))


def weigh(
    asked: Sequence[MatchedFault],
    odds: Mapping[Families, float],
    ready: VibrationInput,
    threshold: float,
) -> Verdict:
    """Findings, verdict and alarm of one recording.

    Args:
        asked: the sentences asked for.
        odds: probability of each class asked for, of healthy and of unknown.
        ready: what was read of the recording.
        threshold: fault probability above which it alarms.

    Example:
        >>> from faultlens.inputs.vibration import prepare_vibration
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.text.matching import match_faults
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=2.0, seed=3)
        >>> asked = match_faults(["outer race fault", "healthy"])
        >>> odds = {("outer",): 0.6, (): 0.1, ("unknown",): 0.3}
        >>> verdict = weigh(asked, odds, prepare_vibration(made.signal), threshold=0.5)
        >>> verdict.best.label, verdict.alarm
        ('outer race fault', True)
    """
    findings = _findings(asked, odds, ready)
    alarm = _alarms(findings, fault_probability(odds), threshold)
    # Whatever alarms is named, also where several faults share the probability between them.
    best = next(x for x in findings if x.is_fault) if alarm else findings[0]
    return Verdict(findings, best, alarm)


def _findings(
    asked: Sequence[MatchedFault], odds: Mapping[Families, float], ready: VibrationInput
) -> tuple[Finding, ...]:
    places = [place_of(x.fault) for x in asked]
    whole = (0.0, ready.duration_s)
    found = [
        Finding(
            label=each.sentence,
            # Sentences that mean the same share what their fault has.
            score=odds[its] / places.count(its),
            fault=each.fault.key,
            region=whole,
            evidence=()
            if ready.evidence is None
            else tuple(ready.evidence.family(name) for name in families_of(each.fault)),
        )
        for each, its in zip(asked, places, strict=True)
    ]
    found.append(Finding("unknown", odds[UNKNOWN], "unknown", whole))
    return tuple(sorted(found, key=lambda x: -x.score))


def _alarms(findings: Sequence[Finding], of_any_fault: float, threshold: float) -> bool:
    """Whether any fault is likelier than the threshold, and not only something unknown."""
    fault_score = max((x.score for x in findings if x.is_fault), default=0.0)
    unknown_score = next(x.score for x in findings if x.fault == "unknown")
    return of_any_fault > threshold and fault_score >= unknown_score
