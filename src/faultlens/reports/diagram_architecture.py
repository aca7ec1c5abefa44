"""The picture of the architecture: every tower layer by layer, with shapes and parameters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultlens.reports.boxes import (
    PAD_IN,
    SMALL_PT,
    TEXT_PT,
    Box,
    arrow,
    columns,
    draw_box,
    wrapped,
)
from faultlens.reports.diagram_facts import DiagramFacts, LayerFacts, TowerFacts
from faultlens.reports.diagram_parts import (
    HEAD_IN,
    LANGUAGE,
    MARGIN_IN,
    SIGNAL,
    SPACE,
    STATE_COLOURS,
    WIDTH_IN,
    draw_head,
    inner_width,
)
from faultlens.reports.diagram_words import counted, headed, shaped, told
from faultlens.reports.lettering import fit
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAP_IN, BETWEEN_IN = 0.3, 0.13
"""Between towers, and between the boxes of one."""

LINE_IN, MOST_TITLE_LINES = 0.13, 2
TOP_IN, JOIN_IN, BAR_IN = 0.66, 0.3, 0.42
"""Heights of a tower's head, of the room under the towers, and of the bar in which they meet."""

WIDEST_IN, MOST_BOXES = 4.2, 14


@dataclass(frozen=True)
class _Tower:
    """A tower as it is drawn: its facts, its boxes with their heights, and its colour."""

    facts: TowerFacts
    boxes: tuple[tuple[LayerFacts, float], ...]
    colour: str

    @property
    def height_in(self) -> float:
        return TOP_IN + sum(height + BETWEEN_IN for _, height in self.boxes)


def architecture_figure(facts: DiagramFacts, lang: str = "en") -> "Figure":
    """Towers side by side over the space in which they meet; a bar shows where the parameters are.

    Args:
        facts: of the model.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.diagram_facts import TowerFacts
        >>> layers = (LayerFacts("Linear · GELU", (192,), 52224),)
        >>> tower = TowerFacts("lines", (271,), layers, 52224, "frozen")
        >>> facts = DiagramFacts("m", 256, (), (), (tower,), tower, (), (), (), (), (), ())
        >>> figure = architecture_figure(facts)
        >>> "52.2 k" in [x.get_text() for x in figure.axes[0].texts]
        True
    """
    given = [(x, SIGNAL) for x in facts.towers] + [(facts.text, LANGUAGE)]
    places = _places(len(given))
    towers = [_measured(lang, x, colour, places[0][1]) for x, colour in given]
    foot = HEAD_IN + max(x.height_in for x in towers)
    adapter = BAR_IN + JOIN_IN if facts.adapter else 0.0
    sheet = new_sheet(WIDTH_IN, foot + adapter + JOIN_IN + BAR_IN + 0.42, lang)
    draw_head(sheet, "architecture_title", facts.name)
    space_top = foot + adapter + JOIN_IN
    left, right = places[0][0], places[-1][0] + places[-1][1]
    signals = Box(left, foot + JOIN_IN, places[-1][0] - GAP_IN - left, BAR_IN)
    for number, (tower, (x, width)) in enumerate(zip(towers, places, strict=True)):
        end = _draw_tower(sheet, f"tower{number}", tower, x, width)
        met = signals.y_in if facts.adapter and tower.colour == SIGNAL else space_top
        arrow(sheet, (x + width / 2, end), (x + width / 2, met))
    if facts.adapter:
        total = sum(x.parameters for x in facts.adapter)
        parts = " → ".join(f"{x.title} {shaped(x.shape)}" for x in facts.adapter)
        about = f"{parts} · {counted(total)}"
        _bar(sheet, "adapter", signals, headed("adapter", lang), about, SIGNAL)
        arrow(sheet, (signals.centre_in, signals.bottom_in), (signals.centre_in, space_top))
    space = Box(left, space_top, right - left, BAR_IN)
    about = f"{told('dimensions', lang, dim=facts.dim)} · {told('cosine', lang)}"
    _bar(sheet, "space", space, headed("shared_space", lang), about, SPACE)
    sheet.say(
        left, space.bottom_in + 0.1, told("share_bar", lang), fontsize=SMALL_PT, color=FAINT,
        gid="foot-1",
    )  # fmt: skip
    return sheet.figure


def _places(count: int) -> list[tuple[float, float]]:
    """Towers share the sheet, in its middle where they are few."""
    width = min(WIDEST_IN, (WIDTH_IN - 2 * MARGIN_IN - GAP_IN * (count - 1)) / count)
    left = (WIDTH_IN - count * width - GAP_IN * (count - 1)) / 2
    return columns(left, WIDTH_IN - left, count, GAP_IN)


def _measured(lang: str, tower: TowerFacts, colour: str, width: float) -> _Tower:
    layers = tower.layers
    if len(layers) > MOST_BOXES:
        half = MOST_BOXES // 2
        hidden = layers[half:-half]
        told_more = told("more_layers", lang, count=len(hidden))
        more = LayerFacts(told_more, (), sum(x.parameters for x in hidden))
        layers = (*layers[:half], more, *layers[-half:])
    if not layers:
        layers = (LayerFacts(told("not_stored", lang), (), tower.parameters or 0),)
    heights = (0.1 + LINE_IN * (len(_title(x, width)) + 1) + 0.08 for x in layers)
    return _Tower(tower, tuple(zip(layers, heights, strict=True)), colour)


def _title(layer: LayerFacts, width: float) -> tuple[str, ...]:
    title = f"{layer.times} × [ {layer.title} ]" if layer.times > 1 else layer.title
    return wrapped(title, inner_width(width), points=TEXT_PT, lines=MOST_TITLE_LINES)


def _draw_tower(sheet: Sheet, name: str, tower: _Tower, x: float, width: float) -> float:
    """Draw head and boxes of a tower; return where it ends."""
    facts = tower.facts
    head = Box(x, HEAD_IN, width, TOP_IN - BETWEEN_IN)
    title = told(facts.name, sheet.lang)
    if facts.members > 1:
        title = f"{facts.members} × {title}"
    words = sheet.say(x, HEAD_IN, title, fontsize=8.5, weight="bold", color=tower.colour,
                      gid=f"{name}-1")  # fmt: skip
    tag = sheet.say(
        x + width, HEAD_IN + 0.015, told(facts.state, sheet.lang), fontsize=SMALL_PT,
        weight="bold", ha="right", color=STATE_COLOURS[facts.state], gid=f"{name}-2",
    )  # fmt: skip
    tag_width = tag.get_window_extent().width / sheet.figure.dpi
    fit(sheet.figure, words, width - tag_width - 0.1)
    known = facts.parameters is not None
    total = told("weights", sheet.lang, count=counted(facts.parameters or 0))
    sheet.say(x, HEAD_IN + 0.17, total if known else told("unknown_weights", sheet.lang),
              fontsize=TEXT_PT, color=FAINT, gid=f"{name}-3")  # fmt: skip
    if facts.input_shape:
        taken = f"{told('input', sheet.lang)} {shaped(facts.input_shape)}"
        sheet.say(x + width, HEAD_IN + 0.17, taken, fontsize=TEXT_PT, color=FAINT, ha="right",
                  gid=f"{name}-4")  # fmt: skip
    y = head.bottom_in - 0.15
    for number, (layer, height) in enumerate(tower.boxes):
        arrow(sheet, (x + width / 2, y), (x + width / 2, y + BETWEEN_IN))
        y += BETWEEN_IN
        box = Box(x, y, width, height)
        _draw_layer(sheet, f"{name}layer{number}", layer, box, facts, tower.colour)
        y += height
    return y


def _draw_layer(
    sheet: Sheet, name: str, layer: LayerFacts, box: Box, tower: TowerFacts, colour: str
) -> None:
    from matplotlib.patches import Rectangle

    draw_box(sheet, name, box, edge=RULE, face="white")
    lines = _title(layer, box.width_in)
    for number, line in enumerate(lines):
        sheet.say(box.x_in + PAD_IN, box.y_in + 0.06 + LINE_IN * number, line, fontsize=TEXT_PT,
                  gid=f"{name}-{number + 1}")  # fmt: skip
    y = box.y_in + 0.06 + LINE_IN * len(lines)
    if layer.shape:
        sheet.say(box.x_in + PAD_IN, y, shaped(layer.shape), fontsize=SMALL_PT, color=FAINT,
                  gid=f"{name}-8")  # fmt: skip
    if layer.parameters:
        sheet.say(box.right_in - PAD_IN, y, counted(layer.parameters), fontsize=SMALL_PT,
                  color=FAINT, ha="right", gid=f"{name}-9")  # fmt: skip
        share = layer.parameters / (tower.parameters or layer.parameters)
        room = inner_width(box.width_in)
        for width, shade in ((room, RULE), (max(0.012, room * share), colour)):
            place = (box.x_in + PAD_IN, box.bottom_in - 0.055)
            sheet.paper.add_patch(
                Rectangle(place, width, 0.025, facecolor=shade, linewidth=0, zorder=1.7)
            )


def _bar(sheet: Sheet, name: str, box: Box, title: str, about: str, colour: str) -> None:
    draw_box(sheet, name, box, edge=colour, face="white")
    head = sheet.say(box.x_in + PAD_IN, box.middle_in, title, fontsize=8.5, weight="bold",
                     color=colour, va="center", gid=f"{name}-1")  # fmt: skip
    taken = head.get_window_extent().width / sheet.figure.dpi + 0.15
    words = sheet.say(box.right_in - PAD_IN, box.middle_in, about, fontsize=TEXT_PT, color=INK,
                      ha="right", va="center", gid=f"{name}-2")  # fmt: skip
    fit(sheet.figure, words, inner_width(box.width_in) - taken, 2)
