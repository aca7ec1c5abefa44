"""The windows of a recording one by one: lines, combs and levels of bands of each.

Where `inputs.vibration` takes the mean over windows, this keeps them apart: a model that was tuned
on windows compares windows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.errors import InputError, UnusableSignalError
from faultlens.core.notice import Notice
from faultlens.inputs.modulation_array import BANDS, band_powers
from faultlens.inputs.vibration import LINES, ORDERS, SPEED_TOLERANCE, prepare_vibration
from faultlens.signals.quality import filled
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.resample import resample
from faultlens.signals.signal import Bearing, Signal

SAME_RATE = 1e-3
"""Relative difference up to which two rates count as one, as in `datasets.windows`."""

KEPT = 0.9
"""Share of the band that resampling keeps, as in `signals.resample`."""

MARGIN = 128
"""Samples of the slower rate read before and after a window that is resampled by itself; the filter
reaches 56."""

MOST_WINDOWS = 300
"""Windows read of one recording, about 25 ms each: their mean is as steady as it will ever be."""

SPEEDS_PER_WINDOW = 16
"""Points of a varying speed that a window keeps."""

_PREFIX = "each "


@dataclass(frozen=True)
class WindowGrid:
    """The windows that recordings are cut into.

    Args:
        sample_rate_hz: samples per second, of all.
        window_s: length of a window, s.
    """

    sample_rate_hz: float
    window_s: float

    @property
    def size(self) -> int:
        """Samples of a window."""
        return round(self.window_s * self.sample_rate_hz)


@dataclass(frozen=True, eq=False)
class LineWindows:
    """What each window says.

    Args:
        lines: (window, feature) see `inputs.line_array`.
        orders: (window, channel, order) see `inputs.order_array`.
        bands: (window, band) see `inputs.modulation_array`; nan where nothing was recorded.
    """

    lines: NDArray[np.float32]
    orders: NDArray[np.float32]
    bands: NDArray[np.float32]

    def to_arrays(self) -> dict[str, NDArray[np.float32]]:
        """By the names under which `VibrationInput.arrays` carries them.

        Returns:
            name -> array, such as (window, feature) of the lines.

        Example:
            >>> sorted(LineWindows(np.ones(1), np.ones(1), np.ones(1)).to_arrays())
            ['each bands', 'each lines', 'each orders']
        """
        named = {"lines": self.lines, "orders": self.orders, "bands": self.bands}
        return {_PREFIX + name: array for name, array in named.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.float32]]) -> "LineWindows | None":
        """The windows among a recording's arrays; None where it has none.

        Args:
            arrays: of a `VibrationInput`, by name; those of windows are (window, feature) or more.

        Example:
            >>> LineWindows.from_arrays({}) is None
            True
        """
        names = [_PREFIX + x for x in ("lines", "orders", "bands")]
        if any(x not in arrays for x in names):
            return None
        return cls(*(arrays[x] for x in names))


def why_not(
    payload: Signal | Recording,
    grid: WindowGrid,
    *,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
) -> Notice | None:
    """Why a recording cannot be read window by window; None where it can.

    Args:
        payload: a signal in memory, or a recording on disk.
        grid: rate and length of the windows.
        shaft_rpm: shaft speed or speeds, revolutions per minute; None takes the payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.

    Raises:
        MissingMetadataError: the sampling rate is not known.

    Example:
        >>> print(why_not(Signal(np.zeros(24000), 12000), WindowGrid(12000, 2.0)))
        shaft speed and bearing are not stated (--rpm, --bearing)
    """
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    speed = shaft_rpm is not None or payload.shaft_rpm is not None or payload.speeds_rpm is not None
    which = bearing is not None or payload.bearing is not None
    if not (speed and which):
        lacking = [x for x, known in (("shaft speed", speed), ("bearing", which)) if not known]
        lacking_zh = [x for x, known in (("转速", speed), ("轴承型号", which)) if not known]
        return Notice(
            en=f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not stated (--rpm, "
            "--bearing)",
            zh=f"未给出{'和'.join(lacking_zh)}（--rpm、--bearing）",
        )
    if recording.rate_hz < grid.sample_rate_hz * (1 - SAME_RATE):
        return Notice(
            en=f"it was sampled at {recording.rate_hz:g} Hz, and {grid.sample_rate_hz:g} Hz are "
            "needed: what lies higher was not recorded",
            zh=f"采样率为 {recording.rate_hz:g} Hz，低于所需的 {grid.sample_rate_hz:g} Hz，"
            "更高的频段没有记录",
        )
    if window_count(payload, grid) < 1:
        return Notice(
            en=f"it lasts {recording.duration_s:.3g} s, and windows of {grid.window_s:g} s are "
            "needed",
            zh=f"记录长 {recording.duration_s:.3g} s，短于所需的 {grid.window_s:g} s 窗口",
        )
    return None


def window_count(payload: Signal | Recording, grid: WindowGrid) -> int:
    """Whole windows of a recording, side by side.

    Args:
        payload: a signal in memory, or a recording on disk.
        grid: rate and length of the windows.

    Example:
        >>> window_count(Signal(np.zeros(50000), 12000), WindowGrid(12000, 2.0))
        2
    """
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    # A last sample may be lost where a rate is met within .1 %.
    return int(recording.duration_s / grid.window_s * (1 + 1e-9))


def line_windows(
    payload: Signal | Recording,
    grid: WindowGrid,
    *,
    only: Sequence[int] | None = None,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
) -> LineWindows:
    """Read windows of a recording one by one, at the rate of the grid.

    A window that cannot be judged, such as one without a value, is passed over.

    Args:
        payload: a signal in memory, or a recording on disk that is read window by window; with
            speed and bearing, its rate that of the grid or higher.
        grid: rate and length of the windows.
        only: numbers of the windows to read; None reads all, of a very long recording
            `MOST_WINDOWS` spread evenly.
        shaft_rpm: shaft speed or speeds, revolutions per minute; None takes the payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.
        speed_tolerance: largest relative error of the stated speed.

    Raises:
        UnusableSignalError: no window can be judged; says why the first cannot.
        UsageError: an impossible speed or tolerance.

    Example:
        >>> from faultlens.signals.kinematics import FaultOrders
        >>> noise = np.random.default_rng(0).normal(size=48000)
        >>> hum = Signal(noise, 12000, shaft_rpm=1800, bearing=FaultOrders(3.58, 5.42, 2.36, 0.4))
        >>> read = line_windows(hum, WindowGrid(12000, 2.0))
        >>> read.bands.shape, len(read.lines), len(read.orders)
        ((2, 64), 2, 2)
    """
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    own = payload.shaft_rpm if payload.speeds_rpm is None else payload.speeds_rpm
    speeds = np.atleast_1d(np.asarray(own if shaft_rpm is None else shaft_rpm, dtype=np.float64))
    count = window_count(payload, grid)
    chosen = _spread(count) if only is None else only
    rows: list[tuple[NDArray[np.float32], ...]] = []
    refused: InputError | None = None
    for number in chosen:
        samples, rate_hz = _samples(recording, int(number), grid)
        try:
            ready = prepare_vibration(
                Signal(samples, rate_hz),
                shaft_rpm=_speeds_within(speeds, int(number), recording, grid),
                bearing=payload.bearing if bearing is None else bearing,
                speed_tolerance=speed_tolerance,
            )
        except InputError as error:
            refused = refused or error
            continue
        bands = band_powers(np.asarray(filled(samples))).astype(np.float32)
        if recording.rate_hz > grid.sample_rate_hz * (1 + SAME_RATE):
            # There the slope of the filter would be taken for the machine.
            bands[int(KEPT * BANDS) :] = np.nan
        rows.append((ready.arrays[LINES], ready.arrays[ORDERS], bands))
    if not rows:
        raise UnusableSignalError(
            str(refused or "The recording holds no whole window. Record for longer.")
        )
    return LineWindows(*(np.stack(x) for x in zip(*rows, strict=True)))


def spread_notice(payload: Signal | Recording, grid: WindowGrid) -> tuple[Notice, ...]:
    """What to say where not every window of a recording is read.

    Args:
        payload: a signal in memory, or a recording on disk.
        grid: rate and length of the windows.

    Example:
        >>> spread_notice(Signal(np.zeros(48000), 12000), WindowGrid(12000, 2.0))
        ()
    """
    count = window_count(payload, grid)
    if count <= MOST_WINDOWS:
        return ()
    return (
        Notice(
            en=f"{MOST_WINDOWS} of its {count} windows were compared with the labelled ones, "
            "spread evenly over the recording.",
            zh=f"共 {count} 个窗口，均匀选取其中 {MOST_WINDOWS} 个与标注窗口比较。",
        ),
    )


def _spread(count: int) -> Sequence[int]:
    if count <= MOST_WINDOWS:
        return range(count)
    found: list[int] = np.rint(np.linspace(0, count - 1, MOST_WINDOWS)).astype(int).tolist()
    return found


def _samples(
    recording: Recording, number: int, grid: WindowGrid
) -> tuple[NDArray[np.float64], float]:
    """Samples of one window and the rate that they really have."""
    rate_hz = recording.rate_hz
    ratio = grid.sample_rate_hz / rate_hz
    size = round(grid.window_s * rate_hz)
    first = min(round(number * grid.window_s * rate_hz), recording.length - size)
    if abs(ratio - 1) <= SAME_RATE:
        return np.asarray(recording.read(first, first + size), dtype=np.float64), rate_hz
    margin = round(MARGIN / ratio)
    low = max(0, first - margin)
    piece = filled(recording.read(low, min(recording.length, first + size + margin)))
    brought = resample(Signal(piece, rate_hz), grid.sample_rate_hz)
    begin = min(round((first - low) * ratio), len(brought.samples) - grid.size)
    window = np.asarray(brought.samples[begin : begin + grid.size], dtype=np.float64)
    return window, brought.sample_rate_hz


def _speeds_within(
    speeds: NDArray[np.float64], number: int, recording: Recording, grid: WindowGrid
) -> float | NDArray[np.float64]:
    """The part of a varying speed that belongs to one window."""
    if speeds.size == 1:
        return float(speeds[0])
    times = np.linspace(0.0, recording.duration_s, speeds.size)
    within = number * grid.window_s + np.linspace(0.0, grid.window_s, SPEEDS_PER_WINDOW)
    found: NDArray[np.float64] = np.interp(within, times, speeds)
    return found
