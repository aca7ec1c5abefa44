"""Deviation maps with exactly known forms on roughness of a known kind."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.reference.frame import Frame
from faultlens.surfaces.reference.plane import Plane

Floats = NDArray[np.float64]
SPACING_MM = 0.1


def rough(seed: int, shape: tuple[int, int] = (160, 160), kind: str = "white") -> Floats:
    """Roughness of standard deviation 0.01 mm."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(shape)
    if kind == "correlated":
        wide = rng.standard_normal([n + 60 for n in shape])
        smooth = ndimage.gaussian_filter(wide, 5)[30:-30, 30:-30]
        noise = smooth / smooth.std() + 0.3 * noise
    if kind == "wavy":
        row, column = np.indices(shape)
        noise = 1.2 * np.sin((0.8 * row + 0.6 * column) * 2 * np.pi / 60) + 0.7 * noise
    return np.asarray(0.01 * noise / noise.std(), np.float64)


def bowl(shape: tuple[int, int], middle: tuple[float, float], radii: tuple[float, float]) -> Floats:
    """A paraboloid of depth 1: area 0.9 pi r1 r2, volume pi r1 r2 / 2, mean 0.55, in cells."""
    row, column = np.indices(shape)
    squares = ((row - middle[0]) / radii[0]) ** 2 + ((column - middle[1]) / radii[1]) ** 2
    return np.asarray(np.clip(1 - squares, 0, None), np.float64)


def map_of(values: Floats) -> DeviationMap:
    """The map of these deviations from a plane; NaN where nothing was measured."""
    plane = Plane(Frame(np.zeros(3), np.eye(3)), 0.0)
    counts = np.isfinite(values).astype(np.int32)
    return DeviationMap(values.astype(np.float32), counts, SPACING_MM, (0.0, 0.0), plane)
