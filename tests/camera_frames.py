"""Frames of a camera over metal with a lay, and defects of known place, for tests of the screen."""

import numpy as np
from scipy.ndimage import gaussian_filter

from faultlens.images.image import Image

HEIGHT_PX, WIDTH_PX = 256, 384


def strip_frame(seed: int, *, light: float = 1.0) -> Image:
    """A frame of a moving strip, ground along its rows: no two are the same."""
    rng = np.random.default_rng([1, seed])
    grain = gaussian_filter(rng.standard_normal((HEIGHT_PX, WIDTH_PX)), (0.7, 12))
    noise = rng.normal(0, 1.5, grain.shape)
    return _image((110 + 14 * grain / grain.std()) * light + noise)


def part_frame(seed: int, *, light: float = 1.0) -> Image:
    """A frame of a part that comes to the same place again, within two pixels: edges and a hole."""
    rng = np.random.default_rng([2, seed])
    y, x = np.mgrid[:HEIGHT_PX, :WIDTH_PX].astype(float)
    down, right = rng.uniform(-2, 2, 2)
    y, x = y - down, x - right
    edge = 1 / (1 + np.exp((40 - y) / 1.5)) * (1 / (1 + np.exp((x - 340) / 1.5)))
    hole = 1 / (1 + np.exp((np.hypot(y - 150, x - 120) - 30) / 1.5))
    grain = gaussian_filter(rng.standard_normal(y.shape), 1.0)
    shown = 40 + 90 * edge * (1 - hole) + 4 * grain / grain.std()
    return _image(shown * light + rng.normal(0, 1.5, y.shape))


def marked(image: Image, row: int, column: int, *, dark: float = 30.0) -> Image:
    """The same with a scratch of 40 px, 3 px wide, from the upper left to the lower right."""
    y, x = np.mgrid[: image.height, : image.width].astype(float)
    along, across = (y - row + x - column) / 2**0.5, (y - row - x + column) / 2**0.5
    scratch = (np.abs(along) < 20) * np.exp(-(across**2) / 2 / 1.3**2)
    return _image(image.pixels - dark * scratch)


def _image(values: np.ndarray) -> Image:
    return Image(np.clip(values + 0.5, 0, 255).astype(np.uint8))
