"""A recording as an ordinary file: csv, wav, npz or mat, with its sidecar beside it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import written_whole
from faultlens.signals.sidecar import SAME_WITHIN, Sidecar, write_sidecar
from faultlens.signals.signal import Signal

_CSV_BLOCK = 100_000
"""Rows formatted at once, so that a long recording does not fill the memory."""


def write_signal(path: str | Path, signal: Signal, *, sidecar: bool = True) -> Path:
    """Write a recording in the format of the suffix, whole or not at all.

    Args:
        path: .csv (times and samples under a header with units), .wav (32-bit float, whole Hz),
            .npz or .mat (samples, rate, speed).
        signal: the recording.
        sidecar: also write what else is known (speed, rate, unit, bearing, asset, time) as TOML.

    Returns:
        `path`.

    Raises:
        UnknownNameError: no such format.
        UsageError: a rate that a wav header, which holds whole Hz, would falsify.
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> print(write_signal(target, Signal(np.ones(2), 4.0, unit="g")).read_text())
        time (s),vibration (g)
        0,1
        0.25,1
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _WRITERS:
        raise UnknownNameError("recording format", suffix or target.name, _WRITERS)
    with written_whole(target) as temporary:
        _WRITERS[suffix](temporary, signal)
    if sidecar:
        write_sidecar(target, _sidecar_of(signal))
    return target


def _sidecar_of(signal: Signal) -> Sidecar:
    return Sidecar(
        shaft_rpm=signal.shaft_rpm,
        sample_rate_hz=signal.sample_rate_hz,
        unit=signal.unit,
        bearing=signal.bearing,
        asset=signal.asset,
        time=signal.time,
    )


def _write_csv(path: Path, signal: Signal) -> None:
    unit = f" ({signal.unit})" if signal.unit else ""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"time (s),vibration{unit}\n")
        for start in range(0, len(signal.samples), _CSV_BLOCK):
            block = signal.samples[start : start + _CSV_BLOCK]
            time_s = np.arange(start, start + len(block)) / signal.sample_rate_hz
            # 12 digits of time keep the rate exact; 8 of the samples exceed a 24-bit converter.
            np.savetxt(
                stream, np.column_stack([time_s, block]), fmt=("%.12g", "%.8g"), delimiter=","
            )


def _write_wav(path: Path, signal: Signal) -> None:
    from scipy.io import wavfile

    whole = round(signal.sample_rate_hz)
    if abs(whole - signal.sample_rate_hz) > SAME_WITHIN * signal.sample_rate_hz:
        raise UsageError(
            f"A wav file holds whole Hz, and {signal.sample_rate_hz} Hz is none; "
            "write .csv, .npz or .mat instead."
        )
    wavfile.write(path, whole, signal.samples.astype(np.float32))


def _write_npz(path: Path, signal: Signal) -> None:
    with path.open("wb") as stream:
        np.savez(stream, **_arrays(signal))  # type: ignore[arg-type]


def _write_mat(path: Path, signal: Signal) -> None:
    from scipy.io import savemat

    savemat(path, _arrays(signal), appendmat=False, oned_as="column")


def _arrays(signal: Signal) -> dict[str, object]:
    speed = {} if signal.shaft_rpm is None else {"shaft_rpm": signal.shaft_rpm}
    return {"vibration": signal.samples, "sample_rate_hz": signal.sample_rate_hz, **speed}


_WRITERS: dict[str, Callable[[Path, Signal], None]] = {
    ".csv": _write_csv,
    ".wav": _write_wav,
    ".npz": _write_npz,
    ".mat": _write_mat,
}
