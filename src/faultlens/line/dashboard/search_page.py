"""The search page: results by words, machine, time and verdict, with their pictures."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from faultlens.line.dashboard.charts.numbers import count_text, score_text
from faultlens.line.dashboard.charts.score_bar import score_bar
from faultlens.line.dashboard.layout import shown
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import room_of
from faultlens.line.dashboard.search_words import WORDS
from faultlens.line.dashboard.span_picker import chosen_span
from faultlens.store.questions.facts import choices, facts
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.results import MOST_COUNTED, results, total

if TYPE_CHECKING:
    from faultlens.store.store import Store

ROWS = 48
"""Results on one page: whole rows of two, three and four."""

LONGEST_WORDS = 200
"""Letters of a search that are read."""

ALARMS = {"yes": True, "no": False}

router = APIRouter()


@router.get("/search")
def _search(request: Request) -> Response:
    room = room_of(request)
    asked = _asked(request)
    filters = filters_of(asked, room.store, room.zone)
    page = results(room.store, filters, limit=ROWS, cursor=asked.get("cursor") or None)
    found = total(room.store, filters)
    is_counted = not ((filters.text or filters.part is not None) and found >= MOST_COUNTED)
    kept = {k: x for k, x in asked.items() if x and k != "cursor"}
    return shown(
        request,
        "search.html.jinja",
        rows=page.rows,
        older=urlencode({**kept, "cursor": page.next}) if page.next else "",
        newest=urlencode(kept) if asked.get("cursor") else "",
        export=urlencode(kept),
        fields=asked,
        known=choices(room.store),
        found=found,
        is_counted=is_counted,
        many=any(asked.get(x) for x in ("channel", "shift", "part", "since", "until", "span")),
        since=_field(filters.since, room.zone),
        until=_field(filters.until, room.zone),
        count_text=count_text,
        score_text=score_text,
        score_bar=score_bar,
    )


@router.get("/search/results.csv")
def _export(request: Request) -> Response:
    from faultlens.store.exporting import csv_lines

    room = room_of(request)
    filters = filters_of(_asked(request), room.store, room.zone)
    name = f"results-{datetime.now(room.zone):%Y%m%d-%H%M}.csv"
    return StreamingResponse(
        _bytes(csv_lines(room.store, filters)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def filters_of(asked: Mapping[str, str], store: "Store", zone: ZoneInfo) -> Filters:
    """What the fields of the form narrow a search to.

    Args:
        asked: fields: text, source, channel, asset, verdict, shift, part, alarm, and a time: either
            since and until, or the span of another page that led here.
        store: the database, for the end of a span.
        zone: of the line, in which times are typed.

    Example:
        >>> filters_of({"text": "crack", "alarm": "yes"}, None, ZoneInfo("UTC"))
        Filters(source=None, channel=None, asset=None, part=None, verdict=None, shift=None,
                alarm=True, text='crack', since=None, until=None)
    """
    since, until = _moment(asked.get("since"), zone), _moment(asked.get("until"), zone)
    if asked.get("span") and not (since or until):
        span = chosen_span(asked, facts(store).last, zone, datetime.now(UTC)).span
        since, until = span.since, span.until
    return Filters(
        **{
            name: asked.get(name) or None
            for name in ("source", "channel", "asset", "part", "verdict", "shift")
        },
        alarm=ALARMS.get(asked.get("alarm", "")),
        text=asked.get("text", "")[:LONGEST_WORDS],
        since=since,
        until=until,
    )


def _asked(request: Request) -> dict[str, str]:
    return {k: x.strip() for k, x in request.query_params.items()}


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if not timedelta(0) < told.replace(tzinfo=None) - datetime(1970, 1, 2) < timedelta(days=1e5):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)


def _field(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _bytes(lines: Iterator[str]) -> Iterator[bytes]:
    # Excel takes a file for UTF-8 only where it begins so.
    yield b"\xef\xbb\xbf"
    for line in lines:
        yield line.encode()


PAGE = Page("/search", "nav_search", "search", "viewer", router, WORDS)
"""In the table of pages."""
