"""Pictures of every format give the pixels put in; what cannot be read says what it is."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from faultlens.core.errors import UnreachableUrlError, UnreadableFileError, UsageError
from faultlens.images.read import image_of_bytes, read_image
from tests.images.pictures import (
    COLOUR,
    COLOUR16,
    EXACT,
    GREY,
    GREY16,
    chunk,
    png,
    pnm,
    saved,
    tiff,
)
from tests.loopback import saying, serving


@pytest.mark.parametrize("name", EXACT)
def test_the_pixels_are_those_that_were_written(name: str, tmp_path: Path) -> None:
    make, truth = EXACT[name]
    path = tmp_path / "picture.any"
    path.write_bytes(make())
    image = read_image(path, mm_per_pixel=0.1)
    assert image.pixels.dtype == truth.dtype
    assert image.pixels.shape == truth.shape
    loss = 2 if "jpeg" in name else 0
    assert np.abs(image.pixels.astype(int) - truth).max() <= loss
    assert (image.name, image.mm_per_pixel, image.valid) == (str(path), 0.1, None)
    assert image.warnings == ()
    assert image.history[0].startswith("read ")


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_sixteen_bit_alpha_is_composed_and_kept(kind: str, order: str) -> None:
    alpha = np.full(GREY16.shape, 65535, np.uint16)
    alpha[:, 10:] = 0
    four = np.dstack([COLOUR16, alpha])
    image = image_of_bytes(png(four) if kind == "png" else tiff(four, order=order))
    assert image.pixels.dtype == np.uint16
    assert (image.pixels[:, :10] == COLOUR16[:, :10]).all()
    assert image.valid is not None
    assert (image.valid == (alpha > 0)).all()
    ground = np.rint(COLOUR16[:, :10].reshape(-1, 3).mean(axis=0))
    assert np.abs(image.pixels[:, 10:] - ground).max() <= 1


def test_grey_with_alpha_of_8_and_16_bits() -> None:
    for grey, full in ((GREY, 255), (GREY16, 65535)):
        alpha = np.full_like(grey, full)
        alpha[5:, :] = 0
        image = image_of_bytes(png(np.dstack([grey, alpha])))
        assert image.pixels.dtype == grey.dtype
        assert (image.pixels[:5] == grey[:5]).all()
        assert image.valid is not None
        assert image.valid.sum() == 5 * 36


def test_full_alpha_is_no_alpha_and_empty_alpha_is_not_believed() -> None:
    full = np.dstack([COLOUR, np.full_like(GREY, 255)])
    empty = np.dstack([COLOUR, np.zeros_like(GREY)])
    assert image_of_bytes(png(full)).valid is None
    image = image_of_bytes(png(empty))
    assert (image.pixels == COLOUR).all()
    assert "not believed" in str(image.warnings[0])


def test_one_see_through_colour_of_a_png() -> None:
    mark = chunk(b"tRNS", struct.pack(">H", int(GREY16[3, 4])))
    image = image_of_bytes(png(GREY16, mark))
    assert image.valid is not None
    assert (image.valid == (GREY16[3, 4] != GREY16)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "PNG 16", "PNG colour 16", "TIFF", "TIFF 16", "WEBP"]
)
def test_every_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    # Two landmarks: what Pillow's own turning does to 8 bits is the reference.
    grey = np.zeros((8, 16), np.uint8)
    grey[:4, :8], grey[4:, :8] = 250, 120
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    form, _, depth = kind.partition(" ")
    wide = grey.astype(np.uint16) * 257
    if depth == "colour 16":
        content = png(np.dstack([wide] * 3), chunk(b"eXIf", exif.tobytes()[6:]))
    else:
        content = saved(wide if depth else grey, form, exif=exif, quality=100, lossless=True)
    image = image_of_bytes(content)
    inverse = {5: 5, 6: 8, 8: 6, 7: 7}.get(orientation, orientation)
    turns = {
        1: grey, 2: grey[:, ::-1], 3: grey[::-1, ::-1], 4: grey[::-1], 5: grey.T,
        6: np.rot90(grey), 7: grey[::-1, ::-1].T, 8: np.rot90(grey, -1),
    }  # fmt: skip
    seen = image.rgb()[..., 0].astype(int)
    assert seen.shape == turns[inverse].shape
    assert np.abs(seen - turns[inverse]).max() <= 3


def test_cmyk_from_tiff_and_jpeg_comes_out_in_the_same_colours() -> None:
    inks = np.zeros((16, 16, 4), np.uint8)
    inks[..., 0], inks[8:, :, 3] = 255, 128  # cyan, below it darkened by black
    picture = PillowImage.fromarray(inks, "CMYK")
    for form in ("TIFF", "JPEG"):
        stream = io.BytesIO()
        picture.save(stream, form, **({"quality": 100} if form == "JPEG" else {}))
        image = image_of_bytes(stream.getvalue())
        assert image.pixels[2, 2] == pytest.approx([0, 255, 255], abs=3)
        assert image.pixels[12, 2] == pytest.approx([0, 127, 127], abs=3)
        assert "CMYK" in str(image.warnings[0])


def test_a_cmyk_jpeg_that_is_not_adobes_is_not_inverted() -> None:
    stream = io.BytesIO()
    PillowImage.new("CMYK", (16, 16), (200, 0, 0, 0)).save(stream, "JPEG", quality=100)
    content = stream.getvalue()
    at = content.index(b"\xff\xee")
    length = int.from_bytes(content[at + 2 : at + 4], "big")
    plain = image_of_bytes(content[:at] + content[at + 2 + length :])
    adobe = image_of_bytes(content)
    assert adobe.pixels[4, 4] == pytest.approx([55, 255, 255], abs=3)
    assert plain.pixels[4, 4] == pytest.approx([0, 0, 0], abs=3)


def test_a_progressive_and_a_subsampled_jpeg_are_read() -> None:
    smooth = np.repeat(np.arange(0, 240, 5, dtype=np.uint8)[:, None], 48, axis=1)
    colour = np.dstack([smooth, smooth, smooth])
    for options in ({"progressive": True}, {"subsampling": "4:2:0"}, {"subsampling": "4:1:1"}):
        image = image_of_bytes(saved(colour, "JPEG", quality=95, **options))
        assert np.abs(image.pixels.astype(int) - colour).max() <= 6


@pytest.mark.parametrize("dtype", ["<f4", "<i2", "<i4"])
def test_plain_numbers_are_spread_and_the_user_is_told(dtype: str) -> None:
    values = np.linspace(-1000, 3000, 24 * 36).reshape(24, 36).astype(dtype)
    image = image_of_bytes(tiff(values))
    assert image.pixels.dtype == np.uint16
    truth = (values.astype(float) + 1000) / 4000 * 65535
    assert np.abs(image.pixels - truth).max() <= 1
    assert "-1000 was taken as black" in image.warnings[0].en
    assert "-1000" in image.warnings[0].zh


def test_where_a_float_picture_has_no_number_nothing_is_valid() -> None:
    values = np.linspace(0, 1, 24 * 36).reshape(24, 36).astype(np.float32)
    values[:, 0] = np.nan
    image = image_of_bytes(tiff(values))
    assert image.valid is not None
    assert not image.valid[:, 0].any()
    assert image.valid[:, 1:].all()
    with pytest.raises(UnreadableFileError, match="no finite number"):
        image_of_bytes(tiff(np.full((4, 4), np.nan, np.float32)))


def test_twelve_bits_in_sixteen_are_brightened_and_told() -> None:
    twelve = (GREY16 >> 4).astype(np.uint16)
    image = image_of_bytes(png(twelve))
    assert np.abs(image.pixels.astype(int) - GREY16).max() < 16
    assert "lowest 12" in str(image.warnings[0])


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP", "PNG"])
def test_of_several_pictures_the_first_is_read_with_a_warning(kind: str) -> None:
    stream = io.BytesIO()
    pages = [PillowImage.fromarray(x) for x in (COLOUR, 255 - COLOUR)]
    options = {"lossless": True} if kind == "WEBP" else {}
    pages[0].save(stream, kind, save_all=True, append_images=pages[1:], **options)
    image = image_of_bytes(stream.getvalue())
    assert "only the first" in str(image.warnings[0])
    assert np.abs(image.rgb().astype(int) - COLOUR).mean() < 8


def test_a_colour_profile_that_matters_is_told() -> None:
    adobe = saved(COLOUR, "PNG", icc_profile=b"\0" * 40 + b"Adobe RGB (1998)")
    standard = saved(COLOUR, "PNG", icc_profile=b"\0" * 40 + b"s\0R\0G\0B\0 IEC")
    assert "colour profile" in str(image_of_bytes(adobe).warnings[0])
    assert image_of_bytes(standard).warnings == ()


def test_plain_and_odd_portable_maps() -> None:
    assert image_of_bytes(b"P2 # a\n3 1 # b\n15\n0 5 15\n").pixels.tolist() == [[0, 85, 255]]
    assert image_of_bytes(b"P1\n3 1\n101").pixels.tolist() == [[0, 255, 0]]
    assert image_of_bytes(b"P4\n3 1\n\xa0").pixels.tolist() == [[0, 255, 0]]
    ten = image_of_bytes(pnm(GREY16 >> 6, 1023))
    assert np.abs(ten.pixels - (GREY16 >> 6) * (65535 / 1023)).max() <= 0.5
    with pytest.raises(UnreadableFileError, match="the value 200 where its header allows 15"):
        image_of_bytes(b"P5 1 1 15\n\xc8")


def test_the_name_decides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "really_a.jpg"
    path.write_bytes(png(GREY))
    assert (read_image(path).pixels == GREY).all()
    link = tmp_path / "link"
    link.symlink_to(path)
    assert (read_image(link).pixels == GREY).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is an empty file"),
        (bytes(4000), "zero bytes only"),
        (b"time,acc\n0,1\n", "is a text file"),
        (b"<!DOCTYPE html><title>Log in</title>", "is an HTML page"),
        (b'{"error": "denied"}', "is a JSON text"),
        (b'[\n{"error": 1}]', "is a JSON text"),
        (b"[pump]\nrpm = 1\n", "is a text file"),
        (b"ply\nformat ascii 1.0\n", "a scan, which faultlens measure takes"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"%PDF-1.7\n\x00", "is a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF", "is a PostScript document"),
        (b"\x00\x00\x00\x1cftypheic", "HEIF"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"PK\x03\x04\x00", "zip archive"),
        (b"\x93NUMPY\x01\x00", "NumPy array"),
        (b"\x01\x02\x03\x04", "unknown binary data"),
    ],
)
def test_what_is_no_picture_is_called_what_it_is(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "plate.jpg"
    path.write_bytes(content)
    with pytest.raises(
        UnreadableFileError, match=r"plate\.jpg is .*Pictures are read from PNG"
    ) as e:
        read_image(path)
    assert words in str(e.value)


def test_paths_that_are_no_files_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, words in {
        ".": "is a folder",
        "missing.png": "does not exist",
        "dead": "link to something that does not exist",
        "loop": "link to something",
        "pipe": "pipe or a device",
        "n" * 3000: "damaged or of a kind",
    }.items():
        with pytest.raises(UnreadableFileError, match=words):
            read_image(tmp_path / name)
    with pytest.raises(UnreadableFileError, match="pipe or a device"):
        read_image("/dev/zero")


@pytest.mark.parametrize("size", [(0, 4), (4, 0), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_lying_size_is_refused_before_anything_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableFileError, match=r"pixels|damaged"):
        image_of_bytes(png(GREY, size=size))
    with pytest.raises(UnreadableFileError, match="pixels"):
        image_of_bytes(f"P5 {size[0]} {size[1]} 255\n".encode() + bytes(99))


def test_a_bomb_is_told_with_its_size() -> None:
    with pytest.raises(UnreadableFileError, match=r"100000 x 100000 = 10000 million.*up to 250"):
        image_of_bytes(png(GREY, size=(100_000, 100_000)), name="bomb.png")


def test_one_pixel_is_a_picture() -> None:
    for content in (png(GREY[:1, :1]), saved(GREY[:1, :1], "JPEG"), saved(GREY[:1, :1], "TIFF")):
        assert image_of_bytes(content).pixels.shape == (1, 1)


def test_a_bmp_of_runs_is_refused_in_words() -> None:
    head = b"BM" + struct.pack("<IHHI", 100, 0, 0, 54)
    info = struct.pack("<IiiHHIIiiII", 40, 10**6, 200, 1, 8, 1, 0, 0, 0, 0, 0)
    with pytest.raises(UnreadableFileError, match="run-length"):
        image_of_bytes(head + info + b"\x00\x02\xff\xff" * 20)


def test_a_jpeg_of_endless_passes_is_refused() -> None:
    content = saved(GREY, "JPEG", progressive=True)
    at = content.index(b"\xff\xda")
    with pytest.raises(UnreadableFileError, match="more than 200 passes"):
        image_of_bytes(content[:at] + content[at:-2] * 300)


def test_sixteen_bit_planes_apart_are_refused_in_words() -> None:
    content = bytearray(tiff(COLOUR16))
    # Tag 278, rows per strip, becomes 284, planar configuration, of the value 2.
    at = content.index(struct.pack("<HHI", 278, 4, 1))
    content[at : at + 12] = struct.pack("<HHIHH", 284, 3, 1, 2, 0)
    with pytest.raises(UnreadableFileError, match="separate planes"):
        image_of_bytes(bytes(content))


def test_the_call_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(GREY))
    with pytest.raises(UsageError, match="positive number of mm"):
        read_image(path, mm_per_pixel=-1)


def test_nothing_outside_changes() -> None:
    before = PillowImage.MAX_IMAGE_PIXELS
    image_of_bytes(png(GREY))
    assert before == PillowImage.MAX_IMAGE_PIXELS


def test_a_picture_is_read_from_a_url_and_bad_ones_are_told() -> None:
    content = png(GREY)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}"
    with serving(saying(head, content)) as (port, _):
        url = f"http://anna:secret@127.0.0.1:{port}/plate.png"
        image = read_image(url, allow_private=True)
        with pytest.raises(UnreachableUrlError, match="loopback address"):
            read_image(url)
    assert (image.pixels == GREY).all()
    assert image.name == f"http://***@127.0.0.1:{port}/plate.png"
    page = b"<html>Please log in</html>"
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(page)}"
    with (
        serving(saying(head, page)) as (port, _),
        pytest.raises(UnreadableFileError, match=f"{port}/a is an HTML page"),
    ):
        read_image(f"http://127.0.0.1:{port}/a", allow_private=True)
