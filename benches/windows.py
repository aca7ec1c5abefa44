"""Real recordings judged window by window: prepared once, by every model that can."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from faultlens.core.progress import progress
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.packs import read_packs
from faultlens.inputs.vibration import VibrationInput, prepare_vibration
from faultlens.models import shipped
from faultlens.models.training_free import HEALTHY, UNKNOWN, Families, class_of, fault_probability
from faultlens.runtimes.judges import judge_named
from faultlens.signals.signal import Signal
from faultlens.signals.windows import window_starts
from faultlens.text.knowledge import fault, load_faults
from faultlens.text.matching import match_fault

RIGS = {
    "cwru_12k_de": "CWRU drive end",
    "cwru_12k_fe": "CWRU fan end",
    "mfpt": "MFPT",
    "cwru_normal_48k": "CWRU healthy",
    "ims_subset": "IMS healthy",
}
RATES_HZ = {"cwru_normal_48k": 12000.0}
WINDOW_S = 2.0
WINDOWS_PER_RECORDING = 4

FAULT_KEYS = {"outer": "outer_race", "inner": "inner_race", "ball": "rolling_element"}
"""Label of the data -> fault of the knowledge base; these three make the forced choice."""

LEARNED, RULE = shipped.DEFAULT, shipped.NAME

BOTH, SPEED, NOTHING = "speed and bearing", "speed", "nothing"
"""What is known of a recording."""

Models = Mapping[str, Sequence[str]]

MODELS: Models = {BOTH: (LEARNED, RULE), SPEED: (LEARNED,), NOTHING: (LEARNED,)}
"""What is known -> who can judge with it."""


@dataclass(frozen=True)
class Judged:
    """What one model made of one window, or of a whole recording.

    Args:
        rig: where it comes from.
        recording: the group that intervals are taken over.
        label: what is true: "healthy", or a key of `FAULT_KEYS`.
        model: reference of the model.
        known: what was known of the recording: one of `MODELS`.
        whole: whether this is the whole recording and not a window.
        forced: best of the three fault types when only these are asked for, as a label.
        best: key of the best fault of the knowledge base's set.
        first: key of what is likeliest of that set, healthy and unknown included.
        confidence: probability of `first`.
        fault_score: probability of any fault of that set.
        alarm: whether it alarmed.
        threshold: the threshold it was held against.
    """

    rig: str
    recording: str
    label: str
    model: str
    known: str
    whole: bool
    forced: str
    best: str
    first: str
    confidence: float
    fault_score: float
    alarm: bool
    threshold: float

    @property
    def right(self) -> bool:
        """Whether what it holds likeliest is true."""
        return self.first == FAULT_KEYS.get(self.label, self.label)


def judged_packs(
    folder: str | Path, *, models: Models = MODELS, quiet: bool = False
) -> list[Judged]:
    """Judge the real recordings of a folder of packs.

    Args:
        folder: holds `manifest.csv` and the packs.
        models: what is known -> who judges with it.
        quiet: no progress bar.

    Raises:
        UnreadableFileError: the packs are not there.

    Example:
        >>> judged_packs("/nowhere", quiet=True)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv cannot be read: ...
    """
    recordings = read_packs(folder, RIGS, sample_rate_hz=RATES_HZ)
    return judge_recordings(
        progress(recordings, label="Real recordings", quiet=quiet), models=models
    )


def judge_recordings(
    recordings: Iterable[LabelledRecording], *, models: Models = MODELS
) -> list[Judged]:
    """Judge up to four windows of 2 s of each recording, and each recording whole.

    A recording shorter than a window is one. Windows are judged with all that is known of them,
    without the bearing, and without speed and bearing; whole recordings with all that is known.

    Args:
        recordings: with speed, bearing and label.
        models: what is known -> who judges with it.

    Example:
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=2.0, seed=1, snr_db=10.0)
        >>> judged = judge_recordings([LabelledRecording("our rig", "first", "outer", made.signal)])
        >>> [(x.known, x.whole) for x in judged]
        [('speed and bearing', False), ('speed and bearing', False), ('speed', False),
         ('nothing', False), ('speed and bearing', True), ('speed and bearing', True)]
        >>> {x.forced for x in judged if x.known == BOTH}
        {'outer'}
    """
    return [
        each
        for recording in recordings
        for known, whole, ready in _readings(recording.signal)
        for model in models[known]
        for each in [_judged(recording, ready, model, known, whole)]
    ]


def chosen(
    judged: Iterable[Judged], *, known: str = BOTH, whole: bool = False
) -> dict[str, list[Judged]]:
    """The judgements of one kind by model, each model's in the same order.

    Args:
        judged: of all kinds.
        known: what was known of the recordings.
        whole: whole recordings, not windows.

    Returns:
        reference of the model -> its judgements.

    Example:
        >>> chosen([])
        {}
    """
    found: dict[str, list[Judged]] = {}
    for each in judged:
        if (each.known, each.whole) == (known, whole):
            found.setdefault(each.model, []).append(each)
    return found


def _readings(signal: Signal) -> Iterator[tuple[str, bool, VibrationInput]]:
    """What is known, whether it is the whole recording, and what was read."""
    seconds = min(WINDOW_S, signal.duration_s)
    size = round(seconds * signal.sample_rate_hz)
    starts = window_starts(len(signal.samples), signal.sample_rate_hz, seconds)
    for start in starts[:WINDOWS_PER_RECORDING]:
        window = replace(signal, samples=signal.samples[start : start + size])
        ready = prepare_vibration(window)
        yield BOTH, False, ready
        yield SPEED, False, prepare_vibration(replace(window, bearing=None))
        yield NOTHING, False, prepare_vibration(replace(window, bearing=None, shaft_rpm=None))
    yield BOTH, True, ready if size == len(signal.samples) else prepare_vibration(signal)


def _judged(
    recording: LabelledRecording, ready: VibrationInput, model: str, known: str, whole: bool
) -> Judged:
    judge = judge_named(model)
    three = {label: fault(key) for label, key in FAULT_KEYS.items()}
    among = judge.judge(ready, three.values()).odds
    judgement = judge.judge(ready, load_faults())
    odds = judgement.odds
    best = max((x for x in odds if x not in (HEALTHY, UNKNOWN)), key=lambda x: odds[x])
    first = max(odds, key=lambda x: odds[x])
    score = fault_probability(odds)
    keys = _keys()
    return Judged(
        rig=recording.machine,
        recording=f"{recording.machine}/{recording.key}",
        label=_short(recording.label),
        model=judge.reference,
        known=known,
        whole=whole,
        forced=max(three, key=lambda x: among[class_of(three[x])]),
        best=keys[best],
        first=keys[first],
        confidence=odds[first],
        fault_score=score,
        # As `diagnose` does: something likely, and not only something unknown.
        alarm=score > judgement.alarm_threshold and odds[best] >= odds[UNKNOWN],
        threshold=judgement.alarm_threshold,
    )


def _short(label: str) -> str:
    """A label as the benchmark's tables have it: "outer" for "outer race fault"."""
    key = match_fault(label).key
    return next((short for short, x in FAULT_KEYS.items() if x == key), key)


def _keys() -> Mapping[Families, str]:
    faults = {class_of(x): x.key for x in load_faults() if x.families}
    return {HEALTHY: "healthy", UNKNOWN: "unknown", **faults}
