"""`picture corrections`: pictures that somebody corrected with `faultlens correct`.

Data card. Layout: what `faultlens correct` writes, corrections.json beside records and copies.
Terms and citation are the owner's. Split rule: near-duplicates are looked for and stay on one side.
A file of which two labels are said is left out and named; the last one wins only where it says so
(--replace).
"""

from dataclasses import replace
from pathlib import Path

from faultlens.core.notice import Notice
from faultlens.datasets.corrections.correction import PICTURE, RECORDING, Correction
from faultlens.datasets.corrections.corrections_set import (
    contradicted,
    is_corrections,
    read_corrections,
)
from faultlens.datasets.corrections.recordings import checked_copy
from faultlens.datasets.dataset import SAID, DataCard
from faultlens.datasets.pictures.listed import HALF
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import picture_at, read_pictures
from faultlens.datasets.pictures.stated import inside

CARD = DataCard(
    title="picture corrections: pictures that a person called other than the model, or the same",
    terms="yours",
    citation="yours",
    split_rule="near-duplicates stay on one side; which pictures show one part, only you know",
    traps=(
        "What was corrected is what the model got wrong: it is no fair sample of what comes, and "
        "a score on it says nothing of the others.",
    ),
)


def recognises_picture_corrections(path: Path) -> bool:
    """Whether a folder is a set of corrections that holds pictures.

    Args:
        path: the folder.

    Example:
        >>> recognises_picture_corrections(Path("/nowhere"))
        False
    """
    return is_corrections(path, PICTURE)


def read_picture_corrections(path: Path) -> FoundPictures:
    """Every picture of a set of corrections of which one label holds.

    Args:
        path: folder of the set.

    Example:
        >>> read_picture_corrections(Path("/nowhere")).pictures
        ()
    """
    there = read_corrections(path)
    left_out, notices = contradicted(there, PICTURE)

    def read(each: Correction) -> LabelledPicture:
        picture = picture_at(checked_copy(path, each), path, each.label)
        masks = (inside(path, each.mask),) if each.mask and picture.defective else ()
        return replace(picture, masks=masks, mask_level=HALF)

    found = read_pictures([(x.file, x) for x in there.holding(kind=PICTURE)], read)
    failed = (*there.failed, *left_out, *found.failed)
    if recordings := len(there.holding(kind=RECORDING)):
        notices = (*notices, _also_recordings(recordings))
    return FoundPictures(found.pictures, failed, notices)


def _also_recordings(count: int) -> Notice:
    return Notice(
        en=f"The set also holds corrected recordings ({count}), left out here as they are no "
        "pictures; --dataset corrections reads those.",
        zh=f"该集合还包含被更正的振动记录（{count} 个），因不是图像而未计入；"
        "可用 --dataset corrections 读取。",
    )


LAYOUT = PictureLayout(
    CARD,
    "a folder that faultlens correct wrote, with pictures",
    recognises_picture_corrections,
    read_picture_corrections,
    rank=SAID,
)
