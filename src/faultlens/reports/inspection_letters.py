"""Letters on the pictures of a batch, Latin and Chinese, drawn without matplotlib."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from faultlens.reports.lettering import HAN_FONT

Colour = tuple[int, int, int]

MISSING = "\u25a1"
"""Stands for a character that no font of ours can draw."""

_NOWHERE = "\uffff"


@cache
def _fonts(size_px: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    # matplotlib brings DejaVu Sans; finding the package does not import it.
    spec = find_spec("matplotlib")
    assert spec is not None and spec.origin is not None
    latin = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    return tuple(ImageFont.truetype(str(x), size_px) for x in (latin, HAN_FONT))


@cache
def _font_of(character: str) -> int | None:
    """Which font draws a character; None where none does."""
    for index, font in enumerate(_fonts(20)):
        if character == " " or bytes(font.getmask(character)) != bytes(font.getmask(_NOWHERE)):
            return index
    return None


def letters_width(text: str, size_px: int) -> float:
    """Width of a line of text, pixels.

    Args:
        text: what is written; a line break counts as a space.
        size_px: size of the letters, pixels.

    Example:
        >>> letters_width("裂纹", 20), letters_width("", 20)
        (40.0, 0.0)
    """
    return float(sum(_fonts(size_px)[font].getlength(run) for run, font in _runs(text)))


def letters_that_fit(text: str, size_px: int, room_px: float) -> str:
    """A line of text, cut to the room there is and then ended with an ellipsis.

    Args:
        text: what is written.
        size_px: size of the letters, pixels.
        room_px: the room, pixels.

    Example:
        >>> letters_that_fit("a long crack in the keyway", 10, 80)
        'a long crack…'
    """
    line = " ".join(text.split())
    if letters_width(line, size_px) <= room_px:
        return line
    low, high = 0, len(line)
    while high - low > 1:
        middle = (low + high) // 2
        fits = letters_width(line[:middle] + "…", size_px) <= room_px
        low, high = (middle, high) if fits else (low, middle)
    return f"{line[:low].rstrip()}…" if low else ""


def draw_letters(
    picture: Image.Image, place: tuple[float, float], text: str, size_px: int, colour: Colour
) -> None:
    """Write a line of text into a picture.

    Args:
        picture: an RGB picture, drawn into.
        place: left end and middle of the capitals, pixels.
        text: what is written.
        size_px: size of the letters, pixels.
        colour: red, green and blue.

    Example:
        >>> picture = Image.new("RGB", (60, 20))
        >>> draw_letters(picture, (2, 10), "裂纹 1", 14, (255, 255, 255))
        >>> picture.getbbox() is not None
        True
    """
    draw = ImageDraw.Draw(picture)
    x, middle = place
    # Capitals of DejaVu Sans are 0.73 of the size high.
    base = middle + 0.365 * size_px
    for run, font in _runs(text):
        draw.text((x, base), run, fill=colour, font=_fonts(size_px)[font], anchor="ls")
        x += _fonts(size_px)[font].getlength(run)


def _runs(text: str) -> list[tuple[str, int]]:
    """Pieces of a line, each with the font that draws it."""
    runs: list[tuple[str, int]] = []
    for character in " ".join(text.split()):
        font = _font_of(character)
        if font is None:
            character, font = MISSING, 0
        if runs and runs[-1][1] == font:
            runs[-1] = (runs[-1][0] + character, font)
        else:
            runs.append((character, font))
    return runs
