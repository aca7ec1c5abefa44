"""The state of a line as the live page draws it: instruments, racks of channels, alarms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import ceil, log2
from typing import Any
from zlib import crc32

from faultlens.line.dashboard.instrument import Strip, spectrum_path, strip
from faultlens.line.live import LiveSource, LiveState

CALM = ("running", "waiting", "ended")
"""States of a source that ask for nobody."""

TONES = (
    "unacknowledged",
    "returned",
    "lost",
    "failed",
    "acknowledged",
    "shelved",
    "waiting",
    "ended",
    "running",
)
"""What an instrument's lamp can say, most urgent first."""


RACK_FROM = 4
"""Channels from which a source is shown as a rack; fewer are instruments of their own."""


@dataclass(frozen=True)
class Instrument:
    """One source, or one channel of it.

    Args:
        key: of its element on the page.
        place: in the list of the line, by which its picture is fetched.
        source: what the line says of it.
        tone: of its lamp, of `TONES`.
        strip: of its scores.
        spectrum: path of it; "" for none.
        bands: in that path.
        top_hz: highest frequency of it, Hz.
        picture: a word that changes with the picture; "" for none.
        age_s: since its last frame, s; None before the first.
    """

    key: str
    place: int
    source: LiveSource
    tone: str
    strip: Strip
    spectrum: str
    bands: int
    top_hz: float
    picture: str
    age_s: float | None


@dataclass(frozen=True)
class Panel:
    """One instrument; or a rack: a source with several channels, of which one is shown large.

    Args:
        name: of the source.
        lead: the instrument, or that of the channel which asks most for a look.
        channels: all of a rack, in their order; empty for a single instrument.
        spans: columns that it takes of a wall.
    """

    name: str
    lead: Instrument
    channels: tuple[Instrument, ...] = ()
    spans: int = 1


@dataclass(frozen=True)
class LiveView:
    """All that the live page draws.

    Args:
        state: of the line.
        panels: instruments and racks, in the order of line.toml.
        alarms: standing ones, most urgent first; shelved ones last.
        tones: per source, for the annunciator: (name, key of its element, tone, verdict).
        columns: of the instruments on a wall, so that all fit into one view.
    """

    state: LiveState
    panels: tuple[Panel, ...]
    alarms: tuple[dict[str, Any], ...] = ()
    tones: tuple[tuple[str, str, str, str], ...] = ()
    columns: int = 1


def live_view(state: LiveState) -> LiveView:
    """What the live page draws of a state.

    Args:
        state: how the line stands.

    Example:
        >>> hall = [LiveSource("hall", x) for x in "123"]
        >>> hall.append(LiveSource("hall", "4", alarm="acknowledged"))
        >>> view = live_view(LiveState("a", "", (LiveSource("camera"), *hall)))
        >>> [x.lead.tone for x in view.panels], view.panels[1].lead.source.channel
        (['waiting', 'acknowledged'], '4')
    """
    instruments = [_instrument(k, x, state.time) for k, x in enumerate(state.sources)]
    panels: list[Panel] = []
    tones = []
    for name, group in groupby(instruments, key=lambda x: x.source.name):
        channels = tuple(group)
        lead = min(channels, key=_urgency)
        tones.append((name, channels[0].key, lead.tone, _told(lead.source, state)))
        if len(channels) < RACK_FROM:
            panels += [Panel(name, x) for x in channels]
        else:
            panels.append(Panel(name, lead, channels, spans=2))
    columns = _columns(panels)
    filled = tuple(_filled(panels, columns))
    return LiveView(state, filled, standing_first(state.alarms), tuple(tones), columns)


def standing_first(alarms: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Alarms, the most urgent first, and of those the newest.

    Args:
        alarms: fields of `AlarmRecord`.

    Example:
        >>> rows = ({"state": "shelved", "time": "2"}, {"state": "unacknowledged", "time": "1"})
        >>> [x["state"] for x in standing_first(rows)]
        ['unacknowledged', 'shelved']
    """
    order = ("unacknowledged", "returned", "acknowledged", "shelved")
    newest = sorted(alarms, key=lambda x: str(x.get("time", "")), reverse=True)
    known = [x for x in newest if x.get("state") in order]
    return tuple(sorted(known, key=lambda x: order.index(x["state"])))


def _told(source: LiveSource, state: LiveState) -> str:
    """What the alarm of a source says, which its last frame need not say any more."""
    for alarm in state.alarms:
        if (alarm.get("source"), alarm.get("channel", "")) == (source.name, source.channel):
            return str(alarm.get("verdict", ""))
    return source.verdict


def _columns(panels: list[Panel]) -> int:
    """Columns of a wall on which little stays empty, and instruments are about as high as wide."""
    cells = sum(x.spans for x in panels)
    least = max((x.spans for x in panels), default=1)
    return min(range(least, max(min(cells, 6), least) + 1), key=lambda x: _cost(cells, x))


def _filled(panels: list[Panel], columns: int) -> list[Panel]:
    """The same; what would stay empty at the end goes to the first rack, or else to the last."""
    cells = sum(x.spans for x in panels)
    left = -cells % columns
    if not left:
        return panels
    widest = max(
        range(len(panels)), key=lambda k: (panels[k].spans, k if cells == len(panels) else -k)
    )
    wider = min(panels[widest].spans + left, columns, 4)
    return [replace(x, spans=wider) if k == widest else x for k, x in enumerate(panels)]


def _cost(cells: int, columns: int) -> float:
    rows = ceil(cells / columns) or 1
    # What the alarms leave of a wall of 16:9 is 1.8 times as wide as high.
    return rows * columns - cells + 2 * abs(log2(1.8 * rows / columns))


def _urgency(instrument: Instrument) -> tuple[int, float]:
    """What comes first where only one can be shown large."""
    source = instrument.source
    nearness = source.score / source.threshold if source.threshold > 0 else source.score
    return TONES.index(instrument.tone), -nearness


def _instrument(place: int, source: LiveSource, now: str) -> Instrument:
    bands = len(source.spectrum)
    return Instrument(
        key=f"instrument-{place}",
        place=place,
        source=source,
        tone=_tone(source),
        strip=strip(source.scores, source.threshold),
        spectrum=spectrum_path(source.spectrum),
        bands=bands,
        top_hz=bands * source.band_hz,
        picture=f"{crc32(source.preview.encode()):08x}" if source.preview else "",
        age_s=_age_s(source.time, now),
    )


def _tone(source: LiveSource) -> str:
    """An alarm that waits for a person comes before a sensor that is away, and that before all."""
    if source.alarm in ("unacknowledged", "returned"):
        return source.alarm
    if source.state not in CALM:
        return source.state if source.state in TONES else "failed"
    if source.alarm in ("acknowledged", "shelved"):
        return source.alarm
    return source.state


def _age_s(time: str, now: str) -> float | None:
    try:
        return max(
            0.0, (datetime.fromisoformat(now) - datetime.fromisoformat(time)).total_seconds()
        )
    except (ValueError, TypeError):
        return None
