"""What was pushed, as something to judge: a picture or a recording, by its bytes."""

import tempfile
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import InputError, MissingMetadataError, UnreadableFileError
from faultlens.images.image import Image
from faultlens.images.read import image_of_bytes
from faultlens.images.readers.sniff import HEAD_BYTES, READABLE
from faultlens.images.readers.sniff import kind_of as picture_kind_of
from faultlens.inference.diagnose_file import described
from faultlens.signals.readers.sniff import HEAD_BYTES as SIGNAL_HEAD_BYTES
from faultlens.signals.readers.sniff import KINDS
from faultlens.signals.readers.sniff import kind_of as signal_kind_of
from faultlens.signals.signal import Signal

LARGEST_SAMPLES = 50_000_000
"""Of a recording: half an hour at 25.6 kHz."""


def payload_of(
    content: bytes,
    name: str,
    *,
    mm_per_pixel: float | None = None,
    sample_rate_hz: float | None = None,
    shaft_rpm: float | None = None,
    channel: str | None = None,
) -> Image | Signal:
    """A picture or a recording, whichever the bytes are.

    Args:
        content: of a file of any format that `read_image` or `read_signal` reads.
        name: for messages.
        mm_per_pixel: of a picture.
        sample_rate_hz: of a recording that does not say it.
        shaft_rpm: of a recording.
        channel: of a recording with several; None for the one that its reader takes.

    Raises:
        InputError: it is neither, damaged, or lacks its sampling rate.
        UnknownNameError: no such channel.
        MissingPackageError: a format that needs a package which is not installed.

    Example:
        >>> payload_of(b"P5 2 1 255\\n\\x01\\x02", "frame").pixels
        array([[1, 2]], dtype=uint8)
        >>> payload_of(b"acc (g)\\n0.1\\n0.3\\n", "frame", sample_rate_hz=100.0).samples
        array([0.1, 0.3])
    """
    if picture_kind_of(content[:HEAD_BYTES]) in READABLE:
        return image_of_bytes(content, name=name, mm_per_pixel=mm_per_pixel)
    called, suffix = KINDS[signal_kind_of(content[:SIGNAL_HEAD_BYTES])]
    if not suffix or not content:
        raise UnreadableFileError(
            f"What was sent is {called if content else 'empty'}; send a picture "
            f"({', '.join(READABLE.values())}) or a recording (CSV, MAT, WAV, NPY, NPZ, HDF5)."
        )
    # Readers of recordings want a file: several of them jump to and fro in it.
    with tempfile.TemporaryDirectory(prefix="faultlens-push-") as folder:
        path = Path(folder) / f"frame{suffix}"
        path.write_bytes(content)
        try:
            recording = described(
                path,
                sample_rate_hz=sample_rate_hz,
                channel=channel,
                shaft_rpm=shaft_rpm,
                largest_samples=LARGEST_SAMPLES,
            )
            if recording.sample_rate_hz is None:
                raise MissingMetadataError(
                    f"{name} does not say its sampling rate; send it along as sample_rate_hz=..."
                )
            signal = recording.load()
        except InputError as error:
            raise type(error)(str(error).replace(str(path), name)) from error
    return replace(signal, source=name)
