"""Alarm scores of every picture of a test, label by label, with the threshold."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.lettering import fit
from faultlens.reports.palette import CURVE, FAINT, FAMILY_COLOURS, INK
from faultlens.reports.sheet import new_sheet
from faultlens.reports.surface_evaluation_phrases import surface_evaluation_phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN_IN, NAMES_IN, PLOT_IN, HEAD_IN, ROW_IN = 0.3, 1.8, 6.0, 0.9, 0.42
"""Edge of the sheet, widths of names and plot, heights of the head and of a label's row."""

SMALLEST_SHOWN = 1e-4
"""Alarm score at the left end; nearer to 0 or 1, differences mean nothing to a reader."""


def alarm_scores_figure(
    scores: Mapping[str, NDArray[np.floating]],
    threshold: float,
    clean: str,
    lang: str = "en",
) -> "Figure":
    """The alarm scores of each label in a row of its own, on an axis of odds.

    Args:
        scores: label -> (picture,) alarm scores, 0 to 1.
        threshold: score above which it alarms.
        clean: the label that means no defect; its row comes first, in another colour.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> scores = {"crack": np.array([0.9]), "clean": np.zeros(2)}
        >>> len(alarm_scores_figure(scores, 0.5, "clean").axes)
        2
    """
    labels = sorted(scores, key=lambda x: (x != clean, x))
    height = HEAD_IN + ROW_IN * len(labels) + 0.7
    sheet = new_sheet(MARGIN_IN + NAMES_IN + PLOT_IN + MARGIN_IN, height, lang)
    title = surface_evaluation_phrase("alarm_scores", lang)
    sheet.say(MARGIN_IN, 0.22, title, fontsize=13, weight="bold")
    note = surface_evaluation_phrase("alarm_scores_note", lang)
    sheet.say(MARGIN_IN, 0.52, note, fontsize=8, color=FAINT)
    left, tall = MARGIN_IN + NAMES_IN, ROW_IN * len(labels)
    axes = sheet.axes(left, HEAD_IN, PLOT_IN, tall, label="plot")
    # Dots of one score would hide each other; the same every time, so that a page can be compared.
    rng = np.random.default_rng(0)
    for row, label in enumerate(labels):
        its = np.asarray(scores[label], dtype=np.float64)
        middle = HEAD_IN + (row + 0.5) * ROW_IN
        name = sheet.say(left - 0.12, middle, label, fontsize=8.5, ha="right", va="center")
        fit(sheet.figure, name, NAMES_IN - 0.2)
        axes.scatter(
            _odds(its),
            row + 0.5 + rng.uniform(-0.3, 0.3, len(its)),
            s=7,
            color=FAMILY_COLOURS["outer" if label == clean else "inner"],
            alpha=0.55,
            linewidths=0,
        )
    axes.axvline(float(_odds(np.array([threshold]))[0]), color=INK, lw=1.1)
    ticks = np.array([1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999])
    axes.set(
        xlim=(-9.5, 9.5),
        ylim=(len(labels), 0),
        xticks=_odds(ticks),
        xticklabels=[f"{x:g}" for x in ticks],
        yticks=[],
    )
    axes.hlines(range(1, len(labels)), -9.5, 9.5, color=CURVE, lw=0.4)
    told = surface_evaluation_phrase("alarm_score", lang)
    sheet.say(left + PLOT_IN / 2, HEAD_IN + tall + 0.35, told, fontsize=8, ha="center")
    return sheet.figure


def _odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(scores, SMALLEST_SHOWN, 1 - SMALLEST_SHOWN)
    odds: NDArray[np.float64] = np.log(kept / (1 - kept))
    return odds
