"""From pictures, sentences and a model's name to the profile of a product."""

from collections.abc import Collection, Sequence
from math import isfinite
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.profiles.calibrate_surface import Counted, surface_profile_of
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.defect_question import PART, defect_question
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.viewing import Viewing


def picture_profile(
    images: Collection[Image],
    *,
    false_alarms: float = 0.01,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    scales: Sequence[float] | None = None,
    mm_per_pixel: float | None = None,
    model: str | Path = SURFACE_MODEL,
    name: str = "profile",
    turned: bool | None = None,
) -> SurfaceProfile:
    """Learn from pictures of normal parts; see `profiles.calibrate.calibrate` for the arguments.

    Args:
        images: normal parts; gone through twice, so they may be read from disk as they are needed.
        false_alarms: share of normal parts that may alarm.
        defects: sentences that will be asked for; None for the set of the part.
        part: what is on the pictures; None for "metal surface".
        scales: sizes at which pictures are looked at; None for the one that the model
            is used to.
        mm_per_pixel: size of a pixel on the part, mm; None for what the pictures say.
        model: "builtin/surface", or the folder of a bundle.
        name: how the profile is called in results.
        turned: whether quarter turns are remembered too; None for where there are few pictures.

    Raises:
        UsageError: no pictures, or an argument that cannot be.
        InputError: a picture that cannot be judged.
        BundleError: the model's files are damaged.

    Example:
        >>> picture_profile([], mm_per_pixel=0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: mm_per_pixel is 0; it must be a positive number of mm.
    """
    if mm_per_pixel is not None and not (isfinite(mm_per_pixel) and mm_per_pixel > 0):
        raise UsageError(f"mm_per_pixel is {mm_per_pixel}; it must be a positive number of mm.")
    viewing = Viewing() if scales is None else Viewing(tuple(float(x) for x in scales))
    opened = load_image_model(model)
    question = defect_question(defects, part=PART if part is None else part, model=opened)
    stated = Counted(
        name=name,
        false_alarms=false_alarms,
        defects=tuple(defects or ()),
        part=question.part,
        mm_per_pixel=mm_per_pixel,
        turned=turned,
    )
    return surface_profile_of(
        images,
        opened,
        question.meanings,
        scoring_of(opened.bundle.calibration),
        viewing=viewing,
        stated=stated,
    )
