"""How pictures are looked at: at which scales, in tiles of which size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.tiles import OVERLAP_PX, TILE_PX
from faultlens.runtimes.fields import damaged
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_tiles import SMALLEST_SIDE_PX

MOST_SHRUNK = 3
"""Pictures larger than so many times what the model is used to are looked at in their own size."""

USUAL_PX = "usual_px"
"""Of the preparation: short side of the pictures that a model learned from."""

USUAL_TIMES = "usual_times"
"""Of the preparation: how large pictures are looked at, in that size."""

LARGEST_SCALE, SMALLEST_SCALE = 4.0, 0.1

MOST_SCALES = 5

MOST_ZOOMED = 100
"""Places of one picture that are looked at again: of a 4K frame, a tenth of all it has."""


@dataclass(frozen=True)
class Viewing:
    """How pictures are looked at.

    Args:
        scales: sizes at which each is looked at, in its own; what is said there is averaged. None
            given: the size that the model is used to.
        tile_px: longest side of a tile, pixels at each scale.
        overlap_px: what neighbouring tiles share, pixels.
        zoom: how many of the hottest places are looked at again, enlarged; 0 for none.

    Raises:
        UsageError: no scale, too many, or one out of range; a zoom out of range.

    Example:
        >>> picture = Image(np.zeros((320, 500), np.uint8))
        >>> Viewing().scales_for(picture, usual_px=160), Viewing().scales_for(picture, None)
        ((0.5,), (1.0,))
    """

    scales: tuple[float, ...] = ()
    tile_px: int = TILE_PX
    overlap_px: int = OVERLAP_PX
    zoom: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.zoom <= MOST_ZOOMED:
            raise UsageError(
                f"zoom is {self.zoom}; it is the number of places that are looked at again, "
                f"enlarged, from 0 (none) to {MOST_ZOOMED}, such as 8."
            )
        usable = all(SMALLEST_SCALE <= x <= LARGEST_SCALE for x in self.scales)
        if not (len(self.scales) <= MOST_SCALES and usable):
            raise UsageError(
                f"Scales are {', '.join(f'{x:g}' for x in self.scales)}; give 1 to "
                f"{MOST_SCALES} of them from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}, such as "
                "0.5,1,1.5."
            )

    def scales_for(
        self, image: Image, usual_px: int | None, times: Sequence[float] = (1.0,)
    ) -> tuple[float, ...]:
        """The scales at which one picture is looked at.

        Args:
            image: of any size.
            usual_px: short side of the pictures that the model learned from; None where it does
                not matter to it.
            times: how large it is looked at, in that size, where none was asked for.
        """
        if self.scales:
            return self.scales
        short = min(image.height, image.width)
        # Much smaller, what is small on a large picture would be lost.
        if usual_px is None or short > MOST_SHRUNK * usual_px:
            return (1.0,)
        return tuple(dict.fromkeys(min(1.0, round(x * usual_px / short, 3)) for x in times))


def reference_scale(scales: Sequence[float]) -> float:
    """The scale at which pictures are compared with references: the nearest to their own.

    Args:
        scales: one at least.

    Example:
        >>> reference_scale((0.5, 1.0, 1.5))
        1.0
    """
    return min(scales, key=lambda x: abs(np.log(x)))


def usual_times(model: Model) -> tuple[float, ...]:
    """How large a model looks at pictures by itself, in its usual size; most look once.

    Args:
        model: of the kind "image".

    Raises:
        BundleError: it states something else.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> usual_times(load_model("builtin/text"))
        (1.0,)
    """
    stated = model.bundle.preparation.get(USUAL_TIMES, [1.0])
    if not (
        isinstance(stated, list)
        and 1 <= len(stated) <= MOST_SCALES
        and all(type(x) in (int, float) and SMALLEST_SCALE <= x <= LARGEST_SCALE for x in stated)
    ):
        raise damaged(model.reference, f"its '{USUAL_TIMES}' is {stated!r}, which is no sizes")
    return tuple(float(x) for x in stated)


def usual_short_side(model: Model) -> int | None:
    """Short side of the pictures that a model learned from, pixels.

    Args:
        model: of the kind "image".

    Returns:
        None where the size of a picture does not matter to it.

    Raises:
        BundleError: it states something that is no size.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> usual_short_side(load_model("builtin/text")) is None
        True
    """
    stated = model.bundle.preparation.get(USUAL_PX)
    if stated is not None and not (type(stated) is int and stated >= SMALLEST_SIDE_PX):
        raise damaged(model.reference, f"its '{USUAL_PX}' is {stated!r}, which is no size")
    return stated
