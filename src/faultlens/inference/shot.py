"""One part before the camera: its picture, further views of it and the infrared beside it."""

from dataclasses import dataclass

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal


@dataclass(frozen=True, eq=False)
class Shot:
    """What was taken of one part at one time.

    Args:
        image: the picture; results are in its coordinates. None where only infrared was taken.
        views: the same part under other light or from a slightly other angle; see `--views`.
        infrared: the same part in infrared; None where nobody took it.

    Raises:
        UsageError: neither picture nor infrared, or views of no picture.

    Example:
        >>> import numpy as np
        >>> Shot(Image(np.zeros((64, 64), np.uint8))).views
        ()
    """

    image: Image | None
    views: tuple[Image, ...] = ()
    infrared: Thermal | None = None

    def __post_init__(self) -> None:
        if self.image is None and (self.infrared is None or self.views):
            raise UsageError(
                "There is no picture: give image, or infrared alone; views are further pictures of "
                "the part on image."
            )
