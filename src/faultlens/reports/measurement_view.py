"""What picture and page of one measured scan show: records, nothing left to judge."""

from dataclasses import dataclass, field, replace

from faultlens.core.errors import UsageError
from faultlens.reports.inspection_view import KINDS, CheckedCondition
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap

SEVERITIES = ("scrap", "rework", "accept")
"""What the rules say of a defect or a part, the worst first."""


@dataclass(frozen=True)
class ScanFinding:
    """One sentence that was asked for.

    Args:
        label: the sentence, word for word as the user gave it.
        score: calibrated probability, 0 to 1; over all findings they sum to 1.
        kind: what the sentence means: "defect", "unknown" or "no_defect".
        conditions: what the sentence says of sizes, beside what was measured.

    Raises:
        UsageError: another kind.
    """

    label: str
    score: float
    kind: str
    conditions: tuple[CheckedCondition, ...] = ()

    def __post_init__(self) -> None:
        _refuse("kind", self.kind, KINDS)


@dataclass(frozen=True, eq=False)
class DefectMark:
    """One defect as a reader sees it: its sizes, its name, what the rules say.

    Args:
        defect: where it lies and how large it is.
        label: its name, word for word as the user gave it; the word for unknown else.
        score: probability of the name, 0 to 1; None where nobody named it.
        severity: of `SEVERITIES`; None where no rules were given.
        rule: the rule that decided, in the reader's language; empty where none was given.
        counts: whether it counts for the verdict; False where it is smaller than the sentence asks
            for or below the threshold: then it is listed, drawn faint and has no severity.

    Raises:
        UsageError: another severity.
    """

    defect: SurfaceDefect
    label: str
    score: float | None = None
    severity: str | None = None
    rule: str = ""
    counts: bool = True

    def __post_init__(self) -> None:
        if self.severity is not None:
            _refuse("severity", self.severity, SEVERITIES)


@dataclass(frozen=True, eq=False)
class MeasurementView:
    """One measured scan as a reader sees it.

    Args:
        name: name of the scan, a file or an address, as the user gave it.
        deviations: how far the scan lies off its reference; also its colours, where it has any.
        defects: what deviates, the worst first: so they are numbered from 1.
        verdict: label of the verdict, word for word as the user gave it.
        kind: what the verdict says: "defect", "unknown" or "no_defect".
        alarm: whether the verdict alarms.
        alarm_score: what the threshold is held against, 0 to 1 or a significance.
        threshold: score from which it alarms, of the same kind.
        findings: every sentence asked for, best first.
        sentence: the verdict in one sentence.
        severity: of the part, of `SEVERITIES`; None where no rules were given.
        rules: name of the file of rules; None where none was given.
        reference: form of the reference in words ("cylinder, radius 40.02 mm"), in the reader's
            language.
        roughness_mm: standard deviation of the scan off its reference, robust, mm; None for
            unknown.
        points: points that were measured.
        unit: in which the file gave its numbers.
        false_alarm_rate: share of good parts that exceed the threshold; None where nobody knows.
        part: what was scanned, in the user's words; empty where nobody said.
        model: name and version of what named the defects.
        profile: name of the profile that set the threshold; None where there is none.
        seconds: time that the measurement took, s.
        warnings: what a careful engineer would want to know, in the reader's language.
        lang: language of sentence and warnings, "en" or "zh".

    Raises:
        UsageError: another kind or severity.
    """

    name: str
    deviations: DeviationMap = field(repr=False)
    defects: tuple[DefectMark, ...]
    verdict: str
    kind: str
    alarm: bool
    alarm_score: float
    threshold: float
    findings: tuple[ScanFinding, ...]
    sentence: str = ""
    severity: str | None = None
    rules: str | None = None
    reference: str = ""
    roughness_mm: float | None = None
    points: int = 0
    unit: str = "mm"
    false_alarm_rate: float | None = None
    part: str = ""
    model: str = ""
    profile: str | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    lang: str = "en"

    def __post_init__(self) -> None:
        _refuse("kind", self.kind, KINDS)
        if self.severity is not None:
            _refuse("severity", self.severity, SEVERITIES)

    def light(self) -> "MeasurementView":
        """The view with a map of one cell, to be kept of each scan of a large batch.

        The sizes of the defects stay; `measurement_entry` has drawn all that the page shows.
        """
        small = replace(
            self.deviations,
            deviations_mm=self.deviations.deviations_mm[:1, :1].copy(),
            points=self.deviations.points[:1, :1].copy(),
            colours=None,
        )
        return replace(self, deviations=small)

    @property
    def counted(self) -> tuple[DefectMark, ...]:
        """The defects that count for the verdict, the worst first."""
        return tuple(x for x in self.defects if x.counts)

    @property
    def best(self) -> ScanFinding | None:
        """The finding that is the verdict; None where the verdict is not among the findings."""
        return next((x for x in self.findings if x.label == self.verdict), None)

    @property
    def score(self) -> float | None:
        """Score of the verdict; None where the verdict is not among the findings."""
        return None if self.best is None else self.best.score


def _refuse(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise UsageError(f"The {what} is '{given}'; it must be one of {', '.join(allowed)}.")
