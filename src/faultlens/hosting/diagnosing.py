"""Tasks of "diagnose": recordings that share the encoders; a bad one stops no other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.stages import timed_stages
from faultlens.hosting.attempt import Numbered, Tell, problem_answer, together_or_alone
from faultlens.hosting.desk import Desk
from faultlens.hosting.models import reference_of
from faultlens.hosting.naming import as_the_client_says
from faultlens.hosting.plain_json import json_bytes
from faultlens.hosting.shares import Shares
from faultlens.hosting.task import DIAGNOSE, PNG, Answer, Task
from faultlens.inference.diagnose import each_diagnosed
from faultlens.inference.diagnose_file import described
from faultlens.inference.findings import Diagnosis
from faultlens.inference.question import Question
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Bearing

_ASKED = ("faults", "speed_tolerance", "machine_group", "lang")
_DESCRIBED = ("sample_rate_hz", "channel", "shaft_rpm")


def diagnose_each(desk: Desk, tasks: Sequence[Task], tell: Tell) -> None:
    """Answer each recording with its diagnosis; they go through the encoders together.

    Args:
        desk: of the worker.
        tasks: a batch.
        tell: takes each answer.

    Example:
        >>> diagnose_each.__name__  # `work` shows it at work
        'diagnose_each'
    """

    def together(some: Sequence[Numbered], tell: Tell) -> None:
        drawn: list[Numbered] = []
        cases: list[tuple[Recording, Question]] = []
        with timed_stages() as seconds:
            shares = Shares(seconds, own=())
            for number, task in some:
                try:
                    cases.append((_recording(task), _question(desk, task)))
                except Exception as error:
                    tell(number, problem_answer(error, task))
                    continue
                drawn.append((number, task))
            found = each_diagnosed(cases)
            for at, ((number, task), result) in enumerate(zip(drawn, found, strict=True)):
                if isinstance(result, FaultlensError):
                    tell(number, problem_answer(result, task))
                    continue
                content = diagnosis_content(result, task)
                tell(number, _answer(result, content, shares.of_next(len(drawn) - at)))

    together_or_alone(list(enumerate(tasks)), together, tell)


def _answer(result: Diagnosis, content: bytes, seconds: Mapping[str, float]) -> Answer:
    return Answer(
        content=content,
        stage_seconds=seconds,
        verdict="fault" if result.is_fault else result.best.fault,
        alarm=result.alarm,
        score=result.alarm_score,
        model=result.model,
    )


def _question(desk: Desk, task: Task) -> Question:
    profile = task.options.get("profile")
    return Question(
        model=reference_of(desk.plan, DIAGNOSE, task.model),
        profile=None if profile is None else desk.shelf.of_recordings(profile),
        **_given(task, _ASKED),
    )


def _recording(task: Task) -> Recording:
    """The recording, called as the client calls it."""
    bearing = task.options.get("bearing")
    recording = described(
        task.source,
        bearing=None if bearing is None else bearing_of(bearing),
        largest_samples=task.limits.samples,
        **_given(task, _DESCRIBED),
    )
    return replace(
        recording,
        path=Path(task.name),
        history=tuple(as_the_client_says(x, task) for x in recording.history),
    )


def _given(task: Task, names: Sequence[str]) -> dict[str, Any]:
    return {x: task.options[x] for x in names if task.options.get(x) is not None}


def diagnosis_content(result: Diagnosis, task: Task) -> bytes:
    """A result as its task wants it, as JSON or as the picture of its evidence.

    Args:
        result: of the recording.
        task: that asked for it.

    Example:
        >>> diagnosis_content.__name__  # `diagnose_each` shows it at work
        'diagnosis_content'
    """
    if task.media_type == PNG:
        from faultlens.reports.picture import picture_bytes

        return picture_bytes(result.figure())
    return json_bytes(result.to_dict())


def bearing_of(stated: str | Mapping[str, Any]) -> Bearing:
    """The bearing that options state.

    Args:
        stated: a designation, or the fields of a geometry or of fault orders.

    Raises:
        UsageError: fields of neither, or an impossible bearing.

    Example:
        >>> bearing_of({"bpfo": 3.585, "bpfi": 5.415, "bsf": 2.357, "ftf": 0.3983}).ball
        4.714
        >>> bearing_of("6205")
        '6205'
    """
    if isinstance(stated, str):
        return stated
    try:
        return FaultOrders(**stated) if "bpfo" in stated else BearingGeometry(**stated)
    except TypeError as error:
        raise UsageError(
            f"bearing has the fields {', '.join(stated) or 'none'}; give a designation, such as "
            "'6205', or rolling_elements, ball_diameter_mm, pitch_diameter_mm and "
            "contact_angle_deg, or bpfo, bpfi, bsf and ftf."
        ) from error
