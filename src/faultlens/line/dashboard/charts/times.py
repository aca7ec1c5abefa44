"""The time axis: which moments of a span are labelled, and how."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 14400, 43200)
"""Distances of ticks, minutes: those that a clock and a calendar have."""


@dataclass(frozen=True)
class Span:
    """The stretch of time that a figure shows.

    Args:
        since: its begin, aware.
        until: its end, aware, later.
        zone: in which hours and days are counted.
    """

    since: datetime
    until: datetime
    zone: tzinfo

    def at(self, moment: datetime) -> float:
        """Where a moment stands, 0 to 1; what lies outside is put at the edge.

        Args:
            moment: aware.
        """
        share = (moment - self.since) / (self.until - self.since)
        return min(max(share, 0.0), 1.0)

    def clock(self, moment: datetime) -> str:
        """A moment as the figure's readers say it: with its day where the span has several.

        Args:
            moment: aware.
        """
        local = moment.astimezone(self.zone)
        return (
            f"{local:%m-%d %H:%M}"
            if self.until - self.since > timedelta(days=1.05)
            else f"{local:%H:%M}"
        )


def time_ticks(span: Span, most: int = 8) -> tuple[tuple[datetime, str], ...]:
    """Round moments of a span with their labels; midnight is labelled with its day.

    Args:
        span: what is shown.
        most: ticks that find room.

    Example:
        >>> from datetime import UTC
        >>> day = Span(datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC), UTC)
        >>> [label for _, label in time_ticks(day, 4)]
        ['11-26', '06:00', '12:00', '18:00', '11-27']
    """
    minutes = (span.until - span.since).total_seconds() / 60
    step = next((x for x in STEPS_MIN if minutes / x <= most), STEPS_MIN[-1])
    local = span.since.astimezone(span.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    made: list[tuple[datetime, str]] = []
    for days in range(int(minutes // 1440) + 3):
        # Each day is counted from its own midnight: the clock may be changed between two.
        if days % max(1, step // 1440):
            continue
        start = (midnight + timedelta(days=days)).replace(tzinfo=None)
        for k in range(max(1, 1440 // step)):
            wall = start + timedelta(minutes=step * k)
            moment = wall.replace(tzinfo=span.zone)
            if span.since <= moment <= span.until:
                made.append((moment, f"{wall:%m-%d}" if k == 0 else f"{wall:%H:%M}"))
    return tuple(made)
