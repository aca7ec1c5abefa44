"""`tune`: labelled windows of one machine make a trained model tell that machine's faults better.

Closed form, seconds, no torch: see `models.tuning`. Every labelled window is judged by what was
learned without its recording, so that the bundle says whether tuning helps before it is used.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.datasets.labelled import LabelledRecording
from faultlens.metrics.intervals import bootstrap_interval
from faultlens.metrics.paired import Difference
from faultlens.models.shipped import DEFAULT
from faultlens.models.training_free import HEALTHY
from faultlens.models.tuning import left_out, sharpness, tuned
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.tuned_bundle import TUNED, WEIGHTS, TunedBearing, TunedFacts
from faultlens.runtimes.vibration import KIND
from faultlens.signals.catalogue import resolve_bearing
from faultlens.training.shots import Picks, Shots, Tunable, picked, read_shots, tunable

TUNED_ON = "tuned_on.json"
"""File of the bundle: every recording that it learned from, with the windows and the hash."""

RECORDINGS, WINDOWS = "recordings", "windows"
"""What was left out in turn."""

AS_THE_DATA = "as the base model and the labelled recordings"


@dataclass(frozen=True)
class TunedOn:
    """What a model was tuned on, and whether that helped.

    Args:
        base: name and hash of the model that was tuned.
        classes: what it was tuned to tell apart, as the recordings call it.
        windows: labelled windows.
        recordings: that they came from.
        left_out: what was left out in turn, "recordings" or "windows".
        before: balanced accuracy of the base on the windows, between these classes alone.
        after: of the tuned model, each window judged without what was left out with it.
        difference: the second less the first, over recordings.
        sharpness: scores to log-odds.
        sha256: of the labels and samples learned from.
        notices: what a careful engineer would want to know.
    """

    base: str
    classes: tuple[str, ...]
    windows: int
    recordings: int
    left_out: str
    before: float
    after: float
    difference: Difference
    sharpness: float
    sha256: str
    notices: tuple[Notice, ...]

    @property
    def helps(self) -> bool:
        """Whether tuning is better than the base beyond the interval."""
        return self.difference.is_better


def tune(
    recordings: Sequence[LabelledRecording],
    folder: str | Path,
    *,
    model: str = DEFAULT,
    shots: int | None = None,
    seed: int = 0,
    name: str | None = None,
    dataset: str = "",
    terms: str = "",
    quiet: bool = True,
) -> tuple[Bundle, TunedOn]:
    """Tune a model to the machine of labelled recordings, and write it as a bundle.

    Args:
        recordings: labelled, all of one sampling rate, each with speed and bearing.
        folder: bundle to write; a folder that holds anything else is left alone.
        model: what is tuned, "builtin/bearing" or a bundle like it.
        shots: labelled windows per class, from as many recordings as there are; None takes all.
        seed: of the choice of windows.
        name: how results call the model; None takes that of the folder.
        dataset: what the recordings are called, for the card.
        terms: under which they may be used, for the card.
        quiet: no progress bar.

    Raises:
        UsageError: a model that cannot be tuned, one class, a class that the model does not tell,
            fewer windows than shots, mixed rates; or a folder that holds something else.
        InputError: recordings without speed or bearing, or that cannot be judged.

    Example:
        >>> tune([], "/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Tuning tells classes apart and needs recordings of two ...
    """
    given = tunable(recordings, model)
    picks = picked(given, shots, np.random.default_rng(seed))
    read = read_shots(given, picks, quiet=quiet)
    facts, on = _learned(given, picks, read, shots)
    base = given.judge.model.bundle
    called = name or Path(folder).resolve().name
    bundle = write_bundle(
        folder,
        name=called,
        kind=KIND,
        card=_card(on, base.card, given, dataset, terms, str(folder)),
        preparation={**base.preparation, TUNED: facts.preparation()},
        classes=base.classes,
        calibration={
            **base.calibration,
            TUNED: {
                "sharpness": facts.sharpness,
                "left_out": on.left_out,
                "before": on.before,
                "after": on.after,
                "difference": [on.difference.value, on.difference.low, on.difference.high],
            },
        },
        text=base.text,
        files={
            **{x: base.path(x) for x in base.files},
            WEIGHTS: facts.weights(),
            TUNED_ON: _told(given, picks, shots, seed),
        },
    )
    return bundle, on


def balanced(
    scores: NDArray[np.floating], target: NDArray[np.integer], index: NDArray[np.intp] | None = None
) -> float:
    """Mean over the classes of the share of windows whose own class has the highest score.

    Args:
        scores: (window, class).
        target: (window,) class of each.
        index: (window,) numbers of the windows that count; None counts all.

    Example:
        >>> balanced(np.array([[2.0, 1.0], [2.0, 1.0], [0.0, 1.0]]), np.array([0, 1, 1]))
        0.75
    """
    hits = (scores.argmax(axis=1) == target).astype(float)
    if index is not None:
        hits, target = hits[index], target[index]
    return float(np.mean([hits[target == x].mean() for x in np.unique(target)]))


def _learned(
    given: Tunable, picks: Picks, read: Shots, shots: int | None
) -> tuple[TunedFacts, TunedOn]:
    count = len(given.classes)
    groups = [len(np.unique(read.group[read.target == x])) for x in range(count)]
    by = RECORDINGS if min(groups) > 1 else WINDOWS
    group = read.group if by == RECORDINGS else np.arange(len(read.target))
    found = left_out(read.readings, read.target, group, count)
    # Windows of one recording agree, so that they prove no more than one.
    sharp = sharpness(found.scores, read.target, read.group)
    before, after = read.readings.base, found.scores

    def gained(index: NDArray[np.intp]) -> float:
        return balanced(after, read.target, index) - balanced(before, read.target, index)

    low, high = bootstrap_interval(
        gained,
        [f"{x}/{y}" for x, y in zip(read.group, read.target, strict=True)],
        strata=[str(x) for x in read.target],
    )
    difference = Difference(gained(np.arange(len(read.target))), low, high)
    used = np.unique(read.recording)
    bearings = dict.fromkeys(
        TunedBearing.of(resolve_bearing(bearing))
        for i in used
        if (bearing := given.recordings[i].signal.bearing) is not None
    )
    tuning = tuned(read.readings, read.target, count, found.scales)
    reference = given.judge.reference
    facts = TunedFacts(reference, given.grid, given.classes, tuple(bearings), sharp, tuning)
    on = TunedOn(
        base=reference,
        classes=given.names,
        windows=len(read.target),
        recordings=len(np.unique(read.group)),
        left_out=by,
        before=balanced(before, read.target),
        after=balanced(after, read.target),
        difference=difference,
        sharpness=sharp,
        sha256=_hash(given, picks),
        notices=(),
    )
    return facts, _with_notices(on, given, groups, shots)


def _with_notices(on: TunedOn, given: Tunable, groups: Sequence[int], shots: int | None) -> TunedOn:
    notices = []
    if not on.helps:
        notices.append(_no_better(on))
    if on.left_out == WINDOWS:
        once = ", ".join(x for x, n in zip(on.classes, groups, strict=True) if n < 2)
        notices.append(
            Notice(
                en=f"There is one recording only of {once}: single windows were left out in turn, "
                "and the others of their recording tell much of them, so that the figures "
                "flatter. Add a second recording of each class.",
                zh=f"{once} 只有一个记录：只能逐个留出窗口，而同一记录的其他窗口与之相近，"
                "因此数字偏乐观。请为每一类再加一个记录。",
            )
        )
    few = [f"{x} ({n})" for x, n in zip(on.classes, groups, strict=True) if shots and n < shots]
    if few and shots is not None:
        notices.append(
            Notice(
                en=f"The {shots} windows per class come from fewer recordings of "
                f"{', '.join(few)}: windows of one recording agree, and count for little more than "
                "one. Add recordings.",
                zh=f"每类 {shots} 个窗口来自较少的记录：{'、'.join(few)}。同一记录的窗口彼此相近，"
                "作用与一个相差不多。请增加记录。",
            )
        )
    return replace(on, notices=tuple(notices))


def _no_better(on: TunedOn) -> Notice:
    span = f"{on.difference.value:+.3f} [{on.difference.low:+.3f}, {on.difference.high:+.3f}]"
    return Notice(
        en=f"Tuning is no better than {on.base.partition('@')[0]} beyond the interval on the "
        f"labelled windows themselves: balanced accuracy {on.after:.3f} left out, {on.before:.3f} "
        f"without tuning, difference {span}. Add labelled recordings, or keep the base.",
        zh=f"在标注窗口上，调整后并未在区间之外优于 {on.base.partition('@')[0]}：留出时平衡准确率 "
        f"{on.after:.3f}，未调整 {on.before:.3f}，差值 {span}。"
        "请增加标注记录，或继续使用基础模型。",
    )


def _hash(given: Tunable, picks: Picks) -> str:
    total = sha256()
    for i, windows in picks:
        each = given.recordings[i]
        total.update(f"{each.label}\n{each.sha256}\n{list(windows)}\n".encode())
    return total.hexdigest()


def _told(given: Tunable, picks: Picks, shots: int | None, seed: int) -> bytes:
    rows = []
    for i, windows in picks:
        origin = given.recordings[i].origin
        rows.append(
            {
                "machine": origin.machine,
                "key": origin.key,
                "label": origin.label,
                "condition": origin.condition,
                "specimen": origin.specimen,
                "file": origin.file,
                "sha256": origin.sha256,
                "windows": list(windows),
            }
        )
    table = {
        "window_s": given.grid.window_s,
        "sample_rate_hz": given.grid.sample_rate_hz,
        "shots": shots,
        "seed": seed,
        "recordings": rows,
    }
    return (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode()


def _card(
    on: TunedOn, base: ModelCard, given: Tunable, dataset: str, terms: str, folder: str
) -> ModelCard:
    machines = Counter(x.machine for x in given.recordings)
    listed = ", ".join(sorted(machines)[:8])
    data = dataset or "labelled recordings"
    apart = "each recording" if on.left_out == RECORDINGS else "each window (which flatters)"
    value = (
        f"balanced accuracy {on.after:.3f}, of {on.base.partition('@')[0]} {on.before:.3f}, "
        f"difference {on.difference.value:+.3f} [{on.difference.low:+.3f}, "
        f"{on.difference.high:+.3f}]"
    )
    healthy = (
        "Healthy windows were among them: the alarm threshold of the base holds no rate any more."
        if HEALTHY in given.classes
        else "Healthy and unknown are judged by the base: no healthy window was learned from."
    )
    return ModelCard(
        summary=f"{on.base.partition('@')[0]}, tuned to tell {', '.join(on.classes)} apart on "
        f"{listed}.",
        licence=base.licence if not terms else AS_THE_DATA,
        training_data=f"{base.training_data} Tuned on {on.windows} labelled windows of "
        f"{given.grid.window_s:g} s from {on.recordings} recordings of {listed}, at "
        f"{given.grid.sample_rate_hz:g} Hz (sha256 {on.sha256}); {TUNED_ON} lists them.",
        results=(
            CardResult(
                f"Its own {on.windows} labelled windows, {apart} left out in turn; between "
                f"{', '.join(on.classes)} alone",
                value,
                f"faultlens tune --train-data DIR --out {quote(folder)}",
            ),
        ),
        limits=f"The levels of bands belong to the machine, sensor and sampling rate of the "
        f"labelled windows; on another machine it may be worse than its base. {healthy} Without "
        f"speed, bearing or that rate the base judges alone. {' '.join(x.en for x in on.notices)} "
        f"{base.limits}",
        sources=(
            CardSource(on.base, base.licence, ""),
            CardSource(data, terms or "not stated; ask whoever owns the recordings", on.sha256),
            *base.sources,
        ),
    )
