"""Windows of one length at one rate, with the recording each comes from: what a model trains on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.signals.resample import resample
from faultlens.signals.signal import Signal

DEFAULT_WINDOW = 1024
"""Samples, where a data set does not come cut in windows; what the reference document takes."""

SAME_RATE = 1e-3
"""Relative difference up to which two rates count as one."""

_KEPT = 0.8
"""Share of the band that recordings of different rates keep when they are brought to one."""
_HALF_LENGTH = 56
"""Half the length of the filter that ends that band, in samples."""


@dataclass(frozen=True, eq=False)
class LabelledWindows:
    """Windows of recordings, all of one length and one rate.

    Args:
        samples: (window, time) float32, in the unit of the recordings.
        recording: (window,) index into `recordings`.
        start: (window,) first sample of each within its recording.
        recordings: what they were cut from, at the rate of the windows.
    """

    samples: NDArray[np.float32]
    recording: NDArray[np.intp]
    start: NDArray[np.intp]
    recordings: tuple[LabelledRecording, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Label of each window."""
        return tuple(self.recordings[x].label for x in self.recording)

    @property
    def keys(self) -> tuple[str, ...]:
        """Recording that each window is a piece of; what intervals are taken over."""
        return tuple(self.recordings[x].key for x in self.recording)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels there are, in order of the alphabet."""
        return tuple(sorted({x.label for x in self.recordings}))

    @property
    def sample_rate_hz(self) -> float:
        """Samples per second, of all windows."""
        return self.recordings[0].signal.sample_rate_hz

    @property
    def size(self) -> int:
        """Samples of a window."""
        return int(self.samples.shape[1])

    def __len__(self) -> int:
        return len(self.samples)

    def take(self, index: NDArray[np.intp] | Sequence[int]) -> "LabelledWindows":
        """The windows of these numbers, in this order; the recordings stay.

        Args:
            index: (window,) numbers from 0.

        Example:
            >>> signal = Signal(np.arange(6.0), sample_rate_hz=6)
            >>> cut = cut_windows([LabelledRecording("a", "b", "healthy", signal)], window=2)
            >>> cut.take([2]).samples
            array([[4., 5.]], dtype=float32)
        """
        chosen = np.asarray(index, dtype=np.intp)
        return LabelledWindows(
            self.samples[chosen], self.recording[chosen], self.start[chosen], self.recordings
        )


def cut_windows(
    recordings: Iterable[LabelledRecording],
    *,
    window: int | None = None,
    hop: int | None = None,
    most: int | None = None,
    sample_rate_hz: float | None = None,
) -> LabelledWindows:
    """Cut recordings into windows; a rest shorter than a window is left out.

    Args:
        recordings: at least one, all at one rate unless `sample_rate_hz` is given.
        window: samples of a window; None takes those that the data set comes cut in, else 1024.
        hop: samples from one window to the next; None is `window`, without overlap.
        most: at most so many windows per recording, evenly spread; None is all.
        sample_rate_hz: rate to bring all recordings to. Where they differ, all pass the same
            low-pass below .8 of half the lowest rate, lest a filter's edge give a class away.

    Raises:
        UsageError: no recording, mixed rates or natural windows, an impossible size or rate.
        UnusableSignalError: a recording is shorter than a window; names it.

    Example:
        >>> signal = Signal(np.arange(6.0), sample_rate_hz=6)
        >>> cut = cut_windows([LabelledRecording("a", "b", "healthy", signal)], window=4, hop=2)
        >>> cut.samples, cut.start, cut.labels
        (array([[0., 1., 2., 3.], [2., 3., 4., 5.]], dtype=float32), array([0, 2]),
         ('healthy', 'healthy'))
    """
    given = tuple(recordings)
    if not given:
        raise UsageError("No recording was chosen to cut windows from; choose at least one.")
    size = _natural_window(given) if window is None else window
    step = size if hop is None else hop
    if size < 2 or step < 1 or (most is not None and most < 1):
        raise UsageError(
            f"Windows of {size} samples every {step}, at most {most}: a window has 2 samples or "
            "more, hop and most are 1 or more."
        )
    alike = _at_one_rate(given, sample_rate_hz)
    _refuse_short(alike, size)
    samples, recording, start = [], [], []
    for index, each in enumerate(alike):
        length = len(each.signal.samples)
        starts = np.arange(0, length - size + 1, step)
        if most is not None and len(starts) > most:
            starts = starts[np.rint(np.linspace(0, len(starts) - 1, most)).astype(np.intp)]
        views = np.lib.stride_tricks.sliding_window_view(each.signal.samples, size)
        samples.append(views[starts].astype(np.float32))
        recording.append(np.full(len(starts), index, dtype=np.intp))
        start.append(starts.astype(np.intp))
    return LabelledWindows(
        np.concatenate(samples), np.concatenate(recording), np.concatenate(start), alike
    )


def _natural_window(recordings: Sequence[LabelledRecording]) -> int:
    sizes = Counter(x.window for x in recordings)
    if len(sizes) > 1:
        told = ", ".join(f"{size or 'not cut'} ({n})" for size, n in sizes.items())
        raise UsageError(
            f"The recordings come cut in windows of unequal length: {told} samples (recordings). "
            "Say the samples of a window with window= (--window)."
        )
    return next(iter(sizes)) or DEFAULT_WINDOW


def _refuse_short(recordings: Sequence[LabelledRecording], size: int) -> None:
    short = [x for x in recordings if len(x.signal.samples) < size]
    if short:
        first = short[0]
        raise UnusableSignalError(
            f"{len(short)} of {len(recordings)} recordings are shorter than a window of {size} "
            f"samples, first {first.file or first.key} with {len(first.signal.samples)}. Ask for "
            "shorter windows with window= (--window), or leave these recordings out."
        )


def _at_one_rate(
    recordings: tuple[LabelledRecording, ...], wanted: float | None
) -> tuple[LabelledRecording, ...]:
    rates = Counter(x.signal.sample_rate_hz for x in recordings)
    lowest, highest = min(rates), max(rates)
    mixed = highest > lowest * (1 + SAME_RATE)
    if wanted is None:
        if mixed:
            told = ", ".join(f"{rate:g} Hz ({n})" for rate, n in sorted(rates.items()))
            raise UsageError(
                f"Mixed sampling rates: {told} (recordings). Choose recordings of one rate "
                f"(--where), or bring all to one with sample_rate_hz={lowest:g} (in Python, or in "
                "an ablation's recipe)."
            )
        return recordings
    if wanted > lowest * (1 + SAME_RATE):
        raise UsageError(
            f"{wanted:g} Hz is above the lowest rate of the recordings; what was not recorded "
            f"cannot be brought back. Ask for {lowest:g} Hz or less."
        )
    return tuple(_brought(x, wanted, mixed) for x in recordings)


def _brought(recording: LabelledRecording, rate_hz: float, mixed: bool) -> LabelledRecording:
    signal = recording.signal
    if abs(signal.sample_rate_hz / rate_hz - 1) > SAME_RATE:
        signal = resample(signal, rate_hz)
    if mixed:
        signal = _low_passed(signal)
    # Windows of the file as it was cut have another length now.
    same = signal.sample_rate_hz == recording.signal.sample_rate_hz
    return replace(recording, signal=signal, window=recording.window if same else None)


def _low_passed(signal: Signal) -> Signal:
    # Here and not above: importing scipy.signal takes about a second.
    from scipy.signal import firwin, oaconvolve

    taps = firwin(2 * _HALF_LENGTH + 1, _KEPT, window=("kaiser", 8.0))
    padded = np.pad(signal.samples, _HALF_LENGTH, mode="reflect")
    return signal.derived(
        oaconvolve(padded, taps, mode="valid"),
        f"low-passed below {_KEPT * signal.sample_rate_hz / 2:g} Hz, as recordings of other rates",
    )
