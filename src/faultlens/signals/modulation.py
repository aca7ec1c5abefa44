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

FRAME_S = 2.5e-3
"""Frame of the short-time spectrum, s: as long as a resonance rings, shorter than two strikes."""

HOP_PER_FRAME = 7.5
"""Hops per frame: modulation is sampled well above what a frame lets through."""

FRAME_TIMES_FASTEST_LINE = 1.75
"""Longest frame, in periods of the fastest wanted line: a longer Hann frame averages it away."""

LOG_FLOOR = 1e-3
"""Floor under the logarithm, in units of a band's mean power (-30 dB)."""

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
    samples: NDArray[np.floating], sample_rate_hz: float, *, fastest_line_hz: float
) -> tuple[NDArray[np.float32], float, float]:
    """Modulation strength of every band.

    The logarithm of the band power makes one violent shock weigh no more than a quiet one.

    Args:
        samples: (time,) one window of a recording, any unit.
        sample_rate_hz: samples per second.
        fastest_line_hz: fastest modulation that is to be seen, Hz.

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
    centred = np.asarray(samples, dtype=np.float64) - np.mean(samples)
    # Single precision halves the time; at unit power nothing overflows or vanishes in it.
    scaled = (centred / max(float(np.std(centred)), np.finfo(float).tiny)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(scaled, frame)[::hop]
    taper = _taper(frame + 2)[1:-1]
    # The lowest band holds drift and shaft motion, not ringing.
    spectrum = fft.rfft(frames * taper, axis=1)[:, 1:]
    power = np.ascontiguousarray((spectrum.real**2 + spectrum.imag**2).T)
    level = power.mean(axis=1, keepdims=True)
    bands = np.log(power / np.maximum(level, np.finfo(np.float32).tiny) + np.float32(LOG_FLOOR))
    bands -= bands.mean(axis=1, keepdims=True)
    steps = bands.shape[1]
    # Twice the power of two above: bins then lie closer than the lines that they must meet.
    size = 2 * fft.next_fast_len(steps, real=True)
    strength = np.abs(fft.rfft(bands * _taper(steps), n=size, axis=1))
    step_hz = sample_rate_hz / hop
    return strength, step_hz / size, 2 * step_hz / steps


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
    strength, bin_hz, resolution_hz = modulation_spectrum(
        samples, sample_rate_hz, fastest_line_hz=highest_order * shaft_hz
    )
    width = MEDIAN_WIDTH_ORDERS * shaft_hz / bin_hz
    bins = min(strength.shape[1], int(highest_order * shaft_hz / bin_hz) + 1)
    # The median needs its surroundings beyond the last bin that is kept.
    seen = strength[:, : min(strength.shape[1], bins + int(width))]
    levels = np.log(np.maximum(seen, np.finfo(np.float32).tiny), dtype=np.float32)
    contrast = (levels - _local_median(levels, width)).mean(axis=0)[:bins]
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


def _local_median(levels: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """(band, bin) running median over `width` bins, read at every eighth of it and interpolated."""
    # About 16 values are enough for a median; neighbours are correlated by the zero padding.
    step = max(1, int(width / 16))
    span = max(3, int(width / step) | 1)
    sparse = np.pad(levels[:, ::step], ((0, 0), (span // 2, span // 2)), mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(sparse, span, axis=1)[:, :: span // 8 or 1]
    medians = np.partition(around, span // 2, axis=2)[:, :, span // 2]
    position = np.arange(levels.shape[1], dtype=np.float32) / (step * (span // 8 or 1))
    left = np.minimum(position.astype(int), medians.shape[1] - 1)
    right = np.minimum(left + 1, medians.shape[1] - 1)
    share = position - left
    blended: NDArray[np.float32] = medians[:, left] * (1 - share) + medians[:, right] * share
    return blended
