"""A table of shades: how much of what, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.svg import at, label, tag, words

STEPS = 6
"""Shades above nothing; more cannot be told apart."""

ROW_PX = 38
"""Height of a row: its name, and its cells below it."""


@dataclass(frozen=True)
class HeatRow:
    """One row.

    Args:
        name: of it.
        counts: one per column.
        link: address that shows them; "" for none.
    """

    name: str
    counts: tuple[int, ...]
    link: str = ""


def heat_table(
    rows: Sequence[HeatRow],
    columns: Sequence[str],
    *,
    name: str,
    heading: str,
    axis: Sequence[tuple[int, str]] = (),
) -> Chart:
    """Counts of rows over columns as shades; the darkest is the greatest of all.

    Args:
        rows: in the order in which they are drawn.
        columns: what each column is; a reader who points at a cell is told.
        name: what is drawn.
        heading: of the rows' names in the table.
        axis: number of a column and its label, for the few that find room.

    Example:
        >>> chart = heat_table([HeatRow("crack", (0, 4))], ["06:00", "07:00"],
        ...                    name="Defects by hour", heading="Defect")
        >>> chart.table.headings, chart.table.rows
        (('Defect', '06:00', '07:00'), (('crack', '0', '4'),))
    """
    most = max((x for row in rows for x in row.counts), default=0)
    drawn, wide = [], 1 / max(1, len(columns))
    for k, row in enumerate(rows):
        top = ROW_PX * k
        total = words(f"{sum(row.counts):,}", {"class": "figure", "x": "100%", "y": top + 14})
        named = label(row.name, y=top - 2, width="80%") + total
        link = {"href": row.link, "class": "row"}
        drawn.append(tag("a", link, named) if row.link else named)
        for column, count in enumerate(row.counts):
            cell = {
                "class": f"cell heat-{_shade(count, most)}",
                "x": at(column * wide),
                "width": at(0.94 * wide),
                "y": top + 19,
                "height": 12,
                "rx": 1,
                "data-tip": f"{columns[column]}\n{row.name}: {count:,}",
            }
            drawn.append(tag("rect", cell))
    height = ROW_PX * len(rows)
    for column, told in axis:
        place = {"class": "tick x first", "x": at(column * wide), "y": height + 8}
        drawn.append(words(told, place))
    table = Table((heading, *columns), tuple((x.name, *(f"{y:,}" for y in x.counts)) for x in rows))
    return Chart("heat", name, canvas(name, height, *drawn), table, is_empty=not most)


def _shade(count: int, most: int) -> int:
    """0 for nothing, else 1 to `STEPS`; by the root, since few hours hold most of it."""
    if not count:
        return 0
    return max(1, round(STEPS * sqrt(count / most)))
