"""The methods without a gradient from end to end: places, methods tried, one taken, an adapter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from faultlens.core.notice import Notice
from faultlens.models.picture_adapter import PictureAdapter
from faultlens.runtimes.adapters import Adapters
from faultlens.runtimes.bundle import Bundle
from faultlens.training.few_pictures.learned import Space
from faultlens.training.few_pictures.left_out import (
    Tried,
    chosen,
    fitted_rows,
    tried_methods,
    untried,
)
from faultlens.training.few_pictures.methods import METHODS
from faultlens.training.few_pictures.shown import ShownPicture
from faultlens.training.few_pictures.taken import TakenPictures

MASKS_UNUSED = Notice(
    en="The drawn defects were not learned from, since torch is not installed: "
    "pip install 'faultlens[train]'. Heat maps stay those of the base.",
    zh="未安装 torch，因此未利用标注的缺陷区域：pip install 'faultlens[train]'。"
    "热图仍为基础模型的结果。",
)


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learned of labelled pictures.

    Args:
        bundle: whose encoders the tuned model has.
        best: the method that was taken.
        tried: all that were, the likeliest first.
        adapters: beside the encoders.
        notices: what a careful engineer would want to know.
    """

    bundle: Bundle
    best: Tried
    tried: Sequence[Tried]
    adapters: Adapters
    notices: tuple[Notice, ...] = ()


def masks_usable(taken: TakenPictures) -> bool:
    """Whether drawn defects are among the pictures, and what learns from them is installed.

    Args:
        taken: the pictures.

    Example:
        >>> masks_usable.__name__
        'masks_usable'
    """
    return _drawn(taken) and find_spec("torch") is not None


def learnt_by_methods(
    bundle: Bundle,
    names: Sequence[str],
    space: Space,
    taken: TakenPictures,
    shown: Sequence[ShownPicture],
    part: str,
    *,
    seed: int = 0,
    quiet: bool = True,
) -> Learnt:
    """Try methods with each picture left out, and learn by the best of all pictures.

    Args:
        bundle: of the base.
        names: of methods.
        space: of the question.
        taken: the pictures.
        shown: the same as the base sees them.
        part: what is on them, in words.
        seed: of folds and order.
        quiet: no progress bar.

    Raises:
        UnknownNameError: no such method.

    Example:
        >>> learnt_by_methods.__name__  # `tune_pictures` shows it at work
        'learnt_by_methods'
    """
    told, places, notices = list(shown), None, []
    if masks_usable(taken):
        # Here, because torch is needed for it, and for nothing else of this.
        from faultlens.training.few_pictures.drawn_places import learned_places

        drawn = learned_places(space, taken, shown, seed=seed, quiet=quiet)
        told, places = drawn.shown, drawn.adapter
        notices = [] if drawn.notice is None else [drawn.notice]
    elif _drawn(taken):
        notices = [MASKS_UNUSED]
    tried = tried_methods(names, space, taken, told, seed=seed)
    best = chosen(tried) if tried else untried(taken, space, told)
    if len(names) == 1:
        best = replace(best, method=names[0])
    rows, target = fitted_rows(taken, told)
    scores = METHODS[best.method](rows, target, len(taken.classes), space.rows.shape[1])
    picture = PictureAdapter(
        scores, space.rows, space.directions, weight=best.weight, temperature=space.temperature
    )
    return Learnt(
        bundle, best, tried, Adapters(taken.defects, part, picture, places), tuple(notices)
    )


def _drawn(taken: TakenPictures) -> bool:
    return any(x.masks or x.outlines for x in taken.pictures)
