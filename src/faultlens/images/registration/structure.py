"""What two cameras see alike: where edges run which way, whichever of their sides is the brighter.

A warm thing is bright in the infrared and may be dark to the eye; its outline is the same in both.
So each pixel is described by the directions of the edges around it, as a histogram over half a turn
and by its first two harmonics (four numbers), and by how rich in edges it is (one number).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.registration.pyramid import Layer

EDGE_PX = 1.0
"""Sigma of the Gaussian whose derivative finds edges, in px of the layer."""

POOL_PX = 1.5
"""Sigma over which directions are gathered: what two lenses may blur, and parallax may shift."""

AROUND_PX = 19
"""Side of the surroundings that an edge is held against: a box twice, as a Gaussian of sigma 7.7,
and in a third of its time."""

_STEEPNESS = 0.5
"""Power of the gradient: a hundred times the contrast is ten times the edge."""

_FLAT = 0.3
"""Share of the picture's mean edge that is added to that of the surroundings, so that the noise of
a clear sky does not count as much as a building."""


@dataclass(frozen=True, eq=False)
class Structure:
    """The edges of a layer.

    Args:
        channels: (channel, row, column) float32, 0 where nothing is known.
        valid: (row, column) True where something is known.
    """

    channels: NDArray[np.float32]
    valid: NDArray[np.bool_]

    @property
    def energy(self) -> NDArray[np.float32]:
        """(row, column) squared length of the description."""
        return np.asarray(np.einsum("cij,cij->ij", self.channels, self.channels))


def structure_of(layer: Layer) -> Structure:
    """The edges of a layer, independent of brightness, contrast and which side is brighter.

    Args:
        layer: the picture at one size.

    Source: the channels of orientated gradients of Ye et al., Fast and robust matching for
        multimodal remote sensing image registration (2019), here as harmonics of the double angle.

    Example:
        >>> from faultlens.images.registration.pyramid import evened
        >>> step = np.zeros((32, 32), np.float32); step[:, 16:] = 1
        >>> seen, reversed_ = structure_of(evened(step)), structure_of(evened(10 - 3 * step))
        >>> seen.channels.shape, bool(np.allclose(seen.channels, reversed_.channels, atol=1e-4))
        ((5, 32, 32), True)
    """
    grey, valid = _filled(layer), layer.valid
    across = ndimage.gaussian_filter(grey, EDGE_PX, order=(0, 1))
    down = ndimage.gaussian_filter(grey, EDGE_PX, order=(1, 0))
    if not valid.all():
        valid = ndimage.binary_erosion(valid, iterations=3, border_value=1)
    squared = across**2 + down**2
    edge = np.where(valid, squared ** (_STEEPNESS / 2), 0).astype(np.float32)
    known = np.maximum(_around(valid.astype(np.float32)), np.float32(1e-3))
    mean = float(np.sqrt((edge**2).sum() / max(np.count_nonzero(valid), 1)))
    # A running sum may end a rounding error below nothing.
    usual = np.sqrt(np.maximum(_around(edge**2), 0) / known) + np.float32(_FLAT * mean + 1e-12)
    edge = np.asarray(edge / usual, dtype=np.float32)
    safe = np.maximum(squared, np.float32(1e-20))
    cosine, sine = (across**2 - down**2) / safe, 2 * across * down / safe
    harmonics = (cosine, sine, cosine**2 - sine**2, 2 * cosine * sine)
    channels = [ndimage.gaussian_filter(edge * x, POOL_PX) for x in harmonics]
    channels.append(ndimage.gaussian_filter(edge, POOL_PX) - _around(edge) / known)
    return Structure(np.where(valid, np.stack(channels), 0).astype(np.float32), valid)


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    once = ndimage.uniform_filter(values, AROUND_PX)
    return np.asarray(ndimage.uniform_filter(once, AROUND_PX))


def _filled(layer: Layer) -> NDArray[np.float32]:
    """The grey, with what is nearest where nothing is known: else the hole itself were an edge."""
    if layer.valid.all() or not layer.valid.any():
        return layer.grey
    nearest = ndimage.distance_transform_edt(
        ~layer.valid, return_distances=False, return_indices=True
    )
    return np.asarray(layer.grey[tuple(nearest)])
