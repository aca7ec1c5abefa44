"""The figures of the quality page, from what the store answers."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

# Loaded when the pages start, and not while somebody waits for the first of them.
import scipy.special  # noqa: F401

from faultlens.line.dashboard.charts.bars import Bar, pareto
from faultlens.line.dashboard.charts.chart import Chart, Entry
from faultlens.line.dashboard.charts.columns import Column, time_columns
from faultlens.line.dashboard.charts.heat import HeatRow, heat_table
from faultlens.line.dashboard.charts.histogram import score_histogram
from faultlens.line.dashboard.charts.intervals import ShareRow, share_intervals
from faultlens.line.dashboard.charts.lines import Point, Series, time_lines
from faultlens.line.dashboard.charts.numbers import count_text, percent_text, percent_tick
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.spans import Durations, duration_spans
from faultlens.line.dashboard.charts.times import time_ticks
from faultlens.line.dashboard.span_picker import Chosen, Words
from faultlens.metrics.intervals import share_interval
from faultlens.store.questions.counts import Count, TrendPoint, VerdictHour, Yield
from faultlens.store.questions.scores import Latency, ScoreHistogram

REST = "…"
"""Key under which the store counts the faults that are not listed."""

MOST_COLUMNS = 84
"""Columns of the table of hours: a week of every other hour; narrower ones cannot be pointed at."""

HEAT_WIDTHS = tuple(timedelta(hours=x) for x in (1, 2, 4, 6, 12, 24, 48, 96, 120))
"""What a column may hold; the last suits a year."""

MOST_ROWS = 8
"""Faults in the table of hours."""


def yield_line(trend: Sequence[TrendPoint], chosen: Chosen, t: Words) -> Chart:
    """The share that passed, hour by hour or day by day.

    Args:
        trend: counts, oldest first.
        chosen: stretch of time.
        t: words.

    Example:
        >>> yield_line.__name__
        'yield_line'
    """
    points, span = [], chosen.span
    for one in trend:
        judged = one.results - one.errors
        middle = min(max(one.time + chosen.width / 2, span.since), span.until)
        if judged < 1:
            points.append(Point(middle, None))
            continue
        good = judged - one.alarms
        low, high = share_interval(good, judged)
        told = (
            _stretch(one.time, chosen),
            t("quality_yield_point", share=percent_text(good / judged)),
            t("quality_yield_count", bad=count_text(one.alarms), n=count_text(judged)),
        )
        points.append(Point(middle, good / judged, low, high, told))
    lows = [x.low for x in points if x.low is not None]
    return time_lines(
        [Series(t("quality_yield"), tuple(points))],
        span,
        name=t("quality_yield"),
        time_heading=t("figure_time"),
        written=percent_text,
        axis=percent_tick,
        scale=linear_scale(lows or [0.0], high=1.0),
        height=216,
    )


def throughput(trend: Sequence[TrendPoint], chosen: Chosen, t: Words) -> Chart:
    """How many frames were judged, hour by hour or day by day.

    Args:
        trend: counts, oldest first.
        chosen: stretch of time.
        t: words.

    Example:
        >>> throughput.__name__
        'throughput'
    """
    parts = [
        Entry(t("quality_passed"), "bar soft"),
        Entry(t("quality_above"), "bar alarm"),
        Entry(t("quality_errors"), "bar none"),
    ]
    columns = [
        Column(
            one.time,
            (one.results - one.alarms - one.errors, one.alarms, one.errors),
            (
                _stretch(one.time, chosen),
                f"{t('quality_passed')}: {count_text(one.results - one.alarms - one.errors)}",
                f"{t('quality_above')}: {count_text(one.alarms)}",
                f"{t('quality_errors')}: {count_text(one.errors)}",
            ),
        )
        for one in trend
    ]
    key = "quality_throughput" if chosen.step == "hour" else "quality_throughput_day"
    return time_columns(
        columns, chosen.span, chosen.width, parts, name=t(key), time_heading=t("figure_time")
    )


def fault_bars(
    counts: Iterable[Count], query: dict[str, str], label: Callable[[str], str], t: Words
) -> Chart:
    """Faults by how often they came.

    Args:
        counts: of frames above their threshold.
        query: of the search that a row leads to; its verdict is added.
        label: a verdict in the language of the page.
        t: words.

    Example:
        >>> fault_bars.__name__
        'fault_bars'
    """
    others, rows = t("quality_others"), list(counts)
    names = names_of([x.key for x in rows if x.key != REST], label)
    bars = [
        Bar(others, x.n) if x.key == REST else Bar(names[x.key], x.n, search(query, verdict=x.key))
        for x in rows
    ]
    headings = ("quality_fault", "quality_count", "quality_share", "quality_together")
    first, second, third, fourth = (t(x) for x in headings)
    return pareto(
        bars, name=t("quality_pareto"), headings=(first, second, third, fourth), others=others
    )


def yield_rows(rows: Iterable[Yield], key: str, named: Callable[[str], str], t: Words) -> Chart:
    """The share that passed, of each source or shift, with its interval.

    Args:
        rows: counts.
        key: word of what is compared.
        named: name of a row.
        t: words.

    Example:
        >>> yield_rows.__name__
        'yield_rows'
    """
    made = []
    for row in rows:
        if not row.total:
            continue
        low, high = share_interval(row.total - row.bad, row.total)
        aside = t("quality_of_n", n=count_text(row.total))
        made.append(ShareRow(named(row.key), 1 - row.bad / row.total, low, high, aside))
    headings = (
        t("figure_source"), t("quality_yield"), t("quality_column_interval"),
        t("quality_column_of"),
    )  # fmt: skip
    return share_intervals(made, name=t(key), headings=headings, whole=True)


def fault_hours(
    cells: Iterable[VerdictHour],
    chosen: Chosen,
    query: dict[str, str],
    label: Callable[[str], str],
    t: Words,
) -> Chart:
    """When which fault came.

    Args:
        cells: counts of faults by hour.
        chosen: stretch of time.
        query: of the search that a row leads to.
        label: a verdict in the language of the page.
        t: words.

    Example:
        >>> fault_hours.__name__
        'fault_hours'
    """
    span = chosen.span
    width = next(x for x in HEAT_WIDTHS if (span.until - span.since) / x <= MOST_COLUMNS)
    size = max(1, -(-(span.until - span.since) // width))
    found: dict[str, list[int]] = {}
    for cell in cells:
        column = (cell.time - span.since) // width
        if 0 <= column < size:
            found.setdefault(cell.verdict, [0] * size)[column] += cell.n
    most = sorted(found.items(), key=lambda x: (-sum(x[1]), x[0]))[:MOST_ROWS]
    names = names_of([k for k, _ in most], label)
    rows = [HeatRow(names[k], tuple(x), search(query, verdict=k)) for k, x in most]
    columns = [
        f"{span.clock(span.since + k * width)}–{span.clock(span.since + (k + 1) * width)}"
        for k in range(size)
    ]
    axis = [((x - span.since) // width, told) for x, told in time_ticks(span, 6)]
    return heat_table(
        rows,
        columns,
        name=t("quality_heat"),
        heading=t("quality_fault"),
        axis=[x for x in axis if x[0] < size],
    )


def score_figures(histograms: Iterable[ScoreHistogram], t: Words) -> list[tuple[str, Chart]]:
    """How the scores of each source and channel are spread.

    Args:
        histograms: of the store.
        t: words.

    Example:
        >>> score_figures([], str)
        []
    """
    made = []
    for one in histograms:
        title = f"{one.source} · {one.channel}" if one.channel else one.source
        chart = score_histogram(
            one.counts,
            one.threshold,
            name=f"{t('quality_scores')}: {title}",
            headings=(t("quality_score"), t("quality_of_frames")),
            limit=t("quality_threshold"),
            height=104,
        )
        made.append((title, chart))
    return made


def latency_rows(latencies: Iterable[Latency], t: Words) -> Chart:
    """From arrival to verdict, of each source.

    Args:
        latencies: of the store.
        t: words.

    Example:
        >>> latency_rows.__name__
        'latency_rows'
    """
    rows = [Durations(x.source, x.p50_s, x.p99_s, x.most_s) for x in latencies if x.n and x.source]
    headings = (t("figure_source"), t("quality_p50"), t("quality_p99"), t("quality_most"))
    return duration_spans(rows, name=t("quality_latencies"), headings=headings)


def names_of(verdicts: Sequence[str], label: Callable[[str], str]) -> dict[str, str]:
    """How verdicts are called on one figure: two that a language calls alike stay apart.

    Args:
        verdicts: each once.
        label: a verdict in the language of the page.

    Example:
        >>> names_of(["crack", "裂纹", "dent"], {"crack": "crack", "裂纹": "crack"}.get)
        {'crack': 'crack', '裂纹': 'crack (裂纹)', 'dent': 'dent'}
    """
    called = {x: label(x) or x for x in verdicts}
    alike = {name for name in called.values() if list(called.values()).count(name) > 1}
    return {k: f"{x} ({k})" if x in alike and x != k else x for k, x in called.items()}


def search(query: dict[str, str], **more: str) -> str:
    """The address of the search page for what a figure shows.

    Args:
        query: fields that hold already.
        more: fields of this row.

    Example:
        >>> search({"source": "press"}, verdict="crack")
        '/search?source=press&verdict=crack&alarm=yes'
    """
    return f"/search?{urlencode({**query, **more, 'alarm': 'yes'})}"


def _stretch(begin: datetime, chosen: Chosen) -> str:
    zone = chosen.span.zone
    local = begin.astimezone(zone)
    if chosen.step == "day":
        return f"{local:%Y-%m-%d}"
    end = (begin + timedelta(hours=1)).astimezone(zone)
    return f"{chosen.span.clock(begin)}–{end:%H:%M}"
