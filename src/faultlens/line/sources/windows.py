"""Blocks of vibration into windows: whole blocks, put in order, without a hole.

A window is made of whole blocks, so that each block belongs to one window and is safe with it:
k = window_s / block_s blocks, rounded up, and which k is said by their numbers alone (those with
the same seq // k). The same blocks give the same windows after a restart, wherever it begins. A
block that is longer than two windows is cut into equal ones. Where blocks are missing, what there
is without a hole is a window if it has half the length, and else is passed over.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import final

import numpy as np

from faultlens.core.notice import Notice
from faultlens.line.sources.blocks import Block
from faultlens.line.sources.gathering import AbstractRule, Gathering
from faultlens.line.sources.window import Passed, Position, Window, place_of

_JITTER_S = 0.05
"""Of the times that senders write, beside half a block, s."""


@final
class WindowRule(AbstractRule[Block, Window]):
    """Windows of a length in time.

    Args:
        window_s: wanted length of a window, s.
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s

    def blocks(self, block: Block) -> int:
        """How many blocks of this length a window has."""
        # Less a hair: 2 s of blocks of 0.1 s are 20 and not 21.
        return max(1, ceil(self._window_s / block.duration_s - 1e-6))

    def joins(self, before: Block, block: Block) -> bool:
        """Whether a block goes on where the one before it ended."""
        expected = before.time + timedelta(seconds=before.duration_s)
        off_s = abs((block.time - expected).total_seconds())
        return (
            block.sample_rate_hz == before.sample_rate_hz
            and len(block.samples) == len(before.samples)
            and block.unit == before.unit
            and off_s <= 0.5 * block.duration_s + _JITTER_S
        )

    def closed(self, run: Sequence[Block]) -> list[Window | Passed]:
        """The windows of a run of blocks, or word that it is too short."""
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

    def place(self, block: Block) -> Position:
        """The position of a block."""
        return place_of(block)

    def place_before(self, block: Block, at: Position) -> Position:
        """The position of the block that should have come before one."""
        before = block.time - timedelta(seconds=block.duration_s)
        return Position(at.stream, block.seq - 1, before, block.duration_s)

    def fits(self, at: Position, block: Block) -> bool:
        """Whether a block's time is about where its number belongs."""
        return at.fits(block)


@final
class Windows(Gathering[Block, Window]):
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
        super().__init__(WindowRule(window_s), gap_s=gap_s, settle_s=settle_s, known=known)


def _cut(run: Sequence[Block], pieces: int) -> list[Window | Passed]:
    """Windows of a run of blocks; of one long block several."""
    first = run[0]
    samples = first.samples if len(run) == 1 else np.concatenate([x.samples for x in run])
    speeds = [x.shaft_rpm for x in run]
    known = [x for x in speeds if x is not None]
    rpm = sum(known) / len(known) if len(known) == len(speeds) else None
    found: list[Window | Passed] = []
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
