"""`kind = "scanner"`: rows of profile scanners and images of depth cameras, by a broker.

A scanner publishes blocks of rows (see `scan_blocks`) with QoS 1 to the topic of its channel; so
many rows, as the encoder called for them, are one scan, and are measured as soon as they are there.
A depth camera publishes whole images. What is safe is said as for vibration (see `mqtt`), and what
is not is sent again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import cast, final

from faultlens.core.errors import TooLargeError, UsageError
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.block_source import BlockForm, block_frames
from faultlens.line.sources.gathering import Gathering
from faultlens.line.sources.mqtt import MqttSourceOptions
from faultlens.line.sources.scan_blocks import MOST_POINTS, ScanBlock, unpacked_scan
from faultlens.line.sources.scans import Scan, ScanRule
from faultlens.line.sources.window import Position


@dataclass(frozen=True, kw_only=True)
class ScannerOptions(MqttSourceOptions):
    """Keys of a scanner in line.toml, beside those of the broker and of its topics.

    Args:
        frame_rows: rows of one scan, put together of the blocks; 0 makes a scan of each block. A
            depth image is always one.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> ScannerOptions(host="127.0.0.1", topic="scans/{channel}", frame_rows=-1)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: frame_rows is -1; 0 to 100000 rows.
    """

    frame_rows: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.frame_rows <= 100_000:
            raise UsageError(f"frame_rows is {self.frame_rows}; 0 to 100000 rows.")


@final
class ScannerSource(AbstractSource):
    """Scans of all channels below one topic.

    Args:
        config: whose options are `ScannerOptions`.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config
        self._options = cast(ScannerOptions, config.options)

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Scans as they become whole.

        Args:
            resume: up to where the blocks of each channel are safe.
            stop: set when the line shuts down.

        Raises:
            MissingPackageError: paho-mqtt is not installed.
            UsageError: a file of a certificate cannot be used.
        """
        form: BlockForm[ScanBlock, Scan] = BlockForm(
            self._unpacked,
            lambda block, channel: replace(block, channel=channel),
            self._scans,
            lambda scan: scan.surface(),
        )
        options = self._options
        yield from block_frames(self._config, options, options.topics, form, resume, stop)

    def _unpacked(self, content: bytes) -> ScanBlock:
        block = unpacked_scan(content)
        columns = block.heights_mm.shape[1]
        if self._options.frame_rows * columns > MOST_POINTS:
            raise TooLargeError(
                f"{self._options.frame_rows} rows of {columns} points would be a scan of more than "
                f"{MOST_POINTS} points; make frame_rows of the source smaller."
            )
        return block

    def _scans(self, known: dict[str, Position]) -> Gathering[ScanBlock, Scan]:
        options = self._options
        rule = ScanRule(options.frame_rows)
        return Gathering(rule, gap_s=options.gap_s, settle_s=options.settle_s, known=known)
