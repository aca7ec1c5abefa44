"""A vibration recording, its speed and its bearing in; evidence at the bearing's orders out.

The recording is read window by window, so that hours fit into memory. All windows count, none is
picked at random: the same file gives the same answer, always.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.errors import MissingMetadataError, UnusableSignalError, UsageError
from faultlens.core.notice import Notice
from faultlens.signals.catalogue import ResolvedBearing, resolve_bearing
from faultlens.signals.evidence import LineEvidence
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.lines import highest_order, read_evidence, window_seconds
from faultlens.signals.modulation import ContrastSpectrum, contrast_spectrum
from faultlens.signals.quality import Flaws, count_flaws, filled, judged, merged, required_seconds
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.severity import WindowLevels, combine_windows, measure_window
from faultlens.signals.signal import Bearing, Signal

SPEED_TOLERANCE = 0.02
"""Error of a stated speed that is searched, unless the user says otherwise."""

WIDEST_TOLERANCE = 0.1
"""Beyond this a search finds some speed at which any noise looks like a fault."""

SHORTEST_REVOLUTIONS = 10
"""A recording shorter than this cannot part the lines of two families."""

LONGEST_STRAIGHTENED = 20_000_000
"""Samples that are resampled to constant shaft angle in memory: about 1 GB while it is done."""

WAVEFORM_POINTS = 4000
"""Points kept of the waveform for pictures: the lowest and highest of each stretch."""


@dataclass(frozen=True, eq=False)
class VibrationInput:
    """What a recording says, ready to be judged.

    Args:
        evidence: lines read at the bearing's orders.
        bearing: the bearing as it was resolved.
        stated_rpm: shaft speed that the user or the file stated, revolutions per minute.
        windows: number of windows read.
        window_s: length of a window, s.
        duration_s: length of the recording, s.
        levels: rms, peak and velocity of the whole recording.
        waveform_time_s: (point,) time of the waveform kept for pictures, s.
        waveform: (point,) the lowest and highest sample of each stretch.
        warnings: what a careful engineer would want to know.
    """

    evidence: LineEvidence
    bearing: ResolvedBearing
    stated_rpm: float
    windows: int
    window_s: float
    duration_s: float
    levels: WindowLevels
    waveform_time_s: NDArray[np.float64]
    waveform: NDArray[np.float64]
    warnings: tuple[Notice, ...] = ()


def prepare_vibration(
    payload: Signal | Recording,
    *,
    shaft_rpm: float | ArrayLike | None = None,
    bearing: Bearing | None = None,
    speed_tolerance: float = SPEED_TOLERANCE,
) -> VibrationInput:
    """Read a recording at its bearing's orders.

    Args:
        payload: a signal in memory, or a recording on disk that is read window by window.
        shaft_rpm: shaft speed, revolutions per minute; with an array of speeds, evenly spread over
            the recording, it is straightened to constant shaft angle first; None takes the
            payload's own.
        bearing: designation, geometry or fault orders; None takes the payload's own.
        speed_tolerance: largest relative error of the stated speed, 0 to 0.1.

    Raises:
        MissingMetadataError: speed, bearing or sampling rate is not known.
        UnknownNameError: no catalogue row has that designation.
        UnusableSignalError: too short, constant, too many values missing, or sampled too slowly.
        UsageError: an impossible speed or tolerance.

    Example:
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.signals.kinematics import FaultOrders
        >>> made = simulate(("outer",), bearing=FaultOrders(3.6, 5.4, 2.4, 0.4), shaft_rpm=1800,
        ...                 sample_rate_hz=12800, seconds=4.0, seed=1)
        >>> ready = prepare_vibration(made.signal)
        >>> ready.windows, ready.evidence.family("outer").matched_harmonics
        (2, (1, 2, 3, 4))
    """
    if not 0 <= speed_tolerance <= WIDEST_TOLERANCE:
        raise UsageError(
            f"A speed tolerance of {speed_tolerance}; it must lie in 0 to {WIDEST_TOLERANCE} "
            "(0.02 is 2 %). With a wider one any noise looks like a fault: measure the speed."
        )
    which = payload.bearing if bearing is None else bearing
    own = payload.shaft_rpm if payload.speeds_rpm is None else payload.speeds_rpm
    speed = own if shaft_rpm is None else shaft_rpm
    if which is None or speed is None:
        raise _missing(_name(payload), bearing=which is None, speed=speed is None)
    known = resolve_bearing(which)
    recording, stated_rpm, straightened = _steady(payload, speed)
    shaft_hz = stated_rpm / 60
    rate_hz, length = recording.rate_hz, recording.length
    warnings = [*recording.warnings, *known.warnings, *straightened]
    warnings += _length_warnings(length / rate_hz, shaft_hz, known)
    warnings += _rate_warnings(rate_hz, shaft_hz, known, speed_tolerance)
    size = min(length, round(window_seconds(shaft_hz) * rate_hz))
    # All candidates need the same axis; the highest of their orders ends it.
    end = max(highest_order(x, speed_tolerance) for x in known.candidates)
    windows, flaws = _read_windows(recording, size, shaft_hz, end)
    warnings += judged(flaws, name=_name(payload))
    evidence, orders = read_evidence(
        [x.spectrum for x in windows],
        known.candidates,
        stated_shaft_hz=shaft_hz,
        tolerance=speed_tolerance,
    )
    if known.estimated:
        warnings.append(_best_fit(known, orders))
    outline = np.concatenate([x.outline for x in windows], axis=1)
    return VibrationInput(
        evidence=evidence,
        bearing=known,
        stated_rpm=stated_rpm,
        windows=len(windows),
        window_s=size / rate_hz,
        duration_s=length / rate_hz,
        levels=combine_windows([x.levels for x in windows]),
        waveform_time_s=outline[0],
        waveform=outline[1],
        warnings=tuple(dict.fromkeys(warnings)),
    )


@dataclass(frozen=True, eq=False)
class _Window:
    levels: WindowLevels
    spectrum: ContrastSpectrum
    outline: NDArray[np.float64]


def _read_windows(
    recording: Recording, size: int, shaft_hz: float, end: float
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
        samples = filled(raw)
        windows.append(
            _Window(
                measure_window(samples, rate_hz, recording.unit),
                contrast_spectrum(samples, rate_hz, shaft_hz=shaft_hz, highest_order=end),
                _outline(samples, start / rate_hz, rate_hz, len(starts)),
            )
        )
    return windows, flaws


def _missing(name: str, *, bearing: bool, speed: bool) -> MissingMetadataError:
    """Ask for all that is missing at once."""
    questions = []
    if bearing:
        questions.append(
            "Which bearing? Pass bearing= (command line: --bearing): a designation such as 6205, "
            "a geometry such as n=9,d=7.94,D=39.04, or fault orders such as "
            "bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398."
        )
    if speed:
        questions.append("How fast did the shaft turn? Pass shaft_rpm= (command line: --rpm).")
    sidecar = "A sidecar beside the file may say it too: shaft_rpm = 1772, bearing = '6205'."
    return MissingMetadataError(" ".join([f"{name}:", *questions, sidecar]))


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


def _best_fit(bearing: ResolvedBearing, orders: FaultOrders) -> Notice:
    return Notice(
        en=f"The geometry of {bearing.label} is an estimate; of {len(bearing.candidates)} likely "
        f"ones the best fit was read (outer race {orders.bpfo:.3f}, inner race {orders.bpfi:.3f} x "
        "shaft). Give the maker's fault orders for a firm answer.",
        zh=f"{bearing.label} 的几何参数为估计值；在 {len(bearing.candidates)} 组可能的参数中采用"
        f"拟合最好的一组（外圈 {orders.bpfo:.3f}、内圈 {orders.bpfi:.3f} 倍转频）。"
        "要得到确定的结论，请给出厂家的故障阶次。",
    )


def _length_warnings(
    duration_s: float, shaft_hz: float, bearing: ResolvedBearing
) -> tuple[Notice, ...]:
    revolutions = duration_s * shaft_hz
    if revolutions < SHORTEST_REVOLUTIONS:
        raise UnusableSignalError(
            f"The recording lasts {duration_s:.3g} s, {revolutions:.1f} revolutions at "
            f"{60 * shaft_hz:.0f} rpm; at least {SHORTEST_REVOLUTIONS} revolutions "
            f"({SHORTEST_REVOLUTIONS / shaft_hz:.3g} s) are needed. Record for longer."
        )
    slowest_hz = bearing.orders.ftf * shaft_hz
    needed = required_seconds(slowest_hz)
    if duration_s < needed:
        no_cage = Notice(
            en=f"The recording lasts {duration_s:.3g} s; the slowest fault line, the cage's at "
            f"{slowest_hz:.3g} Hz, needs {needed:.3g} s. Cage faults cannot be judged from it.",
            zh=f"记录长 {duration_s:.3g} s；最慢的故障谱线（保持架，{slowest_hz:.3g} Hz）需要 "
            f"{needed:.3g} s。该记录不能用来判断保持架故障。",
        )
        return (no_cage,)
    if duration_s < window_seconds(shaft_hz):
        blurred = Notice(
            en=f"The recording lasts {duration_s:.3g} s; lines part well from "
            f"{window_seconds(shaft_hz):.3g} s on at this speed.",
            zh=f"记录长 {duration_s:.3g} s；在此转速下，{window_seconds(shaft_hz):.3g} s "
            "以上的记录才能清楚地分开谱线。",
        )
        return (blurred,)
    return ()


def _rate_warnings(
    rate_hz: float, shaft_hz: float, bearing: ResolvedBearing, tolerance: float
) -> tuple[Notice, ...]:
    fastest_hz = highest_order(bearing.orders, tolerance) * shaft_hz
    # A band needs to hold a ringing that is faster than the strikes that it tells apart.
    if rate_hz < 4 * fastest_hz / 3:
        raise UnusableSignalError(
            f"Sampled at {rate_hz:g} Hz, the fault lines of this bearing go up to "
            f"{fastest_hz:.0f} Hz; sample at {4 * fastest_hz:.0f} Hz or more."
        )
    if rate_hz < 4 * fastest_hz:
        slow = Notice(
            en=f"Sampled at {rate_hz:g} Hz, few frequency bands remain above the fault lines (up "
            f"to {fastest_hz:.0f} Hz); {4 * fastest_hz:.0f} Hz or more would be better.",
            zh=f"采样率为 {rate_hz:g} Hz，高于故障谱线（最高 {fastest_hz:.0f} Hz）的频带所剩不多；"
            f"采样率最好不低于 {4 * fastest_hz:.0f} Hz。",
        )
        return (slow,)
    return ()


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
