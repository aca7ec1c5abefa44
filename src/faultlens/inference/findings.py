"""Results: a verdict, every sentence asked for with its score, and the evidence."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.inference.saving import AbstractSaved
from faultlens.inference.schema import SCHEMA
from faultlens.reports.view import NO_FAULT, SecondOpinion, SignalView
from faultlens.signals.evidence import FamilyEvidence, Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Finding:
    """One sentence that was asked for.

    Args:
        label: the sentence, word for word as the user gave it; "healthy" and "unknown" else.
        score: calibrated probability, 0 to 1; over all findings of a result they sum to 1.
        fault: key of the fault that the sentence means ("inner_race", "healthy", "unknown").
        region: first and last second of the recording that was read.
        evidence: what was read at the orders of this fault; empty for healthy and unknown.
    """

    label: str
    score: float
    fault: str
    region: tuple[float, float]
    evidence: tuple[FamilyEvidence, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether it names a fault."""
        return self.fault not in NO_FAULT

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values, as in the JSON of a result."""
        return self._told([_family(x) for x in self.evidence])

    def _told(self, families: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "label": self.label,
            "score": round(self.score, 6),
            "fault": self.fault,
            "region": {"start_s": self.region[0], "end_s": round(self.region[1], 6)},
            "evidence": {"families": families} if families else {},
        }


@dataclass(frozen=True, eq=False)
class Diagnosis(AbstractSaved):
    """What was found in one recording.

    Args:
        verdict: label of the best finding; of the best fault where the recording alarms.
        alarm: whether the probability of all faults together lies above the threshold, and some
            fault is at least as likely as "unknown".
        threshold: fault probability from which it alarms, 0 to 1.
        false_alarm_rate: share of healthy recordings that exceed the threshold; None where nobody
            measured it.
        findings: every sentence asked for, "healthy" and "unknown", best first.
        sentence: fault, evidence, certainty, severity and action in one sentence.
        action: what to do now.
        warnings: what a careful engineer would want to know, in the language of the result.
        model: name and hash of what judged.
        seconds: time that the judgement took, s.
        view: everything that the picture and the report show.
        lang: language of sentence, action, warnings and pictures, "en" or "zh".
        file: the recording's file.
        asset: the machine, as its owner calls it.
        part: the part, as its owner calls it.
        source: the sensor or channel.
        time: when it was recorded, ISO 8601.
        machine_group: group and foundation of ISO 20816-3 by which the zone was read.
        profile: name of the profile that set the threshold.
        history: what was done to the samples, oldest first.
        embedding: (dim,) unit row of the model, by which recordings are compared; None where the
            model gives none.
    """

    verdict: str
    alarm: bool
    threshold: float
    false_alarm_rate: float | None
    findings: tuple[Finding, ...]
    sentence: str
    action: str
    warnings: tuple[str, ...]
    model: str
    seconds: float
    view: SignalView = field(repr=False)
    lang: str = "en"
    file: str | None = None
    asset: str | None = None
    part: str | None = None
    source: str | None = None
    time: str | None = None
    machine_group: str | None = None
    profile: str | None = None
    history: tuple[str, ...] = ()
    embedding: NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def best(self) -> Finding:
        """The finding that is the verdict."""
        return next(x for x in self.findings if x.label == self.verdict)

    @property
    def alarm_score(self) -> float:
        """Probability of all faults together, 0 to 1: what the threshold is held against."""
        return min(1.0, sum(x.score for x in self.findings if x.is_fault))

    @property
    def is_fault(self) -> bool:
        """Whether the verdict names a fault."""
        return self.best.is_fault

    @property
    def second_opinion(self) -> SecondOpinion | None:
        """What the training-free rule says beside the learned model.

        None where the rule itself judged, or where it lacks the speed or the bearing.
        """
        return self.view.second_opinion

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values: the JSON of the contracts, and more beside it."""
        view = self.view
        evidence = view.evidence
        expected = {x.family: _family(x) for x in evidence.families} if evidence else {}
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
            "threshold": self.threshold,
            "false_alarm_rate": self.false_alarm_rate,
            "sentence": self.sentence,
            "action": self.action,
            "second_opinion": _opinion(view.second_opinion),
            # Several findings show the lines of one family: rounded once, copied for each.
            "findings": [
                x._told([_copied(expected.get(y.family) or _family(y)) for y in x.evidence])
                for x in self.findings
            ],
            "shaft": {
                "stated_rpm": view.stated_rpm,
                "measured_rpm": None if view.measured_rpm is None else round(view.measured_rpm, 3),
                "speed_factor": (
                    round(evidence.speed_factor, 6)
                    if evidence is not None and view.measured_rpm is not None
                    else None
                ),
            },
            "bearing": view.bearing,
            # Where no bearing was stated, the lines are those of the geometry that fits best.
            "best_fit": None
            if view.fitted_elements is None
            else {"rolling_elements": view.fitted_elements},
            "ambiguous": list(evidence.ambiguities) if evidence else [],
            "expected": list(expected.values()),
            "severity": {
                "velocity_rms_mm_s": _rounded(view.velocity_rms_mm_s),
                "zone": view.zone,
                "machine_group": self.machine_group,
                "grades": "the machine, not the bearing",
                "kurtosis": _rounded(view.kurtosis),
                "crest_factor": _rounded(view.crest_factor),
            },
            "warnings": list(self.warnings),
            "history": list(self.history),
            "seconds": round(self.seconds, 4),
        }

    def figure(self) -> "Figure":
        """The evidence picture: waveform, modulation spectrum with its lines, other faults."""
        from faultlens.reports.signal_figure import signal_figure

        return signal_figure(self.view, self.lang)

    def _save_picture(self, target: Path) -> None:
        from faultlens.reports.picture import write_picture

        write_picture(target, self.figure())

    def _save_page(self, target: Path) -> None:
        import tempfile

        from faultlens.reports.page import ReportEntry, write_report

        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder) / "evidence.png"
            self.save(picture)
            write_report(
                target, [ReportEntry(self.view, picture)], title=self.view.file, lang=self.lang
            )


def _opinion(x: SecondOpinion | None) -> dict[str, Any] | None:
    if x is None:
        return None
    return {
        "model": x.model,
        "verdict": x.verdict,
        "fault": x.fault,
        "score": round(x.score, 6),
        "alarm": x.alarm,
        "agrees": x.agrees,
        "in_part": x.in_part,
    }


def _family(x: FamilyEvidence) -> dict[str, Any]:
    return {
        "family": x.family,
        "expected_order": round(x.expected_order, 4),
        "measured_order": round(x.measured_order, 4),
        "slip_percent": round(x.slip_percent, 3),
        "strength": round(x.strength, 4),
        "matched_harmonics": list(x.matched_harmonics),
        "matched_sidebands": x.matched_sidebands,
        "windows_present": x.windows_present,
        "windows": x.windows,
        "lines": [_line(line) for line in x.lines],
    }


def _copied(family: dict[str, Any]) -> dict[str, Any]:
    return {
        **family,
        "matched_harmonics": list(family["matched_harmonics"]),
        "lines": [dict(line) for line in family["lines"]],
    }


def _line(x: Line) -> dict[str, Any]:
    return {
        "harmonic": x.harmonic,
        "sideband": x.sideband,
        "expected_order": round(x.expected_order, 4),
        "measured_order": round(x.measured_order, 4),
        "strength": round(x.strength, 4),
        "matched": x.matched,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
