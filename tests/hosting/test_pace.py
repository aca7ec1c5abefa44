"""How long tasks take is learned from batches; one that takes very long changes little."""

import pytest

from faultlens.hosting.pace import FIRST_GUESS_S, Pace

KEY = ("inspect", None)


def test_before_anything_was_measured_there_is_a_guess() -> None:
    assert Pace().of(KEY) == FIRST_GUESS_S["inspect"]


def test_the_first_batch_is_believed_and_each_counts_by_its_tasks() -> None:
    pace = Pace()
    pace.saw(KEY, 4, 2.0)
    assert pace.of(KEY) == 0.5
    assert pace.of(("inspect", "other")) == FIRST_GUESS_S["inspect"]


def test_one_huge_picture_is_no_reason_to_turn_small_ones_away() -> None:
    pace = Pace()
    pace.saw(KEY, 1, 0.05)
    pace.saw(KEY, 1, 30.0)
    assert pace.of(KEY) == pytest.approx(0.08)
    for _ in range(20):
        pace.saw(KEY, 1, 30.0)
    assert pace.of(KEY) > 20.0
    for _ in range(20):
        pace.saw(KEY, 1, 0.05)
    assert pace.of(KEY) < 0.5


def test_of_another_model_only_what_its_worker_measured_counts() -> None:
    pace = Pace()
    pace.saw(KEY, 1, 0.05)
    pace.expect(KEY, 2.0)
    assert pace.of(KEY) == 2.0
