"""What the live page shows, gathered frame by frame."""

import base64
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from faultlens.line.alarms.alarms import Alarms
from faultlens.line.live import LiveSource
from faultlens.line.pipeline.companions import Seen
from faultlens.line.pipeline.stages import LATEST, middle_and_worst
from faultlens.line.pipeline.station import Station
from faultlens.store.records import ResultRecord

SCORES = 120
"""Scores of the strip on the live page."""

RATE_S = 10.0
"""Over which the rate is counted, s."""

MOST_CHANNELS = 1000
"""Channels that are shown; more would be a sender that makes up names."""


@dataclass
class _Row:
    frames: int = 0
    record: ResultRecord | None = None
    spectrum: tuple[float, ...] = ()
    band_hz: float = 0.0
    preview: str = ""
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=SCORES))
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATEST))
    seconds: deque[list[float]] = field(default_factory=lambda: deque(maxlen=int(RATE_S) + 1))


class Board:
    """Last frames, scores and rates of every source; filled by the recorder, read by others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: dict[tuple[str, str], _Row] = {}

    def saw(self, seen: Seen, preview: bytes | None) -> None:
        """One more frame.

        Args:
            seen: it.
            preview: small JPEG of it; None where none is due.
        """
        frame, record = seen.judged.frame, seen.record
        small = None if preview is None else base64.b64encode(preview).decode()
        second = float(int(monotonic()))
        with self._lock:
            row = self._rows.get((frame.source, frame.channel))
            if row is None:
                if len(self._rows) >= MOST_CHANNELS:
                    return
                row = self._rows[frame.source, frame.channel] = _Row()
            row.frames += 1
            row.record = record
            row.scores.append(round(record.score, 4))
            row.latencies.append(record.latency_s)
            if not row.seconds or row.seconds[-1][0] != second:
                row.seconds.append([second, 0.0])
            row.seconds[-1][1] += 1
            row.preview = row.preview if small is None else small
            if seen.judged.spectrum is not None:
                row.spectrum = tuple(round(float(x), 2) for x in seen.judged.spectrum)
                row.band_hz = seen.judged.band_hz

    def sources(self, stations: Sequence[Station], alarms: Alarms) -> tuple[LiveSource, ...]:
        """All sources as they are now, in the order of the stations.

        Args:
            stations: at work.
            alarms: of the line.
        """
        now_s = monotonic()
        made: list[LiveSource] = []
        with self._lock:
            for station in stations:
                name = station.config.name
                rows = [x for (source, _), x in sorted(self._rows.items()) if source == name]
                made += [_shown(x, station, alarms, now_s) for x in rows] or [
                    LiveSource(name, state=station.state, queued=station.queued)
                ]
        return tuple(made)

    def kind(self, source: str) -> str:
        """ "picture", "signal" or "scan", as the frames of a source are; "" before its first.

        Args:
            source: its name.
        """
        with self._lock:
            rows = [x.record for (name, _), x in self._rows.items() if name == source]
        return next((x.kind for x in rows if x is not None), "")

    @property
    def frames(self) -> int:
        """Judged since the start, of all sources."""
        with self._lock:
            return sum(x.frames for x in self._rows.values())

    def forget(self, sources: Iterable[str]) -> None:
        """Show sources no longer.

        Args:
            sources: their names.
        """
        gone = set(sources)
        with self._lock:
            self._rows = {k: x for k, x in self._rows.items() if k[0] not in gone}


def _shown(row: _Row, station: Station, alarms: Alarms, now_s: float) -> LiveSource:
    record = row.record
    if record is None:
        return LiveSource(station.config.name, state=station.state)
    lately = [n for second, n in row.seconds if now_s - second <= RATE_S]
    first_s = max(row.seconds[0][0], now_s - RATE_S)
    p50_s, p99_s = middle_and_worst(tuple(row.latencies))
    return LiveSource(
        name=record.source, channel=record.channel, kind=record.kind, state=station.state,
        frame=record.frame, time=record.time.isoformat(), verdict=record.verdict,
        score=record.score, threshold=record.threshold,
        alarm=alarms.state(record.source, record.channel), frames=row.frames,
        dropped=station.dropped, queued=station.queued,
        rate_hz=round(sum(lately) / max(now_s - first_s, 1.0), 2), p50_s=p50_s, p99_s=p99_s,
        scores=tuple(row.scores), preview=row.preview, spectrum=row.spectrum,
        band_hz=row.band_hz, model=record.model,
    )  # fmt: skip
