"""What the layouts share: a picture from its file, and a bad one that does not end the rest."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from faultlens.core.errors import FaultlensError
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.labels import label_of
from faultlens.datasets.pictures.picture import NO_DEFECT, FoundPictures, LabelledPicture
from faultlens.datasets.pictures.stated import picture_size

T = TypeVar("T")


def picture_at(path: Path, root: Path, called: str, **facts: Any) -> LabelledPicture:
    """A picture from its file and the word that its makers use.

    Args:
        path: the file.
        root: folder of the data set.
        called: its label, as given.
        **facts: fields of `LabelledPicture` that are known besides.

    Raises:
        UnreadableFileError: it is no picture.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> Image.new("L", (3, 2)).save(folder / "a.png")
        >>> one = picture_at(folder / "a.png", folder, "pitted_surface")
        >>> one.label, one.defective, (one.height_px, one.width_px)
        ('pitted surface', True, (2, 3))
    """
    height, width = picture_size(path)
    label = label_of(called)
    return LabelledPicture(
        path=path,
        file=path.relative_to(root).as_posix(),
        label=label,
        **{"defective": label != NO_DEFECT, **facts},
        height_px=height,
        width_px=width,
        called=called,
    )


def read_pictures(
    files: Iterable[tuple[str, T]], read: Callable[[T], LabelledPicture]
) -> FoundPictures:
    """Read one picture after the other; a bad one is named with its reason and the rest goes on.

    Args:
        files: (name for messages, what `read` takes).
        read: what it takes -> the picture.

    Example:
        >>> from faultlens.core.errors import UnreadableFileError
        >>> def refuse(file):
        ...     raise UnreadableFileError(f"{file} is empty.")
        >>> read_pictures([("a.png", "a.png")], refuse).failed
        (FailedFile(file='a.png', reason='a.png is empty.'),)
    """
    pictures, failed = [], []
    for name, file in files:
        try:
            pictures.append(read(file))
        except FaultlensError as error:
            failed.append(FailedFile(name, str(error)))
    return FoundPictures(tuple(pictures), tuple(failed))


def subfolders(folder: Path) -> list[Path]:
    """Folders directly in a folder, hidden ones left out, in order of name.

    Args:
        folder: looked into; one that cannot be has none.

    Example:
        >>> subfolders(Path("/nowhere"))
        []
    """
    try:
        return sorted(x for x in folder.iterdir() if x.is_dir() and not x.name.startswith("."))
    except OSError:
        return []


def lacking_masks(pictures: Iterable[LabelledPicture]) -> list[FailedFile]:
    """Pictures that should have a mask and have none: they count by their label alone.

    Args:
        pictures: of a layout that keeps a mask for each defect.

    Example:
        >>> one = LabelledPicture(Path("a.png"), "a.png", "crack", True, 2, 3)
        >>> lacking_masks([one])[0].reason
        'it has no mask; it counts by its label alone.'
    """
    reason = "it has no mask; it counts by its label alone."
    return [FailedFile(x.file, reason) for x in pictures if not x.is_localised]
