"""`inspect`: a picture and sentences in; a named defect, where it is, and an alarm out."""

from collections.abc import Collection, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.stated_roi import KeptRoi, kept_roi, roi_of
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.fusion import FUSED_THRESHOLD, Fusion, fusion_of
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import Inspector, each_looked_at
from faultlens.inference.preprocessing import (
    VIEWS_BY,
    Preprocessed,
    Preprocessing,
    looked,
)
from faultlens.inference.shot import Shot
from faultlens.profiles.calibrate_surface import Counted, surface_profile_of
from faultlens.profiles.surface_doubts import surface_doubts
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.defect_question import DefectQuestion, defect_question
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import Finish
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.surface_scores import Scoring, scoring_of
from faultlens.runtimes.viewing import Viewing

if TYPE_CHECKING:
    from faultlens.profiles.hot_spot_alarm import HotSpotAlarm

FALSE_ALARMS = 0.01
"""Share of normal parts that may alarm where references are given and nothing is said of it."""

RENDERED_THRESHOLD = Notice(
    en="The alarm threshold comes from rendered pictures, not from this product; calibrate a "
    "profile on pictures of its normal parts (faultlens calibrate) for a false-alarm rate that "
    "holds for it.",
    zh="报警阈值来自渲染图像，而非本产品；请用本产品的正常件图像建立标定档案"
    "（faultlens calibrate），以得到对本产品成立的误报率。",
)

UNMEASURED_THRESHOLD = Notice(
    en="Nobody measured how often this model alarms on normal parts; calibrate a profile on "
    "pictures of yours (faultlens calibrate) before its alarms count.",
    zh="该模型在正常件上的误报率从未测定；在依据其报警之前，"
    "请用正常件图像建立标定档案（faultlens calibrate）。",
)


def inspect(
    image: Image | None,
    *,
    views: Sequence[Image] = (),
    views_by: str = VIEWS_BY,
    views_fixed: bool = False,
    infrared: Thermal | None = None,
    fusion: Fusion | str | None = None,
    hot_spot_alarm: "HotSpotAlarm | None" = None,
    roi: str | Sequence[object] | Image | None = None,
    enhance: Sequence[str] | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    references: Collection[Image] | None = None,
    scales: Sequence[float] | None = None,
    zoom: int | None = None,
    adapt: bool = False,
    model: str = SURFACE_MODEL,
    profile: SurfaceProfile | None = None,
    mm_per_pixel: float | None = None,
    asset: str | None = None,
    lang: str = "en",
) -> Inspection:
    """Name the defect on one picture of a part, and show where it is.

    Args:
        image: one picture, grey or colour, of any size from 16 x 16 pixels; see `read_image`. None
            where there is infrared alone.
        views: further pictures of the same part under other light or from a slightly other angle;
            they are aligned with the first and fused, so that glare goes.
        views_by: how they are fused: "minimum", "median" or "photometric".
        views_fixed: whether the camera stood meanwhile, so that they need not be aligned.
        infrared: the same part in infrared, from `read_thermal`, of any size and field of view; its
            hot spots become findings of their own.
        fusion: how the verdict uses the infrared: "input", "feature" or "decision", with a weight
            from 0 to 1 ("feature:0.3"); None where hot spots only stand beside it.
        hot_spot_alarm: from `calibrate_hot_spots`: when a hot spot alarms; stands in the result.
        roi: where to look, pixels of the picture: a box (x, y, width, height), a polygon [(x, y),
            ...], or a picture of the part, or its file, by which it is found on this one; None for
            the profile's, or else everywhere.
        enhance: names of what is done to the picture first, in their order: "glare" (nothing is
            judged under it), "glare-repair", "clahe", "contrast"; None for the profile's.
        defects: sentences to look for, in English or Chinese, also with sizes and places ("crack
            longer than 0.5 mm"); None for the profile's, what the model was tuned to, or else the
            set of the part.
        part: what is on the picture, in any words ("drive shaft"); None for the profile's, what the
            model was tuned to, or else "metal surface".
        references: pictures of normal parts to hold it against, one at least, better 20 and more;
            a profile of the same pictures saves their time.
        scales: sizes at which it is looked at, averaged, such as (0.5, 1, 1.5) for small defects;
            None for the profile's, or else the size that the model is used to.
        zoom: how many of the hottest places are looked at again, enlarged, for small defects on
            large pictures; None for the profile's, or else none.
        adapt: fit what the model says of each picture to the sentences, by that picture alone.
        model: "builtin/surface", the folder of a bundle, such as `faultlens export` writes, or a
            model of Hugging Face ("hf:openai/clip-vit-base-patch32", "ViT-B/32").
        profile: calibration of the product, from `calibrate`; None uses the model's own threshold.
        mm_per_pixel: size of a pixel on the part, mm; None for the picture's own, or the profile's.
        asset: the machine, as its owner calls it; stands in the result.
        lang: language of the sentence and the pictures, "en" or "zh".

    Raises:
        UsageError: an argument that cannot be, a profile of another model, or both a profile and
            references.
        InputError: nothing can be seen on the picture.
        BundleError: the model's files are damaged.

    Example:
        >>> import numpy as np
        >>> inspect(np.zeros((64, 64), np.uint8))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: inspect takes an Image, not a ndarray: ...
    """
    for each in () if image is None else (image, *views):
        _checked_image(each, "inspect takes")
    if infrared is not None and not isinstance(infrared, Thermal):
        raise UsageError(
            f"infrared is a Thermal, not a {type(infrared).__name__}: read a file with "
            "read_thermal(path), or wrap an array of degC as Thermal(celsius)."
        )
    shot = Shot(image, tuple(views), infrared)
    ready = inspector(
        views_by=views_by,
        views_fixed=views_fixed,
        fusion=fusion,
        hot_spot_alarm=hot_spot_alarm,
        roi=roi,
        enhance=enhance,
        defects=defects,
        part=part,
        references=references,
        scales=scales,
        zoom=zoom,
        adapt=adapt,
        model=model,
        profile=profile,
        mm_per_pixel=mm_per_pixel,
        asset=asset,
        lang=lang,
    )
    (result,) = each_looked_at(ready, [looked(shot, ready.ways)])
    return result


def inspector(
    *,
    views_by: str = VIEWS_BY,
    views_fixed: bool = False,
    fusion: Fusion | str | None = None,
    hot_spot_alarm: "HotSpotAlarm | None" = None,
    roi: str | Sequence[object] | Image | None = None,
    enhance: Sequence[str] | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    references: Collection[Image] | None = None,
    scales: Sequence[float] | None = None,
    zoom: int | None = None,
    adapt: bool = False,
    model: str | Path | Model = SURFACE_MODEL,
    profile: SurfaceProfile | None = None,
    mm_per_pixel: float | None = None,
    asset: str | None = None,
    lang: str = "en",
) -> Inspector:
    """Prepare what is the same for all pictures of a batch; see `inspect` for the arguments.

    Args:
        views_by: as in `inspect`.
        views_fixed: as in `inspect`.
        fusion: as in `inspect`.
        hot_spot_alarm: as in `inspect`.
        roi: as in `inspect`.
        enhance: as in `inspect`.
        defects: as in `inspect`.
        part: as in `inspect`.
        references: as in `inspect`; gone through twice, so a generator will not do.
        scales: as in `inspect`.
        zoom: as in `inspect`.
        adapt: as in `inspect`.
        model: as in `inspect`; or one that is open already, which is not checked again.
        profile: as in `inspect`.
        mm_per_pixel: as in `inspect`.
        asset: as in `inspect`.
        lang: as in `inspect`.

    Raises:
        UsageError: as in `inspect`.
        InputError: a reference that cannot be used.
        BundleError: the model's files are damaged.

    Example:
        >>> inspector(roi="1,2,3")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The region is '1,2,3'; give a box x,y,w,h, a polygon ...
    """
    stated_roi, fused = roi_of(roi), fusion_of(fusion) if isinstance(fusion, str) else fusion
    checked_language(lang)
    if mm_per_pixel is not None and not (isfinite(mm_per_pixel) and mm_per_pixel > 0):
        raise UsageError(f"mm_per_pixel is {mm_per_pixel}; it must be a positive number of mm.")
    if profile is not None and references is not None:
        raise UsageError(
            "A profile and references were given; a profile holds references of its own. Give one "
            "of them, or calibrate a profile on all of these pictures."
        )
    opened = model if isinstance(model, Model) else load_image_model(model)
    scoring = scoring_of(opened.bundle.calibration)
    if profile is not None:
        if profile.model != opened.reference:
            raise UsageError(
                f"The profile '{profile.name}' was made with {profile.model}; this is "
                f"{opened.reference}. Make it again with faultlens calibrate, or give the model "
                "that it was made with (model=, command line --model)."
            )
        defects = profile.defects or None if defects is None else defects
        part = profile.part if part is None else part
        scales = profile.scales if scales is None else scales
        zoom = profile.zoom if zoom is None else zoom
        enhance = profile.enhance if enhance is None else enhance
        mm_per_pixel = profile.mm_per_pixel if mm_per_pixel is None else mm_per_pixel
        stated_roi = profile.roi.opened() if roi is None else stated_roi
    cut_alike = references is not None or bool(profile is not None and profile.roi.stated)
    ways = Preprocessing(views_by, fused, stated_roi, tuple(enhance or ()), views_fixed)
    viewing = Viewing(tuple(float(x) for x in scales or ()), zoom=zoom or 0)
    question = defect_question(defects, part=part, model=opened, lang=lang)
    if references is not None:
        for each in references if isinstance(references, list | tuple) else ():
            _checked_image(each, "references holds")
        stated = Counted(
            name="references",
            false_alarms=FALSE_ALARMS,
            defects=tuple(defects or ()),
            part=question.part,
            mm_per_pixel=mm_per_pixel,
            enhance=ways.enhance,
        )
        profile = surface_profile_of(
            Preprocessed(references, ways),
            opened,
            question.meanings,
            scoring,
            viewing=viewing,
            stated=stated,
        )
    if profile is None:
        measured = scoring.false_alarm_rate is not None
        notices: tuple[Notice, ...] = (RENDERED_THRESHOLD if measured else UNMEASURED_THRESHOLD,)
    else:
        notices = surface_doubts(
            profile, defects=tuple(defects or ()), part=question.part, scales=viewing.scales,
            by_hand=references is not None, zoom=viewing.zoom, enhance=ways.enhance,
            labels=[x.label for x in question.asked], roi=None if roi is None else _told(roi),
        )  # fmt: skip
        profile = profile.asked_for([x.label for x in question.asked])
    if fused is not None:
        notices = (*notices, FUSED_THRESHOLD)
    return Inspector(
        model=opened,
        question=question,
        scoring=scoring,
        viewing=viewing,
        threshold=scoring.alarm_threshold if profile is None else profile.threshold,
        false_alarm_rate=(scoring if profile is None else profile).false_alarm_rate,
        profile=profile,
        mm_per_pixel=mm_per_pixel,
        notices=notices,
        lang=lang,
        ways=ways,
        finish=_adapter(opened, question, scoring) if adapt else None,
        hot_spot_alarm=hot_spot_alarm,
        asset=asset,
        cut_alike=cut_alike,
    )


def _told(roi: "str | Sequence[object] | Image") -> KeptRoi:
    """The region, to be held against a profile's; a picture in memory is like none."""
    return KeptRoi(sha256="in memory") if isinstance(roi, Image) else kept_roi(roi)


def _adapter(model: Model, question: DefectQuestion, scoring: Scoring) -> Finish:
    from faultlens.runtimes.at_test_time import anovl_adapter

    return anovl_adapter(model, question.meanings, scoring)


def _checked_image(image: object, who: str) -> None:
    if not isinstance(image, Image):
        raise UsageError(
            f"{who} an Image, not a {type(image).__name__}: read a file with read_image(path), or "
            "wrap an array as Image(pixels)."
        )
