"""A part joins its frames over its sources, and is over once all have gone on, or it is quiet."""

from datetime import timedelta

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.line.pipeline.parts import MOST_OPEN, QUIET_S, Parts
from faultlens.store.records import ResultRecord
from tests.line.pipeline.stand_ins import BEGIN


def result(
    part: str | None, source: str = "a", second: float = 0, score: float = 0.1
) -> ResultRecord:
    time, alarm = BEGIN + timedelta(seconds=second), score > 0.5
    verdict = f"scratch {score}" if alarm else "no defect"
    return ResultRecord(
        source, f"{second}", time, time, verdict, alarm, score, 0.5, "picture", part=part
    )


def test_the_worst_frame_speaks_for_the_part() -> None:
    parts = Parts({}, 0.0)
    for second, score in enumerate((0.1, 0.9, 0.7, 0.2)):
        assert parts.saw(result("p1", second=second, score=score), float(second)) == []
    (made,) = parts.saw(result("p2", second=9), 9.0)
    assert (made.part, made.frames, made.score) == ("p1", 4, 0.9)
    assert (made.verdict, made.alarm) == ("scratch 0.9", True)
    assert (made.first, made.last) == (BEGIN, BEGIN + timedelta(seconds=3))


def test_a_part_waits_for_the_source_that_sees_it_last() -> None:
    parts = Parts({}, 0.0)
    parts.saw(result("p1", "a"), 0)
    parts.saw(result("p0", "b"), 0)
    assert parts.saw(result("p2", "a"), 1) == []
    assert [x.part for x in parts.saw(result("p1", "b"), 2)] == []
    (made,) = parts.saw(result("p2", "b"), 3)
    assert (made.part, made.sources, made.frames) == ("p1", ("a", "b"), 2)


def test_a_part_of_which_nothing_comes_is_over() -> None:
    parts = Parts({}, 0.0)
    parts.saw(result("p1"), 0.0)
    assert parts.quiet(QUIET_S - 1) == []
    assert [x.part for x in parts.quiet(QUIET_S)] == ["p1"]
    assert parts.quiet(2 * QUIET_S) == []


def test_frames_without_a_part_change_nothing() -> None:
    parts = Parts({}, 0.0)
    assert parts.saw(result(None), 0.0) == []
    assert parts.changes() == {}


def test_open_parts_go_on_after_a_restart() -> None:
    parts = Parts({}, 0.0)
    parts.saw(result("p1", second=1, score=0.9), 0.0)
    kept = {name: text for name, text in parts.changes().items() if text is not None}
    again = Parts(kept, 100.0)
    (made,) = (again.saw(result("p1", second=2), 100.0), again.saw(result("p2", second=3), 101.0))[
        1
    ]
    assert (made.frames, made.score) == (2, 0.9)
    assert again.changes()["p1"] is None


def test_memory_is_bounded_when_no_part_ever_ends() -> None:
    parts = Parts({}, 0.0)
    parts.saw(result("other", "b"), 0.0)
    closed = [x for n in range(MOST_OPEN + 5) for x in parts.saw(result(f"p{n}"), 0.0)]
    assert [x.part for x in closed] == ["other", "p0", "p1", "p2", "p3", "p4"]


def test_a_damaged_part_is_said() -> None:
    with pytest.raises(UnreadableFileError, match="journal is damaged"):
        Parts({"p1": "{}"}, 0.0)
