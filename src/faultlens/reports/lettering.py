"""Letters in pictures: Latin and Chinese in one line, and text cut to the room there is."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

HAN_FONT = Path(__file__).parent / "fonts" / "faultlens-han.ttf"
"""The bundled font; fonts/README.md says where it comes from."""


@cache
def font_families() -> tuple[str, ...]:
    """Names of the fonts to draw with, first choice first; makes the bundled one known.

    Example:
        >>> font_families()
        ('DejaVu Sans', 'Faultlens Han')
    """
    from matplotlib.font_manager import fontManager

    fontManager.addfont(HAN_FONT)
    return ("DejaVu Sans", "Faultlens Han")


@cache
def _glyphs(family: str) -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(family)).get_charmap())


def displayable(text: str) -> str:
    """The text on one line, with a box for every character that no font of ours can draw.

    Example:
        >>> displayable("外圈 fault\\t\\U0001fae0")
        '外圈 fault □'
    """
    drawable = [_glyphs(x) for x in font_families()]
    line = " ".join(text.split())
    return "".join(x if any(ord(x) in glyphs for glyphs in drawable) else "□" for x in line)


def write(owner: Any, x: float, y: float, *lines: str, **style: Any) -> "Text":
    """Put text into a figure or axes in our fonts, every character taken literally.

    Args:
        owner: a `Figure` or an `Axes`.
        x: position, in the owner's own coordinates unless `transform` says otherwise.
        y: position, likewise.
        lines: what to write; a line break inside a line becomes a space.
        style: matplotlib text properties.

    Example:
        >>> from matplotlib.figure import Figure
        >>> write(Figure(), 0.5, 0.5, "pump $7$").get_text()
        'pump $7$'
    """
    shown = "\n".join(map(displayable, lines))
    latin, han = font_families()
    if all(ord(character) in _glyphs(latin) for character in shown if character != "\n"):
        families = [latin]
    else:
        families = [latin, han]
        if style.get("weight") == "bold":
            style = style | {"weight": "normal", "path_effects": _thickened(style)}
    # A file name may hold dollar signs: never read them as mathematics.
    put: Text = owner.text(x, y, shown, family=families, parse_math=False, usetex=False, **style)
    return put


def _thickened(style: dict[str, Any]) -> list[Any]:
    # The bundled font has one weight; an outline in the same colour makes it bold.
    from matplotlib.patheffects import Normal, Stroke

    thick = 0.03 * float(style.get("fontsize", 10))
    return [Stroke(linewidth=thick, foreground=style.get("color", "black")), Normal()]


def text_width_in(figure: "Figure", text: "Text") -> float:
    """Width of a text that stands in `figure`, inches.

    Example:
        >>> from matplotlib.figure import Figure
        >>> figure = Figure()
        >>> 0.2 < text_width_in(figure, write(figure, 0, 0, "BPFI", fontsize=10)) < 0.6
        True
    """
    return float(text.get_window_extent(dpi=figure.dpi).width) / figure.dpi


def fit(figure: "Figure", text: "Text", room_in: float, lines: int = 1) -> "Text":
    """Wrap a text into `lines` lines of `room_in` inches, ending in an ellipsis where it is longer.

    Breaks at spaces and between Chinese characters.

    Example:
        >>> from matplotlib.figure import Figure
        >>> figure = Figure()
        >>> text = write(figure, 0, 0, "a long sentence about a pump")
        >>> fit(figure, text, 0.9, lines=2).get_text().splitlines()
        ['a long', 'sentence…']
    """
    rest = text.get_text()
    rows: list[str] = []
    while rest:
        end = _longest(figure, text, rest, room_in)
        if end < len(rest) and len(rows) == lines - 1:
            end = _longest(figure, text, rest, room_in, ending="…")
            rows.append(f"{rest[:end].rstrip()}…")
            break
        rows.append(rest[: _line_end(rest, end)].rstrip())
        rest = rest[_line_end(rest, end) :].lstrip()
    text.set_text("\n".join(rows))
    return text


def _longest(figure: "Figure", text: "Text", rest: str, room_in: float, ending: str = "") -> int:
    """How many characters of `rest`, at least one, fit into the room together with `ending`."""

    def fits(count: int) -> bool:
        text.set_text(rest[:count].rstrip() + ending)
        return text_width_in(figure, text) <= room_in

    if fits(len(rest)):
        return len(rest)
    low, high = 1, len(rest)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _line_end(text: str, at_most: int) -> int:
    """Where a line may end: after a space, or between Chinese characters."""
    if at_most == len(text):
        return at_most
    for end in range(at_most, 0, -1):
        before, after = text[end - 1], text[end]
        if before == " " or after == " ":
            return end
        # A Chinese line does not begin with a closing mark.
        if (before > "\u2e80" or after > "\u2e80") and after not in "，。；：、）》！？%":
            return end
    return at_most
