"""What a model of pictures is put to, and what it then says of which pictures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.picture import LabelledPicture, PictureDataset
from faultlens.datasets.pictures.splits import split_pictures
from faultlens.evaluation.surface.judged import Ask, judge_pictures
from faultlens.evaluation.surface.tested import PictureTest, asked_sentences
from faultlens.images.read import read_image
from faultlens.inference.inspect import inspector
from faultlens.inference.inspector import each_inspected
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.picture_model import SURFACE_MODEL

if TYPE_CHECKING:
    from faultlens.inference.inspection import Inspection
    from faultlens.inference.inspector import Inspector
    from faultlens.profiles.surface_profile import SurfaceProfile

SHOWN = 6
"""False alarms and misses that a report shows, of each."""


@dataclass(frozen=True)
class PictureTrial:
    """What a model is put to.

    Args:
        defects: sentences to ask for; None for the data set's own names, or, where it names none,
            the set of the part.
        part: what is on the pictures, in any words; None for the profile's, or "metal surface".
        references: clean pictures, drawn by group, that a profile is calibrated on first; 0 for
            the text alone.
        false_alarms: share of clean parts that may alarm with those references.
        scales: sizes at which pictures are looked at; None for the profile's, or their own.
        model: "builtin/surface", or the folder of a bundle.
        profile: calibrated before, instead of references.
        mm_per_pixel: size of a pixel on the part, mm.
        draws: how often references are drawn, with the seeds from `seed` on.
        seed: of the first draw.
    """

    defects: tuple[str, ...] | None = None
    part: str | None = None
    references: int = 0
    false_alarms: float = 0.01
    scales: tuple[float, ...] | None = None
    model: str = SURFACE_MODEL
    profile: "SurfaceProfile | None" = None
    mm_per_pixel: float | None = None
    draws: int = 1
    seed: int = 0


def run_trial(
    dataset: PictureDataset,
    trial: PictureTrial,
    *,
    shown: int = SHOWN,
    pixels: bool = True,
    quiet: bool = False,
) -> tuple[PictureTest, ...]:
    """Draw references, calibrate on them, and judge what shares no group with them.

    Args:
        dataset: with a group for every picture (`duplicates.grouped`).
        trial: what the model is put to.
        shown: false alarms and misses to keep of the first draw.
        pixels: count pixels by their heat.
        quiet: no progress bar.

    Raises:
        UsageError: more references than there are, or both references and a profile.
        InputError: a reference cannot be read, or no picture can be judged.

    Example:
        >>> from faultlens.datasets.dataset import DataCard
        >>> run_trial(PictureDataset("mine", (), DataCard("", "", "", "")), PictureTrial())
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Nothing is left to test on: ...
    """
    if trial.profile is not None and trial.references:
        raise UsageError(
            "A profile and references were given; a profile holds references of its own. Give one "
            "of them."
        )
    # Without anything that is drawn, every draw would be the first again.
    draws = trial.draws if trial.references else 1
    return tuple(
        run_draw(
            dataset, trial, trial.seed + i, shown=0 if i else shown, pixels=pixels, quiet=quiet
        )
        for i in range(draws)
    )


def asker(ready: "Inspector") -> Ask:
    """What a picture of a data set is asked: read it, and inspect it.

    Args:
        ready: what is the same for all pictures.

    Example:
        >>> asker.__name__
        'asker'
    """

    def ask(picture: LabelledPicture) -> "Inspection":
        (found,) = each_inspected(ready, [read_image(picture.path)])
        return found

    return ask


def run_draw(
    dataset: PictureDataset,
    trial: PictureTrial,
    seed: int,
    *,
    shown: int = SHOWN,
    pixels: bool = True,
    quiet: bool = False,
) -> PictureTest:
    """One draw of a trial; see `run_trial`.

    Args:
        dataset: with a group for every picture.
        trial: what the model is put to.
        seed: of this draw.
        shown: false alarms and misses to keep.
        pixels: count pixels by their heat.
        quiet: no progress bar.

    Example:
        >>> run_draw.__name__
        'run_draw'
    """
    pictures = dataset.pictures
    split = split_pictures(pictures, references=trial.references, seed=seed)
    sentences = asked_sentences(dataset, trial.defects)
    profile = trial.profile
    if trial.references:
        profile = calibrate(
            [read_image(pictures[i].path) for i in split.references],
            false_alarms=trial.false_alarms,
            defects=sentences,
            part=trial.part,
            scales=trial.scales,
            mm_per_pixel=trial.mm_per_pixel,
            model=trial.model,
            name=f"{trial.references} references, seed {seed}",
        )
    ready = inspector(
        defects=sentences,
        part=trial.part,
        scales=trial.scales,
        model=trial.model,
        profile=profile,
        mm_per_pixel=trial.mm_per_pixel,
    )
    judgement = judge_pictures(
        [pictures[i] for i in split.test],
        asker(ready),
        pixels=pixels,
        shown=shown,
        label=f"{len(split.test)} pictures" + (f", draw {seed}" if trial.draws > 1 else ""),
        quiet=quiet,
    )
    return PictureTest(
        split,
        judgement,
        ready.model.reference,
        ready.question.part,
        ready.threshold,
        ready.false_alarm_rate,
        None if ready.profile is None else ready.profile.classes,
    )
