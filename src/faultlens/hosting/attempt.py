"""One task tried: whatever it raises becomes its answer, and stops no other."""

import logging
from collections.abc import Callable, Sequence

from faultlens.core.errors import FaultlensError, TooLargeError
from faultlens.hosting.naming import as_the_client_says
from faultlens.hosting.problems import OUR_FAULT, problem_of
from faultlens.hosting.task import Answer, Problem, Task

Tell = Callable[[int, Answer], None]
"""Takes the number of a task in its batch, and its answer."""

Numbered = tuple[int, Task]
"""A task with its number in the batch."""

_NO_MEMORY = ("Failed to allocate memory", "bad allocation", "bad_alloc")
"""What ONNX Runtime says where memory runs out; it has no class for it."""

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
    if isinstance(error, MemoryError) or any(x in str(error) for x in _NO_MEMORY):
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


def together_or_alone(
    some: Sequence[Numbered], together: Callable[[Sequence[Numbered], Tell], None], tell: Tell
) -> None:
    """Do tasks together; where one breaks it for all, each by itself: then only that one fails.

    Args:
        some: tasks with their numbers in the batch.
        together: does several of them; what it raises breaks all that it has not told by then.
        tell: takes each answer.

    Example:
        >>> def together(some, tell):
        ...     for number, task in some:
        ...         if task.name == "bad" or len(some) > 2:
        ...             raise MemoryError
        ...         tell(number, Answer(task.name.encode()))
        >>> some = [(x, Task("inspect", "/tmp/a", y)) for x, y in enumerate(["a", "bad", "b"])]
        >>> together_or_alone(some, together, lambda x, y: print(x, y.content, y.problem is None))
        0 b'a' True
        1 b'' False
        2 b'b' True
    """
    left = dict(some)

    def answered(number: int, answer: Answer) -> None:
        del left[number]
        tell(number, answer)

    try:
        together(some, answered)
    except Exception as error:
        if len(some) == 1:
            for number, task in tuple(left.items()):
                answered(number, problem_answer(error, task))
        for each in tuple(left.items()):
            together_or_alone([each], together, tell)
