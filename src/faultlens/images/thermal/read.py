"""An infrared picture from a file of any known kind: the one door for all of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import TooLargeError, UsageError
from faultlens.core.fetch import fetch
from faultlens.core.urls import is_url, without_password
from faultlens.images.read import FETCH_TIMEOUT_S
from faultlens.images.readers.reading import reading, refuse_no_file
from faultlens.images.thermal.flir import flir_thermal, is_flir
from faultlens.images.thermal.guide import guide_thermal, is_guide
from faultlens.images.thermal.plain import Scale, plain_thermal, scale_of
from faultlens.images.thermal.thermal import Thermal

LARGEST_PIXELS = 25_000_000
"""The largest detectors have 1280 x 1024; mosaics of twenty of them are read."""

LARGEST_FILE_BYTES = 256 << 20
"""Of a camera's file, held in memory as a whole; the usual is 1 to 5 MB."""


def read_thermal(
    path_or_url: str | Path,
    *,
    celsius_per_step: float | None = None,
    celsius_at_zero: float | None = None,
    allow_private: bool = False,
    largest_pixels: int = LARGEST_PIXELS,
) -> Thermal:
    """Read one infrared picture, in degC where the file or the caller states the scale.

    Args:
        path_or_url: FLIR's R-JPEG or FFF, a file of a Guide TP8S camera, a 16-bit PNG, TIFF or PGM
            with its scale stated, a TIFF of floats in degC; or any picture, grey or in false
            colours, which has no temperatures; a file or an http(s) URL.
        celsius_per_step: degC from one number of the picture to the next; not for cameras' own
            files, which state it themselves.
        celsius_at_zero: degC of the number 0 (kelvin in hundredths: 0.01 and -273.15).
        allow_private: fetch from addresses of the own network too.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: missing, damaged, cut off, or no picture.
        TooLargeError: more pixels than are allowed, or a file of more than 256 MB.
        InputError: temperatures that cannot be.
        UsageError: a step without a zero, a scale for a file that states its own.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "busbar.pgm"
        >>> _ = path.write_bytes(b"P5 2 1 65535\\n" + bytes([117, 48, 127, 255]))
        >>> read_thermal(path, celsius_per_step=0.01, celsius_at_zero=-273.15).celsius.round(2)
        array([[26.85, 54.52]], dtype=float32)
    """
    given = str(path_or_url)
    scale = scale_of(celsius_per_step, celsius_at_zero)
    if isinstance(path_or_url, str) and is_url(given):
        fetched = fetch(
            given,
            largest_bytes=LARGEST_FILE_BYTES,
            timeout_s=FETCH_TIMEOUT_S,
            allow_private=allow_private,
        )
        return thermal_of_bytes(
            fetched.content, name=without_password(given), scale=scale,
            largest_pixels=largest_pixels,
        )  # fmt: skip
    path = Path(path_or_url)
    with reading(given):
        refuse_no_file(path)
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise TooLargeError(
                f"is {path.stat().st_size / 1e6:.0f} MB large; infrared files of up to "
                f"{LARGEST_FILE_BYTES / 1e6:.0f} MB are read. Export the one frame that is meant."
            )
        content = path.read_bytes()
    return thermal_of_bytes(content, name=given, scale=scale, largest_pixels=largest_pixels)


def thermal_of_bytes(
    content: bytes,
    *,
    name: str | None = None,
    scale: Scale | None = None,
    largest_pixels: int = LARGEST_PIXELS,
) -> Thermal:
    """Read one infrared picture out of memory, as `read_thermal` reads a file.

    Args:
        content: the bytes of a whole file.
        name: what to call it in results and messages.
        scale: of its numbers; None where nobody stated it, or the file states it itself.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: damaged, cut off, or no picture.
        TooLargeError: more pixels than are allowed.
        InputError: temperatures that cannot be.
        UsageError: a scale for a file that states its own.

    Example:
        >>> thermal_of_bytes(b"P5 1 1 255\\n\\x07", scale=Scale(0.5, 20.0)).celsius
        array([[23.5]], dtype=float32)
    """
    with reading(name or "The infrared picture"):
        own = _reader_of(content, largest_pixels)
        if own is None:
            found = plain_thermal(content, scale, largest_pixels=largest_pixels)
        elif scale is not None:
            raise UsageError(
                f"{name or 'The infrared picture'} is a camera's own file, which states its scale; "
                "leave celsius_per_step and celsius_at_zero out."
            )
        else:
            found = own(content)
        return replace(found, name=name)


def _reader_of(content: bytes, largest_pixels: int) -> Callable[[bytes], Thermal] | None:
    """The reader of a camera's own file; None for any other picture."""
    if is_flir(content):
        return lambda x: flir_thermal(x, largest_pixels=largest_pixels)
    return guide_thermal if is_guide(content) else None
