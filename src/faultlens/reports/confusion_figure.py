"""What was called what, with the figures of each class in the same row."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.class_styles import class_names
from faultlens.reports.evaluation_phrases import evaluation_phrase
from faultlens.reports.lettering import fit, text_width_in, write
from faultlens.reports.palette import FAINT, FAMILY_COLOURS, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN_IN, NAMES_IN, HEAD_IN = 0.3, 1.65, 0.95
"""Edge of the sheet, width of the class names, and height of the title with its note."""

MATRIX_IN, SMALLEST_IN, LARGEST_IN = 4.0, 0.27, 0.72
"""Wanted side of the matrix, and limits of its cells."""

COLUMN_IN = 0.72
SLANT_DEGREES = 35
SINE = float(np.sin(np.radians(SLANT_DEGREES)))
SWITCH = 0.21
"""Relative luminance at which white letters and ours stand out alike, at a contrast of 4."""

TALLEST_IN = 1.35
"""Most height that slanted names of columns take."""

FIGURES = ("precision", "recall", "f1", "auroc")
RIGHT, WRONG = FAMILY_COLOURS["outer"], FAMILY_COLOURS["inner"]


def confusion_figure(
    counts: NDArray[np.integer],
    classes: Sequence[str],
    metrics: Mapping[str, Any],
    lang: str = "en",
    counted: str = "windows",
) -> "Figure":
    """The confusion matrix beside the per-class table, class by class in one row.

    Args:
        counts: (class, class) windows or pictures of each true class called each class.
        classes: names of the classes, in their order.
        metrics: "accuracy", and for "precision", "recall", "f1" and "auroc" a table of "macro",
            "weighted" and "per_class"; None where a figure is not defined.
        lang: language of the fixed words and of known faults, "en" or "zh".
        counted: what the numbers are, "windows" or "images".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> one = {"macro": 1.0, "weighted": 1.0, "per_class": {"a": 1.0, "b": None}}
        >>> metrics = {"accuracy": 1.0} | {x: one for x in FIGURES}
        >>> figure = confusion_figure(np.array([[3, 0], [0, 0]]), ["a", "b"], metrics)
        >>> bool(figure.get_size_inches()[0] > 6)
        True
    """
    count = len(classes)
    cell = min(LARGEST_IN, max(SMALLEST_IN, MATRIX_IN / count))
    names = class_names(classes, lang)
    size = 8.5 if cell > 0.4 else 6.5
    side, slant = count * cell, slanted_height_in(names, size)
    top, left = HEAD_IN + slant, MARGIN_IN + NAMES_IN
    table = left + side + 0.75
    width = table + COLUMN_IN * len(FIGURES) + 0.55
    sheet = new_sheet(width, top + side + 1.15, lang)
    sheet.say(MARGIN_IN, 0.25, evaluation_phrase("confusion", lang), fontsize=13, weight="bold")
    note = sheet.say(
        MARGIN_IN,
        0.55,
        evaluation_phrase("confusion_note", lang, counted=evaluation_phrase(counted, lang)),
        fontsize=8,
        color=FAINT,
    )
    fit(sheet.figure, note, width - 2 * MARGIN_IN, 2)
    axes = sheet.axes(left, top, side, side, label="matrix")
    axes.set(xlim=(0, count), ylim=(count, 0), xticks=[], yticks=[])
    draw_cells(axes, np.asarray(counts), cell)
    for place, name in enumerate(names):
        middle = top + (place + 0.5) * cell
        told = sheet.say(left - 0.1, middle, name, fontsize=size, ha="right", va="center")
        fit(sheet.figure, told, NAMES_IN - 0.15, 2 if cell > 0.4 else 1)
        over = sheet.say(
            left + (place + 0.5) * cell,
            top - 0.07,
            name,
            fontsize=size,
            rotation=SLANT_DEGREES,
            rotation_mode="anchor",
            ha="left",
            va="bottom",
        )
        shorten(sheet, over, slant / SINE - 0.1)
        sheet.say(
            table,
            middle,
            f"{int(np.asarray(counts)[place].sum())}",
            fontsize=size,
            ha="right",
            va="center",
        )
        cells = [metrics[x]["per_class"].get(classes[place]) for x in FIGURES]
        _write_row(sheet, table, middle, cells, size, INK)
    _write_head_and_means(sheet, table, (top, top + side), metrics, lang, counted)
    return sheet.figure


def draw_cells(
    axes: Any,
    counts: NDArray[np.integer],
    cell_in: float,
    *,
    totals: NDArray[np.integer] | None = None,
    diagonal: bool = True,
) -> None:
    """Draw the cells of a matrix, each shaded by its share of the row.

    Args:
        axes: of matplotlib, a unit per cell.
        counts: (row, column) numbers.
        cell_in: side of a cell, inches.
        totals: (row,) what shares are of; None for the sum of the row.
        diagonal: whether cells on the diagonal are right, and the others wrong; else all are
            neither.

    Example:
        >>> draw_cells.__name__  # `confusion_figure` shows it at work
        'draw_cells'
    """
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    for row, line in enumerate(counts):
        total = max(int(line.sum() if totals is None else totals[row]), 1)
        for column, number in enumerate(line):
            share = number / total
            colour = (RIGHT if row == column else WRONG) if diagonal else FAINT
            strong = np.array(to_rgb(colour))
            # A single window called wrongly shall be seen: the shading starts at a visible tint.
            depth = 0.0 if not number else 0.12 + 0.88 * share
            face = tuple(1 - depth * (1 - strong))
            box = Rectangle((column, row), 1, 1, facecolor=face, edgecolor=RULE, linewidth=0.6)
            box.set_clip_on(False)
            axes.add_patch(box)
            if not number:
                continue
            ink = "white" if _luminance(face) < SWITCH else INK
            big = cell_in > 0.5
            write(
                axes,
                column + 0.5,
                row + (0.4 if big else 0.5),
                f"{number}",
                ha="center",
                va="center",
                color=ink,
                fontsize=9 if big else max(4.0, 15 * cell_in),
            )
            if big:
                write(
                    axes,
                    column + 0.5,
                    row + 0.7,
                    f"{share:.0%}" if share > 0.995 or share < 0.005 else f"{share:.1%}",
                    ha="center",
                    va="center",
                    color=ink,
                    fontsize=6.5,
                )
    axes.spines[["left", "bottom"]].set_visible(False)


def _luminance(colour: Sequence[float]) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in colour]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def slanted_height_in(names: Sequence[str], size: float) -> float:
    """Height that slanted names of columns take, inches.

    Args:
        names: of the columns.
        size: of the letters, points.

    Example:
        >>> slanted_height_in(["crack"], 8.5) < TALLEST_IN
        True
    """
    from matplotlib.figure import Figure

    figure = Figure(dpi=150)
    widest = max(text_width_in(figure, write(figure, 0, 0, x, fontsize=size)) for x in names)
    return min(TALLEST_IN, (widest + 0.15) * SINE)


def _write_row(
    sheet: Sheet, x_in: float, y_in: float, cells: Sequence[float | None], size: float, ink: str
) -> None:
    for place, value in enumerate(cells, 1):
        told = "–" if value is None else f"{value:.3f}"
        sheet.say(
            x_in + place * COLUMN_IN, y_in, told, fontsize=size, ha="right", va="center", color=ink
        )


def _write_head_and_means(
    sheet: Sheet,
    x_in: float,
    ends_in: tuple[float, float],
    metrics: Mapping[str, Any],
    lang: str,
    counted: str,
) -> None:
    top_in, foot_in = ends_in
    for place, key in enumerate((counted, *FIGURES)):
        sheet.say(
            x_in + place * COLUMN_IN,
            top_in - 0.08,
            evaluation_phrase(key, lang),
            fontsize=7.5,
            color=FAINT,
            ha="right",
            va="bottom",
        )
    end = x_in + COLUMN_IN * len(FIGURES)
    sheet.paper.hlines(foot_in + 0.1, MARGIN_IN, end, color=RULE, lw=0.8)
    for place, mean in enumerate(("macro", "weighted")):
        y_in = foot_in + 0.3 + 0.26 * place
        sheet.say(
            x_in - COLUMN_IN + 0.25,
            y_in,
            evaluation_phrase(mean, lang),
            fontsize=8.5,
            ha="right",
            va="center",
        )
        _write_row(sheet, x_in, y_in, [metrics[x][mean] for x in FIGURES], 8.5, INK)
    sheet.say(
        x_in - COLUMN_IN + 0.25,
        foot_in + 0.82,
        evaluation_phrase("accuracy", lang),
        fontsize=8.5,
        ha="right",
        va="center",
    )
    sheet.say(
        x_in + COLUMN_IN,
        foot_in + 0.82,
        f"{metrics['accuracy']:.3f}",
        fontsize=8.5,
        weight="bold",
        ha="right",
        va="center",
    )


def shorten(sheet: Sheet, text: Any, room_in: float) -> None:
    """Fit a slanted text into its room.

    Args:
        sheet: that it stands on.
        text: of matplotlib.
        room_in: along the slant, inches.

    Example:
        >>> shorten.__name__  # `confusion_figure` shows it at work
        'shorten'
    """
    # A slanted text is measured lying flat: its box would be that of the diagonal.
    slant = text.get_rotation()
    text.set_rotation(0)
    fit(sheet.figure, text, room_in)
    text.set_rotation(slant)
