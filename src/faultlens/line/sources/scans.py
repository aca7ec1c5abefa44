"""Blocks of a scanner into scans: so many rows, in order, as the encoder spaced them.

A scan is made of whole blocks: k = frame_rows / rows of a block, rounded up, and which k is said by
their numbers alone (those with the same seq // k), so that the same blocks give the same scans
after a restart. A depth image is a scan by itself, and so is each block where `frame_rows` is 0.
Where blocks are missing, where the encoder jumped or another part began, the scan ends; what there
is of it is measured all the same, since a short scan holds its defects too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import final

import numpy as np
from numpy.typing import NDArray

from faultlens.line.sources.gathering import AbstractRule
from faultlens.line.sources.scan_blocks import ScanBlock
from faultlens.line.sources.window import Passed, Position
from faultlens.surfaces.readers.intrinsics import Intrinsics
from faultlens.surfaces.surface import Surface, height_map

_BLOCK_S = 1.0
"""A place holds a length in time; rows that an encoder calls for have none."""
_LATE_S = 5.0
"""A block that comes again is not younger than the last one by more, whatever its clock does, s."""
_SAME_WAY = 0.5
"""Share of a pitch by which the encoder may be off where two blocks meet."""


@dataclass(frozen=True, eq=False)
class Scan:
    """Rows of one channel without a hole.

    Args:
        channel: its name.
        first: number of the first block.
        at: its last block.
        time: of the first row.
        heights_mm: (row, column) heights or depths, mm; NaN where nothing was measured.
        spacing_mm: between points of a row, mm.
        pitch_mm: between rows, mm.
        camera: of a depth image; None of profiles.
        part: id of the part; None where nobody said.
        is_end: whether, once it is safe, its last block is safe too.
    """

    channel: str
    first: int
    at: Position
    time: datetime
    heights_mm: NDArray[np.float32]
    spacing_mm: float
    pitch_mm: float
    camera: Intrinsics | None
    part: str | None
    is_end: bool = True

    @property
    def id(self) -> str:
        """Unique in its source, and the same whenever the same blocks come."""
        stream = f"{self.at.stream:x}." if self.at.stream else ""
        name = self.channel.replace("/", "_") or "-"
        return f"{name}.{self.time:%Y%m%dT%H%M%S.%f}Z.{stream}{self.first}"

    def surface(self) -> Surface:
        """It as points: x along a row, y along the travel, z towards the scanner; mm.

        Of a depth image x points right, y down and z away from the camera, which stands at 0.
        """
        if self.camera is None:
            return height_map(self.heights_mm, (self.spacing_mm, self.pitch_mm), name=self.id)
        depth = self.heights_mm.astype(np.float64)
        rows, columns = np.indices(depth.shape)
        camera = self.camera
        points = np.stack(
            [
                (columns - camera.cx) / camera.fx * depth,
                (rows - camera.cy) / camera.fy * depth,
                depth,
            ],
            axis=-1,
        )
        shape = (depth.shape[0], depth.shape[1])
        return Surface(points.reshape(-1, 3), shape, viewpoint_mm=(0.0, 0.0, 0.0), name=self.id)


@final
class ScanRule(AbstractRule[ScanBlock, Scan]):
    """Scans of so many rows.

    Args:
        frame_rows: wanted rows of a scan; 0 makes a scan of each block.

    Example:
        >>> from datetime import UTC
        >>> from faultlens.line.sources.gathering import Gathering
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> made = Gathering(ScanRule(4))
        >>> for seq in (0, 1):
        ...     rows = ScanBlock("top", seq, at, np.zeros((2, 5), np.float32), 0.1, 0.2)
        ...     print([(x.id, x.heights_mm.shape) for x in made.add(rows, now_s=0.0)])
        []
        [('top.20261126T080000.000000Z.0', (4, 5))]
    """

    def __init__(self, frame_rows: int) -> None:
        self._frame_rows = frame_rows

    def blocks(self, block: ScanBlock) -> int:
        """How many blocks of this size a scan has."""
        if block.camera is not None or not self._frame_rows:
            return 1
        return max(1, ceil(self._frame_rows / block.rows))

    def joins(self, before: ScanBlock, block: ScanBlock) -> bool:
        """Whether a block goes on where the one before it ended."""
        alike = (
            block.heights_mm.shape[1] == before.heights_mm.shape[1]
            and block.spacing_mm == before.spacing_mm
            and block.pitch_mm == before.pitch_mm
            and block.part == before.part
        )
        if not alike or block.travel_mm is None or before.travel_mm is None:
            return alike
        off_mm = abs(block.travel_mm - before.travel_mm - before.rows * before.pitch_mm)
        return off_mm <= _SAME_WAY * block.pitch_mm

    def closed(self, run: Sequence[ScanBlock]) -> list[Scan | Passed]:
        """The scan of a run of blocks."""
        first, last = run[0], run[-1]
        blocks = [x.heights_mm for x in run]
        heights = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        return [
            Scan(
                first.channel, first.seq, self.place(last), first.time, heights,
                first.spacing_mm, first.pitch_mm, first.camera, first.part,
            )
        ]  # fmt: skip

    def place(self, block: ScanBlock) -> Position:
        """The position of a block."""
        return Position(block.stream, block.seq, block.time, _BLOCK_S)

    def place_before(self, block: ScanBlock, at: Position) -> Position:
        """The position of the block that should have come before one."""
        return Position(at.stream, block.seq - 1, at.time, _BLOCK_S)

    def fits(self, at: Position, block: ScanBlock) -> bool:
        """Whether a block with a number that was there is no younger than the last one."""
        return block.time <= at.time + timedelta(seconds=_LATE_S)
