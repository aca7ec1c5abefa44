"""A defect freed of roughness: smoothed at each place as far as its own form allows."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import fft

_FINEST_CELLS = 0.5
_OCTAVE = 1.5
"""Factor between one smoothing and the next."""
_WIDEST_SHARE = 0.25
"""Widest smoothing, as a share of the thickness of the defect."""
_LONG_ABOVE = 2.5
"""Length over width from which smoothing goes farther along than across."""
_STRETCHES = (3.0, 8.0)
"""Smoothings along over smoothing across, of long defects."""
_PARTS_ALONG = 8.0
"""Length over the farthest smoothing along."""
_BELIEF = 1.0
"""Standard deviations by which a wider smoothing may differ from every finer one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Smoothings:
    """Smoothings of one box, finest first, each without bias for a parabola.

    Args:
        responses: (smoothing, row, column) of the frequencies of the padded box.
        shape: rows and columns of the box.
        padded: rows and columns that the frequencies belong to.
    """

    responses: Floats = field(repr=False)
    shape: tuple[int, int]
    padded: tuple[int, int]

    def of(self, values: Floats) -> Floats:
        """(smoothing, box, row, column) of boxes of values, (box, row, column)."""
        spectra = fft.rfft2(values, self.padded)
        rows, columns = self.shape
        made = np.empty((len(self.responses), *values.shape))
        for number, response in enumerate(self.responses):
            made[number] = fft.irfft2(spectra * response, self.padded)[:, :rows, :columns]
        return made


def smoothings_for(
    shape: tuple[int, int], thickness: float, aspect: float, direction_rad: float
) -> Smoothings:
    """The smoothings that a defect of this size may need.

    Args:
        shape: rows and columns of the box.
        thickness: of the defect, cells.
        aspect: its length over its width.
        direction_rad: of its length, from columns towards rows.

    Example:
        >>> smoothings = smoothings_for((9, 9), 8.0, 1.0, 0.0)
        >>> point = np.zeros((1, 9, 9))
        >>> point[0, 4, 4] = 1
        >>> smoothings.of(point)[:, 0, 4, 4].round(2).tolist()
        [1.0, 0.69, 0.4, 0.19, 0.08]

    Source: Tukey, Exploratory data analysis (1977), twicing: 2 G - G G has no bias of second order.
    """
    widest = max(_WIDEST_SHARE * thickness, _FINEST_CELLS)
    # Beyond the box there is nothing: as much room as the widest smoothing reaches.
    room = int(np.ceil(3 * widest)) + 2
    padded = (fft.next_fast_len(shape[0] + room, True), fft.next_fast_len(shape[1] + room, True))
    ky = 2 * np.pi * np.fft.fftfreq(padded[0])[:, None]
    kx = 2 * np.pi * np.fft.rfftfreq(padded[1])[None]
    along = kx * np.cos(direction_rad) + ky * np.sin(direction_rad)
    across = ky * np.cos(direction_rad) - kx * np.sin(direction_rad)
    farthest = aspect * thickness / _PARTS_ALONG
    stretches = [1.0, *(s for s in _STRETCHES if aspect > _LONG_ABOVE and s * 2 < aspect)]
    made = [np.ones((padded[0], kx.shape[1]))]
    sigma = _FINEST_CELLS
    while sigma <= widest * 1.001:
        for far in (s for s in stretches if s == 1 or s * sigma <= farthest):
            bell = np.exp(-0.5 * sigma**2 * ((far * along) ** 2 + across**2))
            made.append(2 * bell - bell**2)
        sigma *= _OCTAVE
    return Smoothings(np.stack(made), shape, padded)


def freed(smooth: Floats, spreads: Floats) -> tuple[Floats, Floats]:
    """At each place the widest smoothing that agrees with all finer ones.

    Args:
        smooth: (smoothing, ...) the same places, smoothed less and more.
        spreads: (smoothing, smoothing) of `spreads_of`.

    Returns:
        (...) of those places, and the standard deviation that roughness leaves in each.

    Example:
        >>> both = freed(np.array([[1.0, 1.0], [1.1, 2.0]]), np.array([[0.2, 0.2], [0.2, 0.05]]))
        >>> [x.tolist() for x in both]
        [[1.1, 1.0], [0.05, 0.2]]

    Source: Lepski (1991); Goldenshluger and Nemirovski, On spatially adaptive estimation of
        nonparametric regression (1997).
    """
    best, left = smooth[0].copy(), np.full(smooth.shape[1:], spreads[0, 0])
    agrees = np.ones(best.shape, np.bool_)
    for wide in range(1, len(smooth)):
        for fine in range(wide):
            agrees &= np.abs(smooth[wide] - smooth[fine]) <= _BELIEF * spreads[wide, fine]
        np.copyto(best, smooth[wide], where=agrees)
        left[agrees] = spreads[wide, wide]
    return np.asarray(best, np.float64), left


def spreads_of(rough: Floats) -> Floats:
    """How far smoothings of roughness alone differ, each from each.

    Args:
        rough: (smoothing, box, place) of sound boxes.

    Returns:
        (smoothing, smoothing) standard deviation of the difference; of each its own where it would
        be held against itself.

    Example:
        >>> spreads_of(np.array([[[1.0, -1.0]], [[0.0, 0.0]]])).tolist()
        [[1.0, 1.0], [1.0, 0.0]]
    """
    flat = rough.reshape(len(rough), -1)
    products = flat @ flat.T / max(flat.shape[1], 1)
    power = np.diagonal(products)
    squares = np.maximum(power[:, None] + power[None] - 2 * products, 0)
    squares[np.diag_indices_from(squares)] = power
    return np.asarray(np.sqrt(squares), np.float64)
