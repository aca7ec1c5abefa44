"""The picture of a free-response ROC: places found against false ones a picture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.reports.lettering import displayable
from faultlens.reports.palette import FAINT, RULE
from faultlens.reports.sheet import new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 6.4, 4.4
COLOURS = ("#d55e00", "#0072b2", "#00805f", "#5b6573")
"""Of the curves, in their order."""

MOST_FALSE = 4.0
"""False places a picture at the right end."""

WORDS = {
    "title": Notice("Hot spots found", "热点检出"),
    "along": Notice("false spots a picture", "每幅图像的误报数"),
    "up": Notice("marked hot spots found", "检出的已标注热点比例"),
    "aim": Notice("to reach", "目标"),
}
"""Key -> fixed words."""

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def froc_figure(
    curves: Mapping[str, Curve],
    *,
    aim: tuple[float, float] | None = None,
    note: str = "",
    lang: str = "en",
) -> "Figure":
    """Curves of places found against false ones a picture.

    Args:
        curves: name -> (threshold,) false places a picture and (threshold,) share found.
        aim: false places a picture and share that were to be reached; None for none.
        note: a line under the title.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> froc_figure({"degC": (np.arange(3.0), np.ones(3))}).axes[1].get_label()
        'froc'
    """
    sheet = new_sheet(WIDTH_IN, HEIGHT_IN, lang)
    sheet.say(0.3, 0.22, WORDS["title"].of(sheet.lang), fontsize=12, weight="bold")
    sheet.say(0.3, 0.48, displayable(note), fontsize=7, color=FAINT)
    axes = sheet.axes(0.85, 0.8, 3.9, 2.95, label="froc")
    ends: list[tuple[float, str, str]] = []
    for (name, (false, found)), colour in zip(curves.items(), COLOURS, strict=False):
        axes.step(np.append(0, false), np.append(0, found), where="post", color=colour, lw=1.8)
        reached = found[false <= MOST_FALSE]
        ends.append((float(reached.max(initial=0.0)), name, colour))
    axes.set(xlim=(0, MOST_FALSE), ylim=(0, 1))
    axes.grid(True, color=RULE, lw=0.6)
    if aim is not None:
        axes.plot(*aim, "o", ms=7, mfc="white", mec="#1b1f27", mew=1.4, zorder=6)
        axes.annotate(WORDS["aim"].of(sheet.lang), aim, (8, -3), textcoords="offset points",
                      fontsize=7, color=FAINT)  # fmt: skip
    free = 0.0
    for share, name, colour in sorted(ends, reverse=True):
        y_in = max(0.8 + 2.95 * (1 - share) - 0.06, free)
        sheet.say(4.85, y_in, displayable(name), fontsize=7.5, color=colour)
        free = y_in + 0.2
    sheet.say(2.8, 4.05, WORDS["along"].of(sheet.lang), fontsize=8, ha="center")
    sheet.say(0.25, 2.27, WORDS["up"].of(sheet.lang), fontsize=8, rotation=90, va="center",
              ha="center")  # fmt: skip
    return sheet.figure
