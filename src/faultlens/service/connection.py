"""One connection of a client: what uvicorn does with it, and an end to what would never end."""

import asyncio
import json
import select
from http import HTTPStatus
from typing import Any, final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from faultlens.hosting.task import Problem
from faultlens.service.problems import MEDIA_TYPE, document, problem

MOST_CONNECTIONS = 1000
"""Open at once; beyond, a client is told to come again."""

KEEP_ALIVE_S = 10
"""How long a connection in which nothing is asked is kept for the client's next request, s."""

HEAD_S = 15.0
"""Longest time from a connection, or the answer before, to the next request's last header, s."""

MOST_HEAD_BYTES = 64_000
"""Of the headers of a request, its path included."""

FRESH_S = 1.0
"""Who has just connected is about to ask; longest time that a stopping service waits for it, s."""

STUCK_S = 30.0
"""Longest time that a client may take no byte of its answer, s."""

_POLL_S = 0.01

_GO_ON = b"HTTP/1.1 100"
"""What a client that waits with its body is told; no answer yet."""


@final
class OnePiece:
    """What an answer is written to: its head waits for the beginning of its body.

    uvicorn writes them one after the other: two calls of the system, two packets, and a client
    that is woken twice.

    Args:
        transport: of the connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self._begun = False

    def write(self, data: bytes) -> None:
        """Send the next bytes; the first, the head, with those that follow."""
        if self._transport.is_closing():
            return
        if not self._begun and not data.startswith(_GO_ON):
            self._begun, self._head = True, data
        elif self._head is None:
            self._transport.write(data)
        else:
            self._transport.writelines((self._head, data))
            self._head = None

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def close(self) -> None:
        """End the connection, when all is sent."""
        if self._head is not None and not self._transport.is_closing():
            self._transport.write(self._head)
        self._head = None
        self._transport.close()


def bare_answer(said: Problem, **headers: str) -> bytes:
    """An answer, whole, to what no application can be asked to answer.

    Args:
        said: what is wrong.
        headers: further ones, with _ for -.

    Example:
        >>> bare_answer(problem("busy", "Full."), retry_after="1").splitlines()[0]
        b'HTTP/1.1 503 Service Unavailable'
    """
    body = json.dumps(document(said)).encode()
    stated = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"HTTP/1.1 {said.status} {HTTPStatus(said.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in stated.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@final
class Connection(HttpToolsProtocol):
    """uvicorn's protocol, with bounds of time and number, and a patient end.

    uvicorn waits for headers as long as a client likes, and closes a free connection at once,
    also when a request has arrived in it already.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._free_since = self.loop.time()
        self._stuck_since: float | None = None
        self._in_head = False
        self._head_bytes = 0
        self._has_asked = False
        self._leaving = False

    def connection_made(self, transport: Any) -> None:
        """A client has connected."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            told = f"{MOST_CONNECTIONS} connections are open; ask again in a second."
            self._end_with(problem("busy", told), retry_after="1")

    def data_received(self, data: bytes) -> None:
        """The next bytes of a request, or the first of another."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > MOST_HEAD_BYTES:
            told = f"They have more than {MOST_HEAD_BYTES} bytes, the most that is taken."
            self._end_with(problem("long-headers", told))

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP; a good request before it gets its own answer, the last."""
        if self._is_free() or self.cycle.more_body:
            self._end_with(problem("malformed-request", msg))
        else:
            self.cycle.keep_alive = False

    def on_message_begin(self) -> None:
        """The first byte of a request has come."""
        super().on_message_begin()
        self._in_head = self._has_asked = True

    def on_headers_complete(self) -> None:
        """All headers of a request have come."""
        super().on_headers_complete()
        self._in_head = False
        # Its answer has no body, so its head would wait for nothing.
        if self.scope["method"] != "HEAD":
            self.cycle.transport = OnePiece(self.transport)  # type: ignore[assignment]
        if self._leaving:
            self.cycle.keep_alive = False

    def on_response_complete(self) -> None:
        """A request was answered."""
        self._free_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it comes."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has taken what there was."""
        self._stuck_since = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing was asked for a while."""
        self.shutdown()

    def shutdown(self) -> None:
        """End the connection; a request that has come, in part or in whole, is answered first."""
        self._leaving = True
        if self.transport.is_closing():
            return
        if not self._is_free():
            self.cycle.keep_alive = False
        elif self._expects_a_request():
            self.loop.call_later(_POLL_S, self.shutdown)
        else:
            self.transport.close()

    def end_what_takes_too_long(self) -> None:
        """Close the connection of a client that asks, or listens, too slowly."""
        now = self.loop.time()
        if self._stuck_since is not None and now - self._stuck_since > STUCK_S:
            self.transport.abort()
        elif self._is_free() and now - self._free_since > HEAD_S:
            self.transport.close()

    def end_if_it_sends_still(self) -> None:
        """Close the connection of a client that has not sent its request to the end."""
        if self._in_head or (not self._is_free() and self.cycle.more_body):
            self.transport.close()

    def _end_with(self, said: Problem, **headers: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(bare_answer(said, **headers))
            self.transport.close()

    def _is_free(self) -> bool:
        # uvicorn's annotation leaves out that there is none at first.
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def _expects_a_request(self) -> bool:
        waited_s = self.loop.time() - self._free_since
        if waited_s > HEAD_S:
            return False
        return self._in_head or (not self._has_asked and waited_s < FRESH_S) or self._has_unread()

    def _has_unread(self) -> bool:
        """Whether bytes have arrived that the loop has not handed over yet."""
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))
