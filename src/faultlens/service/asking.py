"""Files and options in, answers out: what all verbs have in common."""

import asyncio
from collections.abc import Sequence

from fastapi import Request, Response

from faultlens.core.errors import FaultlensError
from faultlens.hosting.task import BESIDE, JSON, MATCH, PNG, Answer, Limits, Task
from faultlens.service.answers import many_answers, media_type_for, one_answer
from faultlens.service.client_gone import unless_gone
from faultlens.service.facts import facts
from faultlens.service.form_reader import shown_name
from faultlens.service.options import VerbOptions, options_in, values_of
from faultlens.service.problems import problem_for, refused
from faultlens.service.settings import ServiceSettings
from faultlens.service.state import Service, service_of
from faultlens.service.uploads import Upload, uploaded


async def asked(
    request: Request, verb: str, kind: type[VerbOptions], *, offers: Sequence[str] = (JSON, PNG)
) -> Response:
    """Answer a request that asks something of files.

    Args:
        request: whose body nobody has read yet.
        verb: of `hosting.task.VERBS`.
        kind: the verb's options.
        offers: forms of the answer, best first.

    Raises:
        Refused: the request is refused before anything is computed.
        InvalidOptions: the options are not as they must be.
        ClientGone: the client left before the answer.

    Example:
        >>> asyncio.iscoroutinefunction(asked)
        True
    """
    service = service_of(request)
    accept = request.headers.get("accept", "")
    media_type = media_type_for(accept, offers)
    beside = BESIDE.get(verb, ())
    async with uploaded(request, service.spool, service.settings, beside) as upload:
        tasks = _tasks(verb, upload, kind, service.settings, media_type)
        answers = await unless_gone(request.receive, _answers(service, tasks))
    if len(tasks) == 1:
        return one_answer(request, answers[0], media_type)
    return many_answers(request, [x.name for x in tasks], answers)


def _tasks(
    verb: str, upload: Upload, kind: type[VerbOptions], settings: ServiceSettings, media_type: str
) -> list[Task]:
    options = options_in(upload.options, kind, settings)
    options.go_with(upload.beside)
    sources = [(x.path, x.name) for x in upload.files]
    sources += [(x, shown_name(x)) for x in options.fetched()]
    if not sources:
        raise refused("malformed-body", "There is no file; send one in the field 'file'.")
    if len(sources) > 1 and verb == MATCH:
        raise refused("malformed-body", f"There are {len(sources)} files; this path takes one.")
    if len(sources) > 1 and media_type != JSON:
        raise refused(
            "not-acceptable",
            f"There is one {media_type} per file and {len(sources)} files; accept {JSON}.",
        )
    values = values_of(options)
    limits = Limits(settings.max_pixels, settings.max_samples, settings.max_points)
    beside = {field: (x.path, x.name) for field, x in upload.beside.items()}
    return [
        Task(verb, source, name, values, options.model, media_type, limits, beside)
        for source, name in sources
    ]


async def _answers(service: Service, tasks: Sequence[Task]) -> list[Answer]:
    """All at once, so that they share passes; refused ones of several are problems among others."""
    if len(tasks) == 1:
        answers = [await service.host.answer(tasks[0])]
    else:
        answers = await asyncio.gather(*(_answer(service, x) for x in tasks))
    about = facts()
    for task, answer in zip(tasks, answers, strict=True):
        about.answered(task.verb, answer)
    return answers


async def _answer(service: Service, task: Task) -> Answer:
    try:
        return await service.host.answer(task)
    except FaultlensError as error:
        return Answer(problem=problem_for(error))
