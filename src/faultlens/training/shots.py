"""Labelled windows for tuning: which recordings fit, which windows are taken, what they say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import (
    InputError,
    MissingMetadataError,
    UnknownNameError,
    UnusableSignalError,
    UsageError,
)
from faultlens.core.progress import progress
from faultlens.datasets.labelled import LabelledRecording
from faultlens.inputs.line_windows import (
    SAME_RATE,
    LineWindows,
    WindowGrid,
    line_windows,
    why_not,
    window_count,
)
from faultlens.models.training_free import CLASSES, Families, place_of
from faultlens.models.tuning import Readings
from faultlens.runtimes.judges import LearnedJudge, judge_named
from faultlens.runtimes.loaded import is_checkpoint
from faultlens.runtimes.tuned_bundle import TELLABLE, base_cosines, class_name, readings_of
from faultlens.signals.lines import window_seconds
from faultlens.text.matching import match_fault

Picks = Sequence[tuple[int, Sequence[int]]]
"""Numbers of recordings, and of each the windows that are taken."""


@dataclass(frozen=True, eq=False)
class Tunable:
    """Recordings that a model can be tuned on.

    Args:
        recordings: labelled, all of one rate, each with speed and bearing.
        judge: the model.
        grid: rate and length of the windows.
        classes: what the labels mean, in the model's order.
        target: (recording,) class of each.
        group: (recording,) number of its key; what is left out together.
        windows: (recording,) number of windows.
    """

    recordings: tuple[LabelledRecording, ...]
    judge: LearnedJudge
    grid: WindowGrid
    classes: tuple[Families, ...]
    target: NDArray[np.intp]
    group: NDArray[np.intp]
    windows: NDArray[np.intp]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes, as the recordings call them."""
        return tuple(
            self.recordings[int((self.target == i).argmax())].label
            for i in range(len(self.classes))
        )


@dataclass(frozen=True, eq=False)
class Shots:
    """Labelled windows that were read.

    Args:
        readings: what tuning looks at.
        target: (window,) class of each.
        group: (window,) number of its recording.
        recording: (window,) index of its recording.
    """

    readings: Readings
    target: NDArray[np.intp]
    group: NDArray[np.intp]
    recording: NDArray[np.intp]

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Shots":
        """The windows of these numbers.

        Args:
            index: (window,) numbers from 0, or marks.
        """
        return Shots(
            self.readings.take(index), self.target[index], self.group[index], self.recording[index]
        )


def tunable(recordings: Sequence[LabelledRecording], model: str) -> Tunable:
    """Check that a model can be tuned on recordings.

    Args:
        recordings: labelled.
        model: name of the base, or its folder.

    Raises:
        UsageError: a model that cannot be tuned, fewer than two classes, mixed rates.
        UnknownNameError: a label that means nothing that the model tells.
        InputError: recordings without speed or bearing, or too short.

    Example:
        >>> tunable([], "builtin/physics")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/physics@... cannot be tuned: ...
    """
    judge = tunable_judge(model)
    places = _places(recordings, judge.reference)
    classes = tuple(x for x in TELLABLE if x in places)
    if len(classes) < 2:
        only = f"all {len(places)} are '{recordings[0].label}'" if recordings else "there are none"
        raise UsageError(
            f"Tuning tells classes apart and needs recordings of two or more; {only}. "
            "Add recordings of another class."
        )
    grid = _grid(recordings)
    for each in recordings:
        reason = why_not(each.signal, grid)
        if reason is not None:
            error = MissingMetadataError if "not stated" in reason.en else UnusableSignalError
            raise error(
                f"{each.file or each.key} cannot be used to tune: {reason.en}. State it in a "
                "sidecar or in columns of a manifest, or leave the recording out (--where)."
            )
    keys = sorted({(x.machine, x.key) for x in recordings})
    return Tunable(
        recordings=tuple(recordings),
        judge=judge,
        grid=grid,
        classes=classes,
        target=np.array([classes.index(x) for x in places], dtype=np.intp),
        group=np.array([keys.index((x.machine, x.key)) for x in recordings], dtype=np.intp),
        windows=np.array([window_count(x.signal, grid) for x in recordings], dtype=np.intp),
    )


def tunable_judge(model: str) -> LearnedJudge:
    """The judge of a model that can be tuned.

    Args:
        model: name or folder.

    Raises:
        UsageError: a rule, a model of windows, a checkpoint, or one that was tuned already.
        UnknownNameError: no such model.
        BundleError: its files are damaged.

    Example:
        >>> tunable_judge("builtin/bearing").reference
        'builtin/bearing@...'
    """
    if is_checkpoint(model):
        raise UsageError(
            f"'{model}' is a checkpoint with classes of its own and cannot be tuned: train it on "
            "your recordings instead (faultlens train), or tune builtin/bearing."
        )
    judge = judge_named(model)
    if isinstance(judge, LearnedJudge):
        return judge
    kinds = {
        "RuleJudge": "it is a rule, and has nothing that could learn",
        "WindowJudge": "it judges windows by its own classes; train it on your recordings instead "
        "(faultlens train)",
        "TunedJudge": "it was tuned already; tune its base with all labelled windows instead",
    }
    why = kinds.get(type(judge).__name__, "it does not compare lines with sentences")
    raise UsageError(
        f"{judge.reference} cannot be tuned: {why}. Give builtin/bearing (--model builtin/bearing)."
    )


def picked(
    given: Tunable,
    shots: int | None,
    rng: np.random.Generator,
    *,
    apart: bool = False,
) -> list[tuple[int, list[int]]]:
    """Choose windows to learn from: of each class as many as asked for, from many recordings.

    Args:
        given: recordings.
        shots: windows per class; None takes all.
        rng: draws them.
        apart: each from a recording of its own.

    Returns:
        numbers of recordings, and of each the windows that are taken.

    Raises:
        UsageError: a class has fewer windows, or fewer recordings where each needs its own.

    Example:
        >>> picked.__name__
        'picked'
    """
    if shots is None:
        return [(i, list(range(count))) for i, count in enumerate(given.windows)]
    if shots < 2:
        raise UsageError(
            f"{shots} labelled windows per class; give 2 or more, since one is left out at a time "
            "to see whether tuning helps."
        )
    chosen: dict[int, list[int]] = {}
    for number, name in enumerate(given.names):
        own = np.flatnonzero(given.target == number)
        groups = rng.permutation(np.unique(given.group[own]))
        if apart and len(groups) < shots:
            raise UsageError(
                f"'{name}' has {len(groups)} recordings, and {shots} shots are to come from as "
                "many different ones. Ask for fewer shots, or add recordings."
            )
        total = int(given.windows[own].sum())
        if total < shots:
            raise UsageError(
                f"'{name}' has {total} windows of {given.grid.window_s:g} s in {len(own)} "
                f"recordings; {shots} per class were asked for (--shots). Ask for fewer, or add "
                "recordings."
            )
        left = {
            int(g): [
                (int(i), int(w))
                for i in own[given.group[own] == g]
                for w in range(given.windows[i])
            ]
            for g in groups
        }
        taken = 0
        while taken < shots:
            for group in [int(g) for g in groups if left[int(g)]]:
                if taken == shots:
                    break
                i, window = left[group].pop(int(rng.integers(len(left[group]))))
                chosen.setdefault(i, []).append(window)
                taken += 1
    return [(i, sorted(windows)) for i, windows in sorted(chosen.items())]


def read_shots(given: Tunable, picks: Picks, *, quiet: bool = True) -> Shots:
    """Read windows; one that cannot be judged is passed over.

    Args:
        given: recordings.
        picks: which windows.
        quiet: no progress bar.

    Raises:
        InputError: of a recording no window can be judged; names it.

    Example:
        >>> read_shots.__name__
        'read_shots'
    """
    parts: list[LineWindows] = []
    index: list[int] = []
    for i, windows in progress(picks, label="Reading", total=len(picks), quiet=quiet):
        recording = given.recordings[i]
        try:
            parts.append(line_windows(recording.signal, given.grid, only=windows))
        except InputError as error:
            raise type(error)(f"{recording.file or recording.key}: {error}") from error
        index += [i] * len(parts[-1].lines)
    read = LineWindows(
        *(
            np.concatenate([getattr(x, name) for x in parts])
            for name in ("lines", "orders", "bands")
        )
    )
    numbers = [CLASSES.index(x) for x in given.classes]
    base = base_cosines(given.judge.model, given.judge.prototypes, numbers, read)
    rows = np.array(index, dtype=np.intp)
    return Shots(readings_of(read, base), given.target[rows], given.group[rows], rows)


def _places(recordings: Sequence[LabelledRecording], model: str) -> list[Families]:
    """What each label means to the model."""
    meant: dict[str, Families] = {}
    for label in dict.fromkeys(x.label for x in recordings):
        try:
            place = place_of(match_fault(label))
        except UsageError:
            place = ("word", label)
        if place not in TELLABLE:
            raise UnknownNameError(
                f"class of {model}",
                label,
                [class_name(x).replace("+", " and ") for x in TELLABLE],
                advice="Tuning shares out what the model tells already; train one for classes of "
                "your own (faultlens train), or leave these recordings out (--where).",
            )
        meant[label] = place
    return [meant[x.label] for x in recordings]


def _grid(recordings: Sequence[LabelledRecording]) -> WindowGrid:
    rates = Counter(x.signal.sample_rate_hz for x in recordings)
    lowest, highest = min(rates), max(rates)
    if highest > lowest * (1 + SAME_RATE):
        told = ", ".join(f"{rate:g} Hz ({n})" for rate, n in sorted(rates.items()))
        raise UsageError(
            f"Mixed sampling rates: {told} (recordings). The levels of bands would give the rate "
            "away instead of the fault: choose recordings of one rate (--where), or resample them."
        )
    speeds = [x.signal.shaft_rpm for x in recordings if x.signal.shaft_rpm is not None]
    # Of a slow machine longer ones: lines part after enough revolutions only.
    longest = max((window_seconds(x / 60) for x in speeds), default=window_seconds(np.inf))
    return WindowGrid(lowest, longest)
