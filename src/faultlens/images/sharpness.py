"""How much of a picture's resolution is real: an enlarged picture has no fine detail.

Enlarging by a factor leaves the spectrum empty above the old picture's finest frequency, but for
mirror images that the interpolation did not quite suppress. The spectrum of the rows and columns is
compared with what enlarged natural surfaces have, at every factor, with noise beneath.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image, Pixels

_LENGTH_PX = 128
"""Of the pieces of rows and columns whose spectra are taken."""
_MOST_PIECES = 20_000
_FIRST_BIN = 4
"""Slower than this, lighting and shape rule, not the surface."""
_JPEG_PERIOD_PX = 8
_SMALLEST_SCALE, _LARGEST_SCALE = 0.2, 0.98
_CLEARLY = 1.15
"""How much better "enlarged" must fit than "as taken" to be believed."""
_NATIVE_ABOVE = 0.85
"""Nearer to 1 than the estimate can tell: counted as taken."""
_FLAT = 1.0
"""Standard deviation in grey levels of 255, below which there is no texture to judge by."""


def native_scale(pixels: Pixels) -> float:
    """How much a picture could be shrunk without losing detail that it really has.

    An estimate: within about 15 % for enlargements of 1.5 to 3 times, in doubt too small (JPEG
    takes fine detail too); blur by a lens looks the same as an enlargement. Below 128 pixels, and
    without texture, nothing can be said and the answer is 1.

    Args:
        pixels: (row, column) or (row, column, 3).

    Returns:
        Above 0, at most 1: 1 for a picture as its sensor took it, 0.5 for one enlarged twice.

    Source: Keys (1981), the spectrum of cubic interpolation; fitted in the logarithm of the mean
        periodogram (Welch, 1967).

    Example:
        >>> from faultlens.images.scaling import resized
        >>> grain = np.random.default_rng(0).integers(60, 190, (150, 150)).astype(np.uint8)
        >>> native_scale(grain), 0.4 < native_scale(resized(grain, 300, 300)) < 0.6
        (1.0, True)
    """
    grey = Image(_middle(pixels)).grey() * np.float32(255)
    found = [_scale_along(x) for x in (grey, grey.T) if x.shape[1] >= _LENGTH_PX]
    known = [x for x in found if x is not None]
    if not known:
        return 1.0
    # Rolled and ground surfaces have no fine detail along their lines: the sharper way tells.
    scale = max(known)
    return 1.0 if scale > _NATIVE_ABOVE else scale


def _middle(pixels: Pixels) -> Pixels:
    # A thousand pixels each way say all that a spectrum of 128 can hold.
    side = 8 * _LENGTH_PX
    top, left = (max((x - side) // 2, 0) for x in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


def _scale_along(grey: NDArray[np.float32]) -> float | None:
    width = grey.shape[1]
    pieces = [
        grey[:, x : x + _LENGTH_PX] for x in range(0, width - _LENGTH_PX + 1, _LENGTH_PX // 2)
    ]
    rows = np.concatenate(pieces)
    rows = rows[:: -(-len(rows) // _MOST_PIECES)]
    rows = rows - rows.mean(axis=1, keepdims=True)
    if float(rows.std()) < _FLAT:
        return None
    window = np.hanning(_LENGTH_PX).astype(np.float32)
    power = (np.abs(np.fft.rfft(rows * window, axis=1)) ** 2).mean(axis=0) / (window**2).sum()
    # A thousandth of a squared grey level is below what 8 bits can hold.
    seen = np.log(power[_bins()] + 1e-3)
    scales, models = _models()
    misfit = np.abs(models - (seen - seen.mean())).mean(axis=1)
    best = int(np.argmin(misfit))
    as_taken = misfit[scales == 1].min()
    return float(scales[best]) if as_taken > _CLEARLY * misfit[best] else 1.0


@cache
def _bins() -> NDArray[np.intp]:
    bins = np.arange(_FIRST_BIN, _LENGTH_PX // 2 + 1)
    # The blocks of JPEG have lines of their own there.
    apart = _LENGTH_PX // _JPEG_PERIOD_PX
    off = np.abs(bins - np.rint(bins / apart) * apart)
    return np.asarray(bins[(off > 1) | (bins < apart - 1)])


@cache
def _models() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(model,) scales and (model, bin) logarithms of power, each of mean 0.

    Surfaces fall off as a power of frequency, from white grain to smooth shading; under all lies
    noise of -10 to -60 dB.
    """
    frequency = _bins() / _LENGTH_PX
    scales = np.geomspace(_SMALLEST_SCALE, _LARGEST_SCALE, 48)
    falls, noises = np.arange(0, 4.1, 0.5), 10.0 ** -np.arange(1, 6.1, 0.5)
    made, models = [], []
    for scale in (1.0, *scales):
        if scale == 1:
            source, passed = frequency, np.ones_like(frequency)
        else:
            old = frequency / scale
            source = np.maximum(np.abs(old - np.rint(old)) * scale, 1 / _LENGTH_PX)
            passed = _cubic_response(old) ** 2
        for fall in falls:
            shape = (source / frequency[0]) ** -fall * passed
            for noise in noises:
                made.append(scale)
                models.append(np.log(shape / shape[0] + noise))
    table = np.array(models)
    return np.array(made), table - table.mean(axis=1, keepdims=True)


def _cubic_response(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """What cubic interpolation (a = -0.5) passes, at frequencies per old pixel."""
    at = np.linspace(-2, 2, 801)
    far = np.abs(at)
    near = 1.5 * far**3 - 2.5 * far**2 + 1
    kernel = np.where(far < 1, near, -0.5 * far**3 + 2.5 * far**2 - 4 * far + 2)
    waves = np.cos(2 * np.pi * np.multiply.outer(frequency, at))
    return np.asarray((waves * kernel).sum(axis=1) * (at[1] - at[0]))
