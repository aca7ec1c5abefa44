"""Streams of blocks for tests: what a sensor with a known signal sends."""

from datetime import UTC, datetime, timedelta

import numpy as np

from faultlens.line.sources.blocks import Block

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def stream_of(
    number: int,
    *,
    samples: int = 250,
    rate_hz: float = 1000.0,
    channel: str = "pump",
    first: int = 0,
    at: datetime = AT,
    stream: int = 0,
) -> list[Block]:
    """Blocks first, first + 1, ...: sample n of the whole stream, from block 0 on, is n."""
    made = []
    for seq in range(first, first + number):
        begin = seq * samples
        time = at + timedelta(seconds=(seq - first) * samples / rate_hz)
        counts = np.arange(begin, begin + samples, dtype=np.float32)
        made.append(Block(channel, seq, time, rate_hz, counts, stream, "g", 1480.0))
    return made
