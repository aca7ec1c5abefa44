"""What surfaces have besides defects, and what a scanner adds and loses."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.surfaces.surface import Surface

_HOLE_SHARE = 0.08
"""Radius of a hole in the scan, as a share of its shorter side."""


@dataclass(frozen=True)
class Finish:
    """The texture of a sound surface: roughness with a lay, and waviness.

    Args:
        roughness_mm: root mean square height Sq (ISO 25178-2), mm.
        correlation_mm: autocorrelation length Sal, mm; 0 for no correlation between points.
        lay_ratio: how many times longer the texture is along the lay than across, 1 for none.
        lay_deg: direction of the lay from u, degrees.
        waviness_mm: root mean square of the waviness, mm.
        waviness_length_mm: its mean wavelength, mm; 0 for a third of the scan.

    Raises:
        UsageError: numbers that no surface has.
    """

    roughness_mm: float = 0.005
    correlation_mm: float = 0.0
    lay_ratio: float = 1.0
    lay_deg: float = 0.0
    waviness_mm: float = 0.0
    waviness_length_mm: float = 0.0

    def __post_init__(self) -> None:
        sizes = (
            *(self.roughness_mm, self.correlation_mm, self.waviness_mm, self.waviness_length_mm),
            self.lay_ratio - 1,
        )
        if not (np.isfinite(sizes).all() and min(sizes) >= 0):
            raise UsageError(
                f"A finish of {self.roughness_mm:g} mm roughness, {self.correlation_mm:g} mm "
                f"correlation, {self.waviness_mm:g} mm waviness and a lay ratio of "
                f"{self.lay_ratio:g} was given; give 0 or more, and a ratio of 1 or more."
            )


@dataclass(frozen=True)
class Scanner:
    """What a scanner adds to a surface and loses of it.

    Args:
        noise_mm: standard deviation of a single point along the normal, mm.
        step_mm: smallest step of its depths, mm; 0 for none.
        outliers: share of points that lie anywhere, 0 to 0.5.
        outlier_reach_mm: how far off the surface outliers lie at most, mm; 0 for a tenth of the
            longer side of the scan.
        missing: share of points that are lost, half of them singly, half in holes, 0 to 0.9.

    Raises:
        UsageError: shares out of range, negative lengths.
    """

    noise_mm: float = 0.0
    step_mm: float = 0.0
    outliers: float = 0.0
    outlier_reach_mm: float = 0.0
    missing: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.outliers <= 0.5 and 0 <= self.missing <= 0.9):
            raise UsageError(
                f"Shares of {self.outliers:g} outliers and {self.missing:g} missing points were "
                "given; outliers are 0 to 0.5, missing points 0 to 0.9."
            )
        if not min(self.noise_mm, self.step_mm, self.outlier_reach_mm) >= 0:
            raise UsageError("Noise, step and reach of outliers are lengths in mm; give 0 or more.")


def texture(
    shape: tuple[int, int], spacing_mm: float, finish: Finish, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Heights of a sound surface on a raster, of exactly the asked Sq.

    Args:
        shape: rows and columns.
        spacing_mm: of the raster, mm.
        finish: roughness, lay and waviness.
        rng: of the heights.

    Returns:
        (row, column) heights, mm, of mean 0.

    Example:
        >>> heights = texture((50, 60), 0.1, Finish(0.01), np.random.default_rng(0))
        >>> heights.shape, round(float(heights.std()), 4)
        ((50, 60), 0.01)
    """
    heights = np.zeros(shape)
    if finish.roughness_mm > 0:
        along, across = finish.correlation_mm * finish.lay_ratio, finish.correlation_mm
        heights += finish.roughness_mm * _field(shape, spacing_mm, (along, across), finish, rng)
    if finish.waviness_mm > 0:
        wave = finish.waviness_length_mm or spacing_mm * max(shape) / 3
        # A Gaussian bell of this length leaves waves of about that wavelength the strongest.
        length = wave / np.pi
        heights += finish.waviness_mm * _field(shape, spacing_mm, (length, length), finish, rng)
    return heights


def _field(
    shape: tuple[int, int],
    spacing_mm: float,
    lengths_mm: tuple[float, float],
    finish: Finish,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A Gaussian random field of unit spread whose correlation falls to 1/e at these lengths."""
    noise = rng.standard_normal(shape)
    if max(lengths_mm) > 0:
        ky = 2 * np.pi * np.fft.fftfreq(shape[0], spacing_mm)[:, None]
        kx = 2 * np.pi * np.fft.rfftfreq(shape[1], spacing_mm)[None]
        turn = np.deg2rad(finish.lay_deg)
        along, across = kx * np.cos(turn) + ky * np.sin(turn), ky * np.cos(turn) - kx * np.sin(turn)
        # exp(-r2/L2) correlation has the spectrum exp(-k2 L2/4); amplitudes are its root.
        damped = np.exp(-((along * lengths_mm[0]) ** 2 + (across * lengths_mm[1]) ** 2) / 8)
        noise = np.fft.irfft2(np.fft.rfft2(noise) * damped, s=shape)
    noise -= noise.mean()
    return np.asarray(noise / max(float(noise.std()), 1e-30), np.float64)


def scanned(
    surface: Surface, outward: NDArray[np.float64], scanner: Scanner, rng: np.random.Generator
) -> Surface:
    """The scan as this scanner would give it.

    Args:
        surface: as a perfect scanner would give it.
        outward: (point, 3) unit normals, or (3,) one for all.
        scanner: what it adds and loses.
        rng: of all of that.

    Returns:
        A raster with rows of NaN where points are lost, or a cloud of fewer points.

    Example:
        >>> flat = Surface(np.stack([*np.mgrid[:50, :40].reshape(2, -1), np.zeros(2000)], axis=1))
        >>> lossy = Scanner(missing=0.3)
        >>> worse = scanned(flat, np.array([0.0, 0.0, 1.0]), lossy, np.random.default_rng(0))
        >>> 1300 < len(worse.points_mm) < 1500
        True
    """
    points = surface.points_mm.copy()
    normals = np.broadcast_to(outward, points.shape)
    offset = np.zeros(len(points))
    if scanner.noise_mm > 0:
        offset += scanner.noise_mm * rng.standard_normal(len(points))
    if scanner.outliers > 0:
        # Before points are lost: outliers share their lot.
        some = rng.random(len(points)) < scanner.outliers
        extent = np.nanmax(points, axis=0) - np.nanmin(points, axis=0)
        reach = scanner.outlier_reach_mm or 0.1 * float(extent.max())
        offset[some] += rng.uniform(-reach, reach, int(some.sum()))
    if offset.any():
        points += offset[:, None] * normals
    if scanner.step_mm > 0:
        points[:, 2] = np.round(points[:, 2] / scanner.step_mm) * scanner.step_mm
    if scanner.missing > 0:
        lost = _lost(points, scanner.missing, rng)
        if surface.grid is None:
            points = points[~lost]
        else:
            points[lost] = np.nan
    colours = surface.colours if len(points) == len(surface.points_mm) else None
    return replace(surface, points_mm=points, colours=colours)


def _lost(points: NDArray[np.float64], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(point,) which are lost: half of the share in round holes, the rest singly."""
    lost = np.zeros(len(points), np.bool_)
    flat = points[:, :2]
    radius = _HOLE_SHARE * float(np.nanmin(np.nanmax(flat, axis=0) - np.nanmin(flat, axis=0)))
    wanted = share / 2 * len(points)
    while radius > 0 and lost.sum() < wanted:
        middle = flat[rng.integers(len(points))]
        size = radius * rng.uniform(0.3, 1.0)
        near = np.abs(flat - middle).max(axis=1) < size
        near[near] = np.hypot(*(flat[near] - middle).T) < size
        lost |= near
    left = max((share * len(points) - lost.sum()) / max(int((~lost).sum()), 1), 0.0)
    return np.asarray(lost | (rng.random(len(points)) < left), np.bool_)
