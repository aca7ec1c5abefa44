"""What is asked of a recording: all that `diagnose` takes beside it, and the faults meant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from faultlens.core.errors import UsageError
from faultlens.inputs.vibration import SPEED_TOLERANCE
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.profile import Profile
from faultlens.runtimes.asking import Asked, understood
from faultlens.runtimes.judge import AbstractJudge
from faultlens.signals.signal import Bearing
from faultlens.text.knowledge import fault
from faultlens.text.matching import MatchedFault


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of one recording.

    Args:
        faults: sentences to look for, in English or Chinese; None for the profile's, or else the
            model's own set: of the built-in ones, the knowledge base's.
        shaft_rpm: shaft speed, revolutions per minute, or an array of speeds evenly spread over
            the recording; None takes the recording's own.
        bearing: catalogue designation, geometry or fault orders; None takes the recording's own.
        speed_tolerance: largest relative error of the stated speed, searched; 0 to 0.1.
        model: "builtin/bearing", "builtin/physics", or the folder of a bundle.
        profile: calibration of this asset; None uses the model's own threshold.
        threshold: fault probability above which it alarms, where the user fixed it; nobody then
            knows how often it alarms. None for that of the profile, or of the model.
        machine_group: group of ISO 20816-3 ("group 2 rigid"); None assumes one and says so.
        lang: language of the sentence and the pictures, "en" or "zh".

    Example:
        >>> Question(shaft_rpm=1772, bearing="6205").model
        'builtin/bearing'
    """

    faults: Sequence[str] | None = None
    shaft_rpm: float | ArrayLike | None = None
    bearing: Bearing | None = None
    speed_tolerance: float = SPEED_TOLERANCE
    model: str = DEFAULT
    profile: Profile | None = None
    threshold: float | None = None
    machine_group: str | None = None
    lang: str = "en"


def asked_faults(question: Question, judge: AbstractJudge) -> Asked:
    """The faults that a question means; "healthy" is always among them.

    Args:
        question: of a recording.
        judge: who will answer it.

    Raises:
        UnknownNameError: a sentence means nothing that is known.
        UsageError: no sentence, something that is none, or a sentence that is ambiguous.

    Example:
        >>> from faultlens.runtimes.judges import judge_named
        >>> question = Question(faults=["raced-out outer ring"])
        >>> [x.sentence for x in asked_faults(question, judge_named("builtin/physics")).faults]
        ['raced-out outer ring', 'healthy']
    """
    sentences = question.faults
    if sentences is None:
        names = (MatchedFault(x.names.of(question.lang), x) for x in judge.faults)
        asked = Asked(tuple(names))
        return _with_healthy(asked)
    if isinstance(sentences, str):
        raise UsageError(
            f"faults is the text '{sentences}'; give a list of sentences, such as ['{sentences}']."
        )
    if odd := [x for x in sentences if type(x) is not str]:
        raise UsageError(f"faults holds {odd[0]!r}; each entry is a sentence in quotes.")
    # The same sentence twice asks nothing more, and would halve its own score.
    asked = understood(dict.fromkeys(sentences), judge)
    if not asked.faults:
        raise UsageError("faults is empty; give at least one sentence, or leave it out.")
    return _with_healthy(asked)


def _with_healthy(asked: Asked) -> Asked:
    if any(x.fault.is_healthy for x in asked.faults):
        return asked
    return replace(asked, faults=(*asked.faults, MatchedFault("healthy", fault("healthy"))))
