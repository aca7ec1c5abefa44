"""`ablate`: every combination of a recipe trained and tested, each once per seed and fold.

What was trained or answered lies under a name that holds all that decided it, so an ablation that
was stopped, or to which something was added, trains only what is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from faultlens.core.progress import progress
from faultlens.datasets.dataset import Dataset
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.registry import open_dataset
from faultlens.datasets.selection import where
from faultlens.datasets.splits import folds, refuse_leak
from faultlens.evaluation.ablation_recipe import AblationRecipe, Cell
from faultlens.evaluation.answers import answers, asked
from faultlens.evaluation.measured import Measured, measure
from faultlens.evaluation.predictions import (
    Predictions,
    joined,
    read_predictions,
    write_predictions,
)
from faultlens.models.checkpoint import ADAPTER, FOLDERS, ZERO_SHOT, Checkpoint, read_checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import Experiment
from faultlens.training.hashes import hash_of
from faultlens.training.overrides import with_table
from faultlens.training.stage import DataSource
from faultlens.training.zero_shot import open_text_for, train_zero_shot

PREDICTIONS = "predictions.csv"

ADAPTER_EPOCHS = 15
"""Of the second stage, as in the reference document, unless the recipe says otherwise."""


@dataclass(frozen=True, eq=False)
class Split:
    """What is trained on and what is tested on.

    Args:
        name: in words.
        train: recordings.
        test: recordings.
        source: the data set that the training recordings are from.
    """

    name: str
    train: tuple[LabelledRecording, ...]
    test: tuple[LabelledRecording, ...]
    source: DataSource


@dataclass(frozen=True, eq=False)
class CellResult:
    """What came of one combination.

    Args:
        cell: the combination.
        trainings: per seed, the answers to all windows tested, folds joined.
        measured: the figures over seeds.
    """

    cell: Cell
    trainings: tuple[Predictions, ...]
    measured: Measured


def ablate(
    recipe: AblationRecipe, out: Path, *, device: str = "cpu", quiet: bool = False
) -> tuple[CellResult, ...]:
    """Train and test every combination; what lies in `out` already is taken from there.

    Args:
        recipe: what is varied, on which data.
        out: folder of models and answers.
        device: "cpu", "cuda" ...
        quiet: no progress bar.

    Raises:
        UsageError: a split that leaks, or a setting that cannot be.
        InputError: data or a text model that cannot be read.
        OSError: a file cannot be written.

    Example:
        >>> ablate(AblationRecipe("/nowhere", {"adapter": (False,)}, (0,), "/nowhere"), Path("/x"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere does not exist; ...
    """
    splits = list(_splits(recipe))
    cells = list(recipe.cells())
    runs = list(product(cells, recipe.seeds, splits))
    found: dict[tuple[str, int], list[Predictions]] = {}
    for cell, seed, split in progress(runs, label="Ablation", quiet=quiet):
        answered = _run(recipe, cell, seed, split, out, device)
        found.setdefault((cell.name, seed), []).append(answered)
    results = []
    for cell in cells:
        trainings = tuple(joined(found[cell.name, seed]) for seed in recipe.seeds)
        results.append(CellResult(cell, trainings, measure(trainings)))
    return tuple(results)


def _splits(recipe: AblationRecipe) -> Iterator[Split]:
    read = open_dataset(recipe.train_data, name=recipe.dataset)
    train = where(read.recordings, recipe.where)
    source = DataSource(read.name, read.sha256, recipe.train_data)
    if recipe.test_data is not None:
        test = where(_again(recipe, read).recordings, recipe.test_where)
        refuse_leak(train, test, recipe.protocol or "seed", by=recipe.by)
        yield Split("the data's own split", train, test, source)
        return
    for fold in folds(train, str(recipe.protocol), by=recipe.by):
        its = replace(source, sha256=hash_of([source.sha256, fold.name]))
        learned, tested = (tuple(train[x] for x in side) for side in (fold.train, fold.test))
        yield Split(fold.name, learned, tested, its)


def _again(recipe: AblationRecipe, read: Dataset) -> Dataset:
    if recipe.test_data == recipe.train_data:
        return read
    return open_dataset(str(recipe.test_data), name=recipe.dataset)


def _run(
    recipe: AblationRecipe, cell: Cell, seed: int, split: Split, out: Path, device: str
) -> Predictions:
    """The answers of one training to one test, from disk where they lie there."""
    experiment = replace(recipe.experiment(cell, seed), device=device)
    second = with_table(
        with_table(experiment, {"training": {"epochs": ADAPTER_EPOCHS}}), recipe.adapter_settings
    )
    tested = [x.sha256 for x in split.test]
    first = hash_of([experiment.to_dict(), split.source.sha256, [x.key for x in split.train]])[:12]
    whole = hash_of([first, second.to_dict() if cell.adapted else None, tested, recipe.over])[:12]
    kept = out / "runs" / whole / PREDICTIONS
    if kept.is_file():
        return read_predictions(kept)
    checkpoint = _first(experiment, split, out / "models" / first)
    if cell.adapted:
        checkpoint = _second(checkpoint, second, split, out / "models" / whole)
    question = asked(checkpoint, split.test)
    answered = answers(question, RestoredModel(checkpoint, device=device), over=recipe.over)
    write_predictions(kept, in_order(answered))
    # As it will be read again, so that a resumed ablation gives the same table to the last digit.
    return read_predictions(kept)


def _first(experiment: Experiment, split: Split, folder: Path) -> Checkpoint:
    """The zero-shot model: trained once, also where cells differ in the adapter alone."""
    place = folder / FOLDERS[ZERO_SHOT]
    if place.is_dir():
        return read_checkpoint(place)
    text = open_text_for(experiment, split.train)
    return train_zero_shot(split.train, experiment, text, place, source=split.source, quiet=True)


def _second(first: Checkpoint, experiment: Experiment, split: Split, folder: Path) -> Checkpoint:
    place = folder / FOLDERS[ADAPTER]
    if place.is_dir():
        return read_checkpoint(place)
    return train_adapter(split.train, first, experiment, place, source=split.source, quiet=True)


def in_order(answered: Predictions) -> Predictions:
    """The same answers with the classes sorted: folds of which each lacks another class agree.

    Args:
        answered: with the classes in any order.

    Example:
        >>> import numpy as np
        >>> made = Predictions(("b", "a"), ("f",), ("r",), ("g",), ("",), ("a",), np.zeros(1, int),
        ...                    np.array([[0.25, 0.75]]))
        >>> in_order(made).scores
        array([[0.75, 0.25]])
    """
    order = sorted(range(len(answered.classes)), key=lambda at: answered.classes[at])
    return replace(
        answered,
        classes=tuple(answered.classes[at] for at in order),
        scores=answered.scores[:, order],
    )
