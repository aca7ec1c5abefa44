"""Real pictures of shiny parts, looked at with every enhancement of one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faultlens.core.progress import progress
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.evaluation.surface.light_trials import REMEDIES, TAKEN
from faultlens.images.light.enhance import enhanced
from faultlens.images.read import read_image
from faultlens.inference.inspect import inspector
from faultlens.inference.inspector import each_inspected

REAL = {"casting_pump_impeller": "casting", "magnetic_tile": "magnetic tile"}
"""Sets of `shared/data/images` that have sound parts -> the part, as `inspect` is told."""

WAYS = (TAKEN, *REMEDIES)


@dataclass(frozen=True)
class RealTrial:
    """One picture, looked at in one way.

    Args:
        subset: of `REAL`.
        file: the picture.
        damaged: whether it has a defect.
        way: of `WAYS`.
        score: probability of an anomaly.
        left_out: share of the picture that is not judged.
    """

    subset: str
    file: str
    damaged: bool
    way: str
    score: float
    left_out: float


def real_trials(manifest: str | Path, count: int, *, quiet: bool = False) -> list[RealTrial]:
    """Look at pictures of each set, half of them sound, with every enhancement.

    Args:
        manifest: manifest.csv of `shared/data/images`.
        count: of pictures of each set, spread evenly over it.
        quiet: no progress bar.

    Raises:
        InputError: the manifest or a picture cannot be read.

    Example:
        >>> real_trials("nowhere.csv", 2)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: ...
    """
    found = []
    for subset, part in REAL.items():
        ready = inspector(part=part)
        pictures = open_pictures(manifest, subset=subset).pictures
        sound = [x for x in pictures if x.label == NO_DEFECT]
        damaged = [x for x in pictures if x.label != NO_DEFECT]
        chosen = [*_spread(sound, count // 2), *_spread(damaged, count // 2)]
        for each in progress(chosen, label=subset, quiet=quiet):
            taken = read_image(each.path)
            shown = {TAKEN: taken, **{x: enhanced(taken, [x]) for x in REMEDIES}}
            for way, result in zip(shown, each_inspected(ready, shown.values()), strict=True):
                judged = shown[way].judged
                left_out = 0.0 if judged is None else float((~judged).mean())
                hurt = each.label != NO_DEFECT
                found.append(RealTrial(subset, each.file, hurt, way, result.alarm_score, left_out))
    return found


def _spread(pictures: Sequence[LabelledPicture], count: int) -> list[LabelledPicture]:
    step = max(1, len(pictures) // max(count, 1))
    return list(pictures[::step][:count])
