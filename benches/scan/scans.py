"""The real scans that defects are carved into, and simulated ones to choose constants on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.simulator.bodies import BODIES
from faultlens.surfaces.simulator.scanner import Finish, Scanner
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.surface import Surface

HEIGHT_MAPS, LAND, WELDS = (
    "height_maps_profilometer/npz",
    "x3p_metal_land",
    "weld_seam_pointclouds/pcd_images/single_scans",
)
"""Folders of `images`: profilometer maps, a bullet land, and weld work-pieces in metres."""

SIMULATED = 12
"""Scans that constants may be chosen on."""


@dataclass(frozen=True, eq=False)
class BenchScan:
    """A scan without defects of ours.

    Args:
        name: of its file, short.
        group: scans of one scene share it.
        surface: in mm.
    """

    name: str
    group: str
    surface: Surface


def real_scans(folder: Path) -> Iterator[BenchScan]:
    """The six height maps and the eight weld scans, one at a time.

    Args:
        folder: `images` of the shared data.

    Raises:
        UnreadableFileError: they are not there.

    Example:
        >>> next(real_scans(Path("/nowhere")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: No scans in /nowhere; it must hold ...
    """
    maps = [x for part in (HEIGHT_MAPS, LAND) for x in sorted((folder / part).glob("*.npz"))]
    welds = sorted((folder / WELDS).glob("*.pcd"))
    if not maps or not welds:
        raise UnreadableFileError(
            f"No scans in {folder}; it must hold {HEIGHT_MAPS}, {LAND} and {WELDS}. Set "
            "FAULTLENS_SHARED to the folder that holds data/images."
        )
    for path in maps:
        name = path.stem.partition("_")[0]
        yield BenchScan(name, name, read_surface(path))
    for path in welds:
        name = f"weld {path.stem.removesuffix('_cropped')}"
        yield BenchScan(name, "weld", read_surface(path, unit="m"))


def simulated_scans(count: int = SIMULATED, *, seed: int = 0) -> Iterator[BenchScan]:
    """Sound simulated scans of every body, with roughness, lay, waviness and noise.

    Args:
        count: how many.
        seed: of the first; scans of two seeds a thousand apart have nothing in common.

    Example:
        >>> next(simulated_scans(1)).name
        'simulated plane 0'
    """
    for number in range(count):
        rng = np.random.default_rng([seed, number, 9])
        spacing = float(np.exp(rng.uniform(np.log(0.05), np.log(0.5))))
        size = (spacing * float(rng.uniform(280, 420)), spacing * float(rng.uniform(280, 420)))
        body = BODIES[number % len(BODIES)]
        roughness = spacing * float(np.exp(rng.uniform(np.log(0.003), np.log(0.1))))
        finish = Finish(
            roughness,
            correlation_mm=spacing * float(rng.uniform(0, 4)),
            lay_ratio=float(rng.choice([1.0, rng.uniform(3, 30)])),
            lay_deg=float(rng.uniform(0, 180)),
            waviness_mm=roughness * float(rng.choice([0.0, rng.uniform(0.3, 2)])),
        )
        made = simulate_scan(
            body,
            size_mm=size,
            spacing_mm=spacing,
            finish=finish,
            scanner=Scanner(noise_mm=roughness * float(rng.uniform(0, 0.7))),
            tilt_deg=float(rng.choice([0.0, rng.uniform(0, 10)])),
            raster=bool(number % 3),
            seed=int(rng.integers(2**31)),
        )
        name = f"simulated {body} {number}"
        yield BenchScan(name, name, made.surface)
