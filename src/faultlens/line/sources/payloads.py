"""What was pushed, as something to judge: a picture, a scan or a recording, by its bytes."""

import tempfile
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import InputError, MissingMetadataError, UnreadableFileError
from faultlens.images.image import Image
from faultlens.images.read import image_of_bytes
from faultlens.images.readers.sniff import HEAD_BYTES, READABLE
from faultlens.images.readers.sniff import kind_of as picture_kind_of
from faultlens.inference.diagnose_file import described
from faultlens.line.sources.scan_reading import ScanReading
from faultlens.signals.readers.sniff import HEAD_BYTES as SIGNAL_HEAD_BYTES
from faultlens.signals.readers.sniff import KINDS
from faultlens.signals.readers.sniff import kind_of as signal_kind_of
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface

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
    scans: ScanReading | None = None,
) -> Image | Signal | Surface:
    """A picture, a scan or a recording, whichever the bytes are.

    Args:
        content: of a file of any format that `read_image`, `read_surface` or `read_signal` reads.
        name: for messages.
        mm_per_pixel: of a picture.
        sample_rate_hz: of a recording that does not say it.
        shaft_rpm: of a recording.
        channel: of a recording with several; None for the one that its reader takes.
        scans: how scans are read; None for those that can be nothing else.

    Raises:
        InputError: it is none of them, damaged, or lacks its sampling rate.
        UnknownNameError: no such channel.
        MissingPackageError: a format that needs a package which is not installed.

    Example:
        >>> payload_of(b"P5 2 1 255\\n\\x01\\x02", "frame").pixels
        array([[1, 2]], dtype=uint8)
        >>> payload_of(b"acc (g)\\n0.1\\n0.3\\n", "frame", sample_rate_hz=100.0).samples
        array([0.1, 0.3])
    """
    scans = scans or ScanReading()
    is_picture = picture_kind_of(content[:HEAD_BYTES]) in READABLE
    if scans.always or (not is_picture and scans.holds_scan(content)):
        return scans.surface_of(content, name)
    if is_picture:
        return image_of_bytes(content, name=name, mm_per_pixel=mm_per_pixel)
    called, suffix = KINDS[signal_kind_of(content[:SIGNAL_HEAD_BYTES])]
    if not suffix or not content:
        raise UnreadableFileError(
            f"What was sent is {called if content else 'empty'}; send a picture "
            f"({', '.join(READABLE.values())}), a scan (PLY, PCD, STL, OBJ) or a recording (CSV, "
            "MAT, WAV, NPY, NPZ, HDF5)."
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
