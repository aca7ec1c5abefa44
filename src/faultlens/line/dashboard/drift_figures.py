"""The figures of the drift page: how far each measure stands from its reference, over its level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.lines import Limit, Point, Series, time_lines
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.times import Span
from faultlens.line.dashboard.span_picker import Words
from faultlens.line.monitoring.words import measure_name
from faultlens.store.records import DriftRecord

STEPS = 160
"""Points of a line: as fine as its pixels; of those between, the furthest is drawn."""

FURTHEST = 4.0
"""Times the level at which the figure ends, so that what lies below it can still be read."""


@dataclass(frozen=True)
class Watched:
    """One source, or one channel of it, as the page shows it.

    Args:
        source: its name.
        channel: of it; "" else.
        drifted: whether it has changed, by its last readings.
        cause: of the change; "" while nothing changed.
        time: of the last reading.
        measures: name, value over level, and whether it is over, the furthest first.
        chart: the measures over time.
    """

    source: str
    channel: str
    drifted: bool
    cause: str
    time: datetime
    measures: tuple[tuple[str, float, bool], ...]
    chart: Chart


def watched(
    latest: Iterable[DriftRecord],
    readings: Sequence[DriftRecord],
    span: Span,
    language: str,
    t: Words,
) -> Watched:
    """What the page shows of one source or channel.

    Args:
        latest: last reading of each of its measures.
        readings: of the stretch of time, oldest first.
        span: the stretch of time.
        language: "en" or "zh".
        t: words.

    Example:
        >>> watched.__name__
        'watched'
    """
    last = sorted(latest, key=lambda x: (-x.drifted, -_ratio(x), x.measure))
    names = {x.measure: measure_name(x.measure, language) for x in (*last, *readings)}
    over = {x.measure for x in last if x.drifted}
    series = [_furthest(readings, names, span, t)]
    for measure in sorted(over):
        own = [x for x in readings if x.measure == measure]
        series.append(Series(names[measure], _thinned(own, names, span, t), "line alarm"))
    top = max((x.value or 0.0 for one in series for x in one.points), default=1.0)
    chart = time_lines(
        series,
        span,
        name=f"{t('drift_chart')}: {last[0].source} {last[0].channel}".strip(),
        time_heading=t("figure_time"),
        written="{:.2f}".format,
        scale=linear_scale([0.0, min(max(top, 1.2), FURTHEST)], low=0.0),
        limits=[Limit(1.0, t("drift_level"))],
        height=132,
    )
    return Watched(
        source=last[0].source,
        channel=last[0].channel,
        drifted=bool(over),
        cause=next((x.cause for x in last if x.cause), ""),
        time=max(x.time for x in last),
        measures=tuple((names[x.measure], _ratio(x), x.drifted) for x in last),
        chart=chart,
    )


def _ratio(reading: DriftRecord) -> float:
    return reading.value / reading.level if reading.level > 0 else 0.0


def _furthest(
    readings: Sequence[DriftRecord], names: dict[str, str], span: Span, t: Words
) -> Series:
    """Of all measures at each time the one that stands furthest, over its level."""
    return Series(t("drift_furthest"), _thinned(readings, names, span, t), "line second")


def _thinned(
    readings: Sequence[DriftRecord], names: dict[str, str], span: Span, t: Words
) -> tuple[Point, ...]:
    """At most `STEPS` points: of each stretch the one furthest from the reference."""
    kept: dict[int, DriftRecord] = {}
    for one in readings:
        place = int(span.at(one.time) * STEPS)
        if place not in kept or _ratio(one) > _ratio(kept[place]):
            kept[place] = one
    return tuple(
        Point(x.time, _ratio(x), told=(span.clock(x.time), _told(x, names, t)))
        for _, x in sorted(kept.items())
    )


def _told(reading: DriftRecord, names: dict[str, str], t: Words) -> str:
    ratio = f"{_ratio(reading):.2f}"
    return t("drift_point", measure=names[reading.measure], ratio=ratio)
