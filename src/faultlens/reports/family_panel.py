"""One row per family of lines: where each fault would show, and how much of it was found."""

from typing import TYPE_CHECKING

from faultlens.reports.palette import FAINT, FAMILY_COLOURS, INK, LINE_NAMES, RULE
from faultlens.reports.sheet import Sheet
from faultlens.signals.evidence import FamilyEvidence, LineEvidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_IN = 0.23
"""Height of a row, inches."""

COLUMNS_IN = {"harmonics": 0.5, "sidebands": 1.1, "strength": 1.22, "slip": 2.35}
"""Where the table's columns begin (strength) or end (the others), inches."""

BAR_IN = 0.42
"""Length of the longest strength bar, inches."""


def draw_family_rows(axes: "Axes", evidence: LineEvidence, families: tuple[str, ...]) -> None:
    """Draw the expected lines of every family as ticks, filled where they were found.

    Args:
        axes: where to draw; its x axis is that of the spectrum above.
        evidence: what was read.
        families: families that speak for the verdict; their rows are tinted.

    Example:
        >>> import numpy as np
        >>> from matplotlib.figure import Figure
        >>> axes = Figure().add_subplot()
        >>> draw_family_rows(axes, LineEvidence(30, 1, (), np.arange(2.0), np.zeros(2), 1), ())
        >>> tuple(map(float, axes.get_ylim()))
        (1.0, 0.0)
    """
    count = len(evidence.families)
    axes.set_ylim(max(count, 1), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for row, family in enumerate(evidence.families):
        colour = FAMILY_COLOURS[family.family]
        if family.family in families:
            axes.axhspan(row, row + 1, color=colour, alpha=0.1, linewidth=0)
        axes.axhline(row + 0.5, color=RULE, linewidth=0.5, zorder=0.5)
        for own, matched, reach, width, alpha in (
            (True, False, 0.24, 0.9, 0.55),
            (False, True, 0.16, 0.7, 0.8),
            (True, True, 0.36, 2.4, 1.0),
        ):
            at = [
                x.measured_order if matched else x.expected_order
                for x in family.lines
                if x.matched == matched and (x.sideband == 0) == own
            ]
            axes.vlines(
                at, row + 0.5 - reach, row + 0.5 + reach, color=colour, lw=width, alpha=alpha
            )


def write_family_names(sheet: Sheet, x_in: float, y_in: float, evidence: LineEvidence) -> None:
    """Write the name and the expected order of each family beside its row.

    Args:
        sheet: the paper.
        x_in: right end of the names, inches.
        y_in: top of the rows, inches.
        evidence: what was read.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> evidence = LineEvidence(30, 1, (), np.arange(2.0), np.zeros(2), 1)
        >>> write_family_names(new_sheet(10, 7, "en"), 1.5, 5.0, evidence)
    """
    for row, family in enumerate(evidence.families):
        middle = y_in + (row + 0.5) * ROW_IN
        colour = FAMILY_COLOURS[family.family]
        sheet.say(
            x_in - 0.72,
            middle,
            sheet.words(family.family),
            color=colour,
            va="center_baseline",
            ha="right",
        )
        told = f"{LINE_NAMES[family.family]} {family.expected_order:.3f}"
        if family.family == "shaft":
            told = LINE_NAMES["shaft"]
        sheet.say(x_in, middle, told, color=colour, va="center_baseline", ha="right", fontsize=6.5)


def write_family_table(
    sheet: Sheet, x_in: float, y_in: float, evidence: LineEvidence, *, fitted: bool = False
) -> None:
    """Write harmonics found of those looked for, sidebands, strength against the floor, slip.

    Args:
        sheet: the paper.
        x_in: left end of the table, inches.
        y_in: top of the rows, inches; the heading stands above it.
        evidence: what was read.
        fitted: whether the geometry is a fit, so that a slip against it says nothing.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> evidence = LineEvidence(30, 1, (), np.arange(2.0), np.zeros(2), 1)
        >>> write_family_table(new_sheet(10, 7, "en"), 7.4, 5.0, evidence)
    """
    for column, at in COLUMNS_IN.items():
        side = "left" if column == "strength" else "right"
        sheet.say(
            x_in + at,
            y_in - 0.03,
            sheet.words(column),
            fontsize=6,
            color=FAINT,
            ha=side,
            va="bottom",
        )
    longest = max([2 * evidence.floor, *(x.strength for x in evidence.families)], default=1.0)
    for row, family in enumerate(evidence.families):
        middle = y_in + (row + 0.5) * ROW_IN
        _write_row(sheet, x_in, middle, family, evidence.floor, longest, fitted)


def _write_row(
    sheet: Sheet,
    x_in: float,
    y_in: float,
    family: FamilyEvidence,
    floor: float,
    longest: float,
    fitted: bool,
) -> None:
    own = [x for x in family.lines if x.sideband == 0]
    side = [x for x in family.lines if x.sideband != 0]
    found = len(family.matched_harmonics)
    cells = {"harmonics": f"{found}/{len(own)}", "sidebands": "–", "slip": "–"}
    if side:
        cells["sidebands"] = f"{family.matched_sidebands}/{len(side)}"
    standing = family.strength >= floor
    # The slip of a family that is not there is that of a coincidence.
    if found and standing and family.family != "shaft" and not fitted:
        cells["slip"] = f"{family.slip_percent:+z.1f} %".replace("-", "−")
    for column, told in cells.items():
        look = INK if standing else FAINT
        sheet.say(
            x_in + COLUMNS_IN[column], y_in, told, color=look, ha="right", va="center_baseline"
        )
    start = x_in + COLUMNS_IN["strength"]
    scale = BAR_IN / longest if longest > 0 else 0.0
    colour = FAMILY_COLOURS[family.family]
    sheet.paper.barh(
        y_in,
        max(family.strength, 0) * scale,
        left=start,
        height=0.09,
        color=colour,
        alpha=1.0 if standing else 0.45,
    )
    sheet.paper.vlines(start + floor * scale, y_in - 0.08, y_in + 0.08, color=INK, lw=0.8)
    sheet.say(
        start + BAR_IN + 0.05,
        y_in,
        f"{family.strength:z.1f}".replace("-", "−"),
        va="center_baseline",
        fontsize=6.5,
    )
