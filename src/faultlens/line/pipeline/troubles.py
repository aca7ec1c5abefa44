"""Trouble of a source as events: each kind once a minute, however often a camera sends garbage."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from faultlens.core.notice import Notice
from faultlens.line.frame import Frame, Trouble
from faultlens.line.pipeline.results import clean
from faultlens.store.records import EventRecord

AGAIN_S = 60.0
"""The same trouble of a source is written down again after so long, with how often it came, s."""

_MOST_KINDS = 200
"""Kinds of trouble that are counted; more share one count."""

BACK_S = 1.0
"""A clock that jumps back by more is said, s; frames may overtake each other by less."""


@dataclass
class _Count:
    told_s: float
    since: int = 0


class Troubles:
    """What went wrong at the sources, gathered; used by one thread.

    Example:
        >>> from datetime import UTC
        >>> troubles, now = Troubles(), datetime(2026, 11, 26, tzinfo=UTC)
        >>> sent = [Trouble("camera", now, Notice(f"Frame {n} is torn.", "x")) for n in range(3)]
        >>> [event.en for n, x in enumerate(sent) for event in troubles.told(x, now_s=10.0 * n)]
        ['Frame 0 is torn.']
        >>> [event.en for event in troubles.told(sent[2], now_s=75.0)]
        ['Frame 2 is torn. (2 more like it in the last 75 s.)']
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], _Count] = {}
        self._last: dict[str, datetime] = {}

    def told(self, trouble: Trouble, now_s: float) -> list[EventRecord]:
        """Its event; none where one like it was told within `AGAIN_S`.

        Args:
            trouble: it.
            now_s: monotonic time, s.
        """
        # Numbers differ from one torn frame to the next; what happened does not.
        kind = re.sub(r"[\d.]+", "#", trouble.notice.en)[:200]
        if len(self._counts) >= _MOST_KINDS and (trouble.source, kind) not in self._counts:
            kind = "#"
        count = self._counts.get((trouble.source, kind))
        if count is not None and now_s - count.told_s < AGAIN_S:
            count.since += 1
            return []
        notice = trouble.notice
        if count is not None and count.since:
            past = now_s - count.told_s
            notice = Notice(
                f"{notice.en} ({count.since} more like it in the last {past:.0f} s.)",
                f"{notice.zh}（最近 {past:.0f} 秒内还有 {count.since} 次类似情况。）",
            )
        self._counts[trouble.source, kind] = _Count(now_s)
        name = f"{trouble.source}/{trouble.time.isoformat()}/{notice.en}"
        return [
            EventRecord(
                str(uuid5(NAMESPACE_URL, clean(name))), trouble.time, "source", trouble.severity,
                clean(notice.en), clean(notice.zh), source=trouble.source,
            )
        ]  # fmt: skip

    def clock(self, frame: Frame, now_s: float) -> list[EventRecord]:
        """An event where the clock of a source jumped back.

        Args:
            frame: the next one of its source and channel.
            now_s: monotonic time, s.
        """
        key = f"{frame.source}\0{frame.channel}"
        before = self._last.get(key)
        self._last[key] = frame.time
        back_s = 0.0 if before is None else (before - frame.time).total_seconds()
        if back_s <= BACK_S:
            return []
        where = f"{frame.source}, {frame.channel}" if frame.channel else frame.source
        notice = Notice(
            f"The clock of '{where}' jumped back by {back_s:.0f} s, to {frame.time:%H:%M:%S} UTC; "
            "frames are judged in the order in which they come. Check its time server.",
            f"“{where}”的时钟回跳了 {back_s:.0f} 秒，到 {frame.time:%H:%M:%S} UTC；"
            "仍按到达顺序判定。请检查其时间服务器。",
        )
        return self.told(Trouble(frame.source, frame.time, notice), now_s)
