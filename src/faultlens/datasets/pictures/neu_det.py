"""`neu_det`: NEU-DET, six defects of hot-rolled steel strip, as published.

Data card. Layout: `IMAGES/<defect>_<n>.jpg` and `ANNOTATIONS/<defect>_<n>.xml`, or the copy with
`{train,validation}/images/<defect>/` and `{train,validation}/annotations/`. Every picture has a
defect; there are boxes and no masks. Terms: none stated in its repository. Cite Song, Yan, Appl.
Surf. Sci. 285 (2013) and He et al., IEEE Trans. Instrum. Meas. 69 (2020). Split rule: strips are
not told apart, so look for near-duplicates before a score compares train with test.
"""

import re
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import DataCard, FailedFile
from faultlens.datasets.folders import SPLITS
from faultlens.datasets.pictures.boxes import boxes_in
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import picture_at, read_pictures, subfolders
from faultlens.datasets.pictures.stated import pictures_below

DEFECTS = (
    "crazing", "inclusion", "patches", "pitted_surface", "rolled-in_scale", "scratches",
)  # fmt: skip

CARD = DataCard(
    title="neu_det: hot-rolled steel strip, six defects with boxes",
    terms="none stated in its repository",
    citation="Song, Yan, Appl. Surf. Sci. 285 (2013); He et al., IEEE Trans. Instrum. Meas. 69 "
    "(2020)",
    split_rule="no clean pictures: a naming task; strips are not told apart, so look for "
    "near-duplicates before a score compares train with test",
    traps=(
        "Boxes are in a frame of 200 x 200 pixels, also beside pictures of 416 x 416.",
        "Several defects may be in one picture; its name tells the one it was taken for.",
    ),
)

_NAME = re.compile(rf"^({'|'.join(DEFECTS)})_\d+$", re.IGNORECASE)


def recognises_neu_det(path: Path) -> bool:
    """Whether a folder holds pictures and annotations named as NEU-DET names them.

    Args:
        path: the folder, or the one above it.

    Example:
        >>> recognises_neu_det(Path("/nowhere"))
        False
    """
    return bool(_pairs(path))


def read_neu_det(path: Path) -> FoundPictures:
    """Every picture, named by its file, with its boxes.

    Args:
        path: the folder, or the one above it.

    Example:
        >>> read_neu_det(Path("/nowhere")).pictures
        ()
    """
    lacking = []

    def read(each: tuple[Path, Path, str]) -> LabelledPicture:
        file, annotations, split = each
        named = _NAME.match(file.stem)
        if named is None:
            raise UnreadableFileError(
                f"{file.name} is named as none of {', '.join(DEFECTS)} with a number."
            )
        picture = picture_at(file, path, named[1].lower(), split=split)
        try:
            stated = annotations / f"{file.stem}.xml"
            return replace(picture, boxes=boxes_in(stated, picture.height_px, picture.width_px))
        except UnreadableFileError as error:
            lacking.append(FailedFile(picture.file, f"{error} It counts by its label alone."))
            return picture

    listed = (
        (file.relative_to(path).as_posix(), (file, annotations, split))
        for images, annotations, split in _pairs(path)
        for file in pictures_below(images)
    )
    found = read_pictures(listed, read)
    return FoundPictures(found.pictures, (*found.failed, *lacking))


def _pairs(path: Path) -> list[tuple[Path, Path, str]]:
    """Folder of pictures, of annotations, and the split that they stand for."""
    found = []
    for home in (path, *subfolders(path), *(y for x in subfolders(path) for y in subfolders(x))):
        within = {x.name.casefold(): x for x in subfolders(home)}
        if {"images", "annotations"} <= set(within):
            first = next(pictures_below(within["images"]), None)
            if first is not None and _NAME.match(first.stem):
                split = SPLITS.get(home.name.casefold(), "")
                found.append((within["images"], within["annotations"], split))
    return found


LAYOUT = PictureLayout(
    CARD,
    "IMAGES and ANNOTATIONS with files such as 'crazing_1.jpg', as NEU-DET is published",
    recognises_neu_det,
    read_neu_det,
)
