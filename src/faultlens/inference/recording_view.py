"""The plain record that pictures and reports are drawn from, made of all that was found."""

from collections.abc import Sequence
from pathlib import Path

from faultlens.inference.findings import Finding
from faultlens.inference.telling import Told, meant
from faultlens.inference.weighing import Verdict
from faultlens.inputs.vibration import WINDOWS, VibrationInput
from faultlens.models.training_free import families_of
from faultlens.reports.phrases import phrase
from faultlens.reports.view import NO_FAULT, ScoredLabel, SecondOpinion, SignalView
from faultlens.signals.severity import GROUP_NAMES, Severity
from faultlens.text.matching import MatchedFault


def signal_view(
    file: str | None,
    asked: Sequence[MatchedFault],
    unit: str | None,
    ready: VibrationInput,
    severity: Severity,
    verdict: Verdict,
    opinion: SecondOpinion | None,
    told: Told,
    threshold: float,
    warnings: tuple[str, ...],
    model: str,
    lang: str,
) -> SignalView:
    """What the picture and the report of a diagnosis show.

    Args:
        file: the recording's file; None where it has none.
        asked: the sentences asked for.
        unit: of the samples.
        ready: what was read of the recording.
        severity: how strongly the machine vibrates.
        verdict: of the judge.
        opinion: of the training-free rule.
        told: the result in words.
        threshold: fault probability above which it alarms.
        warnings: in the language of the result.
        model: name and hash of the judge.
        lang: "en" or "zh".

    Example:
        >>> import numpy as np
        >>> from faultlens.inference.diagnose import diagnose
        >>> from faultlens.signals.signal import Signal
        >>> hum = Signal(np.sin(np.arange(24000.0)), 12000)
        >>> diagnose(hum).view.file  # what this function made of it
        'recording'
    """
    return SignalView(
        file=Path(file).name if file else "recording",
        time_s=ready.waveform_time_s,
        samples=ready.waveform,
        verdict=_shown(verdict.best, asked, lang).label,
        verdict_fault=verdict.best.fault,
        sentence=told.sentence,
        alarm=verdict.alarm,
        threshold=threshold,
        findings=tuple(_shown(x, asked, lang) for x in verdict.findings),
        evidence=ready.evidence,
        unit=unit,
        bearing=None if ready.bearing is None else ready.bearing.label,
        stated_rpm=ready.stated_rpm,
        velocity_rms_mm_s=severity.velocity_rms_mm_s,
        zone=severity.zone,
        machine_group=GROUP_NAMES[severity.machine_group].of(lang),
        kurtosis=severity.kurtosis,
        crest_factor=severity.crest_factor,
        action=told.action,
        model=model,
        warnings=warnings,
        second_opinion=opinion,
        by_windows=ready.reading == WINDOWS,
    )


def _shown(finding: Finding, asked: Sequence[MatchedFault], lang: str) -> ScoredLabel:
    """A finding as reports show it: the user's own words stay, ours are said in their language."""
    label = phrase(finding.label, lang) if finding.label in NO_FAULT else finding.label
    # Its colour does not depend on whether lines could be read.
    families = families_of(meant(asked, finding.fault)) if finding.is_fault else ()
    return ScoredLabel(label, finding.fault, finding.score, families)
