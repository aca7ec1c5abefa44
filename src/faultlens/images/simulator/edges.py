"""Damage at edges: burrs, breaks, erosion, nicks from foreign objects."""

import numpy as np

from faultlens.images.simulator.fields import (
    Dice,
    Field,
    clouds,
    grain,
    grid,
    log_uniform,
    step,
    streaks,
)
from faultlens.images.simulator.placing import edge_distance, edge_point, place_on
from faultlens.images.simulator.shapes import (
    ellipse_radius,
    polygon,
    ragged_outline,
    stroke,
    wandering_path,
)
from faultlens.images.simulator.surface import Change, Surface


def _stretch_of_edge(rng: Dice, surface: Surface) -> Field:
    """1 near a stretch of the edge, 0 far along it."""
    height, width = surface.size
    (row, column), _ = edge_point(rng, surface)
    rows, columns = grid(height, width)
    reach = log_uniform(rng, 0.12, 0.9) * surface.side
    away = np.hypot(rows - np.float32(row), columns - np.float32(column))
    return step(-away, -reach, 0.3 * reach)


def _along_edge(field: Field, inside: Field) -> Field:
    """The field's values at the edge, held across it: teeth that start at the edge."""
    down, right = np.gradient(inside)
    height, width = inside.shape
    rows, columns = grid(height, width)
    steep = np.maximum(np.hypot(down, right), np.float32(0.3)) ** 2
    row = np.clip(rows - inside * down / steep, 0, height - 1).astype(np.int32)
    column = np.clip(columns - inside * right / steep, 0, width - 1).astype(np.int32)
    held: Field = field[row, column]
    return held


def burr(rng: Dice, surface: Surface) -> Change:
    """Burrs: a torn bright fringe or slivers beyond the edge, or a frayed rough border.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(burr(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    inside = edge_distance(surface)
    near = _stretch_of_edge(rng, surface)
    fine = _along_edge(clouds(rng, height, width, log_uniform(rng, 1.5, 6)), inside)
    coarse = _along_edge(clouds(rng, height, width, log_uniform(rng, 6, 20)), inside)
    reach = log_uniform(rng, 0.01, 0.06) * side + 0.8
    if rng.random() < 0.45:
        depth = reach * rng.uniform(1.0, 2.5)
        zone = near * step(-inside + depth * 0.5 * coarse, -depth, 1.5) * step(inside, -1, 1.0)
        rough = grain(rng, height, width, rng.uniform(0.7, 1.8))
        albedo = 1 + zone * (rng.uniform(-0.5, 0.5) + 0.3 * rough)
        bitten = near * step(-inside, -reach * 0.5, 1.0) * step(fine, 0.2, 0.6)
        return Change(
            zone,
            height=(zone * rough * np.float32(0.7)).astype(np.float32),
            albedo=np.clip(albedo, 0.1, 3).astype(np.float32),
            gone=bitten.astype(np.float32),
            looks=("frayed", "at_edge"),
        )
    fringe = reach * np.clip(0.5 + 0.8 * fine + 0.5 * coarse, 0, 2.5)
    grown = step(inside + fringe * near, 0.0, 0.8) * near * step(-inside, -1.2, 1.0)
    shine = rng.uniform(-0.3, 1.4)
    line = np.maximum(grown, near * np.exp(-(((inside - 1) / np.float32(1.3)) ** 2)))
    albedo = 1 + np.float32(shine) * line + 0.3 * line * fine
    relief = line * np.clip(1 + fine, 0, 2) * np.float32(rng.uniform(0.4, 2))
    return Change(
        line.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.1, 4).astype(np.float32),
        grown=grown.astype(np.float32),
        looks=("fringe", "at_edge"),
    )


def break_(rng: Dice, surface: Surface) -> Change:
    """A break: a piece missing at an edge or corner, with a rough fracture face.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(break_(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    missing = np.zeros((height, width), np.float32)
    face = np.zeros((height, width), np.float32)
    for _ in range(1 if rng.random() < 0.75 else int(rng.integers(2, 4))):
        centre, _ = edge_point(rng, surface)
        if rng.random() < 0.12:
            centre = place_on(rng, surface, 8)
        size = log_uniform(rng, 0.06, 0.3) * side
        outline = ragged_outline(
            rng, centre, size, raggedness=rng.uniform(0.15, 0.5), points=int(rng.integers(7, 22))
        )
        wide = polygon(height, width, outline)
        middle = outline.mean(axis=0)
        lost = polygon(height, width, middle + (outline - middle) * rng.uniform(0.0, 0.95))
        face, missing = np.maximum(face, wide), np.maximum(missing, lost)
    if surface.inside is None:
        missing = missing * 0
    rough = clouds(rng, height, width, log_uniform(rng, 4, 16))
    rough = rough + rng.uniform(0.1, 0.5) * grain(rng, height, width, 1.0)
    rows, columns = grid(height, width)
    arcs = np.cos(
        np.hypot(rows - np.float32(centre[0]), columns - np.float32(centre[1]))
        * np.float32(6.283 / log_uniform(rng, 3, 9))
        + rough
    )
    tone = rng.uniform(-0.55, 0.45)
    albedo = 1 + face * (tone + 0.15 * rough + rng.uniform(0, 0.2) * arcs)
    border = face - polygon(height, width, middle + (outline - middle) * 0.9)
    albedo *= 1 + np.float32(rng.uniform(-0.5, 0.6)) * np.clip(border, 0, 1)
    relief = -face * np.float32(rng.uniform(1, 4)) + face * rough * np.float32(
        rng.uniform(0.2, 1.0)
    )
    return Change(
        np.maximum(face, missing),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        gone=missing,
        looks=("missing_piece", "at_edge"),
    )


def erosion(rng: Dice, surface: Surface) -> Change:
    """Erosion: an edge worn back and roughened, or a face scoured in one direction.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(erosion(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    inside = edge_distance(surface)
    near = _stretch_of_edge(rng, surface)
    near = np.maximum(near, np.float32(rng.random() < 0.4))
    teeth = _along_edge(clouds(rng, height, width, log_uniform(rng, 2, 9)), inside)
    worn = log_uniform(rng, 0.02, 0.1) * side * (0.6 + 0.5 * teeth).clip(0, 2)
    gone = step(-inside, -worn * near + 1, 1.2) * step(inside, -1, 1) * near
    band = rng.uniform(0.08, 0.35) * side
    zone = np.exp(-np.maximum(inside, 0) / np.float32(band)) * step(inside, -1, 1) * near
    zone = zone * np.clip(1 + 0.4 * clouds(rng, height, width, 8), 0.2, 1.4)
    pits = step(grain(rng, height, width, rng.uniform(0.7, 1.8)), rng.uniform(0.2, 1.0), 0.6) * zone
    along, drops = np.gradient(inside)
    turn = float(np.arctan2(along.mean(), drops.mean()))
    scoured = streaks(rng, height, width, rng.uniform(2, 14), rng.uniform(0.6, 1.5), turn)
    albedo = 1 + zone * (rng.uniform(-0.35, 0.35) + rng.uniform(0.05, 0.3) * scoured)
    albedo *= 1 - np.float32(rng.uniform(0.2, 0.6)) * pits
    relief = zone * scoured * np.float32(rng.uniform(0.2, 1)) - pits
    where = np.maximum(step(zone, 0.35, 0.3), gone)
    missing = gone if surface.inside is not None else gone * 0
    return Change(
        where.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        gone=missing.astype(np.float32),
        looks=("worn", "at_edge"),
    )


def foreign_object_damage(rng: Dice, surface: Surface) -> Change:
    """A strike: a sharp nick with pushed-out lips at the edge, or a crater with tears.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(foreign_object_damage(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    at_edge = rng.random() < 0.6
    centre, inward = edge_point(rng, surface)
    if not at_edge:
        centre, inward = place_on(rng, surface, 5), rng.uniform(0, 6.3)
    size = log_uniform(rng, 0.03, 0.15) * side + 1.5
    radius = ellipse_radius(height, width, centre, (size * rng.uniform(0.9, 1.8), size), inward)
    radius = radius * (1 + 0.12 * clouds(rng, height, width, max(3.0, size * 0.8)))
    bowl = np.exp(-(radius ** np.float32(rng.uniform(2, 6))))
    rim = np.exp(-(((radius - 1.2) / np.float32(rng.uniform(0.15, 0.35))) ** 2))
    depth = np.float32(size * rng.uniform(0.4, 1.2))
    relief = -depth * bowl + depth * np.float32(rng.uniform(0.2, 0.6)) * rim
    rough = grain(rng, height, width, 1.2)
    relief = relief + bowl * rough * np.float32(rng.uniform(0.1, 0.8))
    albedo = 1 - np.float32(rng.uniform(0.05, 0.6)) * bowl * (1 + 0.2 * rough)
    albedo = albedo * (1 + np.float32(rng.uniform(0, 0.6)) * rim)
    where = step(-radius, -1.4, 0.1)
    if rng.random() < 0.5:
        tears = [
            wandering_path(
                rng, centre, rng.uniform(0, 6.3), size * rng.uniform(1.2, 3), roughness=0.4
            )
            for _ in range(int(rng.integers(1, 5)))
        ]
        lines = stroke(height, width, tears, [rng.uniform(0.7, 1.6) for _ in tears], taper=True)
        albedo = albedo * (1 - np.float32(rng.uniform(0.4, 0.8)) * lines)
        where = np.maximum(where, lines)
    gone = None
    if at_edge and surface.inside is not None:
        gone = step(-radius, -rng.uniform(0.5, 0.95), 0.15)
    return Change(
        where.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        gone=gone,
        looks=("nick", "at_edge") if at_edge else ("crater",),
    )
