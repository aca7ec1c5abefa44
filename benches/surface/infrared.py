"""What infrared adds to a verdict, at each level of fusion, on rendered pairs with known truth.

`python -m benches.surface.infrared` measures it. No set of real pairs tells
which parts are sound, so the pairs are rendered: half of the faults show in light alone, half in
warmth alone. How a fusion does on a real plant, `learn_fusion` says of its own labelled pairs.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.images.image import Image
from faultlens.images.simulator.onto import render_defect_onto
from faultlens.images.simulator.render import render_surface
from faultlens.inference.infrared.fusion import LEVELS, MEAN, Fusion
from faultlens.inference.infrared.learn import fusion_scores, fusions_of, learned_fusion
from faultlens.inference.inspect import inspector
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval

TOPIC = "Visible and infrared fused"
COMMAND = "python -m benches.surface.infrared"
DEFECTS = ("crack", "scratch", "dent", "pitting")
SIDE_PX = 160
FAULTY, SOUND = 32, 32
SHOTS, DRAWS = 5, 10
"""Labelled pairs of either kind that a fusion is learned on, and how often they are drawn."""

CONTRAST, BLUR_PX, NOISE = 0.5, 1.0, 2.5
"""Of the infrared beside the visible picture: share of its contrast, standard deviation of its
optics, and noise in grey levels of 255. Ours, of a cheap camera."""

Scores = Mapping[Fusion, NDArray[np.float64]]


def rendered_pair(seed: int, fault: str | None) -> tuple[Image, Image]:
    """A surface in light and in warmth, in one frame; a fault shows in one of both alone.

    Args:
        seed: of everything.
        fault: "light" or "warmth"; None for a sound part.

    Example:
        >>> light, warmth = rendered_pair(0, None)
        >>> light.pixels.shape == warmth.pixels.shape
        True
    """
    sound = render_surface(
        seed=seed, height_px=SIDE_PX, width_px=SIDE_PX, concept="no_defect", colour=False
    )
    light = np.asarray(sound.pixels, dtype=np.uint8)
    # Where more light is thrown back, less warmth is sent out.
    blurred = ndimage.gaussian_filter(light.astype(np.float64), BLUR_PX)
    noise = np.random.default_rng(seed).normal(0, NOISE, light.shape)
    spread = 128 - CONTRAST * (blurred - blurred.mean()) + noise
    warmth = np.clip(np.rint(spread), 0, 255).astype(np.uint8)
    concept = DEFECTS[seed % len(DEFECTS)]
    if fault == "light":
        light = np.asarray(render_defect_onto(light, concept, seed=seed).pixels, dtype=np.uint8)
    elif fault == "warmth":
        warmth = np.asarray(render_defect_onto(warmth, concept, seed=seed).pixels, dtype=np.uint8)
    return Image(light), Image(warmth)


def scored(*, quiet: bool = False) -> tuple[Scores, tuple[bool, ...]]:
    """The scores of all pairs by every fusion, and which pairs are faulty.

    Args:
        quiet: no progress bar.

    Example:
        >>> scored.__name__  # it takes minutes
        'scored'
    """
    ready = inspector(defects=list(DEFECTS))
    fusions = fusions_of()
    faults = [("light", "warmth")[x % 2] for x in range(FAULTY)] + [None] * SOUND
    rows = []
    for seed, fault in enumerate(progress(faults, label="pairs", quiet=quiet)):
        light, warmth = rendered_pair(seed, fault)
        rows.append(fusion_scores(ready, light, warmth, fusions))
    table = np.array(rows)
    return dict(zip(fusions, table.T, strict=True)), tuple(x is not None for x in faults)


def fusion_section(scores: Scores, faulty: Sequence[bool]) -> Section:
    """The figures as a table.

    Args:
        scores: fusion -> (pair,) log-odds of an anomaly.
        faulty: (pair,) whether it shows a fault.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> scores = {x: rng.normal(size=24) for x in fusions_of()}
        >>> fusion_section(scores, [True] * 12 + [False] * 12).topic == TOPIC
        True
    """
    truth = np.asarray(faulty, dtype=bool)
    told = [("visible alone", scores[fusions_of()[0]])]
    told.append(("infrared alone", scores[Fusion("decision", 1.0)]))
    told += [(f"{x}, mean of both", scores[Fusion(x, MEAN)]) for x in LEVELS]
    figures = [_figure(name, values, truth) for name, values in told]
    figures.append(_learned(scores, truth))
    note = (
        f"Chance that a faulty pair scores above a sound one (AUROC), {FAULTY} faulty and {SOUND} "
        "sound rendered pairs in one frame; half of the faults show in light alone, half in warmth "
        f"alone. [95 % intervals] over pairs drawn again. Learned: level and weight chosen on "
        f"{SHOTS} pairs of either kind, counted on the others; mean of {DRAWS} draws, and the "
        "range that holds 95 % of them."
    )
    return Section(TOPIC, note, tuple(figures))


def _figure(name: str, values: NDArray[np.float64], truth: NDArray[np.bool_]) -> Figure:
    def area(chosen: NDArray[np.intp]) -> float:
        its, are = values[chosen], truth[chosen]
        return auroc(its[are], its[~are])

    low, high = bootstrap_interval(
        area,
        [str(x) for x in range(len(truth))],
        strata=[str(x) for x in truth],
    )
    everything = np.arange(len(truth), dtype=np.intp)
    return Figure(TOPIC, name, "AUROC", "builtin/surface", area(everything), len(truth), low, high,
                  command=COMMAND)  # fmt: skip


def _learned(scores: Scores, truth: NDArray[np.bool_]) -> Figure:
    areas = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        shots = np.concatenate(
            [rng.permutation(np.flatnonzero(truth == kind))[:SHOTS] for kind in (True, False)]
        )
        few = {x: values[shots] for x, values in scores.items()}
        values = scores[learned_fusion(few, truth[shots].tolist(), seed=seed).fusion]
        rest = np.ones(len(truth), dtype=bool)
        rest[shots] = False
        areas.append(auroc(values[rest & truth], values[rest & ~truth]))
    low, high = (float(x) for x in np.quantile(areas, [0.025, 0.975]))
    name = f"learned on {SHOTS} and {SHOTS} pairs"
    mean = float(np.mean(areas))
    return Figure(
        TOPIC, name, "AUROC", "builtin/surface", mean, len(truth), low, high, command=COMMAND
    )


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    try:
        section = fusion_section(*scored(quiet=chosen.quiet))
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    page = tables([section], {})
    print(page)
    write_text(chosen.out / "infrared.md", page)
    write_text(chosen.out / "infrared.json", figures_json(section.figures))


if __name__ == "__main__":
    _main()
