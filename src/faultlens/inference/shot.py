"""One part before the camera: its picture, further views of it and the infrared beside it."""

from dataclasses import dataclass

from faultlens.images.image import Image


@dataclass(frozen=True, eq=False)
class Shot:
    """What was taken of one part at one time.

    Args:
        image: the picture; results are in its coordinates.
        views: the same part under other light or from a slightly other angle; see `--views`.
        infrared: the same part in infrared; None where nobody took it.

    Example:
        >>> import numpy as np
        >>> Shot(Image(np.zeros((64, 64), np.uint8))).views
        ()
    """

    image: Image
    views: tuple[Image, ...] = ()
    infrared: Image | None = None
