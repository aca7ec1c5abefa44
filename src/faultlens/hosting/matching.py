"""Tasks of "match": which of the sentences given fits a picture best."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from faultlens.core.stages import timed_stages
from faultlens.hosting.attempt import Numbered, Tell, problem_answer, together_or_alone
from faultlens.hosting.desk import Desk
from faultlens.hosting.inspecting import inspect_each
from faultlens.hosting.pictures import picture_of
from faultlens.hosting.plain_json import json_bytes
from faultlens.hosting.shares import Shares
from faultlens.hosting.task import MATCH, Answer, Task
from faultlens.images.image import Image
from faultlens.inference.inspection import Inspection
from faultlens.runtimes.image_model import IMAGE, each_encoded
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_tiles import refuse_unseen
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.text.defect_sentences import understood_defects
from faultlens.text.spelling import plain

UNKNOWN = "unknown"

SOME_DEFECT = "defect"
"""Asked for beside sentences that all mean that nothing is wrong, which alone ask for nothing."""


def match_each(desk: Desk, tasks: Sequence[Task], tell: Tell) -> None:
    """Answer each picture with its likeness to the sentences given.

    A model with words of its own compares the whole picture with each sentence; the built-in one
    inspects it, with the sentences as what is looked for.

    Args:
        desk: of the worker.
        tasks: a batch of one model.
        tell: takes each answer.

    Example:
        >>> match_each.__name__  # `work` shows it at work
        'match_each'
    """
    model = desk.image_model(MATCH, tasks[0].model)
    if model.brings_text:
        _compare(desk, model, tasks, tell)
    else:
        inspect_each(desk, tasks, tell, asked=_as_inspection, content=_inspected)


def _compare(desk: Desk, model: Model, tasks: Sequence[Task], tell: Tell) -> None:
    scale = 1 / scoring_of(model.bundle.calibration).temperature

    def together(some: Sequence[Numbered], tell: Tell) -> None:
        drawn: deque[tuple[int, Task, NDArray[np.float32]]] = deque()

        def images() -> Iterator[Image]:
            for number, task in some:
                try:
                    sentences = desk.rows(model, task.options["prompts"])
                    image = picture_of(task, allow_urls=desk.plan.allow_urls)
                    refuse_unseen(image)
                except Exception as error:
                    tell(number, problem_answer(error, task))
                    continue
                drawn.append((number, task, sentences))
                yield image

        with timed_stages() as seconds:
            shares = Shares(seconds)
            for found in each_encoded(model, images(), want=[IMAGE]):
                waiting = len(drawn)
                number, task, sentences = drawn.popleft()
                assert found.image is not None  # it was asked for
                scores = softmax(scale * (sentences @ found.image).astype(np.float64))
                content = matches_content(task.options["prompts"], scores)
                spent = shares.of_next(waiting)
                tell(number, Answer(content, stage_seconds=spent, model=model.reference))

    together_or_alone(list(enumerate(tasks)), together, tell)


def _as_inspection(task: Task) -> Task:
    asked = {**task.options, "defects": asked_for(task.options["prompts"])}
    return replace(task, options=asked)


def asked_for(prompts: Sequence[str]) -> list[str]:
    """What to inspect a picture for, so that every sentence given gets a score.

    Args:
        prompts: as given, doubles too.

    Raises:
        UsageError: a sentence that says nothing.

    Example:
        >>> asked_for(["crack", "crack ", "unknown"]), asked_for(["no defect"])
        (['crack'], ['no defect', 'defect'])
    """
    once = [x for x in dict.fromkeys(y.strip() for y in prompts) if plain(x) != UNKNOWN]
    if all(x.means_no_defect for x in (understood_defects(once) if once else ())):
        once.append(SOME_DEFECT)
    return once


def _inspected(result: Inspection, task: Task) -> bytes:
    prompts: Sequence[str] = task.options["prompts"]
    by_label = {x.label: x.score for x in result.findings}
    scores = np.array(
        [by_label[UNKNOWN if plain(x) == UNKNOWN else x.strip()] for x in prompts], np.float64
    )
    whole = scores.sum()
    # Where all of it went to what nobody asked for, none fits better than another.
    shared = scores / whole if whole > 0 else np.full(len(scores), 1 / len(scores))
    return matches_content(prompts, shared)


def matches_content(prompts: Sequence[str], scores: NDArray[np.float64]) -> bytes:
    """The answer as JSON, best first; of equals, in the order given.

    Args:
        prompts: word for word.
        scores: (prompt,) that sum to 1.

    Example:
        >>> matches_content(["a", "b"], np.array([0.25, 0.75]))
        b'{"matches":[{"prompt":"b","similarity_score":0.75},{"prompt":"a",...}]}'
    """
    order = np.argsort(-scores, kind="stable")
    matches = [{"prompt": prompts[x], "similarity_score": float(scores[x])} for x in order]
    return json_bytes({"matches": matches})
