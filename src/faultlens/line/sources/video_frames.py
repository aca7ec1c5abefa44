"""Frames of a video file, decoded one by one by PyAV."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.core.optional import optional_import
from faultlens.images.image import Image

VIDEOS = (".avi", ".h264", ".h265", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".ts", ".webm")
"""Suffixes of files that are read as video."""


def video_frames(path: str | Path) -> Iterator[tuple[Image, float | None]]:
    """Every frame of a video file, with its time from the first, s, where the file says it.

    Args:
        path: of a file.

    Raises:
        UnreadableFileError: it is no video, or is damaged.
        MissingPackageError: PyAV is not installed.

    Example:
        >>> next(video_frames("/nowhere/line.mp4"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/line.mp4 cannot be read as video: ...
    """
    av = optional_import("av", extra="line")
    try:
        # `file:` keeps a name such as "rtsp:x.mp4" from being taken for an address.
        with av.open(f"file:{path}") as opened:
            stream = picture_stream(opened)
            first: float | None = None
            for frame in opened.decode(stream):
                at_s = None if frame.time is None else float(frame.time)
                first = at_s if first is None else first
                yield image_of(frame), None if at_s is None or first is None else at_s - first
    except (av.FFmpegError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read as video: {error}. Give a video file, such as MP4 or MKV."
        ) from error


def image_of(frame: Any, *, grey: bool = False) -> Image:
    """A decoded frame as a picture: grey where the camera is, else red, green and blue.

    Args:
        frame: `av.VideoFrame`.
        grey: whether colour is left out.

    Example:
        >>> av = optional_import("av", extra="line")
        >>> frame = av.VideoFrame.from_ndarray(np.zeros((4, 8), np.uint8), format="gray")
        >>> image_of(frame).pixels.shape
        (4, 8)
    """
    if not grey and not frame.format.name.startswith("gray"):
        return Image(np.ascontiguousarray(frame.to_ndarray(format="rgb24")))
    deep = frame.format.components[0].bits > 8
    return Image(np.ascontiguousarray(frame.to_ndarray(format="gray16le" if deep else "gray")))


def picture_stream(opened: Any) -> Any:
    """The first stream of pictures of what PyAV opened.

    Args:
        opened: `av.container.InputContainer`.

    Raises:
        ValueError: it has none.

    Example:
        >>> from types import SimpleNamespace
        >>> picture_stream(SimpleNamespace(streams=SimpleNamespace(video=[])))
        Traceback (most recent call last):
            ...
        ValueError: it has no pictures
    """
    if not opened.streams.video:
        raise ValueError("it has no pictures")
    stream = opened.streams.video[0]
    # Frames and slices side by side: a 4K frame takes one core longer than it lasts.
    stream.thread_type = "AUTO"
    return stream
