"""FLIR's radiometric JPEG (R-JPEG) and FFF: counts, the camera's constants, the visible picture.

The records inside are described in ExifTool's FLIR.pm (P. Harvey and others), whose description was
followed; the makers publish none.
"""

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from faultlens.core.errors import InputError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.read import image_of_bytes
from faultlens.images.readers.pillow import read_with_pillow
from faultlens.images.readers.pnm import refuse_size
from faultlens.images.thermal.radiometry import KELVIN, Radiometry, celsius_of
from faultlens.images.thermal.thermal import Thermal

MOST_RECORDS = 1000
"""Entries of the directory; cameras write about 15."""

_RAW, _VISIBLE, _CAMERA = 0x01, 0x0E, 0x20
_HEAD_BYTES, _ENTRY_BYTES, _RECORD_HEAD_BYTES = 0x40, 0x20, 0x20
_CAMERA_BYTES = 0x310
_VERSIONS = range(100, 200)
_PNG = b"\x89PNG"


@dataclass(frozen=True)
class _Record:
    content: bytes
    order: str

    def numbers(self, form: str, at: int) -> tuple[float, ...]:
        return struct.unpack_from(f"{self.order}{form}", self.content, at)


def is_flir(content: bytes) -> bool:
    """Whether a file is FLIR's, by its first bytes or a segment of its JPEG.

    Args:
        content: the whole file.

    Example:
        >>> is_flir(b"FFF\\0" + bytes(60)), is_flir(b"\\xff\\xd8\\xff\\xd9")
        (True, False)
    """
    return content[:4] in (b"FFF\0", b"AFF\0") or next(_chunks(content), None) is not None


def flir_thermal(content: bytes, *, largest_pixels: int) -> Thermal:
    """Temperatures out of a file of FLIR's, and the visible picture that it carries.

    Args:
        content: the whole file.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: parts of it are missing or damaged.
        InputError: constants that no camera can have.

    Example:
        >>> flir_thermal(b"FFF\\0", largest_pixels=100)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off in the head of its FLIR records; ...
    """
    is_bare = content[:4] in (b"FFF\0", b"AFF\0")
    records = _records(content if is_bare else _joined(content))
    missing = [name for key, name in _NEEDED.items() if key not in records]
    if missing:
        raise UnreadableFileError(
            f"is a FLIR file without {' and without '.join(missing)}; an editor may have thrown "
            "them away. Give the file as the camera wrote it."
        )
    counts = _counts(records[_RAW], largest_pixels)
    camera = _camera(records[_CAMERA])
    visible, notices = _visible(records, largest_pixels)
    celsius = celsius_of(counts, camera)
    if not np.isfinite(celsius).any():
        raise InputError(
            "holds counts that its own constants turn into no temperature; give the file as the "
            "camera wrote it."
        )
    done = (
        f"read FLIR counts; degC by the file's Planck constants, emissivity "
        f"{camera.emissivity:.2f}, reflected {camera.reflected_celsius:.1f} degC, "
        f"{camera.distance_m:.1f} m of air"
    )
    return Thermal(celsius, visible=visible, notices=notices, history=(done,))


_NEEDED: Mapping[int, str] = {_RAW: "its counts", _CAMERA: "the camera's constants"}


def _chunks(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Number, last number and bytes of each FLIR segment of a JPEG."""
    at = 2
    while content[:2] == b"\xff\xd8" and at + 4 <= len(content) and content[at] == 0xFF:
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in (0xDA, 0xD9) or size < 2:
            return
        body = content[at + 4 : at + 2 + size]
        if marker == 0xE1 and body[:5] == b"FLIR\0" and len(body) >= 8:
            yield body[6], body[7], body[8:]
        at += 2 + size


def _joined(content: bytes) -> bytes:
    found = list(_chunks(content))
    by_number = {number: body for number, _, body in found}
    last = found[0][1]
    if sorted(by_number) != list(range(last + 1)) or len(found) != last + 1:
        raise UnreadableFileError(
            f"holds {len(found)} of the {last + 1} parts of its FLIR records; copy it again, as "
            "the camera wrote it."
        )
    return b"".join(by_number[x] for x in range(last + 1))


def _records(fff: bytes) -> dict[int, _Record]:
    if len(fff) < _HEAD_BYTES:
        raise UnreadableFileError(
            "is cut off in the head of its FLIR records; copy it again, as the camera wrote it."
        )
    order = next((x for x in "><" if struct.unpack_from(f"{x}I", fff, 0x14)[0] in _VERSIONS), None)
    if order is None:
        raise UnreadableFileError(
            "holds FLIR records of a version that is not known (known: 100 to 199); export it as "
            "a 16-bit TIFF with its scale."
        )
    start, count = struct.unpack_from(f"{order}II", fff, 0x18)
    if count > MOST_RECORDS or start + count * _ENTRY_BYTES > len(fff):
        raise UnreadableFileError(
            f"states {count:,} FLIR records, more than it holds; copy it again, as the camera "
            "wrote it."
        )
    out: dict[int, _Record] = {}
    for number in range(count):
        entry = start + number * _ENTRY_BYTES
        (kind,) = struct.unpack_from(f"{order}H", fff, entry)
        if kind not in (_RAW, _VISIBLE, _CAMERA) or kind in out:
            continue
        place, size = struct.unpack_from(f"{order}II", fff, entry + 0x0C)
        body = fff[place : place + size]
        if len(body) != size or size < _RECORD_HEAD_BYTES:
            raise UnreadableFileError(
                "is cut off in one of its FLIR records; copy it again, as the camera wrote it."
            )
        # Every record begins with a small number, by which its own byte order is told.
        out[kind] = _Record(body, "<" if body[0] else ">")
    return out


def _counts(record: _Record, largest_pixels: int) -> NDArray[np.uint16]:
    width, height = (int(x) for x in record.numbers("HH", 2))
    refuse_size(width, height, largest_pixels)
    data = record.content[_RECORD_HEAD_BYTES:]
    if data[:4] == _PNG:
        decoded = read_with_pillow(io.BytesIO(data), "png", len(data), largest_pixels).pixels
        if decoded.dtype != np.uint16 or decoded.shape != (height, width):
            raise UnreadableFileError(
                f"holds counts of {decoded.shape[1]} x {decoded.shape[0]} pixels of "
                f"{8 * decoded.itemsize} bits and states {width} x {height} of 16; copy it again."
            )
        # Most of FLIR's cameras write a PNG's two bytes in the wrong order; a scene is smooth in
        # the right one.
        counts = decoded.astype(np.uint16)
        return min((counts, counts.byteswap()), key=_roughness)
    if len(data) < 2 * width * height:
        raise UnreadableFileError(
            f"holds {len(data):,} bytes of counts where {width} x {height} pixels need "
            f"{2 * width * height:,}; copy it again."
        )
    raw = np.frombuffer(data, f"{record.order}u2", width * height).reshape(height, width)
    return raw.astype(np.uint16)


def _roughness(counts: NDArray[np.uint16]) -> float:
    wide = counts.astype(np.int32)
    return float(np.abs(np.diff(wide, axis=0)).sum() + np.abs(np.diff(wide, axis=1)).sum())


def _camera(record: _Record) -> Radiometry:
    if len(record.content) < _CAMERA_BYTES:
        raise UnreadableFileError(
            "holds a camera record that is too short for its constants; export it as a 16-bit TIFF "
            "with its scale."
        )
    emissivity, distance, reflected, air, window, transmission = record.numbers("6f", 0x20)
    (humidity,) = record.numbers("f", 0x3C)
    r1, b, f = record.numbers("3f", 0x58)
    alpha1, alpha2, beta1, beta2, x = record.numbers("5f", 0x70)
    offset, r2 = record.numbers("if", 0x308)
    return Radiometry(
        planck_r1=r1,
        planck_b=b,
        planck_f=f,
        planck_o=offset,
        planck_r2=r2,
        emissivity=emissivity,
        reflected_celsius=reflected - KELVIN,
        distance_m=distance,
        air_celsius=air - KELVIN,
        # Some cameras write it in per cent.
        humidity=humidity / 100 if humidity > 2 else humidity,
        window_celsius=window - KELVIN,
        window_transmission=transmission,
        air_alpha=(alpha1, alpha2),
        air_beta=(beta1, beta2),
        air_x=x,
    )


def _visible(
    records: Mapping[int, _Record], largest_pixels: int
) -> tuple[Image | None, tuple[Notice, ...]]:
    if _VISIBLE not in records:
        return None, ()
    data = records[_VISIBLE].content[_RECORD_HEAD_BYTES:]
    # Behind a picture cameras write bytes of their own, which `image_of_bytes` would not mind.
    try:
        image = image_of_bytes(data, name="the visible picture", largest_pixels=largest_pixels)
    except UnreadableFileError:
        return None, (_ABOUT_VISIBLE,)
    if data[:4] == _PNG and image.is_colour:
        rgb = PillowImage.fromarray(image.rgb(), "RGB")
        # FLIR stores luminance and two colour differences where a PNG has red, green and blue.
        bands = PillowImage.merge("YCbCr", rgb.split())
        image = image.derived(np.asarray(bands.convert("RGB")), "YCbCr turned into RGB")
    return image, ()


_ABOUT_VISIBLE = Notice(
    en="The visible picture inside the FLIR file cannot be read; the infrared is used alone.",
    zh="FLIR 文件内的可见光图像无法读取；仅使用红外图像。",
)
