"""How fast and how lean `inspect` is: whole command, memory of a large picture, frames a second."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.surface.answers import COMMAND, TILES, Bench
from faultlens.evaluation.figures import OF_N, Figure, Section
from faultlens.evaluation.surface.picture_figures import counted_share
from faultlens.images.image import Image, Pixels
from faultlens.images.simulator.onto import render_defect_onto
from faultlens.images.simulator.render import render_surface
from faultlens.images.write import write_image
from faultlens.inference.frames import SCREEN, ScreenedFrame, each_screened
from faultlens.runtimes.picture_model import load_image_model

SPEED = "Speed and memory"
ONE, LARGE, FRAMES = "one picture, whole command", "8000 x 2000 pixels", "3840 x 2160 frames"
TIME, PEAK, RATE = "time", "peak memory", "frames a second, screened"
FOUND, FLAGGED = "40 px defects found", "clean frames flagged"

REPEATS = 5

FRAME_PX, DEFECT_PX, DISTINCT = (2160, 3840), 40, 40

DEFECTS = ("dent", "pitting", "crack", "scratch")
"""Painted onto the frames in turn: a mark, a field, and two lines."""

AIMS: dict[tuple[str, str, str], float] = {
    (SPEED, ONE, TIME): 2.0,
    (SPEED, LARGE, PEAK): 1000.0,
    (SPEED, FRAMES, RATE): 30.0,
}
"""(topic, subject, name) -> what the figure is to reach: times and memory at most."""

MEASURE_PEAK = (
    "import json, resource, sys; from faultlens.images.read import read_image; "
    "from faultlens.inference.inspect import inspect; "
    "image = read_image(sys.argv[1]); result = inspect(image, model=sys.argv[2]); "
    "print(json.dumps([result.seconds, "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6]))"
)
"""Runs in a process of its own, so that the peak is of one inspection and nothing else."""


def surface_speed_section(bench: Bench, *, repeats: int = REPEATS) -> Section:
    """Time and memory of single pictures, and frames a second of a stream of large ones.

    Args:
        bench: pictures and model.
        repeats: how often each is timed; the median counts.

    Raises:
        InputError: pictures or model cannot be read.

    Example:
        >>> surface_speed_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    tile = bench.pictures(TILES).pictures[0].path
    figures = [*_command(bench, tile, repeats), *_large(bench), *_frames(bench, repeats)]
    threads = os.environ.get("OMP_NUM_THREADS", "as many as cores")
    note = (
        f"On {os.cpu_count()} cores (OMP_NUM_THREADS: {threads}), beside whatever else ran; median "
        f"of {repeats}. Frames are rendered, half of them with a defect of up to {DEFECT_PX} px "
        "painted on, and screened for what is worth a closer look; found is a defect that such a "
        "place holds a part of. Times and memory are to be reached at most."
    )
    return Section(SPEED, note, tuple(figures))


def _command(bench: Bench, tile: Path, repeats: int) -> Iterator[Figure]:
    command = [
        sys.executable, "-m", "faultlens", "inspect", str(tile), "--model", bench.model, "--json"
    ]  # fmt: skip
    seconds = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    # The first run fills the caches of prompts and files.
    yield _of(bench, ONE, TIME, float(np.median(seconds[1:])), repeats, "s")
    yield _of(bench, ONE, "time, first of all", seconds[0], 1, "s")


def _large(bench: Bench) -> Iterator[Figure]:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.png"
        write_image(path, rng.integers(90, 160, (2000, 8000), dtype=np.uint8))
        command = [sys.executable, "-c", MEASURE_PEAK, str(path), bench.model]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak_mb = json.loads(done.stdout)
    yield _of(bench, LARGE, PEAK, peak_mb, 1, "MB")
    yield _of(bench, LARGE, TIME, seconds, 1, "s")


def _frames(bench: Bench, repeats: int) -> Iterator[Figure]:
    model = load_image_model(bench.model)
    if f"{SCREEN}.onnx" not in model.bundle.files:
        return
    frames, masks = large_frames(DISTINCT)
    results: list[ScreenedFrame] = list(each_screened(model, frames))
    rates = []
    for _ in range(repeats):
        started = time.perf_counter()
        results = list(each_screened(model, frames))
        rates.append(len(frames) / (time.perf_counter() - started))
    yield _of(bench, FRAMES, RATE, float(np.median(rates)), len(frames), "per s")
    pairs = list(zip(results, masks, strict=True))
    found = [covers(x, mask) for x, mask in pairs if mask.any()]
    flagged = [bool(x.regions) for x, mask in pairs if not mask.any()]
    for name, hits in ((FOUND, found), (FLAGGED, flagged)):
        share = counted_share(sum(hits), len(hits))
        yield Figure(
            SPEED, FRAMES, name, bench.reference, share.value, share.n, share.low, share.high,
            unit=OF_N, command=COMMAND,
        )  # fmt: skip


def large_frames(
    count: int, size_px: tuple[int, int] = FRAME_PX, seed: int = 0
) -> tuple[list[Image], list[NDArray[np.bool_]]]:
    """Rendered frames of a ground surface, every second one with a small defect.

    Args:
        count: number of frames.
        size_px: height and width.
        seed: of the first.

    Returns:
        the frames, and (row, column) where the defect is, False everywhere on the clean ones.

    Example:
        >>> frames, masks = large_frames(2, (96, 128))
        >>> frames[0].pixels.shape, bool(masks[0].any()), bool(masks[1].any())
        ((96, 128), False, True)
    """
    height, width = size_px
    frames, masks = [], []
    # One texture, moved on between frames: rendering a large one takes longer than judging it.
    ground = render_surface(
        seed=seed, height_px=height, width_px=width, concept="no_defect", process="ground",
        part="sheet", colour=False,
    ).pixels  # fmt: skip
    for i in range(count):
        pixels: Pixels = np.roll(ground, (97 * i, 211 * i), axis=(0, 1))
        mask = np.zeros(pixels.shape[:2], dtype=bool)
        if i % 2:
            made = render_defect_onto(
                pixels, DEFECTS[i // 2 % len(DEFECTS)], seed=seed + i, window_px=DEFECT_PX
            )
            pixels, mask = made.pixels, made.mask
        frames.append(Image(pixels))
        masks.append(mask)
    return frames, masks


def covers(screened: ScreenedFrame, mask: NDArray[np.bool_]) -> bool:
    """Whether a place that is worth a closer look holds a part of the defect.

    Args:
        screened: what the screen says of a frame.
        mask: (row, column) of the frame, True on the defect.

    Example:
        >>> covers(ScreenedFrame(np.zeros((1, 1), np.float32), (), 0.0), np.ones((8, 8), bool))
        False
    """
    for region in screened.regions:
        left, top, width, height = (int(x) for x in region.box)
        if mask[top : top + height, left : left + width].any():
            return True
    return False


def _of(bench: Bench, subject: str, name: str, value: float, n: int, unit: str) -> Figure:
    return Figure(SPEED, subject, name, bench.reference, value, n, unit=unit, command=COMMAND)
