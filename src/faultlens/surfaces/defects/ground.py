"""The surface under a defect, foretold from the ring around it as its own roughness allows."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import fft

_MOST_NODES = 320
"""Places of the ring that the ground is foretold from: their equations are solved at once."""
_MOST_SIDE = 40
"""Places along the longer side of the raster on which the ground is foretold."""
_DRIFT = 30.0
"""Standard deviations of the tilt across the ring that are taken to be possible."""

_MOST_CHANCE = 0.1
"""Share of the variance that chance makes of a covariance at most: waves go together for ever."""
_UNSURE = 1e-3
"""Share of the variance by which the covariance may be wrong itself: keeps weights small."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ground:
    """How values around a defect foretell those under it: the same for every place of one map.

    Args:
        step: cells of the map along the side of one place of the coarse raster.
        shape: rows and columns of the box, in cells.
        coarse: rows and columns of the coarse raster.
        ring: (row, column) of the coarse raster: the places that foretell.
        weights: (place of the coarse raster, place of the ring).
    """

    step: int
    shape: tuple[int, int]
    coarse: tuple[int, int]
    ring: NDArray[np.bool_] = field(repr=False)
    weights: Floats = field(repr=False)

    def under(self, values: Floats, sound: NDArray[np.bool_]) -> Floats:
        """The ground of boxes of this shape.

        Args:
            values: (box, row, column), mm.
            sound: (row, column) of the box which of them are ring.

        Returns:
            (box, row, column) ground, mm.
        """
        sums = _blocks(values * sound, self.step)
        counts = _blocks(sound[None].astype(np.float64), self.step)
        means = (sums / np.maximum(counts, 1))[:, self.ring]
        coarse = (means @ self.weights.T).reshape(len(values), *self.coarse)
        return _fine(coarse, self.step, self.shape)


def ground_for(
    ring: NDArray[np.bool_], values: Floats, sound: NDArray[np.bool_], *, most: int = _MOST_NODES
) -> Ground | None:
    """Solve once how the ring foretells the box: kriging with a plane as its drift.

    Args:
        ring: (row, column) of the box: what foretells.
        values: (row, column) of a window of the map, in which the surface goes together as it does
            around the box, mm.
        sound: (row, column) which cells of the window are measured and sound.
        most: places of the ring at most.

    Returns:
        The ground; None where nothing around it is sound.

    Example:
        >>> tilted = np.add.outer(np.arange(20.0), np.arange(20.0))
        >>> ring = np.ones((20, 20), bool)
        >>> ring[6:14, 6:14] = False
        >>> ground = ground_for(ring, tilted % 2, np.ones((20, 20), bool))
        >>> bool(np.abs(ground.under(tilted[None], ring)[0] - tilted).max() < 0.5)
        True

    Source: Matheron, The theory of regionalized variables (1971), universal kriging.
    """
    step = max(1, -(-max(ring.shape) // _MOST_SIDE))
    while True:
        counts = _blocks(ring[None].astype(np.float64), step)[0]
        nodes_at = counts >= max(1.0, 0.3 * step**2)
        if nodes_at.sum() <= most:
            break
        step += 1
    if nodes_at.sum() < 3:
        return None
    covariance, single = _covariance(values, sound, step, max(nodes_at.shape))
    rows, columns = np.indices(nodes_at.shape)
    places = np.stack([rows.ravel(), columns.ravel()], axis=1).astype(np.float64)
    nodes = places[nodes_at.ravel()]
    scale = max(float(np.ptp(nodes, axis=0).max()), 1.0)
    total = max(float(covariance.max()) + single, 1e-30)
    asked = _between(places, nodes, covariance) + _drift(places, nodes, scale, total)
    known = asked[nodes_at.ravel()]
    fewer = step**2 / np.maximum(counts[nodes_at], 1)
    known[np.diag_indices_from(known)] += single * fewer + _UNSURE * total
    weights = np.asarray(np.linalg.solve(known, asked.T).T, np.float64)
    return Ground(step, (ring.shape[0], ring.shape[1]), nodes_at.shape, nodes_at, weights)


def _covariance(
    values: Floats, sound: NDArray[np.bool_], step: int, reach: int
) -> tuple[Floats, float]:
    """Of means over blocks, as far as they hold enough that is sound."""
    counts = _blocks(sound[None].astype(np.float64), step)[0]
    sums = _blocks(np.where(sound, values, 0.0)[None], step)[0]
    return covariance_of(sums / np.maximum(counts, 1), counts >= 0.5 * step**2, reach)


def _between(first: Floats, second: Floats, covariance: Floats) -> Floats:
    at, inside = np.zeros((len(first), len(second)), np.intp), None
    for axis, side in enumerate(covariance.shape):
        lags = np.subtract.outer(first[:, axis].astype(np.intp), second[:, axis].astype(np.intp))
        lags += side // 2
        if lags.min() < 0 or lags.max() >= side:
            near = (lags >= 0) & (lags < side)
            inside = near if inside is None else inside & near
            np.clip(lags, 0, side - 1, out=lags)
        at = at * side + lags
    found = covariance.ravel().take(at)
    return found if inside is None else np.where(inside, found, 0.0)


def _drift(first: Floats, second: Floats, scale: float, total: float) -> Floats:
    return _DRIFT**2 * total * (1 + first @ second.T / scale**2)


def _blocks(values: Floats, step: int) -> Floats:
    """Sums over blocks of `step` cells a side; what is over at the end is a block of its own."""
    if step == 1:
        return values
    _, rows, columns = values.shape
    padded = np.pad(values, ((0, 0), (0, -rows % step), (0, -columns % step)))
    shape = (len(values), padded.shape[1] // step, step, padded.shape[2] // step, step)
    return np.asarray(padded.reshape(shape).sum(axis=(2, 4)), np.float64)


def _fine(coarse: Floats, step: int, shape: tuple[int, int]) -> Floats:
    """A coarse raster brought to cells, linearly, and on past its outermost places."""
    if step == 1:
        return coarse[:, : shape[0], : shape[1]]
    for axis in (1, 2):
        if coarse.shape[axis] == 1:
            coarse = np.repeat(coarse, 2, axis)
        at = (np.arange(shape[axis - 1]) + 0.5) / step - 0.5
        low = np.clip(np.floor(at), 0, coarse.shape[axis] - 2).astype(np.intp)
        share = at - low
        share = share[:, None] if axis == 1 else share
        first, second = np.take(coarse, low, axis), np.take(coarse, low + 1, axis)
        coarse = first + share * (second - first)
    return coarse


def covariance_of(values: Floats, sound: NDArray[np.bool_], reach: int) -> tuple[Floats, float]:
    """How sound values of a map go together over distance, in every direction.

    Args:
        values: (row, column) of a window of the map, mm.
        sound: (row, column) which of them are.
        reach: greatest lag that is asked for, cells.

    Returns:
        (row lag, column lag) covariance with zero lag in the middle, mm2, and the variance that
        single cells have on their own, which nothing around them foretells, mm2.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 2, (100, 100))
        >>> _, single = covariance_of(noise, np.ones((100, 100), bool), 10)
        >>> bool(3.8 < single < 4.2)
        True
    """
    weights = sound.astype(np.float64)
    count = max(float(weights.sum()), 1.0)
    held = np.where(sound, values, 0.0)
    held -= weights * (held.sum() / count)
    spread = np.sqrt((held**2).sum() / count)
    held = np.clip(held, -5 * spread, 5 * spread)
    if spread == 0:
        return np.zeros([2 * min(reach, n - 1) + 1 for n in values.shape]), 0.0
    shape = [fft.next_fast_len(n + min(reach, n), True) for n in values.shape]
    both = fft.rfft2(held, shape)
    mask = fft.rfft2(weights, shape)
    products = fft.irfft2(np.abs(both) ** 2, shape)
    pairs = fft.irfft2(np.abs(mask) ** 2, shape)
    lags = [min(reach, n - 1) for n in values.shape]
    take = tuple(np.arange(-lag, lag + 1) for lag in lags)
    products, pairs = (x[np.ix_(*take)] for x in (products, pairs))
    found = products / np.maximum(pairs, 0.02 * count)
    # Lags that could be chance count less, far ones fade: what is left bends like a surface.
    chance = 2 * np.sqrt((found**2).sum() / max(float(pairs.max()), 1.0))
    chance = min(float(chance), _MOST_CHANCE * float(found.max()))
    found = np.sign(found) * np.maximum(np.abs(found) - chance, 0) * (1 + chance / found.max())
    fades = [np.cos(t / (lag + 1) * np.pi / 2) for t, lag in zip(take, lags, strict=True)]
    found *= fades[0][:, None] * fades[1]
    wide = np.pad(found, [(lag, lag) for lag in lags])
    power = np.maximum(np.fft.fft2(np.fft.ifftshift(wide)).real, 0)
    wide = np.fft.fftshift(np.fft.ifft2(power).real)
    found = wide[tuple(slice(lag, -lag or None) for lag in lags)]
    middle = tuple(lag for lag in lags)
    around = [
        found[middle[0] + dr, middle[1] + dc]
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0))
        if middle[0] + abs(dr) < found.shape[0] and middle[1] + abs(dc) < found.shape[1]
    ]
    single = max(float(found[middle] - max(around, default=0.0)), 0.0)
    found[middle] -= single
    return found, single


def imitated(
    values: Floats, sound: NDArray[np.bool_], shape: tuple[int, int], count: int, seed: int
) -> Floats:
    """Surfaces that go together over distance as the sound part of a window does.

    Args:
        values: (row, column) of a window of the map, mm.
        sound: (row, column) which of them are sound.
        shape: rows and columns that are asked for.
        count: of surfaces.
        seed: of what is random.

    Returns:
        (surface, row, column) of mean 0, mm.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 2, (100, 100))
        >>> made = imitated(noise, np.ones((100, 100), bool), (12, 12), 50, 0)
        >>> made.shape, bool(1.8 < made.std() < 2.2)
        ((50, 12, 12), True)
    """
    covariance, single = covariance_of(values, sound, max(shape))
    # Around the back lags are beyond the reach: one end of a surface does not foretell the other.
    sides = [
        fft.next_fast_len(max(n, m + n // 2 + 1), True)
        for n, m in zip(covariance.shape, shape, strict=True)
    ]
    wide = np.zeros(sides)
    rows, columns = covariance.shape
    wide[:rows, :columns] = covariance
    wide = np.roll(wide, (-(rows // 2), -(columns // 2)), (0, 1))
    power = np.maximum(fft.rfft2(wide).real, 0) + single
    noise = np.random.default_rng(seed).standard_normal((count, *sides), np.float32)
    made = fft.irfft2(fft.rfft2(noise) * np.sqrt(power).astype(np.float32), sides)
    made *= float(values[sound].std()) / max(float(made.std()), 1e-30)
    return np.asarray(made[:, : shape[0], : shape[1]], np.float64)
