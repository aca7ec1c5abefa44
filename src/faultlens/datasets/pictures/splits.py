"""Which pictures are references, which calibrate a threshold, and which test, by group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.picture import LabelledPicture

STATED, DRAWN, ALL = "stated split", "normals drawn by group", "all pictures"
"""Protocols: references and calibration from the stated training pictures; from clean groups drawn
at random; or none of either, so that all pictures test."""


@dataclass(frozen=True)
class PictureSplit:
    """One way of parting pictures, as their places in the data set.

    Args:
        protocol: `STATED`, `DRAWN` or `ALL`.
        seed: of what was drawn.
        references: clean pictures, one to a group, that show what is normal.
        calibration: clean pictures, one to a group, that a threshold may be taken from.
        test: pictures that figures are measured on.
        left_out: pictures that share a group with a reference or a calibration picture.
    """

    protocol: str
    seed: int
    references: tuple[int, ...]
    calibration: tuple[int, ...]
    test: tuple[int, ...]
    left_out: tuple[int, ...]


def split_pictures(
    pictures: Sequence[LabelledPicture],
    *,
    references: int = 0,
    calibration: int = 0,
    seed: int = 0,
) -> PictureSplit:
    """Draw references and calibration pictures by group; test on what shares no group with them.

    Both take one picture to a group, since a false-alarm rate counts parts, and pictures of one
    part are one. Where the data set says what is training and what is test, references and
    calibration come from the former and the test is the latter.

    Args:
        pictures: with groups (`duplicates.grouped` gives them to those that have none).
        references: clean pictures wanted as references.
        calibration: clean pictures wanted for a threshold.
        seed: of the draw.

    Raises:
        UsageError: fewer clean groups than are asked for, or nothing left to test on.

    Example:
        >>> from pathlib import Path
        >>> clean = [LabelledPicture(Path(x), x, "no defect", False, 2, 3) for x in "abcd"]
        >>> found = split_pictures(clean, references=1, calibration=1)
        >>> len(found.references), len(found.calibration), len(found.test)
        (1, 1, 2)
    """
    stated = any(x.split == "test" for x in pictures)
    pool = [
        i for i, x in enumerate(pictures) if not x.defective and (not stated or x.split != "test")
    ]
    groups = _drawn_groups(pictures, pool, seed)
    wanted = references + calibration
    if len(groups) < wanted:
        raise UsageError(
            f"{references} references and {calibration} clean pictures for a threshold were asked "
            f"for; there are {len(pool)} clean pictures in {len(groups)} groups to take them from. "
            "Ask for fewer."
        )
    calibrating = [x[0] for x in groups[:calibration]]
    shown = [x[0] for x in groups[calibration:wanted]]
    taken = {pictures[i].key for i in (*calibrating, *shown)}
    free = [i for i, x in enumerate(pictures) if not stated or x.split == "test"]
    test = [i for i in free if pictures[i].key not in taken]
    used = {*shown, *calibrating}
    out = [i for i in free if pictures[i].key in taken and i not in used]
    if not test:
        raise UsageError(
            f"Nothing is left to test on: {len(used)} pictures were taken and {len(out)} share a "
            "group with them. Ask for fewer references."
        )
    protocol = ALL if not used and not stated else STATED if stated else DRAWN
    return PictureSplit(
        protocol, seed, tuple(sorted(shown)), tuple(sorted(calibrating)), tuple(test), tuple(out)
    )


def draws_of(
    pictures: Sequence[LabelledPicture], draws: int, *, references: int = 0, calibration: int = 0
) -> Iterator[PictureSplit]:
    """As many splits as draws, with the seeds from 0 on.

    Args:
        pictures: with groups.
        draws: how many.
        references: clean pictures wanted as references.
        calibration: clean pictures wanted for a threshold.

    Example:
        >>> from pathlib import Path
        >>> clean = [LabelledPicture(Path(x), x, "no defect", False, 2, 3) for x in "abcd"]
        >>> [x.seed for x in draws_of(clean, 2, references=1)]
        [0, 1]
    """
    for seed in range(draws):
        yield split_pictures(pictures, references=references, calibration=calibration, seed=seed)


def _drawn_groups(
    pictures: Sequence[LabelledPicture], pool: Sequence[int], seed: int
) -> list[list[int]]:
    members: dict[str, list[int]] = {}
    for i in pool:
        members.setdefault(pictures[i].key, []).append(i)
    rng = np.random.default_rng(seed)
    keys = sorted(members)
    # Drawn within a group too, since the first of each is taken.
    return [[int(i) for i in rng.permutation(members[keys[k]])] for k in rng.permutation(len(keys))]
