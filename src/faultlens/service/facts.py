"""What is worth telling of the request at hand: to the log, the metrics and the client."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import final

from faultlens.hosting.task import Answer

SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""A request id that a client or proxy may bring: nothing that a log or header must mask."""


@dataclass(frozen=True)
class Judged:
    """What became of one file.

    Args:
        verb: that was asked of it.
        answer: of the workers.
        at_ns: when it came, nanoseconds since 1970.
    """

    verb: str
    answer: Answer
    at_ns: int


@final
@dataclass
class RequestFacts:
    """Filled in while a request is answered; read when it is over.

    Args:
        request_id: told to the client, and in every line of the log.
        account: name of the API key; empty without one.
        judged: one per file that the workers answered.
        problems: slug of each problem that the client was told of.
    """

    request_id: str
    account: str = ""
    judged: list[Judged] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def answered(self, verb: str, answer: Answer) -> None:
        """Count one answer of the workers."""
        self.judged.append(Judged(verb, answer, time.time_ns()))


_current: ContextVar[RequestFacts] = ContextVar("_current")


def facts() -> RequestFacts:
    """The facts of the request at hand; outside of one, a record that nobody reads.

    Example:
        >>> facts().request_id
        ''
    """
    current = _current.get(None)
    return RequestFacts("") if current is None else current


@contextmanager
def new_facts(given: bytes = b"") -> Iterator[RequestFacts]:
    """Open the facts of a new request, for everything that runs inside the block.

    Args:
        given: the client's X-Request-ID, kept where it is harmless.

    Example:
        >>> with new_facts(b"order-66"):
        ...     facts().request_id
        'order-66'
        >>> with new_facts(b"two\\nlines") as about:
        ...     len(about.request_id)
        16
    """
    kept = given.decode() if SANE_ID.fullmatch(given) else os.urandom(8).hex()
    about = RequestFacts(kept)
    token = _current.set(about)
    try:
        yield about
    finally:
        _current.reset(token)
