"""The picture of an ablation: what is varied, every combination a path through its values."""

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from faultlens.reports.boxes import (
    PAD_IN,
    TEXT_PT,
    Box,
    Card,
    card_height,
    columns,
    draw_box,
    draw_card,
)
from faultlens.reports.diagram_facts import GridFacts
from faultlens.reports.diagram_parts import (
    HEAD_IN,
    LANGUAGE,
    MARGIN_IN,
    RESULT,
    SIGNAL,
    SPACE,
    WIDTH_IN,
    draw_head,
    inner_width,
    told_rows,
)
from faultlens.reports.diagram_words import headed, told, told_value
from faultlens.reports.lettering import fit
from faultlens.reports.palette import CURVE, RULE
from faultlens.reports.sheet import new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAP_IN, VALUE_IN, BETWEEN_IN, TOP_IN = 0.55, 0.34, 0.14, 0.3
SAME_IN = 4.0
"""Width of what all runs share."""

MOST_VALUES = 10
COLOURS = (SIGNAL, LANGUAGE, SPACE, "#c04d00", RESULT)


def grid_figure(facts: GridFacts, lang: str = "en") -> "Figure":
    """A column per thing that is varied, lines between values that meet, and the count of runs.

    Args:
        facts: of the recipe.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> facts = GridFacts("text", (("text_model", ("lstm", "static")), ("seed", ("0",))), ())
        >>> [x.get_text() for x in grid_figure(facts).axes[0].texts][-1]
        '2 × 1 = 2 runs'
    """
    from matplotlib.collections import LineCollection

    axes = [(name, _shown(values, lang)) for name, values in facts.axes]
    tallest = max((len(values) for _, values in axes), default=0)
    room = tallest * (VALUE_IN + BETWEEN_IN)
    same = Card("same", told("same_for_all", lang), told_rows(facts.settings, lang, 20), RULE)
    width_same = SAME_IN
    low = card_height(same, width_same) if same.rows else 0.0
    foot = HEAD_IN + TOP_IN + room
    sheet = new_sheet(WIDTH_IN, foot + 0.1 + max(0.3, low) + 0.25, lang)
    draw_head(sheet, "grid_title", facts.name)
    count = max(1, len(axes))
    places = columns(MARGIN_IN, WIDTH_IN - MARGIN_IN, count, GAP_IN)
    rows: list[list[Box]] = []
    for number, ((name, values), (x, width)) in enumerate(zip(axes, places, strict=False)):
        colour = COLOURS[number % len(COLOURS)]
        head = sheet.say(x, HEAD_IN, headed(name, lang), fontsize=8.5, weight="bold", color=colour,
                         gid=f"axis{number}-1")  # fmt: skip
        fit(sheet.figure, head, width)
        height = len(values) * (VALUE_IN + BETWEEN_IN) - BETWEEN_IN
        top = HEAD_IN + TOP_IN + (room - BETWEEN_IN - height) / 2
        boxes = [Box(x, top + i * (VALUE_IN + BETWEEN_IN), width, VALUE_IN)
                 for i in range(len(values))]  # fmt: skip
        for i, (value, box) in enumerate(zip(values, boxes, strict=True)):
            label = f"axis{number}value{i}"
            draw_box(sheet, label, box, edge=colour, face="white")
            words = sheet.say(x + PAD_IN, box.middle_in, value, fontsize=TEXT_PT, va="center",
                              gid=f"{label}-1")  # fmt: skip
            fit(sheet.figure, words, inner_width(width), 2)
        rows.append(boxes)
    paths = [
        [(one.right_in, one.middle_in), (other.x_in, other.middle_in)]
        for ours, theirs in pairwise(rows)
        for one in ours
        for other in theirs
    ]
    sheet.paper.add_collection(LineCollection(paths, colors=CURVE, linewidths=0.7, zorder=1))
    if same.rows:
        draw_card(sheet, same, Box(MARGIN_IN, foot + 0.1, width_same, low))
    sizes = [len(values) for _, values in facts.axes]
    product = " × ".join(map(str, sizes))
    runs = told("runs", lang, product=product, count=prod(sizes))
    sheet.say(WIDTH_IN - MARGIN_IN, foot + 0.12, runs, fontsize=10, weight="bold", ha="right",
              gid="runs-1")  # fmt: skip
    return sheet.figure


def _shown(values: tuple[str, ...], lang: str) -> list[str]:
    words = [told_value(x, lang) for x in values]
    if len(words) <= MOST_VALUES:
        return words
    return [*words[: MOST_VALUES - 1], told("more", lang, count=len(words) - MOST_VALUES + 1)]
