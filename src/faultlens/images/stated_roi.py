"""The region of interest that a user states: numbers, or a picture of the part to find it by."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from faultlens.core.errors import InputError, UsageError
from faultlens.core.hashes import file_sha256
from faultlens.images.image import Image
from faultlens.images.roi import Outline, cut_to, outline_in, outline_of


class Roi(Protocol):
    """A region of interest: stated once for all pictures, or searched for on each."""

    def on(self, image: Image) -> Outline:
        """Where it lies on one picture."""


def roi_of(stated: "str | Sequence[object] | Image | None") -> Roi | None:
    """The region of interest that a user states.

    Args:
        stated: a box (x, y, width, height), a polygon [(x, y), ...], both also as text "x,y,w,h" or
            "x,y;x,y;x,y"; or a picture of the part, or its file, to find it by; None for none.

    Raises:
        UsageError: something else.
        UnreadableFileError: a file that is no picture.

    Example:
        >>> roi_of("10,20,300,200").on(None).bounds
        (10, 20, 310, 220)
    """
    if stated is None:
        return None
    if isinstance(stated, str):
        if (outline := outline_in(stated)) is not None:
            return outline
        from faultlens.images.read import read_image

        stated = read_image(stated)
    if isinstance(stated, Image):
        from faultlens.images.part_search import PartTemplate

        return PartTemplate(stated)
    return outline_of(stated)


@dataclass(frozen=True)
class KeptRoi:
    """A region of interest as a profile keeps it: stated again, and known again.

    Args:
        stated: corners as text, or the path of the picture to find it by; empty for none.
        sha256: hash of that picture; empty for corners.

    Example:
        >>> KeptRoi("10,20;310,20;310,220").opened().on(None).bounds
        (10, 20, 310, 220)
    """

    stated: str = ""
    sha256: str = ""

    def opened(self) -> Roi | None:
        """The region; None for none.

        Raises:
            InputError: the picture to find it by is not there any more, or is another.
        """
        if self.sha256:
            try:
                same = file_sha256(self.stated) == self.sha256
            except OSError as error:
                raise InputError(
                    f"The picture {self.stated}, by which the profile finds the part, cannot be "
                    f"read ({error.strerror}); put it back, or name it with roi= (--roi)."
                ) from error
            if not same:
                raise InputError(
                    f"{self.stated} is not the picture any more by which the profile finds the "
                    "part. Make the profile again with faultlens calibrate."
                )
        return roi_of(self.stated or None)

    def is_like(self, other: "KeptRoi") -> bool:
        """Whether another states the same: the same corners, or the same picture anywhere.

        Args:
            other: to hold against it.
        """
        if self.sha256 or other.sha256:
            return self.sha256 == other.sha256
        return self.stated == other.stated


EVERYWHERE = KeptRoi()
"""No region: the whole picture."""


def kept_roi(stated: "str | Sequence[object] | Image | None") -> KeptRoi:
    """A region of interest as a profile can keep it.

    Args:
        stated: as for `roi_of`.

    Raises:
        UsageError: no region, or a picture without a file, which nobody could find again.
        OSError: the picture cannot be read.

    Example:
        >>> kept_roi("0, 0, 40, 30").stated
        '0,0;40,0;40,30;0,30'
        >>> kept_roi((0, 0, 40, 30)).is_like(kept_roi([(0, 0), (40, 0), (40, 30), (0, 30)]))
        True
    """
    if stated is None:
        return EVERYWHERE
    if isinstance(stated, Image):
        raise UsageError(
            "The region of a profile is found by a picture in memory, which the profile cannot "
            "keep: give its file, a box or a polygon."
        )
    outline = outline_in(stated) if isinstance(stated, str) else outline_of(stated)
    if outline is None:
        return KeptRoi(str(Path(str(stated)).absolute()), file_sha256(str(stated)))
    return KeptRoi(";".join(f"{x:g},{y:g}" for x, y in outline.corners))


def looked_at(image: Image, roi: Roi | None) -> Image:
    """What of a picture is looked at.

    Args:
        image: the whole picture.
        roi: where to look; None for everywhere.

    Raises:
        InputError: the region does not lie on the picture, or is not found there.

    Example:
        >>> import numpy as np
        >>> looked_at(Image(np.zeros((90, 120), np.uint8)), roi_of("20,30,50,40")).width
        50
    """
    return image if roi is None else cut_to(image, roi.on(image)).image
