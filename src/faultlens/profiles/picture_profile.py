"""From pictures, sentences and a model's name to the profile of a product."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.images.image import Image
from faultlens.images.light.enhance import enhanced
from faultlens.images.stated_roi import Roi, kept_roi, looked_at, roi_of
from faultlens.profiles.calibrate_classes import MISSED
from faultlens.profiles.calibrate_surface import Counted, surface_profile_of
from faultlens.profiles.labelled_classes import learn_classes
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.defect_question import defect_question
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
    enhance: Sequence[str] = (),
    roi: str | Sequence[object] | None = None,
    zoom: int = 0,
    labelled: str | Path | PictureDataset | None = None,
    missed: float = MISSED,
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
        enhance: names of `images.light.enhance.ENHANCEMENTS`, done to every picture first.
        roi: where to look on every picture, as in `inspect`, which then looks there by itself.
        zoom: how many of the hottest places are looked at again, enlarged.
        labelled: pictures of the product's defects, a data set or its folder, such as that of
            `faultlens correct`; None where names are believed as the model gives them.
        missed: share of its pictures whose own name a defect may miss, with `labelled`.

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
    set_of = open_pictures(labelled) if isinstance(labelled, str | Path) else labelled
    viewing = Viewing(tuple(float(x) for x in scales or ()), zoom=zoom)
    opened = load_image_model(model)
    question = defect_question(defects, part=part, model=opened)
    stated = Counted(
        name=name,
        false_alarms=false_alarms,
        defects=tuple(defects or ()),
        part=question.part,
        mm_per_pixel=mm_per_pixel,
        turned=turned,
        enhance=tuple(enhance),
        roi=kept_roi(roi),
    )
    profile = surface_profile_of(
        PreparedPictures(images, roi_of(roi), stated.enhance)
        if enhance or roi is not None
        else images,
        opened,
        question.meanings,
        scoring_of(opened.bundle.calibration),
        viewing=viewing,
        stated=stated,
    )
    if set_of is None:
        return profile
    return learn_classes(profile, set_of.pictures, opened, question, missed=missed).profile


@dataclass(frozen=True, eq=False)
class PreparedPictures:
    """Pictures with what is done to them first, made anew whenever gone through.

    Args:
        images: as they were given.
        roi: where to look; None for everywhere.
        names: of `images.light.enhance.ENHANCEMENTS`.

    Example:
        >>> len(PreparedPictures((), None, ("contrast",)))
        0
    """

    images: Collection[Image]
    roi: Roi | None
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def __contains__(self, item: object) -> bool:
        return item in self.images

    def __iter__(self) -> Iterator[Image]:
        return (enhanced(looked_at(x, self.roi), self.names) for x in self.images)
