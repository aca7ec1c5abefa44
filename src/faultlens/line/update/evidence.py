"""What speaks for a candidate and what against it: counts of both models on the same frames."""

from collections.abc import Mapping, Sequence
from typing import Any

from faultlens.metrics.intervals import share_interval

Rate = dict[str, Any]
"""`figure`, `set`, and counts [k, n] of the `live` model and of the `candidate`."""


def rate(figure: str, of: str, live: Sequence[bool], candidate: Sequence[bool]) -> Rate:
    """A figure of both models on the same frames.

    Args:
        figure: "correct", "missed", "false alarms" or "alarms".
        of: set: "held" or "shadow".
        live: whether it holds, frame by frame, of the live model.
        candidate: likewise of the candidate.

    Example:
        >>> rate("correct", "held", [True, False], [True, True])["candidate"]
        [2, 2]
    """
    return {
        "figure": figure,
        "set": of,
        "live": [sum(live), len(live)],
        "candidate": [sum(candidate), len(candidate)],
    }


def shadow_rate(shadow: tuple[int, int, int, int]) -> Rate:
    """Alarms of both models on the live frames that both judged.

    Args:
        shadow: frames, alarms of the live model, of the candidate, verdicts alike.

    Example:
        >>> shadow_rate((200, 3, 1, 198))["live"]
        [3, 200]
    """
    frames, live, candidate, _ = shadow
    return {"figure": "alarms", "set": "shadow", "live": [live, frames],
            "candidate": [candidate, frames]}  # fmt: skip


def objections(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a rule must not promote the candidate; empty where it may.

    It must name the held frames no worse, miss no more faults, give no more false alarms, and on
    live frames alarm no more often than chance allows beside the live model: there a frame's truth
    is not known, and most of them are sound.

    Args:
        evidence: of the candidate.

    Example:
        >>> held = [rate("correct", "held", [True] * 8, [True] * 8),
        ...         rate("missed", "held", [False] * 4, [True] + [False] * 3)]
        >>> objections({"rates": held})
        ('missed on the held set: 1 of 4, and 0 of 4 by the live model',)
        >>> objections({})
        ('there is no held set: nothing says that it is no worse',)
    """
    rates = list(evidence.get("rates", ()))
    if not any(x["set"] == "held" for x in rates):
        return ("there is no held set: nothing says that it is no worse",)
    found = []
    for each in rates:
        (live, of), (candidate, among) = each["live"], each["candidate"]
        worse = candidate < live if each["figure"] == "correct" else candidate > live
        if each["set"] == "shadow":
            worse = candidate > share_interval(live, of)[1] * among if of else False
        if worse:
            found.append(
                f"{each['figure']} on the {each['set']} set: {candidate} of {among}, and {live} of "
                f"{of} by the live model"
            )
    return tuple(found)
