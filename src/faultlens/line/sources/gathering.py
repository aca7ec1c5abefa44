"""Numbered blocks of many channels into wholes: put in order, waited for, without a hole.

A whole is made of whole blocks, so that each block belongs to one of them and is safe with it. What
a whole is says a `Rule`: windows of vibration (`windows`) and scans (`scan_blocks`) have theirs.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from faultlens.core.errors import TooLargeError
from faultlens.core.notice import Notice
from faultlens.line.sources.window import Again, Passed, Position

MOST_CHANNELS = 1_024
"""Of one source; each costs the memory of a whole."""
_MOST_HELD = 512
"""Blocks of a channel that wait for one before them."""
_MOST_HELD_NUMBERS = 1 << 22
"""Samples or heights of a channel, likewise: 16 MB."""
_STALL_S = 60.0
"""After such a silence what is there of a whole is judged, s."""


class Numbered(Protocol):
    """A block with its place in the stream of its channel."""

    @property
    def channel(self) -> str:
        """Its name."""

    @property
    def seq(self) -> int:
        """Number of the block, one more with each."""

    @property
    def stream(self) -> int:
        """Of the sender; another one means that it began anew."""

    @property
    def time(self) -> datetime:
        """Of its first sample or row."""

    @property
    def numbers(self) -> int:
        """How many samples or heights it holds."""


B = TypeVar("B", bound=Numbered)
W = TypeVar("W")


class AbstractRule(ABC, Generic[B, W]):
    """What a whole is."""

    @abstractmethod
    def blocks(self, block: B) -> int:
        """How many blocks of this size a whole has; which, their numbers say: seq // blocks."""

    @abstractmethod
    def joins(self, before: B, block: B) -> bool:
        """Whether a block goes on where the one before it, of the same whole, ended."""

    @abstractmethod
    def closed(self, run: Sequence[B]) -> list[W | Passed]:
        """The wholes of blocks without a hole, or word that they are too few."""

    @abstractmethod
    def place(self, block: B) -> Position:
        """The position of a block."""

    @abstractmethod
    def place_before(self, block: B, at: Position) -> Position:
        """The position of the block that should have come before one.

        Args:
            block: that came.
            at: up to where its channel was taken.
        """

    @abstractmethod
    def fits(self, at: Position, block: B) -> bool:
        """Whether the time of a block that came before is as it should be.

        Args:
            at: up to where its channel was taken.
            block: with a number up to that.
        """


@dataclass
class _Channel(Generic[B]):
    """What a channel waits for, and with."""

    at: Position | None = None
    run: list[B] = field(default_factory=list)
    held: dict[int, B] = field(default_factory=dict)
    held_since_s: float = 0.0
    heard_s: float = 0.0


class Gathering(Generic[B, W]):
    """Puts the blocks of all channels of a source together.

    Args:
        rule: what a whole is.
        gap_s: so long is waited for a block that is missing, s.
        settle_s: so long is waited, at the first block of a channel, for older ones, s.
        known: channel -> up to where it is safe already.
    """

    def __init__(
        self,
        rule: AbstractRule[B, W],
        *,
        gap_s: float = 5.0,
        settle_s: float = 0.0,
        known: dict[str, Position] | None = None,
    ) -> None:
        self._rule, self._gap_s, self._settle_s = rule, gap_s, settle_s
        self._channels: dict[str, _Channel[B]] = {
            name: _Channel(at) for name, at in (known or {}).items()
        }

    def add(self, block: B, now_s: float) -> list[W | Passed | Again]:
        """Take a block; what comes of it, in order.

        Args:
            block: as it came.
            now_s: reading of a clock that only goes forward, s.

        Raises:
            TooLargeError: a channel more than a source may have.
        """
        channel = self._channels.get(block.channel)
        if channel is None:
            if len(self._channels) >= MOST_CHANNELS:
                raise TooLargeError(
                    f"'{block.channel[:100]}' would be channel {MOST_CHANNELS + 1} of this source; "
                    "it takes no more."
                )
            channel = self._channels[block.channel] = _Channel()
        channel.heard_s = now_s
        at = channel.at
        if at is None:
            return (
                self._held(channel, block, now_s) if self._settle_s else self._take(channel, block)
            )
        # A sender that names no stream is known to have begun anew by its times alone.
        guessed = at.stream == 0 and block.seq <= at.seq and not self._rule.fits(at, block)
        if block.stream != at.stream or guessed:
            return [*self._begun_anew(channel, block), *self._take(channel, block)]
        if block.seq <= at.seq or block.seq in channel.held:
            return [Again(block.channel)]
        if block.seq == at.seq + 1:
            return [*self._take(channel, block), *self._caught_up(channel, now_s)]
        return self._held(channel, block, now_s)

    def overdue(self, now_s: float) -> list[W | Passed | Again]:
        """What comes of having waited long enough; called now and then.

        Args:
            now_s: reading of the same clock, s.
        """
        found: list[W | Passed | Again] = []
        for channel in self._channels.values():
            wait_s = self._settle_s if channel.at is None else self._gap_s
            if channel.held and now_s - channel.held_since_s >= wait_s:
                found += self._passed_over(channel, now_s)
            if channel.run and now_s - channel.heard_s >= _STALL_S:
                found += self._closed(channel)
        return found

    def _held(self, channel: _Channel[B], block: B, now_s: float) -> list[W | Passed | Again]:
        """A block whose turn has not come."""
        if not channel.held:
            channel.held_since_s = now_s
        channel.held[block.seq] = block
        numbers = sum(x.numbers for x in channel.held.values())
        is_full = len(channel.held) > _MOST_HELD or numbers > _MOST_HELD_NUMBERS
        return self._passed_over(channel, now_s) if is_full else []

    def _take(self, channel: _Channel[B], block: B) -> list[W | Passed | Again]:
        """The next block of a channel."""
        found: list[W | Passed | Again] = []
        if channel.run and not self._joins(channel.run[-1], block):
            found += self._closed(channel)
        channel.at = self._rule.place(block)
        channel.run.append(block)
        if (block.seq + 1) % self._rule.blocks(block) == 0:
            found += self._closed(channel)
        return found

    def _caught_up(self, channel: _Channel[B], now_s: float) -> list[W | Passed | Again]:
        """Blocks that waited and whose turn it is now."""
        found: list[W | Passed | Again] = []
        while channel.at is not None and channel.at.seq + 1 in channel.held:
            found += self._take(channel, channel.held.pop(channel.at.seq + 1))
            channel.held_since_s = now_s
        return found

    def _passed_over(self, channel: _Channel[B], now_s: float) -> list[W | Passed | Again]:
        """Wait no longer for what is missing."""
        at, block = channel.at, channel.held.pop(min(channel.held))
        if at is None:
            return [*self._take(channel, block), *self._caught_up(channel, now_s)]
        lost, first, last = block.seq - at.seq - 1, at.seq + 1, block.seq - 1
        notice = Notice(
            f"Channel '{block.channel}': {lost:d} blocks never came ({first:d} to {last:d}).",
            f"通道“{block.channel}”：{lost:d} 个数据块始终未到（{first:d} 至 {last:d}）。",
        )
        passed = Passed(block.channel, self._rule.place_before(block, at), notice)
        found = [*self._closed(channel), passed, *self._take(channel, block)]
        return [*found, *self._caught_up(channel, now_s)]

    def _begun_anew(self, channel: _Channel[B], block: B) -> list[W | Passed | Again]:
        """Another stream of the same channel: what is left of the one before ends here."""
        notice = Notice(
            f"Channel '{block.channel}': the sender began anew, at block {block.seq:d}.",
            f"通道“{block.channel}”：发送端已重新开始，当前数据块为 {block.seq:d}。",
        )
        found: list[W | Passed | Again] = list(self._closed(channel))
        for seq in sorted(channel.held):
            found += self._take(channel, channel.held[seq])
        channel.held.clear()
        found += self._closed(channel)
        return [*found, Passed(block.channel, None, notice, "info")]

    def _joins(self, before: B, block: B) -> bool:
        blocks = self._rule.blocks(block)
        return (
            (block.stream, block.seq) == (before.stream, before.seq + 1)
            and block.seq // blocks == before.seq // blocks
            and self._rule.joins(before, block)
        )

    def _closed(self, channel: _Channel[B]) -> list[W | Passed]:
        run, channel.run = channel.run, []
        return self._rule.closed(run) if run else []
