"""Frames that wait for a detector: a bounded queue that makes its source wait, or drops the old."""

from collections import deque
from threading import Condition

from faultlens.line.frame import Frame, Trouble


class FrameQueue:
    """What a source has yielded and nobody has judged yet, oldest first.

    Args:
        size: frames that wait before the source does.
        policy: "every" frame, or the "newest" of each channel: then what is older is dropped,
            counted and acknowledged, and the source never waits.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> from faultlens.images.image import Image
        >>> picture = Image(np.zeros((8, 8), np.uint8))
        >>> frames = [Frame(x, "camera", datetime.now(UTC), picture) for x in "abc"]
        >>> queue = FrameQueue(16, "newest")
        >>> [queue.put(x) for x in frames], [x.id for x in queue.take(10, 0)], queue.dropped
        ([True, True, True], ['c'], 2)
    """

    def __init__(self, size: int, policy: str) -> None:
        self._size, self._policy = size, policy
        self._items: deque[Frame | Trouble] = deque()
        self._changed = Condition()
        self._closed = False
        self._out = 0
        self.dropped = 0

    def put(self, item: Frame | Trouble) -> bool:
        """Add a frame, or trouble; waits while it is full. False once it is closed.

        Args:
            item: the next of its source.
        """
        left: list[Frame] = []
        with self._changed:
            if isinstance(item, Frame) and self._policy == "newest":
                left = self._without_older(item)
            else:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._size)
            if self._closed:
                return False
            self._items.append(item)
            self._changed.notify_all()
        for frame in left:
            frame.acknowledge()
        return True

    def take(self, most: int, timeout_s: float) -> list[Frame | Trouble]:
        """Up to `most` of what waits; waits for the first, at most `timeout_s`.

        Its one taker has done with what it took when it comes for more.

        Args:
            most: 1 or more.
            timeout_s: s.
        """
        with self._changed:
            self._out = 0
            self._changed.wait_for(lambda: self._closed or self._items, timeout_s)
            taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            self._out = len(taken)
            self._changed.notify_all()
        return taken

    def close(self) -> None:
        """Take nothing more; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether it is closed and empty."""
        with self._changed:
            return self._closed and not self._items

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._items)

    @property
    def idle(self) -> bool:
        """Whether nothing waits, and whoever took the last is done with it."""
        with self._changed:
            return not self._items and self._out == 0

    def _without_older(self, item: Frame) -> list[Frame]:
        old = [x for x in self._items if isinstance(x, Frame) and x.channel == item.channel]
        if old:
            self._items = deque(x for x in self._items if x not in old)
            self.dropped += len(old)
        return old
