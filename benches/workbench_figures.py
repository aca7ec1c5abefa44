"""Questions that the workbench is asked, as tables: figures with intervals, floors, costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benches.cost import Cost
from benches.workbench_trials import PLAIN, Task, Trials, Way
from faultlens.core.notice import Notice
from faultlens.evaluation.figures import Figure, Section
from faultlens.evaluation.floors import LINEAR, RULE
from faultlens.evaluation.measured import CALIBRATION, Measured, interval_notices
from faultlens.metrics.multiclass import Key
from faultlens.training.experiment import Experiment

BALANCED, ERROR = "balanced accuracy", "expected calibration error"
TIME, PEAK = "a training, median", "peak memory of a training"
RECALL: Key = ("recall", "macro")

COMMAND = "make bench-workbench"


@dataclass(frozen=True, eq=False)
class Question:
    """One row of a table.

    Args:
        topic: of the table.
        subject: rig, or what is done to it.
        tasks: folds, or one task.
        experiments: the first is the product's answer, others stand beside it.
        way: how it is tested.
        calibration: tell the calibration error too.
        cost: tell what a training took.
    """

    topic: str
    subject: str
    tasks: Sequence[Task]
    experiments: tuple[Experiment, ...]
    way: Way = PLAIN
    calibration: bool = False
    cost: bool = True


def section_of(questions: Sequence[Question], trials: Trials, note: str) -> Section:
    """Measure questions, and show what came of them as one table.

    Args:
        questions: of one topic, one at least.
        trials: train and test.
        note: what a reader must know to read it.

    Raises:
        UsageError: a setting that does not fit the data.
        InputError: data that cannot be read.
        OSError: a file cannot be written.

    Example:
        >>> section_of.__name__
        'section_of'
    """
    figures: list[Figure] = []
    told = [note]
    for question in questions:
        rows, notices = _figures(question, trials)
        figures += rows
        told += notices
    seeds = f"Mean of {len(trials.seeds)} trainings; intervals are over them too."
    return Section(questions[0].topic, " ".join(dict.fromkeys([*told, seeds])), tuple(figures))


def _figures(question: Question, trials: Trials) -> tuple[list[Figure], list[str]]:
    figures, told = [], []
    for experiment in question.experiments:
        found = trials.measured(question.tasks, experiment, question.way)
        figures += _measured(question, experiment.encoder, found)
        told += [x.en for x in interval_notices(found.drawn, question.way.over)]
        if question.cost:
            costs = trials.costs(question.tasks, experiment, adapter=question.way.adapter)
            figures += _costs(question, experiment.encoder, costs)
    for name, learned in ((LINEAR, True), (RULE, False)):
        floor = trials.floor(question.tasks, question.experiments[0], question.way, learned=learned)
        if isinstance(floor, Notice):
            told.append(f"No {name} beside it: {floor.en}")
        else:
            figures += _measured(question, name, floor)
    return figures, told


def _measured(question: Question, model: str, found: Measured) -> list[Figure]:
    names: list[tuple[str, Key]] = [(BALANCED, RECALL)]
    if question.calibration:
        names.append((ERROR, CALIBRATION))
    rows = [_figure(question, name, model, found, key) for name, key in names]
    seeds = found.by_seed[RECALL][:, 0]
    if len(seeds) > 1:
        worst = f"the worst of {len(seeds)} seeds"
        rows.append(_plain(question, worst, model, float(seeds.min()), len(seeds), ""))
    return rows


def _figure(question: Question, name: str, model: str, found: Measured, key: Key) -> Figure:
    windows = round(found.confusion.sum() / len(found.by_seed[key]))
    low, high = found.interval(key) or (None, None)
    value = float(found.draws[key][0])
    return Figure(
        question.topic, question.subject, name, model, value, windows, low, high, command=COMMAND
    )


def _costs(question: Question, model: str, costs: Sequence[Cost]) -> list[Figure]:
    seconds = float(np.median([x.seconds for x in costs]))
    rows = [_plain(question, TIME, model, seconds, len(costs), "s")]
    peaks = [x.peak_mb for x in costs if x.peak_mb is not None]
    if peaks:
        rows.append(_plain(question, PEAK, model, max(peaks), len(peaks), "MB"))
    return rows


def _plain(question: Question, name: str, model: str, value: float, n: int, unit: str) -> Figure:
    return Figure(
        question.topic, question.subject, name, model, value, n, unit=unit, command=COMMAND
    )
