"""Rectangles in Pascal VOC files, scaled from the frame that they were drawn in to the picture."""

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from xml.etree.ElementTree import Element

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.labels import label_of
from faultlens.datasets.pictures.picture import Box
from faultlens.datasets.pictures.stated import read_xml


def boxes_in(path: Path, height_px: int, width_px: int) -> tuple[Box, ...]:
    """The rectangles of a Pascal VOC file, in pixels of a picture.

    Its own frame may be another: NEU-DET states 200 x 200, also for copies of 416 x 416 pixels.

    Args:
        path: XML.
        height_px: of the picture.
        width_px: of the picture.

    Raises:
        UnreadableFileError: it is no such file, or a rectangle lies nowhere in its frame.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.xml"
        >>> _ = path.write_text("<annotation><size><width>200</width><height>200</height></size>"
        ...     "<object><name>crazing</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>100</xmax>"
        ...     "<ymax>50</ymax></bndbox></object></annotation>")
        >>> boxes_in(path, 400, 400)
        (Box(label='crazing', left_px=0.0, top_px=0.0, width_px=200.0, height_px=100.0),)
    """
    root = read_xml(path)
    size = root.find("size")
    width = _number(path, size, "width") if size is not None else float(width_px)
    height = _number(path, size, "height") if size is not None else float(height_px)
    if width < 1 or height < 1:
        raise UnreadableFileError(f"{path} states a frame of {width:g} x {height:g} pixels.")
    return tuple(_boxes(path, root, (width, height), (width_px / width, height_px / height)))


def _boxes(
    path: Path, root: Element, frame: tuple[float, float], scale: tuple[float, float]
) -> Iterator[Box]:
    for each in root.iter("object"):
        edges = each.find("bndbox")
        if edges is None:
            raise UnreadableFileError(f"{path} has an object without a bndbox.")
        # VOC counts pixels from 1, and its last one is inside.
        left, top = (_number(path, edges, x) - 1 for x in ("xmin", "ymin"))
        right, bottom = (_number(path, edges, x) for x in ("xmax", "ymax"))
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, frame[0]), min(bottom, frame[1])
        if right <= left or bottom <= top:
            raise UnreadableFileError(f"{path} has a rectangle that lies nowhere in its frame.")
        across, down = scale
        yield Box(
            label_of(each.findtext("name") or ""),
            left * across,
            top * down,
            (right - left) * across,
            (bottom - top) * down,
        )


def _number(path: Path, parent: Element, name: str) -> float:
    text = parent.findtext(name) or ""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise UnreadableFileError(f"{path} states {name} as '{text[:40]}'; it must be a number.")
    return number
