"""Pictures in and out of a worker: uploads and URLs read, overlays as PNG."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.fetch import fetch
from faultlens.core.urls import is_url
from faultlens.hosting.task import Task
from faultlens.images.image import Image
from faultlens.images.read import image_of_bytes

LARGEST_FETCH_BYTES = 64 << 20
FETCH_S = 5.0
"""A worker waits for the picture, and does nothing else meanwhile."""


def picture_of(task: Task, *, allow_urls: bool) -> Image:
    """The picture of a task.

    Args:
        task: whose source is a file here, or a URL.
        allow_urls: whether URLs are fetched.

    Raises:
        UnreadableFileError: no picture, or a damaged one.
        TooLargeError: more pixels than are read.
        UnreachableUrlError: a URL that cannot, or may not, be fetched.
        UsageError: a URL, and they are not fetched here.

    Example:
        >>> picture_of(Task("inspect", "http://127.0.0.1/a.png", "a.png"), allow_urls=False)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: This service fetches no URLs; upload the picture itself.
    """
    if is_url(task.source):
        if not allow_urls:
            raise UsageError("This service fetches no URLs; upload the picture itself.")
        fetched = fetch(task.source, largest_bytes=LARGEST_FETCH_BYTES, timeout_s=FETCH_S)
        content = fetched.content
    else:
        content = Path(task.source).read_bytes()
    return image_of_bytes(content, name=task.name, largest_pixels=task.limits.pixels)


def overlay_png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels as PNG.

    Args:
        pixels: (row, column, 3) red, green, blue.

    Example:
        >>> overlay_png(np.zeros((2, 3, 3), np.uint8))[:4]
        b'\\x89PNG'
    """
    from PIL import Image as Pillow

    written = io.BytesIO()
    Pillow.fromarray(pixels).save(written, format="PNG", compress_level=3)
    return written.getvalue()
