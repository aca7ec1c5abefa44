"""From what was taken of a part to the one picture that the model looks at, and where it lies."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from faultlens.core.errors import InputError, UnknownNameError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.roi import Outline, cut_to
from faultlens.images.stated_roi import Roi
from faultlens.inference.shot import Shot

if TYPE_CHECKING:
    from faultlens.inference.infrared.fusion import Fusion
    from faultlens.inference.infrared.paired import Paired

VIEWS_BY = "minimum"
"""How views are fused where nobody says: glare is bright, and no view has it where another has."""


@dataclass(frozen=True, eq=False)
class Preprocessing:
    """What is done to every shot before the model sees it, in this order.

    Args:
        views_by: how several views of one part become one picture.
        fusion: how infrared is brought in; None where it only adds hot spots.
        roi: where to look; None for everywhere.
        enhance: names of `images.light.enhance.ENHANCEMENTS`, in their order.
        views_fixed: whether the camera stood while the views were taken: pixel lies on pixel.

    Raises:
        UnknownNameError: no such way, or no such enhancement.

    Example:
        >>> Preprocessing().enhance
        ()
    """

    views_by: str = VIEWS_BY
    fusion: "Fusion | None" = None
    roi: Roi | None = None
    enhance: tuple[str, ...] = ()
    views_fixed: bool = False

    def __post_init__(self) -> None:
        # Before any work: a slip of the pen must not show after the first model is open.
        if self.views_by != VIEWS_BY:
            from faultlens.images.light.views import FEWEST

            if self.views_by not in FEWEST:
                raise UnknownNameError("way to fuse views", self.views_by, FEWEST)
        if self.enhance:
            from faultlens.images.light.enhance import refuse_unknown

            refuse_unknown(self.enhance)


@dataclass(frozen=True, eq=False)
class Looked:
    """The picture that a model looks at, and where it lies on the one that was given.

    Args:
        given: the picture of the shot; results are in its coordinates and are drawn onto it.
        shown: what the model looks at: a part of `given`, as large or smaller, never scaled.
        top_px: first row of `shown` in `given`.
        left_px: first column of `shown` in `given`.
        outline: the region of interest on `given`; None for all of it.
        pair: what the infrared added; None where there is none.
        beside: the infrared in the frame of `shown`, where the model looks at it too.
        views: how many pictures of the part it was fused from.

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
    outline: Outline | None = None
    pair: "Paired | None" = None
    beside: Image | None = None
    views: int = 1

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a careful engineer would want to know of what was done."""
        return (*self.shown.warnings, *(() if self.pair is None else self.pair.notices))


def looked(shot: Shot, ways: Preprocessing) -> Looked:
    """What a model looks at of a shot: views fused, infrared laid on, cut to the region, enhanced.

    Args:
        shot: of one part.
        ways: what is done to it.

    Raises:
        InputError: views or infrared of another scene; the part is not found, or the region does
            not lie on the picture.

    Example:
        >>> import numpy as np
        >>> shot = Shot(Image(np.zeros((64, 64), np.uint8)))
        >>> looked(shot, Preprocessing()).shown is shot.image
        True
    """
    done = _seen_in_infrared(shot, ways) if shot.infrared is not None else _seen(shot, ways)
    if ways.roi is not None:
        done = _cut(done, ways.roi)
    if ways.enhance:
        from faultlens.images.light.enhance import enhanced

        done = replace(done, shown=enhanced(done.shown, ways.enhance))
    return done


def _seen(shot: Shot, ways: Preprocessing) -> Looked:
    assert shot.image is not None  # a shot without infrared has one
    if not shot.views:
        return Looked(shot.image, shot.image)
    from faultlens.images.light.views import fused_views

    fused = fused_views(shot.image, shot.views, how=ways.views_by, moved=not ways.views_fixed)
    return Looked(shot.image, fused, views=1 + len(shot.views))


def _seen_in_infrared(shot: Shot, ways: Preprocessing) -> Looked:
    from faultlens.inference.infrared.paired import infrared_alone, paired

    assert shot.infrared is not None  # asked before
    thermal = shot.infrared
    if shot.image is None:
        if thermal.visible is not None:
            try:
                pair = paired(thermal.visible, thermal, fusion=ways.fusion)
                return Looked(thermal.visible, pair.looked, pair=pair, beside=pair.beside)
            except InputError:
                # Its own second camera may look elsewhere; nobody claimed that both fit.
                pass
        pair = infrared_alone(thermal)
        return Looked(pair.looked, pair.looked, pair=pair)
    seen = _seen(shot, ways)
    pair = paired(seen.shown, thermal, fusion=ways.fusion)
    return replace(seen, shown=pair.looked, pair=pair, beside=pair.beside)


def _cut(done: Looked, roi: Roi) -> Looked:
    outline = roi.on(done.given)
    cut = cut_to(done.shown, outline)
    beside = None if done.beside is None else cut_to(done.beside, outline).image
    return replace(
        done,
        shown=cut.image,
        top_px=cut.top_px,
        left_px=cut.left_px,
        outline=outline,
        beside=beside,
    )


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
