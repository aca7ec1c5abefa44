"""Real pictures of shiny parts, looked at with every enhancement of one picture."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benches.surface.light_trials import REMEDIES, TAKEN, MoveTrial
from faultlens.core.progress import progress
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.images.light.aligned import same_frame
from faultlens.images.light.camera_move import GOOD_FROM, camera_move
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


TILES, FEWEST_VIEWS = "magnetic_tile", 3
"""The set in which tiles were taken again under other lamps, and views that make a tile count."""


def tile_moves(manifest: str | Path, *, quiet: bool = False) -> list[MoveTrial]:
    """Lay the pictures of each tile on its first, and the first of the next tile too.

    Args:
        manifest: manifest.csv of `shared/data/images`.
        quiet: no progress bar.

    Returns:
        one per pair; where the camera truly was, nobody knows.

    Raises:
        InputError: the manifest or a picture cannot be read.

    Example:
        >>> tile_moves("nowhere.csv")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: ...
    """
    tiles = defaultdict(list)
    for each in open_pictures(manifest, subset=TILES).pictures:
        tiles[each.group].append(each.path)
    groups = [x for x in tiles.values() if len(x) >= FEWEST_VIEWS]
    found = []
    for index, (first, *others) in enumerate(progress(groups, label="tiles", quiet=quiet)):
        here = same_frame(read_image(first)).grey
        pairs = [(x, True) for x in others] + [(groups[index - 1][0], False)]
        for path, same in pairs:
            quality = camera_move(here, same_frame(read_image(path)).grey).quality
            found.append(MoveTrial(index, same, quality >= GOOD_FROM, float("nan")))
    return found


def _spread(pictures: Sequence[LabelledPicture], count: int) -> list[LabelledPicture]:
    step = max(1, len(pictures) // max(count, 1))
    return list(pictures[::step][:count])
