"""Pictures, scans and recordings that are kept: which, where, and with which hash."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from faultlens.core.files import written_whole
from faultlens.core.hashes import file_sha256
from faultlens.images.image import Image
from faultlens.images.write import write_image
from faultlens.line.configuration.line_config import KeepConfig
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.write import write_surface

LOSSLESS_PIXELS = 4 << 20
"""Larger pictures are kept as JPEG: as PNG a picture of a 4K camera takes 0.4 s, as JPEG 0.06 s."""

MOST_PER_SECOND = 5.0
"""Files of one source, kept per second: a burst of defects must not hold up its own alarms."""


@dataclass(frozen=True)
class Kept:
    """Files that were kept of a frame, as paths below the media folder.

    Args:
        preview: small picture; None for none.
        media: the picture, scan or recording; None for none.
        media_sha256: of that file.
    """

    preview: str | None = None
    media: str | None = None
    media_sha256: str | None = None


class MediaKeeper:
    """Keeps files of one source by the policy; used by one thread.

    Args:
        folder: the media folder.
        keep: `[keep]` of line.toml.
        also: each may ask for a file that the policy would pass over, as for an audit.

    A file that cannot be written is not kept, and stands in `failed`.
    """

    def __init__(
        self, folder: Path, keep: KeepConfig, also: Sequence[Callable[[Judged], bool]] = ()
    ) -> None:
        self._folder, self.keep, self._also = folder, keep, also
        self._allowance, self._at_s = MOST_PER_SECOND, monotonic()
        self.failed: OSError | None = None

    def kept(self, judged: Judged, preview: Callable[[], bytes | None]) -> Kept:
        """Keep what the policy says of a frame.

        Args:
            judged: the frame and its verdict.
            preview: makes a small picture of it; None where there is none.
        """
        asked = any(wants(judged) for wants in self._also)
        wanted = asked or wants_media(self.keep, judged)
        if not (wanted or judged.alarm) or not (asked or self._allowed()):
            return Kept()
        try:
            made = _written(self._folder, judged.frame) if wanted else Kept()
            small = preview()
            path = None if small is None else _preview(self._folder, judged.frame, small)
            self.failed = None
            return Kept(path, made.media, made.media_sha256)
        except OSError as error:
            self.failed = error
            return Kept()

    def _allowed(self) -> bool:
        now = monotonic()
        grown = self._allowance + (now - self._at_s) * MOST_PER_SECOND
        self._allowance, self._at_s = min(grown, MOST_PER_SECOND), now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


def wants_media(keep: KeepConfig, judged: Judged) -> bool:
    """Whether the policy keeps the file of a frame; the same for a frame judged again.

    Args:
        keep: `[keep]` of line.toml.
        judged: the frame and its verdict.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> picture = Image(np.zeros((8, 8), np.uint8))
        >>> frame = Frame("7", "belt", datetime(2026, 11, 26, tzinfo=UTC), picture)
        >>> wants_media(KeepConfig(), Judged(frame, "scratch", True, 0.9, 0.5, "m@1", {}))
        True
    """
    if keep.media in ("all", "none"):
        return keep.media == "all"
    if judged.alarm:
        return True
    return keep.media == "sample" and lot(judged.frame, "keep") < keep.sample


def lot(frame: Frame, purpose: str) -> float:
    """A number from 0 to 1 drawn for a frame: evenly spread, and the same when it comes again.

    Args:
        frame: it.
        purpose: what is drawn for; other purposes draw other numbers.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> picture = Image(np.zeros((8, 8), np.uint8))
        >>> frame = Frame("7", "belt", datetime(2026, 11, 26, tzinfo=UTC), picture)
        >>> 0 <= lot(frame, "keep") < 1, lot(frame, "keep") == lot(frame, "keep")
        (True, True)
    """
    return int.from_bytes(_digest(frame, purpose)[:8], "big") / 2**64


def media_path(frame: Frame, suffix: str) -> str:
    """Where a file of a frame lies below the media folder: by source and day.

    Args:
        frame: it; its id may hold anything, and is hashed.
        suffix: as ".png".

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> picture = Image(np.zeros((8, 8), np.uint8))
        >>> time = datetime(2026, 11, 26, tzinfo=UTC)
        >>> media_path(Frame("../../etc/passwd", "../belt", time, picture), ".png")
        '%2E%2E%2Fbelt/2026-11-26/308a1c0e41f33c53e35023b8.png'
    """
    source = quote(frame.source, safe="").replace(".", "%2E")[:120]
    return f"{source}/{frame.time:%Y-%m-%d}/{_digest(frame, 'path').hex()[:24]}{suffix}"


def _written(folder: Path, frame: Frame) -> Kept:
    match frame.payload:
        case Image(pixels=pixels):
            small = pixels.shape[0] * pixels.shape[1] <= LOSSLESS_PIXELS or pixels.dtype != "uint8"
            path = media_path(frame, ".png" if small else ".jpg")
            write_image(folder / path, pixels)
        case Signal():
            path = media_path(frame, ".npz")
            write_signal(folder / path, frame.payload)
        case Surface():
            path = media_path(frame, ".scan.npz")
            write_surface(folder / path, frame.payload)
    return Kept(media=path, media_sha256=file_sha256(folder / path))


def _preview(folder: Path, frame: Frame, preview: bytes) -> str:
    path = media_path(frame, ".preview.jpg")
    with written_whole(folder / path) as temporary:
        temporary.write_bytes(preview)
    return path


def _digest(frame: Frame, purpose: str) -> bytes:
    text = "\0".join((purpose, frame.source, frame.channel, frame.id))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
