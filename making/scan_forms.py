"""Forms that the model of scans learns from: heights of one defect on a raster, drawn at random.

Every kind is drawn in several families of profiles, so that no single formula is learned: what they
share is what a kind is. Lengths are in cells and heights in cells, as nothing depends on a unit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plot:
    """A raster to draw on, and what draws.

    Args:
        side: rows and columns.
        rng: of everything drawn.
    """

    side: int
    rng: np.random.Generator

    def between(self, low: float, high: float) -> float:
        """A number drawn evenly by its logarithm: sizes have no favourite."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def chance(self, share: float) -> bool:
        """True in so many of the cases."""
        return bool(self.rng.random() < share)

    def polar(self, aspect: float = 1.0) -> tuple[Floats, Floats]:
        """(row, column) distance from about the middle, longer along one axis, and angle."""
        middle = self.side / 2 + self.rng.uniform(-4, 4, 2)
        y, x = np.mgrid[: self.side, : self.side] - middle[:, None, None]
        turned = self.rng.uniform(0, np.pi)
        a = x * np.cos(turned) + y * np.sin(turned)
        b = -x * np.sin(turned) + y * np.cos(turned)
        return np.hypot(a / np.sqrt(aspect), b * np.sqrt(aspect)), np.arctan2(b, a)

    def ragged(self, angle: Floats, strength: float, *, waves: int = 7) -> Floats:
        """(row, column) factor of a radius that wanders with the angle."""
        wander = np.zeros_like(angle)
        for n in range(2, waves):
            size = strength * self.rng.normal() / n**0.7
            wander += size * np.cos(n * angle + self.rng.uniform(0, 2 * np.pi))
        return np.asarray(np.exp(wander), np.float64)

    def texture(self, grain: float) -> Floats:
        """(row, column) noise of spread 1 whose grains are so many cells wide."""
        drawn = gaussian_filter(self.rng.normal(size=(self.side, self.side)), grain)
        return np.asarray(drawn / drawn.std(), np.float64)


def _dent(plot: Plot) -> Floats:
    """A smooth wide bowl, with a displaced rim at times."""
    radius = plot.between(5, 40)
    depth = 2 * radius * plot.between(0.008, 0.22)
    r, angle = plot.polar(plot.between(1, 2.2))
    r = r / radius * plot.ragged(angle, 0.05, waves=4)
    inner = np.clip(1 - r**2, 0, None)
    families: tuple[Callable[[], Floats], ...] = (
        lambda: inner ** plot.rng.uniform(1, 2.5),
        lambda: np.exp(-2.3 * r**2),
        lambda: np.where(r < 1, 0.5 + 0.5 * np.cos(np.pi * np.minimum(r, 1)), 0),
        lambda: 1 / (1 + (r / 0.75) ** plot.rng.uniform(3, 5)),
    )
    bowl = families[plot.rng.integers(len(families))]()
    rim = 0.0
    if plot.chance(0.6):
        rim = plot.rng.uniform(0.02, 0.25)
    ring = np.exp(-(((r - plot.rng.uniform(1.1, 1.4)) / plot.rng.uniform(0.12, 0.3)) ** 2))
    return np.asarray(depth * (rim * ring - bowl), np.float64)


def _scratch(plot: Plot) -> Floats:
    """A long shallow groove, straight or nearly so, with side ridges at times."""
    half = plot.between(0.8, 6)
    length = min(2 * half * plot.between(6, 45), 0.85 * plot.side)
    depth = 2 * half * plot.between(0.02, 0.45)
    out = np.zeros((plot.side, plot.side))
    turned, bend = plot.rng.uniform(0, np.pi), plot.rng.normal() * 0.25 / length
    beside = 1 if plot.chance(0.75) else int(plot.rng.integers(2, 4))
    family, ridge = plot.rng.integers(3), plot.rng.uniform(0, 0.45) * plot.chance(0.7)
    uneven = plot.rng.uniform(0, 0.35)
    for number in range(beside):
        shift = 0.0 if number == 0 else plot.rng.uniform(3, 10) * half * plot.rng.choice([-1, 1])
        a, b = _straight(plot, turned, bend, shift, length)
        t = np.clip(a / length + 0.5, 0, 1)
        wave = plot.texture(plot.between(2, 10))[0]
        along = _ends(t, plot.rng.uniform(0.03, 0.5))
        along = along * (1 + uneven * np.interp(t, np.linspace(0, 1, plot.side), wave))
        u = np.abs(b) / half
        groove = (np.clip(1 - u, 0, None), np.clip(1 - u**2, 0, None), np.exp(-2.3 * u**2))[family]
        side = 1.0 if plot.chance(0.6) else (b > 0).astype(float)
        banks = ridge * np.exp(-(((u - 1.35) / 0.4) ** 2)) * side
        inside = np.abs(a) <= length / 2
        size = 1.0 if number == 0 else plot.rng.uniform(0.4, 1)
        out += size * depth * np.where(inside, np.clip(along, 0, None), 0) * (banks - groove)
    return np.asarray(out, np.float64)


def _pit(plot: Plot) -> Floats:
    """A steep hole of ragged outline with a rough floor, often among others."""
    out = np.zeros((plot.side, plot.side))
    largest = plot.between(1.8, 22)
    steep, rough = plot.between(0.12, 1.1), plot.rng.uniform(0.04, 0.3)
    count = 1 if plot.chance(0.45) else int(plot.rng.integers(2, 14))
    middle = np.zeros(2)
    floor = plot.texture(plot.between(0.5, max(0.6, largest / 5)))
    for number in range(count):
        radius = largest * (1 if number == 0 else plot.between(0.25, 0.9))
        r, angle = plot.polar(plot.between(1, 1.6))
        if number:
            away = plot.rng.normal(size=2) * largest * plot.rng.uniform(1.2, 3)
            middle = away + np.sign(away) * 0.8 * largest
            rolled = np.roll(r, np.round(middle).astype(int), (0, 1))
            r, angle = rolled, np.roll(angle, np.round(middle).astype(int), (0, 1))
        r = r / radius * plot.ragged(angle, plot.rng.uniform(0.03, 0.22))
        depth = 2 * radius * steep * (1 if number == 0 else plot.rng.uniform(0.5, 1))
        walls = (
            np.sqrt(np.clip(1 - r**2, 0, None)),
            1 / (1 + r ** plot.rng.uniform(6, 18)),
            np.clip(1.25 * (1 - r ** plot.rng.uniform(2.5, 6)), 0, 1),
        )[plot.rng.integers(3)]
        hole = depth * walls * (1 + rough * floor)
        out = np.minimum(out, -np.clip(hole, 0, None))
    return np.asarray(out, np.float64)


def _crack(plot: Plot) -> Floats:
    """A very narrow, deep and winding line with sharp ends, branched at times."""
    length = min(plot.between(18, 170), 0.8 * plot.side)
    half = plot.between(0.35, 1.6)
    depth = 2 * half * plot.between(0.5, 6)
    winding = plot.rng.uniform(0.12, 0.55)
    lines = [_walk(plot, length, winding, plot.rng.uniform(0, 2 * np.pi), None)]
    while plot.chance(0.3) and len(lines) < 4:
        start = lines[0][plot.rng.integers(len(lines[0]) // 4, 3 * len(lines[0]) // 4)]
        turned = plot.rng.uniform(0, 2 * np.pi)
        lines.append(_walk(plot, length * plot.rng.uniform(0.15, 0.5), winding, turned, start))
    fine = 3  # drawn in thirds of cells, since it is narrower than one
    raster = np.zeros((plot.side * fine, plot.side * fine))
    for line in lines:
        t = np.linspace(0, 1, len(line))
        uneven = np.interp(t, np.linspace(0, 1, 12), plot.rng.uniform(0.5, 1, 12))
        depths = np.minimum(1, _ends(t, plot.rng.uniform(0.1, 0.5))) * uneven
        places = np.clip(np.round(line * fine).astype(int), 0, plot.side * fine - 1)
        np.maximum.at(raster, (places[:, 0], places[:, 1]), depths)
    wide = gaussian_filter(raster, half * fine * 0.7)
    cells = wide.reshape(plot.side, fine, plot.side, fine).mean(axis=(1, 3))
    return np.asarray(-depth * cells / cells.max(), np.float64)


def _protrusion(plot: Plot) -> Floats:
    """Material above the surface: beads, blisters, lumps, and ridges of burrs."""
    family = plot.rng.integers(4)
    if family == 3:
        ridge = -_scratch(plot) if plot.chance(0.5) else -_crack(plot)
        return np.clip(ridge, 0, None)
    radius = plot.between(2, 30)
    height = 2 * radius * plot.between(0.02, 0.6)
    r, angle = plot.polar(plot.between(1, 1.8))
    r = r / radius * plot.ragged(angle, plot.rng.uniform(0.0, 0.15))
    tops = (np.sqrt(np.clip(1 - r**2, 0, None)), np.exp(-2 * r**2), np.clip(1 - r**4, 0, None))
    rough = 0.2 * plot.rng.random() * plot.texture(plot.between(0.6, 4)) * plot.chance(0.4)
    return np.asarray(height * np.clip(tops[family] * (1 + rough), 0, None), np.float64)


def _straight(
    plot: Plot, turned: float, bend: float, shift: float, length: float
) -> tuple[Floats, Floats]:
    """(row, column) along a line through the middle, and across; slightly bent."""
    y, x = np.mgrid[: plot.side, : plot.side] - plot.side / 2 + 0.5
    a = x * np.cos(turned) + y * np.sin(turned)
    b = -x * np.sin(turned) + y * np.cos(turned) - shift
    return a + plot.rng.uniform(-0.05, 0.05) * length, b - bend * a**2


def _ends(t: Floats, share: float) -> Floats:
    """(...) 1 in the middle of 0 to 1, and down to 0 over a share at both ends."""
    return np.asarray(np.sin(0.5 * np.pi * np.clip(np.minimum(t, 1 - t) / share, 0, 1)), np.float64)


def _walk(plot: Plot, length: float, winding: float, turned: float, start: Floats | None) -> Floats:
    """(point, 2) row and column of a line that wanders about its direction; ten points a cell."""
    count = max(20, int(length * 10))
    wander = np.zeros(count)
    for scale in (0.03, 0.08, 0.25):
        knots = max(3, int(1 / scale))
        at = np.linspace(0, 1, knots)
        wander += np.interp(np.linspace(0, 1, count), at, plot.rng.normal(size=knots))
    heading = turned + winding * wander
    steps = np.stack([np.sin(heading), np.cos(heading)], axis=1) * length / count
    line = np.cumsum(steps, axis=0)
    if start is None:
        return np.asarray(line - line.mean(axis=0) + plot.side / 2, np.float64)
    return np.asarray(line + start, np.float64)


FORMS: dict[str, Callable[[Plot], Floats]] = {
    "dent": _dent,
    "scratch": _scratch,
    "pit": _pit,
    "crack": _crack,
    "protrusion": _protrusion,
}
"""Kinds that the model names: how each is drawn, positive out of the material."""
