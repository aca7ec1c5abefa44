"""Hot spots drawn onto an inspected picture: a ring of warmth, and how hot it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from faultlens.reports.inspection_letters import draw_letters, letters_width
from faultlens.reports.inspection_tags import tag_spots
from faultlens.reports.lettering import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOT = (255, 64, 160)
"""Lines of hot spots: a pink that neither the outlines of defects nor their heat map take."""

CASING = (40, 4, 24)
"""Around them, so that they stand out of bright and of dark metal alike."""

SMALLEST_LETTERED_PX = 120
"""Shorter side of a picture below which nothing is written: letters would hide it."""


TAG_IN = 0.12
"""Height of a temperature on a sheet, inches."""


@dataclass(frozen=True)
class HotSpotMark:
    """What is drawn of one hot spot.

    Args:
        at: row and column of its hottest pixel, pixels of the picture as it was read.
        box: left, top, width and height, pixels of the picture as it was read.
        words: how hot it is, short ("96 °C, +75 K").
        place: where on the picture, in words.
        celsius: its temperature, degC; None where nobody knows.
        delta_celsius: how much hotter than its surroundings, K; None likewise.
        score: probability that an inspector marks it, 0 to 1.
    """

    at: tuple[float, float]
    box: tuple[float, float, float, float]
    words: str
    place: str = ""
    celsius: float | None = None
    delta_celsius: float | None = None
    score: float = 0.0


def draw_hot_spots(
    picture: Image.Image, marks: Sequence[HotSpotMark], size_px: tuple[int, int]
) -> None:
    """Draw hot spots into a picture: a box, a cross on the hottest pixel, and the temperature.

    Args:
        picture: an RGB picture, drawn into; it may have been shrunk.
        marks: the worst first.
        size_px: width and height of the picture as it was read, pixels.

    Example:
        >>> picture = Image.new("RGB", (200, 150))
        >>> draw_hot_spots(picture, [HotSpotMark((40, 50), (45, 35, 10, 10), "96 °C")], (200, 150))
        >>> HOT in {colour for _, colour in picture.getcolors(9999)}
        True
    """
    across, down = picture.width / size_px[0], picture.height / size_px[1]
    thick = max(1, round((picture.width * picture.height) ** 0.5 / 550))
    letters = max(10, 6 * thick + 6)
    boxes = [_corners(x, across, down, room=2 * thick) for x in marks]
    draw = ImageDraw.Draw(picture)
    for mark, box in reversed(list(zip(marks, boxes, strict=True))):
        _rectangle(draw, box, thick)
        row, column = (mark.at[0] + 0.5) * down, (mark.at[1] + 0.5) * across
        reach = 3 * thick + 1
        for colour, width in ((CASING, thick + 2), (HOT, thick)):
            draw.line((column - reach, row, column + reach, row), fill=colour, width=width)
            draw.line((column, row - reach, column, row + reach), fill=colour, width=width)
    if min(picture.size) < SMALLEST_LETTERED_PX:
        return
    tags = [(letters_width(x.words, letters) + 6, letters + 4.0) for x in marks]
    for mark, spot, tag in zip(marks, tag_spots(boxes, tags, picture.size, 2), tags, strict=True):
        if not mark.words:
            continue
        left, top = spot
        draw.rectangle((left, top, left + tag[0], top + tag[1]), fill=CASING)
        draw_letters(picture, (left + 3, top + tag[1] / 2), mark.words, letters, HOT)


def mark_hot_spots(
    axes: "Axes",
    marks: Sequence[HotSpotMark],
    size_px: tuple[int, int],
    size_in: tuple[float, float],
) -> None:
    """The same on a panel of a sheet.

    Args:
        axes: where the picture is drawn, in its own pixels.
        marks: the worst first.
        size_px: width and height of the picture as it was read, pixels.
        size_in: width and height of the panel, inches.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> axes = new_sheet(4, 3, "en").axes(0, 0, 4, 3)
        >>> mark_hot_spots(axes, [HotSpotMark((4, 5), (3, 3, 5, 5), "96 °C")], (40, 30), (4, 3))
        >>> [x.get_text() for x in axes.texts]
        ['96 °C']
    """
    across, down = size_in[0] / size_px[0], size_in[1] / size_px[1]
    boxes = [_corners(x, across, down, room=0.02) for x in marks]
    tags = [(TAG_IN * 0.55 * len(x.words), TAG_IN) for x in marks]
    spots = tag_spots(boxes, tags, size_in, 0.035)
    for mark, (left, top, right, bottom), spot in zip(marks, boxes, spots, strict=True):
        x = np.array([left, right, right, left, left]) / across
        y = np.array([top, top, bottom, bottom, top]) / down
        axes.plot(x, y, color=_paint(CASING), lw=2.0)
        axes.plot(x, y, color=_paint(HOT), lw=1.0)
        written = write(
            axes, spot[0] / across, (spot[1] + TAG_IN / 2) / down, mark.words, fontsize=5.5,
            color=_paint(HOT), va="center_baseline",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": _paint(CASING), "linewidth": 0},
        )  # fmt: skip
        written.set_gid("hot-spot")


def _paint(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _corners(
    mark: HotSpotMark, across: float, down: float, *, room: float
) -> tuple[float, float, float, float]:
    left, top, width, height = mark.box
    return (
        left * across - room,
        top * down - room,
        (left + width) * across + room,
        (top + height) * down + room,
    )


def _rectangle(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], thick: int
) -> None:
    left, top, right, bottom = box
    around = (left - 1, top - 1, right + 1, bottom + 1)
    draw.rectangle(around, outline=CASING, width=thick + 2)
    draw.rectangle(box, outline=HOT, width=thick)
