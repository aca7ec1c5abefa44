"""Files of shots: which views and which infrared file belong to which picture, and reading them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.urls import is_url
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.shot import Shot

NOT_INFRARED = (".csv", ".html", ".json", ".md", ".txt", ".xml")
"""Suffixes of what lies beside infrared files and is none."""

_NO_VIEWS = Notice(
    en="None of the views has a name that begins with this picture's: it was looked at alone.",
    zh="没有文件名以该图像名开头的其他视图：仅检查了这一幅。",
)
_NO_INFRARED = Notice(
    en="There is no infrared file of this picture's name: the visible picture was looked at alone.",
    zh="没有与该图像同名的红外文件：仅检查了可见光图像。",
)


@dataclass(frozen=True)
class ShotFiles:
    """Names of what was taken of one part.

    Args:
        file: the picture, a file or URL; None where only infrared was taken.
        views: further pictures of the part.
        infrared: the infrared; None for none.
        notices: what a careful engineer would want to know of how they were found.

    Example:
        >>> ShotFiles("a.png").name
        'a.png'
    """

    file: str | None
    views: tuple[str, ...] = ()
    infrared: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def name(self) -> str:
        """What the shot is called."""
        return self.file or self.infrared or ""

    @property
    def files(self) -> tuple[str, ...]:
        """All that it is read from."""
        return tuple(x for x in (self.file, *self.views, self.infrared) if x is not None)


def shot_files(
    files: Sequence[str], *, views: Sequence[str] = (), infrared: Sequence[str] = ()
) -> tuple[ShotFiles, ...]:
    """Pictures with the views and the infrared that belong to each, by their names.

    A view belongs to the picture with whose name its own begins ("plate7.png", "plate7_left.png");
    of one picture all are, where none does. An infrared file has the picture's name, whatever its
    suffix; of one picture one file may have any name. Without pictures, infrared is looked at
    alone.

    Args:
        files: pictures, files and URLs.
        views: further pictures of the parts.
        infrared: infrared files.

    Raises:
        UsageError: views or infrared that belong to no picture.

    Example:
        >>> both = shot_files(["a/p1.png", "a/p10.png"], views=["v/p1_b.png", "v/p10-b.png"])
        >>> [x.views for x in both]
        [('v/p1_b.png',), ('v/p10-b.png',)]
    """
    if not files:
        return tuple(ShotFiles(None, infrared=x) for x in infrared)
    alone = len(files) == 1
    themselves = {_place(x) for x in files}
    further = [x for x in views if _place(x) not in themselves]
    of_each = {x: tuple(y for y in further if _belongs(y, x)) for x in files}
    heat = {x: _infrared_of(x, infrared) for x in files}
    if alone and further and not any(of_each.values()):
        of_each[files[0]] = tuple(further)
    if alone and len(infrared) == 1:
        heat[files[0]] = infrared[0]
    for given, found, what in ((views, of_each, "view"), (infrared, heat, "infrared file")):
        if given and not any(found.values()):
            raise UsageError(
                f"No {what} belongs to a picture ({os.path.basename(files[0])}"
                f"{'' if alone else ', ...'}): name them as the picture, such as plate7.png and "
                "plate7_2.png."
            )
    return tuple(
        ShotFiles(
            x,
            of_each[x],
            heat[x],
            (
                *((_NO_VIEWS,) if views and not of_each[x] else ()),
                *((_NO_INFRARED,) if infrared and heat[x] is None else ()),
            ),
        )
        for x in files
    )


def expand_infrared(pattern: str) -> tuple[str, ...]:
    """Infrared files that a name, a glob, a folder or a URL stands for, in a fixed order.

    Args:
        pattern: file, glob, folder or http(s) URL.

    Raises:
        UnreadableFileError: a glob or a folder without one.

    Example:
        >>> expand_infrared("/nowhere/a.tiff")
        ('/nowhere/a.tiff',)
    """
    if is_url(pattern) or not (os.path.isdir(pattern) or any(x in pattern for x in "*?[")):
        return (pattern,)
    inside = os.path.join(pattern, "*") if os.path.isdir(pattern) else pattern
    found = tuple(
        x
        for x in sorted(glob(inside, recursive=True))
        if os.path.isfile(x) and not x.lower().endswith(NOT_INFRARED)
    )
    if not found:
        raise UnreadableFileError(f"No infrared file in {pattern}; check the name and the folder.")
    return found


def read_shot(
    names: ShotFiles, read: Callable[[str], Image], read_infrared: Callable[[str], Thermal]
) -> Shot:
    """Read what was taken of one part.

    Args:
        names: of it.
        read: reads a picture.
        read_infrared: reads infrared.

    Raises:
        InputError: a file that cannot be read.

    Example:
        >>> import numpy as np
        >>> blank = Image(np.zeros((16, 16), np.uint8))
        >>> len(read_shot(ShotFiles("a", ("b", "c")), lambda name: blank, None).views)
        2
    """
    image = None if names.file is None else read(names.file)
    if image is not None and names.notices:
        image = replace(image, warnings=(*image.warnings, *names.notices))
    infrared = None if names.infrared is None else read_infrared(names.infrared)
    return Shot(image, tuple(read(x) for x in names.views), infrared)


def _stem(name: str) -> str:
    return Path(name.rpartition("/")[2] if is_url(name) else name).stem.lower()


def _place(name: str) -> str:
    return name if is_url(name) else os.path.abspath(name)


def _belongs(view: str, picture: str) -> bool:
    """Whether a view's name is the picture's, or goes on behind it: plate10 is none of plate1."""
    stem, whole = _stem(view), _stem(picture)
    return stem.startswith(whole) and not stem[len(whole) : len(whole) + 1].isalnum()


def _infrared_of(picture: str, infrared: Sequence[str]) -> str | None:
    stem = _stem(picture)
    return next((x for x in infrared if _stem(x) == stem), None)
