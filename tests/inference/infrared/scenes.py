"""A scene seen by two cameras: one sees its light, the other its warmth, from a shifted frame."""

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal

SHIFT = (8, 10)
"""Rows and columns by which the infrared's frame begins earlier."""


def scene(seed: int) -> np.ndarray:
    """(row, column) 0 to 1, 150 x 200: blobs of two sizes, with edges that both cameras see."""
    rng = np.random.default_rng(seed)
    coarse = gaussian_filter(rng.normal(size=(150, 200)), 5)
    fine = gaussian_filter(rng.normal(size=(150, 200)), 2)
    level = np.digitize(coarse / coarse.std(), [-1, -0.3, 0.4, 1.1]) / 4
    return np.clip(level + 0.05 * fine / fine.std(), 0, 1)


def visible(seed: int) -> Image:
    """The scene in light, 130 x 170 pixels."""
    part = scene(seed)[10:140, 15:185]
    return Image((40 + 170 * part).astype(np.uint8), name=f"scene {seed}")


def infrared(seed: int, *spots: tuple[int, int, float], times: float = 1.0) -> Thermal:
    """Its warmth, degC: dark parts are warmer; spots as (row, column, K) of the visible picture."""
    top, left = 10 - SHIFT[0], 15 - SHIFT[1]
    celsius = 30 - 10 * scene(seed)
    down, along = np.mgrid[:150, :200]
    for row, column, kelvin in spots:
        far = (down - row - 10) ** 2 + (along - column - 15) ** 2
        celsius = celsius + kelvin * np.exp(-far / (2 * 3.0**2))
    part = celsius[top : top + 140, left : left + 185]
    return Thermal(zoom(part, times, order=1).astype(np.float32), name=f"warmth {seed}")
