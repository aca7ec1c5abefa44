"""The quality page: yield, faults, scores and latency over a stretch of time."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard import quality_figures as figures
from faultlens.line.dashboard.charts.numbers import count_text, percent_text, seconds_text
from faultlens.line.dashboard.labels import label_in
from faultlens.line.dashboard.layout import shown, translator
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.quality_words import WORDS
from faultlens.line.dashboard.room import person_of, room_of
from faultlens.line.dashboard.span_picker import SPANS, Chosen, Words, chosen_span
from faultlens.metrics.intervals import share_interval
from faultlens.store.questions.counts import (
    TrendPoint,
    counts,
    pareto,
    part_yields,
    trend,
    verdict_hours,
    yields,
)
from faultlens.store.questions.facts import choices, facts
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.scores import latency, score_histogram

if TYPE_CHECKING:
    from faultlens.store.store import Store

router = APIRouter()


@router.get("/quality")
def _quality(request: Request) -> Response:
    started_s = time.perf_counter()
    room, person = room_of(request), person_of(request)
    t = translator(room.words, person.language)
    asked = dict(request.query_params)
    chosen = chosen_span(asked, facts(room.store).last, room.zone, datetime.now(UTC))
    known = choices(room.store)
    source = asked.get("source") if asked.get("source") in known.sources else None
    shift = asked.get("shift") if asked.get("shift") in known.shifts else None
    of = "parts" if asked.get("of") == "parts" else "frames"
    filters = Filters(source=source, shift=shift, since=chosen.span.since, until=chosen.span.until)
    query = chosen.as_query() | {k: x for k, x in (("source", source), ("shift", shift)) if x}
    values = _figures(room.store, filters, chosen, of, query, person.language, t)
    return shown(
        request,
        "quality.html.jinja",
        chosen=chosen,
        spans=tuple(SPANS),
        known=known,
        source=source,
        shift=shift,
        of=of,
        query=query | ({"of": of} if of == "parts" else {}),
        computed_ms=round(1e3 * (time.perf_counter() - started_s)),
        count_text=count_text,
        **values,
    )


def _figures(
    store: "Store",
    filters: Filters,
    chosen: Chosen,
    of: str,
    query: Mapping[str, str],
    language: str,
    t: Words,
) -> dict[str, Any]:
    """All that the page draws, and what stands at its head."""

    def label(verdict: str) -> str:
        return label_in(verdict, language)

    def shift_name(shift: str) -> str:
        return shift or t("quality_no_shift")

    searched = dict(query)
    zone = str(chosen.span.zone)
    frames = trend(store, chosen.step, filters, time_zone=zone)
    if of == "parts":
        over_time = _part_trend(store, filters, chosen)
        by_source = part_yields(store, "source", filters)
        by_shift = part_yields(store, "shift", filters)
    else:
        over_time = frames
        by_source = yields(store, "source" if filters.source is None else "channel", filters)
        by_shift = yields(store, "shift", filters)
    delays = latency(store, filters)
    by_key = "quality_by_source" if filters.source is None else "quality_by_channel"
    return {
        "head": _head(store, filters, delays, chosen, t),
        "yield_chart": figures.yield_line(over_time, chosen, t),
        "throughput_chart": figures.throughput(frames, chosen, t),
        "fault_chart": figures.fault_bars(pareto(store, filters, most=12), searched, label, t),
        "by_key": by_key if of == "frames" else "quality_by_source",
        "source_chart": figures.yield_rows(by_source, by_key, lambda x: x or "–", t),
        "shift_chart": figures.yield_rows(by_shift, "quality_by_shift", shift_name, t),
        "hour_chart": figures.fault_hours(
            verdict_hours(store, filters), chosen, searched, label, t
        ),
        "score_charts": figures.score_figures(score_histogram(store, filters), t),
        "latency_chart": figures.latency_rows(delays, t),
    }


def _part_trend(store: "Store", filters: Filters, chosen: Chosen) -> tuple[TrendPoint, ...]:
    """Whole parts over time, in the form in which frames are counted."""
    made = []
    for row in part_yields(store, chosen.step, filters, time_zone=str(chosen.span.zone)):
        begin = datetime.fromisoformat(row.key)
        known = begin if begin.tzinfo else begin.replace(tzinfo=chosen.span.zone)
        made.append(TrendPoint(known.astimezone(UTC), row.total, row.bad, 0))
    return tuple(made)


def _head(
    store: "Store", filters: Filters, delays: Any, chosen: Chosen, t: Words
) -> list[tuple[str, str, str, str]]:
    """Word, number, what stands below it, and how it is marked: "", "alarm" or "warn"."""
    found = counts(store, filters)
    judged = found.results - found.errors
    hours = (chosen.span.until - chosen.span.since).total_seconds() / 3600
    kinds = len(pareto(store, replace(filters), most=50))
    slowest = max((x for x in delays if x.n and x.source), key=lambda x: x.p99_s, default=None)
    rows = [
        (
            t("quality_frames"),
            count_text(found.results),
            t("quality_per_hour", n=count_text(round(found.results / hours))),
            "",
        ),
        (t("quality_yield_frames"), *_share(judged - found.alarms, judged, t), ""),
    ]
    if found.parts:
        share, _ = _share(found.parts - found.parts_bad, found.parts, t)
        aside = t("quality_parts_bad", bad=count_text(found.parts_bad), n=count_text(found.parts))
        rows.append((t("quality_yield_parts"), share, aside, ""))
    told = t("quality_kinds_one") if kinds == 1 else t("quality_kinds", n=kinds)
    rows.append(
        (t("quality_alarm_frames"), count_text(found.alarms), told, "alarm" * bool(found.alarms))
    )
    if found.errors:
        of_all = t("quality_errors_share", share=percent_text(found.errors / found.results))
        rows.append((t("quality_errors"), count_text(found.errors), of_all, "warn"))
    if slowest is not None:
        aside = t("quality_latency_of", source=slowest.source)
        rows.append((t("quality_latency"), seconds_text(slowest.p99_s), aside, ""))
    return rows


def _share(good: int, total: int, t: Words) -> tuple[str, str]:
    if total < 1:
        return "–", ""
    low, high = share_interval(good, total)
    between = t("quality_interval", low=percent_text(low), high=percent_text(high))
    return percent_text(good / total), between


PAGE = Page("/quality", "nav_quality", "bars", "viewer", router, WORDS)
"""In the table of pages."""
