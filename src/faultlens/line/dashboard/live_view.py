"""The state of a line as the live page draws it: instruments, racks of channels, alarms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
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
class Rack:
    """A source with several channels: the one that asks most for a look, and all of them.

    Args:
        name: of the source.
        lead: shown large.
        channels: all, in their order.
        tone: the most urgent of them.
        rate_hz: frames judged per second, all together.
    """

    name: str
    lead: Instrument
    channels: tuple[Instrument, ...]
    tone: str
    rate_hz: float


@dataclass(frozen=True)
class LiveView:
    """All that the live page draws.

    Args:
        state: of the line.
        panels: single instruments and racks, in the order of line.toml.
        alarms: standing ones, most urgent first; shelved ones last.
        tones: per source, for the annunciator: (name, key of its element, tone, verdict).
    """

    state: LiveState
    panels: tuple[Instrument | Rack, ...]
    alarms: tuple[dict[str, Any], ...] = ()
    tones: tuple[tuple[str, str, str, str], ...] = field(default=())


def live_view(state: LiveState) -> LiveView:
    """What the live page draws of a state.

    Args:
        state: how the line stands.

    Example:
        >>> hall = [LiveSource("hall", x) for x in "123"]
        >>> hall.append(LiveSource("hall", "4", alarm="acknowledged"))
        >>> view = live_view(LiveState("a", "", (LiveSource("camera"), *hall)))
        >>> [x.tone for x in view.panels], view.panels[1].lead.source.channel
        (['waiting', 'acknowledged'], '4')
    """
    instruments = [_instrument(k, x, state.time) for k, x in enumerate(state.sources)]
    panels: list[Instrument | Rack] = []
    tones = []
    for name, group in groupby(instruments, key=lambda x: x.source.name):
        channels = tuple(group)
        lead = min(channels, key=_urgency)
        tones.append((name, channels[0].key, lead.tone, lead.source.verdict))
        if len(channels) < RACK_FROM:
            panels += channels
            continue
        rate_hz = sum(x.source.rate_hz for x in channels)
        panels.append(Rack(name, lead, channels, lead.tone, rate_hz))
    return LiveView(state, tuple(panels), standing_first(state.alarms), tuple(tones))


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
