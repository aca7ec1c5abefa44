"""Pictures before and after: what an operation made of each, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.reports.lettering import fit
from faultlens.reports.palette import ALARM, FAINT, RULE
from faultlens.reports.sheet import new_sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BEFORE, AFTER = Notice("before", "处理前"), Notice("after", "处理后")

PANEL_IN, GAP_IN, MARGIN_IN = 1.9, 0.12, 0.3
"""Width of a picture, and what is left between and around pictures, inches."""

HEAD_IN, WORDS_IN = 0.75, 0.52
"""Height of the title, and of the words over each row, inches."""

MOST_PANELS = 8
"""Pictures in a row: more would be stamps."""


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """One operation and what it did.

    Args:
        title: what was done, in few words.
        note: what there is to see, in a sentence.
        before: (row, column) or (row, column, 3) of uint8, one picture or several of one size.
        after: (row, column) or (row, column, 3) of uint8.
        unseen: (row, column) of what nobody judges afterwards; None for nothing.
    """

    title: Notice
    note: Notice
    before: tuple[NDArray[np.uint8], ...]
    after: NDArray[np.uint8]
    unseen: NDArray[np.bool_] | None = None


def before_after_figure(rows: Sequence[BeforeAfter], title: Notice, *, lang: str) -> "Figure":
    """Draw operations one below the other, what was before at the left of what was after.

    What nobody judges afterwards is hatched.

    Args:
        rows: operations, each with its pictures (row, column).
        title: of the whole.
        lang: "en" or "zh".

    Returns:
        the figure; `reports.picture.write_picture` writes it.

    Raises:
        UsageError: no operation, or one with more pictures than a row holds.
        UnknownNameError: another language.

    Example:
        >>> picture = np.zeros((40, 60), np.uint8)
        >>> row = BeforeAfter(Notice("Brighter", "增亮"), Notice("All of it.", "全部。"),
        ...                   (picture,), picture + 80)
        >>> figure = before_after_figure([row], Notice("Light", "光"), lang="en")
        >>> [x.get_label() for x in figure.axes]
        ['paper', 'before', 'after']
    """
    most = max((len(x.before) + 1 for x in rows), default=0)
    if not 2 <= most <= MOST_PANELS:
        raise UsageError(
            f"{len(rows)} operations with up to {most} pictures; give one operation at least, with "
            f"2 to {MOST_PANELS} pictures, the one afterwards included."
        )
    heights = [PANEL_IN * x.after.shape[0] / x.after.shape[1] for x in rows]
    width = 2 * MARGIN_IN + most * PANEL_IN + (most - 1) * GAP_IN
    sheet = new_sheet(width, HEAD_IN + sum(heights) + len(rows) * WORDS_IN + MARGIN_IN, lang)
    room = width - 2 * MARGIN_IN
    heading = sheet.say(MARGIN_IN, 0.28, title.of(lang), fontsize=13, weight="bold")
    fit(sheet.figure, heading, room)
    top = HEAD_IN
    for row, height in zip(rows, heights, strict=True):
        name = sheet.say(MARGIN_IN, top, row.title.of(lang), fontsize=9, weight="bold")
        fit(sheet.figure, name, room)
        note = sheet.say(MARGIN_IN, top + 0.19, row.note.of(lang), color=FAINT)
        fit(sheet.figure, note, room, lines=2)
        for number, pixels in enumerate((*row.before, row.after)):
            last = number == len(row.before)
            left = MARGIN_IN + number * (PANEL_IN + GAP_IN)
            panel = sheet.axes(left, top + WORDS_IN - 0.06, PANEL_IN, height)
            panel.set_label("after" if last else "before")
            _show(panel, pixels)
            _tag(panel, (AFTER if last else BEFORE).of(lang))
            if last and row.unseen is not None:
                _hatch(panel, row.unseen)
        top += WORDS_IN + height
    return sheet.figure


def _show(axes: "Axes", pixels: NDArray[np.uint8]) -> None:
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, aspect="auto", interpolation="antialiased")
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=RULE)


def _tag(axes: "Axes", words: str) -> None:
    from faultlens.reports.lettering import write

    plate = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
    write(axes, 0.03, 0.96, words, transform=axes.transAxes, va="top", fontsize=6, bbox=plate)


def _hatch(axes: "Axes", unseen: NDArray[np.bool_]) -> None:
    if not unseen.any():
        return
    from matplotlib import rc_context

    with rc_context({"hatch.linewidth": 0.6, "hatch.color": ALARM}):
        axes.contourf(unseen.astype(np.float32), levels=[0.5, 1.5], colors="none", hatches=["////"])
    axes.contour(unseen.astype(np.float32), levels=[0.5], colors=ALARM, linewidths=0.8)
