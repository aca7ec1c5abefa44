"""Results of scans: a verdict, every sentence asked for, and every defect with its sizes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.inference.measured_conditions import HeldSize
from faultlens.inference.measured_defect import MeasuredDefect, condition_told, rounded
from faultlens.inference.saving import AbstractSaved
from faultlens.inference.schema import SCHEMA
from faultlens.reports.measurement_view import MeasurementView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_DEFECT = "no defect"
"""Label of the finding that every result has, where the user has no word of their own for it."""

UNKNOWN = "unknown"
"""Label of the finding for what no sentence names."""


@dataclass(frozen=True, eq=False)
class ScanFinding:
    """One sentence that was asked for.

    Args:
        label: the sentence, word for word as the user gave it; "no defect" and "unknown" else.
        score: calibrated probability that the worst defect of the scan is this, 0 to 1; over all
            findings of a result they sum to 1.
        defect: key of the defect that the sentence means ("crack", "no_defect", "unknown"); the
            sentence itself where the knowledge base does not know it.
        kind: "defect", "no_defect" or "unknown".
        numbers: of the defects that bear this name, the worst first.
        likeness: highest probability among the defects of the scan that one of them is this,
            whatever its size: a second defect is there though the worst has another name.
        conditions: of the sentence, against the defect that meets most of them.
    """

    label: str
    score: float
    defect: str
    kind: str
    numbers: tuple[int, ...] = ()
    likeness: float = 0.0
    conditions: tuple[HeldSize, ...] = ()

    @property
    def is_defect(self) -> bool:
        """Whether it names a defect."""
        return self.kind == "defect"

    @property
    def holds(self) -> bool:
        """Whether no condition of its sentence fails; one that cannot be measured does not fail."""
        return all(x.holds is not False for x in self.conditions)

    @property
    def region(self) -> tuple[int, ...] | None:
        """Where it stands: numbers of the measured defects of this name; None for nowhere."""
        return self.numbers or None

    @property
    def evidence(self) -> dict[str, Any]:
        """What speaks for it: the likeness of the likest defect, and which defects bear it."""
        return {"likeness": self.likeness, "defects": self.numbers} if self.is_defect else {}

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values, as in the JSON of a result."""
        return {
            "label": self.label,
            "score": round(self.score, 6),
            "defect": self.defect,
            "defects": list(self.numbers),
            "evidence": {"likeness": round(self.likeness, 6)} if self.is_defect else {},
            "conditions": [condition_told(x) for x in self.conditions],
        }


@dataclass(frozen=True)
class PartSeverity:
    """What the rules say of the part: the severest that they say of any defect.

    Args:
        severity: "accept", "rework" or "scrap".
        rule: name of the rule that decided; "" where none took a defect.
        number: of the defect that decided; None where none did.
        mildest: severity were every size as small as it may be within its uncertainty.
        severest: severity were every size as large as it may be.
        rules: name of the file of rules.
        policy: how the uncertainty counts, of `profiles.severity_rules.POLICIES`.
    """

    severity: str
    rule: str
    number: int | None
    mildest: str
    severest: str
    rules: str
    policy: str

    @property
    def within_uncertainty(self) -> bool:
        """Whether the uncertainty of the sizes leaves another severity open."""
        return self.mildest != self.severest

    def to_dict(self) -> dict[str, Any]:
        """As plain values, as in the JSON of a result."""
        return {
            "rule": self.rule or None,
            "defect": self.number,
            "range": [self.mildest, self.severest],
            "within_uncertainty": self.within_uncertainty,
            "rules": self.rules,
            "uncertainty": self.policy,
        }


@dataclass(frozen=True, eq=False)
class Measurement(AbstractSaved):
    """What was measured on one scan.

    Args:
        verdict: label of the worst defect, by its severity and then by how far it stands out;
            "unknown" where no sentence names it, "no defect" where there is none.
        alarm: whether a defect that counts stands out further than the threshold.
        alarm_score: probability of such a defect, 0 to 1: what the threshold is held against.
        threshold: alarm score from which it alarms, 0 to 1.
        false_alarm_rate: share of sound parts that exceed the threshold; None where nobody
            measured it.
        significance: how far the worst defect that counts stands out of the roughness around it,
            standard deviations; 0 where there is none.
        significance_threshold: the threshold in the same terms.
        findings: every sentence asked for, "no defect" and "unknown", best first.
        defects: what deviates from the reference surface, the worst first; those that do not count
            come last.
        by_rules: what the rules of severity say of the part; None where none were given.
        reference: form of the reference surface, with its parameters.
        sentence: the verdict in one sentence.
        warnings: what a careful engineer would want to know, in the language of the result.
        model: name and hash of what named the defects.
        seconds: time that the measurement took, s.
        view: everything that the picture and the report show.
        unit: in which the file gave its numbers; every number here is in mm.
        points: points that were measured.
        cell_mm: side of a cell of the deviation map, mm.
        roughness_mm: standard deviation of the scan off its reference, robust, mm.
        least_depth_mm: depth or height below which nothing was asked for, mm.
        lang: language of sentence, warnings and pictures, "en" or "zh".
        file: the scan's file.
        asset: the machine, as its owner calls it.
        part: what was scanned, in words.
        source: the scanner.
        time: when it was scanned, ISO 8601.
        profile: name of the profile that set the threshold.
        history: what was done to the points, oldest first.
    """

    verdict: str
    alarm: bool
    alarm_score: float
    threshold: float
    false_alarm_rate: float | None
    significance: float
    significance_threshold: float
    findings: tuple[ScanFinding, ...]
    defects: tuple[MeasuredDefect, ...]
    by_rules: PartSeverity | None
    reference: Mapping[str, object]
    sentence: str
    warnings: tuple[str, ...]
    model: str
    seconds: float
    view: MeasurementView = field(repr=False)
    unit: str = "mm"
    points: int = 0
    cell_mm: float = 0.0
    roughness_mm: float | None = None
    least_depth_mm: float = 0.0
    lang: str = "en"
    file: str | None = None
    asset: str | None = None
    part: str | None = None
    source: str | None = None
    time: str | None = None
    profile: str | None = None
    history: tuple[str, ...] = ()

    @property
    def best(self) -> ScanFinding:
        """The finding that is the verdict."""
        return next(x for x in self.findings if x.label == self.verdict)

    @property
    def is_defect(self) -> bool:
        """Whether the verdict names a defect."""
        return self.best.is_defect

    @property
    def severity(self) -> str | None:
        """What becomes of the part: "accept", "rework" or "scrap"; None without rules."""
        return None if self.by_rules is None else self.by_rules.severity

    @property
    def counted(self) -> tuple[MeasuredDefect, ...]:
        """The defects that count: of a size asked for, and further out than the threshold."""
        return tuple(x for x in self.defects if x.counts)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: the JSON of the contracts, and more beside it."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "asset": self.asset,
            "part": self.part,
            "source": self.source,
            "time": self.time,
            "profile": self.profile,
            "model": self.model,
            "verdict": self.verdict,
            "alarm": self.alarm,
            "alarm_score": round(self.alarm_score, 6),
            "threshold": round(self.threshold, 6),
            "false_alarm_rate": self.false_alarm_rate,
            "significance": rounded(self.significance),
            "significance_threshold": rounded(self.significance_threshold),
            "sentence": self.sentence,
            "severity": self.severity,
            "severity_by": None if self.by_rules is None else self.by_rules.to_dict(),
            "findings": [x.to_dict() for x in self.findings],
            "defects": [x.to_dict() for x in self.defects],
            "reference": dict(self.reference),
            "unit": self.unit,
            "scan": {
                "points": self.points,
                "cell_mm": rounded(self.cell_mm),
                "roughness_mm": None if self.roughness_mm is None else rounded(self.roughness_mm),
                "least_depth_mm": self.least_depth_mm,
            },
            "warnings": list(self.warnings),
            "history": list(self.history),
            "seconds": round(self.seconds, 4),
        }

    def figure(self) -> "Figure":
        """The picture: deviation map, section through the worst place, 3D view and sizes."""
        from faultlens.reports.measurement_figure import measurement_figure

        return measurement_figure(self.view)

    def _save_picture(self, target: Path) -> None:
        from faultlens.reports.inspection_picture import write_sheet

        write_sheet(target, self.figure())

    def _save_page(self, target: Path) -> None:
        from faultlens.reports.measurement_page import measurement_entry, write_measurement_page

        entry = measurement_entry(self.view)
        write_measurement_page(target, [entry], title=self.view.name, lang=self.lang)
