"""Boxes with text and the arrows between them, laid out in inches: nothing leaves its box.

Every box has a name and is drawn with it as gid; the texts in it are called name-1, name-2 and so
on, so that a test, or whoever edits the SVG, knows which belongs where.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from faultlens.reports.diagram_facts import Rows
from faultlens.reports.lettering import fit, text_width_in, write
from faultlens.reports.palette import FAINT, RULE
from faultlens.reports.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

PAD_IN = 0.1
"""Between the edge of a box and its text."""

BAND_IN = 0.05
"""Height of the coloured band on a box."""

TITLE_PT, TEXT_PT, SMALL_PT = 8.5, 7.0, 6.5
TITLE_LINE_IN, TEXT_LINE_IN = 0.165, 0.13
"""From one line to the next, with room for Chinese letters."""

TITLE_GAP_IN, ROWS_GAP_IN, FOOT_IN = 0.075, 0.04, 0.05
"""Room over a title, between it and the rows, and under the rows."""

MOST_LINES = 3
"""Of one value; longer ones end in an ellipsis."""

ROUND_IN = 0.05


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet.

    Args:
        x_in: left edge.
        y_in: upper edge; y grows downwards.
        width_in: to the right.
        height_in: downwards.
    """

    x_in: float
    y_in: float
    width_in: float
    height_in: float

    @property
    def right_in(self) -> float:
        """Right edge."""
        return self.x_in + self.width_in

    @property
    def bottom_in(self) -> float:
        """Lower edge."""
        return self.y_in + self.height_in

    @property
    def middle_in(self) -> float:
        """Height of the middle."""
        return self.y_in + self.height_in / 2

    @property
    def centre_in(self) -> float:
        """Place of the middle from left to right."""
        return self.x_in + self.width_in / 2


@dataclass(frozen=True)
class Card:
    """A box of text: title, and rows of name and value under it.

    Args:
        name: of the box.
        title: its heading.
        rows: name and value; a value without a name takes the whole width.
        colour: of its band.
        tag: a word at the right of the title, such as frozen.
        tag_colour: of that word.
        extra_in: height kept free under the rows, for a drawing.
    """

    name: str
    title: str
    rows: Rows
    colour: str
    tag: str = ""
    tag_colour: str = FAINT
    extra_in: float = 0.0


def card_height(card: Card, width_in: float) -> float:
    """The height that a card needs at a width, inches.

    Example:
        >>> round(card_height(Card("a", "Data", (("windows", "960"),), RULE), 1.5), 2)
        0.51
    """
    room = width_in - 2 * PAD_IN
    lines = sum(len(_lines(row, room)) for row in card.rows)
    title = BAND_IN + TITLE_GAP_IN + TITLE_LINE_IN * len(_title(card, room))
    return title + ROWS_GAP_IN + TEXT_LINE_IN * lines + FOOT_IN + card.extra_in


def draw_card(sheet: Sheet, card: Card, box: Box) -> None:
    """Draw a card into a box that is at least as high as `card_height` says.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet, card = new_sheet(4, 3, "en"), Card("a", "Data", (("windows", "960"),), RULE)
        >>> draw_card(sheet, card, Box(0.2, 0.2, 1.5, card_height(card, 1.5)))
        >>> [x.get_text() for x in sheet.paper.texts]
        ['Data', 'windows', '960']
    """
    draw_box(sheet, card.name, box, edge=RULE, face="white", band=card.colour)
    number = count(1)
    left, room = box.x_in + PAD_IN, box.width_in - 2 * PAD_IN
    y = box.y_in + BAND_IN + TITLE_GAP_IN
    title = _title(card, room)
    for line in title:
        gid = f"{card.name}-{next(number)}"
        sheet.say(left, y, line, fontsize=TITLE_PT, weight="bold", gid=gid)
        y += TITLE_LINE_IN
    if card.tag:
        top = y - TITLE_LINE_IN * len(title) + 0.015
        sheet.say(
            box.right_in - PAD_IN, top, card.tag, fontsize=SMALL_PT, weight="bold",
            color=card.tag_colour, ha="right", gid=f"{card.name}-{next(number)}",
        )  # fmt: skip
    y += ROWS_GAP_IN
    for row in card.rows:
        for name, value in _lines(row, room):
            if name:
                sheet.say(
                    left, y, name, fontsize=TEXT_PT, color=FAINT, gid=f"{card.name}-{next(number)}"
                )
            if value:
                x, side = (box.right_in - PAD_IN, "right") if row[0] else (left, "left")
                gid = f"{card.name}-{next(number)}"
                sheet.say(x, y, value, fontsize=TEXT_PT, ha=side, gid=gid)
            y += TEXT_LINE_IN


def draw_box(
    sheet: Sheet,
    name: str,
    box: Box,
    *,
    edge: str,
    face: str,
    band: str = "",
    dashed: bool = False,
    behind: bool = False,
) -> None:
    """Draw a rectangle with round corners, and a coloured band along its top if asked for.

    Args:
        sheet: to draw on.
        name: of the box.
        box: where.
        edge: colour of its outline.
        face: colour of its ground.
        band: colour of a band along its top; empty for none.
        dashed: for what is not there.
        behind: under the arrows, as the ground of other boxes.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet = new_sheet(4, 3, "en")
        >>> draw_box(sheet, "a", Box(0.2, 0.2, 1, 1), edge=RULE, face="white")
        >>> [x.get_gid() for x in sheet.paper.patches]
        ['a']
    """
    from matplotlib.patches import FancyBboxPatch, Rectangle

    place = (box.x_in, box.y_in)
    look = f"round,pad=0,rounding_size={ROUND_IN}"
    outline = FancyBboxPatch(
        place, box.width_in, box.height_in, boxstyle=look, facecolor=face, edgecolor=edge,
        linewidth=0.9, linestyle="--" if dashed else "-", zorder=0.5 if behind else 1.5, gid=name,
    )  # fmt: skip
    sheet.paper.add_patch(outline)
    if band:
        stripe = Rectangle(place, box.width_in, BAND_IN, facecolor=band, linewidth=0, zorder=1.6)
        sheet.paper.add_patch(stripe)
        stripe.set_clip_path(outline)


def arrow(sheet: Sheet, *corners_in: tuple[float, float], colour: str = FAINT) -> None:
    """Draw an arrow along corners, its head at the last.

    Args:
        sheet: to draw on.
        corners_in: (x, y) of start, corners and head.
        colour: of the line.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet = new_sheet(4, 3, "en")
        >>> arrow(sheet, (0.5, 0.5), (2, 0.5), (2, 1))
        >>> len(sheet.paper.patches), len(sheet.paper.lines)
        (1, 1)
    """
    from matplotlib.patches import FancyArrowPatch

    if len(corners_in) > 2:
        xs, ys = zip(*corners_in[:-1], strict=True)
        sheet.paper.plot(xs, ys, color=colour, lw=1.1, zorder=1, solid_capstyle="butt")
    sheet.paper.add_patch(
        FancyArrowPatch(
            corners_in[-2], corners_in[-1], arrowstyle="-|>,head_length=3.2,head_width=1.8",
            mutation_scale=1, shrinkA=0, shrinkB=0, color=colour, linewidth=1.1, zorder=1,
            joinstyle="miter", capstyle="butt",
        )
    )  # fmt: skip


@lru_cache(maxsize=4096)
def wrapped(
    text: str, room_in: float, *, points: float, lines: int, bold: bool = False
) -> tuple[str, ...]:
    """The lines that a text takes at a size, cut after `lines` of them.

    Args:
        text: to wrap.
        room_in: width of a line.
        points: size of the letters.
        lines: at most.
        bold: whether the letters are.

    Example:
        >>> wrapped("a long sentence on a pump", 0.8, points=8, lines=3)
        ('a long', 'sentence on a', 'pump')
    """
    # Remembered, since most texts are measured once for the room and once for the drawing.
    figure, trial = _trial(text, points, bold)
    return tuple(fit(figure, trial, room_in, lines).get_text().split("\n"))


@lru_cache(maxsize=4096)
def width_in_of(text: str, *, points: float, bold: bool = False) -> float:
    """Width of a text in one line, inches.

    Args:
        text: to measure.
        points: size of the letters.
        bold: whether the letters are.

    Example:
        >>> 0.2 < width_in_of("frozen", points=7) < 0.5
        True
    """
    return text_width_in(*_trial(text, points, bold))


def _trial(text: str, points: float, bold: bool) -> "tuple[Figure, Text]":
    from matplotlib.figure import Figure

    figure = Figure(dpi=150)
    return figure, write(figure, 0, 0, text, fontsize=points, weight="bold" if bold else "normal")


def columns(
    left_in: float, right_in: float, count: int, gap_in: float
) -> list[tuple[float, float]]:
    """Left edge and width of each of `count` equal columns.

    Example:
        >>> columns(0.5, 4.5, 2, 0.4)
        [(0.5, 1.8), (2.7, 1.8)]
    """
    width = (right_in - left_in - gap_in * (count - 1)) / count
    return [(left_in + i * (width + gap_in), width) for i in range(count)]


def _lines(row: tuple[str, str], room: float) -> list[tuple[str, str]]:
    """A row as lines of name and value: side by side where both fit, else one under the other."""
    name, value = row
    if name and width_in_of(f"{name}  {value}", points=TEXT_PT) <= room:
        return [(name, value)]
    values = wrapped(value, room, points=TEXT_PT, lines=MOST_LINES)
    shown = wrapped(name, room, points=TEXT_PT, lines=1) if name else ()
    return [*((x, "") for x in shown), *(("", x) for x in values)]


def _title(card: Card, room: float) -> tuple[str, ...]:
    """The lines of a card's title, its tag beside the first."""
    tag = width_in_of(card.tag, points=SMALL_PT, bold=True) + 0.08 if card.tag else 0.0
    return wrapped(card.title, room - tag, points=TITLE_PT, lines=2, bold=True)


def tallest(cards: Sequence[Card], width_in: float) -> float:
    """The height that the tallest of some cards needs at a width, inches; 0 for none.

    Example:
        >>> tallest([], 1.5)
        0.0
    """
    return max((card_height(x, width_in) for x in cards), default=0.0)
