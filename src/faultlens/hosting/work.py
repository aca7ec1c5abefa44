"""A batch of tasks done: every task gets its answer, whatever is wrong with the others."""

from collections.abc import Callable, Mapping, Sequence

from faultlens.hosting.attempt import Tell, problem_answer
from faultlens.hosting.checking import check_each
from faultlens.hosting.desk import Desk
from faultlens.hosting.diagnosing import diagnose_each
from faultlens.hosting.inspecting import inspect_each
from faultlens.hosting.matching import match_each
from faultlens.hosting.measuring import measure_each
from faultlens.hosting.task import CHECK_PROFILE, DIAGNOSE, INSPECT, MATCH, MEASURE, Answer, Task

DOES: Mapping[str, Callable[[Desk, Sequence[Task], Tell], None]] = {
    MATCH: match_each,
    INSPECT: inspect_each,
    DIAGNOSE: diagnose_each,
    MEASURE: measure_each,
    CHECK_PROFILE: check_each,
}
"""Verb -> what does its batches."""


def work(desk: Desk, tasks: Sequence[Task], tell: Tell) -> None:
    """Do a batch; each task is answered exactly once.

    Args:
        desk: of the worker.
        tasks: of one verb and model.
        tell: takes the number of a task and its answer.

    Example:
        >>> work.__name__  # `tests/hosting/test_work.py` shows it at work
        'work'
    """
    left = dict(enumerate(tasks))

    def answered(number: int, answer: Answer) -> None:
        del left[number]
        tell(number, answer)

    try:
        DOES[tasks[0].verb](desk, tasks, answered)
    # What breaks a whole batch is our fault; its callers are told so all the same.
    except Exception as error:
        for number, task in left.items():
            tell(number, problem_answer(error, task))
