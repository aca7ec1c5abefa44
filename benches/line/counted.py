"""A source of numbered frames, and a detector whose verdicts are known beforehand.

Frame `n` of `frames` shows part `n // part_every`, and every `alarm_every`-th one alarms: what must
stand in the store afterwards follows from the numbers alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import numpy as np

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame, Trouble
from faultlens.line.judged import Judged
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.registry import SOURCES, SourceKind

KIND = "counted"
"""Of the source, in line.toml."""

BEGIN = datetime(2026, 11, 26, 6, tzinfo=UTC)
"""Time of the first frame; the next ones follow by a millisecond."""

ALARM_AT = 7
"""Which of each `alarm_every` frames alarms; the one after it is sound again."""


@dataclass(frozen=True)
class CountedOptions:
    """Keys of the source in line.toml.

    Args:
        frames: how many there are.
        alarm_every: one of so many alarms.
        part_every: so many frames show one part; 0 for no parts.
        embedding: numbers of an embedding, as a real model gives; 0 for none.
        pause_s: between two frames, s.
    """

    frames: int = 100
    alarm_every: int = 500
    part_every: int = 0
    embedding: int = 0
    pause_s: float = 0.0


class CountedSource(AbstractSource):
    """Frames 0, 1, 2, ... as fast as they are taken; goes on exactly where it was.

    Args:
        config: of line.toml.
    """

    def __init__(self, config: SourceConfig) -> None:
        options = config.options
        assert isinstance(options, CountedOptions)
        self._name, self._options = config.name, options

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """See `AbstractSource.frames`."""
        picture = Image(np.zeros((8, 8), np.uint8))
        options = self._options
        for n in range(0 if resume is None else int(resume) + 1, options.frames):
            if stop.is_set() or (options.pause_s and stop.wait(options.pause_s)):
                return
            part = f"{n // options.part_every}" if options.part_every else None
            time = BEGIN + timedelta(milliseconds=n)
            yield Frame(f"{n:07d}", self._name, time, picture, part=part, resume=f"{n}")


class CountedDetector(AbstractDetector):
    """Alarms at the numbers that `alarms_of` names.

    Args:
        config: of line.toml.
    """

    def __init__(self, config: SourceConfig) -> None:
        options = config.options
        assert isinstance(options, CountedOptions)
        self._options = options
        rows = np.random.default_rng(0).normal(size=(16, max(options.embedding, 1)))
        self._rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        return [self._judged(x) for x in frames]

    def _judged(self, frame: Frame) -> Judged:
        n = int(frame.id)
        alarm = n % self._options.alarm_every == ALARM_AT
        verdict, score = ("scratch", 0.9) if alarm else ("no defect", 0.1)
        row = self._rows[n % len(self._rows)] if self._options.embedding else None
        result = {
            "verdict": verdict,
            "alarm": alarm,
            "findings": [{"label": verdict, "score": score}],
        }
        return Judged(frame, verdict, alarm, score, 0.5, "counted@0", result, embedding=row)


def alarms_of(frames: int, alarm_every: int) -> list[int]:
    """Numbers of the frames that alarm.

    Args:
        frames: how many there are.
        alarm_every: one of so many alarms.

    Example:
        >>> alarms_of(1200, 500)
        [7, 507, 1007]
    """
    return list(range(ALARM_AT, frames, alarm_every))


def counted(config: SourceConfig, kind: str | None = None) -> AbstractDetector:
    """The detector, as `Watch` asks for one.

    Args:
        config: of line.toml.
        kind: of the frames; not needed.

    Example:
        >>> counted(SourceConfig("belt", KIND, CountedOptions())).judge([])
        []
    """
    return CountedDetector(config)


def add_counted() -> None:
    """Let line.toml name the source; once is enough.

    Example:
        >>> add_counted()
        >>> KIND in SOURCES
        True
    """
    if KIND not in SOURCES:
        SOURCES.add(KIND, SourceKind(CountedOptions, CountedSource))
