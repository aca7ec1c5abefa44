"""The verdict of a part: its frames joined, over all sources that saw it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from faultlens.core.errors import UnreadableFileError
from faultlens.store.records import PartRecord, ResultRecord

QUIET_S = 30.0
"""A part of which nothing came for so long is over, s: longer than from one camera to the next."""

MOST_OPEN = 10_000
"""Parts that are open at once; more are closed, oldest first, so that memory is bounded."""


@dataclass(frozen=True)
class OpenPart:
    """A part of which more may come.

    Args:
        record: what is known so far.
        left: sources that show another part by now.
        touched_s: monotonic time of its last frame, s.
    """

    record: PartRecord
    left: frozenset[str]
    touched_s: float


class Parts:
    """Parts that are open; used by one thread.

    A part is over once every source that shows parts has seen it and goes on with another one, or
    after `QUIET_S` without a frame of it.

    Args:
        kept: part -> text, as `changes` gave it before a restart.
        now_s: monotonic time, s.

    Raises:
        UnreadableFileError: a text is none of ours.
    """

    def __init__(self, kept: Mapping[str, str], now_s: float) -> None:
        self._open = {name: _open_part(text, now_s) for name, text in kept.items()}
        self._changed: set[str] = set()
        self._current: dict[str, str] = {}
        for name, part in self._open.items():
            for source in set(part.record.sources) - part.left:
                self._current[source] = name

    def saw(self, result: ResultRecord, now_s: float) -> list[PartRecord]:
        """Parts that are over with this result, of this or other parts.

        Args:
            result: of a frame; one without a part changes nothing.
            now_s: monotonic time, s.
        """
        if result.part is None:
            return []
        source, name = result.source, result.part
        before = self._current.get(source)
        self._current[source] = name
        if name in self._open:
            part = self._open[name]
            joined = _joined(part.record, result)
            self._open[name] = OpenPart(joined, part.left - {source}, now_s)
        else:
            self._open[name] = OpenPart(_first(result), frozenset(), now_s)
        self._changed.add(name)
        if before is not None and before != name and before in self._open:
            part = self._open[before]
            self._open[before] = replace(part, left=part.left | {source})
            self._changed.add(before)
        over = [x for x in (before,) if x in self._open and self._all_left(x)]
        over += islice(self._open, max(0, len(self._open) - MOST_OPEN))
        return self._closed(dict.fromkeys(over))

    def quiet(self, now_s: float) -> list[PartRecord]:
        """Parts of which nothing came for `QUIET_S`.

        Args:
            now_s: monotonic time, s.
        """
        return self._closed(
            [x for x, part in self._open.items() if now_s - part.touched_s >= QUIET_S]
        )

    def closed(self) -> list[PartRecord]:
        """All that are open, as when every source has ended."""
        return self._closed(list(self._open))

    def changes(self) -> dict[str, str | None]:
        """Part -> text of each that changed since the last call; None for one that is over."""
        made: dict[str, str | None] = {}
        for name in self._changed:
            part = self._open.get(name)
            made[name] = None if part is None else _text(part)
        self._changed.clear()
        return made

    def _all_left(self, name: str) -> bool:
        return self._open[name].left >= self._current.keys()

    def _closed(self, names: Iterable[str]) -> list[PartRecord]:
        gone = [self._open.pop(name).record for name in names]
        self._changed.update(x.part for x in gone)
        return gone


def _first(result: ResultRecord) -> PartRecord:
    return PartRecord(
        part=result.part or "", first=result.time, last=result.time, frames=1,
        verdict=result.verdict, alarm=result.alarm, score=result.score,
        sources=(result.source,), shift=result.shift,
    )  # fmt: skip


def _joined(part: PartRecord, result: ResultRecord) -> PartRecord:
    # The worst frame speaks for the part: an alarming one before all others, then the score.
    worse = (result.alarm, result.score) > (part.alarm, part.score)
    return replace(
        part,
        first=min(part.first, result.time),
        last=max(part.last, result.time),
        frames=part.frames + 1,
        verdict=result.verdict if worse else part.verdict,
        alarm=part.alarm or result.alarm,
        score=max(part.score, result.score),
        sources=tuple(dict.fromkeys((*part.sources, result.source))),
    )


def _text(part: OpenPart) -> str:
    table = asdict(part.record)
    table.update(first=part.record.first.isoformat(), last=part.record.last.isoformat())
    return json.dumps({**table, "left": sorted(part.left)}, ensure_ascii=False)


def _open_part(text: str, now_s: float) -> OpenPart:
    try:
        table = json.loads(text)
        left = frozenset(table.pop("left"))
        for name in ("first", "last"):
            table[name] = datetime.fromisoformat(table[name]).astimezone(UTC)
        table["sources"] = tuple(table["sources"])
        return OpenPart(PartRecord(**table), left, now_s)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFileError(
            f"This is no part of a line ({error}): the journal is damaged, or of another version "
            "of faultlens."
        ) from error
