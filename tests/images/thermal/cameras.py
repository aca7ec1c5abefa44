"""Files as infrared cameras write them, made byte by byte after what is published of them.

No FLIR file could be had: these follow ExifTool's description of the records. That an independent
reader (flyr 5.1.0) takes them and says the same is stated where it was seen.
"""

import io
import struct

import numpy as np
from PIL import Image as PillowImage

from faultlens.images.thermal.radiometry import KELVIN, Radiometry
from tests.images.pictures import png, saved

CAMERA = Radiometry(
    planck_r1=21106.77, planck_b=1501.0, planck_f=1.0, planck_o=-7340.0, planck_r2=0.012545258,
    emissivity=0.9, reflected_celsius=22.0, distance_m=5.0, air_celsius=18.0, humidity=0.6,
)  # fmt: skip
"""Constants of a FLIR camera as ExifTool's documentation shows them."""

SCENE = (np.add.outer(np.arange(24.0), 2 * np.arange(32.0)) + 20).astype(np.float64)
"""(row, column) degC, smooth as a scene is."""


FREE_ENTRIES = 2


def camera_record(camera: Radiometry, *, order: str = "<") -> bytes:
    """FLIR's record of the camera's constants."""
    out = bytearray(0x400)
    struct.pack_into(f"{order}H", out, 0, 2)
    kelvin = [x + KELVIN for x in (camera.reflected_celsius, camera.air_celsius)]
    struct.pack_into(f"{order}6f", out, 0x20, camera.emissivity, camera.distance_m, *kelvin,
                     camera.window_celsius + KELVIN, camera.window_transmission)  # fmt: skip
    struct.pack_into(f"{order}f", out, 0x3C, camera.humidity)
    struct.pack_into(f"{order}3f", out, 0x58, camera.planck_r1, camera.planck_b, camera.planck_f)
    struct.pack_into(f"{order}5f", out, 0x70, *camera.air_alpha, *camera.air_beta, camera.air_x)
    struct.pack_into(f"{order}if", out, 0x308, int(camera.planck_o), camera.planck_r2)
    return bytes(out)


def raw_record(counts: np.ndarray, *, as_png: bool, swapped: bool = True) -> bytes:
    """FLIR's record of the detector's counts; its PNGs have their bytes in the wrong order."""
    height, width = counts.shape
    head = struct.pack("<HHH", 2, width, height).ljust(0x20, b"\0")
    if not as_png:
        return head + counts.astype("<u2").tobytes()
    return head + png(counts.byteswap() if swapped else counts)


def visible_record(rgb: np.ndarray, *, as_png: bool) -> bytes:
    """FLIR's record of the visible picture."""
    head = struct.pack("<HHH", 3, rgb.shape[1], rgb.shape[0]).ljust(0x20, b"\0")
    if not as_png:
        return head + saved(rgb, "JPEG", quality=95)
    bands = PillowImage.fromarray(rgb).convert("YCbCr").split()
    return head + saved(np.asarray(PillowImage.merge("RGB", bands)), "PNG")


def fff(records: dict[int, bytes], *, order: str = ">") -> bytes:
    """FLIR's container of records; cameras leave free entries behind those in use."""
    entered = len(records) + FREE_ENTRIES
    start = 0x40 + 0x20 * entered
    entries, bodies = b"", b""
    for number, (kind, body) in enumerate(records.items(), start=1):
        place = start + len(bodies)
        entries += struct.pack(f"{order}HHIIIIIII", kind, 0, 100, number, place, len(body), 0, 0, 0)
        bodies += body
    head = b"FFF\0" + b"test".ljust(16, b"\0") + struct.pack(f"{order}III", 100, 0x40, entered)
    return head.ljust(0x40, b"\0") + entries + bytes(0x20 * FREE_ENTRIES) + bodies


def r_jpeg(content: bytes, *, part_bytes: int = 60_000) -> bytes:
    """A JPEG for eyes with a container of records in its segments."""
    parts = [content[x : x + part_bytes] for x in range(0, len(content), part_bytes)]
    segments = b""
    for number, part in enumerate(parts):
        body = b"FLIR\0\1" + bytes([number, len(parts) - 1]) + part
        segments += b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    stream = io.BytesIO()
    PillowImage.new("RGB", (32, 24), (90, 30, 120)).save(stream, "JPEG")
    plain = stream.getvalue()
    return plain[:2] + segments + plain[2:]


def guide(steps: np.ndarray, rgb: np.ndarray) -> bytes:
    """A file of a Guide TP8S: a JPEG, parameters, values and a bitmap of 16 bits a pixel."""
    preview = saved(np.zeros((288, 384, 3), np.uint8), "JPEG")
    parameters = struct.pack("<II", 384, 288).ljust(36380, b"\0")
    wide = rgb.astype(np.uint16)
    packed = (wide[..., 0] >> 3) << 11 | (wide[..., 1] >> 2) << 5 | wide[..., 2] >> 3
    height, width = packed.shape
    head = b"BM" + struct.pack("<IHHI", 70 + packed.size * 2, 0, 0, 70)
    head += struct.pack("<IiiHHI", 58, width, height, 1, 16, 3)
    bitmap = head.ljust(70, b"\0") + packed.astype("<u2").tobytes()
    return preview + b"\0\0" + parameters + steps.astype("<i2").tobytes() + bitmap
