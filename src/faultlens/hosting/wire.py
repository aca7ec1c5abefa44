"""Tasks and answers as plain values, between front and worker."""

from collections.abc import Mapping
from typing import Any

from faultlens.core.stages import STAGES
from faultlens.hosting.task import Answer, Limits, Problem, Task


def told_task(task: Task) -> dict[str, Any]:
    """A task as plain values.

    Args:
        task: any.

    Example:
        >>> told_task(Task("match", "/tmp/a81f03c2.png", "a.png"))["name"]
        'a.png'
    """
    return {
        "verb": task.verb,
        "source": task.source,
        "name": task.name,
        "options": dict(task.options),
        "model": task.model,
        "media_type": task.media_type,
        "pixels": task.limits.pixels,
        "samples": task.limits.samples,
        "points": task.limits.points,
        "beside": dict(task.beside),
    }


def read_task(table: Mapping[str, Any]) -> Task:
    """The task of `told_task`.

    Args:
        table: of `told_task`.

    Example:
        >>> read_task(told_task(Task("diagnose", "/tmp/a", "a.csv"))).limits.samples
        10000000
    """
    return Task(
        verb=table["verb"],
        source=table["source"],
        name=table["name"],
        options=table["options"],
        model=table["model"],
        media_type=table["media_type"],
        limits=Limits(table["pixels"], table["samples"], table["points"]),
        beside={field: (path, name) for field, (path, name) in table["beside"].items()},
    )


def told_answer(answer: Answer) -> dict[str, Any]:
    """All of an answer but its content, which goes beside it.

    Args:
        answer: any.

    Example:
        >>> told_answer(Answer(b"{}", model="builtin/surface@0"))["model"]
        'builtin/surface@0'
    """
    problem = answer.problem
    return {
        "problem": None
        if problem is None
        else [problem.status, problem.slug, problem.title, problem.detail],
        "stages": [round(answer.stage_seconds.get(x, 0.0), 6) for x in STAGES],
        "verdict": answer.verdict,
        "alarm": answer.alarm,
        "score": answer.score,
        "model": answer.model,
    }


def read_answer(table: Mapping[str, Any], content: bytes) -> Answer:
    """The answer of `told_answer`.

    Args:
        table: of `told_answer`.
        content: of the answer.

    Example:
        >>> read_answer(told_answer(Answer(alarm=True)), b"{}").alarm
        True
    """
    problem = table["problem"]
    return Answer(
        content=content,
        problem=None if problem is None else Problem(*problem),
        stage_seconds=dict(zip(STAGES, table["stages"], strict=True)),
        verdict=table["verdict"],
        alarm=table["alarm"],
        score=table["score"],
        model=table["model"],
    )
