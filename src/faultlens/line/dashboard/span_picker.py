"""Which stretch of time a page is about: the last hours or days, or two moments of one's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from faultlens.line.dashboard.charts.times import Span

Words = Callable[..., str]
"""Says a word in the language of the page."""

SPANS: dict[str, timedelta] = {
    "8h": timedelta(hours=8),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""What is offered with one click."""

LONGEST = timedelta(days=366)
"""More is not drawn on one page."""

WORDS: dict[str, tuple[str, str]] = {
    "span": ("Time", "时间范围"),
    "span_8h": ("8 h", "8 小时"),
    "span_24h": ("24 h", "24 小时"),
    "span_7d": ("7 days", "7 天"),
    "span_30d": ("30 days", "30 天"),
    "span_own": ("Own", "自定义"),
    "span_since": ("From", "从"),
    "span_until": ("To", "至"),
    "span_apply": ("Show", "显示"),
}


@dataclass(frozen=True)
class Chosen:
    """The stretch of time that was chosen.

    Args:
        key: of `SPANS`, or "own".
        span: begin, end and zone.
        step: "hour", or "day" where hours would be too many.
    """

    key: str
    span: Span
    step: str

    @property
    def width(self) -> timedelta:
        """Of one column of a figure."""
        return timedelta(hours=1) if self.step == "hour" else timedelta(days=1)

    def as_query(self) -> dict[str, str]:
        """The fields of a form that choose it again."""
        if self.key != "own":
            return {"span": self.key}
        return {"span": "own", "since": self.local(0), "until": self.local(1)}

    def local(self, end: int) -> str:
        """One of its ends as a field of a form holds it: 0 the begin, 1 the end."""
        moment = (self.span.since, self.span.until)[end]
        return moment.astimezone(self.span.zone).strftime("%Y-%m-%dT%H:%M")


def chosen_span(
    asked: Mapping[str, str], last: datetime | None, zone: ZoneInfo, now: datetime
) -> Chosen:
    """What a query chooses; what it says wrongly is passed over.

    It ends with the last result and not with this moment, so that a line that stands still shows
    what it did. Its ends are whole hours, as the counts of the store are.

    Args:
        asked: fields of the query: span, since, until.
        last: time of the last result; None where there is none.
        zone: of the line.
        now: this moment.

    Example:
        >>> last = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)
        >>> chosen = chosen_span({"span": "8h"}, last, ZoneInfo("UTC"), last)
        >>> chosen.local(0), chosen.local(1), chosen.step
        ('2026-11-26T07:00', '2026-11-26T15:00', 'hour')
    """
    end = next_hour(last or now)
    if asked.get("span") == "own":
        since, until = _moment(asked.get("since"), zone), _moment(asked.get("until"), zone)
        until = end if until is None else next_hour(until)
        if since is not None and timedelta(0) < until - since <= LONGEST:
            return Chosen("own", Span(whole_hour(since), until, zone), _step(until - since))
    key = asked.get("span", "")
    length = SPANS.get(key, SPANS["24h"])
    name = key if key in SPANS else "24h"
    return Chosen(name, Span(end - length, end, zone), _step(length))


def whole_hour(moment: datetime) -> datetime:
    """The begin of the hour in which a moment lies.

    Args:
        moment: aware.

    Example:
        >>> whole_hour(datetime(2026, 11, 26, 14, 20, tzinfo=UTC)).minute
        0
    """
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def next_hour(moment: datetime) -> datetime:
    """The end of the hour in which a moment lies; of a whole hour, itself.

    Args:
        moment: aware.

    Example:
        >>> next_hour(datetime(2026, 11, 26, 14, 20, tzinfo=UTC)).hour
        15
    """
    begin = whole_hour(moment)
    return begin if begin == moment else begin + timedelta(hours=1)


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if not 2000 <= told.year <= 2200:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)


def _step(length: timedelta) -> str:
    return "hour" if length <= timedelta(days=3, hours=1) else "day"
