"""Bars of counts, greatest first, with the share that they make up together (Pareto)."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.numbers import count_text, percent_text
from faultlens.line.dashboard.charts.svg import at, label, tag, words

VITAL = 0.8
"""Share of all that the vital few make up; Pareto's rule as Juran put it."""

ROW_PX = 44
"""Height of a row: its words, and its bar below them."""


@dataclass(frozen=True)
class Bar:
    """One row.

    Args:
        name: what is counted.
        count: how many.
        link: address that shows them; "" for none.
    """

    name: str
    count: int
    link: str = ""


def pareto(
    bars: Sequence[Bar], *, name: str, headings: tuple[str, str, str, str], others: str = ""
) -> Chart:
    """Counts by what they count; those that make up 80 % together stand out.

    Args:
        bars: in any order.
        name: what is drawn.
        headings: of the table: what, count, share, share of all down to here.
        others: name of the row that holds the rest; it stays last.

    Example:
        >>> made = pareto([Bar("dent", 1), Bar("crack", 9)], name="Defects",
        ...               headings=("Defect", "Count", "Share", "Together"))
        >>> made.table.rows
        (('crack', '9', '90.0 %', '90.0 %'), ('dent', '1', '10.0 %', '100 %'))
    """
    ordered = sorted(bars, key=lambda x: (x.name == others, -x.count, x.name))
    total = sum(x.count for x in ordered)
    most = max((x.count for x in ordered), default=0)
    drawn, rows, before = [], [], 0
    for k, bar in enumerate(ordered):
        is_vital = before < VITAL * total and bar.name != others
        together = (before + bar.count) / total if total else 0.0
        before += bar.count
        share = bar.count / total if total else 0.0
        drawn.append(_row(bar, ROW_PX * k, bar.count / most if most else 0.0, is_vital, together))
        rows.append((bar.name, count_text(bar.count), percent_text(share), percent_text(together)))
    return Chart(
        "bars",
        name,
        canvas(name, max(ROW_PX * len(ordered) - 8, 0), *drawn),
        Table(headings, tuple(rows)),
        is_empty=not total,
    )


def _row(bar: Bar, top: float, length: float, is_vital: bool, together: float) -> str:
    words_y, bar_y = top + 16, top + 24
    parts = (
        tag("rect", {"class": "hit", "x": 0, "y": top, "width": "100%", "height": ROW_PX - 4}),
        label(bar.name, y=top, width="62%"),
        words(count_text(bar.count), {"class": "figure", "x": "100%", "dx": -56, "y": words_y}),
        words(f"{100 * together:.1f} %", {"class": "aside", "x": "100%", "y": words_y}),
        tag("rect", {"class": "track", "x": 0, "y": bar_y, "width": "100%", "height": 6, "rx": 1}),
        tag(
            "rect",
            {
                "class": "bar vital" if is_vital else "bar",
                "x": 0,
                "y": bar_y,
                "width": at(length),
                "height": 6,
                "rx": 1,
            },
        ),
    )
    if not bar.link:
        return tag("g", {"class": "row"}, *parts)
    return tag("a", {"class": "row", "href": bar.link}, *parts)
