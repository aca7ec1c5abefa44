"""What labelled pictures of a product's defects teach its profile: when a name is believed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.hashes import file_sha256
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.meant import meant_by
from faultlens.datasets.pictures.picture import NO_DEFECT, LabelledPicture
from faultlens.images.light.enhance import enhanced
from faultlens.images.read import read_image
from faultlens.images.stated_roi import looked_at
from faultlens.profiles.calibrate_classes import MISSED, class_thresholds
from faultlens.profiles.calibrate_surface import measures_of
from faultlens.profiles.class_thresholds import ClassThresholds
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.profiles.weighed_picture import weighed
from faultlens.runtimes.defect_question import DefectQuestion
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.picture_tiles import refuse_unseen
from faultlens.runtimes.surface_scores import scoring_of
from faultlens.runtimes.tuned_pictures import tuned_pictures
from faultlens.runtimes.viewing import Viewing

OFFERED = (0.05, 0.1, 0.2, 0.3)
"""Shares of missed names that are told beside each other: the fewer, the more doubts."""


@dataclass(frozen=True)
class Offer:
    """What a share of missed names comes to, on labelled pictures that had no part in it.

    Args:
        missed: share of its pictures whose own name a class may miss.
        named: pictures that are given one name.
        wrong: pictures that are given a wrong one.
    """

    missed: float
    named: int
    wrong: int


@dataclass(frozen=True, eq=False)
class Taught:
    """A profile with its class thresholds, and what became of the labelled pictures.

    Args:
        profile: with `classes`.
        pictures: labelled pictures that taught something.
        offers: by the share of names that may be missed, how many of these pictures would be given
            a name, and how many of them a wrong one.
        failed: pictures that could not be read, with the reason.
        notices: what a careful engineer would want to know.
    """

    profile: SurfaceProfile
    pictures: int
    offers: tuple[Offer, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    notices: tuple[Notice, ...] = ()


def learn_classes(
    profile: SurfaceProfile,
    pictures: Sequence[LabelledPicture],
    model: Model,
    question: DefectQuestion,
    *,
    missed: float = MISSED,
) -> Taught:
    """Give a profile its class thresholds from labelled pictures of defects.

    Near-duplicates and pictures of one group count once: ten shots of one scratch are one scratch.

    Args:
        profile: of the product.
        pictures: labelled; those without a defect, or of defects that are not asked for, teach
            nothing here and are counted in the notices.
        model: that the profile was made with.
        question: sentences that are asked for.
        missed: share of its pictures whose own name a class may miss.

    Raises:
        UsageError: no labelled pictures of two of the defects asked for.
        BundleError: the model is damaged.

    Example:
        >>> learn_classes.__name__  # `calibrate(labelled=...)` shows it at work
        'learn_classes'
    """
    labels = tuple(x.label for x in question.asked)
    meant = meant_by(sorted({x.label for x in pictures}), labels)
    named, failed = _readable([x for x in pictures if x.label in meant], defects=len(labels))
    every = grouped(named, quiet=True)
    fresh = unlearned(every, model)
    once = _once(fresh)
    if every and not once:
        raise UsageError(
            f"All {len(every)} labelled pictures are, or look like, those that the model was tuned "
            "on: it is surer of them than of any others, and thresholds from them would be too "
            "high. Give pictures that it has not seen, or leave some out of tuning."
        )
    if not once:
        there = ", ".join(sorted({f"'{x.label}'" for x in pictures})) or "nothing"
        raise UsageError(
            f"The labelled pictures show {there}; asked for are {', '.join(labels)}. Ask for their "
            "labels with --defects, or label pictures of what is asked for."
        )
    scoring = scoring_of(model.bundle.calibration)
    plain, viewing = replace(profile, classes=None), Viewing(profile.scales, zoom=profile.zoom)
    roi = profile.roi.opened()
    images = (enhanced(looked_at(read_image(x.path), roi), profile.enhance) for x in once)
    names = [
        weighed(x, scoring, plain).names
        for x in each_seen(
            model, images, question.meanings, scoring, viewing=viewing,
            measures=measures_of(profile.bank),
        )
    ]  # fmt: skip
    truth = [labels.index(meant[x.label]) for x in once]
    classes = class_thresholds(np.array(names), truth, labels, missed=missed)
    offers = tuple(
        offer_of(class_thresholds(np.array(names), truth, labels, missed=x)) for x in OFFERED
    )
    notices = _left_out(
        pictures, meant, copies=len(fresh) - len(once), learned=len(every) - len(fresh)
    )
    return Taught(replace(profile, classes=classes), len(once), offers, failed, notices)


def offer_of(classes: ClassThresholds) -> Offer:
    """What class thresholds come to on the pictures that made them.

    Args:
        classes: of a profile.

    Example:
        >>> names = np.array([[0.9, 0.1]] * 9 + [[0.2, 0.8]] * 9)
        >>> offer_of(class_thresholds(names, [0] * 9 + [1] * 9, ["crack", "dent"]))
        Offer(missed=0.1, named=18, wrong=0)
    """
    said = np.array(classes.said)
    named = said[:, : len(classes.labels)]
    return Offer(classes.wanted, int(named.sum()), int(named.sum() - np.trace(named)))


def _readable(
    pictures: Sequence[LabelledPicture], *, defects: int
) -> tuple[list[LabelledPicture], tuple[FailedFile, ...]]:
    good, failed = [], []
    for each in pictures:
        try:
            refuse_unseen(read_image(each.path), defects=defects)
        except FaultlensError as error:
            failed.append(FailedFile(each.file, str(error)))
        else:
            good.append(each)
    return good, tuple(failed)


def _once(pictures: Sequence[LabelledPicture]) -> list[LabelledPicture]:
    """The first picture of each group and label."""
    first: dict[tuple[str, str], LabelledPicture] = {}
    for each in pictures:
        first.setdefault((each.key, each.label), each)
    return list(first.values())


def unlearned(pictures: Sequence[LabelledPicture], model: Model) -> list[LabelledPicture]:
    """Pictures of groups of which the model was tuned on none.

    Args:
        pictures: with a group each.
        model: as it is going to judge.

    Raises:
        BundleError: what the model's bundle says of its tuning cannot be read.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> unlearned([], load_model("builtin/text"))
        []
    """
    seen = tuned_pictures(model.bundle.folder)
    if not seen:
        return list(pictures)
    learned = {x.key for x in pictures if file_sha256(x.path) in seen}
    return [x for x in pictures if x.key not in learned]


def _left_out(
    pictures: Sequence[LabelledPicture], meant: dict[str, str], *, copies: int, learned: int
) -> tuple[Notice, ...]:
    told = []
    if learned:
        told.append(
            Notice(
                en=f"{learned} labelled pictures are, or look like, those that the model was tuned "
                "on: left out, since it is surer of them than of any others.",
                zh=f"{learned} 张标注图像是（或近似于）调优时用过的图像：已排除，"
                "因为模型对它们的把握高于其他图像。",
            )
        )
    odd = Counter(x.label for x in pictures if x.label not in meant and x.label != NO_DEFECT)
    if odd:
        listed = ", ".join(f"'{x}' ({n})" for x, n in sorted(odd.items()))
        told.append(
            Notice(
                en=f"No sentence, or more than one, asks for {listed}: those pictures teach no "
                "name. Ask for them with --defects.",
                zh=f"没有或有多个描述对应 {listed}：这些图像未用于命名。请用 --defects 指定。",
            )
        )
    if clean := sum(x.label == NO_DEFECT for x in pictures):
        told.append(
            Notice(
                en=f"{clean} labelled pictures have no defect: they teach no name. Where they are "
                "as common as other normal parts, give them among these.",
                zh=f"{clean} 张标注图像无缺陷，未用于命名。若它们能代表正常件，请放入正常件中。",
            )
        )
    if copies:
        told.append(
            Notice(
                en=f"{copies} labelled pictures show what another shows: counted once.",
                zh=f"{copies} 张标注图像与其他图像内容相同：只计一次。",
            )
        )
    return tuple(told)
