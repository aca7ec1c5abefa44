"""Rendered parts under glare, looked at with every remedy, and what a model said of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError
from faultlens.core.progress import progress
from faultlens.images.image import Image
from faultlens.images.light.aligned import same_frame
from faultlens.images.light.camera_move import GOOD_FROM, camera_move
from faultlens.images.light.enhance import enhanced
from faultlens.images.light.views import fused, laid_views
from faultlens.images.registration.warp import moved_points
from faultlens.images.simulator.concepts import CLEAN
from faultlens.images.simulator.views import RenderedViews, render_views
from faultlens.inference.inspect import inspector
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import each_inspected
from faultlens.text.defects import defect_set

PLAIN, TAKEN = "no glare", "as taken"
REMEDIES = ("glare", "glare-repair", "clahe", "contrast")
FUSED = ("minimum", "median", "photometric")
SAID = "reflection said"
"""Ways of looking: `PLAIN` is the same part without glare, `SAID` the picture as taken with the
guide's reflection wordings."""
WAYS = (PLAIN, TAKEN, *REMEDIES, *FUSED, SAID)

DEFECTS = ("crack", "scratch", "dent", "pitting", "inclusion")
PROCESSES = (
    "ground",
    "milled",
    "turned",
    "cast",
    "brushed",
    "hot_rolled",
    "blasted",
    "cold_rolled",
)
"""Of the surfaces, in turn; plain polished ones hold nothing that views could be aligned by."""

SIDE_PX, VIEWS = 200, 3
MOVED_PX, TURNED_DEG = 6.0, 1.5
FIRST_SEED = 40_000
"""Far from those that `builtin/surface` and the constants of `images.light` were looked at with."""


@dataclass(frozen=True)
class LightTrial:
    """One part, looked at in one way.

    Args:
        seed: of the part.
        concept: what is on it, "no_defect" for nothing.
        way: of `WAYS`.
        score: probability of an anomaly.
        alarm: whether it alarmed.
        named: key of the defect that was thought likeliest.
        contrast: of the defect against its surroundings, in their spreads; NaN without one.
        refused: whether a view could not be aligned, so that the picture as taken stands in.
    """

    seed: int
    concept: str
    way: str
    score: float
    alarm: bool
    named: str
    contrast: float
    refused: bool


def light_trials(count: int, *, quiet: bool = False) -> list[LightTrial]:
    """Render parts, half of them sound, and look at each in every way.

    Args:
        count: of parts.
        quiet: no progress bar.

    Example:
        >>> sorted({x.way for x in light_trials(1, quiet=True)}) == sorted(WAYS)
        True
    """
    plain = inspector()
    known = [x for x in defect_set() if not x.is_no_defect]
    said = inspector(defects=[x.reflection.en[0] for x in known])
    found = []
    for index in progress(range(count), label="parts", quiet=quiet):
        made = rendered(index)
        shown, refused = _shown(made)
        results = dict(zip(shown, each_inspected(plain, shown.values()), strict=True))
        results[SAID] = next(each_inspected(said, [shown[TAKEN]]))
        shown[SAID] = shown[TAKEN]
        found += [
            LightTrial(
                FIRST_SEED + index,
                made.concept,
                way,
                result.alarm_score,
                result.alarm,
                _named(result),
                contrast_of(shown[way], made.mask),
                refused and way in FUSED,
            )
            for way, result in results.items()
        ]
    return found


def rendered(index: int) -> RenderedViews:
    """The views of one part; every other one is sound.

    Args:
        index: of the part, from 0 on.

    Example:
        >>> rendered(0).concept, rendered(1).concept
        ('crack', 'no_defect')
    """
    return render_views(
        seed=FIRST_SEED + index,
        count=VIEWS,
        height_px=SIDE_PX,
        width_px=SIDE_PX,
        concept=CLEAN if index % 2 else DEFECTS[index // 2 % len(DEFECTS)],
        process=PROCESSES[index // 2 % len(PROCESSES)],
        moved_px=MOVED_PX,
        turned_deg=TURNED_DEG,
    )


def contrast_of(image: Image, mask: NDArray[np.bool_]) -> float:
    """How far a defect stands out, in spreads of what is around it.

    Args:
        image: the picture.
        mask: (row, column) of the defect.

    Returns:
        mean distance from the surroundings' median over their spread; NaN where nothing is judged.

    Example:
        >>> grain = np.random.default_rng(0).normal(120, 5, (40, 40))
        >>> grain[10:14] -= 50
        >>> round(contrast_of(Image(grain.astype(np.uint8)), grain < 90))
        10
    """
    around = ndimage.binary_dilation(mask, iterations=12)
    around &= ~ndimage.binary_dilation(mask, iterations=2)
    inside = mask
    for seen in (image.valid, image.judged):
        if seen is not None:
            around, inside = around & seen, inside & seen
    if not (inside.any() and around.any()):
        return float("nan")
    grey = image.grey()
    usual = float(np.median(grey[around]))
    spread = max(float(grey[around].std()), 1 / 255)
    return float(np.abs(grey[inside] - usual).mean()) / spread


@dataclass(frozen=True)
class MoveTrial:
    """Two views laid on each other.

    Args:
        seed: of the part.
        same: whether both show one part.
        taken: whether the alignment was believed.
        off_px: largest distance of a corner from the truth; NaN for two parts.
    """

    seed: int
    same: bool
    taken: bool
    off_px: float


def move_trials(count: int, *, quiet: bool = False) -> list[MoveTrial]:
    """Align two views of each part, and a view of another part made in the same way.

    Args:
        count: of parts.
        quiet: no progress bar.

    Example:
        >>> [x.same for x in move_trials(1, quiet=True)]
        [True, False]
    """
    corners = np.array([[0, 0], [SIDE_PX - 1, 0], [0, SIDE_PX - 1], [SIDE_PX - 1, SIDE_PX - 1]])
    found = []
    for index in progress(range(count), label="pairs", quiet=quiet):
        made, other = rendered(index), rendered(index + 2 * len(PROCESSES))
        first, second, third = (
            same_frame(Image(x)).grey for x in (*made.views[:2], other.views[1])
        )
        right, wrong = camera_move(first, second), camera_move(first, third)
        apart = moved_points(right.matrix, corners) - moved_points(made.matrices[1], corners)
        off_px = float(np.linalg.norm(apart, axis=1).max())
        seed = FIRST_SEED + index
        found.append(MoveTrial(seed, True, right.quality >= GOOD_FROM, off_px))
        found.append(MoveTrial(seed, False, wrong.quality >= GOOD_FROM, float("nan")))
    return found


def _shown(made: RenderedViews) -> tuple[dict[str, Image], bool]:
    taken = Image(made.views[0])
    shown = {PLAIN: Image(made.plain), TAKEN: taken}
    shown |= {x: enhanced(taken, [x]) for x in REMEDIES}
    try:
        laid = laid_views(taken, [Image(x) for x in made.views[1:]])
    except InputError:
        return shown | dict.fromkeys(FUSED, taken), True
    return shown | {x: fused(laid, how=x) for x in FUSED}, False


def _named(result: Inspection) -> str:
    defects = [x for x in result.findings if x.is_defect]
    return max(defects, key=lambda x: x.score).defect
