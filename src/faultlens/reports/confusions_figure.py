"""What is said of labelled pictures of each defect: one name, several that fit, or none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.class_styles import class_names
from faultlens.reports.confusion_figure import (
    LARGEST_IN,
    MARGIN_IN,
    MATRIX_IN,
    NAMES_IN,
    SINE,
    SLANT_DEGREES,
    SMALLEST_IN,
    draw_cells,
    shorten,
    slanted_height_in,
)
from faultlens.reports.lettering import fit
from faultlens.reports.palette import FAINT, INK
from faultlens.reports.sheet import new_sheet
from faultlens.reports.surface_evaluation_phrases import surface_evaluation_phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEAD_IN, FOOT_IN, GAP_IN = 0.95, 0.3, 0.2
"""Height of title and note; below the matrix; between the names and what is no name."""

COLUMN_IN = 1.15


def confusions_figure(
    said: NDArray[np.integer],
    labels: Sequence[str],
    thresholds: Sequence[float],
    missed: Sequence[float],
    lang: str = "en",
) -> "Figure":
    """The matrix of what is confused with what, beside the threshold of each class.

    Args:
        said: (class, said) labelled pictures of each class by what is said of them: each name
            alone, several names, none.
        labels: of the classes.
        thresholds: share of each from which its name is possible.
        missed: share of its pictures whose own name each class may miss.
        lang: language of the fixed words and of known defects, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> said = np.array([[8, 0, 1, 0], [1, 7, 1, 0]])
        >>> figure = confusions_figure(said, ["crack", "dent"], [0.4, 0.5], [0.1, 0.1])
        >>> bool(figure.get_size_inches()[0] > 4)
        True
    """
    counts = np.asarray(said)
    names = class_names(labels, lang)
    several, none = (surface_evaluation_phrase(x, lang) for x in ("several", "no_name"))
    columns = [*names, several, none]
    cell = min(LARGEST_IN, max(SMALLEST_IN, MATRIX_IN / len(columns)))
    size = 8.5 if cell > 0.4 else 6.5
    slant = slanted_height_in(columns, size)
    top, left = HEAD_IN + slant, MARGIN_IN + NAMES_IN
    width_in, height_in = len(labels) * cell, len(labels) * cell
    beside = left + width_in + GAP_IN
    table = beside + 2 * cell + 0.35
    sheet = new_sheet(table + 2 * COLUMN_IN + MARGIN_IN, top + height_in + FOOT_IN, lang)
    title = surface_evaluation_phrase("confusions", lang)
    sheet.say(MARGIN_IN, 0.25, title, fontsize=13, weight="bold")
    note = surface_evaluation_phrase("confusions_note", lang, pictures=int(counts.sum()))
    told = sheet.say(MARGIN_IN, 0.55, note, fontsize=8, color=FAINT)
    fit(sheet.figure, told, table + 2 * COLUMN_IN - MARGIN_IN, 2)
    totals = counts.sum(axis=1)
    parts = ((left, counts[:, : len(labels)], "names"), (beside, counts[:, len(labels) :], "rest"))
    for at, part, name in parts:
        axes = sheet.axes(at, top, part.shape[1] * cell, height_in, label=name)
        axes.set(xlim=(0, part.shape[1]), ylim=(len(labels), 0), xticks=[], yticks=[])
        draw_cells(axes, part, cell, totals=totals, diagonal=name == "names")
    for place, name in enumerate(columns):
        at = left + (place + 0.5) * cell + (GAP_IN if place >= len(labels) else 0)
        over = sheet.say(at, top - 0.07, name, fontsize=size, rotation=SLANT_DEGREES,
                         rotation_mode="anchor", ha="left", va="bottom")  # fmt: skip
        shorten(sheet, over, slant / SINE - 0.1)
    heads = ("believed_from", "promised")
    for place, key in enumerate(heads, start=1):
        sheet.say(table + place * COLUMN_IN, top - 0.08, surface_evaluation_phrase(key, lang),
                  fontsize=7.5, color=FAINT, ha="right", va="bottom")  # fmt: skip
    for place, name in enumerate(names):
        middle = top + (place + 0.5) * cell
        its = sheet.say(left - 0.1, middle, name, fontsize=size, ha="right", va="center")
        fit(sheet.figure, its, NAMES_IN - 0.15, 2 if cell > 0.4 else 1)
        sure = [f"{thresholds[place]:.2f}", f"{1 - missed[place]:.2f}"] if totals[place] else "––"
        for column, text in enumerate(sure, start=1):
            sheet.say(table + column * COLUMN_IN, middle, text, fontsize=size, ha="right",
                      va="center", color=INK)  # fmt: skip
    return sheet.figure
