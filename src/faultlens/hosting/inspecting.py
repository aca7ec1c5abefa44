"""Tasks of "inspect": pictures of one question share passes; a bad one stops no other."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from faultlens.core.stages import timed_stages
from faultlens.hosting.attempt import Numbered, Tell, problem_answer, together_or_alone
from faultlens.hosting.desk import Desk
from faultlens.hosting.pictures import overlay_png, picture_of
from faultlens.hosting.plain_json import json_bytes
from faultlens.hosting.shares import Shares
from faultlens.hosting.task import PNG, Answer, Task
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import Inspector, each_looked_at
from faultlens.inference.preprocessing import Looked, looked
from faultlens.inference.shot import Shot
from faultlens.runtimes.picture_tiles import refuse_unseen

Content = Callable[[Inspection, Task], bytes]
"""What of a result is answered."""

_VERDICTS = {"defect": "defect", "no_defect": "no defect", "unknown": "unknown"}


def inspect_each(
    desk: Desk,
    tasks: Sequence[Task],
    tell: Tell,
    *,
    asked: Callable[[Task], Task] = lambda task: task,
    content: Content | None = None,
) -> None:
    """Answer each picture with its inspection.

    Args:
        desk: of the worker.
        tasks: a batch.
        tell: takes each answer.
        asked: a task as one of "inspect", where it is of another verb.
        content: what of a result is answered; None for the result as its task wants it.

    Example:
        >>> inspect_each.__name__  # `work` shows it at work
        'inspect_each'
    """
    by_question: dict[str, list[Numbered]] = {}
    for number, task in enumerate(tasks):
        try:
            looked_for = asked(task)
            by_question.setdefault(desk.question(looked_for), []).append((number, looked_for))
        except Exception as error:
            tell(number, problem_answer(error, task))
    for some in by_question.values():
        _inspect_alike(desk, some, tell, content or inspection_content)


def _inspect_alike(desk: Desk, some: Sequence[Numbered], tell: Tell, content: Content) -> None:
    """Answer pictures of which the same is asked, with their numbers in the batch."""

    def together(some: Sequence[Numbered], tell: Tell) -> None:
        drawn: deque[Numbered] = deque()

        def looks(ready: Inspector) -> Iterator[Looked]:
            for number, task in some:
                try:
                    image = picture_of(task, allow_urls=desk.plan.allow_urls)
                    look = looked(Shot(image), ready.ways)
                    refuse_unseen(look.shown, defects=len(ready.question.asked))
                except Exception as error:
                    tell(number, problem_answer(error, task))
                    continue
                drawn.append((number, task))
                yield look

        with timed_stages() as seconds:
            shares = Shares(seconds)
            ready = desk.inspector(some[0][1])
            for result in each_looked_at(ready, looks(ready)):
                waiting = len(drawn)
                number, task = drawn.popleft()
                written = content(result, task)
                tell(number, _answer(result, written, shares.of_next(waiting)))

    together_or_alone(some, together, tell)


def _answer(result: Inspection, content: bytes, seconds: Mapping[str, float]) -> Answer:
    return Answer(
        content=content,
        stage_seconds=seconds,
        verdict=_VERDICTS[result.best.kind],
        alarm=result.alarm,
        score=result.alarm_score,
        model=result.model,
    )


def inspection_content(result: Inspection, task: Task) -> bytes:
    """A result as its task wants it, as JSON or as the picture with what was found.

    Args:
        result: of the picture.
        task: that asked for it.

    Example:
        >>> inspection_content.__name__  # `inspect_each` shows it at work
        'inspection_content'
    """
    if task.media_type == PNG:
        from faultlens.reports.inspection_overlay import overlay_pixels

        return overlay_png(overlay_pixels(result.view))
    return json_bytes(result.to_dict())
