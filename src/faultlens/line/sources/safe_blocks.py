"""Which blocks of which channel are safe on this machine: what a sender may forget."""

import json
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import final

from faultlens.line.sources.window import Position, position_of


@dataclass(eq=False)
class Pending:
    """A window whose result is not safe yet.

    Args:
        channel: its name.
        at: the block that is safe with it; None where others of that block are to come.
        is_safe: whether its result is.
    """

    channel: str
    at: Position | None
    is_safe: bool = False


@final
class SafeBlocks:
    """Windows on their way, channel by channel, and up to where all is safe.

    Results may become safe out of order; a block counts as safe when all before it are.

    Args:
        known: channel -> position, of a run before.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = [Position(0, seq, datetime(2026, 11, 26, tzinfo=UTC), 1.0) for seq in (1, 3)]
        >>> safe = SafeBlocks({})
        >>> first, second = safe.sent("pump", at[0]), safe.sent("pump", at[1])
        >>> safe.done(second), safe.done(first)
        (None, b'{"channel": "pump", "stream": 0, "seq": 3}')
    """

    def __init__(self, known: dict[str, Position]) -> None:
        self._safe = dict(known)
        self._yielded = dict(known)
        self._pending: dict[str, deque[Pending]] = {}
        self._lock = Lock()

    def sent(self, channel: str, at: Position | None) -> Pending:
        """A window goes on its way.

        Args:
            channel: its name.
            at: the block that is safe with it; None for none.
        """
        pending = Pending(channel, at)
        with self._lock:
            self._pending.setdefault(channel, deque()).append(pending)
            if at is not None:
                self._yielded[channel] = at
        return pending

    def done(self, pending: Pending) -> bytes | None:
        """Its result is safe; what the sender is told, where there is news.

        Args:
            pending: of `sent`.
        """
        with self._lock:
            pending.is_safe = True
            line, moved = self._pending[pending.channel], False
            while line and line[0].is_safe:
                at = line.popleft().at
                if at is not None:
                    self._safe[pending.channel], moved = at, True
        return self.said(pending.channel) if moved else None

    def said(self, channel: str) -> bytes | None:
        """What the sender of a channel is told: up to which block all is safe; None for none.

        Args:
            channel: its name.
        """
        at = self._safe.get(channel)
        if at is None:
            return None
        return json.dumps({"channel": channel, "stream": at.stream, "seq": at.seq}).encode()

    @property
    def is_quiet(self) -> bool:
        """Whether no window is on its way."""
        with self._lock:
            return not any(self._pending.values())

    def resume(self) -> str:
        """Where to go on once all that is on its way is safe, for `positions_of`."""
        with self._lock:
            return json.dumps({name: at.row for name, at in self._yielded.items()})


def positions_of(resume: str | None) -> dict[str, Position]:
    """Channel -> position; a text that is none counts as a first start.

    Args:
        resume: of `SafeBlocks.resume`; None at the first start.

    Example:
        >>> positions_of('{"pump": [0, 7, 0, 0.25]}')["pump"].seq, positions_of("?")
        (7, {})
    """
    try:
        table = json.loads(resume or "{}")
    except ValueError:
        return {}
    if not isinstance(table, dict):
        return {}
    found = {name: position_of(row) for name, row in table.items()}
    return {name: at for name, at in found.items() if at is not None}
