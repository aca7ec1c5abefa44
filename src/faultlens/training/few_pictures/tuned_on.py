"""What a model was tuned on, by which method and why, and whether that helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.metrics.intervals import bootstrap_interval
from faultlens.metrics.paired import Difference
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.training.few_pictures.learned import class_mean
from faultlens.training.few_pictures.left_out import Tried
from faultlens.training.few_pictures.methods import RESIDUAL
from faultlens.training.few_pictures.taken import TakenPictures


@dataclass(frozen=True)
class TriedMethod:
    """How one method did with each picture left out in turn.

    Args:
        method: its name.
        right: share of the left-out pictures that were named rightly, every defect alike.
        loss: negative log likelihood of the names, and of the odds where sound pictures are there.
    """

    method: str
    right: float
    loss: float


@dataclass(frozen=True)
class TunedOnPictures:
    """What a model was tuned on, and whether that helped.

    Args:
        base: name and hash of the model that was tuned.
        method: by which.
        why: why this one.
        classes: what it was tuned to tell apart, as the pictures call it.
        pictures: labelled ones.
        left_out: how many of them were judged by what was learned without them.
        before: share of those that the base names rightly, every defect alike; None without any.
        after: of the tuned model; None without any.
        difference: the second less the first, over groups of pictures; None without any.
        tried: every method that was tried, the likeliest first.
        sha256: of the labels and files learned from.
        notices: what a careful engineer would want to know.
    """

    base: str
    method: str
    why: Notice
    classes: tuple[str, ...]
    pictures: int
    left_out: int
    before: float | None
    after: float | None
    difference: Difference | None
    tried: tuple[TriedMethod, ...]
    sha256: str
    notices: tuple[Notice, ...] = ()

    @property
    def helps(self) -> bool | None:
        """Whether tuning is better than the base beyond the interval; None where nobody knows."""
        return None if self.difference is None else self.difference.is_better

    def sentence(self) -> str:
        """What cross-validation says, in one sentence."""
        name = self.base.partition("@")[0]
        if self.before is None or self.after is None or self.difference is None:
            return "No picture could be left out, so that nobody knows how well it does."
        gain = self.difference
        return (
            f"With {self.left_out} pictures left out in turn, named rightly: {self.after:.3f}; by "
            f"{name} {self.before:.3f}; difference {gain.value:+.3f} "
            f"[{gain.low:+.3f}, {gain.high:+.3f}]."
        )


def tried_method(tried: Tried, taken: TakenPictures) -> TriedMethod:
    """How one method did.

    Args:
        tried: with pictures left out.
        taken: the pictures.

    Example:
        >>> tried_method.__name__
        'tried_method'
    """
    judged = np.isfinite(tried.named)
    right = class_mean(tried.named[judged], taken.target[judged])
    return TriedMethod(tried.method, right, tried.loss)


def gain_of(
    after: Tried, base: Tried, taken: TakenPictures
) -> tuple[float, float, Difference] | None:
    """Share named rightly before and after, and their difference over groups of pictures.

    Args:
        after: of the method taken.
        base: of the base.
        taken: the pictures.

    Returns:
        None where no picture could be left out.

    Example:
        >>> gain_of.__name__
        'gain_of'
    """
    judged = np.flatnonzero(np.isfinite(after.named))
    if not len(judged):
        return None
    truth = taken.target[judged]
    ours, theirs = after.named[judged], base.named[judged]

    def gained(at: NDArray[np.intp]) -> float:
        return class_mean(ours[at], truth[at]) - class_mean(theirs[at], truth[at])

    low, high = bootstrap_interval(
        gained,
        [f"{taken.group[i]}/{taken.target[i]}" for i in judged],
        strata=[str(x) for x in truth],
    )
    value = gained(np.arange(len(judged)))
    return class_mean(theirs, truth), class_mean(ours, truth), Difference(value, low, high)


def why_chosen(
    method: str, tried: Sequence[TriedMethod], *, asked: bool, weight: float = 1.0
) -> Notice:
    """Why a method was taken, in words.

    Args:
        method: the one that was taken.
        tried: all, the likeliest first; empty where no picture could be left out.
        asked: whether the user named it.
        weight: of what it learned.

    Example:
        >>> print(why_chosen("cache", [], asked=True))
        cache was asked for.
    """
    if not weight:
        return Notice(
            en=f"{method}, at no weight: on left-out pictures the base's own names fit best, and "
            "are kept.",
            zh=f"{method}，权重为零：在留出图像上基础模型自身的命名最合适，予以保留。",
        )
    if asked:
        return Notice(f"{method} was asked for.", f"按要求采用 {method}。")
    if not tried:
        return Notice(
            en=f"{method}: no picture could be left out to compare methods, since a class has one "
            "only; this is the one that did best where there were enough.",
            zh=f"{method}：有的类别只有一张图像，无法留出比较；此方法在样本充足时表现最好。",
        )
    listed = ", ".join(f"{x.method} {x.right:.3f} (loss {x.loss:.3f})" for x in tried)
    if method == tried[0].method:
        because, grund = "it fits left-out pictures best", "对留出图像拟合最好"
    else:
        because = f"{tried[0].method} is no better than {RESIDUAL} beyond one standard error"
        grund = f"{tried[0].method} 并未超出一个标准误"
    return Notice(
        en=f"{method}: {because}. Named rightly, each left out in turn: {listed}.",
        zh=f"{method}：{grund}。逐张留出时识别正确率：{listed}。",
    )


def no_better(on: TunedOnPictures) -> Notice:
    """That tuning did not help beyond the interval.

    Args:
        on: with a difference.

    Example:
        >>> no_better.__name__
        'no_better'
    """
    name = on.base.partition("@")[0]
    return Notice(
        en=f"Tuning is no better than {name} beyond the interval. {on.sentence()} Add labelled "
        "pictures, or keep the base.",
        zh=f"调整后并未在区间之外优于 {name}。请增加标注图像，或继续使用基础模型。",
    )


def tuned_card(
    on: TunedOnPictures, base: ModelCard, *, dataset: str, terms: str, part: str, folder: str
) -> ModelCard:
    """What a user must know of a model tuned on labelled pictures.

    Args:
        on: what it was tuned on.
        base: card of its base.
        dataset: what the pictures are called.
        terms: under which they may be used; "" where nobody said.
        part: what is on them.
        folder: of the bundle.

    Example:
        >>> tuned_card.__name__
        'tuned_card'
    """
    name = on.base.partition("@")[0]
    result = CardResult(
        f"Its own labelled pictures, {on.left_out} left out in turn; between "
        f"{', '.join(on.classes)} alone",
        on.sentence(),
        f"faultlens tune --train-data DIR --out {quote(folder)}",
    )
    return ModelCard(
        summary=f"{name}, tuned to tell {', '.join(on.classes)} apart on pictures of {part}.",
        licence="as the base model and the labelled pictures" if terms else base.licence,
        training_data=f"{base.training_data} Tuned ({on.method}) on {on.pictures} labelled "
        f"pictures (sha256 {on.sha256}).",
        results=(result,) if on.left_out else (),
        limits="What it learned belongs to this product, camera and light; asked for other defects "
        f"or on another product it may be worse than its base. "
        f"{' '.join(x.en for x in on.notices)} {base.limits}",
        sources=(
            CardSource(on.base, base.licence, ""),
            CardSource(
                dataset or "labelled pictures",
                terms or "not stated; ask whoever owns the pictures",
                on.sha256,
            ),
            *base.sources,
        ),
    )
