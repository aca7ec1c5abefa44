"""The result of joining: one verdict on an asset, with what each sensor said and why."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from faultlens.inference.saving import AbstractSaved
from faultlens.inference.schema import SCHEMA
from faultlens.inference.verdict.joining import JoinedFinding
from faultlens.inference.verdict.pooling import Assumptions
from faultlens.inference.verdict.reading import Reading
from faultlens.reports.verdict_view import VerdictView

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Verdict(AbstractSaved):
    """What several sensors together say of one asset.

    Args:
        verdict: label of the best finding; of an alarm the best one of a sensor that alarms.
        alarm: whether any sensor alarms by its own threshold; with healthy visits, whether the
            joined probability lies above theirs.
        alarm_score: joined probability of any fault, 0 to 1: what the threshold is held against.
        threshold: joined probability from which it alarms, the other sensors as they are.
        false_alarm_rate: share of sound cases that alarm, at most; None where not every sensor's
            was measured.
        findings: every sentence that any sensor was asked for, faults that are there at once,
            "healthy" (or "no defect") and "unknown", best first.
        sentence: the verdict in one sentence, with what each sensor says and what to do.
        action: what to do now.
        reasons: why it is so, a sentence each.
        warnings: what a careful engineer would want to know, in the language of the result.
        parts: what each sensor says.
        assumptions: by which they were joined.
        if_one_fault: joined probability of any fault, if all sensors see one and the same.
        if_own_faults: the same, if each sensor sees its own.
        one_fault: probability that they see one and the same, given what they saw.
        visits: healthy visits that set the threshold; 0 where the sensors' own did.
        seconds: time that the joining took, s.
        view: everything that the picture and the page show.
        lang: language of sentence, reasons, warnings and pictures, "en" or "zh".
        asset: the machine; None where nobody said.
        time: of the latest result, ISO 8601; None where nobody said.
    """

    _what: ClassVar[str] = "verdict"

    verdict: str
    alarm: bool
    alarm_score: float
    threshold: float
    false_alarm_rate: float | None
    findings: tuple[JoinedFinding, ...]
    sentence: str
    action: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    parts: tuple[Reading, ...]
    assumptions: Assumptions
    if_one_fault: float
    if_own_faults: float
    one_fault: float
    visits: int
    seconds: float
    view: VerdictView = field(repr=False)
    lang: str = "en"
    asset: str | None = None
    time: str | None = None

    @property
    def best(self) -> JoinedFinding:
        """The finding that is the verdict."""
        return next(x for x in self.findings if x.label == self.verdict)

    @property
    def is_fault(self) -> bool:
        """Whether the verdict names a fault."""
        return self.best.is_fault

    @property
    def model(self) -> str:
        """Names and hashes of what judged the parts."""
        return " + ".join(dict.fromkeys(x.model for x in self.parts if x.model))

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain values: the JSON of the contracts, and more beside it."""
        return {
            "schema": SCHEMA,
            "file": None,
            "asset": self.asset,
            "part": None,
            "source": None,
            "time": self.time,
            "profile": None,
            "model": self.model,
            "verdict": self.verdict,
            "alarm": self.alarm,
            "alarm_score": round(self.alarm_score, 6),
            "alarm_score_if_one_fault": round(self.if_one_fault, 6),
            "alarm_score_if_own_faults": round(self.if_own_faults, 6),
            "threshold": round(self.threshold, 6),
            "false_alarm_rate": self.false_alarm_rate,
            "sentence": self.sentence,
            "action": self.action,
            "reasons": list(self.reasons),
            "findings": [_finding(x, self.parts) for x in self.findings],
            "one_fault": round(self.one_fault, 6),
            "assumptions": asdict(self.assumptions),
            "visits": self.visits,
            "parts": [_part(x) for x in self.parts],
            "warnings": list(self.warnings),
            "seconds": round(self.seconds, 4),
        }

    def figure(self) -> "Figure":
        """The picture: what each sensor says, what they say together, and the joined findings."""
        from faultlens.reports.verdict_figure import verdict_figure

        return verdict_figure(self.view)

    def _save_picture(self, target: Path) -> None:
        from faultlens.reports.picture import write_picture

        write_picture(target, self.figure())

    def _save_page(self, target: Path) -> None:
        from faultlens.reports.verdict_page import write_verdict_page

        write_verdict_page(target, self.view, self.reasons)


def _finding(x: JoinedFinding, parts: tuple[Reading, ...]) -> dict[str, Any]:
    return {
        "label": x.label,
        "score": round(x.score, 6),
        "region": None,
        "evidence": {
            "sensors": [
                {
                    "sensor": part.kind,
                    "file": part.name,
                    "label": cause.label,
                    "fault": cause.key,
                    "score": round(named.score, 6),
                }
                for cause in x.causes
                for part in parts
                for named in part.faults
                if part.kind == cause.kind and (named.label, named.key) == (cause.label, cause.key)
            ]
        }
        if x.causes
        else {},
    }


def _part(x: Reading) -> dict[str, Any]:
    return {
        "sensor": x.kind,
        "file": x.name,
        "asset": x.asset,
        "part": x.part,
        "source": x.source,
        "time": None if x.time is None else x.time.isoformat(),
        "profile": x.profile,
        "model": x.model,
        "says": x.says,
        "verdict": x.verdict,
        "score": round(x.score, 6),
        "alarm": x.alarm,
        "alarm_score": round(x.alarm_score, 6),
        "threshold": x.threshold,
        "false_alarm_rate": x.false_alarm_rate,
        "delta_celsius": x.delta_celsius,
        "deviation_mm": x.deviation_mm,
        "severity": x.severity,
    }
