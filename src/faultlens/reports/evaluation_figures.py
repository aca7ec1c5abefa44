"""Pictures of an evaluation: t-SNE of the embeddings, ROC of every class, reliability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.metrics.calibration import ReliabilityBin
from faultlens.reports.class_styles import ClassStyle, class_names, class_styles
from faultlens.reports.evaluation_phrases import evaluation_phrase
from faultlens.reports.lettering import fit, text_width_in, write
from faultlens.reports.palette import CURVE, FAINT, FAMILY_COLOURS, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN_IN, TOP_IN, PLOT_IN, KEY_IN = 0.3, 0.95, 4.6, 3.0
"""Edge of the sheet, top and side of the plot, and width of the key beside it."""

LEFT_IN = MARGIN_IN + 0.35
ROW_IN = 0.28
"""Left end of the plot, and height of a row of the key."""

DOTTED = ClassStyle(CURVE, "", (0, (2, 3)))
"""What would be without any knowledge, or with perfect knowledge of oneself."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Key:
    """One row of the key: a look, what has it, and a number."""

    told: str
    style: ClassStyle
    number: str = ""
    line: bool = True
    hollow: bool = False


def embedding_figure(
    places: Array,
    labels: Sequence[str],
    right: NDArray[np.bool_],
    classes: Sequence[str],
    *,
    count: int | None = None,
    lang: str = "en",
) -> "Figure":
    """Every window as a point, its class told by colour and by marker, errors ringed.

    Args:
        places: (window, 2) where each lies.
        labels: (window,) true classes.
        right: (window,) whether the model called it rightly.
        classes: names of the classes, in their order.
        count: windows of the whole test; None for those shown.
        lang: language of the fixed words and of known faults, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> figure = embedding_figure(np.eye(2), ["a", "b"], np.array([True, False]), ["a", "b"])
        >>> len(figure.axes)
        2
    """
    note = evaluation_phrase("tsne_note", lang, shown=len(places), count=count or len(places))
    sheet, axes = _plot("tsne", note, lang, below=-0.3)
    axes.set(xticks=[], yticks=[])
    axes.spines[["top", "right"]].set_visible(True)
    axes.spines[:].set(color=RULE, linewidth=0.8)
    marks = np.asarray(labels)
    small = 26 if len(places) < 400 else 14
    shown = [(x, y) for x, y in zip(classes, class_styles(classes), strict=True) if x in marks]
    for label, style in shown:
        its = places[marks == label]
        axes.scatter(
            its[:, 0], its[:, 1], s=small, c=style.colour, marker=style.marker, linewidths=0,
            alpha=0.8,
        )  # fmt: skip
    wrong = places[~right]
    axes.scatter(
        wrong[:, 0], wrong[:, 1], s=3 * small, facecolors="none", edgecolors=INK, linewidths=0.6
    )
    names = class_names([x for x, _ in shown], lang)
    rows = [
        _Key(name, style, f"{int((marks == label).sum())}", line=False)
        for name, (label, style) in zip(names, shown, strict=True)
    ]
    if len(wrong):
        told = evaluation_phrase("called_wrongly", lang)
        rows.append(_Key(told, ClassStyle(INK, "o", "-"), f"{len(wrong)}", line=False, hollow=True))
    _write_key(sheet, rows, evaluation_phrase("windows", lang))
    return sheet.figure


def roc_figure(
    curves: Mapping[str, tuple[Array, Array]],
    areas: Mapping[str, float],
    classes: Sequence[str],
    lang: str = "en",
) -> "Figure":
    """The ROC of every class against the rest, with the area under it.

    Args:
        curves: class -> (point,) false and (point,) true alarms, as `metrics.roc_curve` gives.
        areas: class -> area under its curve.
        classes: names of all classes, in their order; those without a curve are left out.
        lang: language of the fixed words and of known faults, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> line = np.array([0.0, 1.0])
        >>> len(roc_figure({"a": (line, line)}, {"a": 0.5}, ["a"]).axes)
        2
    """
    sheet, axes = _plot("roc", "", lang)
    axes.plot([0, 1], [0, 1], color=CURVE, lw=1, ls=(0, (2, 3)))
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    styles = dict(zip(classes, class_styles(classes), strict=True))
    rows = []
    for label, name in zip(classes, class_names(classes, lang), strict=True):
        if label not in curves:
            continue
        false, true = curves[label]
        style = styles[label]
        axes.plot(false, true, color=style.colour, ls=style.dash, lw=1.8)
        rows.append(_Key(name, style, f"{areas[label]:.3f}"))
    rows.append(_Key(evaluation_phrase("chance", lang), DOTTED, "0.500"))
    _write_key(sheet, rows, "AUROC")
    _axis_names(sheet, "false_positive_rate", "true_positive_rate", lang)
    return sheet.figure


def reliability_figure(
    bins: Sequence[ReliabilityBin], error: float, lang: str = "en", counted: str = "windows"
) -> "Figure":
    """How often a stated probability comes true, and how many samples stand behind each bin.

    Args:
        bins: as `metrics.calibration.reliability` gives them.
        error: expected calibration error.
        lang: language of the fixed words, "en" or "zh".
        counted: what the samples are, "windows" or "images".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> len(reliability_figure([ReliabilityBin(0.8, 0.9, 12, 0.85, 0.75)], 0.1).axes)
        3
    """
    sheet, axes = _plot(
        "reliability", evaluation_phrase("calibration_error", lang, value=error), lang, below=1.15
    )
    blue, red = FAMILY_COLOURS["outer"], FAMILY_COLOURS["inner"]
    axes.plot([0, 1], [0, 1], color=CURVE, lw=1, ls=(0, (2, 3)))
    axes.vlines(
        [x.confidence for x in bins],
        [x.confidence for x in bins],
        [x.accuracy for x in bins],
        color=red,
        lw=2.2,
        alpha=0.6,
    )
    axes.plot([x.confidence for x in bins], [x.accuracy for x in bins], color=blue, lw=1.2)
    most = max(x.samples for x in bins)
    axes.scatter(
        [x.confidence for x in bins],
        [x.accuracy for x in bins],
        # By area, so that a bin of a few windows does not look like one of thousands.
        s=[18 + 110 * x.samples / most for x in bins],
        color=blue,
        zorder=3,
        linewidths=0,
    )
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xticklabels=[])
    counts = sheet.axes(LEFT_IN, TOP_IN + PLOT_IN + 0.15, PLOT_IN, 0.95, label="counts")
    counts.bar([x.low + 0.05 for x in bins], [x.samples for x in bins], width=0.088, color=CURVE)
    counts.set(xlim=(0, 1.02), ylim=(0, 1.28 * most))
    counts.locator_params(axis="y", nbins=3, integer=True)
    for each in bins:
        write(
            counts, each.low + 0.05, each.samples + 0.04 * most, f"{each.samples}", ha="center",
            va="bottom", fontsize=6.5, color=INK,
        )  # fmt: skip
    rows = [
        _Key(evaluation_phrase("share_right", lang), ClassStyle(blue, "o", "-")),
        _Key(evaluation_phrase("gap", lang), ClassStyle(red, "", "-")),
        _Key(evaluation_phrase("perfect", lang), DOTTED),
    ]
    _write_key(sheet, rows)
    _axis_names(sheet, "confidence", "share_right", lang, below=1.12)
    side = LEFT_IN + PLOT_IN + 0.3
    sheet.say(side, TOP_IN + PLOT_IN + 0.2, evaluation_phrase(counted, lang), fontsize=8)
    return sheet.figure


def _plot(title: str, note: str, lang: str, *, below: float = 0.0) -> tuple[Sheet, "Axes"]:
    """A sheet with a square plot at the left and room for the key at the right."""
    width = LEFT_IN + PLOT_IN + KEY_IN + MARGIN_IN
    sheet = new_sheet(width, TOP_IN + PLOT_IN + below + 0.65, lang)
    sheet.say(MARGIN_IN, 0.22, evaluation_phrase(title, lang), fontsize=13, weight="bold")
    told = sheet.say(MARGIN_IN, 0.52, note, fontsize=8, color=FAINT)
    fit(sheet.figure, told, width - 2 * MARGIN_IN, 2)
    return sheet, sheet.axes(LEFT_IN, TOP_IN, PLOT_IN, PLOT_IN, label="plot")


def _axis_names(sheet: Sheet, across: str, up: str, lang: str, *, below: float = 0.0) -> None:
    sheet.say(
        LEFT_IN + PLOT_IN / 2,
        TOP_IN + PLOT_IN + below + 0.22,
        evaluation_phrase(across, lang),
        fontsize=8,
        ha="center",
    )
    sheet.say(
        MARGIN_IN - 0.12,
        TOP_IN + PLOT_IN / 2,
        evaluation_phrase(up, lang),
        fontsize=8,
        rotation=90,
        va="center",
        ha="center",
    )


def _write_key(sheet: Sheet, rows: Sequence[_Key], numbers: str = "") -> None:
    x_in, end = LEFT_IN + PLOT_IN + 0.3, LEFT_IN + PLOT_IN + KEY_IN
    step = min(ROW_IN, PLOT_IN / len(rows))
    sheet.say(end, TOP_IN - 0.2, numbers, fontsize=7.5, color=FAINT, ha="right")
    for place, row in enumerate(rows):
        y_in = TOP_IN + 0.12 + place * step
        sheet.paper.plot(
            [x_in, x_in + 0.15, x_in + 0.3],
            [y_in] * 3,
            color=row.style.colour,
            ls=row.style.dash if row.line else "none",
            lw=1.8,
            marker="" if row.line else row.style.marker,
            markevery=[1],
            markersize=7,
            markerfacecolor="none" if row.hollow else row.style.colour,
            markeredgewidth=0.9 if row.hollow else 0,
        )
        number = sheet.say(end, y_in, row.number, fontsize=8.5, va="center", ha="right")
        room = end - x_in - 0.5 - text_width_in(sheet.figure, number)
        told = sheet.say(x_in + 0.4, y_in, row.told, fontsize=8.5, va="center")
        fit(sheet.figure, told, room)
