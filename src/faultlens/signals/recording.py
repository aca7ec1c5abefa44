"""A recording on disk, opened but not loaded."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UsageError
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.signals.readers.contents import Window
from faultlens.signals.signal import Bearing, Signal


@dataclass(frozen=True, eq=False)
class Recording:
    """One channel of a recording on disk, read piece by piece, so that hours fit into memory.

    Args:
        path: the file.
        format: its format in words ("csv", "MATLAB v5").
        sample_rate_hz: samples per second; None where neither file, sidecar nor caller said.
        length: samples.
        channel: name of the channel that `read` reads.
        channels: names of all channels of the file.
        shaft_rpm: shaft speed, revolutions per minute, by the sidecar or the file.
        unit: unit of the samples.
        speeds_rpm: (point,) speeds evenly spread over the recording, where its file has them and
            they vary; `shaft_rpm` is their mean then.
        bearing: designation, geometry or fault orders, by the sidecar.
        asset: the machine, as its owner calls it.
        time: when it was recorded, ISO 8601.
        warnings: what a careful engineer would want to know about it.
        history: what was done to it, oldest first.
        read: (start, stop) -> (time,) float64 samples.
        rate_advice: what to tell a user where the rate is missing.

    Raises:
        UsageError: a warning is plain text, in one language only.
    """

    path: Path
    format: str
    sample_rate_hz: float | None
    length: int
    channel: str | None
    channels: tuple[str, ...]
    read: Window
    shaft_rpm: float | None = None
    unit: str | None = None
    bearing: Bearing | None = None
    asset: str | None = None
    time: str | None = None
    warnings: tuple[Notice, ...] = ()
    history: tuple[str, ...] = ()
    rate_advice: str = ""
    speeds_rpm: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)

    @property
    def rate_hz(self) -> float:
        """Samples per second.

        Raises:
            MissingMetadataError: nobody said; the message says how to.
        """
        if self.sample_rate_hz is None:
            advice = f" {self.rate_advice}" if self.rate_advice else ""
            raise MissingMetadataError(
                f"{self.path} does not say its sampling rate.{advice} Give it with "
                "sample_rate_hz= (command line: --sample-rate), with a line "
                f"'sample_rate_hz = ...' in a sidecar {self.path.stem}.toml beside the file, "
                "or with a time column."
            )
        return self.sample_rate_hz

    @property
    def duration_s(self) -> float:
        """Length in seconds.

        Raises:
            MissingMetadataError: the sampling rate is not known.
        """
        return self.length / self.rate_hz

    def signal(self, start: int, stop: int) -> Signal:
        """Samples start..stop as a Signal whose history says which piece it is.

        Raises:
            MissingMetadataError: the sampling rate is not known.
            UsageError: the piece lies outside the recording.
        """
        if not 0 <= start < stop <= self.length:
            raise UsageError(
                f"Samples {start} to {stop} of {self.path}: it holds samples 0 to {self.length}."
            )
        rate = self.rate_hz
        piece = f"samples {start} to {stop} ({start / rate:g} to {stop / rate:g} s)"
        whole = start == 0 and stop == self.length
        return Signal(
            self.read(start, stop),
            sample_rate_hz=rate,
            shaft_rpm=self.shaft_rpm,
            bearing=self.bearing,
            unit=self.unit,
            channel=self.channel,
            asset=self.asset,
            time=self.time,
            source=str(self.path),
            warnings=self.warnings,
            speeds_rpm=self.speeds_rpm if whole else None,
            history=self.history if whole else (*self.history, piece),
        )

    def load(self) -> Signal:
        """The whole recording as one Signal.

        Raises:
            MissingMetadataError: the sampling rate is not known.
        """
        return self.signal(0, self.length)


def in_memory(signal: Signal) -> Recording:
    """A signal in memory as a recording, so that both are read in the same way.

    Example:
        >>> import numpy as np
        >>> in_memory(Signal(np.arange(4.0), sample_rate_hz=4)).read(1, 3)
        array([1., 2.])
    """
    return Recording(
        path=Path(signal.source or "recording"),
        format="memory",
        sample_rate_hz=signal.sample_rate_hz,
        length=len(signal.samples),
        channel=signal.channel,
        channels=(),
        read=lambda start, stop: np.asarray(signal.samples[start:stop], dtype=np.float64),
        shaft_rpm=signal.shaft_rpm,
        unit=signal.unit,
        bearing=signal.bearing,
        asset=signal.asset,
        time=signal.time,
        warnings=signal.warnings,
        history=signal.history,
        speeds_rpm=signal.speeds_rpm,
    )
