"""`ablate`: every combination of a recipe trained and tested, each once per seed and fold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.interrupts import noted_interrupts
from faultlens.core.notice import Notice
from faultlens.core.progress import progress
from faultlens.datasets.dataset import Dataset, FailedFile
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.registry import open_dataset
from faultlens.datasets.selection import where
from faultlens.datasets.splits import folds, refuse_leak
from faultlens.evaluation.ablation_recipe import AblationRecipe, Cell
from faultlens.evaluation.ablation_runs import Run, Runner, Split
from faultlens.evaluation.evaluate import SAME_RECORDINGS
from faultlens.evaluation.measured import Measured, measure
from faultlens.evaluation.predictions import Predictions, joined
from faultlens.training.hashes import hash_of
from faultlens.training.stage import DataSource

OWN_SPLIT = "the data's own split"
SEED = "seed"


@dataclass(frozen=True, eq=False)
class CellResult:
    """What came of one combination.

    Args:
        cell: the combination.
        trainings: per seed, the answers to all windows tested, folds joined.
        measured: the figures over seeds.
        seconds: that all its trainings took, s; a first stage that cells share counts in each.
        by_split: split -> accuracy there, mean of the trainings.
    """

    cell: Cell
    trainings: tuple[Predictions, ...]
    measured: Measured
    seconds: float
    by_split: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FailedCell:
    """A combination that gave no result.

    Args:
        cell: the combination.
        reason: why, and what to do.
    """

    cell: Cell
    reason: str


@dataclass(frozen=True, eq=False)
class Ablation:
    """What came of all.

    Args:
        recipe: what was compared.
        results: of the combinations that gave one, in the order of the recipe.
        failed: the others.
        data: name and SHA-256 of the training data.
        splits: what was held out, in words.
        warnings: what a careful engineer would want to know of the data.
        failed_files: that could not be read.
    """

    recipe: AblationRecipe
    results: tuple[CellResult, ...]
    failed: tuple[FailedCell, ...]
    data: Mapping[str, str]
    splits: tuple[str, ...]
    warnings: tuple[Notice, ...] = ()
    failed_files: tuple[FailedFile, ...] = ()


def ablate(
    recipe: AblationRecipe,
    out: Path,
    *,
    device: str = "cpu",
    quiet: bool = False,
    heard: Callable[[FailedCell], None] = lambda failed: None,
) -> Ablation:
    """Train and test every combination; what lies in `out` already is taken from there.

    Args:
        recipe: what is varied, on which data.
        out: folder of models and answers.
        device: "cpu", "cuda" ...
        quiet: no progress bar.
        heard: called with a combination that fails, when it does; the others go on.

    Raises:
        UsageError: a split that leaks, or fits no data.
        InputError: data that cannot be read.
        OSError: a file cannot be written.
        KeyboardInterrupt: what was trained until then is kept.

    Example:
        >>> ablate(AblationRecipe("/nowhere", {"adapter": (False,)}, (0,), "/nowhere"), Path("/x"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere does not exist; ...
    """
    read = _opened(recipe, recipe.train_data)
    other = recipe.test_data not in (None, recipe.train_data)
    test = _opened(recipe, str(recipe.test_data)) if other else read
    splits = tuple(_splits(recipe, read, test))
    cells = list(recipe.cells())
    runner = Runner(recipe, out, device)
    found: dict[tuple[str, int], list[Run]] = {}
    failed: dict[str, FailedCell] = {}
    runs = list(product(cells, recipe.seeds, splits))
    with noted_interrupts() as check:
        for cell, seed, split in progress(runs, label="Ablation", quiet=quiet):
            check()
            if cell.name in failed:
                continue
            try:
                found.setdefault((cell.name, seed), []).append(runner.run(cell, seed, split))
            except (FaultlensError, MemoryError, RuntimeError) as error:
                failed[cell.name] = FailedCell(cell, _reason(error))
                heard(failed[cell.name])
    results = (_result(recipe, x, splits, found) for x in cells if x.name not in failed)
    sides = (read, test) if other else (read,)
    return Ablation(
        recipe,
        tuple(results),
        tuple(failed.values()),
        {"name": read.name, "sha256": read.sha256},
        tuple(x.name for x in splits),
        _warnings(recipe, splits, sides),
        tuple(x for side in sides for x in side.failed),
    )


def _reason(error: Exception) -> str:
    """Why a combination failed; a run that is too large for the machine says so in its own way."""
    if isinstance(error, FaultlensError):
        return str(error)
    if isinstance(error, MemoryError) or "out of memory" in str(error):
        return (
            "There is not enough memory for it. Give it a smaller training.batch_size, another "
            "text.dtype or a shorter window, or run it on a larger machine."
        )
    raise error


def _opened(recipe: AblationRecipe, path: str) -> Dataset:
    return open_dataset(path, name=recipe.dataset, sample_rate_hz=recipe.sample_rate_hz)


def _splits(recipe: AblationRecipe, read: Dataset, test: Dataset) -> Iterator[Split]:
    train = where(read.recordings, recipe.where)
    source = DataSource(read.name, read.sha256, recipe.train_data)
    if recipe.test_data is not None:
        tested = where(test.recordings, recipe.test_where)
        refuse_leak(train, tested, recipe.protocol or SEED, by=recipe.by)
        yield Split(OWN_SPLIT, train, tested, source)
        return
    parts = folds(train, str(recipe.protocol), by=recipe.by)
    if not parts:
        raise UsageError(
            f"{recipe.protocol} leaves no recording to train on and none to test on. Choose "
            "another protocol, or give test_data."
        )
    for fold in parts:
        its = replace(source, sha256=hash_of([source.sha256, fold.name]))
        learned, held = (tuple(train[x] for x in side) for side in (fold.train, fold.test))
        yield Split(fold.name, learned, held, its)


def _warnings(
    recipe: AblationRecipe, splits: Sequence[Split], sides: Sequence[Dataset]
) -> tuple[Notice, ...]:
    known = dict.fromkeys(x for side in sides for x in side.warnings)
    shared = any(_keys(x.train) & _keys(x.test) for x in splits)
    return (SAME_RECORDINGS, *known) if shared else tuple(known)


def _keys(recordings: Sequence[LabelledRecording]) -> set[str]:
    return {x.key for x in recordings}


def _result(
    recipe: AblationRecipe,
    cell: Cell,
    splits: Sequence[Split],
    found: Mapping[tuple[str, int], Sequence[Run]],
) -> CellResult:
    runs = [found[cell.name, seed] for seed in recipe.seeds]
    classes = sorted({x for row in runs for run in row for x in run.predictions.classes})
    trainings = tuple(joined([of_classes(x.predictions, classes) for x in row]) for row in runs)
    by_split = {
        split.name: float(np.mean([row[place].predictions.right.mean() for row in runs]))
        for place, split in enumerate(splits)
    }
    seconds = sum(run.seconds for row in runs for run in row)
    return CellResult(cell, trainings, measure(trainings), seconds, by_split)


def of_classes(answered: Predictions, classes: Sequence[str]) -> Predictions:
    """The same answers over these classes; one that a model was not asked for has the score 0.

    Folds of which each lacks another class agree so.

    Args:
        answered: with some of the classes, in any order.
        classes: all of them.

    Example:
        >>> made = Predictions(("b", "a"), ("f",), ("r",), ("g",), ("",), ("a",), np.zeros(1, int),
        ...                    np.array([[0.25, 0.75]]))
        >>> of_classes(made, ("a", "b", "c")).scores
        array([[0.75, 0.25, 0.  ]])
    """
    scores = np.zeros((len(answered.scores), len(classes)))
    for column, label in enumerate(answered.classes):
        scores[:, list(classes).index(label)] = answered.scores[:, column]
    return replace(answered, classes=tuple(classes), scores=scores)
