"""What is not as it should be now: shown while it lasts, written down when it begins."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from uuid import uuid4

from faultlens.core.notice import Notice
from faultlens.store.records import EventRecord

SEVERITIES = ("info", "warning", "error")
"""From harmless to grave."""


class Conditions:
    """Conditions of a line by key, such as "store" or "source/camera"; any thread may set them.

    Args:
        tell: is given an event when a condition begins, changes its severity, or ends.

    Example:
        >>> told = []
        >>> conditions = Conditions(told.append)
        >>> conditions.set("store", "warning", Notice("The store is away.", "数据库不可用。"))
        >>> conditions.set("store", "warning", Notice("The store is away.", "数据库不可用。"))
        >>> conditions.listed()
        (('warning', 'The store is away.', '数据库不可用。'),)
        >>> conditions.clear("store", Notice("The store is back.", "数据库已恢复。"))
        >>> [event.en for event in told], conditions.listed()
        (['The store is away.', 'The store is back.'], ())
    """

    def __init__(self, tell: Callable[[EventRecord], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._held: dict[str, tuple[str, Notice]] = {}

    def set(self, key: str, severity: str, notice: Notice) -> None:
        """A condition holds; the same again only renews its words.

        Args:
            key: kind of event, and "/" and the source where it is about one.
            severity: of `SEVERITIES`.
            notice: what is so, and what to do.
        """
        with self._lock:
            before = self._held.get(key)
            self._held[key] = (severity, notice)
        if before is None or before[0] != severity:
            self._tell(event(key, severity, notice))

    def clear(self, key: str, notice: Notice | None = None) -> None:
        """A condition holds no longer; no word where it did not.

        Args:
            key: as it was set.
            notice: that it is over; None to say nothing.
        """
        with self._lock:
            before = self._held.pop(key, None)
        if before is not None and notice is not None:
            self._tell(event(key, "info", notice))

    def listed(self) -> tuple[tuple[str, str, str], ...]:
        """Severity, English, Chinese of each, worst first."""
        with self._lock:
            held = list(self._held.values())
        held.sort(key=lambda x: -SEVERITIES.index(x[0]))
        return tuple((severity, notice.en, notice.zh) for severity, notice in held)


def event(key: str, severity: str, notice: Notice) -> EventRecord:
    """An event of now.

    Args:
        key: kind, and "/" and the source where it is about one.
        severity: of `SEVERITIES`.
        notice: in both languages.

    Example:
        >>> told = event("source/belt", "error", Notice("It is lost.", "已丢失。"))
        >>> told.kind, told.source, told.severity
        ('source', 'belt', 'error')
    """
    kind, _, source = key.partition("/")
    return EventRecord(
        str(uuid4()), datetime.now(UTC), kind, severity, notice.en, notice.zh, source=source
    )
