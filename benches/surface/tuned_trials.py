"""Tune on a few labelled pictures, inspect the rest: draw by draw, kept on disk."""

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benches.surface.answers import Bench
from benches.surface.kept import read_judged, write_judged
from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import write_text
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture, PictureDataset
from faultlens.evaluation.surface.judged import JudgedPictures, judge_pictures
from faultlens.evaluation.surface.trial import asker
from faultlens.inference.inspect import inspector
from faultlens.training.few_pictures.taken import taken_pictures
from faultlens.training.few_pictures.tune_pictures import AUTO, tune_pictures


@dataclass(frozen=True)
class TunedTrial:
    """What is tuned and tested.

    Args:
        name: of the files of its answers.
        part: what is on the pictures, in words.
        shots: labelled pictures of each class.
        sound: whether pictures without a defect are learned from, as many, and tested on.
        method: as `tune_pictures` takes it.
    """

    name: str
    part: str
    shots: int
    sound: bool = False
    method: str = AUTO


@dataclass(frozen=True, eq=False)
class TunedAnswers:
    """One draw of a trial.

    Args:
        judged: the answers to all pictures that share no group with those learned from.
        method: that was taken.
        seconds: that tuning took, s.
    """

    judged: JudgedPictures
    method: str
    seconds: float


def tuned_answers(
    bench: Bench, dataset: PictureDataset, trial: TunedTrial, *, pixels: bool = False
) -> list[TunedAnswers]:
    """The answers of each draw: from disk, or tuned for, asked for and written there.

    Args:
        bench: pictures, base model and number of draws.
        dataset: labelled, with groups.
        trial: what is tuned.
        pixels: count pixels by their heat.

    Raises:
        InputError: a picture or the model cannot be read.
        OSError: the folder cannot be written.

    Example:
        >>> tuned_answers.__name__
        'tuned_answers'
    """
    pictures = [x for x in dataset.pictures if trial.sound or x.label != NO_DEFECT]
    asked = f"{bench.reference}\n{dataset.sha256}\n{trial}\n{pixels}"
    key = sha256(asked.encode()).hexdigest()[:12]
    found = []
    for seed in range(bench.draws):
        path = bench.out / f"{trial.name}-{key}-{seed}.npz"
        facts = path.with_suffix(".json")
        try:
            judged = read_judged(path)
            told = json.loads(facts.read_text(encoding="utf-8"))
        except (UnreadableFileError, OSError, ValueError):
            made = run_tuned_draw(bench, pictures, trial, seed, pixels=pixels)
            write_judged(path, made.judged)
            write_text(facts, json.dumps({"method": made.method, "seconds": made.seconds}))
            found.append(made)
            continue
        found.append(TunedAnswers(judged, str(told["method"]), float(told["seconds"])))
    return found


def run_tuned_draw(
    bench: Bench,
    pictures: Sequence[LabelledPicture],
    trial: TunedTrial,
    seed: int,
    *,
    pixels: bool,
) -> TunedAnswers:
    """One draw: tune, open the bundle as a user would, inspect what it did not learn from.

    Args:
        bench: base model.
        pictures: labelled, with groups.
        trial: what is tuned.
        seed: of the draw.
        pixels: count pixels by their heat.

    Example:
        >>> run_tuned_draw.__name__
        'run_tuned_draw'
    """
    taken = taken_pictures(pictures, shots=trial.shots, seed=seed)
    used = {x.key for x in taken.pictures}
    rest = [x for x in pictures if x.key not in used]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        # All that were taken, so that the draw is this one and no other.
        bundle, on = tune_pictures(
            taken.pictures,
            Path(folder) / "tuned",
            model=bench.model,
            part=trial.part,
            method=trial.method,
            seed=seed,
            quiet=bench.quiet,
        )
        seconds = time.perf_counter() - started
        judgement = judge_pictures(
            rest,
            asker(inspector(model=str(bundle.folder), part=trial.part)),
            pixels=pixels,
            label=f"{trial.name}, draw {seed}",
            quiet=bench.quiet,
        )
    return TunedAnswers(judgement.judged, on.method, seconds)
