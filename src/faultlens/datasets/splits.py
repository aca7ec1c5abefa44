"""Splits by the protocol ladder, none of which lets one recording stand on both sides.

Rungs, from the easiest to the hardest: another seed (a check against regressions, no measure of
anything else), other recordings, another condition, another bearing, another machine, a class never
trained on, and training on simulation alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.datasets.held_out import held_keys, last_stretches
from faultlens.datasets.labelled import SIMULATOR, LabelledRecording, Origin
from faultlens.datasets.selection import checked_name, value_of
from faultlens.datasets.windows import LabelledWindows

PROTOCOLS = (
    "seed",
    "recording-disjoint",
    "condition-disjoint",
    "bearing-disjoint",
    "machine-disjoint",
    "class-held-out",
    "simulator-only",
)
"""The protocol ladder, easiest first."""

MOST_FOLDS = 5
"""Folds of a recording-disjoint split; fewer where a class has fewer recordings."""

TEST_SHARE = 0.3
"""Share of the recordings of a class that a seed split tests on."""

_GROUPS = {
    "condition-disjoint": "condition",
    "bearing-disjoint": "specimen",
    "machine-disjoint": "machine",
}


@dataclass(frozen=True)
class Fold:
    """One way of parting recordings into those to train and those to test on.

    Args:
        name: what is held out, in words.
        train: indices of recordings to train on.
        test: indices of recordings to test on.
        left_out: indices of recordings on neither side, since either would leak or has no class
            to be compared with.
    """

    name: str
    train: tuple[int, ...]
    test: tuple[int, ...]
    left_out: tuple[int, ...] = ()


Either = LabelledRecording | Origin


def folds(
    recordings: Sequence[Either], protocol: str, *, seed: int = 0, by: str | None = None
) -> tuple[Fold, ...]:
    """The folds of a protocol: every group that it holds out is tested on once.

    Args:
        recordings: with or without their samples.
        protocol: of `PROTOCOLS`.
        seed: of what is drawn at random.
        by: field or attribute whose values are held out one by one ("load", "size"); None is
            condition, specimen or machine, as the protocol says.

    Raises:
        UnknownNameError: no such protocol, or no such property of the recordings.
        UsageError: fewer than two groups to part; says what is missing.

    Example:
        >>> made = [Origin("rig", f"{load}{fault}", fault, condition=load)
        ...         for load in ("0 hp", "1 hp") for fault in ("inner", "outer")]
        >>> folds(made, "condition-disjoint")[0]
        Fold(name='condition 0 hp held out', train=(2, 3), test=(0, 1), left_out=())
    """
    _refuse_unknown(protocol)
    if by is not None and protocol not in _GROUPS:
        raise UsageError(f"by='{by}' goes with {', '.join(_GROUPS)}; {protocol} has no groups.")
    if protocol == "seed":
        return (_seed_fold(recordings, seed),)
    if protocol == "simulator-only":
        return (Fold("everything real is tested", (), tuple(range(len(recordings)))),)
    if protocol == "recording-disjoint":
        found = _recording_folds(recordings, seed)
    elif protocol == "class-held-out":
        found = _class_folds(recordings, seed)
    else:
        found = _group_folds(recordings, protocol, by)
    return tuple(x for x in found if x.train and x.test)


def refuse_leak(
    trained: Iterable[Either], tested: Iterable[Either], protocol: str, *, by: str | None = None
) -> None:
    """Refuse a test that the protocol's name does not cover.

    Args:
        trained: what a model was trained on, as its checkpoint says.
        tested: what it is to be tested on.
        protocol: of `PROTOCOLS`.
        by: field or attribute that is held out, where it is not the protocol's own.

    Raises:
        UsageError: something is on both sides; says what, and what to do.
        UnknownNameError: no such protocol.

    Example:
        >>> one = Origin("rig", "monday", "healthy", file="monday_train.csv")
        >>> refuse_leak([one], [Origin("rig", "monday", "healthy")], "recording-disjoint")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: recording-disjoint is refused: the recording 'monday' ...
    """
    _refuse_unknown(protocol)
    sides = (_origins(trained), _origins(tested))
    if protocol == "simulator-only":
        real = [x for x in sides[0] if x.machine != SIMULATOR]
        if real:
            raise UsageError(
                f"{protocol} is refused: the model was trained on {len(real)} recordings of real "
                f"machines, first {_called(real[0])} of '{real[0].machine}'. Test a model that "
                "was trained on simulated recordings alone, or choose another protocol."
            )
        return
    samples = [[x.sha256 for x in side] for side in sides]
    _refuse_shared(protocol, "samples of", sides, samples, "no protocol covers it")
    if protocol == "seed":
        return
    keys = [[x.key for x in side] for side in sides]
    _refuse_shared(protocol, "recording", sides, keys, "only the protocol 'seed' covers it")
    if protocol in _GROUPS:
        name = by or _GROUPS[protocol]
        checked_name([*sides[0], *sides[1]], name)
        values = [[_group(x, protocol, by) for x in side] for side in sides]
        for side, its in zip(sides, values, strict=True):
            nameless = [x for x, value in zip(side, its, strict=True) if not value]
            if nameless:
                raise UsageError(
                    f"{protocol} is refused: of {len(nameless)} recordings nobody says the {name}, "
                    f"first {_called(nameless[0])}. State it (a manifest has a column for it), or "
                    "leave them out."
                )
        covered = "the protocol 'recording-disjoint' covers it"
        _refuse_shared(protocol, name, sides, values, covered)
    known = {x.label for x in sides[0]}
    if protocol == "class-held-out" and all(x.label in known for x in sides[1]):
        raise UsageError(
            f"{protocol} is refused: every class tested was trained on "
            f"({', '.join(sorted(known))}). Train without the class that is to be unseen."
        )


def validation_windows(
    windows: LabelledWindows, *, share: float = 0.15, seed: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Windows to train on and windows to stop by, without a leak between them.

    Whole recordings where every class has four or more, so that most stay for training; else the
    last stretch of each recording, with a gap of one window that is on neither side.

    Args:
        windows: of the training recordings alone.
        share: share of the windows, or of the recordings, to validate on.
        seed: of the draw of recordings.

    Returns:
        numbers of the windows to train on, (window,), and to validate on, (window,).

    Raises:
        UsageError: the share is not within 0 to below 1, or too few windows are there.

    Example:
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.signals.signal import Signal
        >>> signal = Signal(np.arange(20.0), sample_rate_hz=20)
        >>> cut = cut_windows([LabelledRecording("a", "b", "healthy", signal)], window=2)
        >>> validation_windows(cut, share=0.2)
        (array([0, 1, 2, 3, 4, 5, 6]), array([8, 9]))
    """
    if not 0 <= share < 1:
        raise UsageError(f"A share of {share} to validate on; it must be 0 to below 1.")
    everything = np.arange(len(windows), dtype=np.intp)
    if share == 0:
        return everything, everything[:0]
    held = held_keys(windows, share, seed)
    if held:
        validate = np.isin(np.array(windows.keys), sorted(held))
        return everything[~validate], everything[validate]
    train, last = last_stretches(windows, share)
    labels = windows.labels
    if not len(last) or {labels[x] for x in train} != set(labels):
        raise UsageError(
            f"{len(windows)} windows are too few to validate on a share of {share:g}: each "
            "recording needs three windows or more. Cut shorter windows, give more recordings, or "
            "train without validation (share 0)."
        )
    return train, last


def _refuse_unknown(protocol: str) -> None:
    if protocol not in PROTOCOLS:
        raise UnknownNameError("protocol", protocol, PROTOCOLS)


def _origins(side: Iterable[Either]) -> list[Origin]:
    return [x.origin if isinstance(x, LabelledRecording) else x for x in side]


def _called(origin: Origin) -> str:
    return origin.file or origin.key


def _refuse_shared(
    protocol: str,
    what: str,
    sides: Sequence[Sequence[Origin]],
    values: Sequence[Sequence[str]],
    covered: str,
) -> None:
    both = {x for x in values[0] if x} & set(values[1])
    if not both:
        return
    first = min(both)
    one, two = (
        _called(side[list(its).index(first)]) for side, its in zip(sides, values, strict=True)
    )
    shown = one if what == "samples of" else first
    more = f" ({len(both)} in all)" if len(both) > 1 else ""
    raise UsageError(
        f"{protocol} is refused: the {what} '{shown}' would be on both sides{more}: {one} was "
        f"trained on, {two} is to be tested. The score would show what was remembered. Leave it "
        f"out of one side; as it is, {covered}."
    )


def _group(recording: Either, protocol: str, by: str | None) -> str:
    value = value_of(recording, by or _GROUPS[protocol])
    # Two machines have two bearings, though both are called "0.007 in".
    if value and by is None and protocol == "bearing-disjoint":
        return f"{recording.machine}, {value}"
    return value


def _fold(name: str, recordings: Sequence[Either], train: set[int], test: set[int]) -> Fold:
    """Whatever shares a recording with the test leaves the training."""
    tested = {recordings[x].key for x in test}
    train = {x for x in train - test if recordings[x].key not in tested}
    rest = set(range(len(recordings))) - train - test
    return Fold(name, tuple(sorted(train)), tuple(sorted(test)), tuple(sorted(rest)))


def _known_only(recordings: Sequence[Either], fold: Fold) -> Fold:
    known = {recordings[x].label for x in fold.train}
    test = {x for x in fold.test if recordings[x].label in known}
    return _fold(fold.name, recordings, set(fold.train), test)


def _seed_fold(recordings: Sequence[Either], seed: int) -> Fold:
    own = [value_of(x, "split") for x in recordings]
    if {"train", "test"} <= set(own):
        train = {i for i, x in enumerate(own) if x == "train"}
        test = {i for i, x in enumerate(own) if x == "test"}
        rest = set(range(len(own))) - train - test
        return Fold("the data set's own split", *(tuple(sorted(x)) for x in (train, test, rest)))
    generator = np.random.default_rng(seed)
    tested: set[int] = set()
    for label in sorted({x.label for x in recordings}):
        its = [i for i, x in enumerate(recordings) if x.label == label]
        most = min(len(its) - 1, max(1, round(TEST_SHARE * len(its))))
        tested |= {int(x) for x in generator.permutation(its)[:most]}
    if not tested:
        raise UsageError("Each class has one recording only; a seed split needs two or more.")
    left = tuple(x for x in range(len(recordings)) if x not in tested)
    return Fold(f"drawn with seed {seed}", left, tuple(sorted(tested)))


def _recording_folds(recordings: Sequence[Either], seed: int) -> Iterator[Fold]:
    dealt, count = _dealt(recordings, seed)
    for number in range(count):
        test = {i for i, x in enumerate(recordings) if dealt[x.key] == number}
        name = f"recordings, part {number + 1} of {count}"
        fold = _fold(name, recordings, set(range(len(recordings))), test)
        yield _known_only(recordings, fold)


def _class_folds(recordings: Sequence[Either], seed: int) -> Iterator[Fold]:
    labels = sorted({x.label for x in recordings})
    if len(labels) < 3:
        raise UsageError(
            f"class-held-out needs three classes or more; {len(labels)} are here "
            f"({', '.join(labels)}). Training needs two of them."
        )
    many = [x for x in labels if len({y.key for y in recordings if y.label == x}) > 1]
    seen = [x for x in recordings if x.label in many]
    dealt = _dealt(seen, seed)[0] if seen else {}
    for label in labels:
        unseen = {i for i, x in enumerate(recordings) if x.label == label}
        # Seen classes are tested too, on recordings of their own: both count in the figure.
        test = unseen | {i for i, x in enumerate(recordings) if dealt.get(x.key) == 0}
        fold = _fold(f"class '{label}' held out", recordings, set(range(len(recordings))), test)
        known = {recordings[x].label for x in fold.train}
        test = {x for x in test if x in unseen or recordings[x].label in known}
        yield _fold(fold.name, recordings, set(fold.train), test)


def _group_folds(recordings: Sequence[Either], protocol: str, by: str | None) -> Iterator[Fold]:
    name = checked_name(recordings, by or _GROUPS[protocol])
    values = [_group(x, protocol, by) for x in recordings]
    known = sorted({x for x in values if x})
    if len(known) < 2:
        told = f"'{known[0]}'" if known else "none is stated"
        raise UsageError(
            f"{protocol} needs recordings of two or more values of '{name}'; here: {told}. State "
            "it (a manifest has a column for it), or choose another protocol."
        )
    stated = {i for i, x in enumerate(values) if x}
    for value in known:
        test = {i for i, x in enumerate(values) if x == value}
        yield _known_only(recordings, _fold(f"{name} {value} held out", recordings, stated, test))


def _dealt(recordings: Sequence[Either], seed: int) -> tuple[dict[str, int], int]:
    """Key -> fold, each class dealt out evenly, and the number of folds."""
    generator = np.random.default_rng(seed)
    keys = {x: sorted({y.key for y in recordings if y.label == x}) for x in
            sorted({y.label for y in recordings})}  # fmt: skip
    count = min(MOST_FOLDS, *(len(x) for x in keys.values()), MOST_FOLDS)
    if count < 2:
        alone = [label for label, its in keys.items() if len(its) < 2]
        raise UsageError(
            f"recording-disjoint needs two or more recordings of each class; of "
            f"{', '.join(repr(x) for x in alone)} there is one. Windows of one recording are no "
            "test of it: give more recordings, or leave the class out."
        )
    dealt: dict[str, int] = {}
    for its in keys.values():
        counts = np.bincount([dealt[x] for x in its if x in dealt], minlength=count)
        for key in generator.permutation([x for x in its if x not in dealt]):
            dealt[str(key)] = int(np.argmin(counts))
            counts[dealt[str(key)]] += 1
    return dealt, count
