"""Whole camera frames at the speed of a line: a cheap look at each, where something might be.

The full model looks at 8 pixels at a time and takes a second for such a frame. The screen looks at
the frame shrunk, and says where a closer look is worth it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.regions import regions_of
from faultlens.images.scaling import shrunk
from faultlens.reports.inspection_view import SpottedRegion
from faultlens.runtimes.golden import checked_runtime
from faultlens.runtimes.image_model import PIXELS, image_threads
from faultlens.runtimes.loaded import Model

SCREEN, HEAT = "screen", "heat"
"""Encoder of a bundle that screens frames, and its output: log odds per patch."""

SHRINK = 2
"""Of 3840 x 2160 pixels, 1920 x 1080 are left; a defect of 40 pixels then spans 20. With 4 most of
those went by, with 1 the metal's own grain stood out (16 rendered frames, none of the bench)."""

LEVEL = 0.3
"""Heat from which a place is worth a closer look: above every sound one of these frames."""

PATCH_PX = 8
"""Pixels of the shrunk frame that one point of the heat stands for."""

MOST_REGIONS = 20
"""Places of one frame: where more stand out, the frame as a whole does."""

AHEAD = 2
"""Frames in work for each thread: while one is judged, the next is shrunk."""


@dataclass(frozen=True, eq=False)
class ScreenedFrame:
    """What the screen says of one frame.

    Args:
        heat: (row, column) of a grid over the whole frame, 0 to 1.
        regions: places that are worth a closer look, hottest first; pixels of the frame.
        score: greatest heat.
    """

    heat: NDArray[np.float32]
    regions: tuple[SpottedRegion, ...]
    score: float


def each_screened(
    model: Model,
    frames: Iterable[Image],
    *,
    shrink: int = SHRINK,
    level: float = LEVEL,
    threads: int | None = None,
) -> Iterator[ScreenedFrame]:
    """Where on frames something might be, one by one in their order.

    Frames are taken as they are needed, a few ahead, and judged side by side on several threads.

    Args:
        model: of the kind "image", with a screen.
        frames: any number, also from a camera.
        shrink: how many pixels become one along each side.
        level: heat from which a place counts.
        threads: processor threads; None for those that this process may use.

    Raises:
        UsageError: a model without a screen.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> next(each_screened(load_model("builtin/text"), []))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... has no screen for frames; ...
    """
    if f"{SCREEN}.onnx" not in model.bundle.files:
        raise UsageError(
            f"{model.reference} has no screen for frames; give builtin/surface, or look at single "
            "pictures with inspect."
        )
    # One thread each: two passes side by side beat one on two threads.
    runtime = checked_runtime(model.bundle, SCREEN, threads=1)

    def screened(frame: Image) -> ScreenedFrame:
        found = runtime.outputs({PIXELS: _shown(frame, shrink)}, [HEAT])
        heat = np.asarray(0.5 * (1 + np.tanh(0.5 * found[HEAT][0])), dtype=np.float32)
        return _told(heat, frame, shrink, level)

    workers = image_threads() if threads is None else threads
    yield from _side_by_side(screened, frames, workers)


def _side_by_side(
    work: Callable[[Image], ScreenedFrame], frames: Iterable[Image], workers: int
) -> Iterator[ScreenedFrame]:
    waiting: deque[Future[ScreenedFrame]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for frame in frames:
            waiting.append(pool.submit(work, frame))
            if len(waiting) >= workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _shown(frame: Image, shrink: int) -> NDArray[np.float32]:
    """(1, 1, row, column) grey, shrunk, filled up to whole patches."""
    # Green has most of the light, and all three would take four times as long to shrink.
    grey: Any = np.ascontiguousarray(frame.pixels[..., 1]) if frame.is_colour else frame.pixels
    small = shrunk(grey, shrink)
    full = np.float32(np.iinfo(small.dtype).max)
    rest = [-x % PATCH_PX for x in small.shape]
    filled = np.pad(small.astype(np.float32), ((0, rest[0]), (0, rest[1])), mode="edge")
    return np.asarray(filled / full, dtype=np.float32)[None, None]


def _told(heat: NDArray[np.float32], frame: Image, shrink: int, level: float) -> ScreenedFrame:
    side = shrink * PATCH_PX
    regions = []
    for x in regions_of(heat, level, join_px=1, smallest_px=1, most=MOST_REGIONS):
        left, top, width, height = (side * each for each in x.box)
        box = (
            float(left), float(top),
            float(min(width, frame.width - left)), float(min(height, frame.height - top)),
        )  # fmt: skip
        regions.append(SpottedRegion(box, x.score))
    return ScreenedFrame(heat, tuple(regions), float(heat.max()))
