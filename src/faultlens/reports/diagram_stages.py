"""The picture of the training: what each stage moves and what it leaves frozen, with counts."""

from typing import TYPE_CHECKING

from faultlens.reports.boxes import (
    PAD_IN,
    SMALL_PT,
    TEXT_PT,
    Box,
    Card,
    arrow,
    card_height,
    columns,
    draw_box,
    draw_card,
)
from faultlens.reports.diagram_facts import ABSENT, DiagramFacts, PartFacts, StageFacts
from faultlens.reports.diagram_parts import (
    HEAD_IN,
    MARGIN_IN,
    STATE_COLOURS,
    STATE_FACES,
    WIDTH_IN,
    draw_head,
    inner_width,
    told_rows,
)
from faultlens.reports.diagram_words import counted, headed, told
from faultlens.reports.lettering import fit
from faultlens.reports.palette import FAINT, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES_IN, GAP_IN, WIDEST_IN = 1.5, 0.45, 4.3
"""Width of the column of names, room between stages, widest stage."""

ROW_IN, BETWEEN_IN, TOP_IN = 0.4, 0.07, 0.66
"""Height of a part's box, room between two of them, height of a stage's head."""


def stages_figure(facts: DiagramFacts, lang: str = "en") -> "Figure":
    """One column per stage, one row per part of the model, and the settings underneath.

    Args:
        facts: of the model.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.diagram_facts import TowerFacts
        >>> stage = StageFacts("zero_shot", (PartFacts("encoder", 960, "trained", 960),), ())
        >>> tower = TowerFacts("conv1d", (), (), 960, "trained")
        >>> facts = DiagramFacts("m", 256, (), (), (tower,), tower, (), (), (), (), (), (stage,))
        >>> [x.get_text() for x in stages_figure(facts).axes[0].texts][-2:]
        ['trained', '960']
    """
    stages = facts.stages
    parts = [x.name for x in stages[0].parts] if stages else []
    count = max(1, len(stages))
    left = MARGIN_IN + NAMES_IN
    room = (WIDTH_IN - MARGIN_IN - left - GAP_IN * (count - 1)) / count
    width = min(WIDEST_IN, room)
    places = columns(left, left + count * width + GAP_IN * (count - 1), count, GAP_IN)
    cards = [_settings(x, number, lang) for number, x in enumerate(stages)]
    first = HEAD_IN + TOP_IN
    foot = first + (ROW_IN + BETWEEN_IN) * len(parts) + 0.12
    lowest = max((card_height(x, width) for x in cards if x.rows), default=0.0)
    sheet = new_sheet(WIDTH_IN, foot + lowest + 0.3, lang)
    draw_head(sheet, "stages_title", facts.name)
    for row, name in enumerate(parts):
        y = first + row * (ROW_IN + BETWEEN_IN) + ROW_IN / 2
        words = sheet.say(MARGIN_IN, y, headed(name, lang), fontsize=8, va="center",
                          gid=f"part{row}-1")  # fmt: skip
        fit(sheet.figure, words, NAMES_IN - 0.15, 2)
    for number, (stage, card, (x, _)) in enumerate(zip(stages, cards, places, strict=True)):
        _head(sheet, stage, number, Box(x, HEAD_IN, width, TOP_IN - 0.12))
        for row, part in enumerate(stage.parts):
            box = Box(x, first + row * (ROW_IN + BETWEEN_IN), width, ROW_IN)
            _draw_part(sheet, f"stage{number}part{row}", part, stage, box)
        if card.rows:
            draw_card(sheet, card, Box(x, foot, width, lowest))
        if number:
            y = HEAD_IN + (TOP_IN - 0.12) / 2
            arrow(sheet, (x - GAP_IN, y), (x, y))
    return sheet.figure


def _head(sheet: Sheet, stage: StageFacts, number: int, box: Box) -> None:
    name = f"stage{number}"
    moving = sum(x.moving for x in stage.parts)
    total = sum(x.parameters or 0 for x in stage.parts if x.state != ABSENT)
    draw_box(sheet, name, box, edge=RULE, face="white", band=STATE_COLOURS["trained"])
    shown = f"{told('stage', sheet.lang, number=number + 1)}: {told(_key(stage), sheet.lang)}"
    words = sheet.say(box.x_in + PAD_IN, box.y_in + 0.12, shown, fontsize=8.5, weight="bold",
                      gid=f"{name}-1")  # fmt: skip
    fit(sheet.figure, words, inner_width(box.width_in))
    share = _percent(moving / total) if total else "0 %"
    line = told("moving_total", sheet.lang, moving=counted(moving), count=counted(total),
                share=share)  # fmt: skip
    under = sheet.say(box.x_in + PAD_IN, box.y_in + 0.315, line, fontsize=SMALL_PT, color=FAINT,
                      gid=f"{name}-2")  # fmt: skip
    fit(sheet.figure, under, inner_width(box.width_in))


def _percent(share: float) -> str:
    return "< 0.1 %" if 0 < share < 0.001 else f"{share * 100:.3g} %"


def _draw_part(sheet: Sheet, name: str, part: PartFacts, stage: StageFacts, box: Box) -> None:
    from matplotlib.patches import Rectangle

    word = told(part.state, sheet.lang)
    if part.state == ABSENT:
        draw_box(sheet, name, box, edge=RULE, face="white", dashed=True)
        sheet.say(box.x_in + PAD_IN, box.middle_in, word, fontsize=TEXT_PT, color=FAINT,
                  va="center", gid=f"{name}-1")  # fmt: skip
        return
    colour = STATE_COLOURS[part.state]
    draw_box(sheet, name, box, edge=colour, face=STATE_FACES[part.state])
    sheet.say(box.x_in + PAD_IN, box.middle_in - 0.02, word, fontsize=TEXT_PT, weight="bold",
              color=colour, va="center", gid=f"{name}-1")  # fmt: skip
    sheet.say(box.right_in - PAD_IN, box.middle_in - 0.02, _count(part, sheet.lang),
              fontsize=TEXT_PT, va="center", ha="right", gid=f"{name}-2")  # fmt: skip
    largest = max(x.parameters or 0 for x in stage.parts)
    if part.parameters and largest:
        room = inner_width(box.width_in)
        length = max(0.012, room * part.parameters / largest)
        sheet.paper.add_patch(
            Rectangle((box.x_in + PAD_IN, box.bottom_in - 0.065), length, 0.025, facecolor=colour,
                      linewidth=0, zorder=1.7)
        )  # fmt: skip


def _count(part: PartFacts, lang: str) -> str:
    if part.parameters is None:
        return told("unknown_weights", lang)
    if 0 < part.moving < part.parameters:
        moving, count = counted(part.moving), counted(part.parameters)
        return told("of_weights", lang, moving=moving, count=count)
    return counted(part.parameters)


def _settings(stage: StageFacts, number: int, lang: str) -> Card:
    rows = told_rows(stage.settings, lang, most=20)
    return Card(f"settings{number}", told("settings", lang), rows, RULE)


def _key(stage: StageFacts) -> str:
    return "adapter_stage" if stage.name == "adapter" else stage.name
