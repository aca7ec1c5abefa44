"""Areas of another look: patches, unevenness, stains, dirt, lost coating, and glare."""

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
from faultlens.images.simulator.placing import direction, edge_distance, place_on, scattered
from faultlens.images.simulator.shapes import (
    add_spots,
    blob,
    ellipse_radius,
    polygon,
    ragged_outline,
    stroke,
    wandering_path,
)
from faultlens.images.simulator.surface import Change, Surface


def patches(rng: Dice, surface: Surface) -> Change:
    """Patches: broad irregular blotches of another grey, with soft or torn borders."""
    height, width = surface.size
    side = surface.side
    if rng.random() < 0.5:
        hills = clouds(
            rng, height, width, log_uniform(rng, 0.14, 0.5) * side, rng.uniform(0.7, 2.5)
        )
        level = rng.uniform(0.2, 1.1)
    else:
        hills = np.full((height, width), -3.0, np.float32)
        for _ in range(int(rng.integers(1, 6))):
            size = log_uniform(rng, 0.1, 0.35) * side
            spot = blob(
                rng,
                height,
                width,
                place_on(rng, surface),
                (size * rng.uniform(1, 2), size),
                surface.lay_rad + rng.normal(0, 0.4),
                raggedness=0.9,
                softness=1.2,
            )
            hills = np.maximum(hills, spot * 3 - 1.5)
        level = 0.0
    torn = clouds(rng, height, width, 0.12 * side) * rng.uniform(0.1, 0.5)
    torn += clouds(rng, height, width, 0.05 * side) * rng.uniform(0, 0.2)
    torn += grain(rng, height, width, 0.7) * rng.uniform(0, 0.35)
    area = step(hills + torn, level, log_uniform(rng, 0.25, 1.4))
    dark = rng.random() < 0.75
    gain = -log_uniform(rng, 0.3, 0.9) if dark else rng.uniform(0.25, 1.2)
    inner = 1 + rng.uniform(0, 0.25) * clouds(rng, height, width, 6)
    albedo = 1 + np.float32(gain) * area * inner
    if rng.random() < 0.25:
        flecks = step(clouds(rng, height, width, rng.uniform(1.5, 4)), 1.3, 0.5)
        flecks *= step(clouds(rng, height, width, 0.25 * side), 0.2, 0.8)
        albedo *= 1 - np.float32(rng.uniform(0.3, 0.9)) * flecks
        area = np.maximum(area, flecks)
    return Change(
        area,
        albedo=np.clip(albedo, 0.05, 4).astype(np.float32),
        looks=("dark" if dark else "bright", "blotchy"),
    )


def uneven(rng: Dice, surface: Surface) -> Change:
    """Unevenness: a face ground in two tones, chatter waves, ripples, a rough zone."""
    height, width = surface.size
    side = surface.side
    rows, columns = grid(height, width)
    kind = int(rng.choice((0, 1, 2, 3), p=(0.45, 0.2, 0.15, 0.2)))
    angle, _ = direction(rng, surface)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    centre = place_on(rng, surface)
    along = (columns - np.float32(centre[1])) * cos + (rows - np.float32(centre[0])) * sin
    aside = (rows - np.float32(centre[0])) * cos - (columns - np.float32(centre[1])) * sin
    area = np.ones((height, width), np.float32)
    if kind == 0 or kind == 3:
        border = aside + rng.uniform(0, 0.06) * side * clouds(rng, height, width, 0.4 * side)
        area = step(border, 0.0, log_uniform(rng, 0.7, 0.15 * side))
        if rng.random() < 0.3:
            area = area * step(-border, -rng.uniform(0.15, 0.5) * side, log_uniform(rng, 0.7, 20))
        if rng.random() < 0.35:
            area = blob(
                rng,
                height,
                width,
                centre,
                (rng.uniform(0.15, 0.5) * side, rng.uniform(0.1, 0.35) * side),
                angle,
                raggedness=0.5,
                softness=log_uniform(rng, 0.05, 1.0),
            )
    if kind == 0:
        gain = rng.choice((-1, 1)) * log_uniform(rng, 0.1, 0.55)
        marks = streaks(
            rng,
            height,
            width,
            rng.uniform(5, 60),
            rng.uniform(0.4, 1.2),
            surface.lay_rad + (0 if rng.random() < 0.5 else rng.uniform(-1.5, 1.5)),
        )
        albedo = 1 + area * (gain + rng.uniform(0.02, 0.25) * marks)
        return Change(
            area, albedo=np.clip(albedo, 0.1, 4).astype(np.float32), broad=True, looks=("two_tone",)
        )
    if kind == 1:
        pitch = log_uniform(rng, 0.03, 0.25) * side
        way = (along if rng.random() < 0.5 else columns) + rng.uniform(0, 0.3) * pitch * clouds(
            rng, height, width, 0.5 * side
        )
        waves = np.cos(way * np.float32(6.283 / pitch))
        if rng.random() < 0.5:
            area = step(clouds(rng, height, width, 0.6 * side), -0.3, 0.8)
        relief = waves * area * np.float32(pitch * rng.uniform(0.02, 0.09))
        albedo = 1 + np.float32(rng.uniform(0.03, 0.25)) * waves * area
        return Change(
            area,
            height=relief.astype(np.float32),
            albedo=albedo.astype(np.float32),
            broad=True,
            looks=("waves",),
        )
    if kind == 2:
        bumps = clouds(rng, height, width, log_uniform(rng, 0.05, 0.3) * side, rng.uniform(0.5, 2))
        if rng.random() < 0.4:
            area = step(clouds(rng, height, width, 0.6 * side), -0.3, 0.8)
        relief = bumps * area * np.float32(log_uniform(rng, 0.004, 0.02) * side)
        albedo = 1 + np.float32(rng.uniform(0, 0.15)) * bumps * area
        return Change(
            area,
            height=relief.astype(np.float32),
            albedo=albedo.astype(np.float32),
            broad=True,
            looks=("bumpy",),
        )
    rough = grain(rng, height, width, log_uniform(rng, 0.7, 3))
    relief = rough * area * np.float32(rng.uniform(0.1, 0.6))
    albedo = 1 + area * (rng.uniform(-0.2, 0.1) + rng.uniform(0.05, 0.25) * rough)
    return Change(
        area,
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.1, 3).astype(np.float32),
        broad=True,
        looks=("rough",),
    )


TINTS = (
    (1.15, 0.95, 0.6),
    (1.1, 0.75, 0.5),
    (0.75, 0.6, 1.0),
    (0.6, 0.75, 1.2),
    (0.7, 0.7, 0.7),
    (1.2, 1.05, 0.65),
    (0.9, 0.8, 0.6),
)
"""Temper colours from straw over brown and purple to blue, scorched grey, yellowing, tarnish."""


_TEMPER = (
    (1.0, 1.0, 1.0),
    (1.08, 1.0, 0.78),
    (1.1, 0.85, 0.5),
    (0.95, 0.62, 0.5),
    (0.7, 0.5, 0.75),
    (0.45, 0.55, 0.95),
    (0.6, 0.75, 1.0),
    (0.72, 0.76, 0.8),
)
"""What heat leaves on steel, from cold to about 350 degrees and above: red, green and blue."""


def discoloration(rng: Dice, surface: Surface) -> Change:
    """Discoloration: another tint with soft borders, the texture untouched."""
    height, width = surface.size
    side = surface.side
    size = log_uniform(rng, 0.12, 0.6) * side
    centre = place_on(rng, surface)
    kind = rng.random()
    if kind < 0.5:
        depth = blob(
            rng,
            height,
            width,
            centre,
            (size, size * rng.uniform(0.4, 1)),
            rng.uniform(0, 3),
            raggedness=0.4,
            softness=rng.uniform(0.7, 1.8),
        )
    elif kind < 0.75 and surface.inside is not None:
        depth = step(
            edge_distance(surface) * -1,
            -rng.uniform(0.1, 0.45) * side,
            rng.uniform(0.1, 0.4) * side,
        )
        depth = depth * np.clip(1 + 0.4 * clouds(rng, height, width, 0.2 * side), 0, 1.3)
    else:
        radius = ellipse_radius(height, width, centre, (size, size * rng.uniform(0.6, 1)), 0.0)
        radius = radius + 0.12 * clouds(rng, height, width, 0.3 * size + 3)
        ring = np.exp(-(((radius - 1) / np.float32(rng.uniform(0.06, 0.2))) ** 2))
        depth = np.clip(ring + 0.4 * step(-radius, -1.0, 0.15), 0, 1)
    if rng.random() < 0.3:
        # Temper colours: straw outside, then brown, purple and blue where it was hottest.
        heat = np.clip(depth + 0.08 * clouds(rng, height, width, 0.2 * side), 0, 1)
        stops = np.linspace(0, 1, len(_TEMPER))
        hues = np.stack([np.interp(heat, stops, plane) for plane in np.array(_TEMPER).T], axis=2)
        return Change(
            depth.astype(np.float32),
            hues=hues.astype(np.float32),
            broad=True,
            looks=("soft", "stain"),
        )
    dark = rng.uniform(0.08, 0.5) * (1 if rng.random() < 0.8 else -0.7)
    albedo = 1 - np.float32(dark) * depth
    tint = TINTS[int(rng.integers(len(TINTS)))]
    return Change(
        depth.astype(np.float32),
        albedo=albedo.astype(np.float32),
        tint=tint,
        tinted=depth.astype(np.float32),
        looks=("soft", "stain"),
    )


def _fingerprint(rng: Dice, surface: Surface) -> Field:
    height, width = surface.size
    size = rng.uniform(0.15, 0.35) * surface.side
    centre = place_on(rng, surface)
    turn = rng.uniform(0, 3)
    area = blob(rng, height, width, centre, (size, size * 0.65), turn, raggedness=0.3, softness=0.3)
    radius = ellipse_radius(
        height, width, (centre[0] + size * 0.3, centre[1]), (size, size * 0.7), turn
    )
    ridges = np.cos(
        (radius + 0.08 * clouds(rng, height, width, size * 0.5))
        * np.float32(6.283 * size / rng.uniform(3, 6))
    )
    patchy = np.clip(0.6 + 0.5 * clouds(rng, height, width, size * 0.3 + 2), 0, 1)
    return area * patchy * (0.5 + 0.5 * ridges).astype(np.float32)


def contamination(rng: Dice, surface: Surface) -> Change:
    """Dirt that lies on the surface: oil, drops, fingerprints, fibres, chips, dust, smears."""
    height, width = surface.size
    side = surface.side
    kind = int(rng.integers(6))
    if kind == 0:
        where = _fingerprint(rng, surface)
        gain = rng.choice((-1, 1)) * rng.uniform(0.12, 0.45)
        return Change(where, albedo=1 + np.float32(gain) * where, looks=("fingerprint",))
    if kind == 1:
        paths = [
            wandering_path(
                rng,
                place_on(rng, surface),
                rng.uniform(0, 6.3),
                log_uniform(rng, 0.15, 0.9) * side,
                roughness=0.5,
                step_px=4,
            )
            for _ in range(int(rng.integers(1, 5)))
        ]
        smooth = [
            np.stack(
                [
                    np.convolve(np.pad(path[:, each], 4, "edge"), np.ones(9) / 9, "valid")
                    for each in (0, 1)
                ],
                axis=1,
            )
            for path in paths
        ]
        line = stroke(height, width, smooth, [log_uniform(rng, 0.7, 2.2)] * len(smooth))
        gain = rng.uniform(-0.8, 1.5)
        gain = gain if abs(gain) > 0.3 else -0.6
        shadow = np.roll(line, (1, 1), axis=(0, 1)) * (1 - line)
        albedo = np.clip(1 + np.float32(gain) * line, 0.05, 4) * (1 - 0.3 * shadow)
        return Change(line, albedo=albedo.astype(np.float32), looks=("fibre",))
    if kind == 2:
        count = int(rng.integers(1, 9))
        area = np.zeros((height, width), np.float32)
        points = scattered(rng, surface, count)
        radii = log_uniform(rng, 0.02, 0.12) * side * np.exp(rng.normal(0, 0.4, len(points))) + 1
        add_spots(area, points, radii, 1.0, 0.0, hardness=8)
        domes = np.zeros((height, width), np.float32)
        add_spots(domes, points, radii, 1.0, 0.0, hardness=3)
        gain = rng.uniform(-0.4, 0.05)
        return Change(
            area,
            height=domes * radii.mean().astype(np.float32) * 0.5 if len(radii) else domes,
            albedo=(1 + np.float32(gain) * area).astype(np.float32),
            tint=(1.0, 0.9, 0.6),
            tinted=area * 0.6,
            looks=("drops",),
        )
    if kind == 3:
        size = log_uniform(rng, 0.12, 0.5) * side
        area = blob(
            rng,
            height,
            width,
            place_on(rng, surface),
            (size, size * rng.uniform(0.3, 1)),
            rng.uniform(0, 3),
            raggedness=0.9,
            softness=rng.uniform(0.05, 0.5),
        )
        wiped = streaks(rng, height, width, 25, rng.uniform(1, 3), rng.uniform(0, 3))
        gain = rng.uniform(-0.55, -0.15) if rng.random() < 0.75 else rng.uniform(0.15, 0.4)
        albedo = 1 + np.float32(gain) * area * np.clip(1 + 0.4 * wiped, 0, 1.6)
        return Change(
            area,
            albedo=albedo.astype(np.float32),
            tint=(1.0, 0.88, 0.62),
            tinted=area,
            looks=("smear",),
        )
    if kind == 4:
        where = np.zeros((height, width), np.float32)
        shadow = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(1, 8))):
            outline = ragged_outline(
                rng,
                place_on(rng, surface),
                log_uniform(rng, 0.015, 0.07) * side + 1,
                raggedness=0.5,
                points=9,
            )
            piece = polygon(height, width, outline)
            where = np.maximum(where, piece)
            shadow = np.maximum(shadow, polygon(height, width, outline + rng.uniform(1, 3)))
        shine = 1 + rng.uniform(-0.7, 1.5) * where * (1 + 0.6 * grain(rng, height, width, 1.5))
        albedo = np.clip(shine, 0.05, 4) * (1 - 0.6 * shadow * (1 - where))
        return Change(
            np.maximum(where, shadow),
            height=where * 1.5,
            albedo=albedo.astype(np.float32),
            looks=("chips",),
        )
    count = int(rng.integers(15, 120))
    specks = np.zeros((height, width), np.float32)
    points = scattered(rng, surface, count, step(clouds(rng, height, width, 0.3 * side), -0.3, 1))
    add_spots(specks, points, np.exp(rng.normal(0, 0.4, len(points))) * 0.8, 1.3, 0.5, hardness=3)
    gain = rng.uniform(0.3, 1.2) if rng.random() < 0.6 else -rng.uniform(0.3, 0.8)
    return Change(
        specks, albedo=(1 + np.float32(gain) * specks).astype(np.float32), looks=("dust",)
    )


def coating_spallation(rng: Dice, surface: Surface) -> Change:
    """Lost coating: sharp irregular islands of bare metal, lifted borders, or blisters."""
    height, width = surface.size
    side = surface.side
    if rng.random() < 0.15:
        points = scattered(rng, surface, int(rng.integers(2, 20)))
        radii = log_uniform(rng, 0.02, 0.09) * side * np.exp(rng.normal(0, 0.3, len(points)))
        domes = np.zeros((height, width), np.float32)
        add_spots(domes, points, radii, 1.0, 0.0, hardness=3)
        mean = float(radii.mean()) if len(radii) else 1.0
        return Change(
            domes, height=domes * np.float32(mean * rng.uniform(0.4, 1)), looks=("blisters",)
        )
    area = np.zeros((height, width), np.float32)
    for _ in range(1 if rng.random() < 0.45 else int(rng.integers(2, 7))):
        size = log_uniform(rng, 0.04, 0.28) * side
        outline = ragged_outline(
            rng,
            place_on(rng, surface),
            size,
            raggedness=rng.uniform(0.2, 0.6),
            points=int(rng.integers(9, 30)),
        )
        np.maximum(area, polygon(height, width, outline), out=area)
    bare = streaks(rng, height, width, rng.uniform(1, 20), rng.uniform(0.5, 1.5), rng.uniform(0, 3))
    gain = rng.choice((-1, 1)) * rng.uniform(0.2, 0.65)
    albedo = 1 + area * (gain + rng.uniform(0.05, 0.2) * bare)
    if rng.random() < 0.4:
        inner = step(clouds(rng, height, width, 0.12 * side), 0.3, 0.5) * area
        albedo *= 1 - np.float32(rng.uniform(0.1, 0.5)) * inner
    relief = -area * np.float32(rng.uniform(0.4, 2.5))
    metal = tuple(rng.uniform(0.9, 1.1, 3))
    return Change(
        area,
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 3).astype(np.float32),
        tint=(metal[0], metal[1], metal[2]),
        tinted=area,
        looks=("islands",),
    )


def reflection(rng: Dice, surface: Surface) -> Change:
    """Glare: lamp images, saturated bands and glints, nothing wrong with the surface."""
    height, width = surface.size
    side = surface.side
    kind = int(rng.integers(4))
    centre = place_on(rng, surface)
    strength = rng.uniform(0.7, 2.5)
    if kind == 0:
        size = log_uniform(rng, 0.06, 0.3) * side
        radius = ellipse_radius(
            height, width, centre, (size, size * rng.uniform(0.3, 1)), rng.uniform(0, 3)
        )
        light = strength * np.exp(-(radius ** np.float32(rng.uniform(1.2, 6))))
    elif kind == 1:
        rows, columns = grid(height, width)
        angle = direction(rng, surface)[0]
        aside = (rows - np.float32(centre[0])) * np.float32(np.cos(angle)) - (
            columns - np.float32(centre[1])
        ) * np.float32(np.sin(angle))
        bent = aside + rng.uniform(0, 0.1) * side * clouds(rng, height, width, 0.6 * side)
        breadth = log_uniform(rng, 0.03, 0.16) * side
        light = strength * np.exp(
            -(np.abs(bent / np.float32(breadth)) ** np.float32(rng.uniform(1, 4)))
        )
    elif kind == 2:
        half = rng.uniform(0.08, 0.3, 2) * side
        rows, columns = grid(height, width)
        box = np.minimum(half[0] - np.abs(rows - centre[0]), half[1] - np.abs(columns - centre[1]))
        light = strength * step(box.astype(np.float32), 0.0, log_uniform(rng, 1, 10))
    else:
        points = scattered(rng, surface, int(rng.integers(3, 30)))
        light = np.zeros((height, width), np.float32)
        radii = np.exp(rng.normal(0.3, 0.5, len(points)))
        add_spots(light, points, radii, rng.uniform(1, 4), surface.lay_rad, hardness=1.2)
        light = light * np.float32(strength)
    bloom = light * np.clip(1 + 0.3 * (surface.albedo - 1) * 3, 0.5, 1.6)
    return Change(
        np.clip(light, 0, 1).astype(np.float32),
        light=bloom.astype(np.float32),
        looks=("bright", "glare"),
    )
