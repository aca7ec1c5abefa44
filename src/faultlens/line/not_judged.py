"""Frames that could not be judged, as events: a line that judges nothing must not be silent."""

from collections.abc import Sequence
from time import monotonic
from typing import final

from faultlens.core.notice import Notice
from faultlens.line.frame import Trouble
from faultlens.line.pipeline.companions import Seen
from faultlens.line.pipeline.troubles import Troubles
from faultlens.store.records import EventRecord


@final
class NotJudged:
    """Looks on within the line's step; says why frames were not judged, each reason once a minute.

    Example:
        >>> from datetime import UTC, datetime
        >>> from types import SimpleNamespace
        >>> frame = SimpleNamespace(id="7", source="hall", time=datetime(2026, 11, 26, tzinfo=UTC))
        >>> seen = SimpleNamespace(judged=SimpleNamespace(frame=frame, error="It is constant."))
        >>> told = NotJudged()
        >>> [x.en for x in (*told(seen), *told(seen))]
        ["'hall' could not judge frame 7: It is constant."]
    """

    def __init__(self) -> None:
        self._troubles = Troubles()

    def __call__(self, seen: Seen) -> Sequence[EventRecord]:
        """The event of a frame; none where it was judged, or its like was told just now.

        Args:
            seen: the frame with what became of it.
        """
        frame, error = seen.judged.frame, seen.judged.error
        if not error:
            return ()
        notice = Notice(
            f"'{frame.source}' could not judge frame {frame.id}: {error}",
            f"“{frame.source}”无法判定帧 {frame.id}：{error}",
        )
        return self._troubles.told(Trouble(frame.source, frame.time, notice), monotonic())
