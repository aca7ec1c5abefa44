"""`diagnose`: a recording, its speed and its bearing in; a fault in words with its evidence out.

`each_diagnosed` is the same of several recordings: they share one pass of the encoders.
"""

import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.core.stages import PREPARE, stage
from faultlens.inference.findings import Diagnosis
from faultlens.inference.question import Question, asked_faults
from faultlens.inference.recording_view import signal_view
from faultlens.inference.second_opinion import disagreement, second_opinion, unsupported
from faultlens.inference.telling import tell
from faultlens.inference.weighing import weigh
from faultlens.inputs.vibration import SPEED_TOLERANCE, WINDOWS, VibrationInput
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.doubts import doubts
from faultlens.profiles.profile import Profile
from faultlens.runtimes.asking import Asked
from faultlens.runtimes.judge import AbstractJudge, Judgement
from faultlens.runtimes.judges import judge_named
from faultlens.signals.recording import Recording
from faultlens.signals.severity import Severity, grade_levels
from faultlens.signals.sidecar import resolve
from faultlens.signals.signal import Bearing, Signal

P = ParamSpec("P")
T = TypeVar("T")

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
    question = Question(
        faults=faults,
        shaft_rpm=shaft_rpm,
        bearing=bearing,
        speed_tolerance=speed_tolerance,
        model=model,
        profile=profile,
        machine_group=machine_group,
        lang=lang,
    )
    (result,) = each_diagnosed([(signal, question)])
    if isinstance(result, FaultlensError):
        raise result
    return result


def each_diagnosed(
    cases: Sequence[tuple[Signal | Recording, Question]],
) -> list[Diagnosis | FaultlensError]:
    """Name the fault in each of several recordings, each with a question of its own.

    The recordings of one model go through its encoders together: in batches of eight that takes a
    seventh less of a processor than one by one, since weights and programs stay in its cache.

    Args:
        cases: recordings, each with what is asked of it.

    Returns:
        in the same order a result, or what is wrong with that recording or question; `seconds` of
        a result is the time of all over their number.

    Raises:
        BundleError: files of a model that had been opened are damaged.

    Example:
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> made = simulate(("inner",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=4.0, seed=3, snr_db=5.0)
        >>> nobody_knows = Question(bearing="no such bearing")
        >>> good, bad = each_diagnosed([(made.signal, Question()), (made.signal, nobody_knows)])
        >>> good.verdict, type(bad).__name__
        ('inner race fault', 'UnknownNameError')
    """
    started = clock.perf_counter()
    opened = [_attempted(_opened, *case) for case in cases]
    encoded = iter(_encoded([x for x in opened if isinstance(x, _Opened)]))
    found = [
        x if isinstance(x, FaultlensError) else _attempted(_judged, next(encoded)) for x in opened
    ]
    share = (clock.perf_counter() - started) / max(len(found), 1)
    return [x if isinstance(x, FaultlensError) else replace(x, seconds=share) for x in found]


@dataclass(frozen=True, eq=False)
class _Opened:
    """A recording that was read, and what is asked of it."""

    signal: Signal | Recording
    question: Question
    judge: AbstractJudge
    asked: Asked
    ready: VibrationInput
    severity: Severity


def _attempted(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | FaultlensError:
    """What the work gives, or what is wrong with what it was given."""
    try:
        return work(*args, **named)
    except FaultlensError as error:
        return error


def _opened(signal: Signal | Recording, question: Question) -> _Opened:
    if not isinstance(signal, Signal | Recording):
        raise UsageError(
            f"diagnose takes a Signal, not a {type(signal).__name__}: read a file with "
            "read_signal(path), or wrap an array as Signal(samples, sample_rate_hz=...)."
        )
    judge = judge_named(question.model)
    checked_language(question.lang)
    profile = question.profile
    if profile is not None:
        _refuse_other_model(profile, judge)
        if question.faults is None and profile.faults:
            question = replace(question, faults=profile.faults)
    asked = asked_faults(question, judge)
    with stage(PREPARE):
        ready = judge.prepare(
            signal,
            shaft_rpm=question.shaft_rpm,
            bearing=question.bearing,
            speed_tolerance=question.speed_tolerance,
        )
    severity = grade_levels(
        ready.levels,
        unit=signal.unit,
        machine_group=question.machine_group,
        shaft_rpm=ready.stated_rpm,
    )
    return _Opened(signal, question, judge, asked, ready, severity)


def _encoded(opened: Sequence[_Opened]) -> list[_Opened]:
    """The same after one pass of the encoders of each judge."""
    found = list(opened)
    for judge in dict.fromkeys(x.judge for x in opened):
        rows = [i for i, x in enumerate(opened) if x.judge is judge]
        seen = judge.encoded([opened[i].ready for i in rows])
        for i, ready in zip(rows, seen, strict=True):
            found[i] = replace(opened[i], ready=ready)
    return found


def _judged(opened: _Opened) -> Diagnosis:
    signal, question, judge = opened.signal, opened.question, opened.judge
    asked, ready, severity = opened.asked.faults, opened.ready, opened.severity
    profile, lang = question.profile, question.lang
    judgement = judge.judge(ready, [x.fault for x in asked])
    threshold, rate = _threshold(question, judgement)
    verdict = weigh(asked, judgement.odds, ready, threshold)
    opinion = second_opinion(judge, verdict, asked, ready)
    told = tell(verdict, asked, ready, severity, question.speed_tolerance, lang)
    notices = [
        *opened.asked.notices,
        *disagreement(verdict, opinion),
        *unsupported(verdict, ready),
        *judgement.warnings,
        *_contradictions(signal, question.shaft_rpm, question.bearing),
        *_threshold_notices(question, judgement, ready),
        *ready.warnings,
        *severity.warnings,
    ]
    warnings = tuple(x.of(lang) for x in notices)
    file = signal.source if isinstance(signal, Signal) else str(signal.path)
    view = signal_view(
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
        false_alarm_rate=rate,
        findings=verdict.findings,
        sentence=told.sentence,
        action=told.action,
        warnings=warnings,
        model=judge.reference,
        seconds=0.0,
        view=view,
        lang=lang,
        file=file,
        asset=signal.asset,
        source=signal.channel,
        time=signal.time,
        machine_group=severity.machine_group,
        profile=None if profile is None else profile.name,
        history=(*signal.history, _done(ready)),
        embedding=_unit(ready.points.get(judge.reference)),
    )


def _unit(point: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """(dim,) of length 1: the mean of several windows' points is shorter."""
    return None if point is None else point / max(np.float32(np.linalg.norm(point)), _SHORTEST)


_SHORTEST = np.float32(1e-12)
"""Length of a point without a direction, so that nothing is divided by zero."""


def _threshold(question: Question, judgement: Judgement) -> tuple[float, float | None]:
    """Above what it alarms, and on what share of healthy recordings; None where nobody knows."""
    if question.threshold is not None:
        return question.threshold, None
    if question.profile is not None:
        return question.profile.threshold, question.profile.false_alarm_rate
    return judgement.alarm_threshold, judgement.false_alarm_rate


def _refuse_other_model(profile: Profile, judge: AbstractJudge) -> None:
    if profile.model != judge.reference:
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is "
            f"{judge.reference}. Make it again with faultlens calibrate, or give the model that it "
            "was made with (model=, command line --model)."
        )


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
    question: Question, judgement: Judgement, ready: VibrationInput
) -> tuple[Notice, ...]:
    if question.threshold is not None:
        return ()
    if question.profile is None:
        return (judgement.threshold_from or SIMULATED_THRESHOLD,)
    return doubts(
        question.profile,
        bearing="" if ready.bearing is None else ready.bearing.label,
        reading=ready.reading,
        faults=tuple(question.faults or ()),
        speed_tolerance=question.speed_tolerance,
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
