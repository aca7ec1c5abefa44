"""Pictures drawn at random over all that surfaces, lamps and cameras differ in."""

import numpy as np

from faultlens.images.simulator.clutter import CLUTTER
from faultlens.images.simulator.fields import Dice, log_uniform
from faultlens.images.simulator.settings import Camera, Lighting, SurfaceSettings

_METALS = {
    "steel": (0.99, 1.0, 1.02),
    "stainless": (1.02, 1.0, 0.97),
    "aluminium": (1.0, 1.0, 1.01),
    "brass": (1.2, 1.02, 0.62),
    "copper": (1.35, 0.88, 0.68),
    "bronze": (1.15, 0.95, 0.7),
    "blued": (0.75, 0.85, 1.3),
    "black": (1.0, 0.99, 1.02),
}
_METAL_SHARES = (0.4, 0.14, 0.16, 0.07, 0.07, 0.05, 0.05, 0.06)


def draw_settings(rng: Dice, process: str, part: str) -> SurfaceSettings:
    """Settings of a picture drawn at random; the same for clean and for damaged surfaces.

    Args:
        rng: dice.
        process: how the surface was made, a key of `PROCESSES`.
        part: what is seen of the part, a key of `PARTS`.

    Example:
        >>> draw_settings(np.random.default_rng(0), "ground", "sheet").process
        'ground'
    """
    upright, across, tilt, any_way = rng.random(), np.pi / 2, rng.normal(0, 0.06), rng.random()
    lay = tilt + (across if upright < 0.5 else 0.0) if upright < 0.8 else np.pi * any_way
    clutter = tuple(
        name
        for name in CLUTTER
        if rng.random() < (0.06, 0.03, 0.08, 0.1, 0.02)[[*CLUTTER].index(name)]
    )
    return SurfaceSettings(
        process=process,
        part=part,
        lay_rad=float(lay),
        scale=log_uniform(rng, 0.5, 2.0),
        texture=log_uniform(rng, 0.25, 1.3),
        clutter=clutter,
        metal=_draw_metal(rng, process),
        light=_draw_light(rng),
        camera=_draw_camera(rng),
    )


def _draw_metal(rng: Dice, process: str) -> tuple[float, float, float]:
    name = str(rng.choice([*_METALS], p=_METAL_SHARES))
    base = np.array(_METALS[name])
    if process == "coated":
        base = np.ones(3) + rng.uniform(0, 0.7) * rng.uniform(-1, 1, 3)
    elif process == "ferrite":
        base = np.array(_METALS["black"])
    lamp = rng.normal(0, 0.05) * np.array([1, 0, -1])
    made = np.clip(base + rng.normal(0, 0.02, 3) + lamp, 0.1, 2)
    made = made / made.mean()
    return float(made[0]), float(made[1]), float(made[2])


def _draw_light(rng: Dice) -> Lighting:
    ring = rng.random() < 0.25
    band = log_uniform(rng, 0.05, 0.5) if rng.random() < 0.3 else 0.0
    return Lighting(
        direction_rad=float(rng.uniform(0, 2 * np.pi)),
        relief=float(rng.uniform(0.1, 0.4) if ring else rng.uniform(0.35, 1.0)),
        gradient=float(rng.uniform(0, 0.5) if rng.random() < 0.6 else 0.0),
        gradient_rad=float(rng.uniform(0, 2 * np.pi)),
        vignette=float(rng.uniform(0, 0.6) if rng.random() < 0.35 else 0.0),
        band=float(band),
        band_place=float(rng.uniform(-0.1, 1.1)),
        band_breadth=log_uniform(rng, 0.06, 0.5),
        gloss=float(rng.uniform(0.1, 0.9) if rng.random() < 0.35 else 0.0),
    )


def _draw_camera(rng: Dice) -> Camera:
    bright = rng.random()
    level = rng.uniform(0.3, 0.62) if bright < 0.65 else rng.uniform(0.6, 0.9)
    if bright > 0.88:
        level = rng.uniform(0.12, 0.35)
    blur = log_uniform(rng, 0.3, 1.6) if rng.random() < 0.55 else 0.0
    coarse = log_uniform(rng, 1.15, 2.2) if blur < 0.8 and rng.random() < 0.35 else 1.0
    return Camera(
        brightness=float(level),
        gamma=float(log_uniform(rng, 0.6, 1.6) if rng.random() < 0.5 else 1.0),
        blur_px=float(blur),
        noise=log_uniform(rng, 0.002, 0.035),
        line_noise=float(log_uniform(rng, 0.004, 0.03) if rng.random() < 0.15 else 0.0),
        interlace_px=int(rng.integers(1, 3)) if rng.random() < 0.03 else 0,
        coarse=float(coarse),
        jpeg_quality=int(rng.integers(35, 96)) if rng.random() < 0.5 else None,
    )
