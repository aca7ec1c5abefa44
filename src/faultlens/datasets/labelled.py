"""The record of the room: a recording with what is true of it, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np

from faultlens.signals.signal import Signal

SIMULATOR = "simulator"
"""The machine of recordings that no machine made; see the protocol `simulator-only`."""


@dataclass(frozen=True)
class Origin:
    """Where a recording comes from, without its samples: what a checkpoint keeps of its training.

    Args:
        machine: the rig or machine.
        key: the recording; two pieces of one recording share it.
        label: what is true, in words.
        condition: speed and load.
        specimen: the bearing itself, or what tells bearings apart.
        file: the file it was read from.
        sha256: of the samples; the same samples are known again under any name.
        attributes: whatever else is known, name -> value.

    Example:
        >>> Origin("pump 7", "monday", "healthy").condition
        ''
    """

    machine: str
    key: str
    label: str
    condition: str = ""
    specimen: str = ""
    file: str = ""
    sha256: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class LabelledRecording:
    """A recording with what is true of it.

    Args:
        machine: the rig or machine it was made on ("CWRU drive end").
        key: the recording it is, or is a piece of: the group that no split may cut.
        label: what is true, in words: a name of the knowledge base ("inner race fault",
            "healthy"), or the user's own word.
        signal: one channel, with rate, and with speed and bearing where they are known.
        condition: speed and load ("20 Hz 0 V"); empty where nobody said.
        specimen: the bearing itself, or what tells bearings apart ("0.007 in").
        file: the file it was read from, as seen from the folder of the data set.
        window: samples of the windows that its file comes cut in; None where it is not cut.
        attributes: whatever else is known, name -> value (size, load, position, split).

    Example:
        >>> signal = Signal(np.zeros(4), sample_rate_hz=4)
        >>> recording = LabelledRecording("pump 7", "monday", "healthy", signal)
        >>> recording.origin.key, recording.origin.sha256 == recording.sha256
        ('monday', True)
    """

    machine: str
    key: str
    label: str
    signal: Signal
    condition: str = ""
    specimen: str = ""
    file: str = ""
    window: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sha256(self) -> str:
        """Hash of the samples as single precision, so that a copy in another format is known."""
        return sha256(np.ascontiguousarray(self.signal.samples, dtype="<f4").data).hexdigest()

    @property
    def origin(self) -> Origin:
        """The same without the samples."""
        return Origin(
            self.machine,
            self.key,
            self.label,
            self.condition,
            self.specimen,
            self.file,
            self.sha256,
            dict(self.attributes),
        )
