"""`image folders`: a folder per class, named as the class, with pictures inside.

Data card. Layout: `<class>/**/<picture>`, or `{train,test}/<class>/**/<picture>`; a text file of
the same name beside a picture holds its captions, and a class called "unlabelled" is none. Terms
and citation are the owner's. Split rule: near-duplicates are looked for and stay on one side; which
pictures are of one part only the owner knows: a manifest says it (column group).
"""

from pathlib import Path

from faultlens.datasets.dataset import ANYBODYS, DataCard, FailedFile
from faultlens.datasets.folders import SPLITS
from faultlens.datasets.pictures.captions import captions_beside
from faultlens.datasets.pictures.labels import is_unlabelled
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import picture_at, read_pictures, subfolders
from faultlens.datasets.pictures.stated import NOT_PICTURES, pictures_below

CARD = DataCard(
    title="image folders: pictures of your own, a folder per class",
    terms="yours",
    citation="yours",
    split_rule="near-duplicates stay on one side; which pictures show one part, only you know: "
    "list them in a manifest, with the column group",
    traps=(
        "Classes photographed on different days, cameras or lights differ in more than the defect.",
        "Pictures that were turned, mirrored or cut from one another look like many and are one.",
    ),
)


def recognises_class_folders(path: Path) -> bool:
    """Whether a folder holds folders with pictures.

    Args:
        path: the folder.

    Example:
        >>> recognises_class_folders(Path("/nowhere"))
        False
    """
    if not path.is_dir():
        return False
    return any(len(x.relative_to(path).parts) > 1 for x in pictures_below(path))


def read_class_folders(path: Path) -> FoundPictures:
    """Every picture below the folder, labelled by the folder it lies in.

    Args:
        path: holds a folder per class, be it below train and test, or below one folder alone.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("ok_front", "crack"):
        ...     (folder / name).mkdir()
        ...     Image.new("L", (3, 2)).save(folder / name / "a.png")
        >>> [(x.file, x.label) for x in read_class_folders(folder).pictures]
        [('crack/a.png', 'crack'), ('ok_front/a.png', 'no defect')]
    """
    home = _of_classes(path)
    named, failed = [], []
    unlabelled: dict[str, Path] = {}
    for file in pictures_below(path):
        inside = file.relative_to(home).parts if file.is_relative_to(home) else ()
        name = file.relative_to(path).as_posix()
        split = SPLITS.get(inside[0].casefold(), "") if len(inside) > 2 else ""
        classes = inside[1 if split else 0 : -1]
        if classes and is_unlabelled(classes[0]):
            reason = "its folder says that nobody labelled it; only a pretraining takes it."
            failed.append(FailedFile(name, reason))
            unlabelled[name] = file
        elif classes:
            named.append((name, (file, classes[0], split)))
        else:
            unlabelled[name] = file
            reason = "it lies in no folder of a class; move it into one, or use a manifest."
            failed.append(FailedFile(name, reason))

    def read(each: tuple[Path, str, str]) -> LabelledPicture:
        file, called, split = each
        return picture_at(file, path, called, split=split, captions=captions_beside(file))

    found = read_pictures(named, read)
    return FoundPictures(found.pictures, (*failed, *found.failed), unlabelled=unlabelled)


def _of_classes(path: Path) -> Path:
    """The folder whose folders are classes: one that holds nothing but one folder is none."""
    within = [x for x in subfolders(path) if x.name.casefold() not in NOT_PICTURES]
    if len(within) != 1 or not subfolders(within[0]):
        return path
    return path if within[0].name.casefold() in SPLITS else _of_classes(within[0])


LAYOUT = PictureLayout(
    CARD,
    "<class>/<picture>, such as 'crack/0001.png', also below train and test",
    recognises_class_folders,
    read_class_folders,
    rank=ANYBODYS,
)
