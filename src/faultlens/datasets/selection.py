"""Recordings chosen by what is true of them."""

from collections.abc import Iterable, Mapping

from faultlens.core.errors import UnknownNameError
from faultlens.datasets.labelled import LabelledRecording, Origin

FIELDS = ("machine", "key", "label", "condition", "specimen", "file")
"""What every recording can be chosen by; its attributes come on top."""


def where(
    recordings: Iterable[LabelledRecording], wanted: Mapping[str, str]
) -> tuple[LabelledRecording, ...]:
    """The recordings of which all of this is true.

    Args:
        recordings: to choose from.
        wanted: field or attribute -> value ("condition" -> "20 Hz 0 V").

    Raises:
        UnknownNameError: no recording has such a field or value; lists those there are.

    Example:
        >>> import numpy as np
        >>> from faultlens.signals.signal import Signal
        >>> made = [LabelledRecording("pump", x, "healthy", Signal(np.zeros(4), sample_rate_hz=4),
        ...                           condition=x) for x in ("20 Hz", "30 Hz")]
        >>> [x.key for x in where(made, {"condition": "30 Hz"})]
        ['30 Hz']
        >>> where(made, {"condition": "40 Hz"})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown condition '40 Hz'. Nearest: 30 Hz, ...
    """
    chosen = tuple(recordings)
    for name, value in wanted.items():
        known = {value_of(x, checked_name(chosen, name)) for x in chosen}
        if value not in known:
            raise UnknownNameError(name, value, known - {""})
        chosen = tuple(x for x in chosen if value_of(x, name) == value)
    return chosen


def value_of(recording: LabelledRecording | Origin, name: str) -> str:
    """The value of a field or an attribute; empty where it is not known.

    Args:
        recording: with or without its samples.
        name: of `FIELDS`, or of an attribute.

    Example:
        >>> value_of(Origin("pump", "1", "healthy", attributes={"load": "2 hp"}), "load")
        '2 hp'
    """
    if name in FIELDS:
        return str(getattr(recording, name))
    return recording.attributes.get(name, "")


def checked_name(recordings: Iterable[LabelledRecording | Origin], name: str) -> str:
    """The name, if recordings can be told apart by it.

    Args:
        recordings: with or without their samples.
        name: of `FIELDS`, or of an attribute of one of them.

    Raises:
        UnknownNameError: neither a field nor an attribute; lists both.

    Example:
        >>> checked_name([Origin("pump", "1", "healthy", attributes={"load": "2 hp"})], "load")
        'load'
    """
    known = {*FIELDS, *(key for x in recordings for key in x.attributes)}
    if name not in known:
        raise UnknownNameError("property of the recordings", name, known)
    return name
