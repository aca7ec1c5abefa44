"""Blocks of vibration into windows: whole blocks, put in order, without a hole.

A window is made of whole blocks, so that each block belongs to one window and is safe with it:
k = window_s / block_s blocks, rounded up, and which k is said by their numbers alone (those with
the same seq // k). The same blocks give the same windows after a restart, wherever it begins. A
block that is longer than two windows is cut into equal ones. Where blocks are missing, what there
is without a hole is a window if it has half the length, and else is passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

import numpy as np

from faultlens.core.errors import TooLargeError
from faultlens.core.notice import Notice
from faultlens.line.sources.blocks import Block
from faultlens.line.sources.window import Again, Outcome, Passed, Position, Window, place_of

MOST_CHANNELS = 1_024
"""Of one source; each costs the memory of a window."""
_MOST_HELD = 512
"""Blocks of a channel that wait for one before them."""
_MOST_HELD_SAMPLES = 1 << 22
"""Of a channel, likewise: 16 MB."""
_STALL_S = 60.0
"""After such a silence what is there of a window is judged, s."""
_JITTER_S = 0.05
"""Of the times that senders write, beside half a block, s."""


@dataclass
class _Channel:
    """What a channel waits for, and with."""

    at: Position | None = None
    run: list[Block] = field(default_factory=list)
    held: dict[int, Block] = field(default_factory=dict)
    held_since_s: float = 0.0
    heard_s: float = 0.0


class Windows:
    """Puts the blocks of all channels of a source together.

    Args:
        window_s: wanted length of a window, s.
        gap_s: so long is waited for a block that is missing, s.
        settle_s: so long is waited, at the first block of a channel, for older ones, s.
        known: channel -> up to where its windows are safe already.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> made = Windows(window_s=1.0)
        >>> for seq in (0, 1):
        ...     half = Block("pump", seq, at + timedelta(seconds=seq / 2), 4.0, np.ones(2, "f4"))
        ...     print([x.id for x in made.add(half, now_s=0.0)])
        []
        ['pump.20261126T080000.000000Z.0']
    """

    def __init__(
        self,
        window_s: float,
        *,
        gap_s: float = 5.0,
        settle_s: float = 0.0,
        known: dict[str, Position] | None = None,
    ) -> None:
        self._window_s, self._gap_s, self._settle_s = window_s, gap_s, settle_s
        self._channels = {name: _Channel(at) for name, at in (known or {}).items()}

    def add(self, block: Block, now_s: float) -> list[Outcome]:
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
        guessed = at.stream == 0 and block.seq <= at.seq and not at.fits(block)
        if block.stream != at.stream or guessed:
            return [*self._begun_anew(channel, block), *self._take(channel, block)]
        if block.seq <= at.seq or block.seq in channel.held:
            return [Again(block.channel)]
        if block.seq == at.seq + 1:
            return [*self._take(channel, block), *self._caught_up(channel, now_s)]
        return self._held(channel, block, now_s)

    def overdue(self, now_s: float) -> list[Outcome]:
        """What comes of having waited long enough; called now and then.

        Args:
            now_s: reading of the same clock, s.
        """
        found: list[Outcome] = []
        for channel in self._channels.values():
            wait_s = self._settle_s if channel.at is None else self._gap_s
            if channel.held and now_s - channel.held_since_s >= wait_s:
                found += self._passed_over(channel, now_s)
            if channel.run and now_s - channel.heard_s >= _STALL_S:
                found += self._closed(channel)
        return found

    def _held(self, channel: _Channel, block: Block, now_s: float) -> list[Outcome]:
        """A block whose turn has not come."""
        if not channel.held:
            channel.held_since_s = now_s
        channel.held[block.seq] = block
        samples = sum(len(x.samples) for x in channel.held.values())
        is_full = len(channel.held) > _MOST_HELD or samples > _MOST_HELD_SAMPLES
        return self._passed_over(channel, now_s) if is_full else []

    def _take(self, channel: _Channel, block: Block) -> list[Outcome]:
        """The next block of a channel."""
        found: list[Outcome] = []
        if channel.run and not self._joins(channel.run[-1], block):
            found += self._closed(channel)
        channel.at = place_of(block)
        channel.run.append(block)
        if (block.seq + 1) % self._blocks(block) == 0:
            found += self._closed(channel)
        return found

    def _caught_up(self, channel: _Channel, now_s: float) -> list[Outcome]:
        """Blocks that waited and whose turn it is now."""
        found: list[Outcome] = []
        while channel.at is not None and channel.at.seq + 1 in channel.held:
            found += self._take(channel, channel.held.pop(channel.at.seq + 1))
            channel.held_since_s = now_s
        return found

    def _passed_over(self, channel: _Channel, now_s: float) -> list[Outcome]:
        """Wait no longer for what is missing."""
        at, block = channel.at, channel.held.pop(min(channel.held))
        if at is None:
            return [*self._take(channel, block), *self._caught_up(channel, now_s)]
        lost, first, last = block.seq - at.seq - 1, at.seq + 1, block.seq - 1
        notice = Notice(
            f"Channel '{block.channel}': {lost:d} blocks never came ({first:d} to {last:d}).",
            f"通道“{block.channel}”：{lost:d} 个数据块始终未到（{first:d} 至 {last:d}）。",
        )
        before = block.time - timedelta(seconds=block.duration_s)
        passed = Passed(block.channel, Position(at.stream, last, before, block.duration_s), notice)
        found = [*self._closed(channel), passed, *self._take(channel, block)]
        return [*found, *self._caught_up(channel, now_s)]

    def _begun_anew(self, channel: _Channel, block: Block) -> list[Outcome]:
        """Another stream of the same channel: what is left of the one before ends here."""
        assert channel.at is not None
        notice = Notice(
            f"Channel '{block.channel}': the sender began anew, at block {block.seq:d}.",
            f"通道“{block.channel}”：发送端已重新开始，当前数据块为 {block.seq:d}。",
        )
        found = self._closed(channel)
        for seq in sorted(channel.held):
            found += self._take(channel, channel.held[seq])
        channel.held.clear()
        found += self._closed(channel)
        return [*found, Passed(block.channel, None, notice, "info")]

    def _joins(self, before: Block, block: Block) -> bool:
        """Whether a block goes on where the one before it ended, in the same window."""
        blocks = self._blocks(block)
        expected = before.time + timedelta(seconds=before.duration_s)
        off_s = abs((block.time - expected).total_seconds())
        return (
            (block.stream, block.seq) == (before.stream, before.seq + 1)
            and block.seq // blocks == before.seq // blocks
            and block.sample_rate_hz == before.sample_rate_hz
            and len(block.samples) == len(before.samples)
            and block.unit == before.unit
            and off_s <= 0.5 * block.duration_s + _JITTER_S
        )

    def _blocks(self, block: Block) -> int:
        """How many blocks of this length a window has."""
        # Less a hair: 2 s of blocks of 0.1 s are 20 and not 21.
        return max(1, ceil(self._window_s / block.duration_s - 1e-6))

    def _closed(self, channel: _Channel) -> list[Outcome]:
        run, channel.run = channel.run, []
        if not run:
            return []
        duration_s = sum(x.duration_s for x in run)
        if duration_s < self._window_s / 2 - 1e-9:
            name, first, last = run[0].channel, run[0].seq, run[-1].seq
            notice = Notice(
                f"Channel '{name}': blocks {first:d} to {last:d} have {duration_s:.2f} s without "
                f"a hole; that is too short for a window of {self._window_s:g} s.",
                f"通道“{name}”：数据块 {first:d} 至 {last:d} 连续时长仅 {duration_s:.2f} 秒，"
                f"不足以构成 {self._window_s:g} 秒的窗口。",
            )
            return [Passed(name, place_of(run[-1]), notice)]
        pieces = int(duration_s / self._window_s + 1e-6) if len(run) == 1 else 1
        return _cut(run, max(pieces, 1))


def _cut(run: Sequence[Block], pieces: int) -> list[Outcome]:
    """Windows of a run of blocks; of one long block several."""
    first = run[0]
    samples = first.samples if len(run) == 1 else np.concatenate([x.samples for x in run])
    speeds = [x.shaft_rpm for x in run]
    known = [x for x in speeds if x is not None]
    rpm = sum(known) / len(known) if len(known) == len(speeds) else None
    found: list[Outcome] = []
    begin = 0
    for number, part in enumerate(np.array_split(samples, pieces), start=1):
        found.append(
            Window(
                first.channel, first.seq, place_of(run[-1]),
                number if pieces > 1 else 0, number == pieces,
                first.time + timedelta(seconds=begin / first.sample_rate_hz),
                first.sample_rate_hz, part, first.unit, rpm,
            )
        )  # fmt: skip
        begin += len(part)
    return found
