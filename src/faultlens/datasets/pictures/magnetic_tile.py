"""`magnetic_tile`: surface defects of magnetic tiles, as in its makers' repository.

Data card. Layout: `MT_{Blowhole,Break,Crack,Fray,Uneven,Free}/Imgs/*.jpg`, each with its mask as
`*.png` beside it. Masks are antialiased: above 127 is on a defect. Terms: use and cite. Cite Huang,
Qiu, Yuan, Vis. Comput. 36 (2020). Split rule: one tile was photographed under several exposures,
and its pieces overlap; near-duplicates must stay on one side.
"""

from pathlib import Path

from faultlens.datasets.dataset import DataCard
from faultlens.datasets.pictures.listed import HALF
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import (
    lacking_masks,
    picture_at,
    read_pictures,
    subfolders,
)

CARD = DataCard(
    title="magnetic_tile: five defects of magnetic tiles with masks, and clean ones",
    terms="use and cite",
    citation="Huang, Qiu, Yuan, Vis. Comput. 36 (2020)",
    split_rule="one tile was photographed under several exposures, and its pieces overlap: "
    "near-duplicates stay on one side",
    traps=(
        "A reference of a tile that is also in the test finds it again, defect or not.",
        "Masks of clean tiles are there too, and are black.",
    ),
)

PREFIX = "MT_"


def recognises_magnetic_tile(path: Path) -> bool:
    """Whether a folder holds MT_Free or other folders of its makers, with Imgs inside.

    Args:
        path: the folder.

    Example:
        >>> recognises_magnetic_tile(Path("/nowhere"))
        False
    """
    return bool(_classes(path))


def read_magnetic_tile(path: Path) -> FoundPictures:
    """Every picture with the mask beside it.

    Args:
        path: the folder of the MT_ folders.

    Example:
        >>> read_magnetic_tile(Path("/nowhere")).pictures
        ()
    """

    def read(each: tuple[Path, str]) -> LabelledPicture:
        file, called = each
        mask = file.with_suffix(".png")
        masks = (mask,) if mask.is_file() and not called.endswith("Free") else ()
        return picture_at(file, path, called, masks=masks, mask_level=HALF)

    listed = (
        (file.relative_to(path).as_posix(), (file, folder.name))
        for folder in _classes(path)
        for file in sorted((folder / "Imgs").iterdir())
        if file.suffix.casefold() == ".jpg" and not file.name.startswith(".")
    )
    found = read_pictures(listed, read)
    return FoundPictures(found.pictures, (*found.failed, *lacking_masks(found.pictures)))


def _classes(path: Path) -> list[Path]:
    return [x for x in subfolders(path) if x.name.startswith(PREFIX) and (x / "Imgs").is_dir()]


LAYOUT = PictureLayout(
    CARD,
    "MT_Free/Imgs, MT_Crack/Imgs ..., as the makers' repository holds them",
    recognises_magnetic_tile,
    read_magnetic_tile,
)
