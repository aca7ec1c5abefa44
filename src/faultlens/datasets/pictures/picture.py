"""The records of the folder: a picture with what is true of it, and a data set of them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from faultlens.core.hashes import file_sha256
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.datasets.dataset import NAMED, DataCard, FailedFile

NO_DEFECT, SOME_DEFECT = "no defect", "defect"
"""Label of a clean picture, and of one whose defect nobody named."""


@dataclass(frozen=True)
class Box:
    """A rectangle around a defect, in pixels of the picture.

    Args:
        label: what is in it, in words.
        left_px: its left edge.
        top_px: its upper edge.
        width_px: how wide it is.
        height_px: how high it is.
    """

    label: str
    left_px: float
    top_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True)
class Outline:
    """Where a defect is, as COCO states it: polygons, or run lengths down the columns.

    Args:
        height_px: of the frame that it is drawn in; a picture of another size scales it.
        width_px: of the frame.
        polygons: x and y of each corner, in turn, of each piece.
        runs: lengths of runs of pixels beside and on the defect in turn, column by column.
    """

    height_px: int
    width_px: int
    polygons: tuple[tuple[float, ...], ...] = ()
    runs: tuple[int, ...] = ()


@dataclass(frozen=True)
class LabelledPicture:
    """A picture with what is true of it; its pixels and masks are read when they are asked for.

    Args:
        path: the file.
        file: the same as seen from the folder of the data set.
        label: what is true, in words: "crack", `NO_DEFECT`, or `SOME_DEFECT` where nobody named it.
        defective: whether there is a defect.
        height_px: as its header says.
        width_px: as its header says.
        called: the label as it was given.
        masks: files that show where the defects are; none where nobody drew them.
        mask_level: pixels of a mask above this are on a defect.
        outlines: the same as polygons or runs.
        boxes: rectangles around defects.
        group: what no split may cut, such as near-duplicates or one part; "" where not known.
        split: "train", "validation" or "test", where the data set says so.
        subset: the object, part or set that it belongs to, where there are several.
        captions: what people wrote of it, in sentences.

    Example:
        >>> one = LabelledPicture(Path("a.png"), "a.png", "crack", True, 200, 300)
        >>> one.is_localised, one.key
        (False, 'a.png')
    """

    path: Path
    file: str
    label: str
    defective: bool
    height_px: int
    width_px: int
    called: str = ""
    masks: tuple[Path, ...] = ()
    mask_level: int = 0
    outlines: tuple[Outline, ...] = ()
    boxes: tuple[Box, ...] = ()
    group: str = ""
    split: str = ""
    subset: str = ""
    captions: tuple[str, ...] = ()

    @property
    def is_localised(self) -> bool:
        """Whether every pixel is known to be on or beside a defect."""
        return not self.defective or bool(self.masks or self.outlines)

    @property
    def key(self) -> str:
        """What no split may cut: its group, or itself."""
        return self.group or self.file


@dataclass(frozen=True, eq=False)
class FoundPictures:
    """What a layout read from a folder.

    Args:
        pictures: in the order of their files.
        failed: files that gave none, or lack their mask, with the reason.
        warnings: what a careful engineer would want to know.
        unlabelled: of the failed, name -> picture that nobody labelled; a training can use it.

    Raises:
        UsageError: a warning is plain text, in one language only.
    """

    pictures: tuple[LabelledPicture, ...]
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[Notice, ...] = ()
    unlabelled: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)


@dataclass(frozen=True)
class PictureLayout:
    """How pictures with their truth lie on disk, and how they are read.

    Args:
        card: terms, citation, split rule and traps.
        looks_for: what its folder holds, in words, for messages.
        recognises: folder or file -> whether it is laid out so.
        read: folder or file -> what was found.
        rank: how sure it is where it fits: `SAID`, `NAMED` or `ANYBODYS` of `datasets.dataset`.
    """

    card: DataCard
    looks_for: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], FoundPictures]
    rank: int = NAMED


@dataclass(frozen=True, eq=False)
class PictureDataset:
    """Pictures with what is true of them, and what to know before using them.

    Args:
        name: its layout, as registered.
        pictures: in the order of their files.
        card: terms, citation, split rule and traps.
        failed: files that gave no picture, or lack their mask, with the reason.
        warnings: what a careful engineer would want to know.
        unlabelled: of the failed, name -> picture that nobody labelled; a training can use it.
    """

    name: str
    pictures: tuple[LabelledPicture, ...]
    card: DataCard
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[Notice, ...] = ()
    unlabelled: Mapping[str, Path] = field(default_factory=dict)

    @property
    def labels(self) -> Mapping[str, int]:
        """Label -> pictures."""
        return Counter(x.label for x in self.pictures)

    @property
    def defects(self) -> tuple[str, ...]:
        """The named defects, in alphabetical order."""
        return tuple(sorted(set(self.labels) - {NO_DEFECT, SOME_DEFECT}))

    @cached_property
    def sha256(self) -> str:
        """Hash of labels and files, in order."""
        total = sha256()
        for each in self.pictures:
            total.update(f"{each.label}\n{file_sha256(each.path)}\n".encode())
        return total.hexdigest()
