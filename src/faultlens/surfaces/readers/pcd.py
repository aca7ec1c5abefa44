"""PCD of the Point Cloud Library: as text, as bytes, and compressed."""

import io
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.contents import (
    ScanContents,
    ScanFile,
    refuse_cut,
    refuse_points,
    stacked,
)
from faultlens.surfaces.readers.lzf import unfold_lzf
from faultlens.surfaces.readers.number_rows import number_rows

LARGEST_HEADER_BYTES = 1 << 16
MOST_FIELDS = 256
LARGEST_COUNT = 4096
"""Values of one field per point; a VFH descriptor has 308."""

_NOBODY_SAID = (0.0, 0.0, 0.0)
"""Every writer states the origin where it knows no viewpoint; so it says nothing."""


@dataclass(frozen=True)
class PcdHeader:
    """The header of a PCD.

    Args:
        fields: names, in order.
        kinds: NumPy's type of each, little endian.
        counts: values of each per point.
        width: points in a row.
        height: rows; 1 for a cloud.
        points: of the file.
        viewpoint: position of the sensor; None where it is the origin.
        data: "ascii", "binary" or "binary_compressed".
        data_at: byte at which they begin.
    """

    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    counts: tuple[int, ...]
    width: int
    height: int
    points: int
    viewpoint: tuple[float, float, float] | None
    data: str
    data_at: int


def read_pcd(file: ScanFile) -> ScanContents:
    """The points of a PCD, with their colours, raster and viewpoint where it has them.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, cut, or without x, y and z.
        TooLargeError: more points than are allowed.

    Source: The PCD file format, version 0.7, pointclouds.org.

    Example:
        >>> content = (b"FIELDS x y z\\nSIZE 4 4 4\\nTYPE F F F\\nWIDTH 2\\nHEIGHT 1\\n"
        ...     b"POINTS 2\\nDATA ascii\\n0 0 1\\n1 0 2\\n")
        >>> read_pcd(ScanFile(content)).points.tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 2.0]]
    """
    header = read_pcd_header(file.content)
    refuse_points(header.points, file.largest_points)
    columns = {"ascii": _text, "binary": _bytes, "binary_compressed": _compressed}[header.data](
        file.content, header
    )
    points = stacked(columns["x"], columns["y"], columns["z"])
    raster = header.height > 1 and header.width * header.height == header.points
    return ScanContents(
        points,
        f"PCD ({header.data.replace('_', ', ')}, {len(points):,} points)",
        grid=(header.height, header.width) if raster else None,
        colours=_colours(columns),
        viewpoint=header.viewpoint,
    )


def read_pcd_header(content: bytes) -> PcdHeader:
    """The header of a PCD.

    Args:
        content: the file, or its start.

    Raises:
        UnreadableFileError: no line DATA, or lines that contradict each other.

    Example:
        >>> header = read_pcd_header(b"FIELDS x y z\\nPOINTS 9\\nDATA ascii\\n")
        >>> header.width, header.height, header.data_at
        (9, 1, 33)
    """
    said: dict[str, list[str]] = {}
    at = 0
    while "DATA" not in said:
        end = content.find(b"\n", at, LARGEST_HEADER_BYTES)
        if end < 0:
            raise UnreadableFileError(
                "is a PCD whose header does not end (no line DATA); it was cut or damaged. Copy it "
                "again."
            )
        line = content[at:end].decode("utf-8", errors="replace").strip()
        at = end + 1
        if line and not line.startswith("#"):
            words = line.split()
            said[{"COLUMNS": "FIELDS"}.get(words[0], words[0])] = words[1:]
    fields = said.get("FIELDS", [])
    sizes = _numbers(said, "SIZE", [4] * len(fields))
    types = said.get("TYPE", ["F"] * len(fields))
    counts = _numbers(said, "COUNT", [1] * len(fields))
    kinds = tuple(_kind(kind, size) for kind, size in zip(types, sizes, strict=False))
    if not {"x", "y", "z"} <= set(fields):
        raise UnreadableFileError(
            f"is a PCD of {', '.join(fields) or 'no fields'}, not of x, y and z; export the points."
        )
    if not len(fields) == len(kinds) == len(sizes) == len(types) == len(counts) <= MOST_FIELDS:
        raise UnreadableFileError(
            f"is a PCD whose header names {len(fields)} fields, {len(types)} types, {len(sizes)} "
            f"sizes and {len(counts)} counts; they must be as many. Export it again."
        )
    if not all(0 <= x <= LARGEST_COUNT for x in counts) or any(
        counts[fields.index(x)] != 1 for x in "xyz"
    ):
        raise UnreadableFileError(
            "is a PCD with a COUNT that no point has; x, y and z are one value each. Export it "
            "again."
        )
    height = _numbers(said, "HEIGHT", [1])[0]
    width = _numbers(said, "WIDTH", _numbers(said, "POINTS", [0]))[0]
    points = _numbers(said, "POINTS", [width * height])[0]
    data = (said["DATA"] or [""])[0].lower()
    if data not in ("ascii", "binary", "binary_compressed"):
        raise UnreadableFileError(
            f"is a PCD with DATA '{data}'; read are ascii, binary and binary_compressed."
        )
    return PcdHeader(
        tuple(fields), kinds, tuple(counts), width, height, points, _viewpoint(said), data, at
    )


def _numbers(said: dict[str, list[str]], name: str, otherwise: list[int]) -> list[int]:
    words = said.get(name)
    if not words:
        return otherwise
    if not all(x.isdecimal() and len(x) <= 18 for x in words):
        raise UnreadableFileError(
            f"is a PCD with the line '{name} {' '.join(words)[:60]}', which holds no counts; "
            "export it again."
        )
    return [int(x) for x in words]


def _kind(kind: str, size: int) -> str:
    name = {"F": "f", "U": "u", "I": "i"}.get(kind.upper())
    allowed = (4, 8) if name == "f" else (1, 2, 4, 8)
    if name is None or size not in allowed:
        raise UnreadableFileError(
            f"is a PCD with values of the type {kind} in {size} bytes; read are F 4 and 8, I and U "
            "1 to 8. Export it again."
        )
    return f"<{name}{size}"


def _viewpoint(said: dict[str, list[str]]) -> tuple[float, float, float] | None:
    try:
        x, y, z = (float(word) for word in said.get("VIEWPOINT", [])[:3])
    except ValueError:
        return None
    place = (x, y, z)
    return None if place == _NOBODY_SAID or not np.isfinite(place).all() else place


def _bytes(content: bytes, header: PcdHeader) -> dict[str, NDArray[np.generic]]:
    row = np.dtype(
        [
            (f"f{n}", kind, (count,)) if count != 1 else (f"f{n}", kind)
            for n, (kind, count) in enumerate(zip(header.kinds, header.counts, strict=True))
        ]
    )
    refuse_cut(len(content) - header.data_at, row.itemsize * header.points)
    rows = np.frombuffer(content, row, header.points, header.data_at)
    return {name: rows[f"f{n}"] for n, name in enumerate(header.fields)}


def _compressed(content: bytes, header: PcdHeader) -> dict[str, NDArray[np.generic]]:
    refuse_cut(len(content) - header.data_at, 8)
    packed, size = struct.unpack_from("<II", content, header.data_at)
    start = header.data_at + 8
    refuse_cut(len(content) - start, packed)
    needed = header.points * sum(
        np.dtype(kind).itemsize * count
        for kind, count in zip(header.kinds, header.counts, strict=True)
    )
    if size != needed:
        raise UnreadableFileError(
            f"is damaged: {header.points:,} points take {needed:,} bytes and its compressed part "
            f"states {size:,}. Copy it again."
        )
    whole = unfold_lzf(content[start : start + packed], size)
    columns: dict[str, NDArray[np.generic]] = {}
    at = 0
    # Compressed ones lie field by field, all points of each.
    for name, kind, count in zip(header.fields, header.kinds, header.counts, strict=True):
        values = np.frombuffer(whole, kind, header.points * count, at)
        columns[name] = values if count == 1 else values.reshape(header.points, count)
        at += values.nbytes
    return columns


def _text(content: bytes, header: PcdHeader) -> dict[str, NDArray[np.generic]]:
    stream = io.BytesIO(content)
    stream.seek(header.data_at)
    rows = number_rows(stream, header.points)
    needed = sum(header.counts)
    if len(rows) < header.points or rows.shape[1] < needed:
        raise UnreadableFileError(
            f"is cut off: its header promises {header.points:,} points of {needed} numbers; "
            f"{len(rows):,} of {rows.shape[1]} are there. Copy it again."
        )
    starts = np.cumsum(header.counts) - header.counts
    return {
        # A packed colour is written as an integer or as the float of the same bits.
        name: rows[:, at].astype(np.float32) if kind == "<f4" else rows[:, at].astype(kind)
        for name, at, kind, count in zip(
            header.fields, starts, header.kinds, header.counts, strict=True
        )
        if count > 0
    }


def _colours(columns: dict[str, NDArray[np.generic]]) -> NDArray[np.uint8] | None:
    packed = columns.get("rgb", columns.get("rgba"))
    if packed is None or packed.dtype.itemsize != 4 or packed.ndim != 1:
        return None
    bits = np.ascontiguousarray(packed).view(np.uint32)
    # All black means that the camera had no colour, as PCL's converters write it.
    if not (bits & 0xFFFFFF).any():
        return None
    return np.stack([bits >> 16 & 255, bits >> 8 & 255, bits & 255], 1).astype(np.uint8)
