"""One run of an ablation: a combination trained with one seed and tested on one split.

What was trained or answered lies under a name that holds all that decided it, so an ablation that
was stopped, or to which something was added, trains only what is missing.
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import write_text
from faultlens.core.version import __version__
from faultlens.datasets.labelled import LabelledRecording
from faultlens.evaluation.ablation_recipe import AblationRecipe, Cell
from faultlens.evaluation.answers import answers, asked
from faultlens.evaluation.predictions import Predictions, read_predictions, write_predictions
from faultlens.models.checkpoint import ADAPTER, FOLDERS, ZERO_SHOT, Checkpoint, read_checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import Experiment
from faultlens.training.hashes import hash_of
from faultlens.training.overrides import with_table
from faultlens.training.stage import DataSource
from faultlens.training.zero_shot import open_text_for, train_zero_shot

RUNS, MODELS = "runs", "models"
"""Folders of answers and of models."""

PREDICTIONS, FACTS = "predictions.csv", "run.json"

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
class Run:
    """What came of one run.

    Args:
        predictions: the answers to the windows of the test.
        seconds: that the training of both stages took, s, when it was done.
    """

    predictions: Predictions
    seconds: float


@dataclass(frozen=True, eq=False)
class Runner:
    """Trains and tests, and remembers on disk.

    Args:
        recipe: of the ablation.
        out: folder of models and answers.
        device: "cpu", "cuda" ...
        references: text model and its settings -> name and hash, asked for once.
    """

    recipe: AblationRecipe
    out: Path
    device: str
    references: dict[str, str] = field(default_factory=dict)

    def run(self, cell: Cell, seed: int, split: Split) -> Run:
        """Train and test, or take from disk what was done before.

        Args:
            cell: a combination.
            seed: of the training.
            split: what to train and to test on.

        Raises:
            UsageError: a setting that does not fit the data.
            InputError: data or a text model that cannot be read.
            OSError: a file cannot be written.
        """
        experiment = replace(self.recipe.experiment(cell, seed), device=self.device)
        longer = with_table(experiment, {"training": {"epochs": ADAPTER_EPOCHS}})
        second = with_table(longer, self.recipe.adapter_settings)
        learned = [(x.key, x.label, x.sha256) for x in split.train]
        text = self._reference(experiment, split)
        first = hash_of([__version__, experiment.to_dict(), text, learned])[:12]
        tested = [(x.label, x.sha256) for x in split.test]
        adapter = second.to_dict() if cell.adapted else None
        whole = hash_of([first, adapter, tested, self.recipe.over])[:12]
        place = self.out / RUNS / whole
        if (kept := _kept(place)) is not None:
            return kept
        checkpoint = _first(experiment, split, self.out / MODELS / first)
        if cell.adapted:
            tuned = self.out / MODELS / hash_of([first, adapter])[:12]
            checkpoint = _second(checkpoint, second, split, tuned)
        model = RestoredModel(checkpoint, device=self.device)
        answered = answers(asked(checkpoint, split.test), model, over=self.recipe.over)
        seconds = round(sum(float(x["seconds"]) for x in checkpoint.history), 3)
        facts: dict[str, Any] = {
            "cell": cell.name,
            "seed": seed,
            "split": split.name,
            "model": str(checkpoint.folder.relative_to(self.out)),
            "seconds": seconds,
        }
        # The answers come last: where they lie, the run is done.
        write_text(place / FACTS, json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        write_predictions(place / PREDICTIONS, answered)
        # As it will be read again, so that a resumed ablation gives the same table to the last
        # digit.
        return Run(read_predictions(place / PREDICTIONS), seconds)

    def _reference(self, experiment: Experiment, split: Split) -> str:
        """Name and hash of the text model: another one of the same name is another training."""
        asked_for = hash_of([experiment.to_dict()["text"], sorted({x.label for x in split.train})])
        if asked_for not in self.references:
            self.references[asked_for] = open_text_for(experiment, split.train).reference
        return self.references[asked_for]


def _kept(place: Path) -> Run | None:
    try:
        seconds = json.loads((place / FACTS).read_text(encoding="utf-8"))["seconds"]
        return Run(read_predictions(place / PREDICTIONS), float(seconds))
    except (OSError, ValueError, KeyError, TypeError, UnreadableFileError):
        return None


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
