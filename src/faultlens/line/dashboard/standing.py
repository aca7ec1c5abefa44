"""How the whole line is, in one word and one number: the lamp that every page shows."""

from dataclasses import dataclass
from datetime import UTC, datetime

from faultlens.line.live import LiveState

SILENT_AFTER_S = 6.0
"""A state older than this is none, s: the line writes two in a second. Our convention."""


@dataclass(frozen=True)
class Standing:
    """The lamp.

    Args:
        state: "unacknowledged", "acknowledged", "condition", "normal" or "silent".
        n: alarms, or conditions, of that kind.
    """

    state: str
    n: int = 0


def standing(live: LiveState | None, now: datetime | None = None) -> Standing:
    """The worst that holds now.

    An alarm that returned by itself and that nobody acknowledged counts as unacknowledged, as
    ISA-18.2 wants it; a shelved one counts as none.

    Args:
        live: how the line stands; None where it does not say.
        now: time at which it is looked at; None for this moment.

    Example:
        >>> standing(None).state
        'silent'
        >>> noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
        >>> standing(LiveState("a", noon.isoformat(), alarms=({"state": "returned"},)), noon)
        Standing(state='unacknowledged', n=1)
    """
    if live is None or is_silent(live, now):
        return Standing("silent")
    states = [str(x.get("state", "")) for x in live.alarms]
    waiting = states.count("unacknowledged") + states.count("returned")
    if waiting:
        return Standing("unacknowledged", waiting)
    if "acknowledged" in states:
        return Standing("acknowledged", states.count("acknowledged"))
    serious = [x for x in live.conditions if x[0] != "info"]
    return Standing("condition", len(serious)) if serious else Standing("normal")


def is_silent(live: LiveState, now: datetime | None = None) -> bool:
    """Whether the state is too old to be true.

    Args:
        live: how the line stood.
        now: time at which it is looked at; None for this moment.

    Example:
        >>> is_silent(LiveState("a", "2020-11-26T12:00:00+00:00"))
        True
    """
    try:
        age_s = ((now or datetime.now(UTC)) - datetime.fromisoformat(live.time)).total_seconds()
    except (ValueError, TypeError):
        return True
    return age_s > SILENT_AFTER_S


def live_now(live: LiveState | None, now: datetime | None = None) -> LiveState | None:
    """The state where it is fresh; None where it is none, or too old to be true.

    Args:
        live: how the line stands.
        now: time at which it is looked at; None for this moment.

    Example:
        >>> live_now(LiveState("a", "2020-11-26T12:00:00+00:00")) is None
        True
    """
    return None if live is None or is_silent(live, now) else live
