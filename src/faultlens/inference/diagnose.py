"""`diagnose`: a recording, its speed and its bearing in; a fault in words with its evidence out."""

import time as clock
from collections.abc import Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.inference.findings import Diagnosis, Finding
from faultlens.inference.telling import Told, tell
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput, prepare_vibration
from faultlens.models.shipped import DEFAULT, check_model, load_calibration, reference
from faultlens.models.training_free import (
    HEALTHY,
    UNKNOWN,
    Families,
    class_of,
    fault_probability,
    judge,
)
from faultlens.profiles.doubts import doubts
from faultlens.profiles.profile import Profile
from faultlens.reports.phrases import phrase
from faultlens.reports.view import NO_FAULT, ScoredLabel, SignalView
from faultlens.signals.recording import Recording
from faultlens.signals.severity import GROUP_NAMES, Severity, grade_levels
from faultlens.signals.sidecar import resolve
from faultlens.signals.signal import Bearing, Signal
from faultlens.text.knowledge import fault, load_faults
from faultlens.text.matching import MatchedFault, match_faults

SIMULATED_THRESHOLD = Notice(
    en="The alarm threshold comes from simulation, not from this asset; calibrate a profile on its "
    "own healthy recordings (faultlens calibrate) for a false-alarm rate that holds for it.",
    zh="报警阈值来自仿真，而非本设备；请用本设备的健康记录建立标定档案（faultlens calibrate），"
    "以得到对本设备成立的误报率。",
)


def diagnose(
    signal: Signal | Recording,
    *,
    faults: Sequence[str] | None = None,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
    model: str = DEFAULT,
    profile: Profile | None = None,
    machine_group: str | None = None,
    lang: str = "en",
) -> Diagnosis:
    """Name the fault of one bearing in one recording.

    Args:
        signal: (time,) one channel in memory, or a recording on disk, read window by window.
        faults: sentences to look for, in English or Chinese; None for the profile's, or else the
            knowledge base's set.
        shaft_rpm: shaft speed, revolutions per minute, or an array of speeds evenly spread over
            the signal; None takes the signal's own.
        bearing: catalogue designation, geometry or fault orders; None takes the signal's own.
        speed_tolerance: largest relative error of the stated speed, searched; 0 to 0.1.
        model: name of the model.
        profile: calibration of this asset; None uses the threshold from simulation.
        machine_group: group of ISO 20816-3 ("group 2 rigid"); None assumes one and says so.
        lang: language of the sentence and the pictures, "en" or "zh".

    Raises:
        UsageError: an unknown model, sentence or language; a profile of another model.
        MissingMetadataError: speed, bearing or sampling rate is not known.
        UnusableSignalError: nothing can be concluded from the recording.

    Example:
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> made = simulate(("inner",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=4.0, seed=3, snr_db=5.0)
        >>> result = diagnose(made.signal)
        >>> result.verdict, result.alarm
        ('inner race fault', True)
    """
    started = clock.perf_counter()
    if not isinstance(signal, Signal | Recording):
        raise UsageError(
            f"diagnose takes a Signal, not a {type(signal).__name__}: read a file with "
            "read_signal(path), or wrap an array as Signal(samples, sample_rate_hz=...)."
        )
    check_model(model)
    checked_language(lang)
    if profile is not None:
        _refuse_other_model(profile)
    if faults is None and profile is not None and profile.faults:
        faults = profile.faults
    asked = _asked(faults, lang)
    ready = prepare_vibration(
        signal, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
    )
    severity = grade_levels(
        ready.levels,
        unit=signal.unit,
        machine_group=machine_group,
        shaft_rpm=ready.stated_rpm,
    )
    odds = judge(ready.evidence, [x.fault for x in asked])
    findings = _findings(asked, odds, ready)
    shipped = load_calibration()
    threshold = shipped.alarm_threshold if profile is None else profile.threshold
    alarm = _alarms(findings, fault_probability(odds), threshold)
    # Whatever alarms is named, also where several faults share the probability between them.
    best = next(x for x in findings if x.is_fault) if alarm else findings[0]
    told = tell(best, findings, asked, alarm, ready, severity, speed_tolerance, lang)
    notices = [
        *_contradictions(signal, shaft_rpm, bearing),
        *_threshold_notices(profile, ready, faults, speed_tolerance),
        *ready.warnings,
        *severity.warnings,
    ]
    warnings = tuple(x.of(lang) for x in notices)
    file = signal.source if isinstance(signal, Signal) else str(signal.path)
    view = _view(
        file, signal.unit, ready, severity, findings, best, told, alarm, threshold, warnings, lang
    )
    return Diagnosis(
        verdict=best.label,
        alarm=alarm,
        threshold=threshold,
        false_alarm_rate=(profile or shipped).false_alarm_rate,
        findings=findings,
        sentence=told.sentence,
        action=told.action,
        warnings=warnings,
        model=reference(),
        seconds=clock.perf_counter() - started,
        view=view,
        lang=lang,
        file=file,
        asset=signal.asset,
        source=signal.channel,
        time=signal.time,
        machine_group=severity.machine_group,
        profile=None if profile is None else profile.name,
        history=(*signal.history, _done(ready)),
    )


def _refuse_other_model(profile: Profile) -> None:
    if profile.model != reference():
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is {reference()}. "
            "Make it again with faultlens calibrate."
        )


def _asked(sentences: Sequence[str] | None, lang: str) -> tuple[MatchedFault, ...]:
    if sentences is None:
        return tuple(MatchedFault(x.names.of(lang), x) for x in load_faults())
    if isinstance(sentences, str):
        raise UsageError(
            f"faults is the text '{sentences}'; give a list of sentences, such as ['{sentences}']."
        )
    if odd := [x for x in sentences if type(x) is not str]:
        raise UsageError(f"faults holds {odd[0]!r}; each entry is a sentence in quotes.")
    # The same sentence twice asks nothing more, and would halve its own score.
    asked = match_faults(dict.fromkeys(sentences))
    if not asked:
        raise UsageError("faults is empty; give at least one sentence, or leave it out.")
    if not any(not x.fault.families for x in asked):
        asked = (*asked, MatchedFault("healthy", fault("healthy")))
    return asked


def _findings(
    asked: Sequence[MatchedFault], odds: dict[Families, float], ready: VibrationInput
) -> tuple[Finding, ...]:
    classes = [class_of(x.fault) if x.fault.families else HEALTHY for x in asked]
    found = [
        Finding(
            label=each.sentence,
            # Sentences that mean the same share what their fault has.
            score=odds[its] / classes.count(its),
            fault=each.fault.key,
            region=(0.0, ready.duration_s),
            evidence=tuple(ready.evidence.family(name) for name in its),
        )
        for each, its in zip(asked, classes, strict=True)
    ]
    found.append(Finding("unknown", odds[UNKNOWN], "unknown", (0.0, ready.duration_s)))
    return tuple(sorted(found, key=lambda x: -x.score))


def _alarms(findings: Sequence[Finding], of_any_fault: float, threshold: float) -> bool:
    """Whether any fault is likelier than the threshold, and not only something unknown."""
    fault_score = max((x.score for x in findings if x.is_fault), default=0.0)
    unknown_score = next(x.score for x in findings if x.fault == "unknown")
    return of_any_fault > threshold and fault_score >= unknown_score


def _contradictions(
    signal: Signal | Recording, shaft_rpm: float | ArrayLike | None, bearing: Bearing | None
) -> list[Notice]:
    """Where an argument differs from what the recording itself says."""
    differences = (
        resolve(name, given, None, getattr(signal, name))[1]
        for name, given in (("shaft_rpm", shaft_rpm), ("bearing", bearing))
        if isinstance(given, float | int | str)
    )
    return [x for x in differences if x is not None]


def _threshold_notices(
    profile: Profile | None,
    ready: VibrationInput,
    faults: Sequence[str] | None,
    speed_tolerance: float,
) -> tuple[Notice, ...]:
    if profile is None:
        return (SIMULATED_THRESHOLD,)
    return doubts(
        profile,
        bearing=ready.bearing.label,
        faults=tuple(faults or ()),
        speed_tolerance=speed_tolerance,
    )


def _done(ready: VibrationInput) -> str:
    return (
        f"{ready.windows} windows of {ready.window_s:g} s: modulation read at the orders of "
        f"{ready.bearing.label}, speed factor {ready.evidence.speed_factor:.4f}"
    )


def _shown(finding: Finding, lang: str) -> str:
    """A label as reports show it: the user's own words stay, ours are said in their language."""
    return phrase(finding.label, lang) if finding.label in NO_FAULT else finding.label


def _view(
    file: str | None,
    unit: str | None,
    ready: VibrationInput,
    severity: Severity,
    findings: Sequence[Finding],
    best: Finding,
    told: Told,
    alarm: bool,
    threshold: float,
    warnings: tuple[str, ...],
    lang: str,
) -> SignalView:
    return SignalView(
        file=Path(file).name if file else "recording",
        time_s=ready.waveform_time_s,
        samples=ready.waveform,
        verdict=_shown(best, lang),
        verdict_fault=best.fault,
        sentence=told.sentence,
        alarm=alarm,
        threshold=threshold,
        findings=tuple(
            ScoredLabel(_shown(x, lang), x.fault, x.score, tuple(e.family for e in x.evidence))
            for x in findings
        ),
        evidence=ready.evidence,
        unit=unit,
        bearing=ready.bearing.label,
        stated_rpm=ready.stated_rpm,
        velocity_rms_mm_s=severity.velocity_rms_mm_s,
        zone=severity.zone,
        machine_group=GROUP_NAMES[severity.machine_group].of(lang),
        kurtosis=severity.kurtosis,
        crest_factor=severity.crest_factor,
        action=told.action,
        model=reference(),
        warnings=warnings,
    )
