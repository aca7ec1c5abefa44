"""Waiting tasks are gathered, bounded in number and time, fair between models, and never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from faultlens.hosting.pace import Key, Pace
from faultlens.hosting.queue import AGAIN_S, GatheringQueue, Waiting
from faultlens.hosting.refusals import Busy

LOOK, LISTEN = ("inspect", None), ("diagnose", None)


def queue(
    *, size: int = 8, wait_s: float = 1.0, batch_size: int = 4, each_s: float = 0.01
) -> GatheringQueue[int]:
    pace = Pace()
    for key in (LOOK, LISTEN, ("inspect", "other")):
        pace.saw(key, 1, each_s)
    return GatheringQueue(
        size=size, wait_s=wait_s, batch_size=batch_size, batch_wait_s=0.002, pace=pace
    )


def put(
    waiting: GatheringQueue[int], key: Key, ticket: int, now_s: float, *, alone: bool = False
) -> Waiting[int]:
    return waiting.put(key, ticket, now_s, workers=1, running_s=0.0, alone=alone)


def tickets(batch: list[Waiting[int]]) -> list[int]:
    return [x.ticket for x in batch]


def test_a_picture_waits_for_others_and_no_longer_than_said() -> None:
    waiting = queue()
    put(waiting, LOOK, 1, 5.0)
    assert waiting.take(5.001, idle=1, workers=1) == []
    assert waiting.wake_s(idle=1) == pytest.approx(5.002)
    put(waiting, LOOK, 2, 5.001)
    assert tickets(waiting.take(5.002, idle=1, workers=1)) == [1, 2]
    assert waiting.wake_s(idle=1) is None


def test_a_full_batch_starts_at_once_and_takes_the_oldest() -> None:
    waiting = queue(batch_size=3)
    for ticket in range(5):
        put(waiting, LOOK, ticket, 5.0)
    assert tickets(waiting.take(5.0, idle=1, workers=1)) == [0, 1, 2]
    assert waiting.take(5.0, idle=1, workers=1) == []


def test_a_recording_waits_for_nobody_since_it_shares_no_pass() -> None:
    waiting = queue()
    put(waiting, LISTEN, 1, 5.0)
    assert tickets(waiting.take(5.0, idle=1, workers=1)) == [1]


def test_recordings_of_one_turn_are_no_more_than_its_time() -> None:
    waiting = queue(each_s=0.045)
    for ticket in range(4):
        put(waiting, LISTEN, ticket, 5.0)
    assert tickets(waiting.take(5.0, idle=1, workers=1)) == [0, 1]


def test_of_recordings_one_worker_takes_no_more_than_its_share() -> None:
    waiting = queue()
    for ticket in range(8):
        put(waiting, LISTEN, ticket, 5.0)
    taken = [len(waiting.take(5.0, idle=1, workers=2)) for _ in range(5)]
    assert taken == [4, 2, 1, 1, 0]


def test_idle_workers_share_what_there_is() -> None:
    waiting = queue()
    for ticket in range(4):
        put(waiting, LOOK, ticket, 5.0)
    assert tickets(waiting.take(5.0, idle=2, workers=2)) == [0, 1]
    assert tickets(waiting.take(5.1, idle=1, workers=1)) == [2, 3]


def test_of_many_pictures_one_worker_takes_its_share_and_of_few_what_is_worth_a_pass() -> None:
    waiting = queue(size=40, batch_size=16)
    for ticket in range(24):
        put(waiting, LOOK, ticket, 5.0)
    taken = [len(waiting.take(5.1, idle=1, workers=2)) for _ in range(6)]
    assert taken == [12, 6, 4, 2, 0, 0]


def test_only_tasks_of_one_model_share_a_batch() -> None:
    waiting = queue()
    put(waiting, LOOK, 1, 5.0)
    put(waiting, ("inspect", "other"), 2, 5.0)
    batches = [tickets(waiting.take(6.0 - 0.5, idle=1, workers=1)) for _ in range(3)]
    assert sorted(batches) == [[], [1], [2]]


def test_no_more_wait_than_there_is_room_for() -> None:
    waiting = queue(size=2)
    put(waiting, LOOK, 1, 5.0)
    put(waiting, LOOK, 2, 5.0)
    with pytest.raises(Busy, match="try again in 1 s"):
        put(waiting, LOOK, 3, 5.0)


def test_who_would_wait_too_long_is_refused_at_once_and_told_when_to_come_again() -> None:
    waiting = queue(size=100, each_s=0.5)
    for ticket in range(3):
        put(waiting, LISTEN, ticket, 5.0)  # the third waits for two: 1 s
    with pytest.raises(Busy) as refused:
        put(waiting, LISTEN, 3, 5.0)
    assert refused.value.retry_after_s == 1
    with pytest.raises(Busy) as refused:
        waiting.put(LISTEN, 4, 5.0, workers=1, running_s=10.0, alone=False)
    assert refused.value.retry_after_s == 11
    # Twice the workers do it in half the time.
    waiting.put(LISTEN, 5, 5.0, workers=2, running_s=0.0, alone=False)


def test_who_has_waited_too_long_is_taken_out_in_time() -> None:
    waiting = queue()
    put(waiting, LISTEN, 1, 5.0)
    put(waiting, LISTEN, 2, 5.5)
    assert waiting.wake_s(idle=0) == 6.0
    assert waiting.overdue(5.99) == []
    assert tickets(waiting.overdue(6.0)) == [1]
    assert waiting.wake_s(idle=0) == 6.5
    assert len(waiting) == 1


def test_what_is_tried_again_comes_first_and_by_itself() -> None:
    waiting = queue()
    put(waiting, LOOK, 1, 5.0)
    put(waiting, LOOK, 2, 5.0)
    first, second = waiting.take(5.5, idle=1, workers=1)
    put(waiting, LOOK, 3, 5.6)
    for entry in (second, first):
        entry.attempts += 1
        waiting.put_back(entry, 7.0)
    # The third is late, though it stands behind the others.
    assert tickets(waiting.overdue(7.0)) == [3]
    assert tickets(waiting.take(7.0, idle=1, workers=1)) == [1]
    assert tickets(waiting.overdue(7.0 + AGAIN_S)) == [2]


def test_one_that_may_take_long_shares_its_batch_with_nobody() -> None:
    waiting = queue()
    put(waiting, LOOK, 1, 5.0)
    put(waiting, LOOK, 2, 5.0, alone=True)
    put(waiting, LOOK, 3, 5.0)
    assert [tickets(waiting.take(5.5, idle=1, workers=1)) for _ in range(3)] == [[1], [2], [3]]


def test_a_dropped_task_makes_room_and_is_never_taken() -> None:
    waiting = queue(size=2)
    entry = put(waiting, LOOK, 1, 5.0)
    put(waiting, LOOK, 2, 5.0)
    waiting.drop(entry)
    waiting.drop(entry)
    put(waiting, LOOK, 3, 5.0)
    assert tickets(waiting.take(5.5, idle=1, workers=1)) == [2, 3]
    assert len(waiting) == 0


def test_many_of_one_model_do_not_keep_one_of_another_waiting() -> None:
    waiting = queue(size=100, batch_size=4)
    for ticket in range(40):
        put(waiting, LOOK, ticket, 5.0)
    assert len(waiting.take(5.0, idle=1, workers=1)) == 4
    put(waiting, LISTEN, 99, 5.0)
    batches = [tickets(waiting.take(5.0, idle=1, workers=1)) for _ in range(2)]
    assert [99] in batches


def test_one_of_another_model_is_not_refused_for_what_many_of_one_will_take() -> None:
    waiting = queue(size=1000, each_s=0.1, batch_size=2)
    for ticket in range(11):
        put(waiting, LISTEN, ticket, 5.0)
    with pytest.raises(Busy):
        put(waiting, LISTEN, 11, 5.0)
    put(waiting, LOOK, 12, 5.0)


def test_time_is_shared_equally_though_tasks_of_one_model_take_longer() -> None:
    waiting = queue(size=1000, wait_s=1000.0, batch_size=1)
    slow: Key = ("inspect", "slow")
    waiting._pace.saw(slow, 1, 0.04)
    for ticket in range(100):
        put(waiting, LOOK, ticket, 5.0)
        put(waiting, slow, ticket, 5.0)
    served = [waiting.take(5.5, idle=1, workers=1)[0].key for _ in range(50)]
    assert served.count(LOOK) == pytest.approx(4 * served.count(slow), abs=4)


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["put", "put", "put", "take", "take", "drop", "die", "done", "late"]),
        some.integers(0, 5),
        some.floats(0, 0.6),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_each_task_has_one_end(steps: list[tuple[str, int, float]]) -> None:
    keys: list[Key] = [LOOK, LISTEN, ("inspect", "other")]
    waiting, now_s = queue(size=5, batch_size=3), 100.0
    inside: dict[int, Waiting[int]] = {}
    busy: list[list[Waiting[int]]] = []
    ended: list[int] = []
    given_in, retried = 0, 0
    for what, number, pause_s in steps:
        now_s += pause_s
        if what == "put":
            given_in += 1
            try:
                inside[given_in] = put(waiting, keys[number % 3], given_in, now_s)
            except Busy:
                ended.append(given_in)
        elif what == "take":
            batch = waiting.take(now_s, idle=1 + number % 2, workers=2)
            assert len({x.key for x in batch}) <= 1
            assert len(batch) <= (1 if any(x.alone for x in batch) else 3)
            busy += [batch] if batch else []
            for entry in batch:
                del inside[entry.ticket]
        elif what == "drop" and inside:
            ticket = sorted(inside)[number % len(inside)]
            waiting.drop(inside.pop(ticket))
            ended.append(ticket)
        elif what == "die" and busy:
            for entry in busy.pop(0):
                if entry.attempts:
                    ended.append(entry.ticket)
                else:
                    entry.attempts, retried = 1, retried + 1
                    inside[entry.ticket] = entry
                    waiting.put_back(entry, now_s)
        elif what == "done" and busy:
            ended += tickets(busy.pop(0))
        elif what == "late":
            late = waiting.overdue(now_s)
            assert all(x.until_s <= now_s for x in late)
            assert all(x.until_s > now_s for x in inside.values() if x not in late)
            for entry in late:
                del inside[entry.ticket]
                ended.append(entry.ticket)
        assert len(waiting) == len(inside) <= 5 + retried
        wake_s = waiting.wake_s(idle=1)
        assert (wake_s is None) == (not inside)
    # Whoever waits is served or refused at the latest when the queue says to look again.
    while (wake_s := waiting.wake_s(idle=1)) is not None:
        now_s = max(now_s, wake_s)
        out = waiting.overdue(now_s) or waiting.take(now_s, idle=1, workers=1)
        assert out
        for entry in out:
            del inside[entry.ticket]
            ended.append(entry.ticket)
    ended += [x.ticket for batch in busy for x in batch]
    assert sorted(ended) == list(range(1, given_in + 1))


def test_slow_pictures_do_not_wait_for_a_whole_batch_of_each_other() -> None:
    waiting = queue(wait_s=100.0, each_s=0.4)
    for ticket in range(4):
        put(waiting, LOOK, ticket, 5.0)
    assert tickets(waiting.take(5.1, idle=1, workers=1)) == [0, 1]


def test_slow_scans_may_wait_for_more_of_their_kind_than_quick_pictures() -> None:
    scan = ("measure", None)
    pace = Pace()
    pace.saw(scan, 1, 0.5)
    waiting: GatheringQueue[int] = GatheringQueue(
        size=99, wait_s=1.0, batch_size=4, batch_wait_s=0.0, pace=pace
    )
    # 16 durations of 0.5 s are waited for, and those before the first that waits longer are 17.
    for ticket in range(17):
        assert put(waiting, scan, ticket, 5.0).until_s == 5.0 + 16 * 0.5
    with pytest.raises(Busy):
        put(waiting, scan, 17, 5.0)
