"""The seam of all judges: what was read of a recording in, probabilities of faults out."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from faultlens.core.notice import Notice
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput, prepare_vibration
from faultlens.models.training_free import Families, fault_probability
from faultlens.runtimes.loaded import Model
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Bearing, Signal
from faultlens.text.knowledge import Fault, load_faults

PROTOTYPES = "prototypes.npz"
"""File of a vibration bundle: `classes` (class, dim), one point per class, in the order of its
classes; and `outside/...` (dim,), points of what no class has."""


@dataclass(frozen=True)
class Judgement:
    """Probabilities of one recording, and what they are held against.

    Args:
        odds: probability of each class asked for, of healthy and of unknown; they sum to 1.
        alarm_threshold: fault probability that healthy machines exceed with `false_alarm_rate`,
            for recordings of which as much is known.
        false_alarm_rate: that rate; None where nobody measured it.
        threshold_from: where the threshold comes from, in words; None is simulation.
        warnings: what to know of this model's answers.
    """

    odds: Mapping[Families, float]
    alarm_threshold: float
    false_alarm_rate: float | None
    threshold_from: Notice | None = None
    warnings: tuple[Notice, ...] = ()

    @property
    def fault_probability(self) -> float:
        """Probability that one of the faults asked for is there, 0 to 1."""
        return fault_probability(self.odds)

    @property
    def looks_faulty(self) -> bool:
        """Whether the model would alarm without a profile."""
        return self.fault_probability > self.alarm_threshold


@dataclass(frozen=True, eq=False)
class Meanings:
    """The points that sentences are compared with.

    Args:
        model: names the text tower that encodes sentences.
        classes: (class, 256) points of the classes.
        faults: what each class means; None for healthy and unknown, which likeness cannot tell.
        outside: (meaning, 256) points of what no class has: lubrication, gears, sensors ...
    """

    model: Model
    classes: NDArray[np.float32]
    faults: tuple[Fault | None, ...]
    outside: NDArray[np.float32]


class AbstractJudge(ABC):
    """Judges recordings.

    Args:
        reference: name and hash of the model, as results and profiles state it.
        meanings: where the model understands sentences by itself; None where it knows classes only.
        faults: what is looked for where nobody asks; None is the knowledge base's set.
    """

    def __init__(
        self,
        reference: str,
        meanings: Meanings | None = None,
        faults: Sequence[Fault] | None = None,
    ) -> None:
        self.reference = reference
        self.meanings = meanings
        self.faults = load_faults() if faults is None else tuple(faults)

    def prepare(
        self,
        payload: Signal | Recording,
        *,
        shaft_rpm: float | ArrayLike | None = None,
        bearing: Bearing | None = None,
        speed_tolerance: float = SPEED_TOLERANCE,
    ) -> VibrationInput:
        """Read a recording as this judge takes it; see `inputs.vibration.prepare_vibration`.

        Args:
            payload: a signal in memory, or a recording on disk that is read window by window.
            shaft_rpm: shaft speed or speeds, revolutions per minute; None takes the payload's own.
            bearing: designation, geometry or fault orders; None takes the payload's own.
            speed_tolerance: largest relative error of the stated speed.

        Raises:
            InputError: the recording cannot be judged.
            UsageError: an impossible speed or tolerance.
        """
        return prepare_vibration(
            payload, shaft_rpm=shaft_rpm, bearing=bearing, speed_tolerance=speed_tolerance
        )

    def by_word(self, sentence: str) -> Fault | None:
        """The fault of a class that is called so, word for word; None where none is.

        Args:
            sentence: as the user gave it.
        """
        return None

    def told(self, fault: Fault) -> Notice | None:
        """What to say where a fault is asked for that the model has no class for.

        Args:
            fault: asked for.

        Raises:
            UsageError: it cannot be told; lists what can be.
        """
        return None

    def encoded(self, ready: Sequence[VibrationInput]) -> list[VibrationInput]:
        """The same recordings with what the encoders say of them, from one pass over them all.

        A judge without encoders, or one that runs them itself, leaves the recordings as they are.

        Args:
            ready: what was read of each recording.
        """
        return list(ready)

    @abstractmethod
    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        """Probability of each fault asked for, of healthy and of unknown.

        Args:
            ready: what was read of the recording.
            faults: what is asked for; healthy ones need not be among them.

        Raises:
            UsageError: a fault that the model has no class for.
            MissingMetadataError: the model needs bearing and speed.
        """


def outside_points(model: Model) -> NDArray[np.float32]:
    """Points of what no class of a bundle has: other faults, gears, sensors.

    Args:
        model: of the kind "vibration".

    Returns:
        (meaning, 256).

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> outside_points(load_model("builtin/bearing")).shape[1]
        256
    """
    with np.load(model.bundle.path(PROTOTYPES), allow_pickle=False) as arrays:
        points = [arrays[name] for name in arrays.files if name.startswith("outside/")]
    stacked: NDArray[np.float32] = np.array(points, dtype=np.float32).reshape(-1, 256)
    return stacked
