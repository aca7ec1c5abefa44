"""Counts per hour or day as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from faultlens.line.dashboard.charts.chart import Chart, Entry, Table, canvas
from faultlens.line.dashboard.charts.lines import grid, time_axis
from faultlens.line.dashboard.charts.numbers import count_text, short_count
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.svg import at, tag
from faultlens.line.dashboard.charts.times import Span


@dataclass(frozen=True)
class Column:
    """One column, its parts from the ground up.

    Args:
        time: begin of its hour or day, aware.
        counts: one per part.
        told: what a reader who points at it is told, a line each.
    """

    time: datetime
    counts: tuple[int, ...]
    told: tuple[str, ...] = ()


def time_columns(
    columns: Sequence[Column],
    span: Span,
    width: timedelta,
    parts: Sequence[Entry],
    *,
    name: str,
    time_heading: str,
    height: float = 120,
) -> Chart:
    """Counts per stretch of time, their parts stacked.

    Args:
        columns: oldest first.
        span: what is shown.
        width: of a column: an hour, a day.
        parts: name and style of each part.
        name: what is drawn.
        time_heading: of the table's first column.
        height: of the plot, px.

    Example:
        >>> from datetime import UTC
        >>> begin = datetime(2026, 11, 26, tzinfo=UTC)
        >>> hour, span = timedelta(hours=1), Span(begin, begin + timedelta(hours=2), UTC)
        >>> chart = time_columns([Column(begin, (5,))], span, hour, [Entry("Frames", "bar")],
        ...                      name="Frames", time_heading="Time")
        >>> chart.table.rows
        (('11-26 00:00', '5'),)
    """
    scale = linear_scale([0, *(sum(x.counts) for x in columns)], ticks=3)
    drawn = [*grid(scale, height, short_count), *time_axis(span, height)]
    for column in columns:
        left, right = span.at(column.time), span.at(column.time + width)
        share, ground = right - left, height
        pieces = [
            tag(
                "rect",
                {"class": "hit", "x": at(left), "width": at(share), "y": 0, "height": height},
            )
        ]
        for count, part in zip(column.counts, parts, strict=True):
            tall = height * scale.at(count)
            ground -= tall
            place = {"x": at(left + 0.1 * share), "width": at(0.8 * share)}
            if count:
                rect = {"class": part.style, **place, "y": ground, "height": tall}
                pieces.append(tag("rect", rect))
        pointed = {"class": "point", "data-tip": "\n".join(column.told) or None}
        drawn.append(tag("g", pointed, *pieces))
    rows = tuple(
        (f"{x.time.astimezone(span.zone):%m-%d %H:%M}", *(count_text(y) for y in x.counts))
        for x in columns
    )
    return Chart(
        "plot",
        name,
        canvas(name, height, *drawn),
        Table((time_heading, *(x.name for x in parts)), rows),
        tuple(parts) if len(parts) > 1 else (),
        is_empty=not any(sum(x.counts) for x in columns),
    )
