"""Heights and depths as a picture: TIFF of floats or integers, PNG of 16 bits."""

import io
import re
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile, PngImagePlugin, TiffImagePlugin

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.surfaces.readers.contents import (
    ScanContents,
    ScanFile,
    raster_points,
    refuse_points,
)
from faultlens.surfaces.readers.depth import depth_scan
from faultlens.surfaces.readers.missing import without_marks
from faultlens.surfaces.readers.tiff_strips import plain_strips, refuse_cut_tiff
from faultlens.surfaces.readers.tiff_tags import TiffTags, read_tiff_tags
from faultlens.surfaces.units import parse_length_unit

_DESCRIPTION, _X, _Y, _RESOLUTION_UNIT, _SCALE, _NO_DATA = 270, 282, 283, 296, 33550, 42113
_PER_MM = {2: 1 / 25.4, 3: 0.1}
"""What a resolution counts pixels in: inch and centimetre. TIFF 6.0, tag 296."""
_NOT_BELIEVED_DPI = (1.0, 72.0, 96.0, 100.0, 150.0, 200.0, 300.0, 600.0)
"""What programs write where nobody measured anything."""


_ABOUT_PAGES = (
    Notice(
        en="The TIFF holds several pages; the first was read.",
        zh="该 TIFF 含多页；读取了第一页。",
    ),
)


@dataclass(frozen=True)
class _Scale:
    """Between columns and rows, mm; the unit of heights; and what was believed for it."""

    spacing_mm: tuple[float, float]
    unit: str | None = None
    notices: tuple[Notice, ...] = ()


def read_height_image(file: ScanFile) -> ScanContents:
    """A height map, or with intrinsics a depth image, out of a TIFF or PNG.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: damaged, a photograph, or more than one channel.
        TooLargeError: more pixels than are allowed.
        MissingMetadataError: neither spacing nor intrinsics.

    Example:
        >>> from PIL import Image
        >>> stream = io.BytesIO()
        >>> Image.fromarray(np.array([[1.5, 2.5]], np.float32)).save(stream, "TIFF")
        >>> read_height_image(ScanFile(stream.getvalue(), spacing_mm=(0.1, 0.1))).points.tolist()
        [[0.0, 0.0, 1.5], [0.1, 0.0, 2.5]]
    """
    heights, tags, called, notices = _decoded(file)
    if file.intrinsics is not None:
        return depth_scan(heights, file.intrinsics, called)
    scale = _Scale(file.spacing_mm) if file.spacing_mm is not None else _scale_of(tags)
    if scale is None:
        raise MissingMetadataError(
            f"holds {heights.shape[0]} by {heights.shape[1]} heights and does not say how far "
            "apart they are; give spacing_mm= (--spacing-mm), or intrinsics= (--intrinsics) of a "
            "depth camera."
        )
    no_data = _number(tags.text(_NO_DATA))
    if no_data is not None:
        heights = np.where(heights == no_data, np.nan, heights)
    heights, marks = without_marks(heights)
    return ScanContents(
        raster_points(heights, scale.spacing_mm),
        f"{called} ({heights.shape[0]} by {heights.shape[1]} heights)",
        unit=scale.unit,
        grid=(heights.shape[0], heights.shape[1]),
        heights_only=True,
        warnings=(*notices, *scale.notices, *marks),
    )


def _decoded(
    file: ScanFile,
) -> tuple[NDArray[np.float64], TiffTags, str, tuple[Notice, ...]]:
    with warnings.catch_warnings():
        # What Pillow grumbles about in metadata says nothing about the heights.
        warnings.simplefilter("ignore")
        if file.content.startswith(b"\x89PNG"):
            image = PngImagePlugin.PngImageFile(io.BytesIO(file.content))
            return _pixels(image, file), TiffTags({}, False), "PNG", ()
        return _tiff(file)


def _tiff(file: ScanFile) -> tuple[NDArray[np.float64], TiffTags, str, tuple[Notice, ...]]:
    tags = read_tiff_tags(file.content)
    width, height = tags.count(256), tags.count(257)
    refuse_points(width * height, file.largest_points)
    refuse_cut_tiff(file.content, tags)
    notices = _ABOUT_PAGES if tags.pages else ()
    numbers = plain_strips(file.content, tags)
    if numbers is not None:
        return numbers.astype(np.float64), tags, "TIFF", notices
    try:
        image = TiffImagePlugin.TiffImageFile(io.BytesIO(file.content))
        return _pixels(image, file), tags, "TIFF", notices
    except (SyntaxError, OSError, KeyError) as error:
        raise UnreadableFileError(
            f"is damaged or a TIFF of a kind that is not read ({str(error)[:80]}); export the "
            "heights as floats of 32 bits without compression."
        ) from error


def _pixels(image: ImageFile.ImageFile, file: ScanFile) -> NDArray[np.float64]:
    refuse_points(image.size[0] * image.size[1], file.largest_points)
    if not (image.mode.startswith("I") or image.mode == "F"):
        raise UnreadableFileError(
            f"is a picture of 8 bits or colours ({image.mode}), which holds no heights; export "
            "them as a TIFF of floats, or of 16 bits."
        )
    heights = np.asarray(image)
    if heights.ndim != 2:
        raise UnreadableFileError(f"holds {heights.shape} numbers, not (row, column) of heights.")
    return heights.astype(np.float64)


def _scale_of(tags: TiffTags) -> _Scale | None:
    words = tags.text(_DESCRIPTION)
    return _of_geotiff(tags) or _of_ome(words) or _of_imagej(words, tags) or _of_resolution(tags)


def _of_geotiff(tags: TiffTags) -> _Scale | None:
    scale = tags.numbers(_SCALE)[:2]
    if len(scale) < 2 or not np.isfinite(scale).all() or min(scale) <= 0:
        return None
    # GeoTIFF 1.1, 7.1: metres where no other unit is coded.
    return _Scale((scale[0] * 1e3, scale[1] * 1e3))


def _of_ome(words: str) -> _Scale | None:
    lengths = []
    for axis in "XY":
        size = re.search(rf'PhysicalSize{axis}="([0-9.eE+-]+)"', words)
        unit = re.search(rf'PhysicalSize{axis}Unit="([^"]+)"', words)
        # OME's own default, as its schema states it.
        known = parse_length_unit(unit[1] if unit else "um")
        number = _number(size[1]) if size else None
        if number is None or known is None or number <= 0:
            return None
        lengths.append(number * known.millimetres)
    return _Scale((lengths[0], lengths[1]))


def _of_imagej(words: str, tags: TiffTags) -> _Scale | None:
    unit = re.search(r"^unit=(.+)$", words, re.MULTILINE)
    known = parse_length_unit(unit[1].replace("\\u00B5", "u")) if unit else None
    x, y = _resolution(tags)
    if not words.startswith("ImageJ") or known is None or min(x, y) <= 0:
        return None
    heights = re.search(r"^vunit=(.+)$", words, re.MULTILINE)
    return _Scale((known.millimetres / x, known.millimetres / y), heights[1] if heights else None)


def _of_resolution(tags: TiffTags) -> _Scale | None:
    per = _PER_MM.get(tags.count(_RESOLUTION_UNIT, 2))
    x, y = _resolution(tags)
    if per is None or min(x, y) <= 0:
        return None
    if any(abs(z * per * 25.4 - dpi) < 0.5 for z in (x, y) for dpi in _NOT_BELIEVED_DPI):
        return None
    dx, dy = 1 / (x * per), 1 / (y * per)
    told = Notice(
        en=f"The spacing of {dx:.6g} by {dy:.6g} mm is that of the TIFF's resolution; if it is the "
        "printer's, give spacing_mm= (--spacing-mm).",
        zh=f"间距 {dx:.6g} × {dy:.6g} mm 取自 TIFF 的分辨率标签；"
        "如果那只是打印分辨率，请给出 spacing_mm=（--spacing-mm）。",
    )
    return _Scale((dx, dy), notices=(told,))


def _resolution(tags: TiffTags) -> tuple[float, float]:
    x, y = (tags.numbers(tag) or (0.0,) for tag in (_X, _Y))
    both = float(x[0]), float(y[0])
    return both if np.isfinite(both).all() else (0.0, 0.0)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
