"""What the picture and the page of one recording show: plain records, nothing left to judge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.evidence import LineEvidence

NO_FAULT = ("healthy", "unknown")
"""Keys of the verdicts that name no fault."""


@dataclass(frozen=True)
class ScoredLabel:
    """One sentence that was asked for, with its score.

    Args:
        label: the sentence, word for word as the user gave it.
        fault: key of the fault that it means ("outer_race", "healthy", "unknown", ...).
        score: calibrated probability, 0 to 1.
        families: families of lines that this fault shows, of `signals.evidence.FAMILIES`.
    """

    label: str
    fault: str
    score: float
    families: tuple[str, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether it names a fault."""
        return self.fault not in NO_FAULT


@dataclass(frozen=True)
class SecondOpinion:
    """What the training-free rule says of a recording that the learned model judged.

    Args:
        model: name and hash of the rule.
        verdict: label of its verdict; "healthy" and "unknown" in these words.
        fault: key of the fault that it names, "healthy" or "unknown".
        score: its probability of that verdict, 0 to 1.
        alarm: whether it alarms by its own threshold.
        agrees: whether both name the same, or faults that have a part in common.
        in_part: whether they have no more than a part in common.
    """

    model: str
    verdict: str
    fault: str
    score: float
    alarm: bool
    agrees: bool
    in_part: bool = False


@dataclass(frozen=True, eq=False)
class SignalView:
    """One diagnosed recording as a reader sees it.

    Args:
        file: name of the recording.
        time_s: (sample,) time of the piece to show, seconds.
        samples: (sample,) the piece to show, in `unit`.
        verdict: label of the verdict, word for word as the user gave it.
        verdict_fault: key of the verdict: "healthy", "unknown", "outer_race", "inner_race",
            "rolling_element", "cage" or a compound such as "inner_and_outer_race".
        sentence: the verdict in one sentence: fault, evidence, certainty, severity, action.
        alarm: whether the verdict alarms.
        threshold: score above which all faults together alarm, 0 to 1.
        findings: every sentence asked for, best first.
        evidence: what was read at the bearing's orders, or, where none was stated, at those of the
            usual geometry that fits best; None where the speed is unknown.
        unit: unit of the samples; None where nobody said.
        bearing: the bearing, as its owner calls it; None where unknown.
        stated_rpm: shaft speed that the user stated, revolutions per minute.
        velocity_rms_mm_s: vibration velocity, 10 to 1000 Hz, mm/s rms.
        zone: ISO 20816-3 zone of the machine, "A" to "D".
        machine_group: the group and foundation by which the zone was read, in the reader's words.
        kurtosis: fourth standardised moment of the samples (3 for Gaussian noise).
        crest_factor: peak over rms of the samples.
        action: what to do now, in words.
        model: name and version of what judged.
        warnings: what a careful engineer would want to know, in the reader's language.
        second_opinion: what the training-free rule says; None where it was not asked.
        by_windows: whether a model trained on windows judged, so that lines stand beside only.
    """

    file: str
    time_s: NDArray[np.floating]
    samples: NDArray[np.floating]
    verdict: str
    verdict_fault: str
    sentence: str
    alarm: bool
    threshold: float
    findings: tuple[ScoredLabel, ...]
    evidence: LineEvidence | None = None
    unit: str | None = None
    bearing: str | None = None
    stated_rpm: float | None = None
    velocity_rms_mm_s: float | None = None
    zone: str | None = None
    machine_group: str | None = None
    kurtosis: float | None = None
    crest_factor: float | None = None
    action: str = ""
    model: str = ""
    warnings: tuple[str, ...] = ()
    second_opinion: SecondOpinion | None = None
    by_windows: bool = False

    @property
    def alarm_score(self) -> float:
        """Probability of all faults together: what the threshold is held against."""
        return min(1.0, sum(x.score for x in self.findings if x.is_fault))

    @property
    def families(self) -> tuple[str, ...]:
        """Families of lines that speak for the verdict; none for healthy and unknown."""
        return next((x.families for x in self.findings if x.label == self.verdict), ())

    @property
    def score(self) -> float | None:
        """Score of the verdict; None where the verdict is not among the findings."""
        return next((x.score for x in self.findings if x.label == self.verdict), None)

    @property
    def no_evidence(self) -> str:
        """Phrase that says why no lines are shown, where none are."""
        return "no_evidence_beside" if self.by_windows else "no_evidence"

    @property
    def measured_rpm(self) -> float | None:
        """Shaft speed as measured, revolutions per minute; None where no line shows it."""
        # Where the geometry is a fit, any speed fits with another geometry.
        if self.evidence is None or self.bearing is None or not self.evidence.speed_measured:
            return None
        return 60 * self.evidence.shaft_hz

    @property
    def fitted_elements(self) -> int | None:
        """Rolling elements of the geometry that fits best; None where a bearing was stated."""
        if self.evidence is None or self.bearing is not None:
            return None
        outer, inner = (self.evidence.family(x).expected_order for x in ("outer", "inner"))
        return round(outer + inner)
