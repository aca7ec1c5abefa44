"""What a source yields: a frame, or trouble that it had."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface

PICTURE, SIGNAL, SCAN = "picture", "signal", "scan"
"""Kinds of frames, as records call them."""


def _nothing() -> None:
    """Where nobody waits for the acknowledgement."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture, scan, or window of one vibration channel, on its way through the line.

    Args:
        id: unique in its source, and the same when the source yields it again.
        source: name of the source in line.toml.
        time: when it was taken, aware, in UTC.
        payload: what there is to judge.
        channel: of a source with several; "" else.
        part: id of the part that it shows; None where nobody said.
        asset: the machine, as its owner calls it.
        resume: where a replayable source goes on after this frame, in its own words; None for a
            source that cannot go back.
        acknowledge: called once the frame's result is safe on this machine; a sender may then
            forget it. Called from another thread; must not block or raise.
        arrived_s: reading of `time.perf_counter` when the frame was whole here.
    """

    id: str
    source: str
    time: datetime
    payload: Image | Signal | Surface
    channel: str = ""
    part: str | None = None
    asset: str | None = None
    resume: str | None = None
    acknowledge: Callable[[], None] = field(default=_nothing, repr=False)
    arrived_s: float = 0.0

    @property
    def kind(self) -> str:
        """ "picture", "signal" or "scan", as records call it."""
        match self.payload:
            case Image():
                return PICTURE
            case Signal():
                return SIGNAL
            case Surface():
                return SCAN

    @property
    def payload_bytes(self) -> int:
        """What it takes of memory, about, bytes."""
        match self.payload:
            case Image():
                return self.payload.pixels.nbytes
            case Signal():
                return self.payload.samples.nbytes
            case Surface():
                colours = self.payload.colours
                return self.payload.points_mm.nbytes + (0 if colours is None else colours.nbytes)


@dataclass(frozen=True)
class Trouble:
    """Something that went wrong at a source; the source goes on.

    Args:
        source: its name.
        time: when, aware, in UTC.
        notice: what, in both languages: what was seen, and what becomes of it.
        severity: "info", "warning" or "error".
        resume: as of a frame: what a replayable source passes over for good.
    """

    source: str
    time: datetime
    notice: Notice
    severity: str = "warning"
    resume: str | None = None
