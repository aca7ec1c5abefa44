"""What a file shows, whatever its format: by that it is known again under another name."""

from hashlib import sha256
from pathlib import Path

import numpy as np

from faultlens.core.errors import InputError, UsageError
from faultlens.datasets.corrections.correction import PICTURE, RECORDING
from faultlens.datasets.pictures.listed import HALF
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import SOME_DEFECT
from faultlens.datasets.pictures.reading import picture_at
from faultlens.datasets.pictures.stated import SUFFIXES
from faultlens.signals.sidecar import Sidecar
from faultlens.signals.signal import Bearing


def kind_of(path: Path) -> str:
    """Whether a file is a picture or a recording, by its suffix.

    Args:
        path: the file.

    Example:
        >>> kind_of(Path("a.PNG")), kind_of(Path("pump7.csv"))
        ('picture', 'recording')
    """
    return PICTURE if path.suffix.casefold() in SUFFIXES else RECORDING


def content_of(
    path: Path,
    kind: str,
    *,
    sample_rate_hz: float | None = None,
    channel: str | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
) -> tuple[str, Sidecar | None]:
    """Hash of what a file shows, and what is to be stated beside the copy of a recording.

    Args:
        path: the file.
        kind: `PICTURE` or `RECORDING`.
        sample_rate_hz: of a recording, where the file does not say it.
        channel: of a recording, name or index.
        shaft_rpm: of a recording, revolutions per minute, where the file does not say it.
        bearing: of a recording, where the file does not say it.

    Returns:
        of pixels or samples; and rate, speed, bearing and the like, None for a picture.

    Raises:
        UsageError: options of a recording for a picture.
        InputError: it cannot be read, or samples are missing.

    Example:
        >>> content_of(Path("a.png"), PICTURE, shaft_rpm=1772)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: a.png is a picture, which has no shaft_rpm; leave it out.
    """
    if kind == RECORDING:
        return _of_recording(path, sample_rate_hz, channel, shaft_rpm, bearing)
    given = {"sample_rate_hz": sample_rate_hz, "channel": channel, "shaft_rpm": shaft_rpm,
             "bearing": bearing}  # fmt: skip
    if odd := [x for x, value in given.items() if value is not None]:
        raise UsageError(f"{path} is a picture, which has no {', '.join(odd)}; leave it out.")
    from faultlens.images.read import read_image

    pixels = read_image(path).pixels
    head = f"{pixels.shape} {pixels.dtype.str}\n".encode()
    return sha256(head + np.ascontiguousarray(pixels).tobytes()).hexdigest(), None


def refuse_mask(mask: Path, path: Path, kind: str) -> None:
    """Refuse a mask that shows nothing, or is of another shape than its picture.

    Args:
        mask: the file.
        path: what it is of.
        kind: `PICTURE` or `RECORDING`.

    Raises:
        UsageError: a mask of a recording.
        InputError: it cannot be read, is of another shape, or is nowhere white.

    Example:
        >>> refuse_mask(Path("mask.png"), Path("pump7.csv"), RECORDING)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: pump7.csv is a recording, which has no mask; leave it out.
    """
    if kind == RECORDING:
        raise UsageError(f"{path} is a recording, which has no mask; leave it out.")
    shown = picture_at(path, path.parent, SOME_DEFECT, masks=(mask,), mask_level=HALF)
    drawn = defect_mask(shown)
    if drawn is None or not drawn.any():
        raise InputError(
            f"The mask {mask} is nowhere white: it shows no place. Leave it out, or draw white "
            "where the defect is."
        )


def _of_recording(
    path: Path,
    sample_rate_hz: float | None,
    channel: str | None,
    shaft_rpm: float | None,
    bearing: Bearing | None,
) -> tuple[str, Sidecar]:
    from faultlens.signals.read import read_signal
    from faultlens.signals.sidecar import read_sidecar

    signal = read_signal(path, sample_rate_hz=sample_rate_hz, channel=channel)
    samples = np.ascontiguousarray(signal.samples, dtype="<f4")
    if missing := int(np.sum(~np.isfinite(samples))):
        raise InputError(
            f"{path}: {missing} of {len(samples)} samples are missing or infinite; nothing is "
            "learned from such a recording. Cut it to its whole part first."
        )
    beside = read_sidecar(path) or Sidecar()
    known = Sidecar(
        # As in diagnosis the sidecar beats the caller; and a file whose speed varies tells it
        # better than one number would.
        shaft_rpm=beside.shaft_rpm
        or shaft_rpm
        or (signal.shaft_rpm if signal.speeds_rpm is None else None),
        sample_rate_hz=signal.sample_rate_hz,
        unit=signal.unit,
        bearing=beside.bearing or bearing or signal.bearing,
        asset=signal.asset,
        time=signal.time,
        channel=channel or beside.channel,
    )
    return sha256(samples.data).hexdigest(), known
