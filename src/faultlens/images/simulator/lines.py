"""Long marks: scratches, rolled-out inclusions, seams of unfused metal."""

import numpy as np
from scipy.ndimage import gaussian_filter

from faultlens.images.simulator.fields import Dice, clouds, grain, log_uniform, step, streaks
from faultlens.images.simulator.placing import direction, edge_point, place_on
from faultlens.images.simulator.shapes import (
    Path,
    bowed_path,
    ellipse_radius,
    polygon,
    ragged_outline,
    straight_path,
    stroke,
    wandering_path,
)
from faultlens.images.simulator.surface import Change, Surface


def scratch(rng: Dice, surface: Surface) -> Change:
    """Scratches: straight or bowed lines, bright or dark, single, in bundles, or a scraped band.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(scratch(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    angle, name = direction(rng, surface)
    length = log_uniform(rng, 0.35, 3.0) * side
    kind = rng.random()
    count = 1 if kind < 0.45 else int(rng.integers(2, 10))
    bundle = rng.random() < 0.6
    centre = place_on(rng, surface)
    paths: list[Path] = []
    widths: list[float] = []
    thick = log_uniform(rng, 0.8, 0.035 * side + 1.3)
    for number in range(count):
        turned = angle + (rng.normal(0, 0.03) if bundle else rng.normal(0, 0.5))
        reach = length * rng.uniform(0.4, 1)
        middle = centre if number == 0 else place_on(rng, surface)
        if bundle:
            offset = rng.normal(0, 0.08 * side)
            middle = (centre[0] + offset * np.cos(angle), centre[1] - offset * np.sin(angle))
        back = reach * rng.uniform(0.2, 0.8)
        start = (middle[0] - back * np.sin(turned), middle[1] - back * np.cos(turned))
        draw = bowed_path if rng.random() < 0.4 else lambda _, *rest: straight_path(*rest)
        paths.append(draw(rng, start, turned, reach))
        widths.append(thick * log_uniform(rng, 0.4, 2.0))
    band = rng.random() < 0.25
    if band:
        widths[0] = log_uniform(rng, 0.03, 0.12) * side
    line = stroke(
        height, width, paths, widths, taper=not band and thick < 2.5 and rng.random() < 0.5
    )
    if rng.random() < 0.6:
        fade = streaks(rng, height, width, rng.uniform(0.05, 0.3) * side, 1.0, angle)
        line = line * np.clip(0.9 + rng.uniform(0.1, 0.5) * fade, 0, 1.2)
    if band:
        rough = streaks(rng, height, width, rng.uniform(2, 40), rng.uniform(0.4, 1.5), angle)
        line = line * np.clip(0.75 + 0.4 * rough, 0, 1.6)
    sign = rng.random()
    gain = rng.uniform(0.3, 1.8) if sign < 0.6 else -rng.uniform(0.3, 0.85)
    depth = rng.uniform(0, 0.6) if sign < 0.85 else rng.uniform(0.6, 1.5)
    line = line.astype(np.float32)
    albedo = np.clip(1 + np.float32(gain) * line, 0.1, 4).astype(np.float32)
    look = "bright" if gain > 0 else "dark"
    looks = (look, "single" if count == 1 else "several", name)
    return Change(line, height=-np.float32(depth) * line, albedo=albedo, looks=looks)


def inclusion(rng: Dice, surface: Surface) -> Change:
    """Inclusions: foreign streaks drawn out along rolling, or particles, mostly dark.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(inclusion(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    lay = surface.lay_rad
    count = 1 if rng.random() < 0.35 else int(rng.integers(2, 14))
    drawn_out = log_uniform(rng, 4, 30) if rng.random() < 0.85 else rng.uniform(1, 2)
    in_line = rng.random() < 0.5
    centre = place_on(rng, surface)
    where = np.zeros((height, width), np.float32)
    thick = log_uniform(rng, 0.011, 0.05) * side
    ragged, soft = rng.uniform(0.1, 0.6), log_uniform(rng, 0.3, 1.3)
    drawn = streaks(rng, height, width, thick * rng.uniform(1, 4), thick * 0.7, lay)
    fine = grain(rng, height, width, 0.9)
    for number in range(count):
        middle = centre if number == 0 else place_on(rng, surface)
        if in_line and number:
            along, aside = rng.normal(0, 0.35 * side), rng.normal(0, 0.04 * side)
            middle = (
                centre[0] + along * np.sin(lay) + aside * np.cos(lay),
                centre[1] + along * np.cos(lay) - aside * np.sin(lay),
            )
        half = thick * log_uniform(rng, 0.5, 1.6)
        long = min(half * drawn_out * log_uniform(rng, 0.6, 1.5), 1.2 * side)
        turned = lay + rng.normal(0, 0.04)
        radius = ellipse_radius(height, width, middle, (long, half), turned)
        edge = 1 + ragged * drawn + 0.06 * fine - radius
        spot = np.clip(edge / np.float32(soft) + np.float32(0.5), 0, 1)
        np.maximum(where, spot * np.float32(rng.uniform(0.5, 1)), out=where)
    bright = rng.random() < 0.15
    gain = rng.uniform(0.2, 0.8) if bright else -log_uniform(rng, 0.25, 0.85)
    texture = 1 + 0.25 * clouds(rng, height, width, 2.0)
    albedo = np.clip(1 + np.float32(gain) * where * texture, 0.05, 4).astype(np.float32)
    look = "bright" if bright else "dark"
    shape = "elongated" if drawn_out > 2 else "round"
    return Change(
        where,
        height=np.float32(rng.normal(0, 0.4)) * where,
        albedo=albedo,
        looks=(look, shape, "single" if count == 1 else "several"),
    )


def cold_shut(rng: Dice, surface: Surface) -> Change:
    """A cold shut: a smooth seam with rounded lips, or metal missing with a rounded border.

    Args:
        rng: dice.
        surface: a surface.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> bool(cold_shut(np.random.default_rng(0), flat_surface(64, 64)).where.any())
        True
    """
    height, width = surface.size
    side = surface.side
    if surface.inside is not None and rng.random() < 0.3:
        centre, _ = edge_point(rng, surface)
        hollow = ragged_outline(rng, centre, log_uniform(rng, 0.08, 0.3) * side, raggedness=0.12)
        gone = polygon(height, width, hollow)

        soft = gaussian_filter(gone, rng.uniform(1.5, 4))
        return Change(
            np.maximum(gone, soft),
            height=-6 * soft,
            albedo=1 - 0.5 * soft,
            gone=step(gone, 0.5, 0.6),
            looks=("rounded", "at_edge"),
        )
    angle, name = direction(rng, surface)
    length = log_uniform(rng, 0.3, 1.3) * side
    start = place_on(rng, surface)
    back = 0.5 * length
    start = (start[0] - back * np.sin(angle), start[1] - back * np.cos(angle))
    path = wandering_path(rng, start, angle, length, roughness=rng.uniform(0.05, 0.2), step_px=5)
    thin = log_uniform(rng, 1.2, 0.03 * side + 1.8)
    line = stroke(height, width, [path], [thin], taper=True)

    lips = gaussian_filter(stroke(height, width, [path], [thin * 2]), thin * 1.3)

    relief = np.float32(rng.uniform(1, 4)) * lips - np.float32(2.0) * line
    albedo = (1 - np.float32(rng.uniform(0.3, 0.85)) * line) * (1 + 0.15 * lips)
    return Change(
        np.maximum(line, step(lips, 0.5, 0.5)),
        height=relief.astype(np.float32),
        albedo=albedo.astype(np.float32),
        looks=("seam", name),
    )
