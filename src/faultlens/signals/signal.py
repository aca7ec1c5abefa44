"""The record that every reader returns and every operation takes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, MissingMetadataError
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.signals.kinematics import BearingGeometry, FaultOrders

Bearing = str | BearingGeometry | FaultOrders


@dataclass(frozen=True, eq=False)
class Signal:
    """One channel of a vibration recording, with what is known of it.

    Args:
        samples: (time,) float, in `unit`.
        sample_rate_hz: samples per second.
        shaft_rpm: shaft speed, revolutions per minute.
        speeds_rpm: (point,) speeds evenly spread over the recording, where its file has them and
            they vary; `shaft_rpm` is their mean then.
        bearing: catalogue designation, geometry or fault orders.
        unit: unit of the samples ("m/s2", "g", "mm/s", "V"); None where nobody said.
        channel: name of the channel in its file.
        asset: the machine, as its owner calls it.
        time: when it was recorded, ISO 8601.
        source: the file it came from.
        warnings: what a careful engineer would want to know about it.
        history: what was done to it, oldest first.

    Raises:
        InputError: samples are not one-dimensional.
        MissingMetadataError: the rate is not a positive number.
        UsageError: a warning is plain text, in one language only.

    Example:
        >>> signal = Signal(np.zeros(12000), sample_rate_hz=12000, shaft_rpm=1772, bearing="6205")
        >>> signal.duration_s
        1.0
    """

    samples: NDArray[np.floating]
    sample_rate_hz: float
    shaft_rpm: float | None = None
    bearing: Bearing | None = None
    unit: str | None = None
    channel: str | None = None
    asset: str | None = None
    time: str | None = None
    source: str | None = None
    warnings: tuple[Notice, ...] = ()
    history: tuple[str, ...] = ()
    speeds_rpm: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)
        samples = np.asarray(self.samples)
        if samples.ndim != 1:
            raise InputError(
                f"Samples have shape {samples.shape}; a Signal holds one channel, shape (time,). "
                "Pass one column of the array."
            )
        if not np.issubdtype(samples.dtype, np.floating):
            samples = samples.astype(np.float64)
        object.__setattr__(self, "samples", samples)
        if not (np.isfinite(self.sample_rate_hz) and self.sample_rate_hz > 0):
            raise MissingMetadataError(
                f"Sampling rate {self.sample_rate_hz} Hz; it must be a positive number. "
                "Pass sample_rate_hz= (command line: --sample-rate)."
            )

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz

    def derived(self, samples: NDArray[np.floating], done: str, **changes: object) -> "Signal":
        """A new record with other samples and `done` written into its history.

        Args:
            samples: (time,) the new samples.
            done: what was done, in a few words.
            changes: other fields that changed.

        Example:
            >>> raw = Signal(np.ones(4), sample_rate_hz=4)
            >>> raw.derived(raw.samples - 1, "mean removed").history
            ('mean removed',)
        """
        return replace(self, samples=samples, history=(*self.history, done), **changes)  # type: ignore[arg-type]
