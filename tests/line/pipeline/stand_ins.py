"""What tests of the pipeline share: frames without a camera, waiting, a line file, a line."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benches.line.counted import add_counted, counted
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import LineConfig
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame
from faultlens.line.journal import Journal
from faultlens.line.judged import Judged
from faultlens.line.pipeline.actions import ActionDesk
from faultlens.line.pipeline.hooks import Hooks
from faultlens.line.pipeline.line import Line
from faultlens.line.pipeline.shipper import Shipper
from faultlens.store.errors import StoreError
from faultlens.store.records import Action, AlarmRecord, AppliedRecord, Record, ResultRecord
from tests.timing import PATIENCE_S, eventually

R = TypeVar("R", bound=Record)

BEGIN = datetime(2026, 11, 26, 8, tzinfo=UTC)

PICTURE = Image(np.zeros((8, 8), np.uint8))


def frame(name: str = "1", source: str = "camera", seconds: float = 0.0, **more: object) -> Frame:
    """A frame of a small black picture."""
    time = BEGIN + timedelta(seconds=seconds)
    return Frame(name, source, time, PICTURE, **more)  # type: ignore[arg-type]


def judged(its: Frame, score: float = 0.1, **more: object) -> Judged:
    """A verdict that alarms from 0.5 on."""
    alarm = score > 0.5
    verdict = "scratch" if alarm else "no defect"
    return Judged(its, verdict, alarm, score, 0.5, "stand-in@0", {"verdict": verdict}, **more)  # type: ignore[arg-type]


ENDLESS = 100_000
"""Frames that are not at their end before the test is, however slow the machine."""


def until(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Wait until a condition holds; a test in which it never does fails."""
    eventually(condition, longest_s=seconds)


def line_file(folder: Path, frames: int = 100, rest: str = "", more: Sequence[str] = ()) -> Path:
    """A line.toml of one source of numbered frames; `more` are further keys of the source."""
    path = folder / "line.toml"
    keys = "\n".join(more)
    path.write_text(
        f"""
[line]
name = "press"
store = "sqlite:///line.db"
state = "state"
[source.belt]
kind = "counted"
frames = {frames}
alarm_every = 50
{keys}
[dashboard]
on = false
[monitoring]
on = false
[audit]
share = 0.0
{rest}
""",
        encoding="utf-8",
    )
    return path


class Sound(AbstractDetector):
    """Finds nothing, and remembers what it has judged."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        self.judged += [x.id for x in frames]
        return [judged(x) for x in frames]


class FakeStore:
    """A store in memory that can be away; entries up to the watermark are passed over."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, Record]] = []
        self.actions: list[Action] = []
        self.away = False
        self.refused: set[int] = set()

    def write(self, line: str, entries: Sequence[tuple[int, Record]]) -> None:
        """Take what is newer than the watermark, all or nothing."""
        self._asked()
        new = [x for x in entries if x[0] > self.watermark(line)]
        if any(seq in self.refused for seq, _ in new):
            raise StoreError("a row that it does not take")
        self.rows += new

    def watermark(self, line: str) -> int:
        """Number of the last entry."""
        self._asked()
        return self.rows[-1][0] if self.rows else 0

    def waiting_actions(self) -> list[Action]:
        """Actions without their AppliedRecord."""
        self._asked()
        done = {x.action for _, x in self.rows if isinstance(x, AppliedRecord)}
        return [x for x in self.actions if x.id not in done]

    def close(self) -> None:
        """Nothing is held."""

    def of(self, kind: type[R]) -> list[R]:
        """Its records of a kind, in their order."""
        return [x for _, x in self.rows if isinstance(x, kind)]

    def _asked(self) -> None:
        if self.away:
            raise StoreError("nobody answers")


class Running:
    """A line of numbered frames with its journal and a store in memory."""

    def __init__(self, config: LineConfig, *, hooks: Hooks | None = None, **more: Any) -> None:
        self.journal = Journal(config.state / "journal.db", **more.pop("journal", {}))
        self.journal.register("store")
        self.store = more.pop("store", None) or FakeStore()
        self.urgent: list[AlarmRecord] = []
        self.line = Line(
            config,
            self.journal,
            more.pop("detectors", counted),
            lambda line: hooks or Hooks(),
            urgent=self.urgent.append,
            wrote=lambda records: None,
        )
        self.shipper = Shipper(
            config.name, self.journal, lambda: self.store, self.line.conditions,  # type: ignore[arg-type]
            self.line.stages, lambda event: self.line.recorder.tell(event),
        )  # fmt: skip
        self.desk = ActionDesk(
            self.shipper.waiting_actions, lambda: self.line.recorder, "en",
            self.line.hooks.handlers,
        )  # fmt: skip
        self.line.went_back = self.desk.again

    def __enter__(self) -> "Running":
        self.line.start()
        self.shipper.start()
        self.desk.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.close(PATIENCE_S)
        self.line.stop()
        self.shipper.close(PATIENCE_S)
        self.journal.close()

    def ids(self, source: str = "belt") -> list[str]:
        """Frames of a source in the store, in their order."""
        return [x.frame for x in self.store.of(ResultRecord) if x.source == source]


def config_of(
    folder: Path, frames: int = 100, rest: str = "", more: Sequence[str] = ()
) -> LineConfig:
    """The configuration of `line_file`."""
    add_counted()
    return read_line_config(line_file(folder, frames, rest, more))
