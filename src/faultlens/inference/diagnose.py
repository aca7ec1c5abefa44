"""`diagnose`: a recording, its speed and its bearing in; a fault in words with its evidence out."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from numpy.typing import ArrayLike

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.core.stages import PREPARE, stage
from faultlens.inference.findings import Diagnosis, Finding
from faultlens.inference.second_opinion import disagreement, second_opinion, unsupported
from faultlens.inference.telling import Told, meant, tell
from faultlens.inference.weighing import Verdict, weigh
from faultlens.inputs.vibration import SPEED_TOLERANCE, WINDOWS, VibrationInput
from faultlens.models.shipped import DEFAULT
from faultlens.models.training_free import families_of
from faultlens.profiles.doubts import doubts
from faultlens.profiles.profile import Profile
from faultlens.reports.phrases import phrase
from faultlens.reports.view import NO_FAULT, ScoredLabel, SecondOpinion, SignalView
from faultlens.runtimes.asking import Asked, understood
from faultlens.runtimes.judge import AbstractJudge, Judgement
from faultlens.runtimes.judges import judge_named
from faultlens.signals.recording import Recording
from faultlens.signals.severity import GROUP_NAMES, Severity, grade_levels
from faultlens.signals.sidecar import resolve
from faultlens.signals.signal import Bearing, Signal
from faultlens.text.knowledge import fault
from faultlens.text.matching import MatchedFault

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
            model's own set: of the built-in ones, the knowledge base's.
        shaft_rpm: shaft speed, revolutions per minute, or an array of speeds evenly spread over
            the signal; None takes the signal's own, and where it has none the waveform alone is
            judged.
        bearing: catalogue designation, geometry or fault orders; None takes the signal's own, and
            where it has none combs over shaft orders are judged.
        speed_tolerance: largest relative error of the stated speed, searched; 0 to 0.1.
        model: "builtin/bearing", the learned model; "builtin/physics", the training-free rule,
            which needs speed and bearing; or the folder of a bundle, such as `faultlens export`
            writes of a model of your own.
        profile: calibration of this asset; None uses the model's own threshold: of the built-in
            ones from simulation, of an exported one from its training.
        machine_group: group of ISO 20816-3 ("group 2 rigid"); None assumes one and says so.
        lang: language of the sentence and the pictures, "en" or "zh".

    Raises:
        UsageError: an unknown model, sentence or language; a profile of another model.
        MissingMetadataError: the sampling rate is not known; or, with "builtin/physics", speed or
            bearing.
        BundleError: the model's files are damaged.
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
    judge = judge_named(model)
    checked_language(lang)
    if profile is not None:
        _refuse_other_model(profile, judge)
    if faults is None and profile is not None and profile.faults:
        faults = profile.faults
    question = _asked(faults, judge, lang)
    asked = question.faults
    with stage(PREPARE):
        ready = judge.prepare(
            signal, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
        )
    severity = grade_levels(
        ready.levels,
        unit=signal.unit,
        machine_group=machine_group,
        shaft_rpm=ready.stated_rpm,
    )
    judgement = judge.judge(ready, [x.fault for x in asked])
    threshold = judgement.alarm_threshold if profile is None else profile.threshold
    verdict = weigh(asked, judgement.odds, ready, threshold)
    opinion = second_opinion(judge, verdict, asked, ready)
    told = tell(verdict, asked, ready, severity, speed_tolerance, lang)
    notices = [
        *question.notices,
        *disagreement(verdict, opinion),
        *unsupported(verdict, ready),
        *judgement.warnings,
        *_contradictions(signal, shaft_rpm, bearing),
        *_threshold_notices(profile, judgement, ready, faults, speed_tolerance),
        *ready.warnings,
        *severity.warnings,
    ]
    warnings = tuple(x.of(lang) for x in notices)
    file = signal.source if isinstance(signal, Signal) else str(signal.path)
    view = _view(
        file,
        asked,
        signal.unit,
        ready,
        severity,
        verdict,
        opinion,
        told,
        threshold,
        warnings,
        judge.reference,
        lang,
    )
    return Diagnosis(
        verdict=verdict.best.label,
        alarm=verdict.alarm,
        threshold=threshold,
        false_alarm_rate=(profile or judgement).false_alarm_rate,
        findings=verdict.findings,
        sentence=told.sentence,
        action=told.action,
        warnings=warnings,
        model=judge.reference,
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


def _refuse_other_model(profile: Profile, judge: AbstractJudge) -> None:
    if profile.model != judge.reference:
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is "
            f"{judge.reference}. Make it again with faultlens calibrate, or give the model that it "
            "was made with (model=, command line --model)."
        )


def _asked(sentences: Sequence[str] | None, judge: AbstractJudge, lang: str) -> Asked:
    if sentences is None:
        asked = Asked(tuple(MatchedFault(x.names.of(lang), x) for x in judge.faults))
        return _with_healthy(asked)
    if isinstance(sentences, str):
        raise UsageError(
            f"faults is the text '{sentences}'; give a list of sentences, such as ['{sentences}']."
        )
    if odd := [x for x in sentences if type(x) is not str]:
        raise UsageError(f"faults holds {odd[0]!r}; each entry is a sentence in quotes.")
    # The same sentence twice asks nothing more, and would halve its own score.
    asked = understood(dict.fromkeys(sentences), judge)
    if not asked.faults:
        raise UsageError("faults is empty; give at least one sentence, or leave it out.")
    return _with_healthy(asked)


def _with_healthy(asked: Asked) -> Asked:
    if any(x.fault.is_healthy for x in asked.faults):
        return asked
    return replace(asked, faults=(*asked.faults, MatchedFault("healthy", fault("healthy"))))


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
    judgement: Judgement,
    ready: VibrationInput,
    faults: Sequence[str] | None,
    speed_tolerance: float,
) -> tuple[Notice, ...]:
    if profile is None:
        return (judgement.threshold_from or SIMULATED_THRESHOLD,)
    return doubts(
        profile,
        bearing="" if ready.bearing is None else ready.bearing.label,
        reading=ready.reading,
        faults=tuple(faults or ()),
        speed_tolerance=speed_tolerance,
        shipped_threshold=judgement.alarm_threshold,
    )


def _done(ready: VibrationInput) -> str:
    windows = f"{ready.windows} windows of {ready.window_s:g} s"
    if ready.reading == WINDOWS:
        return f"{windows}, prepared as the model's training windows were"
    if ready.evidence is None:
        return f"{windows}: the waveform alone, since no shaft speed is stated"
    if ready.bearing is None:
        return f"{windows}: combs over shaft orders, since no bearing is stated"
    return (
        f"{windows}: modulation read at the orders of {ready.bearing.label}, speed factor "
        f"{ready.evidence.speed_factor:.4f}"
    )


def _shown(finding: Finding, asked: Sequence[MatchedFault], lang: str) -> ScoredLabel:
    """A finding as reports show it: the user's own words stay, ours are said in their language."""
    label = phrase(finding.label, lang) if finding.label in NO_FAULT else finding.label
    # Its colour does not depend on whether lines could be read.
    families = families_of(meant(asked, finding.fault)) if finding.is_fault else ()
    return ScoredLabel(label, finding.fault, finding.score, families)


def _view(
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
