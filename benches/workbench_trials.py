"""Trials of the workbench: a training per seed and task, tested in several ways, kept on disk.

What was trained or answered lies under a name that holds all that decided it; a bench that was
stopped trains only what is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benches.cost import Cost, costed, read_cost
from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.core.progress import progress
from faultlens.core.version import __version__
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import cut_windows
from faultlens.evaluation.answers import Noise, adapted_answers, answers, asked, condition_arrays
from faultlens.evaluation.floors import linear_floor, training_free_floor
from faultlens.evaluation.measured import Measured, measure
from faultlens.evaluation.predictions import (
    Predictions,
    joined,
    read_predictions,
    write_predictions,
)
from faultlens.models.checkpoint import ADAPTER as SECOND_STAGE
from faultlens.models.checkpoint import FOLDERS, ZERO_SHOT, Checkpoint, read_checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import Experiment
from faultlens.training.hashes import hash_of
from faultlens.training.zero_shot import open_text_for, train_zero_shot

ADAPTER_EPOCHS = 15
COST = "cost.json"


@dataclass(frozen=True, eq=False)
class Task:
    """What is learned from and what is tested on.

    Args:
        name: in words.
        train: recordings.
        test: recordings.
        unlabelled: of the test's condition, to adapt to; nobody looks at their labels.
    """

    name: str
    train: tuple[LabelledRecording, ...]
    test: tuple[LabelledRecording, ...]
    unlabelled: tuple[LabelledRecording, ...] = ()


@dataclass(frozen=True)
class Way:
    """How a trained model is tested.

    Args:
        adapter: with the second stage trained too.
        adapted: to the unlabelled windows first.
        noise_db: signal-to-noise ratio of white noise added to the test; None for none.
        over: what intervals are drawn over, "recordings" or "bearings".
    """

    adapter: bool = False
    adapted: bool = False
    noise_db: float | None = None
    over: str = "recordings"

    @property
    def name(self) -> str:
        """In words; empty for the first stage on the windows as they are.

        Example:
            >>> Way(adapted=True, noise_db=0.0).name
            'adapted, 0 dB noise'
        """
        noise = "" if self.noise_db is None else f"{self.noise_db:g} dB noise"
        told = ("adapter" if self.adapter else "", "adapted" if self.adapted else "", noise)
        return ", ".join(x for x in told if x)


PLAIN = Way()
"""The first stage, on the windows as they are."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Trains and tests, and remembers on disk.

    Args:
        out: folder of models and answers.
        seeds: every task is trained once with each.
        quiet: no progress bar.
    """

    out: Path
    seeds: tuple[int, ...]
    quiet: bool = False

    def measured(self, tasks: Sequence[Task], experiment: Experiment, way: Way) -> Measured:
        """Figures of the trainings of all seeds; the tests of the tasks count as one.

        Args:
            tasks: folds of one question, or one task.
            experiment: how it is trained; the seed is that of the trials.
            way: how it is tested.

        Raises:
            UsageError: a setting that does not fit the data.
            InputError: data or a text model that cannot be read.
            OSError: a file cannot be written.
        """
        trainings = []
        label = ", ".join(x for x in (experiment.encoder, way.name) if x)
        for seed in progress(self.seeds, label=label, quiet=self.quiet):
            own = replace(experiment, training=replace(experiment.training, seed=seed))
            trainings.append(joined([self._answers(task, own, way) for task in tasks]))
        return measure(trainings)

    def floor(
        self, tasks: Sequence[Task], experiment: Experiment, way: Way, *, learned: bool
    ) -> Measured | Notice:
        """The linear spectrum or the training-free rule on the same windows, noise of one seed.

        Args:
            tasks: as measured.
            experiment: as measured.
            way: as measured.
            learned: the linear spectrum; False for the rule.

        Returns:
            its figures, or why there are none.

        Raises:
            InputError: data that cannot be read.
            OSError: a file cannot be written.
        """
        own = replace(experiment, training=replace(experiment.training, seed=self.seeds[0]))
        parts = []
        for task in tasks:
            found = self._floor(task, own, way, learned)
            if isinstance(found, Notice):
                return found
            parts.append(found)
        return measure([joined(parts)])

    def costs(
        self, tasks: Sequence[Task], experiment: Experiment, *, adapter: bool
    ) -> tuple[Cost, ...]:
        """What each training of a stage took, when it was done.

        Args:
            tasks: as measured.
            experiment: as measured.
            adapter: of the second stage.
        """
        rows = []
        for task in tasks:
            for seed in self.seeds:
                own = replace(experiment, training=replace(experiment.training, seed=seed))
                rows.append(read_cost(self._folder(task, own, adapter) / COST))
        return tuple(rows)

    def _folder(self, task: Task, experiment: Experiment, adapter: bool) -> Path:
        stage = SECOND_STAGE if adapter else ZERO_SHOT
        decided = [__version__, stage, experiment.to_dict(), [x.sha256 for x in task.train]]
        return self.out / "models" / hash_of([*decided, [x.label for x in task.train]])[:12]

    def _model(self, task: Task, experiment: Experiment, adapter: bool) -> Checkpoint:
        folder = self._folder(task, experiment, adapter)
        place = folder / FOLDERS[SECOND_STAGE if adapter else ZERO_SHOT]
        if place.is_dir() and (folder / COST).is_file():
            return read_checkpoint(place)

        def first() -> Checkpoint:
            text = open_text_for(experiment, task.train)
            return train_zero_shot(task.train, experiment, text, place, quiet=True)

        def second() -> Checkpoint:
            longer = replace(experiment.training, epochs=ADAPTER_EPOCHS)
            stage = replace(experiment, training=longer)
            return train_adapter(task.train, before, stage, place, quiet=True)

        if not adapter:
            return costed(first, folder / COST)
        before = self._model(task, experiment, adapter=False)
        return costed(second, folder / COST)

    def _answers(self, task: Task, experiment: Experiment, way: Way) -> Predictions:
        def make() -> Predictions:
            checkpoint = self._model(task, experiment, way.adapter)
            noise = _noise(way, experiment)
            question = asked(checkpoint, task.test, noise=noise)
            model = RestoredModel(checkpoint)
            if not way.adapted:
                return answers(question, model, over=way.over)
            condition = condition_arrays(checkpoint, task.unlabelled, noise=noise)
            return adapted_answers(question, model, condition, over=way.over)[0]

        return self._kept(task, experiment, way, "model", make)

    def _floor(
        self, task: Task, experiment: Experiment, way: Way, learned: bool
    ) -> Predictions | Notice:
        why: list[Notice] = []

        def make() -> Predictions:
            answered = self._answers(task, experiment, way)
            checkpoint = self._model(task, experiment, way.adapter)
            test = asked(checkpoint, task.test, noise=_noise(way, experiment)).windows
            if learned:
                window = int(checkpoint.preparation["window"])
                train = cut_windows(task.train, window=window)
                found = linear_floor(train, test, answered, adapted=way.adapted)
            else:
                found = training_free_floor(test, answered, quiet=True)
            if isinstance(found, Notice):
                why.append(found)
                return answered
            return found

        kept = self._kept(task, experiment, way, "linear" if learned else "rule", make, why)
        return why[0] if why else kept

    def _kept(
        self,
        task: Task,
        experiment: Experiment,
        way: Way,
        who: str,
        make: Callable[[], Predictions],
        why_not: Sequence[Notice] = (),
    ) -> Predictions:
        tested = [[x.sha256 for x in side] for side in (task.test, task.unlabelled)]
        trained = self._folder(task, experiment, way.adapter).name
        told = [who, trained, tested, way.adapted, way.noise_db, way.over]
        path = self.out / "answers" / f"{hash_of(told)[:12]}.csv"
        try:
            return read_predictions(path)
        except UnreadableFileError:
            made = make()
        if why_not:
            return made
        write_predictions(path, made)
        # As it will be read again, so that the table stays the same to the last digit.
        return read_predictions(path)


def _noise(way: Way, experiment: Experiment) -> Noise | None:
    return None if way.noise_db is None else Noise(way.noise_db, experiment.training.seed)
