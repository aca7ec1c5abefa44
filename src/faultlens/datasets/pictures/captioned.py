"""`captioned pictures`: pictures with a text file of the same name beside each.

Data card. Layout: `<picture>` and `<picture's stem>.txt`, a caption per line, all in one folder or
one folder below it; as tools for training on pictures and words write them. The label is what the
captions say. Terms and citation are the owner's. Split rule: near-duplicates stay on one side.
"""

from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import DataCard
from faultlens.datasets.pictures.captions import captions_beside, label_said
from faultlens.datasets.pictures.picture import FoundPictures, LabelledPicture, PictureLayout
from faultlens.datasets.pictures.reading import picture_at, read_pictures
from faultlens.datasets.pictures.stated import pictures_below

CARD = DataCard(
    title="captioned pictures: pictures of your own, a text file beside each",
    terms="yours",
    citation="yours",
    split_rule="near-duplicates stay on one side; which pictures show one part, only you know: "
    "list them in a manifest, with the columns image, caption and group",
    traps=(
        "A label is what the knowledge base understands of a caption; a caption that names no "
        "defect that it knows is a label of its own.",
    ),
)


def recognises_captioned(path: Path) -> bool:
    """Whether a folder holds pictures in one place, one of them with a caption beside it.

    Args:
        path: the folder.

    Example:
        >>> recognises_captioned(Path("/nowhere"))
        False
    """
    if not path.is_dir():
        return False
    pictures = list(pictures_below(path))
    # Pictures in several folders are labelled by these.
    return len({x.parent for x in pictures}) == 1 and any(map(_said, pictures))


def read_captioned(path: Path) -> FoundPictures:
    """Every picture with its captions; one without is named.

    Args:
        path: the folder.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> Image.new("L", (3, 2)).save(folder / "a.png")
        >>> _ = (folder / "a.txt").write_text("a net of fine cracks")
        >>> [(x.label, x.captions) for x in read_captioned(folder).pictures]
        [('crack', ('a net of fine cracks',))]
    """

    unlabelled: dict[str, Path] = {}

    def read(file: Path) -> LabelledPicture:
        captions = captions_beside(file)
        if not captions:
            unlabelled[file.relative_to(path).as_posix()] = file
            raise UnreadableFileError(
                f"it has no caption; write one into {file.stem}.txt beside it."
            )
        return picture_at(file, path, label_said(captions), captions=captions)

    named = ((x.relative_to(path).as_posix(), x) for x in pictures_below(path))
    return replace(read_pictures(named, read), unlabelled=unlabelled)


def _said(picture: Path) -> bool:
    try:
        return bool(captions_beside(picture))
    except UnreadableFileError:
        return False


LAYOUT = PictureLayout(
    CARD,
    "<picture> with <picture>.txt beside it, such as '0001.png' and '0001.txt', in one folder",
    recognises_captioned,
    read_captioned,
)
