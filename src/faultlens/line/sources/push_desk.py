"""Frames that were pushed and wait to be safe: one answer for each id, however often it is sent."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import final

_REMEMBERED = 10_000
"""Ids whose answer is kept, so that a sender that did not hear it gets it again."""
GOODBYE_S = 4.0
"""So long after the end senders of what is being judged are waited for, s."""
MOST_BYTES = 256 << 20
"""Of pushed frames in memory together."""


@dataclass(frozen=True)
class Pushed:
    """One frame as it was sent.

    Args:
        id: of the frame.
        content: of the file.
        time: when it was taken.
        part: id of the part; None where nobody said.
        channel: of the source; "" where nobody said.
        column: of a recording with several; None for the one that its reader takes.
        rpm: shaft speed, revolutions per minute; None where nobody said.
        sample_rate_hz: of a recording that does not say it; None likewise.
    """

    id: str
    content: bytes
    time: datetime
    part: str | None = None
    channel: str = ""
    column: str | None = None
    rpm: float | None = None
    sample_rate_hz: float | None = None


@dataclass(frozen=True)
class Answer:
    """What the sender of a frame is told.

    Args:
        status: of HTTP: 200 once its result is safe.
        slug: kind of problem; "" for none.
        detail: of the problem, in words.
    """

    status: int
    slug: str = ""
    detail: str = ""


SAFE = Answer(200)
LATER = Answer(503, "busy", "It could not be judged yet; send it again, with the same id.")
STOPPING = Answer(503, "stopping", "The line is shutting down; send it again in a moment.")


@final
class PushDesk:
    """Takes frames from a server's loop to the source's thread, and answers back.

    All but `next`, `settled` and `stop` belong to the loop.

    Args:
        most: frames that may wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._answered: OrderedDict[str, Answer] = OrderedDict()
        self._frames: SimpleQueue[Pushed] = SimpleQueue()
        self._places = 0
        self._bytes = 0
        self.is_stopping = False

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell the loop in which answers are waited for.

        Args:
            loop: of the server.
        """
        self._loop = loop

    def has_room(self, size: int) -> bool:
        """Whether a frame of so many bytes can be taken in now.

        Args:
            size: bytes.
        """
        return (
            not self.is_stopping and self._places < self._most and self._bytes + size <= MOST_BYTES
        )

    def known(self, name: str) -> Answer | None:
        """The answer that an id has already; None for none.

        Args:
            name: the id.
        """
        return self._answered.get(name)

    async def answer(self, pushed: Pushed, timeout_s: float) -> Answer:
        """Hand a frame over, unless it waits already; its answer once there is one.

        Args:
            pushed: the frame.
            timeout_s: at most so long, s; it may be sent again then.
        """
        answer = self._answered.get(pushed.id)
        if answer is not None:
            return answer
        waiting = self._waiting.get(pushed.id)
        if waiting is None:
            if not self.has_room(len(pushed.content)):
                return STOPPING if self.is_stopping else LATER
            waiting = asyncio.get_running_loop().create_future()
            self._waiting[pushed.id] = waiting
            self._places += 1
            self._bytes += len(pushed.content)
            self._frames.put(pushed)
        try:
            # Shielded: who hangs up, or waits no longer, takes the answer from no one else.
            return await asyncio.wait_for(asyncio.shield(waiting), timeout_s)
        except TimeoutError:
            return LATER

    def next(self, timeout_s: float) -> Pushed | None:
        """The next frame; None where none came.

        Args:
            timeout_s: at most so long, s.
        """
        try:
            return self._frames.get(timeout=timeout_s)
        except Empty:
            return None

    def settled(self, pushed: Pushed, answer: Answer) -> None:
        """A frame has its answer. Does not block or raise.

        Args:
            pushed: the frame.
            answer: of it.
        """
        self._in_loop(lambda: self._settle(pushed, answer))

    def stop(self) -> None:
        """Take nothing more; what nobody has begun to judge is sent back."""
        self._in_loop(self._send_back)

    def _in_loop(self, call: Callable[[], None]) -> None:
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            # The server is gone, and who waited with it; he will send it again.
            return

    def _settle(self, pushed: Pushed, answer: Answer) -> None:
        waiting = self._waiting.pop(pushed.id, None)
        if waiting is None:
            return
        self._places -= 1
        self._bytes -= len(pushed.content)
        if answer.status < 500:
            self._answered[pushed.id] = answer
            while len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)
        if not waiting.done():
            waiting.set_result(answer)

    def _send_back(self) -> None:
        self.is_stopping = True
        while True:
            try:
                pushed = self._frames.get_nowait()
            except Empty:
                break
            self._settle(pushed, STOPPING)
        assert self._loop is not None
        self._loop.call_later(GOODBYE_S, self._leave)

    def _leave(self) -> None:
        """Whatever still waits may become safe, but nobody is here to say so."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(STOPPING)
        self._waiting.clear()
