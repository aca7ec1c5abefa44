"""One connection to a server, with nothing between: prebuilt bytes out, one answer back."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, final

from faultlens.core.optional import optional_import
from faultlens.evaluation.service.outcomes import COMPLETE, CUT, RESET, SURPLUS, TIMEOUT


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request.

    Args:
        kind: of `outcomes.KINDS`.
        status: of HTTP; 0 where no answer came.
        retry_after: whether the answer said when to come again.
        keeps: whether the connection can take another request.
        body: of the answer.
    """

    kind: str
    status: int = 0
    retry_after: bool = False
    keeps: bool = False
    body: bytes = b""


@final
class Connection(asyncio.Protocol):
    """One connection, used for one request after the other, as browsers and clients do.

    A client of full comfort would take as much of the processor as the server beside it: this one
    sends bytes that were made before, and leaves the answer to the parser that servers use.
    """

    def __init__(self) -> None:
        self.served = 0
        self.closed = False
        self.unasked_bytes = 0
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._parser: Any = None
        self._begun = False
        self._retry_after = False
        self._body: list[bytes] = []
        self._reply: Reply | None = None

    async def exchange(self, request: bytes, timeout_s: float) -> Reply:
        """Send one request and wait for its one answer.

        Args:
            request: head and body.
            timeout_s: longest wait, s.
        """
        if self._transport is None or self.closed:
            return Reply(RESET)
        self._parser = optional_import("httptools", extra="serve").HttpResponseParser(self)
        self._begun, self._reply = False, None
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        clock = loop.call_later(timeout_s, self._end, Reply(TIMEOUT))
        try:
            self._transport.write(request)
            reply = await self._waiting
        finally:
            clock.cancel()
        self.served += 1
        if not reply.keeps:
            self.close()
        return reply

    def close(self) -> None:
        """End the connection."""
        self.closed = True
        if self._transport is not None:
            self._transport.close()

    # of asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """A part of an answer came, or something that nobody asked for."""
        if self._waiting is None or self._waiting.done():
            self.unasked_bytes += len(data)
            self.closed = True
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except Exception:
            # What no client can read is no answer, however much of it came.
            self._end(self._reply or Reply(CUT))
        if self._reply is not None:
            self._end(self._reply)

    def eof_received(self) -> bool:
        """The server is done with this connection."""
        self.closed = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended."""
        self.closed = True
        self._end(Reply(CUT if self._begun else RESET))

    # of httptools

    def on_message_begin(self) -> None:
        """Another answer begins; after a whole one it is one too many."""
        if self._reply is not None:
            self._reply = replace(self._reply, kind=SURPLUS, keeps=False)
        self._retry_after, self._body = False, []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the answer's head."""
        self._retry_after |= name.lower() == b"retry-after"

    def on_body(self, part: bytes) -> None:
        """A part of the answer's body."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """One answer is whole."""
        status = self._parser.get_status_code()
        # "100 Continue" and its like go before the answer.
        if self._reply is None and status >= 200:
            body, keeps = b"".join(self._body), self._parser.should_keep_alive()
            self._reply = Reply(COMPLETE, status, self._retry_after, keeps, body)

    def _end(self, reply: Reply) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reply)
