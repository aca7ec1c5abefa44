"""How the line stands at this moment: what the live page shows, from the line to its pages.

It does not pass through the database or the disk, so that it is there also when those are not. The
line writes one such state as a line of JSON twice a second to the standard input of its pages.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from faultlens.core.errors import UnreadableFileError


@dataclass(frozen=True)
class LiveSource:
    """One source, or one channel of one with several.

    Args:
        name: of the source.
        channel: of it; "" else.
        kind: "picture", "signal" or "scan"; "" before its first frame.
        state: "running", "waiting" (nothing comes), "lost" (reconnecting), "ended" or "failed".
        frame: id of the last frame judged.
        time: when that was taken, ISO 8601; "" before the first.
        verdict: of it.
        score: of it, 0 to 1.
        threshold: of it.
        alarm: state of the source's alarm, of `store.records.ALARM_STATES`; "normal" without one.
        frames: judged since the start.
        dropped: passed over by the policy "newest" since the start.
        queued: waiting now.
        rate_hz: frames judged per second, of the last ten seconds.
        p50_s: median from arrival to verdict, of the last frames, s.
        p99_s: 99th percentile of it, s.
        scores: of the last 120 frames, oldest first.
        preview: small JPEG in base64, of the last picture or the last with a defect; "" for none.
        spectrum: level per band of the last window, dB.
        band_hz: width of a band, Hz.
        model: name and hash of what judges.
    """

    name: str
    channel: str = ""
    kind: str = ""
    state: str = "waiting"
    frame: str = ""
    time: str = ""
    verdict: str = ""
    score: float = 0.0
    threshold: float = 0.0
    alarm: str = "normal"
    frames: int = 0
    dropped: int = 0
    queued: int = 0
    rate_hz: float = 0.0
    p50_s: float = 0.0
    p99_s: float = 0.0
    scores: tuple[float, ...] = ()
    preview: str = ""
    spectrum: tuple[float, ...] = ()
    band_hz: float = 0.0
    model: str = ""


@dataclass(frozen=True)
class LiveState:
    """The whole line.

    Args:
        line: its name.
        time: of this state, ISO 8601.
        sources: in the order of line.toml.
        alarms: last step of every alarm whose life is not over: fields of `AlarmRecord`.
        conditions: what is not as it should be now, worst first: severity, en, zh. A full disk, a
            database that is away, a sink that fails.
        spooled: records that wait for the database.
        stages: name of a stage -> median and 99th percentile, s.
        shadow: name of a source -> reference of the candidate that judges beside its model.
    """

    line: str
    time: str
    sources: tuple[LiveSource, ...] = ()
    alarms: tuple[dict[str, Any], ...] = ()
    conditions: tuple[tuple[str, str, str], ...] = ()
    spooled: int = 0
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    shadow: dict[str, str] = field(default_factory=dict)


def live_line(state: LiveState) -> str:
    """The state as one line of JSON.

    Args:
        state: how the line stands.

    Example:
        >>> live_state(live_line(LiveState("press-3", "2026-11-26T08:00:00+00:00"))).line
        'press-3'
    """
    table = asdict(state)
    for alarm in table["alarms"]:
        alarm.update({k: x.isoformat() for k, x in alarm.items() if isinstance(x, datetime)})
    return json.dumps(table, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def live_state(line: str) -> LiveState:
    """The state that `live_line` made this of.

    Args:
        line: of JSON.

    Raises:
        UnreadableFileError: it is none.

    Example:
        >>> live_state(live_line(LiveState("a", "", (LiveSource("camera"),)))).sources[0].name
        'camera'
    """
    try:
        table = json.loads(line)
        sources = tuple(_source(row) for row in table.pop("sources"))
        conditions = tuple((a, b, c) for a, b, c in table.pop("conditions"))
        stages = {name: (a, b) for name, (a, b) in table.pop("stages").items()}
        alarms = tuple(table.pop("alarms"))
        return LiveState(
            sources=sources, conditions=conditions, stages=stages, alarms=alarms, **table
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFileError(f"This is no state of a line: {error}.") from error


def _source(row: dict[str, Any]) -> LiveSource:
    values: dict[str, Any] = {k: tuple(x) if isinstance(x, list) else x for k, x in row.items()}
    return LiveSource(**values)
