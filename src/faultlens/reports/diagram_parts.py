"""What the pictures of a model share: head, colours of states, names and values in words."""

from faultlens.reports.boxes import PAD_IN
from faultlens.reports.diagram_facts import FROZEN, LORA, TRAINED, Rows
from faultlens.reports.diagram_words import told, told_value
from faultlens.reports.lettering import fit
from faultlens.reports.palette import FAINT, RULE
from faultlens.reports.sheet import Sheet
from faultlens.text.knowledge import load_faults

WIDTH_IN, MARGIN_IN = 11.0, 0.3
HEAD_IN = 0.86
"""Where a picture begins under its title."""

SIGNAL, LANGUAGE, SPACE, RESULT = "#0072b2", "#a8457f", "#00805f", "#1b2430"
"""Colours of the two ways in, of where they meet, and of what comes out."""

STATE_COLOURS = {FROZEN: "#55708f", TRAINED: "#c04d00", LORA: "#8a5a00"}
"""State of a part -> colour; the word always stands beside it."""

STATE_FACES = {FROZEN: "#eaf0f6", TRAINED: "#fdeee3", LORA: "#faf1dc"}
"""State of a part -> ground of its box."""


def draw_head(sheet: Sheet, title: str, name: str) -> None:
    """Write title and name of the model over a picture.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet = new_sheet(WIDTH_IN, 2, "en")
        >>> draw_head(sheet, "workflow_title", "builtin/bearing")
        >>> [x.get_text() for x in sheet.paper.texts]
        ['Workflow', 'builtin/bearing']
    """
    head = told(title, sheet.lang)
    sheet.say(MARGIN_IN, 0.2, head, fontsize=14, weight="bold", gid="head-1")
    under = sheet.say(MARGIN_IN, 0.48, name, fontsize=8.5, color=FAINT, gid="head-2")
    fit(sheet.figure, under, WIDTH_IN - 2 * MARGIN_IN)
    sheet.paper.hlines(0.7, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)


def told_rows(rows: Rows, lang: str, most: int = 8) -> Rows:
    """Rows with known names and values in words, the last one saying how many were left out.

    Example:
        >>> told_rows((("epochs", "20"), ("", "lines / orders")), "zh")
        (('训练轮数', '20'), ('', '谱线 / 阶次'))
    """
    shown = tuple((told(name, lang), told_value(value, lang)) for name, value in rows)
    if len(shown) <= most:
        return shown
    return (*shown[: most - 1], ("", told("more", lang, count=len(shown) - most + 1)))


def class_rows(classes: tuple[str, ...], lang: str, most: int = 10) -> Rows:
    """Names of classes, one under the other; those of the knowledge base in the language.

    Example:
        >>> class_rows(("outer+inner", "inner race fault"), "zh")
        (('', '外圈 + 内圈'), ('', '内圈故障'))
    """
    known = {x.names.en: x.names.of(lang) for x in load_faults()}
    return told_rows(tuple(("", known.get(x, x.replace("+", " + "))) for x in classes), lang, most)


def inner_width(width_in: float) -> float:
    """Room for text in a box of a width, inches.

    Example:
        >>> round(inner_width(1.5), 2)
        1.3
    """
    return width_in - 2 * PAD_IN
