"""From what was taken of a part to the one picture that the model looks at, and where it lies."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from faultlens.images.image import Image
from faultlens.inference.shot import Shot

VIEWS_BY = "minimum"
"""How views are fused where nobody says: glare is bright, and no view has it where another has."""


@dataclass(frozen=True)
class Preprocessing:
    """What is done to every shot before the model sees it, in this order.

    Args:
        views_by: how several views of one part become one picture.
        enhance: names of `images.light.enhance.ENHANCEMENTS`, in their order.

    Example:
        >>> Preprocessing().enhance
        ()
    """

    views_by: str = VIEWS_BY
    enhance: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Looked:
    """The picture that a model looks at, and where it lies on the one that was given.

    Args:
        given: the picture of the shot; results are in its coordinates and are drawn onto it.
        shown: what the model looks at: a part of `given`, as large or smaller, never scaled.
        top_px: first row of `shown` in `given`.
        left_px: first column of `shown` in `given`.

    Example:
        >>> import numpy as np
        >>> image = Image(np.zeros((64, 64), np.uint8))
        >>> Looked(image, image).top_px
        0
    """

    given: Image
    shown: Image
    top_px: int = 0
    left_px: int = 0


def looked(shot: Shot, ways: Preprocessing) -> Looked:
    """What a model looks at of a shot: views fused, cut to the region of interest, enhanced.

    Args:
        shot: of one part.
        ways: what is done to it.

    Raises:
        InputError: views that show something else.
        UnknownNameError: no such enhancement.

    Example:
        >>> import numpy as np
        >>> shot = Shot(Image(np.zeros((64, 64), np.uint8)))
        >>> looked(shot, Preprocessing()).shown is shot.image
        True
    """
    shown = shot.image
    if shot.views:
        from faultlens.images.light.views import fused_views

        shown = fused_views(shown, shot.views, how=ways.views_by)
    if ways.enhance:
        from faultlens.images.light.enhance import enhanced

        shown = enhanced(shown, ways.enhance)
    return Looked(shot.image, shown)


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """Pictures of normal parts as a model looks at them, made anew whenever gone through.

    Args:
        images: as they were given.
        ways: what is done to each.

    Example:
        >>> len(Preprocessed((), Preprocessing()))
        0
    """

    images: Collection[Image]
    ways: Preprocessing

    def __len__(self) -> int:
        return len(self.images)

    def __contains__(self, item: object) -> bool:
        return item in self.images

    def __iter__(self) -> Iterator[Image]:
        return (looked(Shot(x), self.ways).shown for x in self.images)
