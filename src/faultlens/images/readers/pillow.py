"""PNG, JPEG, TIFF, BMP, WebP and GIF, decoded by Pillow and brought to grey or colour."""

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL import Image as PillowImage

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.images.image import Pixels
from faultlens.images.readers.before_opening import refuse_before_opening
from faultlens.images.readers.decoded import Decoded
from faultlens.images.readers.numbers import spread
from faultlens.images.readers.pnm import refuse_size
from faultlens.images.readers.sixteen_bits import is_sixteen_bit_colour, read_sixteen_bit_colour
from faultlens.images.readers.taken import taken_time
from faultlens.images.readers.to_array import array_of


class _Tiff(TiffImagePlugin.TiffImageFile):
    """Of all formats Pillow's TIFF alone insists on Pillow's own limit once more while it loads."""

    def load_prepare(self) -> None:
        if self._im is None:
            self.im = PillowImage.new(self.mode, self._tile_size).im
        super().load_prepare()


_OPENERS: Mapping[str, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "tiff": _Tiff,
    "bmp": BmpImagePlugin.BmpImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "gif": GifImagePlugin.GifImageFile,
}
"""Opened by name, never by what Pillow guesses: none of its forty other formats can be reached."""

_ORIENTATION, _PHOTOMETRIC, _PLANES, _TILE_WIDTH, _TILE_HEIGHT = 274, 262, 284, 322, 323
_TIFF_OFFSETS = ((273, 279), (324, 325))


def read_with_pillow(stream: BinaryIO, kind: str, size_bytes: int, largest_pixels: int) -> Decoded:
    """Decode a picture whose declared size was found bearable first.

    Args:
        stream: the file, at its start.
        kind: "png", "jpeg", "tiff", "bmp", "webp" or "gif".
        size_bytes: how long the file is.
        largest_pixels: how many pixels a picture may have.

    Returns:
        (row, column) or (row, column, 3) pixels with alpha and orientation still to be applied.

    Raises:
        UnreadableFileError: too many pixels, or a layout that is not read.

    Example:
        >>> import io
        >>> stream = io.BytesIO()
        >>> PillowImage.new("CMYK", (2, 1)).save(stream, "jpeg")
        >>> read_with_pillow(stream, "jpeg", 999, 100).pixels[0, 0]
        array([255, 255, 255], dtype=uint8)
    """

    latest: list[ImageFile.ImageFile] = []

    def opened() -> ImageFile.ImageFile:
        stream.seek(0)
        latest[:] = [_OPENERS[kind](stream)]
        return latest[0]

    with warnings.catch_warnings():
        # What Pillow grumbles about in metadata says nothing about the pixels.
        warnings.filterwarnings("ignore", module=r"PIL\..*")
        warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
        refuse_before_opening(stream, kind, largest_pixels)
        image = opened()
        refuse_size(*image.size, largest_pixels)
        if kind == "tiff":
            _check_tiff(image, size_bytes, largest_pixels)
        notices = _about_pages(image, kind)
        if notices:
            image = opened()
        pixels, alpha, told, details = _pixels(image, opened)
        # Only now: a PNG's notes may stand behind its pixels, and looking for them decodes those.
        # Of a TIFF Pillow turns the pixels itself.
        orientation = _orientation(latest[0]) if kind != "tiff" else 1
        about = (*notices, *told, *_about_profile(image, pixels))
        return Decoded(pixels, alpha, orientation, about, details, _taken(latest[0]))


def _pixels(
    image: ImageFile.ImageFile, opened: Callable[[], ImageFile.ImageFile]
) -> tuple[Pixels, Pixels | None, tuple[Notice, ...], str]:
    mode = image.mode
    if is_sixteen_bit_colour(image) and mode != "CMYK":
        values = read_sixteen_bit_colour(opened)
        colours = values[..., :3] if values.shape[2] >= 3 else values[..., 0]
        has_alpha = values.shape[2] in (2, 4)
        alpha = values[..., -1] if has_alpha else _see_through(image, colours)
        return np.ascontiguousarray(colours), alpha, (), "16 bits"
    if mode.startswith("I;16"):
        grey = array_of(image).astype(np.uint16)
        return *_grey_of_16_bits(image, grey), "16 bits"
    if mode in ("I", "F"):
        scaled, there, told = spread(array_of(image))
        return scaled, there, told, "integers of 32 bits" if mode == "I" else "floats"
    if mode in ("1", "L"):
        grey8 = array_of(image, "L").astype(np.uint8)
        return grey8, _see_through(image, grey8), (), "grey"
    if mode == "CMYK":
        return _from_cmyk(image), None, (_ABOUT_CMYK,), "CMYK"
    if mode in ("RGB", "RGBX", "YCbCr"):
        colour = array_of(image, "RGB").astype(np.uint8)
        return colour, _see_through(image, colour), (), "colour"
    if mode in ("P", "PA", "LA", "La", "RGBA", "RGBa"):
        four = array_of(image, "RGBA").astype(np.uint8)
        colours8 = four[..., :3]
        if mode in ("LA", "La") or (mode in ("P", "PA") and _is_grey(colours8)):
            colours8 = colours8[..., 0]
        return np.ascontiguousarray(colours8), four[..., 3], (), f"mode {mode}"
    raise UnreadableFileError(
        f"holds pixels of the mode '{mode}', which is not read; export it as grey or RGB."
    )


def _grey_of_16_bits(
    image: ImageFile.ImageFile, grey: NDArray[np.uint16]
) -> tuple[Pixels, Pixels | None, tuple[Notice, ...]]:
    alpha = _see_through(image, grey)
    if _tag(image, _PHOTOMETRIC) == 0:
        grey = np.uint16(65535) - grey
    return grey, alpha, ()


def _from_cmyk(image: ImageFile.ImageFile) -> NDArray[np.uint8]:
    is_jpeg = image.format == "JPEG"
    # Pillow takes every CMYK JPEG for Adobe's, which stores light instead of ink.
    is_inverted = is_jpeg and "adobe" not in image.info

    def seen(inks: NDArray[np.generic]) -> NDArray[np.uint8]:
        inks = 255 - inks.astype(np.uint8) if is_inverted else inks
        light = 255 - inks[..., :3].astype(np.uint16)
        paper = 255 - inks[..., 3:].astype(np.uint16)
        return ((light * paper + 127) // 255).astype(np.uint8)

    return np.asarray(array_of(image, change=seen), dtype=np.uint8)


def _see_through(image: ImageFile.ImageFile, pixels: Pixels) -> Pixels | None:
    colour = image.info.get("transparency")
    if colour is None or isinstance(colour, bytes):
        return None
    same = pixels == np.asarray(colour)
    same = same if pixels.ndim == 2 else same.all(axis=2)
    return np.where(same, 0, 255).astype(np.uint8)


def _is_grey(colours: NDArray[np.uint8]) -> bool:
    return bool(
        (colours[..., 0] == colours[..., 1]).all() and (colours[..., 1] == colours[..., 2]).all()
    )


def _orientation(image: ImageFile.ImageFile) -> int:
    # Whatever stands in a camera's notes, a picture whose notes are damaged is still a picture.
    with suppress(Exception):
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def _taken(image: ImageFile.ImageFile) -> str | None:
    # As with the orientation: damaged notes are no reason to refuse a picture.
    with suppress(Exception):
        return taken_time(image.getexif().get_ifd(ExifTags.IFD.Exif))
    return None


def _tag(image: ImageFile.ImageFile, number: int) -> Any:
    tags: Mapping[int, Any] = getattr(image, "tag_v2", {})
    return tags.get(number)


def _check_tiff(image: ImageFile.ImageFile, size_bytes: int, largest_pixels: int) -> None:
    for offset_tag, count_tag in _TIFF_OFFSETS:
        offsets, counts = _tag(image, offset_tag), _tag(image, count_tag)
        if isinstance(offsets, tuple) and offsets and max(offsets) >= size_bytes:
            needed = max(offsets)
            if isinstance(counts, tuple) and len(counts) == len(offsets):
                needed = max(x + y for x, y in zip(offsets, counts, strict=True))
            raise UnreadableFileError(
                f"is cut off after {size_bytes} of {needed} bytes; copy it again."
            )
    tile_width, tile_height = _tag(image, _TILE_WIDTH), _tag(image, _TILE_HEIGHT)
    if isinstance(tile_width, int) and isinstance(tile_height, int):
        refuse_size(tile_width, tile_height, largest_pixels)
    bits = _tag(image, 258) or (1,)
    if _tag(image, _PLANES) == 2 and len(bits) > 1 and max(bits) > 8:
        raise UnreadableFileError(
            "is a 16-bit TIFF whose colours stand in separate planes, which is not read; export it "
            "with its colours interleaved, or as PNG."
        )


def _about_pages(image: ImageFile.ImageFile, kind: str) -> tuple[Notice, ...]:
    has_more = False
    if kind == "tiff":
        with suppress(Exception):
            image.seek(1)
            has_more = True
    elif kind in ("gif", "webp", "png"):
        with suppress(Exception):
            has_more = bool(getattr(image, "is_animated", False))
    if not has_more:
        return ()
    return (
        Notice(
            en="The file holds several pictures; only the first was read. Save each to a file of "
            "its own to have all of them inspected.",
            zh="文件中有多幅图像，只读取了第一幅。如需全部检测，请将各幅分别保存。",
        ),
    )


def _about_profile(image: ImageFile.ImageFile, pixels: Pixels) -> tuple[Notice, ...]:
    profile = image.info.get("icc_profile")
    if pixels.ndim == 2 or not isinstance(profile, bytes) or b"sRGB" in profile.replace(b"\0", b""):
        return ()
    return (
        Notice(
            en="The file carries a colour profile other than sRGB, which was not applied: colours "
            "(rust, heat tints) may look paler or stronger than they are.",
            zh="文件带有非 sRGB 的色彩配置文件，未予应用：颜色（锈色、回火色）可能偏淡或偏浓。",
        ),
    )


_ABOUT_CMYK = Notice(
    en="The picture is in printing inks (CMYK) and was converted to RGB without a colour profile; "
    "its colours are approximate.",
    zh="图像为印刷色（CMYK），已在不使用色彩配置文件的情况下转换为 RGB；颜色仅为近似。",
)
