"""`diagnose`: a recording, its speed and its bearing in; a fault in words with its evidence out."""

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from numpy.typing import ArrayLike

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.inference.findings import Diagnosis, Finding
from faultlens.inference.telling import tell
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput, prepare_vibration
from faultlens.models.training_free import (
    DEFAULT,
    HEALTHY,
    UNKNOWN,
    Families,
    check_model,
    class_of,
    fault_probability,
    judge,
    load_calibration,
    reference,
)
from faultlens.profiles.doubts import doubts
from faultlens.profiles.profile import Profile
from faultlens.reports.phrases import phrase
from faultlens.reports.view import ScoredLabel, SignalView
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.read import open_recording
from faultlens.signals.recording import Recording
from faultlens.signals.severity import GROUP_NAMES, Severity, grade_levels
from faultlens.signals.sidecar import read_sidecar, resolve
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
    check_model(model)
    checked_language(lang)
    if profile is not None and profile.model != reference():
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is {reference()}. "
            "Make it again with faultlens calibrate."
        )
    if faults is None and profile is not None and profile.faults:
        faults = profile.faults
    asked = _asked(faults, lang)
    warnings: list[Notice] = []
    for name, given in (("shaft_rpm", shaft_rpm), ("bearing", bearing)):
        own = getattr(signal, name)
        if isinstance(given, float | int | str) and own is not None:
            _, difference = resolve(name, given, None, own)
            warnings += [difference] if difference else []
    ready = prepare_vibration(
        signal, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
    )
    severity = grade_levels(ready.levels, unit=signal.unit, machine_group=machine_group)
    odds = judge(ready.evidence, [x.fault for x in asked])
    findings = _findings(asked, odds, ready)
    threshold, rate = load_calibration().alarm_threshold, load_calibration().false_alarm_rate
    if profile is not None:
        threshold, rate = profile.threshold, profile.false_alarm_rate
        warnings += doubts(
            profile,
            bearing=ready.bearing.label,
            faults=tuple(faults or ()),
            speed_tolerance=speed_tolerance,
        )
    else:
        warnings.append(SIMULATED_THRESHOLD)
    alarm = _alarms(findings, fault_probability(odds), threshold)
    # Whatever alarms is named, also where several faults share the probability between them.
    best = next(x for x in findings if x.is_fault) if alarm else findings[0]
    warnings += [*ready.warnings, *severity.warnings]
    told = tell(best, findings, asked, alarm, ready, severity, speed_tolerance, lang)
    file = signal.source if isinstance(signal, Signal) else str(signal.path)
    said = tuple(x.of(lang) for x in warnings)
    view = _view(file, best, findings, ready, severity, alarm, threshold, lang)
    view = replace(
        view, sentence=told.sentence, action=told.action, unit=signal.unit, warnings=said
    )
    return Diagnosis(
        verdict=best.label,
        alarm=alarm,
        threshold=threshold,
        false_alarm_rate=rate,
        findings=findings,
        sentence=told.sentence,
        action=told.action,
        warnings=said,
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


def diagnose_file(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    faults: Sequence[str] | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
    model: str = DEFAULT,
    profile: Profile | None = None,
    machine_group: str | None = None,
    lang: str = "en",
) -> Diagnosis:
    """Name the fault in a file; its sidecar beats the arguments, and a difference is said.

    See `diagnose` for the arguments that both take.

    Args:
        path: csv, mat, wav, npz or npy; with the extra `formats` also tdms, uff and parquet.
        sample_rate_hz: samples per second, where the file does not say it.
        channel: name or index of the channel.
        faults: as in `diagnose`.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it.
        speed_tolerance: as in `diagnose`.
        model: as in `diagnose`.
        profile: as in `diagnose`.
        machine_group: as in `diagnose`.
        lang: as in `diagnose`.

    Raises:
        InputError: the file cannot be read or judged; the message says why.
        UsageError: as in `diagnose`.

    Example:
        >>> from faultlens.core.errors import InputError
        >>> try:
        ...     diagnose_file("/nowhere/pump7.csv", shaft_rpm=1772, bearing="6205")
        ... except InputError as error:
        ...     print(error)
        /nowhere/pump7.csv does not exist; check the name and the folder.
    """
    started = clock.perf_counter()
    recording = described(
        path, sample_rate_hz=sample_rate_hz, channel=channel, shaft_rpm=shaft_rpm, bearing=bearing
    )
    result = diagnose(
        recording,
        faults=faults,
        speed_tolerance=speed_tolerance,
        model=model,
        profile=profile,
        machine_group=machine_group,
        lang=lang,
    )
    return replace(result, seconds=clock.perf_counter() - started)


def described(
    path: str | Path,
    *,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
) -> Recording:
    """Open a recording with what sidecar, arguments and file say of it; the sidecar wins.

    Args:
        path: the file.
        sample_rate_hz: samples per second, where the file does not say it.
        channel: name or index of the channel.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it.

    Raises:
        InputError: the file or its sidecar cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> _ = path.write_text("acc (g)\\n0.1\\n0.3\\n-0.2\\n")
        >>> _ = path.with_suffix(".toml").write_text("shaft_rpm = 1772\\nsample_rate_hz = 12000")
        >>> opened = described(path, shaft_rpm=1800)
        >>> print(opened.shaft_rpm, *opened.warnings)
        1772.0 shaft_rpm is 1772 by the sidecar and 1800 by the option; the sidecar wins.
    """
    recording = open_recording(path, sample_rate_hz=sample_rate_hz, channel=channel)
    sidecar = read_sidecar(path)
    if sidecar is not None and sidecar.bearing is not None:
        try:
            resolve_bearing(sidecar.bearing)
        except UsageError as error:
            raise UnreadableFileError(f"The sidecar of {path}: {error}") from error
    warnings = list(recording.warnings)
    values: dict[str, object] = {}
    for name, option in (("shaft_rpm", shaft_rpm), ("bearing", bearing)):
        beside = getattr(sidecar, name, None)
        own = getattr(recording, name) if beside is None else None
        values[name], difference = resolve(name, option, beside, own)
        warnings += [difference] if difference else []
    if shaft_rpm is not None or (sidecar is not None and sidecar.shaft_rpm is not None):
        values["speeds_rpm"] = None  # a speed that somebody states is steady
    return replace(recording, **values, warnings=tuple(warnings))  # type: ignore[arg-type]


def _asked(sentences: Sequence[str] | None, lang: str) -> tuple[MatchedFault, ...]:
    if sentences is None:
        return tuple(MatchedFault(x.names.of(lang), x) for x in load_faults())
    if isinstance(sentences, str):
        raise UsageError(
            f"faults is the text '{sentences}'; give a list of sentences, such as ['{sentences}']."
        )
    asked = match_faults(sentences)
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


def _done(ready: VibrationInput) -> str:
    return (
        f"{ready.windows} windows of {ready.window_s:g} s: modulation read at the orders of "
        f"{ready.bearing.label}, speed factor {ready.evidence.speed_factor:.4f}"
    )


def _shown(finding: Finding, lang: str) -> str:
    """A label as reports show it: the user's own words stay, ours are said in their language."""
    return phrase(finding.label, lang) if finding.label in ("healthy", "unknown") else finding.label


def _view(
    file: str | None,
    best: Finding,
    findings: Sequence[Finding],
    ready: VibrationInput,
    severity: Severity,
    alarm: bool,
    threshold: float,
    lang: str,
) -> SignalView:
    return SignalView(
        file=Path(file).name if file else "recording",
        time_s=ready.waveform_time_s,
        samples=ready.waveform,
        verdict=_shown(best, lang),
        verdict_fault=best.fault,
        sentence="",
        alarm=alarm,
        threshold=threshold,
        findings=tuple(
            ScoredLabel(_shown(x, lang), x.fault, x.score, tuple(e.family for e in x.evidence))
            for x in findings
        ),
        evidence=ready.evidence,
        bearing=ready.bearing.label,
        stated_rpm=ready.stated_rpm,
        velocity_rms_mm_s=severity.velocity_rms_mm_s,
        zone=severity.zone,
        machine_group=GROUP_NAMES[severity.machine_group].of(lang),
        kurtosis=severity.kurtosis,
        crest_factor=severity.crest_factor,
        model=reference(),
    )
