"""Many pictures, one after the other: files, folders, globs and URLs; a bad one stops nothing."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from glob import glob
from itertools import chain
from pathlib import Path

from faultlens.core.errors import FaultlensError
from faultlens.core.urls import is_url, without_password
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.images.stated_roi import Roi, looked_at
from faultlens.images.thermal.read import read_thermal
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import Inspector, each_looked_at
from faultlens.inference.named_files import ending_in, named_files
from faultlens.inference.preprocessing import Looked, looked
from faultlens.inference.shot_files import ShotFiles, read_shot
from faultlens.runtimes.picture_tiles import refuse_unseen

PICTURES = (
    ".bmp", ".gif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif",
    ".tiff", ".webp",
)  # fmt: skip
"""Suffixes of the files of a folder that count as pictures; a file named by itself may have any."""


@dataclass(frozen=True)
class PictureOutcome:
    """What became of one picture: a result, or the reason why there is none.

    Args:
        file: the file or URL, as it is told; a password in a URL is masked.
        result: what was found on it; None where it failed.
        reason: what is wrong with it, in words; None where it did not fail.
    """

    file: str
    result: Inspection | None = None
    reason: str | None = None


def expand_pictures(patterns: Sequence[str | Path]) -> tuple[str, ...]:
    """Files and URLs that names, globs, folders and URLs stand for, in a fixed order, each once.

    Of a folder every file counts whose suffix is that of a picture; its subfolders do not.

    Args:
        patterns: file names, globs ("shots/*.png"), folders and http(s) URLs.

    Raises:
        UnreadableFileError: a glob or a folder that holds no picture, or an empty name.

    Example:
        >>> expand_pictures(["/nowhere/a.png", "https://example.org/b.jpg", "/nowhere/a.png"])
        ('/nowhere/a.png', 'https://example.org/b.jpg')
    """
    found: dict[str, str] = {}
    for pattern in map(str, patterns):
        for name in [pattern] if is_url(pattern) else _inside(pattern):
            found.setdefault(name if is_url(name) else os.path.abspath(name), name)
    return tuple(found.values())


def are_pictures(patterns: Sequence[str | Path]) -> bool:
    """Whether names stand for pictures rather than recordings, by the first that says so.

    Args:
        patterns: file names, globs, folders and URLs.

    Example:
        >>> [are_pictures([x]) for x in ("shots/a.PNG", "pump7.csv", "shots/*.tif")]
        [True, False, True]
    """
    for pattern in map(str, patterns):
        if is_url(pattern) or pattern.lower().endswith(PICTURES):
            return True
        if os.path.isdir(pattern):
            return any(x.lower().endswith(PICTURES) for x in os.listdir(pattern))
        if any(x.lower().endswith(PICTURES) for x in glob(pattern, recursive=True)):
            return True
    return False


def _inside(pattern: str) -> list[str]:
    known = f"known suffixes: {', '.join(PICTURES)}"
    return named_files(
        pattern, lambda names: ending_in(names, PICTURES), what="picture", known=known
    )


@dataclass(frozen=True)
class PictureFiles:
    """Pictures on disk, or behind URLs, that are read when they are gone through.

    Args:
        files: names and URLs.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody said.
        allow_private: whether URLs may lead into the own network.

    Example:
        >>> len(PictureFiles(("a.png", "b.png")))
        2
    """

    files: tuple[str, ...]
    mm_per_pixel: float | None = None
    allow_private: bool = False

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, item: object) -> bool:
        return item in self.files

    def __iter__(self) -> Iterator[Image]:
        for file in self.files:
            image = read_image(
                file, mm_per_pixel=self.mm_per_pixel, allow_private=self.allow_private
            )
            refuse_unseen(image)
            yield image

    def why_unusable(self, roi: Roi | None = None) -> str | None:
        """Why the first of them that cannot be used cannot, in words; None where all can.

        Args:
            roi: where on them will be looked; None for everywhere.
        """
        try:
            for image in self:
                looked_at(image, roi)
        except (FaultlensError, OSError) as error:
            return reason_of(error)
        return None


def inspect_files(
    ready: Inspector, files: Iterable[str], *, allow_private: bool = False
) -> Iterator[PictureOutcome]:
    """What becomes of each picture, in their order; several are looked at together.

    Args:
        ready: what is the same for all of them.
        files: names and URLs.
        allow_private: whether URLs may lead into the own network.

    Raises:
        BundleError: the model is damaged.

    Example:
        >>> outcome, = inspect_files(None, [])  # no picture, nothing to be said
        Traceback (most recent call last):
            ...
        ValueError: not enough values to unpack (expected 1, got 0)
    """
    return inspect_shots(ready, map(ShotFiles, files), allow_private=allow_private)


def inspect_shots(
    ready: Inspector,
    shots: Iterable[ShotFiles],
    *,
    allow_private: bool = False,
    celsius_per_step: float | None = None,
    celsius_at_zero: float | None = None,
) -> Iterator[PictureOutcome]:
    """What becomes of each part, in their order; several are looked at together.

    Args:
        ready: what is the same for all of them.
        shots: names of what was taken of each.
        allow_private: whether URLs may lead into the own network.
        celsius_per_step: of infrared of 16 bits, see `read_thermal`.
        celsius_at_zero: likewise.

    Raises:
        BundleError: the model is damaged.

    Example:
        >>> list(inspect_shots(None, []))
        []
    """
    told: deque[tuple[str, str | None]] = deque()
    read = partial(read_image, allow_private=allow_private)
    read_infrared = partial(
        read_thermal,
        celsius_per_step=celsius_per_step,
        celsius_at_zero=celsius_at_zero,
        allow_private=allow_private,
    )

    def readable() -> Iterator[Looked]:
        for names in shots:
            shown = without_password(names.name)
            try:
                look = looked(read_shot(names, read, read_infrared), ready.ways)
                refuse_unseen(look.shown, defects=len(ready.question.asked))
            except (FaultlensError, OSError) as error:
                told.append((shown, reason_of(error)))
                continue
            told.append((shown, None))
            yield look

    def failures() -> Iterator[PictureOutcome]:
        while told and told[0][1] is not None:
            file, reason = told.popleft()
            yield PictureOutcome(file, reason=reason)

    looks = readable()
    # A model is asked for nothing until one picture can be read.
    first = next(looks, None)
    yield from failures()
    if first is None:
        return
    for result in each_looked_at(ready, chain([first], looks)):
        yield from failures()
        file, _ = told.popleft()
        yield PictureOutcome(file, result=result)
    yield from failures()


def reason_of(error: Exception) -> str:
    """Why a picture failed, in words.

    Args:
        error: what reading it raised.

    Example:
        >>> reason_of(OSError(28, "No space left on device"))
        'No space left on device.'
    """
    if isinstance(error, OSError):
        return f"{error.strerror or error}."
    return str(error)


def name_of(file: str) -> Path:
    """What a file or URL is called, for the name of what is written about it.

    Args:
        file: a name, or a URL.

    Example:
        >>> name_of("https://example.org/shots/b.jpg?size=large").stem, name_of("c/a.png").stem
        ('b', 'a')
    """
    if not is_url(file):
        return Path(file)
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(file)
    name = unquote(parts.path).rstrip("/").rpartition("/")[2]
    # What a server calls its picture must not lead into another folder here.
    return Path(name.replace("\\", "_").replace("\0", "_") or parts.hostname or "picture")
