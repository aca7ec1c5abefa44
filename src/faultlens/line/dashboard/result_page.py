"""The page of one result: picture or spectrum, findings, sizes, evidence, history, correction."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.numbers import percent_text, score_text
from faultlens.line.dashboard.charts.score_bar import score_bar
from faultlens.line.dashboard.charts.strip import StripFrame, score_strip
from faultlens.line.dashboard.layout import shown, translator
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.result_exhibit import exhibit_of
from faultlens.line.dashboard.result_history import history_of
from faultlens.line.dashboard.result_view import (
    evidence_chart,
    facts_of,
    findings_of,
    sentences_of,
    severity_of,
)
from faultlens.line.dashboard.room import person_of, room_of
from faultlens.line.dashboard.scan_view import defects_of, scan_facts, scan_severity
from faultlens.line.dashboard.search_words import WORDS
from faultlens.line.dashboard.span_picker import Words
from faultlens.line.monitoring.observed import FINGERPRINT
from faultlens.line.monitoring.words import measure_name
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.results import ResultRow, neighbours, result, results
from faultlens.store.records import ResultRecord

if TYPE_CHECKING:
    from faultlens.store.store import Store

AROUND = 30
"""Frames before and after one that are drawn beside it."""

router = APIRouter()


@router.get("/result")
def _result(request: Request, source: str, frame: str) -> Response:
    room, person = room_of(request), person_of(request)
    record = result(room.store, source, frame)
    if record is None:
        raise HTTPException(404)
    t = translator(room.words, person.language)
    before, after = neighbours(room.store, source, frame)
    sentence, action, warnings = sentences_of(record.result)
    return shown(
        request,
        "result.html.jinja",
        record=record,
        before=link_to(source, before) if before else "",
        after=link_to(source, after) if after else "",
        exhibit=exhibit_of(room.settings.media, record, t),
        findings=findings_of(record.result),
        sentence=sentence,
        action=action,
        warnings=warnings,
        facts=[*facts_of(record, t), *scan_facts(record.result, t)],
        severity=[*severity_of(record.result, t), *scan_severity(record.result, t)],
        defects=defects_of(record.result, t),
        evidence=evidence_chart(record.result, t),
        around=_around(room.store, record, t),
        here_again=link_to(source, frame),
        history=history_of(room.store, record),
        measures=[
            (measure_name(k, person.language), x)
            for k, x in record.quality.items()
            if k != FINGERPRINT
        ],
        score_text=score_text,
        percent_text=percent_text,
        score_bar=score_bar,
    )


def link_to(source: str, frame: str) -> str:
    """The address of the page of one frame.

    Args:
        source: of it.
        frame: its id.

    Example:
        >>> link_to("press", "a/1")
        '/result?source=press&frame=a%2F1'
    """
    return f"/result?{urlencode({'source': source, 'frame': frame})}"


def _around(store: "Store", record: ResultRecord, t: Words) -> Chart:
    """Scores of the frames before and after one."""
    same = Filters(source=record.source, channel=record.channel)
    just_after = record.time + timedelta(microseconds=1)
    before = results(store, replace(same, until=just_after), limit=AROUND + 1).rows
    after = _later(store, record, before, same)
    rows = [*reversed(before), *after]
    frames = [
        StripFrame(
            x.frame,
            x.score,
            x.threshold,
            x.alarm,
            link_to(x.source, x.frame),
            x.frame == record.frame,
        )
        for x in rows
    ]
    headings = (t("figure_frame"), t("figure_score"), t("figure_threshold"))
    return score_strip(frames, name=t("result_around"), headings=headings)


def _later(
    store: "Store", record: ResultRecord, before: tuple[ResultRow, ...], same: Filters
) -> list[ResultRow]:
    """The frames after one: lists begin with the newest, so a stretch of time is guessed first."""
    pace = (record.time - before[-1].time) / max(1, len(before) - 1) if before else timedelta(0)
    reach = max(AROUND * pace, timedelta(seconds=1))
    for _ in range(3):
        stretch = replace(same, since=record.time, until=record.time + reach)
        rows = results(store, stretch, limit=1000).rows
        later = [x for x in reversed(rows) if x.time > record.time]
        if len(later) >= AROUND or len(rows) == 1000:
            break
        reach *= 8
    return later[:AROUND]


PAGE = Page("/result", "result_findings", "search", "viewer", router, WORDS, in_navigation=False)
"""In the table of pages."""
