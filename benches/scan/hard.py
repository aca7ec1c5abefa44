"""Figures on bad scans: `python -m benches.scan.hard` spoils what `benches.scan.carved` carves.

Each scan gets 10 % outliers, loses 30 % of its points, or is tilted by 20 degrees, after known
defects were carved into it; and all three at once.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from benches.scan import carved
from benches.scan.carved import (
    DEEP_ROW,
    DEPTH_95,
    DEPTH_MEDIAN,
    ERRORS,
    FOUND,
    VOLUME_MEDIAN,
    all_trials,
    read_scans,
    row_figures,
)
from benches.scan.carving import DEEP, CarvedTrial, Spoiled, unspoiled
from faultlens.core.errors import FaultlensError
from faultlens.evaluation.figures import Section, tables
from faultlens.surfaces.simulator.bodies import Pose, posed
from faultlens.surfaces.simulator.scanner import Scanner, scanned
from faultlens.surfaces.surface import Surface

COMMAND = "python -m benches.scan.hard"
TOPIC = "Outliers, missing points, tilt"
OUTLIERS, MISSING, TILT_DEG = 0.10, 0.30, 20.0
NOTHING, ALL = "as scanned", "all three"
HARD = ("10 % outliers", "30 % missing", "20 degrees tilt", ALL)

AIMS: dict[tuple[str, str, str], float] = {
    (TOPIC, way, name): (2 * aim if name in ERRORS else aim)
    for way in HARD
    for name in (FOUND, DEPTH_MEDIAN, DEPTH_95, VOLUME_MEDIAN)
    for aim in (carved.AIMS[carved.TOPIC, DEEP_ROW, name],)
}
"""The first row of `benches.scan.carved` within twice its errors."""

NOTE = (
    "The same defects, at 25 times local roughness and more, in the same scans, spoiled after the "
    "carving: outliers lie up to a tenth of the scan's longer side off the surface, points are "
    "lost half singly and half in round holes, the tilt is about a level axis of random direction. "
    "Defects of which a quarter of the points and more is lost have a hole in them and are left "
    "out."
)


def ways() -> dict[str, Callable[[Surface, int], Spoiled]]:
    """What is done to a scan: (surface, number) -> the spoiled one.

    Example:
        >>> list(ways())
        ['as scanned', '10 % outliers', '30 % missing', '20 degrees tilt', 'all three']
    """
    return {
        NOTHING: unspoiled,
        HARD[0]: partial(spoil, outliers=OUTLIERS),
        HARD[1]: partial(spoil, missing=MISSING),
        HARD[2]: partial(spoil, tilt_deg=TILT_DEG),
        ALL: partial(spoil, outliers=OUTLIERS, missing=MISSING, tilt_deg=TILT_DEG),
    }


def spoil(
    surface: Surface,
    number: int,
    *,
    outliers: float = 0.0,
    missing: float = 0.0,
    tilt_deg: float = 0.0,
) -> Spoiled:
    """Add outliers, lose points and tilt; a raster stays one, with gaps.

    Args:
        surface: the carved scan.
        number: of the copy, by which everything is drawn.
        outliers: share of the points.
        missing: share of the points.
        tilt_deg: of the scan.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> worse = spoil(height_map(np.zeros((50, 40)), 0.1), 0, missing=0.5)
        >>> bool(abs(worse.surface.measured.mean() - 0.5) < 0.1)
        True
    """
    rng = np.random.default_rng([number, 20])
    points = surface.points_mm
    worse = scanned(
        # A cloud as one long row, so that its points keep their order and number.
        replace(surface, grid=surface.grid or (1, len(points))),
        np.array([0.0, 0.0, 1.0]),
        Scanner(outliers=outliers, missing=missing),
        rng,
    )
    middle = np.nanmean(points, axis=0)
    turn = posed(tilt_deg, float(rng.uniform(0, 360)), (0.0, 0.0, 0.0)).turn
    pose = Pose(turn, middle - turn @ middle)
    moved = replace(surface, points_mm=pose.out(worse.points_mm))
    return Spoiled(moved, pose)


def hard_section(trials: dict[str, Sequence[CarvedTrial]]) -> Section:
    """The figures as a table.

    Args:
        trials: of each of `ways`.

    Example:
        >>> hard_section({}).figures
        ()
    """
    figures = [
        x for way, some in trials.items() for x in row_figures(some, TOPIC, way, command=COMMAND)
    ]
    return Section(TOPIC, NOTE, tuple(figures))


def _main() -> None:
    """Spoil, measure and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--count", type=int, default=400, help="defects of each way")
    parser.add_argument("--on", default="real", help="real, simulated, or one scan")
    parser.add_argument("--way", choices=tuple(ways()), default=None, help="one way only")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    try:
        scans = read_scans(chosen.on)
        trials: dict[str, Sequence[CarvedTrial]] = {
            way: all_trials(scans, chosen.count, DEEP, seed=chosen.seed, spoiled=spoiled)
            for way, spoiled in ways().items()
            if chosen.way in (None, way)
        }
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(tables([hard_section(trials)], AIMS))


if __name__ == "__main__":
    _main()
