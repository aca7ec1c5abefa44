"""Where to begin: every shift at once, for many scales and rotations, on a small layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from faultlens.images.registration.pyramid import Layer
from faultlens.images.registration.structure import Structure, structure_of
from faultlens.images.registration.warp import Matrix, moved_points, warped

SCALES = tuple(np.exp(np.linspace(-0.45, 0.45, 13)).tolist())
"""Of the moving picture to the fixed, both brought to the same longer side: 0.64 to 1.57."""

ANGLES_DEG = (-8.0, -4.0, 0.0, 4.0, 8.0)
"""Rotations that are tried, in degrees: a hand-held camera, or two on one bracket."""

LEAST_OVERLAP = 0.35
"""Share of the smaller picture that must lie on the other."""

SHARED = 0.5
"""Power of the shares of both pictures' edges that lie in the overlap. Without it a few edges in a
corner that happen to fit win over whole pictures; of 0, 1/4 and
1/2 the best on 20 pairs of roadscene."""

_APART_PX = 6
"""Distance of two shifts, or of two starts' corners, below which they count as one."""


@dataclass(frozen=True, eq=False)
class Start:
    """A coarse registration to refine.

    Args:
        likeness: of the two pictures' edges, at most 1, weighted by how many take part.
        matrix: (3, 3) pixel of the fixed layer -> pixel of the moving layer.
    """

    likeness: float
    matrix: Matrix


def starts(fixed: Layer, moving: Layer, *, count: int) -> list[Start]:
    """The likeliest coarse registrations, best first.

    Args:
        fixed: layer of the picture whose frame counts.
        moving: layer of the other, with about as many pixels along its longer side.
        count: of different ones that are wanted.

    Source: masked normalised correlation by Fourier transform, after Padfield (2012).

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> from faultlens.images.registration.pyramid import evened
        >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(70, 90)), 2)
        >>> found = starts(evened(scene[5:65, 7:87]), evened(scene[3:63, 3:83]), count=1)
        >>> bool(np.abs(moved_points(found[0].matrix, np.array([[40, 30]])) - [44, 32]).max() < 1.5)
        True
    """
    seen = structure_of(fixed)
    spectra = _Spectra(seen)
    tried = [
        each
        for scale in SCALES
        for angle in ANGLES_DEG
        for each in _shifts(spectra, moving, _turned(moving.shape, scale, angle))
    ]
    tried.sort(key=lambda x: -x.likeness)
    return _different(tried, fixed.shape, count)


class _Spectra:
    """The fixed side's transforms, kept for all scales and rotations."""

    def __init__(self, seen: Structure) -> None:
        self.seen = seen
        self.total = float(seen.energy.sum())
        self._kept: dict[tuple[int, int], tuple[NDArray[np.complex64], ...]] = {}

    def of_size(self, size: tuple[int, int]) -> tuple[NDArray[np.complex64], ...]:
        if size not in self._kept:
            self._kept[size] = tuple(np.conj(x) for x in _transforms(self.seen, size))
        return self._kept[size]


def _transforms(seen: Structure, size: tuple[int, int]) -> tuple[NDArray[np.complex64], ...]:
    parts = (seen.channels, seen.valid.astype(np.float32), seen.energy)
    return tuple(fft.rfft2(x, size, axes=(-2, -1)) for x in parts)


def _turned(shape: tuple[int, int], scale: float, angle_deg: float) -> tuple[Matrix, Sequence[int]]:
    """A frame that shows the whole picture at a scale and rotation: its matrix and its shape."""
    height, width = shape
    turn = np.radians(angle_deg)
    cosine, sine = np.cos(turn), np.sin(turn)
    rows = int(np.ceil((height * cosine + width * abs(sine)) / scale))
    columns = int(np.ceil((width * cosine + height * abs(sine)) / scale))
    about = np.array(
        [[scale * cosine, -scale * sine, 0], [scale * sine, scale * cosine, 0], [0, 0, 1.0]]
    )
    to_middle = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1.0]])
    from_middle = np.array([[1, 0, (1 - columns) / 2], [0, 1, (1 - rows) / 2], [0, 0, 1.0]])
    return to_middle @ about @ from_middle, (rows, columns)


def _shifts(fixed: _Spectra, moving: Layer, frame: tuple[Matrix, Sequence[int]]) -> Iterator[Start]:
    matrix, (rows, columns) = frame
    known = np.where(moving.valid, moving.grey, np.nan)
    grey = warped(known, matrix, (rows, columns))
    valid = np.isfinite(grey)
    turned = structure_of(Layer(np.where(valid, grey, 0).astype(np.float32), valid, np.eye(3)))
    likeness = _likeness(fixed, turned)
    for _ in range(2):
        row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        down = row if row < rows else row - likeness.shape[0]
        right = column if column < columns else column - likeness.shape[1]
        shift = np.array([[1, 0, right], [0, 1, down], [0, 0, 1.0]])
        yield Start(float(likeness[row, column]), matrix @ shift)
        near = np.arange(-_APART_PX, _APART_PX + 1)
        around = np.ix_((near + row) % likeness.shape[0], (near + column) % likeness.shape[1])
        likeness[around] = -1


def _likeness(fixed: _Spectra, moving: Structure) -> NDArray[np.float32]:
    """(row, column) of shifts: correlation of what overlaps, weighted by how much does."""
    rows, columns = (
        fft.next_fast_len(a + b - 1, real=True)
        for a, b in zip(fixed.seen.valid.shape, moving.valid.shape, strict=True)
    )
    size = (rows, columns)
    channels, valid, energy = fixed.of_size(size)
    its_channels, its_valid, its_energy = _transforms(moving, size)
    together = np.stack(
        [(channels * its_channels).sum(axis=0), valid * its_valid, energy * its_valid,
         valid * its_energy]
    )  # fmt: skip
    product, overlap, of_fixed, of_moving = fft.irfft2(together, size, axes=(-2, -1))
    total = (fixed.total, float(moving.energy.sum()))
    shares = [
        np.clip(part / max(whole, 1e-12), 1e-6, 1)
        for part, whole in zip((of_fixed, of_moving), total, strict=True)
    ]
    norm = np.sqrt(shares[0] * shares[1] * max(total[0] * total[1], 1e-12))
    least = LEAST_OVERLAP * min(np.count_nonzero(fixed.seen.valid), np.count_nonzero(moving.valid))
    found = product / norm * (shares[0] * shares[1]) ** SHARED
    return np.where(overlap >= least, found, -1).astype(np.float32)


def _different(tried: Sequence[Start], shape: tuple[int, int], count: int) -> list[Start]:
    height, width = shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]])
    kept: list[Start] = []
    for each in tried:
        at = moved_points(each.matrix, corners)
        far = (np.abs(at - moved_points(x.matrix, corners)).max() > _APART_PX for x in kept)
        if len(kept) < count and all(far):
            kept.append(each)
    return kept
