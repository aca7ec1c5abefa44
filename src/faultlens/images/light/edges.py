"""What a surface shows under any lamp: where it changes, whichever side is the brighter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.registration.pyramid import Layer

EDGE_PX = 1.0
"""Sigma of the Gaussian whose derivative finds edges: the grain of metal is fine, and coarser
things on a surface are mostly the lamp's."""

POOL_PX = 0.7
"""Sigma over which they are gathered, so that pictures half a pixel apart still meet."""

_AROUND_PX = 8.0  # surroundings that an edge is held against
_WIDE_PX = 6.0  # what is broader is shading
_STEEPNESS = 0.5  # power of the gradient: a hundred times the contrast is ten times the edge
_FLAT = 0.3  # share of the picture's mean edge added to that of the surroundings, against noise
_MOST = 3.0  # in surroundings: a rim of glare must not drown the surface


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of a layer.

    Args:
        strength: (row, column) about 0 in the mean, in spreads of the surroundings; 0 where
            nothing is known.
        known: (row, column) where something is.
    """

    strength: NDArray[np.float32]
    known: NDArray[np.bool_]


def edges_of(layer: Layer) -> Edges:
    """How much a layer changes from place to place, in units of its surroundings.

    The length of the gradient, not its direction: under another lamp a groove is bright where it
    was dark, and turns its direction by any angle, but stays where it is.

    Args:
        layer: a picture at one size.

    Example:
        >>> from faultlens.images.registration.pyramid import evened
        >>> step = np.zeros((40, 40), np.float32); step[:, 20:] = 1
        >>> one, other = edges_of(evened(step)), edges_of(evened(10 - 3 * step))
        >>> bool(np.allclose(one.strength, other.strength, atol=1e-3))
        True
    """
    grey, known = layer.grey, layer.valid
    if not known.all() and known.any():
        # Else a hole itself were an edge.
        nearest = ndimage.distance_transform_edt(
            ~known, return_distances=False, return_indices=True
        )
        grey = grey[tuple(nearest)]
        known = ndimage.binary_erosion(known, iterations=3, border_value=1)
    across = ndimage.gaussian_filter(grey, EDGE_PX, order=(0, 1))
    down = ndimage.gaussian_filter(grey, EDGE_PX, order=(1, 0))
    edge = np.hypot(across, down) ** np.float32(_STEEPNESS)
    edge -= ndimage.gaussian_filter(edge, _WIDE_PX)
    usual = np.sqrt(ndimage.gaussian_filter(edge * edge, _AROUND_PX))
    edge /= usual + np.float32(_FLAT) * usual.mean() + np.float32(1e-9)
    pooled = ndimage.gaussian_filter(np.clip(edge, -_MOST, _MOST), POOL_PX)
    return Edges(np.where(known, pooled, 0).astype(np.float32), np.asarray(known))
