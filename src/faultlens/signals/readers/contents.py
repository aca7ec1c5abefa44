"""What a file holds, before one channel of it is chosen: the record that every reader returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.column_names import bare_name, is_other_quantity, is_vibration
from faultlens.signals.readers.not_vibration import CLIMBS, LOOKED_AT, why_not_vibration

Window = Callable[[int, int], NDArray[np.floating]]
"""Samples start..stop of one channel, shape (time,)."""

LISTED_CHANNELS = 6
"""As many names as one reads in a warning without losing the thread."""

_MOST_LOOKED_AT = 256
"""Channels that are read to find the first that vibrates: beyond, one has to say which it is."""

_IN_CHINESE = ("、", "，另有 {} 个")  # between names, and behind the last of them


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel in a file, not loaded.

    Args:
        name: its name in the file.
        length: samples.
        read: (start, stop) -> (time,) float samples.
        sample_rate_hz: samples per second, where the file says so.
        unit: unit of the samples, where the file says so.
    """

    name: str
    length: int
    read: Window
    sample_rate_hz: float | None = None
    unit: str | None = None


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything a reader found in one file.

    Args:
        format: the format in words ("MATLAB v5").
        channels: in file order, at least one.
        shaft_rpm: shaft speed, revolutions per minute.
        speeds_rpm: (point,) speeds evenly spread over the recording, where it varies.
        asset: the machine.
        time: when it was recorded, ISO 8601.
        rate_advice: what to tell a user whose file holds no sampling rate.
        unit_advice: what to tell a user where neither this file nor a sidecar says the unit.
        warnings: what a careful engineer would want to know.
    """

    format: str
    channels: tuple[Channel, ...]
    shaft_rpm: float | None = None
    speeds_rpm: NDArray[np.float64] | None = None
    asset: str | None = None
    time: str | None = None
    rate_advice: str = ""
    unit_advice: Notice | None = None
    warnings: tuple[Notice, ...] = ()


def choose_channel(
    contents: Contents, wanted: str | int | None
) -> tuple[Channel, tuple[Notice, ...]]:
    """The wanted channel, or the first that may be vibration, with what to warn of.

    A channel that by its name or unit is vibration goes before one whose name says nothing, and
    that before a temperature or a torque; one that stands still, only climbs or only switches is
    passed over.

    Args:
        contents: what the file holds.
        wanted: name, name without unit or prefix, index from 0, or None.

    Raises:
        UnreadableFileError: the file holds no channel, or nothing but times and counters.
        UnknownNameError: no such channel; the message lists those there are.

    Example:
        >>> both = Contents("csv", tuple(Channel(n, 9, lambda a, b: np.arange(a, b) % 2.0)
        ...                              for n in ("DE", "FE")))
        >>> choose_channel(both, "1")[0].name
        'FE'
        >>> print(*choose_channel(both, None)[1])
        Read channel 'DE'; the file also holds FE. Choose with channel= (--channel).
    """
    channels = contents.channels
    if not channels:
        raise UnreadableFileError(f"The {contents.format} file holds no channel of numbers.")
    if wanted is not None:
        return _named(channels, wanted), ()
    chosen, said = _first_vibration(channels)
    others = [x.name for x in channels if x is not chosen]
    if not others:
        return chosen, said
    choice = Notice(
        en=f"Read channel '{chosen.name}'; the file also holds {_listed(others)}. "
        "Choose with channel= (--channel).",
        zh=f"已读取通道“{chosen.name}”；文件中还有：{_listed(others, *_IN_CHINESE)}。"
        "可用 channel=（--channel）选择通道。",
    )
    return chosen, (choice, *said)


def _first_vibration(channels: Sequence[Channel]) -> tuple[Channel, tuple[Notice, ...]]:
    """The first channel whose name and samples do not speak against it."""
    passed: dict[Notice, list[str]] = {}
    constant: list[Channel] = []
    for channel in sorted(channels, key=_by_name)[:_MOST_LOOKED_AT]:
        if constant and is_other_quantity(channel.name):
            break
        against = why_not_vibration(_pieces(channel))
        if against is None:
            by_name = is_other_quantity(channel.name)
            doubt = Notice(
                en=f"By its name, channel '{channel.name}' does not measure vibration.",
                zh=f"从名称看，通道“{channel.name}”测量的不是振动。",
            )
            said = [
                Notice(
                    en=f"Passed over as {why}: {_listed(names)}.",
                    zh=f"已跳过{why.zh}的通道：{_listed(names, *_IN_CHINESE)}。",
                )
                for why, names in passed.items()
            ]
            return channel, (*said, *([doubt] if by_name else []))
        passed.setdefault(against, []).append(channel.name)
        constant += [channel] if against != CLIMBS else []
    if constant:
        return constant[0], ()
    name = channels[0].name
    raise UnreadableFileError(
        f"Channel '{name}' looks like a time axis or a counter: its values only climb. "
        + ("No other channel is there. " if len(channels) == 1 else "So do all others. ")
        + f"Export the vibration too, or insist with channel={name} (--channel)."
    )


def _by_name(channel: Channel) -> int:
    if is_other_quantity(channel.name):
        return 2
    return 0 if is_vibration(channel.name, channel.unit) else 1


def _pieces(channel: Channel) -> list[NDArray[np.floating]]:
    # Start, middle and end: a channel may rest before the machine is switched on.
    last = max(channel.length - LOOKED_AT, 0)
    starts = sorted({0, last // 2, last})
    return [channel.read(x, min(x + LOOKED_AT, channel.length)) for x in starts]


def _named(channels: tuple[Channel, ...], wanted: str | int) -> Channel:
    name = str(wanted).strip()
    # Each way of naming a channel is tried over all of them before the next, looser one.
    ways = (
        lambda x: x.name == name,
        lambda x: x.name.casefold() == name.casefold(),
        lambda x: bare_name(x.name).casefold() == name.casefold(),
        lambda x: x.name.split(".")[-1].casefold() == name.casefold(),
    )
    for matches in ways:
        found = [x for x in channels if matches(x)]
        if len(found) == 1:
            return found[0]
    if name.isdecimal() and int(name) < len(channels):
        return channels[int(name)]
    raise UnknownNameError(
        "channel",
        name,
        [x.name for x in channels],
        advice=f"An index from 0 to {len(channels) - 1} is understood too.",
    )


def _listed(names: list[str], comma: str = ", ", rest: str = " and {} more") -> str:
    more = len(names) - LISTED_CHANNELS
    return comma.join(names[:LISTED_CHANNELS]) + (rest.format(more) if more > 0 else "")
