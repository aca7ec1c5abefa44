"""One dated recording of an asset as the measures of its health, over all channels that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice
from faultlens.inference.diagnose_file import described
from faultlens.inputs.vibration import SPEED_TOLERANCE, prepare_vibration
from faultlens.signals.dates import date_in_name, parse_time
from faultlens.signals.health import Health, Measure, line_health, measure_health
from faultlens.signals.readers.column_names import is_other_quantity
from faultlens.signals.readers.not_vibration import LOOKED_AT, why_not_vibration
from faultlens.signals.recording import Recording
from faultlens.signals.sidecar import read_sidecar
from faultlens.signals.signal import Bearing

LINE_REVOLUTIONS = 40
"""Turns of the shaft below which the lines of a bearing do not part from their sidebands."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one recording says of an asset's health.

    Args:
        file: the recording's file.
        measures: what was measured.
        values: (measure,) in the unit of each measure.
        sample_rate_hz: samples per second.
        time: when it was recorded; None where nobody says.
        shaft_rpm: shaft speed, revolutions per minute; None where it is not known.
        unit: unit of the samples; None where it is not known.
        asset: the machine, as its owner calls it.
        warnings: what a careful engineer would want to know.
    """

    file: str
    measures: tuple[Measure, ...]
    values: NDArray[np.float64]
    sample_rate_hz: float
    time: datetime | None = None
    shaft_rpm: float | None = None
    unit: str | None = None
    asset: str | None = None
    warnings: tuple[Notice, ...] = ()


def snapshot(channels: Sequence[Recording], *, file: str | None = None) -> Snapshot:
    """Measure one recording; the lines of its bearing too where bearing and speed are known.

    Args:
        channels: its channels, one at least.
        file: what to call it; None takes the first channel's path.

    Raises:
        MissingMetadataError: the sampling rate is not known.
        UnusableSignalError: no channel, or one that nothing can be concluded from.

    Example:
        >>> from faultlens.signals.recording import in_memory
        >>> from faultlens.signals.signal import Signal
        >>> noise = np.random.default_rng(0).normal(size=25600)
        >>> made = snapshot([in_memory(Signal(noise, 25600.0, time="2024-05-31"))])
        >>> len(made.measures), str(made.time)
        (12, '2024-05-31 00:00:00')
    """
    if not channels:
        raise UnusableSignalError(f"{file or 'The recording'} has no channel of vibration.")
    first = channels[0]
    several = len(channels) > 1
    parts: list[Health] = []
    warnings: list[Notice] = []
    for recording in channels:
        name = (recording.channel or "") if several else ""
        parts.append(measure_health(recording, channel=name))
        warnings += [*recording.warnings, *parts[-1].warnings]
        if recording.bearing is not None and recording.shaft_rpm is not None:
            lines, said = _lines(recording, name)
            parts += lines
            warnings += said
    return Snapshot(
        file=str(first.path) if file is None else file,
        measures=tuple(x for part in parts for x in part.measures),
        values=np.concatenate([part.values for part in parts]),
        sample_rate_hz=first.rate_hz,
        time=parse_time(first.time) or date_in_name(str(first.path)),
        shaft_rpm=first.shaft_rpm,
        unit=first.unit,
        asset=first.asset,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def snapshot_file(
    path: str | Path,
    *,
    channels: Sequence[str] | None = None,
    sample_rate_hz: float | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
) -> Snapshot:
    """Measure a file; what its sidecar says beats the arguments.

    Args:
        path: the file.
        channels: names or indices of the channels; None takes those of `vibration_channels`.
        sample_rate_hz: samples per second, where the file does not say it.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it.

    Raises:
        InputError: the file cannot be read or measured; the message says why.

    Example:
        >>> import tempfile
        >>> from faultlens.signals.signal import Signal
        >>> from faultlens.signals.write import write_signal
        >>> noise = np.random.default_rng(0).normal(size=6400)
        >>> folder = Path(tempfile.mkdtemp())
        >>> path = write_signal(folder / "pump7_20240531_1020.csv", Signal(noise, 6400.0, unit="g"))
        >>> str(snapshot_file(path).time)
        '2024-05-31 10:20:00'
    """
    names = channels or vibration_channels(path, sample_rate_hz=sample_rate_hz)
    opened = [
        described(
            path,
            sample_rate_hz=sample_rate_hz,
            channel=name,
            shaft_rpm=shaft_rpm,
            bearing=bearing,
        )
        for name in names
    ]
    return snapshot(opened, file=str(path))


def vibration_channels(path: str | Path, *, sample_rate_hz: float | None = None) -> tuple[str, ...]:
    """Names of the channels that are followed: the one its sidecar names, or all that may vibrate.

    Args:
        path: the file.
        sample_rate_hz: samples per second, where the file does not say it.

    Raises:
        InputError: the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> rows = [f"{np.sin(i):.3f},{np.cos(i):.3f},{20 + i % 3}" for i in range(64)]
        >>> _ = path.write_text("DE (g),FE (g),temperature\\n" + "\\n".join(rows))
        >>> vibration_channels(path)
        ('DE (g)', 'FE (g)')
    """
    chosen = described(path, sample_rate_hz=sample_rate_hz)
    sidecar = read_sidecar(path)
    own = chosen.channel or "0"
    if sidecar is not None and sidecar.channel is not None:
        return (own,)
    kept = []
    for name in chosen.channels:
        if name == own:
            kept.append(name)
        elif not is_other_quantity(name):
            other = described(path, sample_rate_hz=sample_rate_hz, channel=name)
            piece = other.read(0, min(other.length, LOOKED_AT))
            if why_not_vibration([piece]) is None:
                kept.append(name)
    return tuple(kept)


def _lines(recording: Recording, channel: str) -> tuple[list[Health], list[Notice]]:
    revolutions = recording.duration_s * (recording.shaft_rpm or 0.0) / 60
    if revolutions < LINE_REVOLUTIONS:
        short = Notice(
            en=f"The recordings hold fewer than {LINE_REVOLUTIONS} turns of the shaft: too short "
            "for the lines of the bearing, which are not followed.",
            zh=f"每条记录不足 {LINE_REVOLUTIONS} 转，过短，无法分辨轴承故障谱线，故不跟踪谱线。",
        )
        return [], [short]
    ready = prepare_vibration(recording, speed_tolerance=SPEED_TOLERANCE)
    evidence = ready.evidence
    lines = [] if evidence is None else [line_health(evidence, channel=channel)]
    return lines, list(ready.warnings)
