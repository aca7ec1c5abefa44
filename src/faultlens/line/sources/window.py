"""What blocks of vibration become: windows, or word of why not, each with its place."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.line.sources.blocks import Block

_CLOCK_S = 5.0
"""A block whose time is this far from where its number belongs comes from a sender begun anew."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Position:
    """Up to where a channel was taken.

    Args:
        stream: of the sender.
        seq: number of the last block taken.
        time: of that block.
        block_s: its length, s.

    Example:
        >>> from datetime import UTC
        >>> at = Position(0, 7, datetime(2026, 11, 26, 8, tzinfo=UTC), 0.25)
        >>> position_of(at.row) == at
        True
    """

    stream: int
    seq: int
    time: datetime
    block_s: float

    @property
    def row(self) -> list[int | float]:
        """As JSON holds it."""
        time_us = (self.time - _EPOCH) // timedelta(microseconds=1)
        return [self.stream, self.seq, time_us, float(self.block_s)]

    def fits(self, block: Block) -> bool:
        """Whether a block's time is about where its number belongs.

        Args:
            block: with a number up to `seq`.
        """
        behind_s = (self.seq - block.seq) * self.block_s
        expected = self.time - timedelta(seconds=min(behind_s, 1e9))
        off_s = abs((block.time - expected).total_seconds())
        return off_s <= _CLOCK_S + 0.1 * behind_s


@dataclass(frozen=True, eq=False)
class Window:
    """Samples of one channel without a hole.

    Args:
        channel: its name.
        first: number of the first block.
        at: its last block.
        piece: which part of a block that was cut, from 1; 0 for whole blocks.
        is_end: whether, once it is safe, that block is safe too.
        time: of the first sample.
        sample_rate_hz: samples per second.
        samples: (time,) in `unit`.
        unit: of the samples.
        shaft_rpm: mean of its blocks; None where one does not say.
        part: id of the part; of vibration nobody says it.
    """

    channel: str
    first: int
    at: Position
    piece: int
    is_end: bool
    time: datetime
    sample_rate_hz: float
    samples: NDArray[np.float32]
    unit: str | None
    shaft_rpm: float | None
    part: str | None = None

    @property
    def id(self) -> str:
        """Unique in its source, and the same whenever the same blocks come."""
        piece = f"-{self.piece}" if self.piece else ""
        stream = f"{self.at.stream:x}." if self.at.stream else ""
        name = self.channel.replace("/", "_") or "-"
        return f"{name}.{self.time:%Y%m%dT%H%M%S.%f}Z.{stream}{self.first}{piece}"


@dataclass(frozen=True)
class Passed:
    """Blocks of a channel from which no window will come.

    Args:
        channel: its name.
        at: the last of them; None where it is only said that the sender began anew.
        notice: what is the matter.
        severity: "info" or "warning".
    """

    channel: str
    at: Position | None
    notice: Notice
    severity: str = "warning"


@dataclass(frozen=True)
class Again:
    """A block that came before: its sender may not know that it is safe.

    Args:
        channel: its name.
    """

    channel: str


def place_of(block: Block) -> Position:
    """The position of a block.

    Args:
        block: taken.

    Example:
        >>> import numpy as np
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> place_of(Block("pump", 7, at, 8.0, np.ones(2, np.float32))).block_s
        0.25
    """
    return Position(block.stream, block.seq, block.time, block.duration_s)


def position_of(row: object) -> Position | None:
    """The position that `Position.row` made this of; None where it is none.

    Args:
        row: as read from JSON.

    Example:
        >>> position_of([0, -1, 0, 0.25]) is None
        True
    """
    match row:
        case [int(stream), int(seq), int(time_us), float(block_s)] if seq >= 0 and block_s > 0:
            try:
                return Position(stream, seq, _EPOCH + timedelta(microseconds=time_us), block_s)
            except OverflowError:
                return None
    return None


Outcome = Window | Passed | Again
