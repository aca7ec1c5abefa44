"""The pictures that the benchmark asks about, and its answers, kept on disk draw by draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from benches.surface.kept import read_judged, write_judged
from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.datasets.pictures.splits import split_pictures
from faultlens.evaluation.surface.floors import nearest_thumbnail
from faultlens.evaluation.surface.judged import JudgedPictures
from faultlens.evaluation.surface.trial import PictureTrial, run_draw
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model

COMMAND = "make bench-surface"

STRIP, TILES, CASTINGS = "neu_det", "magnetic_tile", "casting_pump_impeller"
"""Sets of `shared/data/images`, as its manifest calls them."""


@dataclass(frozen=True)
class Bench:
    """Where the benchmark takes its pictures from, and keeps its answers.

    Args:
        images: folder of the pictures with its manifest.csv.
        out: folder of the answers.
        model: "builtin/surface", or the folder of a bundle.
        draws: of references, and of paraphrases.
        quiet: no progress bar.
    """

    images: Path
    out: Path
    model: str = SURFACE_MODEL
    draws: int = 5
    quiet: bool = False

    @property
    def reference(self) -> str:
        """Name and hash of what judges."""
        return load_image_model(self.model).reference

    def pictures(self, subset: str) -> PictureDataset:
        """The pictures of one set, with a group each."""
        found = open_pictures(self.images / "manifest.csv", subset=subset)
        return replace(found, pictures=grouped(found.pictures, quiet=self.quiet))

    def answers(
        self, name: str, dataset: PictureDataset, trial: PictureTrial, *, pixels: bool = True
    ) -> list[JudgedPictures]:
        """The answers of each draw: from disk, or asked for and written there.

        Args:
            name: of the file, for whoever looks.
            dataset: the pictures.
            trial: what the model is put to.
            pixels: count pixels by their heat.

        Raises:
            InputError: a picture or the model cannot be read.
            OSError: the folder cannot be written.
        """
        trial = replace(trial, model=self.model)
        asked = f"{self.reference}\n{dataset.sha256}\n{replace(trial, draws=0)}\n{pixels}"
        key = sha256(asked.encode()).hexdigest()[:12]
        found = []
        for seed in range(trial.draws if trial.references else 1):
            path = self.out / f"{name}-{key}-{seed}.npz"
            try:
                judged = read_judged(path)
            except UnreadableFileError:
                made = run_draw(dataset, trial, seed, shown=0, pixels=pixels, quiet=self.quiet)
                judged = made.judgement.judged
                write_judged(path, judged)
            found.append(judged)
        return found


def nearest_answers(
    dataset: PictureDataset, tests: Sequence[JudgedPictures], references: int
) -> list[JudgedPictures]:
    """The same tests, scored by the nearest grey thumbnail of the same references.

    Args:
        dataset: the pictures.
        tests: of the draws with the seeds from 0 on.
        references: how many were drawn.

    Example:
        >>> from faultlens.datasets.dataset import DataCard
        >>> nearest_answers(PictureDataset("mine", (), DataCard("", "", "", "")), [], 3)
        []
    """
    by_file = {x.file: x for x in dataset.pictures}
    found = []
    for seed, judged in enumerate(tests):
        split = split_pictures(dataset.pictures, references=references, seed=seed)
        shown = [dataset.pictures[i] for i in split.references]
        scores = nearest_thumbnail(shown, [by_file[x] for x in judged.file])
        found.append(replace(judged, alarm_score=np.asarray(scores, dtype=np.float64)))
    return found
