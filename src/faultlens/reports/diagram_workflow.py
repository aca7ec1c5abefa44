"""The picture of the workflow: a recording and a sentence on their ways to one verdict."""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from faultlens.reports.boxes import (
    PAD_IN,
    SMALL_PT,
    Box,
    Card,
    arrow,
    card_height,
    columns,
    draw_box,
    draw_card,
    tallest,
)
from faultlens.reports.diagram_facts import DiagramFacts, Rows, TowerFacts
from faultlens.reports.diagram_parts import (
    HEAD_IN,
    LANGUAGE,
    MARGIN_IN,
    RESULT,
    SIGNAL,
    SPACE,
    STATE_COLOURS,
    WIDTH_IN,
    class_rows,
    draw_head,
    inner_width,
    told_rows,
)
from faultlens.reports.diagram_words import counted, headed, shaped, told
from faultlens.reports.lettering import fit
from faultlens.reports.palette import FAINT, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAP_IN = 0.25
"""Between columns: room for an arrow."""

LANE_IN, LANE_GAP_IN = 0.24, 0.3
"""Height of a lane's name, and room between lanes."""

MOST_CELLS = 20
"""Classes beyond which a square of cosines cannot be read."""

RESULT_LOW = "#a8457f"
"""Colour of a cosine of -1."""


def workflow_figure(facts: DiagramFacts, lang: str = "en") -> "Figure":
    """Data, preparation and encoder above, classes, prompts and text encoder below, then together.

    Args:
        facts: of the model.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.diagram_facts import TowerFacts
        >>> tower, text = (TowerFacts(x, (), (), None, "frozen") for x in ("conv1d", "static"))
        >>> facts = DiagramFacts("m", 256, (), (), (tower,), text, (), ("a",), (), (), (), ())
        >>> figure = workflow_figure(facts)
        >>> "conv1d" in [x.get_text() for x in figure.axes[0].texts]
        True
    """
    upper, lower, joint = _cards(facts, lang)
    places = columns(MARGIN_IN + 0.12, WIDTH_IN - MARGIN_IN, 3 + len(joint), GAP_IN)
    width = places[0][1]
    joint[0] = (replace(joint[0][0], extra_in=_matrix_room(facts, width)),)
    heights = [tallest(upper, width), tallest(lower, width)]
    missing = max(_stacked(x, width) for x in joint) - sum(heights) - LANE_GAP_IN - LANE_IN
    heights = [x + max(0.0, missing / 2) for x in heights]
    tops = [HEAD_IN + LANE_IN, HEAD_IN + 2 * LANE_IN + heights[0] + LANE_GAP_IN]
    bottom = tops[1] + heights[1]
    sheet = new_sheet(WIDTH_IN, bottom + 0.36, lang)
    draw_head(sheet, "workflow_title", facts.name)
    lanes = (("lane_signal", SIGNAL, upper), ("lane_language", LANGUAGE, lower))
    for (name, colour, cards), top, height in zip(lanes, tops, heights, strict=True):
        _lane(sheet, name, colour, top, height, places[2])
        for card, (x, _) in zip(cards, places, strict=False):
            draw_card(sheet, card, Box(x, top, width, height))
        for (x, _), (following, _) in pairwise(places[:4]):
            arrow(sheet, (x + width, top + height / 2), (following, top + height / 2))
    space = Box(places[3][0], tops[0], width, bottom - tops[0])
    draw_card(sheet, joint[0][0], space)
    _draw_likeness(sheet, facts, joint[0][0], space)
    middles = [
        _column(sheet, column, Box(x, tops[0], width, bottom - tops[0]))
        for column, (x, _) in zip(joint[1:], places[4:], strict=True)
    ]
    (x, _), (end, _) = places[4:]
    (first, last), (judged, _) = middles
    arrow(sheet, (x - GAP_IN, first), (x, first))
    if first == last:
        arrow(sheet, (x + width, last), (end, judged))
    else:
        # Two stages: the way on leaves from the second.
        bend = x + width + GAP_IN / 2
        arrow(sheet, (x + width, last), (bend, last), (bend, judged), (end, judged))
    return sheet.figure


def _stacked(cards: tuple[Card, ...], width: float) -> float:
    return sum(card_height(x, width) for x in cards) + GAP_IN * (len(cards) - 1)


def _column(sheet: Sheet, cards: tuple[Card, ...], whole: Box) -> tuple[float, float]:
    """Cards one under the other in the middle; return the heights of the first and the last."""
    y = whole.middle_in - _stacked(cards, whole.width_in) / 2
    middles = []
    for number, card in enumerate(cards):
        box = Box(whole.x_in, y, whole.width_in, card_height(card, whole.width_in))
        draw_card(sheet, card, box)
        if number:
            arrow(sheet, (box.centre_in, box.y_in - GAP_IN), (box.centre_in, box.y_in))
        middles.append(box.middle_in)
        y = box.bottom_in + GAP_IN
    return middles[0], middles[-1]


def _matrix_room(facts: DiagramFacts, width: float) -> float:
    return inner_width(width) + 0.42 if 1 < len(facts.likeness) <= MOST_CELLS else 0.0


def _draw_likeness(sheet: Sheet, facts: DiagramFacts, card: Card, space: Box) -> None:
    """The classes' cosines as a square of cells: white at 0, the darker the more alike."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    if not _matrix_room(facts, space.width_in):
        return
    side = inner_width(space.width_in)
    free = space.height_in - card_height(card, space.width_in)
    left, top = space.x_in + PAD_IN, space.bottom_in - side - 0.42 - free / 2
    shade = LinearSegmentedColormap.from_list("likeness", [RESULT_LOW, "white", SPACE])
    cell = side / len(facts.likeness)
    for i, row in enumerate(facts.likeness):
        for j, cosine in enumerate(row):
            sheet.paper.add_patch(
                Rectangle((left + j * cell, top + i * cell), cell, cell, linewidth=0.4, zorder=1.7,
                          edgecolor="white", facecolor=shade((cosine + 1) / 2))
            )  # fmt: skip
    sheet.paper.add_patch(
        Rectangle((left, top), side, side, fill=False, edgecolor=RULE, linewidth=0.6, zorder=1.8)
    )
    words = sheet.say(left, top + side + 0.06, told("likeness", sheet.lang), fontsize=SMALL_PT,
                      color=FAINT, gid="shared_space-9")  # fmt: skip
    fit(sheet.figure, words, side, 2)


def _lane(
    sheet: Sheet, gid: str, colour: str, top: float, height: float, last: tuple[float, float]
) -> None:
    name = told(gid, sheet.lang)
    ground = Box(
        MARGIN_IN, top - LANE_IN, last[0] + last[1] + 0.12 - MARGIN_IN, height + LANE_IN + 0.12
    )
    draw_box(sheet, gid, ground, edge="#e6eaef", face="#f5f7f9",
             behind=True)  # fmt: skip
    sheet.say(MARGIN_IN + 0.12, top - 0.18, name, fontsize=7, weight="bold", color=colour,
              gid=f"{gid}-1")  # fmt: skip


def _cards(facts: DiagramFacts, lang: str) -> tuple[list[Card], list[Card], list[tuple[Card, ...]]]:
    """Cards of the upper lane, of the lower one, and of the columns where both have met."""

    def card(name: str, rows: Rows, colour: str, state: str = "") -> Card:
        tag = told(state, lang) if state else ""
        return Card(name, headed(name, lang), rows, colour, tag, STATE_COLOURS.get(state, FAINT))

    state = facts.towers[0].state
    upper = [
        card("data", told_rows(facts.data, lang), SIGNAL),
        card("preparation", told_rows(facts.preparation, lang), SIGNAL),
        card(
            "encoders" if len(facts.towers) > 1 else "encoder",
            tuple(
                row
                for x in facts.towers
                for row in _tower_rows(x, lang, alone=len(facts.towers) == 1)
            ),
            SIGNAL,
            state,
        ),
    ]
    lower = [
        card("classes", class_rows(facts.classes, lang), LANGUAGE),
        card("prompts", told_rows(facts.prompts, lang), LANGUAGE),
        card("text_encoder", _tower_rows(facts.text, lang), LANGUAGE, facts.text.state),
    ]
    space = (
        ("", told("dimensions", lang, dim=facts.dim)),
        ("", told("cosine", lang)),
    )
    contrast = card("contrast", told_rows(facts.contrast, lang), SPACE)
    joint: list[tuple[Card, ...]] = [(card("shared_space", space, SPACE),), (contrast,)]
    if facts.adapter:
        rows = tuple((x.title, counted(x.parameters)) for x in facts.adapter)
        joint[1] = (contrast, card("adapter", rows, SPACE, _adapter_state(facts)))
    joint.append((card("judging", told_rows(facts.judging, lang, most=14), RESULT),))
    return upper, lower, joint


def _adapter_state(facts: DiagramFacts) -> str:
    parts = [x for x in (facts.stages[-1].parts if facts.stages else ()) if x.name == "adapter"]
    return parts[0].state if parts else ""


def _tower_rows(tower: TowerFacts, lang: str, *, alone: bool = True) -> Rows:
    size = "" if tower.parameters is None else counted(tower.parameters)
    if tower.members > 1:
        size = f"{tower.members} × {size}"
    shape = shaped(tower.input_shape)
    if not alone:
        return ((told(tower.name, lang), " → ".join(x for x in (shape, size) if x)),)
    rows: Rows = (("", told(tower.name, lang)),)
    rows += ((told("input", lang), shape),) if shape else ()
    rows += ((told("parameters", lang), size),) if size else ()
    return rows + told_rows(tower.about, lang)
