"""A full queue makes its source wait, or drops and acknowledges what is older."""

from threading import Thread

from faultlens.core.notice import Notice
from faultlens.line.frame import Trouble
from faultlens.line.pipeline.queue import FrameQueue
from tests.line.pipeline.stand_ins import BEGIN, frame, until
from tests.timing import PATIENCE_S


def test_every_frame_makes_the_source_wait_and_none_is_dropped() -> None:
    queue = FrameQueue(2, "every")
    put: list[int] = []

    def read() -> None:
        for n in range(5):
            queue.put(frame(f"{n}"))
            put.append(n)

    source = Thread(target=read)
    source.start()
    until(lambda: len(put) == 2 and queue.waiting == 2)
    taken = []
    while len(taken) < 5:
        taken += [x.id for x in queue.take(10, PATIENCE_S) if not isinstance(x, Trouble)]
    source.join(PATIENCE_S)
    assert taken == ["0", "1", "2", "3", "4"]
    assert queue.dropped == 0


def test_the_newest_of_each_channel_stays_and_what_is_dropped_is_acknowledged() -> None:
    queue = FrameQueue(16, "newest")
    acknowledged: list[str] = []
    for n, channel in ((1, "a"), (2, "b"), (3, "a"), (4, "a")):
        its = frame(f"{n}", channel=channel, acknowledge=lambda n=n: acknowledged.append(f"{n}"))
        queue.put(its)
    assert [x.id for x in queue.take(10, 0) if not isinstance(x, Trouble)] == ["2", "4"]
    assert acknowledged == ["1", "3"]
    assert queue.dropped == 2


def test_trouble_is_never_dropped_and_keeps_its_place() -> None:
    queue = FrameQueue(16, "newest")
    trouble = Trouble("camera", BEGIN, Notice("lost", "丢失"))
    for item in (frame("1"), trouble, frame("2")):
        queue.put(item)
    assert [x.id if x is not trouble else "-" for x in queue.take(9, 0)] == ["-", "2"]  # type: ignore[union-attr]


def test_a_closed_queue_takes_nothing_but_gives_what_waits() -> None:
    queue = FrameQueue(1, "every")
    queue.put(frame("1"))
    refused: list[bool] = []
    source = Thread(target=lambda: refused.append(queue.put(frame("2"))))
    source.start()
    queue.close()
    source.join(PATIENCE_S)
    assert refused == [False]
    assert not queue.closed
    assert len(queue.take(5, 0)) == 1
    assert queue.closed


def test_a_source_is_not_over_while_its_last_frame_is_being_judged() -> None:
    queue = FrameQueue(2, "every")
    queue.put(frame("last"))
    assert not queue.idle
    assert len(queue.take(1, PATIENCE_S)) == 1
    assert queue.waiting == 0 and not queue.idle
    assert queue.take(1, 0) == [] and queue.idle
