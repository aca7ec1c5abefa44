"""`inspect`: a picture and sentences in; a named defect, where it is, and an alarm out."""

from collections.abc import Collection, Sequence
from math import isfinite
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.inference.inspection import Inspection
from faultlens.inference.inspector import Inspector, shots_inspected
from faultlens.inference.preprocessing import VIEWS_BY, Preprocessed, Preprocessing
from faultlens.inference.shot import Shot
from faultlens.profiles.calibrate_surface import Counted, surface_profile_of
from faultlens.profiles.surface_doubts import surface_doubts
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.defect_question import PART, defect_question
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.viewing import Viewing

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
    image: Image,
    *,
    views: Sequence[Image] = (),
    views_by: str = VIEWS_BY,
    enhance: Sequence[str] = (),
    infrared: Image | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    references: Collection[Image] | None = None,
    roi: tuple[int, int, int, int] | None = None,
    scales: Sequence[float] | None = None,
    model: str = SURFACE_MODEL,
    profile: SurfaceProfile | None = None,
    mm_per_pixel: float | None = None,
    lang: str = "en",
) -> Inspection:
    """Name the defect on one picture of a part, and show where it is.

    Args:
        image: one picture, grey or colour, of any size from 16 x 16 pixels; see `read_image`.
        views: further pictures of the same part under other light or from a slightly other angle;
            they are aligned with the first and fused, so that glare goes.
        views_by: how they are fused, of `images.light.views.WAYS`.
        enhance: names of `images.light.enhance.ENHANCEMENTS`, in their order.
        infrared: not supported yet.
        defects: sentences to look for, in English or Chinese, also with sizes and places ("crack
            longer than 0.5 mm"); None for the profile's, or else the set of the part.
        part: what is on the picture, in any words ("drive shaft"); None for the profile's, or else
            "metal surface".
        references: pictures of normal parts to hold it against, one at least, better 20 and more;
            a profile of the same pictures saves their time.
        roi: not supported yet.
        scales: sizes at which it is looked at, averaged, such as (0.5, 1, 1.5) for small defects;
            None for the profile's, or else the size that the model is used to.
        model: "builtin/surface", the folder of a bundle, such as `faultlens export` writes, or a
            model of Hugging Face ("hf:openai/clip-vit-base-patch32", "ViT-B/32").
        profile: calibration of the product, from `calibrate`; None uses the model's own threshold.
        mm_per_pixel: size of a pixel on the part, mm; None for the picture's own, or the profile's.
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
    for each in (image, *views):
        _checked_image(each, "inspect takes")
    ready = inspector(
        views_by=views_by,
        enhance=enhance,
        infrared=infrared,
        defects=defects,
        part=part,
        references=references,
        roi=roi,
        scales=scales,
        model=model,
        profile=profile,
        mm_per_pixel=mm_per_pixel,
        lang=lang,
    )
    (result,) = shots_inspected(ready, [Shot(image, tuple(views))])
    return result


def inspector(
    *,
    views_by: str = VIEWS_BY,
    enhance: Sequence[str] = (),
    infrared: object = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    references: Collection[Image] | None = None,
    roi: object = None,
    scales: Sequence[float] | None = None,
    model: str | Path | Model = SURFACE_MODEL,
    profile: SurfaceProfile | None = None,
    mm_per_pixel: float | None = None,
    lang: str = "en",
) -> Inspector:
    """Prepare what is the same for all pictures of a batch; see `inspect` for the arguments.

    Args:
        views_by: as in `inspect`.
        enhance: as in `inspect`.
        infrared: as in `inspect`.
        defects: as in `inspect`.
        part: as in `inspect`.
        references: as in `inspect`; gone through twice, so a generator will not do.
        roi: as in `inspect`.
        scales: as in `inspect`.
        model: as in `inspect`; or one that is open already, which is not checked again.
        profile: as in `inspect`.
        mm_per_pixel: as in `inspect`.
        lang: as in `inspect`.

    Raises:
        UsageError: as in `inspect`.
        InputError: a reference that cannot be used.
        BundleError: the model's files are damaged.

    Example:
        >>> inspector(infrared="hot.png")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: infrared pictures cannot be used yet. ...
    """
    _refuse_later(infrared, roi)
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
        mm_per_pixel = profile.mm_per_pixel if mm_per_pixel is None else mm_per_pixel
    ways = Preprocessing(views_by=views_by, enhance=tuple(enhance))
    viewing = Viewing(tuple(float(x) for x in scales)) if scales is not None else Viewing()
    question = defect_question(
        defects, part=PART if part is None else part, model=opened, lang=lang
    )
    if references is not None:
        for each in references if isinstance(references, list | tuple) else ():
            _checked_image(each, "references holds")
        stated = Counted(
            name="references",
            false_alarms=FALSE_ALARMS,
            defects=tuple(defects or ()),
            part=question.part,
            mm_per_pixel=mm_per_pixel,
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
            by_hand=references is not None,
        )  # fmt: skip
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
    )


def _refuse_later(infrared: object, roi: object) -> None:
    if infrared is not None:
        raise UsageError(
            "infrared pictures cannot be used yet. Inspect the visible picture by itself (leave "
            "infrared out); defects, references, profile and scales can be used."
        )
    if roi is not None:
        raise UsageError(
            "roi cannot be used yet. Cut the picture to the region first, or make what lies "
            "outside of it transparent (PNG with alpha), which is then not judged."
        )


def _checked_image(image: object, who: str) -> None:
    if not isinstance(image, Image):
        raise UsageError(
            f"{who} an Image, not a {type(image).__name__}: read a file with read_image(path), or "
            "wrap an array as Image(pixels)."
        )
