"""Hot spots on real infrared pictures of substations: found at one false spot a picture.

`python -m benches.surface.hot_spots` measures them. A marked hot spot counts as
found where the hottest pixel of a told spot lies inside its box; several told spots in one box
count once and none of them is false; a told spot in no box is false.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.surface.substation import Pair, substation_pairs
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section, figures_json, tables
from faultlens.images.thermal.hot_spots import LEAST_SCORE, USUAL_SHARE, hot_spots
from faultlens.images.thermal.thermal import Thermal
from faultlens.metrics.froc import Froc, froc
from faultlens.metrics.intervals import bootstrap_interval

TOPIC = "Hot spots of substations"
DEGREES, BRIGHTNESS, COLOURS = "degC", "brightness, no degrees", "the camera's false colours"
HOTTEST = "the hottest pixel of each picture"
FOUND = "marked hot spots found at one false spot a picture"
HELD_OUT = "the same, share and threshold chosen on the other scenes"
FALSE = "false spots a picture there"
ALLOWED = 1.0
DRAWS = 10
SHARES = (0.96, 0.97, USUAL_SHARE, 0.985, 0.99)
"""Of `hot_spots(usual_share=)`, among which the other scenes choose."""

COMMAND = "python -m benches.surface.hot_spots"
AIMS: dict[tuple[str, str, str], float] = {(TOPIC, DEGREES, FOUND): 0.80}
"""What the figure is to reach; asked for before anything was measured."""

MODEL = "faultlens"


@dataclass(frozen=True, eq=False)
class Told:
    """What was told of pictures.

    Args:
        scores: (spot,) of all pictures.
        pictures: (spot,) which picture it lies on.
        marks: (spot,) number of its marked hot spot in that picture; -1 for none.
        marked: (picture,) marked hot spots.
    """

    scores: NDArray[np.float64]
    pictures: NDArray[np.intp]
    marks: NDArray[np.intp]
    marked: NDArray[np.intp]

    def curve(self, chosen: NDArray[np.intp]) -> Froc:
        """The curve of some pictures; one drawn twice counts twice.

        Args:
            chosen: (picture,) which ones.

        Example:
            >>> told = Told(np.array([0.9]), np.zeros(1, int), np.zeros(1, int), np.array([2]))
            >>> told.curve(np.array([0])).found_at(1)
            0.5
        """
        first = np.concatenate([[0], np.cumsum(self.marked[chosen])])
        scores, marks = [], []
        for place, picture in enumerate(chosen):
            its = self.pictures == picture
            scores.append(self.scores[its])
            marks.append(np.where(self.marks[its] >= 0, self.marks[its] + first[place], -1))
        return froc(
            np.concatenate(scores),
            np.concatenate(marks).astype(np.intp),
            marked=int(first[-1]),
            pictures=len(chosen),
        )


Read = Callable[[Pair], Thermal]


def told_of(pairs: Sequence[Pair], read: Read, usual_share: float = USUAL_SHARE) -> Told:
    """Every warm place of pictures, with its score and the marked hot spot that holds it.

    Args:
        pairs: pictures with marked hot spots.
        read: the infrared of a pair.
        usual_share: of `hot_spots`.

    Example:
        >>> told_of([], Pair.thermal).marked.tolist()
        []
    """
    found = [
        (number, spot.score, pair.marked_at(spot.row, spot.column))
        for number, pair in enumerate(pairs)
        for spot in hot_spots(read(pair), least_score=0, most=10_000, usual_share=usual_share)
    ]
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    return Told(
        scores=np.array(columns[1], dtype=np.float64),
        pictures=np.array(columns[0], dtype=np.intp),
        marks=np.array(columns[2], dtype=np.intp),
        marked=np.array([len(x.boxes) for x in pairs], dtype=np.intp),
    )


def held_out(told: Sequence[Told], scenes: Sequence[str], *, seed: int) -> tuple[float, float]:
    """Choose on half of the scenes, count on the others.

    Args:
        told: of the same pictures, one per usual share among which is chosen.
        scenes: (picture,) of one scene, all go to one half.
        seed: of the draw.

    Returns:
        Share of the other half's marked hot spots that is found at the threshold that let one
        false spot a picture through on the first half, and false spots a picture there.

    Example:
        >>> pictures, marks = np.arange(8), np.zeros(8, int)
        >>> told = Told(np.full(8, 0.9), pictures, marks, np.ones(8, int))
        >>> held_out([told], list("abcdefgh"), seed=0)
        (1.0, 0.0)
    """
    names = sorted(set(scenes))
    first = set(np.random.default_rng(seed).permutation(names)[: len(names) // 2].tolist())
    here = np.array([i for i, x in enumerate(scenes) if x in first], dtype=np.intp)
    there = np.array([i for i, x in enumerate(scenes) if x not in first], dtype=np.intp)
    best = max(told, key=lambda x: x.curve(here).found_at(ALLOWED))
    threshold = best.curve(here).threshold_at(ALLOWED)
    other = best.curve(there)
    reached = other.thresholds >= threshold
    return (
        float(other.found[reached].max(initial=0.0)),
        float(other.false_per_picture[reached].max(initial=0.0)),
    )


def hot_spot_section(folder: Path, *, quiet: bool = False) -> tuple[Section, dict[str, Froc]]:
    """All figures, and the curves that they are read from.

    Args:
        folder: of the substation set.
        quiet: no progress bar.

    Raises:
        UnreadableFileError: no such set.

    Example:
        >>> hot_spot_section(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/index.csv does not exist; ...
    """
    pairs = substation_pairs(folder)
    scenes = [x.scene for x in pairs]
    ways: dict[str, Read] = {
        DEGREES: Pair.thermal, BRIGHTNESS: _without_degrees, COLOURS: Pair.colours,
    }  # fmt: skip
    steps = progress([*ways.items()], label="ways", quiet=quiet)
    told = {name: told_of(pairs, read) for name, read in steps}
    shares = [
        told[DEGREES] if x == USUAL_SHARE else told_of(pairs, Pair.thermal, x)
        for x in progress(SHARES, label="shares", quiet=quiet)
    ]
    everything = np.arange(len(pairs), dtype=np.intp)
    curves = {name: x.curve(everything) for name, x in told.items()}
    figures = [_figure(name, told[name], scenes) for name in ways]
    figures.append(_hottest(told[DEGREES], len(pairs)))
    draws = np.array([held_out(shares, scenes, seed=x) for x in range(DRAWS)])
    marked = int(told[DEGREES].marked.sum())
    for name, values in ((HELD_OUT, draws[:, 0]), (FALSE, draws[:, 1])):
        low, high = np.quantile(values, [0.025, 0.975])
        figures.append(
            Figure(
                TOPIC,
                DEGREES,
                name,
                MODEL,
                float(values.mean()),
                marked,
                float(low),
                float(high),
                how=f"mean of {DRAWS} draws",
                command=COMMAND,
            )
        )
    return Section(TOPIC, _note(pairs, folder), tuple(figures)), curves


def _without_degrees(pair: Pair) -> Thermal:
    """The same pictures as a camera without radiometry would give them: grey, 0 to 1."""
    thermal = pair.thermal()
    low, high = float(thermal.values.min()), float(thermal.values.max())
    return Thermal((thermal.values - low) / max(high - low, 1e-6), is_celsius=False)


def _figure(name: str, told: Told, scenes: Sequence[str]) -> Figure:
    everything = np.arange(len(scenes), dtype=np.intp)
    low, high = bootstrap_interval(lambda drawn: told.curve(drawn).found_at(ALLOWED), scenes)
    return Figure(
        TOPIC, name, FOUND, MODEL, told.curve(everything).found_at(ALLOWED),
        int(told.marked.sum()), low, high, unit=OF_N, command=COMMAND,
    )  # fmt: skip


def _hottest(told: Told, pictures: int) -> Figure:
    """What one gets by pointing at the hottest spot of each picture, and nothing else."""
    best = [
        int(told.marks[told.pictures == x][told.scores[told.pictures == x].argmax()])
        for x in range(pictures)
        if (told.pictures == x).any()
    ]
    marked = int(told.marked.sum())
    found = sum(x >= 0 for x in best) / marked
    name = f"marked hot spots found ({sum(x < 0 for x in best) / pictures:.2f} false a picture)"
    return Figure(TOPIC, HOTTEST, name, MODEL, found, marked, unit=OF_N, command=COMMAND)


def _note(pairs: Sequence[Pair], folder: Path) -> str:
    unmarked = substation_pairs(folder, labelled=False)
    per_picture = float(np.mean([len(hot_spots(x.thermal())) for x in unmarked]))
    area = float(
        np.mean(
            [
                sum((right - left) * (bottom - top) for left, top, right, bottom in x.boxes)
                for x in pairs
            ]
        )
    )
    return (
        f"{len(pairs)} pictures of {len({x.scene for x in pairs})} scenes with "
        f"{sum(len(x.boxes) for x in pairs)} marked hot spots, which take "
        f"{area / (384 * 288):.1%} of a picture: so often a place taken at random is inside one. "
        "A hot spot is found where the hottest pixel of a told spot lies in its box; a told spot "
        "in no box is false. [95 % intervals] over scenes drawn again. Nothing is trained; the "
        "share of usual pixels was chosen with these pictures in view, hence the last rows: there, "
        "share and threshold are chosen on half of the scenes and counted on the other. At the "
        f"score {LEAST_SCORE:g} that users get, the {len(unmarked)} pictures without marks, which "
        f"may hold hot spots that nobody marked, have {per_picture:.2f} told spots a picture."
    )


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
    folder = shared / "data" / "images" / "substation_ir_vis"
    try:
        section, curves = hot_spot_section(folder, quiet=chosen.quiet)
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    page = tables([section], AIMS)
    print(page)
    write_text(chosen.out / "hot_spots.md", page)
    write_text(chosen.out / "hot_spots.json", figures_json(section.figures))
    _draw(curves, chosen.out / "hot_spots.png")


def _draw(curves: dict[str, Froc], path: Path) -> None:
    from faultlens.reports.froc_figure import froc_figure
    from faultlens.reports.picture import write_picture

    drawn = {name: (x.false_per_picture, x.found) for name, x in curves.items()}
    figure = froc_figure(
        drawn, aim=(ALLOWED, AIMS[TOPIC, DEGREES, FOUND]),
        note="60 pictures of substations with 93 marked hot spots",
    )  # fmt: skip
    write_picture(path, figure)


if __name__ == "__main__":
    _main()
