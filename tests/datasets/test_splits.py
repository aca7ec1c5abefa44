"""No split of any protocol lets a recording, or what the protocol holds out, on both sides."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.datasets.labelled import SIMULATOR, LabelledRecording, Origin
from faultlens.datasets.splits import PROTOCOLS, Fold, folds, refuse_leak, validation_windows
from faultlens.datasets.windows import cut_windows
from faultlens.signals.signal import Signal
from tests.datasets.conftest import Make, wave

HELD_OUT = {
    "recording-disjoint": lambda x: x.key,
    "condition-disjoint": lambda x: x.condition,
    "bearing-disjoint": lambda x: (x.machine, x.specimen),
    "machine-disjoint": lambda x: x.machine,
}


@st.composite
def origins(draw: st.DrawFn) -> list[Origin]:
    """Recordings with whatever facts, some unknown; several may be pieces of one."""
    one_of = st.sampled_from
    return [
        Origin(
            machine=draw(one_of(["rig A", "rig B", "rig C"])),
            key=str(draw(st.integers(0, 14))),
            label=draw(one_of(["healthy", "inner", "outer", "ball"])),
            condition=draw(one_of(["", "0 hp", "1 hp", "2 hp"])),
            specimen=draw(one_of(["", "0.007 in", "0.014 in"])),
            file=f"{number}.csv",
            sha256=str(number),
            attributes={"size": draw(one_of(["", "s", "m", "l"]))},
        )
        for number in range(draw(st.integers(1, 30)))
    ]


def found_folds(made: Sequence[Origin], protocol: str, by: str | None, seed: int) -> list[Fold]:
    try:
        return list(folds(made, protocol, seed=seed, by=by))
    except UsageError as error:
        # Never an empty or a leaking split instead.
        assert "needs" in str(error) or "has one recording only" in str(error)
        return []


@given(made=origins(), protocol=st.sampled_from(PROTOCOLS), seed=st.integers(0, 3))
def test_no_fold_leaks_whatever_the_recordings(
    made: list[Origin], protocol: str, seed: int
) -> None:
    for fold in found_folds(made, protocol, None, seed):
        sides = [[made[i] for i in side] for side in (fold.train, fold.test)]
        everything = sorted([*fold.train, *fold.test, *fold.left_out])
        assert everything == list(range(len(made)))
        refuse_leak(*sides, protocol)
        if protocol not in ("seed", "simulator-only"):
            assert not {x.key for x in sides[0]} & {x.key for x in sides[1]}
        if protocol in HELD_OUT:
            what = HELD_OUT[protocol]
            assert not {what(x) for x in sides[0]} & {what(x) for x in sides[1]}
            assert {x.label for x in sides[1]} <= {x.label for x in sides[0]}
        if protocol == "class-held-out":
            unseen = {x.label for x in sides[1]} - {x.label for x in sides[0]}
            assert len(unseen) >= 1


@settings(max_examples=40)
@given(made=origins(), seed=st.integers(0, 3))
def test_any_attribute_can_be_held_out(made: list[Origin], seed: int) -> None:
    for fold in found_folds(made, "condition-disjoint", "size", seed):
        sides = [{made[i].attributes["size"] for i in side} for side in (fold.train, fold.test)]
        assert not sides[0] & sides[1] and "" not in sides[0] | sides[1]
        refuse_leak(
            [made[i] for i in fold.train], [made[i] for i in fold.test], "condition-disjoint",
            by="size",
        )  # fmt: skip


@settings(max_examples=30)
@given(made=origins(), protocol=st.sampled_from(PROTOCOLS), seed=st.integers(0, 3))
def test_a_split_is_the_same_every_time(made: list[Origin], protocol: str, seed: int) -> None:
    assert found_folds(made, protocol, None, seed) == found_folds(made, protocol, None, seed)


def grid() -> list[Origin]:
    return [
        Origin("rig", f"{load}{fault}{size}", fault, load, size, f"{load}{fault}{size}.csv")
        for load in ("0 hp", "1 hp")
        for fault in ("inner", "outer", "ball")
        for size in ("0.007 in", "0.014 in")
    ]


def test_every_recording_is_tested_once_where_all_is_stated() -> None:
    for protocol in ("recording-disjoint", "condition-disjoint", "bearing-disjoint"):
        tested = [i for fold in folds(grid(), protocol) for i in fold.test]
        assert sorted(tested) == list(range(12)), protocol
    names = [x.name for x in folds(grid(), "bearing-disjoint")]
    assert names == ["specimen rig, 0.007 in held out", "specimen rig, 0.014 in held out"]


def test_the_data_sets_own_split_is_the_seed_split() -> None:
    made = [Origin("rig", "a", x, attributes={"split": y}) for x in "io" for y in ("train", "test")]
    (fold,) = folds(made, "seed")
    assert (fold.train, fold.test) == ((0, 2), (1, 3)) and "own split" in fold.name


@pytest.mark.parametrize(
    ("protocol", "by", "words"),
    [
        ("machine-disjoint", None, "two or more values of 'machine'; here: 'rig'"),
        ("seed", "size", "by='size' goes with condition-disjoint"),
    ],
)
def test_a_split_that_cannot_be_says_what_is_missing(
    protocol: str, by: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        folds(grid(), protocol, by=by)


def test_unknown_protocols_and_properties_list_the_known() -> None:
    with pytest.raises(UnknownNameError, match=r"protocol 'load-disjoint'.*condition-disjoint"):
        folds(grid(), "load-disjoint")
    with pytest.raises(UnknownNameError, match="property of the recordings 'lod'"):
        folds(grid(), "condition-disjoint", by="lod")
    with pytest.raises(UnknownNameError, match="protocol 'x'"):
        refuse_leak([], [], "x")


def test_one_recording_per_class_is_refused_with_the_class() -> None:
    made = [Origin("rig", x, x) for x in ("inner", "outer")]
    with pytest.raises(UsageError, match="recordings of each class; of 'inner', 'outer' there"):
        folds(made, "recording-disjoint")


@pytest.mark.parametrize(
    ("protocol", "trained", "tested", "words"),
    [
        ("seed", {"sha256": "f"}, {"sha256": "f", "key": "2"}, "the samples of 'one.csv'.*no pro"),
        ("recording-disjoint", {}, {}, "the recording '1' .*one.csv was trained on, two.csv is to"),
        ("condition-disjoint", {"condition": "0 hp"}, {"key": "2", "condition": "0 hp"},
         "the condition '0 hp' would be on both sides.*'recording-disjoint' covers it"),
        ("condition-disjoint", {"condition": "0 hp"}, {"key": "2"}, "of 1 recordings nobody says"),
        ("bearing-disjoint", {"specimen": "A"}, {"key": "2", "specimen": "A"}, "specimen 'rig, A'"),
        ("machine-disjoint", {}, {"key": "2"}, "the machine 'rig' would be on both sides"),
        ("class-held-out", {}, {"key": "2"}, r"every class tested was trained on \(inner\)"),
        ("simulator-only", {}, {"key": "2"}, "trained on 1 recordings of real machines"),
    ],
)  # fmt: skip
def test_a_leak_is_refused_with_what_is_on_both_sides(
    protocol: str, trained: dict[str, str], tested: dict[str, str], words: str
) -> None:
    one = Origin(**{"machine": "rig", "key": "1", "label": "inner", "file": "one.csv", **trained})
    two = Origin(**{"machine": "rig", "key": "1", "label": "inner", "file": "two.csv", **tested})
    with pytest.raises(UsageError, match=f"{protocol} is refused: .*{words}"):
        refuse_leak([one], [two], protocol)


def test_what_a_protocol_allows_passes() -> None:
    one = Origin("rig", "1", "inner", "0 hp", "A", "one.csv", "f")
    # Neighbouring pieces of one recording: the document's own split, and called so.
    refuse_leak([one], [Origin("rig", "1", "inner", "0 hp", "A", "two.csv", "e")], "seed")
    # Bearings of one name in two machines are two bearings.
    refuse_leak([one], [Origin("other", "2", "inner", "0 hp", "A")], "bearing-disjoint")
    refuse_leak([Origin(SIMULATOR, "s", "inner")], [one], "simulator-only")


def test_recordings_themselves_can_be_compared(make: Make) -> None:
    one, same, other = make("a", seed=9), make("b", seed=9), make("c", seed=8)
    refuse_leak([one], [other], "recording-disjoint")
    with pytest.raises(UsageError, match="the samples of 'a'"):
        refuse_leak([one], [same], "recording-disjoint")


@given(
    pieces=st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["inner", "outer"]), st.integers(40, 120)),
        min_size=1, max_size=12,
    ),
    hop=st.integers(2, 16),
    seed=st.integers(0, 3),
)  # fmt: skip
def test_validation_never_touches_what_is_trained_on(
    pieces: list[tuple[int, str, int]], hop: int, seed: int
) -> None:
    made = [
        LabelledRecording("rig", f"{key}{label}", label, Signal(wave(i, n), sample_rate_hz=100))
        for i, (key, label, n) in enumerate(pieces)
    ]
    cut = cut_windows(made, window=8, hop=hop)
    try:
        train, validate = validation_windows(cut, seed=seed)
    except UsageError as error:
        assert "too few to validate" in str(error)
        return
    assert not set(train) & set(validate) and len(train) and len(validate)
    assert {cut.labels[i] for i in train} == set(cut.labels)
    counts = {x: len({y.key for y in made if y.label == x}) for x in set(cut.labels)}
    if min(counts.values()) >= 4:
        keys = [{cut.keys[i] for i in side} for side in (train, validate)]
        assert not keys[0] & keys[1]
        return
    for each in validate:
        near = train[cut.recording[train] == cut.recording[each]]
        # A whole window lies between what is trained on and what is validated on.
        assert np.all(cut.start[near] + 2 * 8 <= cut.start[each])


def test_a_stretch_at_the_end_validates_where_each_class_is_one_recording(make: Make) -> None:
    cut = cut_windows([make("a", "inner"), make("b", "outer")], window=30)
    train, validate = validation_windows(cut, share=0.15)
    assert list(validate) == [17, 18, 19, 37, 38, 39]
    assert list(train) == [*range(16), *range(20, 36)]


def test_pieces_of_one_recording_validate_at_its_very_end(make: Make) -> None:
    cut = cut_windows([make("a"), make("a", samples=90)], window=30)
    train, validate = validation_windows(cut, share=0.15)
    # The second piece validates; the last window of the first one is the gap.
    assert list(validate) == [20, 21, 22] and list(train) == [*range(19)]


def test_no_share_validates_nothing_and_an_impossible_one_is_refused(make: Make) -> None:
    cut = cut_windows([make("a")], window=300)
    train, validate = validation_windows(cut, share=0)
    assert list(train) == [0, 1] and len(validate) == 0
    with pytest.raises(UsageError, match="must be 0 to below 1"):
        validation_windows(cut, share=1.0)
    with pytest.raises(UsageError, match="2 windows are too few"):
        validation_windows(cut)


def test_a_seed_split_tests_and_trains_on_every_class() -> None:
    for seed in range(4):
        (fold,) = folds(grid(), "seed", seed=seed)
        for side in (fold.train, fold.test):
            assert {grid()[i].label for i in side} == {"inner", "outer", "ball"}
    assert folds(grid(), "seed", seed=0) != folds(grid(), "seed", seed=1)
