"""Faults of a sensor that one frame shows by itself: frozen, dark, bright, dead, saturated, blind.

They need no reference. One frame proves nothing, so several in a row must show the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from faultlens.line.monitoring.observed import FINGERPRINT

RUN = 8
"""Frames in a row that must show a fault: a lamp that misses one flash is none."""

FROZEN_RUN = 20
"""Equal pictures in a row: the noise of a live sensor makes two of them differ, but a compressed
stream of a scene that stands still may repeat a few."""

_DARK, _BRIGHT = 0.01, 0.9
_BLANK = 0.3
"""Contrast below which a dark picture shows nothing at all: dark-field light shows bright edges."""
_DEAD, _CLIPPED = 0.5, 0.02
_SILENT = 1e-9
_BLIND = 0.9


@dataclass(frozen=True)
class SensorState:
    """What the last frames showed.

    Args:
        fault: of the last frame by itself; "" for none.
        run: frames in a row that showed it.
        fingerprint: of the last picture.
        equal: pictures in a row that were equal.
        told: fault that stands; "" for none.
        sound: frames in a row that showed nothing.
    """

    fault: str = ""
    run: int = 0
    fingerprint: float | None = None
    equal: int = 1
    told: str = ""
    sound: int = 0


def shown_fault(quality: Mapping[str, float]) -> str:
    """The fault that the measures of one frame show; "" for none.

    Args:
        quality: as `picture_quality`, `signal_quality` or `scan_quality` gives it.

    Example:
        >>> shown_fault({"rms": 0.0, "clipped": 0.0, "dead": 1.0}), shown_fault({"clipped": 0.1})
        ('dead', 'saturated')
    """
    if quality.get("dead", 0.0) >= _DEAD or quality.get("rms", 1.0) <= _SILENT:
        return "dead"
    if quality.get("missing", 0.0) >= _BLIND:
        return "blind"
    if quality.get("clipped", 0.0) >= _CLIPPED:
        return "saturated"
    if quality.get("brightness", 1.0) <= _DARK and quality.get("contrast", 0.0) <= _blank(quality):
        return "dark"
    return "bright" if quality.get("saturated", 0.0) >= _BRIGHT else ""


def _blank(quality: Mapping[str, float]) -> float:
    # Below a step of 255 the noise of the sensor is all that there is, whatever its contrast.
    return _BLANK if quality.get("brightness", 1.0) > 0.004 else float("inf")


def after(state: SensorState, quality: Mapping[str, float]) -> SensorState:
    """The state after one more frame; `told` changes where a fault begins or is over.

    Args:
        state: before it.
        quality: measures of the frame.

    Example:
        >>> state = SensorState()
        >>> for _ in range(RUN):
        ...     state = after(state, {"dead": 1.0})
        >>> state.told
        'dead'
    """
    fault = shown_fault(quality)
    run = state.run + 1 if fault and fault == state.fault else int(bool(fault))
    fingerprint = quality.get(FINGERPRINT)
    same = fingerprint is not None and fingerprint == state.fingerprint
    equal = state.equal + 1 if same else 1
    if not fault and equal >= FROZEN_RUN:
        fault, run = "frozen", RUN
    elif not fault and state.told == "frozen" and same:
        fault = "frozen"
    sound = 0 if fault else state.sound + 1
    told = state.told
    if fault and run >= RUN:
        told = fault
    elif sound >= RUN:
        told = ""
    return SensorState(fault, run, fingerprint, equal, told, sound)
