"""Small defects on large frames: found as they are, in a region of interest, and by zooming.

`python -m benches.surface.small` renders 4K frames of metal, paints a defect of
at most 40 px onto each, and inspects both. A defect counts as shown where the hottest point of the
heat map lies on it.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section, figures_json, tables
from faultlens.images.image import Image
from faultlens.images.simulator.onto import render_defect_onto
from faultlens.images.simulator.render import render_surface
from faultlens.inference.inspect import inspect
from faultlens.metrics.classification import auroc
from faultlens.metrics.intervals import bootstrap_interval
from faultlens.runtimes.picture_model import SURFACE_MODEL

COMMAND = "python -m benches.surface.small"
TOPIC = "Small defects on 4K frames"

HEIGHT_PX, WIDTH_PX = 2160, 3840
SMALLEST_PX, LARGEST_PX = 10, 40
"""Longer side of a defect; below 10 px hardly anything but noise is left to be seen."""

DEFECTS = ("crack", "scratch", "dent", "porosity", "inclusion")
WINDOW_PX = 96
"""Side of the square that a defect is drawn in: most are then 10 to 40 px long."""

ROI_PX = (640, 480)
"""Width and height of the region that a user would state: a thirtieth of the frame."""

NEAR_PX = 24
"""How far from the defect the hottest point may lie: three places of the model."""

SHRUNK = 0.35
"""Scale at which a model of 224 px sees a tile of 640 px."""

WAYS: Mapping[str, Mapping[str, Any]] = {
    "as they are": {},
    "--zoom 8": {"zoom": 8},
    "--roi x,y,640,480": {"roi": True},
    "--roi x,y,640,480 --zoom 2": {"roi": True, "zoom": 2},
    f"--scales {SHRUNK}, as a model of 224 px sees tiles": {"scales": (SHRUNK,)},
    f"--scales {SHRUNK} --zoom 8": {"scales": (SHRUNK,), "zoom": 8},
}
"""What is asked of `inspect`, as a command line says it -> its options."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame without and with a small defect.

    Args:
        clean: the frame.
        hurt: the same with the defect.
        box: left, top, width and height of the defect, px.
        roi: left, top, width and height of a region that holds it somewhere, px.
    """

    clean: Image
    hurt: Image
    box: tuple[int, int, int, int]
    roi: tuple[int, int, int, int]


@dataclass
class Answers:
    """What one way said of all frames.

    Args:
        clean: alarm scores of the frames without a defect.
        hurt: alarm scores of those with one.
        shown: whether the hottest point of each lies on its defect.
        seconds: of each frame.
    """

    clean: list[float] = field(default_factory=list)
    hurt: list[float] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def small_frames(
    count: int, *, seed: int = 0, height_px: int = HEIGHT_PX, width_px: int = WIDTH_PX
) -> Iterator[Frame]:
    """Frames with a defect of at most 40 px, rendered one by one.

    Args:
        count: of frames.
        seed: of the first; the same seed renders the same frames.
        height_px: rows.
        width_px: columns.

    Example:
        >>> frame, = small_frames(1, height_px=600, width_px=800)
        >>> max(frame.box[2:]) <= LARGEST_PX
        True
    """
    for number in range(seed, seed + count):
        made = render_surface(
            seed=number, height_px=height_px, width_px=width_px, concept="no_defect", part="sheet"
        )
        hurt, box = _with_defect(made.pixels, DEFECTS[number % len(DEFECTS)], number)
        rng = np.random.default_rng(number)
        starts = []
        for first, length, whole, side in zip(
            box[:2], box[2:], (width_px, height_px), ROI_PX, strict=True
        ):
            low, high = max(0, first + length - side), max(0, min(first, whole - side))
            starts.append(int(rng.integers(low, high + 1)) if high > low else high)
        roi = (starts[0], starts[1], min(ROI_PX[0], width_px), min(ROI_PX[1], height_px))
        yield Frame(Image(made.pixels), Image(hurt), box, roi)


def _with_defect(
    pixels: NDArray[Any], concept: str, seed: int
) -> tuple[NDArray[Any], tuple[int, int, int, int]]:
    for attempt in range(1000):
        made = render_defect_onto(pixels, concept, seed=1000 * seed + attempt, window_px=WINDOW_PX)
        rows, columns = (np.flatnonzero(made.mask.any(axis=x)) for x in (1, 0))
        if not len(rows):
            continue
        box = (
            int(columns[0]), int(rows[0]),
            int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1,
        )  # fmt: skip
        if SMALLEST_PX <= max(box[2:]) <= LARGEST_PX:
            return made.pixels, box
    raise AssertionError(f"a thousand tries drew no {concept} of 10 to 40 px")


def answers_of(
    frames: Sequence[Frame] | Iterator[Frame],
    *,
    total: int,
    model: str = SURFACE_MODEL,
    quiet: bool = False,
) -> dict[str, Answers]:
    """What every way says of every frame.

    Args:
        frames: gone through once.
        total: how many.
        model: as in `inspect`.
        quiet: no progress bar.

    Example:
        >>> sorted(answers_of([], total=0, quiet=True)) == sorted(WAYS)
        True
    """
    answers = {way: Answers() for way in WAYS}
    for frame in progress(frames, label="Frames", total=total, quiet=quiet):
        for way, options in WAYS.items():
            asked = {**options, **({"roi": frame.roi} if "roi" in options else {})}
            its = answers[way]
            started = time.perf_counter()
            hurt = inspect(frame.hurt, defects=DEFECTS, model=model, **asked)
            its.seconds.append(time.perf_counter() - started)
            its.hurt.append(hurt.alarm_score)
            its.shown.append(_is_shown(hurt.heat, frame))
            its.clean.append(
                inspect(frame.clean, defects=DEFECTS, model=model, **asked).alarm_score
            )
    return answers


def _is_shown(heat: NDArray[np.floating] | None, frame: Frame) -> bool:
    assert heat is not None
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    step = frame.hurt.height / heat.shape[0]
    left, top, width, height = frame.box
    x, y = (column + 0.5) * step, (row + 0.5) * step
    return bool(
        left - NEAR_PX <= x <= left + width + NEAR_PX
        and top - NEAR_PX <= y <= top + height + NEAR_PX
    )


def small_section(answers: Mapping[str, Answers], *, model: str = SURFACE_MODEL) -> Section:
    """The answers as a table.

    Args:
        answers: way -> what it said.
        model: that was asked.

    Example:
        >>> one = Answers([0.1], [0.9], [True], [2.0])
        >>> [x.value for x in small_section({"as they are": one}).figures]
        [1.0, 1.0, 2.0]
    """
    figures = [x for way, its in answers.items() for x in _figures(way, its, model)]
    note = (
        f"Rendered frames of {WIDTH_PX} x {HEIGHT_PX} px of thirteen processes, each without and "
        f"with one defect of {SMALLEST_PX} to {LARGEST_PX} px ({', '.join(DEFECTS)}). No profile: "
        "text alone tells frames of one surface from those of another, which a product's own "
        "references would not have to. The region of interest holds the defect somewhere. "
        "[95 % intervals] over frames drawn again."
    )
    return Section(TOPIC, note, tuple(figures))


def _figures(way: str, its: Answers, model: str) -> list[Figure]:
    clean, hurt, shown = (np.array(x, np.float64) for x in (its.clean, its.hurt, its.shown))
    n = len(shown)

    def told_apart(chosen: NDArray[np.intp]) -> float:
        return auroc(hurt[chosen], clean[chosen])

    def on_it(chosen: NDArray[np.intp]) -> float:
        return float(shown[chosen].mean())

    found = []
    for name, figure, unit in (
        ("AUROC, with against without", told_apart, ""),
        ("hottest point on the defect", on_it, OF_N),
    ):
        low, high = bootstrap_interval(figure, [str(i) for i in range(n)])
        value = figure(np.arange(n))
        found.append(
            Figure(TOPIC, way, name, model, value, n, low, high, unit=unit, command=COMMAND)
        )
    seconds = float(np.median(its.seconds))
    return [
        *found,
        Figure(TOPIC, way, "time of a frame", model, seconds, n, unit="s", command=COMMAND),
    ]


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--model", default=SURFACE_MODEL)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    answers = answers_of(
        small_frames(chosen.frames, seed=chosen.seed),
        total=chosen.frames,
        model=chosen.model,
        quiet=chosen.quiet,
    )
    section = small_section(answers, model=chosen.model)
    page = tables([section], {})
    print(page)
    write_text(chosen.out / "small_defects.md", page)
    write_text(chosen.out / "small_defects.json", figures_json(section.figures))


if __name__ == "__main__":
    _main()
