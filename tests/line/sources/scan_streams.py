"""Streams of blocks of a scanner for tests: rows whose heights say where they belong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from faultlens.line.sources.scan_blocks import ScanBlock

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
PITCH_MM = 0.25


def rows_of(
    number: int, *, rows: int = 4, columns: int = 5, first: int = 0, **more: Any
) -> list[ScanBlock]:
    """Blocks first, first + 1, ...: all heights of row n of the whole stream are n."""
    made = []
    for seq in range(first, first + number):
        row = np.arange(seq * rows, (seq + 1) * rows, dtype=np.float32)
        heights = np.repeat(row[:, None], columns, axis=1)
        travel_mm = seq * rows * PITCH_MM
        block = ScanBlock("top", seq, AT + timedelta(seconds=seq), heights, 0.1, PITCH_MM,
                          travel_mm=travel_mm)  # fmt: skip
        made.append(replace(block, **more))
    return made
