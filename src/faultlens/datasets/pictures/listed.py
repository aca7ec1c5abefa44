"""`picture manifest`: a CSV that lists pictures with what is true of them.

Data card. Layout: a table with the columns image and label or caption, and where known defective (1
or 0), mask (several with | between them; pixels above 127 are on a defect), boxes (a Pascal VOC
file, whose frame is scaled to the picture's), group, split, dataset, and captions (caption,
caption_en, caption_zh; where there is no label they give it). Files are given as seen from the
manifest. Terms and citation are the owner's. Split rule: pictures of one group stay on one side.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import SAID, DataCard, FailedFile
from faultlens.datasets.pictures.boxes import boxes_in
from faultlens.datasets.pictures.captions import COLUMNS as CAPTION_COLUMNS
from faultlens.datasets.pictures.captions import captions_in, label_said
from faultlens.datasets.pictures.labels import label_of
from faultlens.datasets.pictures.picture import (
    NO_DEFECT,
    SOME_DEFECT,
    Box,
    FoundPictures,
    LabelledPicture,
    PictureLayout,
)
from faultlens.datasets.pictures.reading import picture_at, read_pictures
from faultlens.datasets.pictures.stated import has_columns, inside, read_rows

COLUMNS = (
    *("image", "label", "defective", "mask", "boxes", "group", "split", "dataset"),
    *CAPTION_COLUMNS,
)
"""Columns with a meaning; image must be there, and label or a caption."""

HALF = 127
"""A mask that was saved as JPEG, or drawn with soft edges, is on a defect above half white."""

CARD = DataCard(
    title="picture manifest: pictures of your own, listed in a CSV",
    terms="yours",
    citation="yours",
    split_rule="pictures of one group stay on one side; where no group is stated, near-duplicates "
    "are looked for",
    traps=("What the manifest does not state cannot be split by.",),
)

SAYING = ("label", *CAPTION_COLUMNS)
"""One of these must be there beside the picture."""

_NAME = "manifest.csv"


def recognises_listed(path: Path) -> bool:
    """Whether it is a CSV with the columns image and label or caption, or a folder of one.

    Args:
        path: the folder, or the CSV itself.

    Example:
        >>> recognises_listed(Path("/nowhere"))
        False
    """
    file = _file(path)
    return any(has_columns(file, frozenset({"image", x})) for x in SAYING)


def read_listed(path: Path) -> FoundPictures:
    """Every picture of a manifest; a row that cannot be used is named with its reason.

    Args:
        path: the CSV, or the folder of a manifest.csv.

    Raises:
        UnreadableFileError: no table with the columns image and label or caption.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> Image.new("L", (3, 2)).save(folder / "a.png")
        >>> _ = (folder / "manifest.csv").write_text("image,label,group\\na.png,free,m1\\n")
        >>> [(x.label, x.group) for x in read_listed(folder).pictures]
        [('no defect', 'm1')]
    """
    file = _file(path)
    rows = read_rows(file)
    if not rows or "image" not in rows[0] or not set(SAYING) & set(rows[0]):
        raise UnreadableFileError(
            f"{file} is no manifest of pictures: it needs a header with the columns image and "
            f"label or caption, and a row per picture. Further columns with a meaning: "
            f"{', '.join(COLUMNS[2:])}."
        )
    lacking: list[FailedFile] = []
    unlabelled: dict[str, Path] = {}

    def read(row: Mapping[str, str]) -> LabelledPicture:
        image = inside(file.parent, row["image"])
        stated = row.get("defective", "")
        if stated not in ("", "0", "1"):
            raise UnreadableFileError(f"defective is '{stated}'; it must be 1 or 0.")
        captions = captions_in(row)
        called = row.get("label", "") or (label_said(captions) if captions else "")
        called = called or {"0": NO_DEFECT, "1": SOME_DEFECT}.get(stated, "")
        if not called:
            unlabelled[row["image"]] = image
            raise UnreadableFileError(
                "the row says neither label nor caption nor defective; fill in one."
            )
        defective = label_of(called) != NO_DEFECT if not stated else stated == "1"
        if defective != (label_of(called) != NO_DEFECT):
            raise UnreadableFileError(
                f"label '{called}' and defective '{stated}' contradict each other; mend one."
            )
        picture = picture_at(
            image,
            file.parent,
            called,
            group=row.get("group", ""),
            split=row.get("split", "").casefold(),
            subset=row.get("dataset", ""),
            captions=captions,
        )
        return _with_truth(picture, row, file.parent, lacking)

    numbered = [(f"{file.name}, row {i}: {x['image']}", x) for i, x in enumerate(rows, start=2)]
    found = read_pictures(numbered, read)
    return FoundPictures(
        found.pictures,
        (*found.failed, *lacking),
        unlabelled={
            name: unlabelled[x["image"]] for name, x in numbered if x["image"] in unlabelled
        },
    )


def _with_truth(
    picture: LabelledPicture, row: Mapping[str, str], root: Path, lacking: list[FailedFile]
) -> LabelledPicture:
    """The picture with its masks and boxes; what of them cannot be read is named."""
    masks: tuple[Path, ...] = ()
    boxes: tuple[Box, ...] = ()
    try:
        if picture.defective:
            names = [x for x in row.get("mask", "").split("|") if x.strip()]
            masks = tuple(inside(root, x) for x in names)
        if row.get("boxes"):
            boxes = boxes_in(inside(root, row["boxes"]), picture.height_px, picture.width_px)
    except UnreadableFileError as error:
        lacking.append(FailedFile(picture.file, f"{error} It counts by its label alone."))
        masks, boxes = (), ()
    return replace(picture, masks=masks, mask_level=HALF, boxes=boxes)


def _file(path: Path) -> Path:
    return path / _NAME if path.is_dir() else path


LAYOUT = PictureLayout(
    CARD,
    "manifest.csv, or another CSV given itself, with the columns image and label or caption",
    recognises_listed,
    read_listed,
    rank=SAID,
)
