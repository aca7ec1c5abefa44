"""Cracks: one or a few, nets of them, from keyways and from heat."""

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import Voronoi

from faultlens.images.simulator.fields import Dice, Field, clouds, log_uniform, step
from faultlens.images.simulator.placing import direction, edge_point, place_on, scattered
from faultlens.images.simulator.shapes import Path, stroke, wandering_path
from faultlens.images.simulator.surface import Change, Surface


def _with_branches(
    rng: Dice, path: Path, angle: float, width: float, count: int, roughness: float
) -> tuple[list[Path], list[float]]:
    paths, widths = [path], [width]
    if not count:
        return paths, widths
    length = float(np.hypot(*(path[-1] - path[0])))
    for _ in range(count):
        start = path[int(rng.integers(len(path)))]
        turned = angle + rng.choice((-1, 1)) * rng.uniform(0.3, 1.1)
        reach = length * rng.uniform(0.1, 0.45)
        paths.append(wandering_path(rng, (start[0], start[1]), turned, reach, roughness=roughness))
        widths.append(width * rng.uniform(0.4, 0.8))
    return paths, widths


def _opened(rng: Dice, surface: Surface, paths: list[Path], widths: list[float]) -> Change:
    """Dark lines with a groove; wide ones catch light on a lip."""
    height, width = surface.size
    line = stroke(height, width, paths, widths, taper=True)
    broken = np.clip(1.15 + rng.uniform(0, 0.5) * clouds(rng, height, width, 5), 0.25, 1)
    line = line * broken
    dark = rng.uniform(0.35, 0.95)
    albedo = 1 - np.float32(dark) * line
    relief = -line * np.float32(rng.uniform(0, 0.8))
    if rng.random() < 0.3:
        lip = stroke(height, width, paths, [each + 2.5 for each in widths]) * (1 - line)
        albedo = albedo * (1 + np.float32(rng.uniform(0, 0.3)) * lip)
    return Change(line, height=relief, albedo=albedo.astype(np.float32))


def crack(rng: Dice, surface: Surface) -> Change:
    """A crack: a dark wandering line, hairline to open, sometimes branched or several.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(crack(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    side = surface.side
    angle, name = direction(rng, surface)
    hairline = rng.random() < 0.62
    width = rng.uniform(0.8, 1.7) if hairline else log_uniform(rng, 1.6, 0.04 * side + 1.8)
    roughness = rng.uniform(0.12, 0.6)
    length = log_uniform(rng, 0.35, 1.4) * side
    paths: list[Path] = []
    widths: list[float] = []
    count = 1 if rng.random() < 0.75 else int(rng.integers(2, 5))
    for _ in range(count):
        start = place_on(rng, surface)
        if surface.inside is not None and rng.random() < 0.3:
            start, angle = edge_point(rng, surface)
            angle += rng.normal(0, 0.4)
        else:
            back = length * rng.uniform(0, 0.6)
            start = (start[0] - back * np.sin(angle), start[1] - back * np.cos(angle))
        path = wandering_path(
            rng,
            start,
            angle,
            length * rng.uniform(0.6, 1),
            roughness=roughness,
            step_px=rng.uniform(1.5, 5),
        )
        branches = 0 if rng.random() < 0.5 else int(rng.integers(1, 5))
        more, wide = _with_branches(rng, path, angle, width, branches, roughness)
        paths += more
        widths += wide
    made = _opened(rng, surface, paths, widths)
    looks = ["hairline" if hairline else "open", name]
    looks += ["branched"] if len(paths) > count else []
    return Change(made.where, height=made.height, albedo=made.albedo, looks=tuple(looks))


def _net(rng: Dice, surface: Surface, cell_px: float, width_px: float) -> Field:
    """Borders between cells about random points, strayed: dried mud."""
    height, width = surface.size

    count = int(np.clip(height * width / cell_px**2, 6, 400)) + 8
    points = rng.uniform(-0.2, 1.2, (int(count * 1.96), 2)) * (height, width)
    cells = Voronoi(points)
    paths, widths = [], []
    keep = rng.uniform(0.6, 1.0)
    for one, other in cells.ridge_vertices:
        if one < 0 or other < 0 or rng.random() > keep:
            continue
        start, end = cells.vertices[one], cells.vertices[other]
        middle = (start + end) / 2 + rng.normal(0, 0.1 * cell_px, 2)
        paths.append(np.stack([start, middle, end]))
        widths.append(width_px * rng.uniform(0.5, 1.3))
    return stroke(height, width, paths, widths)


def _ticks(rng: Dice, surface: Surface) -> Field:
    """Many short wandering cracks of about one direction, dense over the picture."""
    height, width = surface.size
    side = surface.side
    angle = direction(rng, surface)[0]
    length = log_uniform(rng, 0.06, 0.35) * side
    count = int(
        np.clip(log_uniform(rng, 0.8, 3.0) * height * width / (length * 0.12 * side), 10, 160)
    )
    weight = step(clouds(rng, height, width, 0.3 * side), -0.6, 1.0)
    spread, rough, forked = rng.uniform(0.1, 0.5), rng.uniform(0.3, 0.8), rng.uniform(0.3, 1)
    paths, widths = [], []
    for start in scattered(rng, surface, count, weight):
        turned = angle + rng.normal(0, spread)
        reach = length * log_uniform(rng, 0.4, 1.6)
        path = wandering_path(
            rng, (start[0], start[1]), turned, reach, roughness=rough, step_px=2.5
        )
        thin = log_uniform(rng, 0.8, 2.0) * surface.scale**0.4
        forks = 0 if rng.random() < forked else int(rng.integers(1, 3))
        more, wide = _with_branches(rng, path, turned, thin, forks, rough)
        paths += more
        widths += wide
    if not paths:
        return weight * 0
    line = stroke(height, width, paths, widths, taper=True)
    return gaussian_filter(line, rng.uniform(0.5, 1.1)) * 1.6 if rng.random() < 0.5 else line


def crazing(rng: Dice, surface: Surface) -> Change:
    """Crazing: fine cracks over a wide area, as a closed net or as dense ticks of one direction.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(crazing(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    netted = rng.random() < 0.4
    if netted:
        cell = log_uniform(rng, 0.05, 0.22) * surface.side
        line = _net(rng, surface, cell, log_uniform(rng, 0.8, 2.0))
    else:
        line = _ticks(rng, surface)
    area: Field = np.ones((height, width), np.float32)
    if rng.random() < 0.1:
        area = step(clouds(rng, height, width, 0.5 * surface.side), -0.4, 0.6)
    line = line * area * np.clip(0.9 + 0.4 * clouds(rng, height, width, 4), 0.1, 1)
    albedo = 1 - np.float32(rng.uniform(0.35, 0.85)) * line
    return Change(
        line,
        height=-0.3 * line,
        albedo=albedo.astype(np.float32),
        looks=("net" if netted else "ticks", "dense"),
    )


def keyway_crack(rng: Dice, surface: Surface) -> Change:
    """Cracks at a slot: out of its border, or fine parallel ones on its floor.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(keyway_crack(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    slot = surface.marks.get("slot")
    distance = slot if slot is not None else np.full((height, width), 5.0, np.float32)
    at_edge = rng.random() < 0.65
    wanted = np.abs(distance) < 1.5 if at_edge else distance < -1
    places = np.argwhere(wanted)
    if not len(places):
        places = np.array([[height // 2, width // 2]])
    down, right = np.gradient(distance)
    paths: list[Path] = []
    widths: list[float] = []
    thin = rng.uniform(0.6, 1.8)
    shared = surface.lay_rad + np.pi / 2 + rng.normal(0, 0.2)
    count = int(rng.integers(1, 4)) if at_edge else int(rng.integers(2, 9))
    for _ in range(count):
        row, column = places[rng.integers(len(places))]
        outward = float(np.arctan2(down[row, column], right[row, column]))
        angle = outward + rng.normal(0, 0.5) if at_edge else shared + rng.normal(0, 0.15)
        reach = log_uniform(rng, 0.1, 0.55) * surface.side * (1 if at_edge else 0.5)
        path = wandering_path(rng, (float(row), float(column)), angle, reach, roughness=0.35)
        more, wide = _with_branches(rng, path, angle, thin, int(rng.integers(0, 3)), 0.4)
        paths += more
        widths += wide
    made = _opened(rng, surface, paths, widths)
    looks = ("hairline", "from_edge") if at_edge else ("hairline", "parallel")
    return Change(made.where, height=made.height, albedo=made.albedo, looks=looks)


def thermal_fatigue_crack(rng: Dice, surface: Surface) -> Change:
    """Cracks from heat: several from one border inwards, oxidised along their sides.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(thermal_fatigue_crack(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    paths: list[Path] = []
    widths: list[float] = []
    thin = log_uniform(rng, 0.7, 2.5)
    from_edge = rng.random() < 0.7
    (row, column), inward = edge_point(rng, surface)
    if not from_edge:
        row, column = place_on(rng, surface)
        inward = rng.uniform(0, 6.3)
    gap = log_uniform(rng, 0.03, 0.15) * side
    aside = np.array([np.cos(inward), -np.sin(inward)])
    longest = log_uniform(rng, 0.12, 0.6) * side
    for number in range(int(rng.integers(2, 9))):
        start = np.array([row, column]) + aside * gap * (
            (number + 1) // 2 * (-1) ** number + rng.normal(0, 0.25)
        )
        reach = longest * log_uniform(rng, 0.25, 1)
        angle = inward + rng.normal(0, 0.2)
        path = wandering_path(rng, (start[0], start[1]), angle, reach, roughness=0.4)
        more, wide = _with_branches(rng, path, angle, thin, int(rng.integers(0, 4)), 0.5)
        paths += more
        widths += wide
    made = _opened(rng, surface, paths, widths)
    halo = np.zeros((height, width), np.float32)
    albedo = made.albedo
    if rng.random() < 0.75:
        wide_lines = stroke(height, width, paths, [rng.uniform(3, 9)] * len(paths))
        halo = gaussian_filter(wide_lines, log_uniform(rng, 1.5, 6))
        if albedo is not None:
            albedo = albedo * (1 - np.float32(rng.uniform(0.1, 0.4)) * halo)
    tint = (rng.uniform(0.8, 1.1), rng.uniform(0.7, 0.95), rng.uniform(0.5, 1.0))
    return Change(
        made.where,
        height=made.height,
        albedo=albedo,
        tint=tint,
        tinted=halo * np.float32(0.7),
        looks=("several", "from_edge" if from_edge else "branched"),
    )
