"""Intervals are over recordings, and a share of all or none still has one."""

import numpy as np
import pytest

from benches.intervals import (
    area,
    balanced_share,
    calibration_error,
    over_recordings,
    share_over_recordings,
)
from benches.windows import BOTH, Judged
from faultlens.metrics.classification import balanced_accuracy
from faultlens.metrics.intervals import share_interval


def window(
    recording: str, label: str = "outer", forced: str = "outer", *, score: float = 0.5,
    confidence: float = 0.5, first: str = "outer_race",
) -> Judged:  # fmt: skip
    return Judged("rig", recording, label, "m@1", BOTH, whole=False, forced=forced,
                  best="outer_race", first=first, confidence=confidence, fault_score=score,
                  alarm=False, threshold=0.5)  # fmt: skip


ROWS = [
    window("1", "outer", "outer"),
    window("1", "outer", "outer"),
    window("2", "outer", "inner"),
    window("2", "outer", "ball"),
    window("3", "inner", "inner"),
    window("4", "ball", "outer"),
]


def test_the_balanced_share_of_right_types_is_the_balanced_accuracy() -> None:
    of_draw = balanced_share(ROWS, [x.forced == x.label for x in ROWS])
    truth, given = [x.label for x in ROWS], [x.forced for x in ROWS]
    assert of_draw(np.arange(6)) == pytest.approx(balanced_accuracy(truth, given))
    assert of_draw(np.array([0, 4, 5])) == pytest.approx(2 / 3)


def test_recordings_are_drawn_whole_and_within_their_label() -> None:
    hits = [x.forced == x.label for x in ROWS]
    value, low, high = share_over_recordings(ROWS, hits)
    # Outer recall 0, 1/2 or 1 with two recordings drawn; inner always 1, ball always 0.
    assert (value, low, high) == pytest.approx((0.5, 1 / 3, 2 / 3))


@pytest.mark.parametrize("hit", [True, False])
def test_all_or_none_takes_the_interval_of_as_many_trials_as_recordings(hit: bool) -> None:
    value, *ends = share_over_recordings(ROWS, [hit] * 6)
    assert value == float(hit)
    assert tuple(ends) == share_interval(4 if hit else 0, 4)


def test_the_area_compares_faulty_with_healthy() -> None:
    rows = [
        window("1", score=0.9),
        window("2", score=0.4),
        window("3", "healthy", score=0.5),
        window("4", "healthy", score=0.1),
    ]
    value, low, high = over_recordings(area(rows), rows)
    assert value == 0.75 and low <= value <= high


def test_the_calibration_error_looks_at_what_is_likeliest() -> None:
    rows = [window("1", confidence=0.9), window("2", confidence=0.9, first="cage")]
    assert calibration_error(rows)(np.arange(2)) == pytest.approx(0.4)
    assert calibration_error(rows)(np.array([0, 0])) == pytest.approx(0.1)
