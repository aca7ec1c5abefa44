"""From findings to words: the sentence, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from faultlens.inference.findings import Finding
from faultlens.inference.weighing import Verdict
from faultlens.inputs.vibration import WAVEFORM, WIDEST_TOLERANCE, WINDOWS, VibrationInput
from faultlens.reports.phrases import phrase
from faultlens.reports.wording import VerdictFacts, verdict_sentence
from faultlens.signals.coincidence import Coincidence, coincidences
from faultlens.signals.severity import Severity
from faultlens.text.knowledge import Fault
from faultlens.text.matching import MatchedFault

STANDING_OUT = 2
"""Matched harmonics from which a family that nobody asked for is spoken of."""


TOLD_FROM = 0.1
"""Strength from which the strongest line of a healthy bearing is told (nats)."""


@dataclass(frozen=True)
class Told:
    """A result in words.

    Args:
        sentence: fault, evidence, certainty, severity and action in one sentence.
        action: what to do now.
    """

    sentence: str
    action: str


def tell(
    verdict: Verdict,
    asked: Sequence[MatchedFault],
    ready: VibrationInput,
    severity: Severity,
    speed_tolerance: float,
    lang: str,
) -> Told:
    """Put a result into words.

    Args:
        verdict: on the recording.
        asked: the sentences that were asked for.
        ready: what was read of the recording.
        severity: how strongly the machine vibrates.
        speed_tolerance: of the speed search.
        lang: "en" or "zh".

    Example:
        >>> from faultlens.inference.diagnose import diagnose
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=4.0, seed=3, snr_db=5.0)
        >>> diagnose(made.signal).sentence  # what this function told of it
        'Outer race fault, ...: 4 harmonics of 3.5... x shaft ...'
    """
    best = verdict.best
    level = _urgency(verdict.alarm, severity)
    facts = VerdictFacts(
        label=best.label,
        fault=None if best.fault == "unknown" else meant(asked, best.fault),
        alarm=verdict.alarm,
        probability=verdict.probability,
        windows=ready.windows,
        evidence=best.evidence,
        zone=severity.zone,
        action=level,
        reading=ready.reading,
    )
    if best.fault == "healthy":
        facts = _with_strongest(facts, ready)
    elif best.fault == "unknown":
        facts = _doubtful(facts, verdict.findings, asked, ready, speed_tolerance, lang)
    action = (
        phrase("action_unknown", lang)
        if ready.reading == WAVEFORM and best.is_fault  # which part it is, nobody can say
        else _action(best, facts, level, lang)
    )
    return Told(verdict_sentence(facts, lang), action)


def meant(asked: Sequence[MatchedFault], key: str) -> Fault:
    """The fault of a finding, among those that were asked for.

    Args:
        asked: the sentences that were asked for; healthy is always among them.
        key: of a finding that is not "unknown".

    Example:
        >>> from faultlens.text.matching import match_faults
        >>> meant(match_faults(["spalling on the outer raceway"]), "outer_race").names.en
        'outer race fault'
    """
    return next(x.fault for x in asked if x.fault.key == key)


def _urgency(alarm: bool, severity: Severity) -> str:
    if not alarm:
        return "watch"
    return "act" if severity.zone in ("C", "D") else "plan"


def _action(best: Finding, facts: VerdictFacts, level: str, lang: str) -> str:
    if best.fault == "unknown":
        if facts.reading == WINDOWS:
            return phrase("action_unlike", lang)
        return phrase("action_unasked" if facts.reason else "action_unknown", lang)
    if facts.doubtful_health:
        return phrase("action_doubtful", lang)
    known = facts.fault
    assert known is not None  # only unknown is no fault
    return known.action(level if level in known.levels else known.levels[-1]).of(lang)


def _with_strongest(facts: VerdictFacts, ready: VibrationInput) -> VerdictFacts:
    if ready.evidence is None or ready.bearing is None:
        return facts
    bearing = [x for x in ready.evidence.families if x.family != "shaft"]
    strongest = max(bearing, key=lambda x: x.strength)
    # A strength near nothing is nothing to tell.
    return replace(facts, evidence=(strongest,) if strongest.strength >= TOLD_FROM else ())


def _doubtful(
    facts: VerdictFacts,
    findings: Sequence[Finding],
    asked: Sequence[MatchedFault],
    ready: VibrationInput,
    speed_tolerance: float,
    lang: str,
) -> VerdictFacts:
    """Why the verdict is unknown: the shaft explains it as well, or nobody asked for it."""
    if ready.reading == WINDOWS:
        return replace(facts, reason=phrase("unlike_training", lang))
    if ready.evidence is None or ready.bearing is None:
        # Of many geometries one always fits some lines: they prove nothing.
        return facts
    likeliest = next((x for x in findings if x.is_fault), None)
    if likeliest is not None:
        met = _met(likeliest, ready, speed_tolerance)
        if met:
            return replace(
                facts,
                label=likeliest.label,
                fault=meant(asked, likeliest.fault),
                coincidences=met,
            )
    spoken = {name for x in asked for name in x.fault.families}
    loud = [
        phrase(x.family, lang)
        for x in ready.evidence.families
        if x.family not in ("shaft", *spoken) and len(x.matched_harmonics) >= STANDING_OUT
    ]
    if not loud:
        return facts
    return replace(
        facts, reason=phrase("unasked", lang).format(families=phrase("and", lang).join(loud))
    )


def _met(
    likeliest: Finding, ready: VibrationInput, speed_tolerance: float
) -> tuple[Coincidence, ...]:
    """The shaft harmonic that each ambiguous family of the likeliest fault may be."""
    if ready.evidence is None or ready.bearing is None:
        return ()
    ambiguous = set(ready.evidence.ambiguities)
    # From a speed at one end of the tolerance to one at the other.
    bridged = min(2 * speed_tolerance, WIDEST_TOLERANCE)
    return tuple(
        x
        for x in coincidences(ready.bearing.orders, bridged)
        if x.family in ambiguous
        and x.other_family == "shaft"
        and x.harmonic == 1
        and x.family in {y.family for y in likeliest.evidence}
    )
