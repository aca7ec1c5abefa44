"""Lines over time, with bands of uncertainty, limits and moments at which something happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from faultlens.line.dashboard.charts.chart import Chart, Entry, Table, canvas, curve
from faultlens.line.dashboard.charts.scale import Scale, linear_scale
from faultlens.line.dashboard.charts.svg import at, tag, words
from faultlens.line.dashboard.charts.times import Span, time_ticks

HEIGHT_PX = 180
"""Of the plot, without the words of its axes."""


@dataclass(frozen=True)
class Point:
    """One value at one time.

    Args:
        time: aware.
        value: None leaves a gap.
        low: lower end of its interval; None without one.
        high: upper end of it.
        told: what a reader who points at it is told, a line each.
    """

    time: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Points joined by a line.

    Args:
        name: in the legend and the table.
        points: oldest first.
        style: class of the line: "line", "line second", "line cat-3".
        gap: points further apart are not joined; None joins all.
    """

    name: str
    points: tuple[Point, ...]
    style: str = "line"
    gap: timedelta | None = None


@dataclass(frozen=True)
class Limit:
    """A level across the figure.

    Args:
        value: of the level.
        name: what it is.
    """

    value: float
    name: str


@dataclass(frozen=True)
class Mark:
    """A moment at which something happened.

    Args:
        time: aware.
        told: what, a line each.
        style: class: "mark", "mark alarm".
    """

    time: datetime
    told: tuple[str, ...]
    style: str = "mark"


def time_lines(
    series: Sequence[Series],
    span: Span,
    *,
    name: str,
    time_heading: str,
    written: Callable[[float], str],
    scale: Scale | None = None,
    limits: Sequence[Limit] = (),
    marks: Sequence[Mark] = (),
    height: float = HEIGHT_PX,
    axis: Callable[[float], str] | None = None,
) -> Chart:
    """Lines over a span of time.

    Args:
        series: at least one; the first is pointed at.
        span: what is shown.
        name: what is drawn.
        time_heading: of the table's first column.
        written: how a value is written.
        scale: of the values; None for one that holds them all.
        limits: levels across.
        marks: moments.
        height: of the plot, px.
        axis: how a tick is written; None for as a value.

    Example:
        >>> from datetime import UTC
        >>> begin, end = datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
        >>> line = Series("Yield", (Point(begin, 0.98), Point(end, 0.99)))
        >>> chart = time_lines([line], Span(begin, end, UTC), name="Yield", time_heading="Time",
        ...                    written="{:.2f}".format)
        >>> chart.table.rows[0]
        ('11-26 00:00', '0.98')
    """
    chosen = linear_scale(_values(series, limits)) if scale is None else scale
    drawn = [*grid(chosen, height, axis or written), *time_axis(span, height)]
    for one in series:
        drawn += _bands(one, span, chosen, height)
    drawn += [_limit(x, chosen, height) for x in limits]
    for one in series:
        drawn += _lines(one, span, chosen, height)
    drawn += _hits(series[0].points, span, chosen, height) if series else []
    drawn += [_mark(x, span, height) for x in marks]
    known = [x for one in series for x in one.points if x.value is not None]
    return Chart(
        "plot",
        name,
        canvas(name, height, *drawn),
        _table(series, span, time_heading, written),
        tuple(Entry(x.name, x.style) for x in series) if len(series) > 1 else (),
        is_empty=not known,
    )


def grid(scale: Scale, height: float, written: Callable[[float], str]) -> list[str]:
    """Hairlines across at the ticks of a scale, with their values left of the plot.

    Args:
        scale: of the values.
        height: of the plot, px.
        written: how a value is written.

    Example:
        >>> ">60<" in "".join(grid(linear_scale([0, 50]), 100, "{:.0f}".format))
        True
    """
    made = []
    for tick in scale.ticks:
        y = round(height * (1 - scale.at(tick)), 2)
        place = {"x1": 0, "x2": "100%", "y1": y, "y2": y}
        made.append(tag("line", {"class": "hair", **place}))
        made.append(words(written(tick), {"class": "tick y", "x": -8, "y": y + 4}))
    return made


def time_axis(span: Span, height: float) -> list[str]:
    """Notches and labels of the time below a plot.

    Args:
        span: what is shown.
        height: of the plot, px.

    Example:
        >>> from datetime import UTC
        >>> begin = datetime(2026, 11, 26, tzinfo=UTC)
        >>> "06:00" in "".join(time_axis(Span(begin, begin + timedelta(days=1), UTC), 100))
        True
    """
    made = []
    for k, (moment, told) in enumerate(time_ticks(span)):
        place = span.at(moment)
        side = " first" if place < 0.02 else " last" if place > 0.98 else ""
        attributes = {"class": f"tick x n{k % 2}{side}", "x": at(place), "y": height + 18}
        made.append(words(told, attributes))
        marks = {"x1": at(place), "x2": at(place), "y1": height, "y2": height + 4}
        made.append(tag("line", {"class": "notch", **marks}))
    return made


def _runs(one: Series) -> list[list[Point]]:
    """The points between gaps."""
    runs: list[list[Point]] = [[]]
    for point in one.points:
        last = runs[-1][-1] if runs[-1] else None
        is_far = last is not None and one.gap is not None and point.time - last.time > one.gap
        if point.value is None or is_far:
            runs.append([])
        if point.value is not None:
            runs[-1].append(point)
    return [x for x in runs if x]


def _lines(one: Series, span: Span, scale: Scale, height: float) -> list[str]:
    made = []
    for run in _runs(one):
        places = [(span.at(x.time), height * (1 - scale.at(x.value or 0.0))) for x in run]
        if len(run) > 1:
            made.append(curve(places, height, one.style))
        else:
            dot = {"class": f"dot {one.style}", "cx": at(places[0][0]), "cy": places[0][1], "r": 3}
            made.append(tag("circle", dot))
    return made


def _bands(one: Series, span: Span, scale: Scale, height: float) -> list[str]:
    made = []
    for run in _runs(one):
        known = [(span.at(x.time), x.low, x.high) for x in run if None not in (x.low, x.high)]
        if len(known) > 1:
            upper = [(x, height * (1 - scale.at(high or 0.0))) for x, _, high in known]
            lower = [(x, height * (1 - scale.at(low or 0.0))) for x, low, _ in reversed(known)]
            made.append(curve([*upper, *lower], height, f"band {one.style}"))
    return made


def _limit(limit: Limit, scale: Scale, height: float) -> str:
    y = round(height * (1 - scale.at(limit.value)), 2)
    line = tag("line", {"class": "limit", "x1": 0, "x2": "100%", "y1": y, "y2": y})
    above = y - 6 if y > 18 else y + 14
    return line + words(limit.name, {"class": "limit-name", "x": "100%", "y": above})


def _hits(points: Sequence[Point], span: Span, scale: Scale, height: float) -> list[str]:
    """What a pointer meets: the whole height around each point, and the point itself."""
    places = [span.at(x.time) for x in points]
    made = []
    for k, point in enumerate(points):
        if not point.told or point.value is None:
            continue
        left = (places[k - 1] + places[k]) / 2 if k else max(0.0, places[k] - 0.02)
        right = (places[k] + places[k + 1]) / 2 if k + 1 < len(points) else min(1, places[k] + 0.02)
        column = {"class": "hit", "x": at(left), "width": at(right - left), "y": 0}
        dot = {"class": "dot", "cx": at(places[k]), "cy": height * (1 - scale.at(point.value))}
        made.append(
            tag(
                "g",
                {"class": "point", "data-tip": "\n".join(point.told)},
                tag("rect", {**column, "height": height}),
                tag("circle", {**dot, "r": 4}),
            )
        )
    return made


def _mark(mark: Mark, span: Span, height: float) -> str:
    x = at(span.at(mark.time))
    return tag(
        "g",
        {"class": mark.style, "data-tip": "\n".join(mark.told)},
        tag("line", {"x1": x, "x2": x, "y1": 0, "y2": height}),
        tag("circle", {"cx": x, "cy": 0, "r": 5}),
    )


def _values(series: Sequence[Series], limits: Sequence[Limit]) -> list[float]:
    points = [x for one in series for x in one.points]
    found = [y for x in points for y in (x.value, x.low, x.high) if y is not None]
    return [*found, *(x.value for x in limits)] if found else []


def _table(
    series: Sequence[Series], span: Span, time_heading: str, written: Callable[[float], str]
) -> Table:
    times = sorted({x.time for one in series for x in one.points})
    columns = [{x.time: x.value for x in one.points} for one in series]
    # What a reader is told of a point begins with its time.
    told = {x.time: x.told[0] for one in series for x in one.points if x.told}
    rows = []
    for moment in times:
        values = [x.get(moment) for x in columns]
        cells = ["–" if x is None else written(x) for x in values]
        clock = f"{moment.astimezone(span.zone):%m-%d %H:%M}"
        rows.append((told.get(moment, clock), *cells))
    return Table((time_heading, *(x.name for x in series)), tuple(rows))
