"""Cyclic modulation spectrum: how strongly, and how often per revolution, each band is modulated.

A bearing fault strikes at an order of the shaft and each strike rings in whatever resonances the
machine has. Which bands ring differs from machine to machine; how often they ring does not. So
each band is divided by its own level before the modulation is measured, and resonances, gains and
sensors drop out. This is the representation that travelled between machines in our trials.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from faultlens.signals.running_median import running_median

FRAME_S = 2.5e-3
"""Frame of the short-time spectrum, s: as long as a resonance rings, shorter than two strikes."""

HOP_PER_FRAME = 7.5
"""Hops per frame: modulation is sampled well above what a frame lets through."""

FRAME_TIMES_FASTEST_LINE = 1.75
"""Longest frame, in periods of the fastest wanted line: a longer Hann frame averages it away."""

LOG_FLOOR = 1e-3
"""Floor under the logarithm, in units of a band's mean power (-30 dB)."""

LONGEST_PRODUCT = 200
"""Samples of a frame up to which products of matrices give its spectrum sooner than an FFT does: in
a quarter of the time for the 62 of a second at 25.6 kHz, in two thirds for 200."""

ONE_PRODUCT = 1 << 18
"""Multiplications of one such product: OpenBLAS divides larger ones among threads, which wait for
each other longer than they work."""

MEDIAN_WIDTH_ORDERS = 0.4
"""Width of the local median, shaft orders: noise wins inside it, sidebands of one shaft do not."""


@dataclass(frozen=True, eq=False)
class ContrastSpectrum:
    """Modulation strength over its own surroundings, on the axis of shaft orders.

    Args:
        contrast: (bin,) ln(modulation / local median), mean over bands (nats); noise is near 0.
        bin_orders: distance of two bins, in orders of the shaft speed that was stated.
        resolution_orders: narrowest distance at which two lines are told apart, shaft orders.
    """

    contrast: NDArray[np.float32]
    bin_orders: float
    resolution_orders: float

    @property
    def orders(self) -> NDArray[np.float64]:
        """(bin,) order axis."""
        return np.arange(len(self.contrast), dtype=np.float64) * self.bin_orders


def modulation_spectrum(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    *,
    fastest_line_hz: float,
    highest_hz: float | None = None,
) -> tuple[NDArray[np.float32], float, float]:
    """Modulation strength of every band.

    The logarithm of the band power makes one violent shock weigh no more than a quiet one.

    Args:
        samples: (time,) one window of a recording, any unit.
        sample_rate_hz: samples per second.
        fastest_line_hz: fastest modulation that is to be seen, Hz.
        highest_hz: end of the axis, Hz; None for all that there is.

    Returns:
        (band, bin) modulation strength; distance of two bins, Hz; resolution, Hz.

    Source:
        Antoni, Hanson, J. Sound Vib. 331 (2012), cyclic modulation spectrum; Borghesani, Antoni,
        Mech. Syst. Signal Process. 107 (2018), the logarithm against impulsive noise.

    Example:
        >>> time = np.arange(24000) / 12000
        >>> noise = np.random.default_rng(0).normal(size=24000)
        >>> modulated = noise * (1 + 0.8 * np.cos(2 * np.pi * 107 * time))
        >>> strength, bin_hz, _ = modulation_spectrum(modulated, 12000, fastest_line_hz=500)
        >>> round(strength.mean(axis=0).argmax() * bin_hz)
        107
    """
    frame_s = min(FRAME_S, FRAME_TIMES_FASTEST_LINE / fastest_line_hz)
    frame = max(8, round(frame_s * sample_rate_hz))
    hop = max(1, round(frame / HOP_PER_FRAME))
    mean = float(np.mean(samples))
    centred = np.asarray(samples, dtype=np.float64) - mean
    spread = float(np.std(centred))
    # A constant leaves nothing but the rounding of its mean: that is no vibration.
    unit = spread if spread > np.finfo(float).eps * abs(mean) else np.inf
    # Single precision halves the time; at unit power nothing overflows or vanishes in it.
    scaled = (centred / unit).astype(np.float32)
    # Time runs down the rows: then all that follows goes over memory from end to end.
    bands = frame_powers(scaled, frame, hop)
    bands /= np.maximum(_mean_row(bands), np.finfo(np.float32).tiny)
    bands += np.float32(LOG_FLOOR)
    np.log(bands, out=bands)
    bands -= _mean_row(bands)
    steps = len(bands)
    bands *= _taper(steps)[:, None]
    # Twice the power of two above: bins then lie closer than the lines that they must meet.
    size = 2 * fft.next_fast_len(steps, real=True)
    spectrum = fft.rfft(bands, n=size, axis=0)
    step_hz = sample_rate_hz / hop
    bin_hz = step_hz / size
    kept = None if highest_hz is None else int(highest_hz / bin_hz) + 1
    return np.abs(spectrum[:kept]).T, bin_hz, 2 * step_hz / steps


def frame_powers(samples: NDArray[np.float32], frame: int, hop: int) -> NDArray[np.float32]:
    """Power of each band in each frame, Hann-tapered; the lowest band is left out.

    Args:
        samples: (time,) at unit power.
        frame: samples of a frame.
        hop: samples from one frame to the next.

    Returns:
        (frame, band) |X|^2 of the bins from 1 on: bin 0 holds drift and shaft motion, not ringing.

    Example:
        >>> tone = np.sin(2 * np.pi * np.arange(64) / 8).astype(np.float32)
        >>> frame_powers(tone, frame=32, hop=8).argmax(axis=1) + 1
        array([4, 4, 4, 4, 4])
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, frame)[::hop]
    if frame > LONGEST_PRODUCT:
        spectrum = fft.rfft(frames * _taper(frame + 2)[1:-1], axis=1)[:, 1:]
        return np.asarray(spectrum.real**2 + spectrum.imag**2)
    # Around the middle of a frame cosines are even and sines odd: folded there, it has half the
    # samples, and its spectrum is two small products of matrices.
    cosines, sines = _waves(frame)
    half = frame // 2
    later, earlier = frames[:, half:], frames[:, frame - 1 - half :: -1]
    powers = np.empty((len(frames), half), np.float32)
    at_once = max(1, ONE_PRODUCT // cosines.size)
    for start in range(0, len(frames), at_once):
        some = slice(start, start + at_once)
        even = np.matmul(later[some] + earlier[some], cosines, out=powers[some])
        odd = (later[some] - earlier[some]) @ sines
        even *= even
        odd *= odd
        even += odd
    return powers


def contrast_spectrum(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    *,
    shaft_hz: float,
    highest_order: float,
) -> ContrastSpectrum:
    """How far modulation stands out of its surroundings, up to `highest_order`.

    Args:
        samples: (time,) one window of a recording, any unit.
        sample_rate_hz: samples per second.
        shaft_hz: stated shaft speed, Hz.
        highest_order: end of the axis, shaft orders.

    Example:
        >>> time = np.arange(24000) / 12000
        >>> noise = np.random.default_rng(0).normal(size=24000)
        >>> modulated = noise * (1 + 0.8 * np.cos(2 * np.pi * 107 * time))
        >>> spectrum = contrast_spectrum(modulated, 12000, shaft_hz=30, highest_order=8)
        >>> round(float(spectrum.orders[spectrum.contrast.argmax()]), 2)
        3.57
    """
    highest_hz = highest_order * shaft_hz
    # The median needs its surroundings beyond the last bin that is kept.
    strength, bin_hz, resolution_hz = modulation_spectrum(
        samples,
        sample_rate_hz,
        fastest_line_hz=highest_hz,
        highest_hz=highest_hz + MEDIAN_WIDTH_ORDERS * shaft_hz,
    )
    width = MEDIAN_WIDTH_ORDERS * shaft_hz / bin_hz
    bins = min(strength.shape[1], int(highest_hz / bin_hz) + 1)
    seen = strength.T[: bins + int(width)]
    levels = np.log(np.maximum(seen, np.finfo(np.float32).tiny), dtype=np.float32)
    contrast = (levels.mean(axis=1) - _local_median(levels, width))[:bins]
    return ContrastSpectrum(contrast, bin_hz / shaft_hz, resolution_hz / shaft_hz)


def mean_spectrum(spectra: Sequence[ContrastSpectrum]) -> ContrastSpectrum:
    """Mean of several windows of one recording: noise falls, lines stay.

    Args:
        spectra: of windows of one length, on the same axis; one at least.

    Example:
        >>> one = ContrastSpectrum(np.zeros(3, np.float32), 0.1, 0.3)
        >>> other = ContrastSpectrum(np.ones(3, np.float32), 0.1, 0.3)
        >>> mean_spectrum([one, other]).contrast
        array([0.5, 0.5, 0.5], dtype=float32)
    """
    contrast: NDArray[np.float32] = np.stack([x.contrast for x in spectra]).mean(axis=0)
    return replace(spectra[0], contrast=contrast)


@lru_cache(maxsize=64)
def _taper(length: int) -> NDArray[np.float32]:
    taper: NDArray[np.float32] = np.hanning(length).astype(np.float32)
    taper.flags.writeable = False
    return taper


@lru_cache(maxsize=16)
def _waves(frame: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(sample, band) tapered cosines and sines of the later half of a frame, around its middle."""
    half = frame // 2
    at = np.arange(half, frame) - (frame - 1) / 2
    taper = np.hanning(frame + 2)[1:-1][half:, None]
    angle = 2 * np.pi / frame * np.outer(at, np.arange(1, half + 1))
    cosines, sines = taper * np.cos(angle), taper * np.sin(angle)
    if frame % 2:
        cosines[0] /= 2  # the middle sample is its own mirror, and would count twice
    waves = cosines.astype(np.float32), sines.astype(np.float32)
    for x in waves:
        x.flags.writeable = False
    return waves


def _mean_row(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(column,) mean of all rows."""
    # Numpy adds row by row, and a row is short: sixteen of them as one row are added in a fifth of
    # the time.
    columns = rows.shape[1]
    whole = len(rows) - len(rows) % 16
    total = rows[:whole].reshape(-1, 16 * columns).sum(axis=0).reshape(16, columns).sum(axis=0)
    mean: NDArray[np.float32] = (total + rows[whole:].sum(axis=0)) / np.float32(len(rows))
    return mean


def _local_median(levels: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """(bin,) running median over `width` bins, its mean over the bands of (bin, band).

    It is read at every eighth of the width and interpolated; the mean over bands comes first, and
    one row is interpolated instead of all.
    """
    # About 16 values are enough for a median; neighbours are correlated by the zero padding.
    step = max(1, int(width / 16))
    span = max(3, int(width / step) | 1)
    hop = span // 8 or 1
    sparse = np.pad(levels[::step], ((span // 2, span // 2), (0, 0)), mode="reflect")
    medians = running_median(sparse, span, hop).mean(axis=1)
    places = np.arange(len(medians)) * (step * hop)
    blended: NDArray[np.float32] = np.interp(np.arange(len(levels)), places, medians).astype(
        np.float32
    )
    return blended
