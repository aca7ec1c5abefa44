"""Random fields that surfaces are made of: grain, clouds and streaks, each with unit spread."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.floating[Any]]
"""A plane of numbers, (row, column)."""
Dice = np.random.Generator


@lru_cache(maxsize=16)
def grid(height_px: int, width_px: int) -> tuple[Field, Field]:
    """Row and column of every pixel.

    Args:
        height_px: rows.
        width_px: columns.

    Returns:
        rows and columns, (row, column) each; shared between callers, so never written to.

    Example:
        >>> rows, columns = grid(2, 3)
        >>> columns[1].tolist()
        [0.0, 1.0, 2.0]
    """
    rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    rows.setflags(write=False)
    columns.setflags(write=False)
    return rows, columns


@lru_cache(maxsize=16)
def _frequencies(height_px: int, width_px: int) -> tuple[Field, Field]:
    down = np.fft.fftfreq(height_px).astype(np.float32)[:, None]
    across = np.fft.rfftfreq(width_px).astype(np.float32)[None, :]
    return down, across


def log_uniform(rng: Dice, lowest: float, highest: float) -> float:
    """A number between two, every factor as likely as every other.

    Args:
        rng: dice.
        lowest: smallest value, above 0.
        highest: largest value.

    Example:
        >>> 1 <= log_uniform(np.random.default_rng(0), 1, 100) <= 100
        True
    """
    return float(np.exp(rng.uniform(np.log(lowest), np.log(highest))))


def clouds(rng: Dice, height_px: int, width_px: int, cell_px: float, stretch: float = 1.0) -> Field:
    """Smooth random hills, interpolated between a coarse grid of numbers.

    Args:
        rng: dice.
        height_px: rows.
        width_px: columns.
        cell_px: distance between independent values, px.
        stretch: how much longer the hills are down than across.

    Returns:
        the field, (row, column), spread about 1.

    Example:
        >>> clouds(np.random.default_rng(0), 32, 48, 8).shape
        (32, 48)
    """
    down, across = max(1.0, cell_px * stretch), max(1.0, cell_px)
    rows, columns = height_px / down, width_px / across
    coarse = rng.standard_normal((int(rows) + 4, int(columns) + 4), dtype=np.float32)
    top, left = rng.random(2)
    box = (left + 1, top + 1, left + 1 + columns, top + 1 + rows)
    drawn = Image.fromarray(coarse).resize((width_px, height_px), Image.Resampling.BICUBIC, box=box)
    made = np.asarray(drawn, dtype=np.float32) * np.float32(1.35)
    if cell_px > 9:
        # Hills carry smaller hills; one scale alone looks drawn.
        made = made + np.float32(0.35) * clouds(rng, height_px, width_px, cell_px / 2.9, stretch)
    return made


def grain(rng: Dice, height_px: int, width_px: int, size_px: float) -> Field:
    """Grain without direction.

    Args:
        rng: dice.
        height_px: rows.
        width_px: columns.
        size_px: standard deviation of a grain's outline, px; 0 is white noise.

    Returns:
        the field, (row, column), spread 1.

    Example:
        >>> round(float(grain(np.random.default_rng(0), 64, 64, 1.0).std()), 3)
        1.0
    """
    if size_px < 0.2:
        return rng.standard_normal((height_px, width_px), dtype=np.float32)
    return streaks(rng, height_px, width_px, size_px, size_px, 0.0)


def streaks(
    rng: Dice,
    height_px: int,
    width_px: int,
    length_px: float,
    breadth_px: float,
    angle_rad: float,
    power: float | None = None,
) -> Field:
    """Grain drawn out along one direction, as tools and rolls leave it.

    Args:
        rng: dice.
        height_px: rows.
        width_px: columns.
        length_px: standard deviation along the direction, px.
        breadth_px: standard deviation across it, px.
        angle_rad: direction, from the rows' direction towards downwards.
        power: how fast fine detail falls off, .8 for cloudy to 3.5; None draws one.

    Returns:
        the field, (row, column), spread 1.

    Example:
        >>> made = streaks(np.random.default_rng(0), 64, 64, 20, 0.5, 0.0)
        >>> bool(np.abs(np.diff(made, axis=0)).mean() > 3 * np.abs(np.diff(made, axis=1)).mean())
        True
    """
    down, across = _frequencies(height_px, width_px)
    cos, sin = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    along, aside = across * cos + down * sin, down * cos - across * sin
    factor = np.float32(2 * np.pi**2)
    far = factor * (np.float32(length_px**2) * along**2 + np.float32(breadth_px**2) * aside**2)
    # Real surfaces are rough on every scale: most spectra fall as a power, few as a Gaussian.
    power = float(rng.uniform(0.9, 4.5)) if power is None else power
    shape = (
        np.exp(-far) if power > 3.5 else np.power(1 + far / np.float32(power), -np.float32(power))
    )
    parts = rng.standard_normal((2, *shape.shape), dtype=np.float32)
    spectrum = (parts[0] + 1j * parts[1]) * shape
    spectrum[0, 0] = 0
    made = np.fft.irfft2(spectrum, s=(height_px, width_px)).astype(np.float32)
    return made / np.float32(max(float(made.std()), 1e-9))


def step(field: Field, level: float | Field, softness: float) -> Field:
    """0 well below a level, 1 well above it.

    Args:
        field: numbers, (row, column).
        level: where the result is one half; a number, or one for each pixel.
        softness: distance from the level over which it rises.

    Example:
        >>> step(np.array([[-9.0, 0.0, 9.0]], dtype=np.float32), 0.0, 1.0).round(2).tolist()
        [[0.0, 0.5, 1.0]]
    """
    scaled = (field - np.asarray(level, np.float32)) * np.float32(1 / max(softness, 1e-3))
    made: Field = np.clip(scaled * np.float32(0.5) + np.float32(0.5), 0, 1)
    return made
