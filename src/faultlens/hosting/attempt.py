"""One task tried: whatever it raises becomes its answer, and stops no other."""

import logging
from collections.abc import Callable

from faultlens.core.errors import FaultlensError, TooLargeError
from faultlens.hosting.naming import as_the_client_says
from faultlens.hosting.problems import OUR_FAULT, problem_of
from faultlens.hosting.task import Answer, Problem, Task

Tell = Callable[[int, Answer], None]
"""Takes the number of a task in its batch, and its answer."""

Numbered = tuple[int, Task]
"""A task with its number in the batch."""

_log = logging.getLogger("faultlens.worker")


def problem_answer(error: Exception, task: Task) -> Answer:
    """What an error answers; what is our fault goes to the log with its trace.

    Args:
        error: that doing the task raised.
        task: that failed.

    Example:
        >>> from faultlens.core.errors import UsageError
        >>> problem_answer(UsageError("part is ''."), Task("inspect", "/tmp/a", "a")).problem.status
        422
    """
    if isinstance(error, MemoryError):
        error = TooLargeError("The file takes more memory than there is; send a smaller one.")
    problem = problem_of(error) if isinstance(error, FaultlensError) else OUR_FAULT
    if problem.status == OUR_FAULT.status:
        _log.error("A task of %s failed.", task.verb, exc_info=error)
        return Answer(problem=problem)
    detail = as_the_client_says(problem.detail, task)
    return Answer(problem=Problem(problem.status, problem.slug, problem.title, detail))


def attempt(number: int, task: Task, make: Callable[[], Answer], tell: Tell) -> None:
    """Tell the answer of a task, or why there is none.

    Args:
        number: of the task in its batch.
        task: that is done.
        make: does it.
        tell: takes the answer.

    Example:
        >>> attempt(0, Task("match", "/tmp/a", "a"), lambda: Answer(b"{}"), print)
        0 Answer(content=b'{}', ...)
    """
    try:
        answer = make()
    # A reader may break in ways of its own: that is this task's misfortune alone.
    except Exception as error:
        answer = problem_answer(error, task)
    tell(number, answer)
