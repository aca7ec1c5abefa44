"""Bad welds, by what went wrong with the bead."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from faultlens.images.simulator.fields import Dice, Field, clouds, grid, log_uniform, step
from faultlens.images.simulator.shapes import Path, add_spots, blob, stroke, wandering_path
from faultlens.images.simulator.surface import Change, Surface, changed


@dataclass(frozen=True, eq=False)
class _Bead:
    """A bead: where it runs, and the stretch of it that is bad.

    Args:
        size: rows and columns.
        side: shorter side, px.
        across: distance from its middle in half widths, (row, column).
        near: 1 within the bad stretch, (row, column).
        points: pixels well on the bead, (point, 2).
        spot: row and column in the middle of the bad stretch.
    """

    size: tuple[int, int]
    side: float
    across: Field
    near: Field
    points: Path
    spot: tuple[float, float]


def weld_defect(rng: Dice, surface: Surface) -> Change:
    """Weld defects: undercut, pores, spatter, burn-through, lack of fusion, bad beads, cracks.

    Args:
        rng: dice.
        surface: a surface; without a weld, the bead is thought in its middle.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(weld_defect(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    rows, columns = grid(height, width)
    across = surface.marks.get("bead", (rows - height / 2) / np.float32(0.2 * surface.side))
    along = surface.marks.get("along", columns - np.float32(width / 2))
    points = np.argwhere(np.abs(across) < 0.7).astype(float)
    if not len(points):
        points = np.array([[height / 2, width / 2]])
    row, column = points[rng.integers(len(points))]
    middle = float(along[int(row), int(column)])
    stretch = log_uniform(rng, 0.08, 0.45) * surface.side
    near = step(-np.abs(along - middle), -stretch, 0.15 * stretch)
    bead = _Bead(surface.size, surface.side, across, near, points, (float(row), float(column)))
    return _KINDS[int(rng.integers(len(_KINDS)))](rng, bead)


def _undercut(rng: Dice, bead: _Bead) -> Change:
    toe = bead.across * rng.choice((-1.0, 1.0)) - rng.uniform(1.0, 1.12)
    toe = toe + 0.08 * clouds(rng, *bead.size, 6)
    groove = np.exp(-((toe / rng.uniform(0.08, 0.22)) ** 2)) * bead.near
    albedo = 1 - rng.uniform(0.4, 0.85) * groove
    return changed(groove, ("undercut",), height=-3 * groove, albedo=albedo)


def _pores(rng: Dice, bead: _Bead) -> Change:
    points = bead.points[rng.integers(len(bead.points), size=int(rng.integers(1, 14)))]
    spread = np.exp(rng.normal(0, 0.3, len(points)))
    radii = log_uniform(rng, 0.01, 0.035) * bead.side * spread + 0.7
    holes = add_spots(np.zeros(bead.size, np.float32), points, radii, 1.0, 0.0, hardness=6)
    return changed(holes, ("pores",), height=-2 * holes, albedo=1 - rng.uniform(0.5, 0.9) * holes)


def _spatter(rng: Dice, bead: _Bead) -> Change:
    beside = np.argwhere((np.abs(bead.across) > 1.0) & (np.abs(bead.across) < 3.5)).astype(float)
    beside = beside if len(beside) else bead.points
    points = beside[rng.integers(len(beside), size=int(rng.integers(4, 40)))]
    spread = np.exp(rng.normal(0, 0.5, len(points)))
    radii = log_uniform(rng, 0.008, 0.03) * bead.side * spread + 0.6
    balls = add_spots(np.zeros(bead.size, np.float32), points, radii, 1.0, 0.0, hardness=4)
    shadow = np.roll(balls, (1, 1), axis=(0, 1)) * (1 - balls)
    albedo = (1 + rng.uniform(-0.4, 0.6) * balls) * (1 - 0.5 * shadow)
    return changed(balls, ("spatter",), height=balls * float(radii.mean()) * 1.2, albedo=albedo)


def _burn_through(rng: Dice, bead: _Bead) -> Change:
    size = log_uniform(rng, 0.04, 0.15) * bead.side
    axes, turn = (size, size * rng.uniform(0.6, 1)), rng.uniform(0, 3)
    hole = blob(rng, *bead.size, bead.spot, axes, turn, raggedness=0.4, softness=0.15)
    around = (size * 1.7, size * 1.5)
    ring = blob(rng, *bead.size, bead.spot, around, turn, raggedness=0.4, softness=0.6)
    albedo = (1 - 0.93 * hole) * (1 - rng.uniform(0.1, 0.5) * ring)
    where = np.maximum(hole, 0.6 * ring)
    return changed(where, ("burn_through",), height=-4 * hole, albedo=albedo)


def _lack_of_fusion(rng: Dice, bead: _Bead) -> Change:
    gap = bead.across - rng.uniform(-0.95, 0.95) + 0.06 * clouds(rng, *bead.size, 8)
    line = np.exp(-((gap * rng.uniform(5, 14)) ** 2)) * bead.near
    albedo = 1 - rng.uniform(0.5, 0.92) * line
    return changed(line, ("lack_of_fusion",), height=-2 * line, albedo=albedo)


def _uneven_bead(rng: Dice, bead: _Bead) -> Change:
    body = step(-np.abs(bead.across), -1.25, 0.3) * bead.near
    lumps = clouds(rng, *bead.size, log_uniform(rng, 0.04, 0.12) * bead.side)
    relief = body * (lumps * rng.uniform(1, 5) - rng.uniform(0, 0.15) * bead.side)
    albedo = 1 + body * (rng.uniform(-0.3, 0.2) + 0.15 * lumps)
    return changed(body, ("uneven_bead",), height=relief, albedo=albedo)


def _weld_crack(rng: Dice, bead: _Bead) -> Change:
    heading, reach = rng.uniform(0, np.pi), log_uniform(rng, 0.15, 0.7) * bead.side
    row, column = bead.spot
    start = (row - reach / 2 * np.sin(heading), column - reach / 2 * np.cos(heading))
    path = wandering_path(rng, start, heading, reach, roughness=0.35)
    line = stroke(*bead.size, [path], [log_uniform(rng, 0.8, 2.5)], taper=True)
    return changed(line, ("weld_crack",), height=-line, albedo=1 - rng.uniform(0.5, 0.9) * line)


_KINDS: tuple[Callable[[Dice, _Bead], Change], ...] = (
    *(_undercut, _pores, _spatter, _burn_through, _lack_of_fusion, _uneven_bead, _weld_crack),
)
