"""Wrong forms: dents, bends, bad welds, spoilt threads."""

import numpy as np

from faultlens.images.simulator.fields import Dice, clouds, grain, grid, log_uniform, step
from faultlens.images.simulator.placing import direction, place_on
from faultlens.images.simulator.shapes import (
    add_spots,
    blob,
    ellipse_radius,
    stroke,
    wandering_path,
)
from faultlens.images.simulator.surface import Change, Surface


def dent(rng: Dice, surface: Surface) -> Change:
    """Dents: smooth hollows seen by their shading, sometimes with a raised rim."""
    height, width = surface.size
    side = surface.side
    relief = np.zeros((height, width), np.float32)
    where = np.zeros((height, width), np.float32)
    count = 1 if rng.random() < 0.65 else int(rng.integers(2, 5))
    for _ in range(count):
        size = log_uniform(rng, 0.04, 0.3) * side
        axes = (size, size * rng.uniform(0.35, 1))
        radius = ellipse_radius(
            height, width, place_on(rng, surface, size * 0.5), axes, rng.uniform(0, np.pi)
        )
        radius = radius * (1 + rng.uniform(0, 0.12) * clouds(rng, height, width, size + 2))
        bowl = np.exp(-(radius ** np.float32(rng.uniform(1.6, 5))))
        depth = np.float32(size * rng.uniform(0.25, 0.9))
        relief -= depth * bowl
        if rng.random() < 0.5:
            rim = np.exp(-(((radius - 1.25) / np.float32(0.25)) ** 2))
            relief += depth * np.float32(rng.uniform(0.05, 0.3)) * rim
        where = np.maximum(where, step(-radius, -1.45, 0.1))
    albedo = 1 - np.float32(rng.uniform(0, 0.2)) * where
    return Change(
        where,
        height=relief,
        albedo=albedo.astype(np.float32),
        broad=True,
        looks=("round", "single" if count == 1 else "several"),
    )


def deformation(rng: Dice, surface: Surface) -> Change:
    """Deformation: the form itself is wrong: a kink, buckles, a wavy or bent edge."""
    height, width = surface.size
    side = surface.side
    rows, columns = grid(height, width)
    angle = direction(rng, surface)[0]
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    centre = place_on(rng, surface)
    along = (columns - np.float32(centre[1])) * cos + (rows - np.float32(centre[0])) * sin
    aside = (rows - np.float32(centre[0])) * cos - (columns - np.float32(centre[1])) * sin
    kind = int(rng.integers(3))
    if kind == 0:
        sharp = np.float32(log_uniform(rng, 0.02, 0.12) * side)
        bend = np.sqrt(aside * aside + sharp * sharp)
        relief = bend * np.float32(rng.choice((-1, 1)) * rng.uniform(0.25, 0.8))
        push = np.maximum(aside, 0) * np.float32(rng.choice((-1, 1)) * rng.uniform(0.15, 0.5))
        warp = (
            np.stack([push * -sin, push * cos])
            if rng.random() < 0.5
            else np.stack([push * cos, push * sin])
        )
        look = "kink"
    elif kind == 1:
        pitch = log_uniform(rng, 0.25, 0.8) * side
        area = np.exp(-((aside / np.float32(rng.uniform(0.25, 0.8) * side)) ** 2))
        waves = np.cos(along * np.float32(6.283 / pitch)) * area
        relief = waves * np.float32(pitch * rng.uniform(0.06, 0.16))
        push = waves * np.float32(pitch * rng.uniform(0.03, 0.14))
        warp = np.stack([push * cos, push * -sin])
        look = "buckled"
    else:
        way = along / np.float32(side)
        bow = np.float32(rng.choice((-1, 1)) * rng.uniform(0.3, 0.9) * side) * way * way
        twist = np.float32(rng.normal(0, 0.3)) * way * aside
        push = bow + twist
        warp = np.stack([push * cos, push * -sin])
        relief = push * np.float32(rng.uniform(0.1, 0.5))
        look = "bent"
    where = np.clip(np.hypot(warp[0], warp[1]) / np.float32(3), 0, 1)
    tilt = np.hypot(*np.gradient(relief)).astype(np.float32)
    where = np.maximum(where, np.clip(tilt * 4, 0, 1))
    return Change(
        where.astype(np.float32),
        height=relief.astype(np.float32),
        warp=warp.astype(np.float32),
        broad=True,
        looks=(look,),
    )


def weld_defect(rng: Dice, surface: Surface) -> Change:
    """Weld defects: undercut, pores, spatter, burn-through, lack of fusion, gaps, cracks."""
    height, width = surface.size
    side = surface.side
    bead = surface.marks.get("bead")
    along = surface.marks.get("along")
    rows, columns = grid(height, width)
    if bead is None or along is None:
        bead = (rows - height / 2) / np.float32(0.2 * side)
        along = columns - np.float32(width / 2)
    on_bead = np.argwhere(np.abs(bead) < 0.7)
    row, column = on_bead[rng.integers(len(on_bead))] if len(on_bead) else (height // 2, width // 2)
    middle = float(along[row, column])
    stretch = np.float32(log_uniform(rng, 0.08, 0.45) * side)
    near = step(-np.abs(along - middle), -stretch, 0.15 * float(stretch))
    kind = int(rng.integers(7))
    if kind == 0:
        sides = rng.choice((-1.0, 1.0))
        off = bead * sides - rng.uniform(1.0, 1.12) + 0.08 * clouds(rng, height, width, 6)
        groove = np.exp(-((off / np.float32(rng.uniform(0.08, 0.22))) ** 2)) * near
        albedo = 1 - np.float32(rng.uniform(0.4, 0.85)) * groove
        return Change(
            groove, height=-3 * groove, albedo=albedo.astype(np.float32), looks=("undercut",)
        )
    if kind == 1:
        count = int(rng.integers(1, 14))
        points = (
            on_bead[rng.integers(len(on_bead), size=count)]
            if len(on_bead)
            else np.array([[row, column]])
        )
        radii = log_uniform(rng, 0.01, 0.035) * side * np.exp(rng.normal(0, 0.3, len(points))) + 0.7
        holes = np.zeros((height, width), np.float32)
        add_spots(holes, points.astype(float), radii, 1.0, 0.0, hardness=6)
        albedo = 1 - np.float32(rng.uniform(0.5, 0.9)) * holes
        return Change(holes, height=-2 * holes, albedo=albedo.astype(np.float32), looks=("pores",))
    if kind == 2:
        count = int(rng.integers(4, 40))
        spread = np.argwhere((np.abs(bead) > 1.0) & (np.abs(bead) < 3.5))
        points = spread[rng.integers(len(spread), size=count)] if len(spread) else on_bead[:1]
        radii = log_uniform(rng, 0.008, 0.03) * side * np.exp(rng.normal(0, 0.5, len(points))) + 0.6
        balls = np.zeros((height, width), np.float32)
        add_spots(balls, points.astype(float), radii, 1.0, 0.0, hardness=4)
        shadow = np.roll(balls, (1, 1), axis=(0, 1)) * (1 - balls)
        albedo = (1 + np.float32(rng.uniform(-0.4, 0.6)) * balls) * (1 - 0.5 * shadow)
        return Change(
            balls,
            height=balls * np.float32(radii.mean() * 1.2),
            albedo=albedo.astype(np.float32),
            looks=("spatter",),
        )
    if kind == 3:
        size = log_uniform(rng, 0.04, 0.15) * side
        hole = blob(
            rng,
            height,
            width,
            (row, column),
            (size, size * rng.uniform(0.6, 1)),
            rng.uniform(0, 3),
            raggedness=0.4,
            softness=0.15,
        )
        ring = blob(
            rng,
            height,
            width,
            (row, column),
            (size * 1.7, size * 1.5),
            0.0,
            raggedness=0.4,
            softness=0.6,
        )
        albedo = (1 - 0.93 * hole) * (1 - np.float32(rng.uniform(0.1, 0.5)) * ring)
        return Change(
            np.maximum(hole, 0.6 * ring),
            height=-4 * hole,
            albedo=albedo.astype(np.float32),
            looks=("burn_through",),
        )
    if kind == 4:
        place = rng.uniform(-0.95, 0.95)
        off = bead - place + 0.06 * clouds(rng, height, width, 8)
        line = np.exp(-((off * np.float32(rng.uniform(5, 14))) ** 2)) * near
        albedo = 1 - np.float32(rng.uniform(0.5, 0.92)) * line
        return Change(
            line, height=-2 * line, albedo=albedo.astype(np.float32), looks=("lack_of_fusion",)
        )
    if kind == 5:
        body = step(-np.abs(bead), -1.25, 0.3) * near
        lumps = clouds(rng, height, width, log_uniform(rng, 0.04, 0.12) * side)
        sag = -body * np.float32(rng.uniform(0, 0.15) * side)
        relief = sag + body * lumps * np.float32(rng.uniform(1, 5))
        albedo = 1 + body * (rng.uniform(-0.3, 0.2) + 0.15 * lumps)
        return Change(
            body,
            height=relief.astype(np.float32),
            albedo=np.clip(albedo, 0.2, 2).astype(np.float32),
            looks=("uneven_bead",),
        )
    heading = rng.uniform(0, 3.14)
    reach = log_uniform(rng, 0.15, 0.7) * side
    start = (row - reach / 2 * np.sin(heading), column - reach / 2 * np.cos(heading))
    path = wandering_path(rng, start, heading, reach, roughness=0.35)
    line = stroke(height, width, [path], [log_uniform(rng, 0.8, 2.5)], taper=True)
    albedo = 1 - np.float32(rng.uniform(0.5, 0.9)) * line
    return Change(line, height=-line, albedo=albedo.astype(np.float32), looks=("weld_crack",))


def thread_damage(rng: Dice, surface: Surface) -> Change:
    """Spoilt threads: crushed, torn or missing crests over part of the turns."""
    height, width = surface.size
    side = surface.side
    crest = surface.marks.get("crest")
    if crest is None:
        crest = np.ones((height, width), np.float32)
    centre = place_on(rng, surface)
    size = log_uniform(rng, 0.08, 0.35) * side
    area = blob(
        rng,
        height,
        width,
        centre,
        (size, size * rng.uniform(0.35, 1)),
        rng.uniform(0, 3),
        raggedness=0.8,
        softness=0.25,
    )
    kind = rng.random()
    rough = grain(rng, height, width, rng.uniform(0.8, 2))
    if kind < 0.45:
        shade = surface.shade
        mean = float(shade[area > 0.5].mean()) if (area > 0.5).any() else 1.0
        level = mean * rng.uniform(0.7, 1.5)
        flat = area * np.float32(rng.uniform(0.6, 1))
        albedo = (1 - flat) + flat * np.float32(level) / np.maximum(shade, 0.15)
        albedo *= 1 + 0.15 * area * rough
        relief, look = area * rough * np.float32(0.4), "flattened"
    elif kind < 0.75:
        torn = area * step(crest, rng.uniform(0.1, 0.5), 0.3)
        albedo = 1 + torn * (rng.uniform(-0.7, 0.5) + 0.35 * rough)
        relief, look = torn * rough * np.float32(1.0), "torn"
        area = torn
    else:
        albedo = 1 - np.float32(rng.uniform(0.3, 0.75)) * area * (1 + 0.2 * rough)
        relief, look = -2 * area + area * rough * np.float32(0.5), "missing"
    return Change(
        area.astype(np.float32),
        height=relief.astype(np.float32),
        albedo=np.clip(albedo, 0.05, 4).astype(np.float32),
        looks=(look,),
    )
