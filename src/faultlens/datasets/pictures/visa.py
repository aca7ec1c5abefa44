"""`visa`: the Visual Anomaly data set as published, split by its own CSV.

Data card. Layout: `split_csv/1cls.csv` with the columns object, split, label, image and mask, and
`<object>/image_anno.csv`, which names the defects. Terms: CC BY 4.0. Cite Zou et al., ECCV 2022.
Split rule: that of the CSV. Converted to the layout of MVTec AD, it is read by `mvtec`, without the
names of its defects.
"""

from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import SAID, DataCard
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import lacking_masks, picture_at, read_pictures
from faultlens.datasets.pictures.stated import has_columns, inside, read_rows

CARD = DataCard(
    title="visa: Visual Anomaly data set, 12 objects, as published",
    terms="CC BY 4.0",
    citation="Zou, Jeong, Pemula, Zhang, Dabeer, SPot-the-Difference, ECCV 2022",
    split_rule="that of split_csv/1cls.csv: references and calibration from train, figures on test",
    traps=(
        "A picture with several defects is named by all of them, as one label.",
        "Pixels of a mask are numbers of defects, 1 and up: black to the eye.",
    ),
)

SPLIT = Path("split_csv") / "1cls.csv"
COLUMNS = frozenset({"object", "split", "label", "image", "mask"})


def recognises_visa(path: Path) -> bool:
    """Whether a folder holds VisA's own split_csv/1cls.csv.

    Args:
        path: the folder.

    Example:
        >>> recognises_visa(Path("/nowhere"))
        False
    """
    return has_columns(path / SPLIT, COLUMNS)


def read_visa(path: Path) -> FoundPictures:
    """Every picture that the CSV lists, named as its object's own table does.

    Args:
        path: the folder of split_csv.

    Raises:
        UnreadableFileError: the CSV cannot be read.

    Example:
        >>> read_visa(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/split_csv/1cls.csv is no table ...
    """
    rows = read_rows(path / SPLIT)
    if not rows or not set(rows[0]) >= COLUMNS:
        raise UnreadableFileError(
            f"{path / SPLIT} is not VisA's: it needs the columns {', '.join(sorted(COLUMNS))}."
        )
    names: dict[str, str] = {}
    for home in sorted({x["object"] for x in rows}):
        try:
            for row in read_rows(inside(path, f"{home}/image_anno.csv")):
                names[row.get("image", "")] = row.get("label", "")
        except UnreadableFileError:
            # Without the object's own table a defect keeps the name that the split gives it.
            continue

    def read(row: dict[str, str]) -> LabelledPicture:
        mask = (inside(path, row["mask"]),) if row["mask"] else ()
        return picture_at(
            inside(path, row["image"]),
            path,
            (names.get(row["image"]) or row["label"]).replace(",", " and "),
            split=row["split"].casefold(),
            subset=row["object"],
            masks=mask,
        )

    found = read_pictures(((x["image"], x) for x in rows), read)
    return FoundPictures(found.pictures, (*found.failed, *lacking_masks(found.pictures)))


LAYOUT = PictureLayout(
    CARD, "split_csv/1cls.csv, as VisA is published", recognises_visa, read_visa, rank=SAID
)
