"""A recording for a model that was trained on windows: cut and prepared exactly as in training.

All windows count. Beside them stands whatever else the recording says: its levels, its outline, and
the lines of its bearing where speed and bearing are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.core.notice import Notice
from faultlens.inputs.vibration import (
    SPEED_TOLERANCE,
    WINDOWS,
    VibrationInput,
    outline_of,
    prepare_vibration,
)
from faultlens.inputs.window_preparation import WindowPreparation, Windows, prepared
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.quality import filled
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.resample import resample
from faultlens.signals.signal import Bearing, Signal

MOST_WINDOWS = 2000
"""Windows judged of one recording: their mean is as steady as it will ever be."""

SAME_RATE = 1e-3
"""Relative difference up to which two rates count as one, as in `datasets.windows`."""

LONGEST_RESAMPLED = 20_000_000
"""Samples that are brought to another rate as a whole, about 1 GB while it is done; of a longer
recording each window is brought there by itself."""

MARGIN = 128
"""Samples of the slower rate read before and after a window that is resampled by itself; the filter
reaches 56."""


@dataclass(frozen=True, eq=False)
class CutRecording:
    """The windows of one recording.

    Args:
        arrays: (window, channel, time), or as the preparation makes them behind the first axis.
        notices: what a careful engineer would want to know of the cut.
    """

    arrays: NDArray[np.float32]
    notices: tuple[Notice, ...] = ()


def prepare_windowed(
    payload: Signal | Recording,
    preparation: WindowPreparation,
    *,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
) -> VibrationInput:
    """Read a recording for a model of windows, with what its bearing's lines say beside it.

    Args:
        payload: a signal in memory, or a recording on disk that is read window by window.
        preparation: of the model.
        shaft_rpm: shaft speed or speeds, revolutions per minute; None takes the payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.
        speed_tolerance: largest relative error of the stated speed, for the lines.

    Raises:
        MissingMetadataError: the sampling rate, or what the preparation needs, is not known.
        UnknownNameError: no catalogue row has that designation.
        UnusableSignalError: shorter than a window, constant, or too many values missing.
        UsageError: an impossible speed or tolerance.

    Example:
        >>> hum = Signal(np.sin(np.arange(4096.0)), 5120)
        >>> ready = prepare_windowed(hum, WindowPreparation("waveform", 1024, 5120.0))
        >>> ready.reading, ready.windows, ready.arrays["windows"].shape
        ('windows', 4, (4, 1, 1024))
    """
    which = payload.bearing if bearing is None else bearing
    own = payload.shaft_rpm if payload.speeds_rpm is None else payload.speeds_rpm
    speed = own if shaft_rpm is None else shaft_rpm
    mean_rpm = None if speed is None else _mean_rpm(speed)
    cut = recording_windows(payload, preparation, shaft_rpm=mean_rpm, bearing=which)
    beside, notices = _beside(payload, speed, which, speed_tolerance)
    return replace(
        beside,
        stated_rpm=beside.stated_rpm or mean_rpm,
        arrays={WINDOWS: cut.arrays},
        windows=len(cut.arrays),
        window_s=preparation.window / preparation.sample_rate_hz,
        warnings=tuple(dict.fromkeys([*cut.notices, *beside.warnings, *notices])),
    )


def recording_windows(
    payload: Signal | Recording,
    preparation: WindowPreparation,
    *,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
) -> CutRecording:
    """The windows of a recording as a model takes them: side by side, a rest is left out.

    Args:
        payload: a signal in memory, or a recording on disk.
        preparation: of the model.
        shaft_rpm: mean shaft speed, revolutions per minute; None takes the payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.

    Raises:
        MissingMetadataError: the sampling rate, or what the preparation needs, is not known.
        UnusableSignalError: shorter than a window, or without a usable value.

    Example:
        >>> hum = Signal(np.sin(np.arange(8192.0)), 10240)
        >>> cut = recording_windows(hum, WindowPreparation("waveform", 1024, 5120.0))
        >>> cut.arrays.shape, cut.notices[0].en
        ((4, 1, 1024), 'Resampled from 10240 to 5120 Hz, at which the model was trained.')
    """
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    ratio = preparation.sample_rate_hz / recording.rate_hz
    if abs(ratio - 1) <= SAME_RATE:
        ratio = 1.0
    whole = int(recording.length * ratio) // preparation.window
    if whole < 1:
        raise UnusableSignalError(
            f"{_name(payload)} lasts {recording.duration_s:.3g} s; the model judges windows of "
            f"{preparation.window / preparation.sample_rate_hz:.3g} s. Record for longer."
        )
    count = min(whole, MOST_WINDOWS)
    starts = np.rint(np.linspace(0, whole - 1, count)).astype(int) * preparation.window
    # Single precision, as in training.
    samples = np.array(list(_cut(recording, starts, preparation.window, ratio)), dtype=np.float32)
    samples = samples[np.isfinite(samples).all(axis=1)]
    if not len(samples):
        raise UnusableSignalError(f"{_name(payload)} has no usable value. Check the sensor.")
    rpm = payload.shaft_rpm if shaft_rpm is None else shaft_rpm
    which = payload.bearing if bearing is None else bearing
    known = Windows(
        samples, np.full(len(samples), np.nan if rpm is None else rpm / 60), [which] * len(samples)
    )
    notices = [*_rate_notices(recording.rate_hz, preparation.sample_rate_hz, ratio)]
    if count < whole:
        notices.append(_spread(count, whole))
    return CutRecording(prepared(preparation, known), tuple(notices))


def _cut(
    recording: Recording, starts: NDArray[np.int_], size: int, ratio: float
) -> Iterator[NDArray[np.float64]]:
    """Windows at the model's rate; `starts` count its samples."""
    if ratio == 1:
        for start in starts:
            yield _read(recording, int(start), int(start) + size)
    elif recording.length <= LONGEST_RESAMPLED:
        whole = _read(recording, 0, recording.length)
        samples = _resampled(whole, recording.rate_hz, ratio)
        for start in starts:
            # The ratio is met within .1 %, so that the last window may end a little late.
            first = min(int(start), len(samples) - size)
            yield samples[first : first + size]
    else:
        margin = round(MARGIN * max(1.0, 1 / ratio))
        for start in starts:
            first = int(start / ratio)
            last = first + round(size / ratio)
            low = max(0, first - margin)
            piece = _read(recording, low, min(recording.length, last + margin))
            samples = _resampled(piece, recording.rate_hz, ratio)
            begin = min(round((first - low) * ratio), len(samples) - size)
            yield samples[begin : begin + size]


def _read(recording: Recording, start: int, stop: int) -> NDArray[np.float64]:
    return np.asarray(filled(recording.read(start, stop)), dtype=np.float64)


def _resampled(samples: NDArray[np.float64], rate_hz: float, ratio: float) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.asarray(
        resample(Signal(samples, rate_hz), rate_hz * ratio).samples, dtype=np.float64
    )
    return found


def _beside(
    payload: Signal | Recording,
    speed: float | ArrayLike | None,
    which: Bearing | None,
    speed_tolerance: float,
) -> tuple[VibrationInput, tuple[Notice, ...]]:
    """What else the recording says, and why it says no more."""
    known = None if which is None else resolve_bearing(which)
    if speed is None or known is None:
        return outline_of(payload, known), (_NO_LINES,)
    try:
        found = prepare_vibration(
            payload, shaft_rpm=speed, bearing=which, speed_tolerance=speed_tolerance
        )
    except UnusableSignalError as error:
        # Too short or too slowly sampled for lines is long enough for a window.
        return outline_of(payload, known), (_unread(error),)
    return found, ()


_NO_LINES = Notice(
    en="No fault lines are shown beside the verdict, nor a second opinion by them: they need shaft "
    "speed and bearing (--rpm, --bearing).",
    zh="结论旁未给出故障谱线及规则复核：二者需要转速和轴承型号（--rpm、--bearing）。",
)


def _unread(error: UnusableSignalError) -> Notice:
    return Notice(
        en=f"No fault lines are shown beside the verdict: {error}",
        zh=f"结论旁未给出故障谱线：{error}",
    )


def _rate_notices(here: float, model: float, ratio: float) -> Iterator[Notice]:
    if ratio == 1:
        return
    yield Notice(
        en=f"Resampled from {here:g} to {model:g} Hz, at which the model was trained.",
        zh=f"已由 {here:g} Hz 重采样到模型训练所用的 {model:g} Hz。",
    )
    if ratio > 1:
        yield Notice(
            en=f"Nothing above {here / 2:g} Hz was recorded; the model was trained with it and may "
            "miss it. Record at its rate.",
            zh=f"{here / 2:g} Hz 以上的内容未被记录，而模型训练时包含该频段，判断可能受影响。"
            "请按模型的采样率采集。",
        )


def _spread(count: int, whole: int) -> Notice:
    return Notice(
        en=f"{count} of its {whole} windows were judged, spread evenly over the recording.",
        zh=f"共 {whole} 个窗口，均匀选取其中 {count} 个进行判断。",
    )


def _mean_rpm(given: float | ArrayLike) -> float:
    speeds = np.asarray(given, dtype=np.float64)
    if not (speeds.size and np.isfinite(speeds).all() and (speeds > 0).all()):
        raise UsageError(
            f"A shaft speed of {given!r}; it must be a positive number of revolutions per minute."
        )
    return float(speeds.mean())


def _name(payload: Signal | Recording) -> str:
    if isinstance(payload, Recording):
        return str(payload.path)
    return payload.source or "The recording"
