"""Figures on registration: visible light and infrared, pulled apart and laid on each other again.

`python -m benches.surface.registration` measures them: 600 registrations, ten
minutes of one core.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.surface.registration_trials import (
    RegistrationTrial,
    other_trials,
    read_pairs,
    warped_trials,
)
from faultlens.core.errors import FaultlensError
from faultlens.evaluation.figures import OF_N, Figure, Section, tables
from faultlens.metrics.intervals import bootstrap_interval, share_interval

TOPIC = "Visible light and infrared laid on each other"
ROAD = "roadscene"
REGISTER, NOTHING = "register", "nothing done"
MEDIAN, WITHIN = "median distance, px", "share within 3 px"
WRONGLY_REFUSED, WRONGLY_TAKEN = "one scene refused", "two scenes taken for one"
SECONDS = "time a pair, one core"
WITHIN_PX = 3.0

OTHERS = 4
"""Draws of another scene, for each visible picture: enough, since each is a pair of its own."""
COMMAND = "python -m benches.surface.registration"

AIMS: dict[tuple[str, str, str], float] = {
    (TOPIC, ROAD, MEDIAN): 1.5,
    (TOPIC, ROAD, WITHIN): 0.95,
}
"""What the figures are held to; asked for before anything was measured."""

NOTE = (
    "Each infrared picture is warped at random (up to 5 % scale along each side, 5 % shift, 3 "
    "degrees) and registered to the visible one. The distance, a mean over the picture, is that "
    "from the registration found without the warp; every registration counts, also those that "
    "would be refused. n counts registrations; [95 % intervals] are over pairs. Constants of the "
    "search were chosen on 20 of the 40 pairs; the quality was calibrated on other pictures "
    "(substation), but that both of its kinds of evidence must hold was learnt on ten pairs of two "
    "scenes here."
)


def registration_section(
    same: Sequence[RegistrationTrial], other: Sequence[RegistrationTrial]
) -> Section:
    """The figures as a table.

    Args:
        same: pairs of one scene, with their distances.
        other: pairs of two scenes.

    Example:
        >>> one = RegistrationTrial("a", 0.9, True, 1.0, 0.5, 20.0)
        >>> two = RegistrationTrial("a", 0.1, False, 1.0)
        >>> [(x.name, x.value) for x in registration_section([one], [two]).figures][:2]
        [('median distance, px', 0.5), ('share within 3 px', 1.0)]
    """
    off = np.array([x.off_px for x in same], dtype=np.float64)
    undone = np.array([x.undone_px for x in same], dtype=np.float64)
    names = [x.pair for x in same]
    rows = [
        figure
        for who, away in ((REGISTER, off), (NOTHING, undone))
        for figure in _distances(away, names, who)
    ]
    rows.append(_share(WRONGLY_REFUSED, [not x.is_good for x in same], names))
    rows.append(_share(WRONGLY_TAKEN, [x.is_good for x in other], [x.pair for x in other]))
    seconds = float(np.median([x.seconds for x in [*same, *other]]))
    rows.append(_figure(SECONDS, seconds, len(same) + len(other), unit="s"))
    return Section(TOPIC, NOTE, tuple(rows))


def _distances(off: NDArray[np.float64], pairs: Sequence[str], who: str) -> list[Figure]:
    def median(index: NDArray[np.intp]) -> float:
        return float(np.median(off[index]))

    def within(index: NDArray[np.intp]) -> float:
        return float((off[index] <= WITHIN_PX).mean())

    every = np.arange(len(off))
    return [
        _figure(name, of(every), len(off), bootstrap_interval(of, pairs), who)
        for name, of in ((MEDIAN, median), (WITHIN, within))
    ]


def _share(name: str, hits: Sequence[bool], pairs: Sequence[str]) -> Figure:
    marks = np.array(hits)
    if marks.any() and not marks.all():
        low, high = bootstrap_interval(lambda index: float(marks[index].mean()), pairs)
    else:
        # Drawing again shows nothing that was never seen; draws of one pair are no new pairs.
        count = len(set(pairs))
        low, high = share_interval(count if marks.all() else 0, count)
    return _figure(name, float(marks.mean()), len(marks), (low, high), unit=OF_N)


def _figure(
    name: str,
    value: float,
    n: int,
    span: tuple[float | None, float | None] = (None, None),
    who: str = REGISTER,
    unit: str = "",
) -> Figure:
    low, high = span
    return Figure(TOPIC, ROAD, name, who, value, n, low, high, unit=unit, command=COMMAND)


def _main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--pairs", type=int, default=None, help="the first ones only")
    chosen = parser.parse_args()
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
    try:
        pairs = read_pairs(shared / "data" / "images" / ROAD)[: chosen.pairs]
        same = warped_trials(pairs, chosen.draws)
        other = other_trials(pairs, min(chosen.draws, OTHERS))
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(tables([registration_section(same, other)], AIMS))


if __name__ == "__main__":
    _main()
