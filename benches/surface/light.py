"""Figures on hard light: rendered parts under glare, and what each remedy makes of them.

`python -m benches.surface.light` measures them, on one core in some six
minutes; `--parts 20 --pairs 8` in one. `--picture FILE` draws the remedies before and after;
`--real 120` looks at real castings and tiles.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.surface.light_real import RealTrial, real_trials, tile_moves
from benches.surface.light_trials import (
    FUSED,
    PLAIN,
    SAID,
    WAYS,
    LightTrial,
    MoveTrial,
    light_trials,
    move_trials,
)
from faultlens.core.errors import FaultlensError
from faultlens.evaluation.figures import OF_N, Figure, Section, tables
from faultlens.images.simulator.concepts import CLEAN
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.runtimes.picture_model import SURFACE_MODEL

TOPIC, VIEWS_TOPIC = "Parts under glare", "Views laid on each other"
RENDERED = "rendered"
AREA, ALARMS, NAMED = "damaged from sound, AUROC", "sound parts that alarm", "named rightly"
CONTRAST = "contrast of the defect, of that without glare"
REFUSED = "parts whose views could not be aligned"
TAKEN_FOR_ONE, KEPT = "two parts taken for one", "views of one part used"
OFF, WITHIN = "largest distance of a corner, median, px", "used, and within 3 px"
WITHIN_PX = 3.0
COMMAND = "python -m benches.surface.light"

NOTE = (
    "Rendered parts of 200 px, half of them sound, three views each: the lamp and its glare "
    "somewhere else, the camera moved up to 6 px and turned up to 1.5 degrees. 'no glare' is the "
    "same part, light and noise without it; 'reflection said' the picture as taken, asked in the "
    "wordings with specular reflection. Sound parts alarm at the model's own threshold. Views that "
    "are refused count as taken. [95 % intervals] are over parts. Rendered glare is no substitute "
    "for yours: measure with pictures of your own."
)
REAL_TOPIC, LEFT_OUT = "Real parts, with and without enhancements", "left out"
REAL_NOTE = (
    "Pictures of ../shared, spread evenly over each set, half of them sound; one picture of each "
    "part, so no views. 'left out' is the share of the pictures that is not judged."
)
TILES = "magnetic_tile"
TILES_NOTE = (
    "Tiles of ../shared that were taken three times and more under other lamps (a group of the "
    "manifest each), and the first picture of the group before. The groups m236, m246 and m256 "
    "show one tile, by eye, so two pairs of 'two parts' are none."
)
VIEWS_NOTE = (
    "Two views of each part, and a view of another part of the same process, which must be "
    "refused. Under another lamp the shades of a rough surface lie on the other side of its "
    "grains: of the distance a pixel or two is the light's, not the camera's."
)


def light_section(trials: Sequence[LightTrial]) -> Section:
    """The figures of every remedy as a table.

    Args:
        trials: of parts, damaged and sound ones, in every way.

    Example:
        >>> rows = [LightTrial(i, c, w, s, s > 0.5, "crack", 2.0, False) for w in WAYS
        ...         for i, (c, s) in enumerate([("crack", 0.9), (CLEAN, 0.2)])]
        >>> [(x.how, x.value) for x in light_section(rows).figures if x.name == AREA][:2]
        [('no glare', 1.0), ('as taken', 1.0)]
    """
    by_way = {way: [x for x in trials if x.way == way] for way in WAYS}
    plain = {x.seed: x.contrast for x in by_way[PLAIN]}
    rows = []
    for way, found in by_way.items():
        seeds = [str(x.seed) for x in found]
        damaged = [x.concept != CLEAN for x in found]
        rows.append(_area([x.score for x in found], damaged, seeds, way))
        sound = [x for x in found if x.concept == CLEAN]
        hurt = [x for x in found if x.concept != CLEAN]
        rows.append(_share(ALARMS, [x.alarm for x in sound], way))
        rows.append(_share(NAMED, [x.named == x.concept for x in hurt], way))
        if way != SAID:
            shares = [x.contrast / plain[x.seed] for x in hurt]
            rows.append(_figure(CONTRAST, float(np.nanmedian(shares)), len(shares), None, way))
    refused = [x.refused for x in by_way[FUSED[0]]]
    rows.append(_share(REFUSED, refused, FUSED[0]))
    return Section(TOPIC, NOTE, tuple(rows))


def moves_section(trials: Sequence[MoveTrial]) -> Section:
    """The figures of the alignment as a table.

    Args:
        trials: views of one part, and of two.

    Example:
        >>> rows = [MoveTrial(1, True, True, 0.5), MoveTrial(1, False, False, float("nan"))]
        >>> [x.value for x in moves_section(rows).figures]
        [1.0, 0.5, 1.0, 0.0]
    """
    same, other = ([x for x in trials if x.same is y] for y in (True, False))
    used = [x.off_px for x in same if x.taken]
    rows = [
        _share(KEPT, [x.taken for x in same], topic=VIEWS_TOPIC),
        _figure(OFF, float(np.median(used)), len(used), topic=VIEWS_TOPIC),
        _share(WITHIN, [x <= WITHIN_PX for x in used], topic=VIEWS_TOPIC),
        _share(TAKEN_FOR_ONE, [x.taken for x in other], topic=VIEWS_TOPIC),
    ]
    return Section(VIEWS_TOPIC, VIEWS_NOTE, tuple(rows))


def real_section(trials: Sequence[RealTrial]) -> Section:
    """The figures of real pictures as a table.

    Args:
        trials: of damaged and sound parts, with every enhancement.

    Example:
        >>> rows = [RealTrial("magnetic_tile", f"{x}.png", x > 0.5, "as taken", x, 0.0)
        ...         for x in (0.2, 0.9)]
        >>> [(x.subject, x.name, x.value) for x in real_section(rows).figures]
        [('magnetic_tile', 'damaged from sound, AUROC', 1.0), ('magnetic_tile', 'left out', 0.0)]
    """
    rows = []
    for subset in dict.fromkeys(x.subset for x in trials):
        for way in dict.fromkeys(x.way for x in trials):
            found = [x for x in trials if (x.subset, x.way) == (subset, way)]
            rows.append(
                _area(
                    [x.score for x in found],
                    [x.damaged for x in found],
                    [x.file for x in found],
                    way,
                    REAL_TOPIC,
                    subset,
                )
            )
            left_out = float(np.mean([x.left_out for x in found]))
            rows.append(
                _figure(LEFT_OUT, left_out, len(found), None, way, REAL_TOPIC, subject=subset)
            )
    return Section(REAL_TOPIC, REAL_NOTE, tuple(rows))


def tiles_section(trials: Sequence[MoveTrial]) -> Section:
    """The figures of real tiles that were taken again, as a table.

    Args:
        trials: pictures of one tile, and of two.

    Example:
        >>> rows = [MoveTrial(1, x, x, float("nan")) for x in (True, False)]
        >>> [x.value for x in tiles_section(rows).figures]
        [1.0, 0.0]
    """
    same, other = ([x.taken for x in trials if x.same is y] for y in (True, False))
    rows = (
        _share(KEPT, same, topic=VIEWS_TOPIC, subject=TILES),
        _share(TAKEN_FOR_ONE, other, topic=VIEWS_TOPIC, subject=TILES),
    )
    return Section(f"{VIEWS_TOPIC}: real tiles", TILES_NOTE, rows)


def _area(
    scores: Sequence[float],
    damaged: Sequence[bool],
    names: Sequence[str],
    how: str,
    topic: str = TOPIC,
    subject: str = RENDERED,
) -> Figure:
    score, hurt = np.array(scores), np.array(damaged)

    def area(index: NDArray[np.intp]) -> float:
        return auroc(score[index][hurt[index]], score[index][~hurt[index]])

    span = bootstrap_interval(area, names, strata=[str(x) for x in damaged])
    value = area(np.arange(len(score)))
    return _figure(AREA, value, len(score), span, how, topic, subject=subject)


def _share(
    name: str,
    hits: Sequence[bool],
    how: str = "",
    topic: str = TOPIC,
    subject: str = RENDERED,
) -> Figure:
    span = share_interval(sum(hits), len(hits))
    return _figure(name, sum(hits) / len(hits), len(hits), span, how, topic, OF_N, subject)


def _figure(
    name: str,
    value: float,
    n: int,
    span: tuple[float, float] | None = None,
    how: str = "",
    topic: str = TOPIC,
    unit: str = "",
    subject: str = RENDERED,
) -> Figure:
    model = "alignment" if topic == VIEWS_TOPIC else SURFACE_MODEL
    low, high = span or (None, None)
    return Figure(topic, subject, name, model, value, n, low, high, how, unit, COMMAND)


def _main() -> None:
    """Measure and print, or draw."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--parts", type=int, default=120)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--real", type=int, default=0, help="pictures of each real set, instead")
    parser.add_argument("--picture", default=None, help="draw the remedies to this PNG instead")
    parser.add_argument("--lang", default="en")
    chosen = parser.parse_args()
    try:
        if chosen.picture is not None:
            from benches.surface.light_picture import write_light_picture

            write_light_picture(chosen.picture, lang=chosen.lang)
            return
        if chosen.real:
            shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
            manifest = shared / "data" / "images" / "manifest.csv"
            real = real_section(real_trials(manifest, chosen.real))
            print(tables([real, tiles_section(tile_moves(manifest))], {}))
            return
        light, moves = light_trials(chosen.parts), move_trials(chosen.pairs)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(tables([light_section(light), moves_section(moves)], {}))


if __name__ == "__main__":
    _main()
