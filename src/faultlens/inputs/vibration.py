"""A vibration recording in; out come the arrays of the encoders, and evidence at fault orders.

What can be read depends on what is known: with bearing and speed the lines of the bearing, with the
speed alone the combs over shaft orders, without a speed the plain waveform. The recording is read
window by window, so that hours fit into memory. All windows count, none is picked at random: the
same file gives the same answer, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.core.notice import Notice
from faultlens.inputs.line_array import line_array
from faultlens.inputs.order_array import last_order, order_array
from faultlens.inputs.reading_notices import (
    LOWEST_LAST_ORDER,
    UNKNOWN_BEARING_EITHER,
    UNKNOWN_SPEED,
    best_fit,
    length_warnings,
    rate_warnings,
    too_slowly_sampled,
    unknown_bearing,
)
from faultlens.inputs.waveform_array import waveform_array
from faultlens.signals.catalogue import ResolvedBearing, plausible_bearing, resolve_bearing
from faultlens.signals.evidence import LineEvidence
from faultlens.signals.lines import (
    WINDOW_S,
    highest_order,
    measured_spectrum,
    read_evidence,
    window_seconds,
)
from faultlens.signals.modulation import ContrastSpectrum, contrast_spectrum, mean_spectrum
from faultlens.signals.quality import Flaws, count_flaws, filled, judged, merged
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.severity import WindowLevels, combine_windows, measure_window
from faultlens.signals.signal import Bearing, Signal

SPEED_TOLERANCE = 0.02
"""Error of a stated speed that is searched, unless the user says otherwise."""

WIDEST_TOLERANCE = 0.1
"""Beyond this a search finds some speed at which any noise looks like a fault."""

LONGEST_STRAIGHTENED = 20_000_000
"""Samples that are resampled to constant shaft angle in memory: about 1 GB while it is done."""

SHORTEST_WAVEFORM_S = 0.1
"""A recording shorter than this holds a few strikes at most."""

WAVEFORM_POINTS = 4000
"""Points kept of the waveform for pictures: the lowest and highest of each stretch."""

LINES, ORDERS, WAVEFORM = "lines", "orders", "waveform"
READINGS = (LINES, ORDERS, WAVEFORM)
"""Arrays of `VibrationInput`, by what must be known: bearing and speed, the speed, nothing."""

WINDOWS = "windows"
"""Array of `inputs.windowed`: what a model trained on windows takes, whatever is known."""


@dataclass(frozen=True, eq=False)
class VibrationInput:
    """What a recording says, ready to be judged.

    Args:
        evidence: lines read at the bearing's orders, or, where none was stated, at those of the
            usual geometry that fits best; None where the speed is not known.
        bearing: the bearing as it was resolved; None where none was stated.
        stated_rpm: shaft speed that the user or the file stated, revolutions per minute; None
            where nobody did.
        arrays: what encoders take, by name: "lines" (feature,), "orders" (channel, order),
            "waveform" (time,), "windows" (window, ...).
        windows: number of windows read.
        window_s: length of a window, s.
        duration_s: length of the recording, s.
        levels: rms, peak and velocity of the whole recording.
        waveform_time_s: (point,) time of the waveform kept for pictures, s.
        waveform: (point,) the lowest and highest sample of each stretch.
        warnings: what a careful engineer would want to know.
        points: what a model's encoders said of it already, by the model's reference: (dim,).
    """

    evidence: LineEvidence | None
    bearing: ResolvedBearing | None
    stated_rpm: float | None
    arrays: Mapping[str, NDArray[np.float32]]
    windows: int
    window_s: float
    duration_s: float
    levels: WindowLevels
    waveform_time_s: NDArray[np.float64]
    waveform: NDArray[np.float64]
    warnings: tuple[Notice, ...] = ()
    points: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def reading(self) -> str:
        """The most telling of its arrays."""
        return next(name for name in (WINDOWS, *READINGS) if name in self.arrays)

    def emptied(self) -> "VibrationInput":
        """The same without the numbers of its arrays: judged ones, of which many are kept."""
        return replace(self, arrays={name: x[:0] for name, x in self.arrays.items()}, points={})


def prepare_vibration(
    payload: Signal | Recording,
    *,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
) -> VibrationInput:
    """Read a recording: at its bearing's orders, or as far as what is known allows.

    Args:
        payload: a signal in memory, or a recording on disk that is read window by window.
        shaft_rpm: shaft speed, revolutions per minute; with an array of speeds, evenly spread over
            the recording, it is straightened to constant shaft angle first; None takes the
            payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.
        speed_tolerance: largest relative error of the stated speed, 0 to 0.1.

    Raises:
        MissingMetadataError: the sampling rate is not known.
        UnknownNameError: no catalogue row has that designation.
        UnusableSignalError: too short, constant, too many values missing, or sampled too slowly.
        UsageError: an impossible speed or tolerance.

    Example:
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1800,
        ...                 sample_rate_hz=12800, seconds=4.0, seed=1)
        >>> ready = prepare_vibration(made.signal)
        >>> ready.windows, ready.evidence.family("outer").matched_harmonics
        (2, (1, 2, 3, 4))
        >>> sorted(ready.arrays)
        ['lines', 'orders']
    """
    if not 0 <= speed_tolerance <= WIDEST_TOLERANCE:
        raise UsageError(
            f"A speed tolerance of {speed_tolerance}; it must lie in 0 to {WIDEST_TOLERANCE} "
            "(0.02 is 2 %). With a wider one any noise looks like a fault: measure the speed."
        )
    which = payload.bearing if bearing is None else bearing
    own = payload.shaft_rpm if payload.speeds_rpm is None else payload.speeds_rpm
    speed = own if shaft_rpm is None else shaft_rpm
    known = None if which is None else resolve_bearing(which)
    if speed is None:
        return _without_speed(payload, known)
    recording, stated_rpm, straightened = _steady(payload, speed)
    shaft_hz = stated_rpm / 60
    rate_hz, length = recording.rate_hz, recording.length
    read_as = plausible_bearing() if known is None else known
    warnings = [*recording.warnings, *(known.warnings if known else ()), *straightened]
    warnings += length_warnings(length / rate_hz, shaft_hz, read_as)
    end = last_order(rate_hz, shaft_hz)
    if known is not None:
        warnings += rate_warnings(rate_hz, shaft_hz, known, speed_tolerance)
        # All candidates need the same axis; the highest of their orders ends it.
        end = max(end, *(highest_order(x, speed_tolerance) for x in known.candidates))
    elif end < LOWEST_LAST_ORDER:
        raise too_slowly_sampled(_name(payload), rate_hz, shaft_hz)
    size = min(length, round(window_seconds(shaft_hz) * rate_hz))
    windows, flaws = _read_windows(recording, size, shaft_hz, end)
    warnings += judged(flaws, name=_name(payload))
    spectra = [x.spectrum for x in windows if x.spectrum is not None]
    evidence, orders = read_evidence(
        spectra, read_as.candidates, stated_shaft_hz=shaft_hz, tolerance=speed_tolerance
    )
    arrays = {ORDERS: order_array(mean_spectrum(spectra))}
    if known is None:
        warnings.append(unknown_bearing(orders))
    else:
        spectrum = measured_spectrum(evidence, spectra[0])
        arrays[LINES] = line_array(spectrum, orders, revolutions=size / rate_hz * shaft_hz)
        if known.estimated:
            warnings.append(best_fit(known, orders))
    return VibrationInput(
        evidence=evidence,
        bearing=known,
        stated_rpm=stated_rpm,
        arrays=arrays,
        window_s=size / rate_hz,
        duration_s=length / rate_hz,
        warnings=tuple(dict.fromkeys(warnings)),
        **_outlined(windows),
    )


def _without_speed(payload: Signal | Recording, bearing: ResolvedBearing | None) -> VibrationInput:
    """What can be read where nobody knows how fast the shaft turned."""
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    rate_hz, length = recording.rate_hz, recording.length
    if length < SHORTEST_WAVEFORM_S * rate_hz:
        raise UnusableSignalError(
            f"{_name(payload)} lasts {length / rate_hz:.3g} s; without a shaft speed at least "
            f"{SHORTEST_WAVEFORM_S} s are needed. Record for longer."
        )
    outlined = outline_of(payload, bearing)
    start = max(0, (length - round(WINDOW_S * rate_hz)) // 2)
    middle = filled(recording.read(start, min(length, start + round(WINDOW_S * rate_hz))))
    unknown = [UNKNOWN_SPEED] if bearing else [UNKNOWN_SPEED, UNKNOWN_BEARING_EITHER]
    return replace(
        outlined,
        arrays={WAVEFORM: waveform_array(middle, rate_hz)},
        warnings=tuple(dict.fromkeys([*outlined.warnings, *unknown])),
    )


def outline_of(payload: Signal | Recording, bearing: ResolvedBearing | None) -> VibrationInput:
    """What every recording says, whatever is known of it: levels and outline, no arrays yet.

    Args:
        payload: a signal in memory, or a recording on disk.
        bearing: as it was resolved; None where none was stated.

    Raises:
        MissingMetadataError: the sampling rate is not known.
        UnusableSignalError: constant, or too many values missing.

    Example:
        >>> outline_of(Signal(np.sin(np.arange(4096.0)), 4096), None).duration_s
        1.0
    """
    recording = in_memory(payload) if isinstance(payload, Signal) else payload
    rate_hz, length = recording.rate_hz, recording.length
    size = min(length, round(WINDOW_S * rate_hz))
    windows, flaws = _read_windows(recording, size, None, 0.0)
    warnings = [*recording.warnings, *(bearing.warnings if bearing else ())]
    warnings += judged(flaws, name=_name(payload))
    return VibrationInput(
        evidence=None,
        bearing=bearing,
        stated_rpm=None,
        arrays={},
        window_s=size / rate_hz,
        duration_s=length / rate_hz,
        warnings=tuple(dict.fromkeys(warnings)),
        **_outlined(windows),
    )


def _outlined(windows: Sequence["_Window"]) -> dict[str, Any]:
    outline = np.concatenate([x.outline for x in windows], axis=1)
    return {
        "windows": len(windows),
        "levels": combine_windows([x.levels for x in windows]),
        "waveform_time_s": outline[0],
        "waveform": outline[1],
    }


@dataclass(frozen=True, eq=False)
class _Window:
    levels: WindowLevels
    spectrum: ContrastSpectrum | None
    outline: NDArray[np.float64]


def _read_windows(
    recording: Recording, size: int, shaft_hz: float | None, end: float
) -> tuple[list[_Window], Flaws]:
    """What each window says, and the flaws of all; one without a usable value is only counted."""
    rate_hz = recording.rate_hz
    starts = _starts(recording.length, size)
    windows, flaws = [], Flaws()
    for start in starts:
        raw = recording.read(start, start + size)
        found = count_flaws(raw)
        flaws = merged(flaws, found)
        if found.nan + found.infinite == found.samples:
            continue
        samples = filled(raw) if found.nan + found.infinite else raw
        windows.append(
            _Window(
                measure_window(samples, rate_hz, recording.unit),
                None
                if shaft_hz is None
                else contrast_spectrum(samples, rate_hz, shaft_hz=shaft_hz, highest_order=end),
                _outline(samples, start / rate_hz, rate_hz, len(starts)),
            )
        )
    return windows, flaws


def _steady(
    payload: Signal | Recording, given: float | ArrayLike
) -> tuple[Recording, float, tuple[Notice, ...]]:
    """The payload as a recording at one speed, that speed in rpm, and what was done for it."""
    opened = in_memory(payload) if isinstance(payload, Signal) else payload
    speeds = np.asarray(given, dtype=np.float64)
    if not (speeds.size and np.isfinite(speeds).all() and (speeds > 0).all()):
        raise UsageError(
            f"A shaft speed of {given!r}; it must be a positive number of revolutions per minute."
        )
    if speeds.size == 1:
        return opened, float(speeds.reshape(())), ()
    low, high, mean = float(speeds.min()), float(speeds.max()), float(speeds.mean())
    if opened.length > LONGEST_STRAIGHTENED:
        notice = Notice(
            en=f"The shaft speed varies from {low:.0f} to {high:.0f} rpm, and the recording is too "
            f"long to be straightened in memory; its mean {mean:.0f} rpm is used and lines smear. "
            "Cut it into shorter recordings.",
            zh=f"转速在 {low:.0f} 至 {high:.0f} r/min 之间变化，记录过长，无法在内存中做"
            f"角域重采样；采用平均值 {mean:.0f} r/min，谱线会展宽。请分成较短的记录。",
        )
        return opened, mean, (notice,)
    from faultlens.signals.orders import straighten

    even = straighten(opened.load(), speeds)
    assert even.shaft_rpm is not None  # straighten sets it
    notice = Notice(
        en=f"The shaft speed varies from {low:.0f} to {high:.0f} rpm; the recording was resampled "
        f"to constant shaft angle, at its mean of {even.shaft_rpm:.0f} rpm.",
        zh=f"转速在 {low:.0f} 至 {high:.0f} r/min 之间变化；记录已按等转角重采样，"
        f"平均转速 {even.shaft_rpm:.0f} r/min。",
    )
    return in_memory(even), even.shaft_rpm, (notice,)


def _starts(length: int, size: int) -> Sequence[int]:
    """First samples of windows that cover the whole recording; neighbours may overlap a little."""
    count = ceil(length / size)
    return [round(x) for x in np.linspace(0, length - size, count)]


def _outline(
    samples: NDArray[np.floating], start_s: float, rate_hz: float, windows: int
) -> NDArray[np.float64]:
    """(2, point) time and value: lowest and highest sample of each stretch of a window."""
    stretches = max(1, min(len(samples) // 2, WAVEFORM_POINTS // (2 * windows)))
    edges = np.linspace(0, len(samples), stretches + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
    time = np.repeat(start_s + edges / rate_hz, 2)
    return np.stack([time, np.stack([low, high], axis=1).ravel()])


def _name(payload: Signal | Recording) -> str:
    if isinstance(payload, Recording):
        return str(payload.path)
    return payload.source or "The recording"
