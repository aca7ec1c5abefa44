"""X3P of ISO 25178-72: a raster or a cloud of metres, as bytes or as text in its XML."""

import hashlib
import zipfile

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.contents import ScanContents, ScanFile, refuse_cut, refuse_points
from faultlens.surfaces.readers.members import member_bytes, opened_archive
from faultlens.surfaces.readers.x3p_header import LARGEST_XML_BYTES, X3pHeader, read_x3p_header

_TYPES = {"I": "<i2", "L": "<i4", "F": "<f4", "D": "<f8"}
_AXES = ("CX", "CY", "CZ")
_LINK = "Record3/DataLink/"


def read_x3p(file: ScanFile) -> ScanContents:
    """The points of an X3P; those that its mask calls invalid are NaN.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, a profile, or layers.
        TooLargeError: more points than are allowed.

    Source: ISO 25178-72:2017 with Amd 1:2020; ISO 5436-2:2012.

    Example:
        >>> import io
        >>> xml = (
        ...     "<p><Record1><FeatureType>SUR</FeatureType><Axes>"
        ...     "<CX><Increment>1e-6</Increment></CX><CY><Increment>2e-6</Increment></CY>"
        ...     "</Axes></Record1><Record3><MatrixDimension><SizeX>1</SizeX><SizeY>2</SizeY>"
        ...     "</MatrixDimension><DataList><Datum>0</Datum><Datum>3e-6</Datum></DataList>"
        ...     "</Record3></p>"
        ... )
        >>> stream = io.BytesIO()
        >>> with zipfile.ZipFile(stream, "w") as archive:
        ...     archive.writestr("main.xml", xml)
        >>> read_x3p(ScanFile(stream.getvalue())).points.tolist()
        [[0.0, 0.0, 0.0], [0.0, 2e-06, 3e-06]]
    """
    with opened_archive(file.content) as archive:
        main = _name(archive, "main.xml")
        xml = member_bytes(archive, main, min(LARGEST_XML_BYTES, 400 * file.largest_points + 2**20))
        header = read_x3p_header(xml, file.largest_points)
        rows, columns = _shape(header, file.largest_points)
        points = _points(archive, header, rows, columns)
    raster = rows > 1
    kind = header.text("Record1/Axes/CZ/DataType") or "D"
    return ScanContents(
        points,
        f"X3P ({rows} by {columns} heights, {kind})" if raster else f"X3P ({columns:,} points)",
        # The standard leaves no choice.
        unit="m",
        grid=(rows, columns) if raster else None,
    )


def _shape(header: X3pHeader, largest: int) -> tuple[int, int]:
    kind = (header.text("Record1/FeatureType") or "SUR").upper()
    if kind == "PRF":
        raise UnreadableFileError(
            "holds a profile (a single line), not a surface; give the scan of an area."
        )
    if header.text("Record3/ListDimension") is not None:
        count = header.count("Record3/ListDimension")
        refuse_points(count, largest)
        return 1, count
    columns = header.count("Record3/MatrixDimension/SizeX")
    rows = header.count("Record3/MatrixDimension/SizeY")
    layers = header.number("Record3/MatrixDimension/SizeZ", 1)
    if layers != 1:
        raise UnreadableFileError(
            f"holds {layers:g} layers; a scan has one. Export the surface alone."
        )
    refuse_points(rows * columns, largest)
    return rows, columns


def _points(
    archive: zipfile.ZipFile, header: X3pHeader, rows: int, columns: int
) -> NDArray[np.float64]:
    count = rows * columns
    # x and y of a raster are counted, all else is stored.
    stored = [x for x in _AXES if _is_absolute(header, x)]
    if header.text(f"{_LINK}PointDataLink") is None:
        values = _from_text(header.datums, count, stored)
    else:
        values = _from_bytes(archive, header, count, stored)
    points = np.empty((count, 3))
    for axis, name in enumerate(_AXES):
        step = _step(header.number(f"Record1/Axes/{name}/Increment", 1.0), name)
        offset = header.number(f"Record1/Axes/{name}/Offset", 0.0)
        if name in stored:
            points[:, axis] = values[name]
            points[:, axis] *= step
            points[:, axis] += offset
        else:
            index = np.tile(np.arange(columns), rows) if axis == 0 else np.arange(rows)
            even = index * step + offset
            points[:, axis] = even if axis == 0 else np.repeat(even, columns)
    valid = _valid(archive, header, count)
    if valid is not None:
        points[~valid, 2] = np.nan
    points[~np.isfinite(points[:, 2]), 2] = np.nan
    return points


def _is_absolute(header: X3pHeader, axis: str) -> bool:
    kind = header.text(f"Record1/Axes/{axis}/AxisType")
    return axis == "CZ" or kind == "A"


def _step(step: float, axis: str) -> float:
    if not np.isfinite(step) or step == 0:
        raise UnreadableFileError(
            f"states the increment {step:g} m of {axis}, which no scan has; export it again."
        )
    return step


def _from_bytes(
    archive: zipfile.ZipFile, header: X3pHeader, count: int, stored: list[str]
) -> dict[str, NDArray[np.generic]]:
    kinds = []
    for name in stored:
        said = header.text(f"Record1/Axes/{name}/DataType") or "D"
        if said not in _TYPES:
            raise UnreadableFileError(
                f"holds numbers of the type '{said}'; read are {', '.join(_TYPES)}."
            )
        kinds.append((name, _TYPES[said]))
    row = np.dtype(kinds)
    link = _name(archive, header.said[f"{_LINK}PointDataLink"])
    content = member_bytes(archive, link, count * row.itemsize + 4096)
    stated = header.text(f"{_LINK}MD5ChecksumPointData")
    refuse_cut(len(content), count * row.itemsize)
    if stated and hashlib.md5(content, usedforsecurity=False).hexdigest() != stated.strip().lower():
        raise UnreadableFileError(
            "is damaged: the check sum of its points is wrong. Copy or export it again."
        )
    values = np.frombuffer(content, row, count)
    return {name: values[name] for name in stored}


def _from_text(datums: list[str], count: int, stored: list[str]) -> dict[str, NDArray[np.generic]]:
    if len(datums) != count:
        raise UnreadableFileError(
            f"holds {len(datums):,} points in its list and announces {count:,}; export it again."
        )
    values = np.full((count, len(stored)), np.nan)
    for number, text in enumerate(datums):
        words = text.replace(",", ";").split(";")
        if text and len(words) == len(stored):
            values[number] = [float(x) for x in words]
    return {name: values[:, column] for column, name in enumerate(stored)}


def _valid(archive: zipfile.ZipFile, header: X3pHeader, count: int) -> NDArray[np.bool_] | None:
    link = header.text(f"{_LINK}ValidPointsLink")
    if link is None:
        return None
    needed = (count + 7) // 8
    content = member_bytes(archive, _name(archive, link), needed + 4096)
    refuse_cut(len(content), needed)
    # One bit a point, the least first; openGPS, ValidBuffer.cxx.
    bits = np.unpackbits(np.frombuffer(content, np.uint8), count=count, bitorder="little")
    return bits.astype(np.bool_)


def _name(archive: zipfile.ZipFile, wanted: str) -> str:
    plain = wanted.replace("\\", "/").removeprefix("./").lstrip("/")
    for name in archive.namelist():
        if name.replace("\\", "/").lower() == plain.lower():
            return name
    raise UnreadableFileError(f"lacks its part '{plain[:80]}'; export the scan again.")
