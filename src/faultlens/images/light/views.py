"""Several views of one part under other light, made one picture without the lamp's glare."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnknownNameError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.light.aligned import Aligned, aligned, same_frame
from faultlens.images.light.even_light import light_ratio
from faultlens.images.light.filling import filled
from faultlens.images.light.highlights import without_highlights
from faultlens.images.light.levels import levels_of, typed
from faultlens.images.light.reflectance import reflectance
from faultlens.images.light.stacked import darkest, middle, picked

MOST_VIEWS = 16

LARGEST_PIXELS = 80_000_000
"""Of all views together: each of their pixels takes 38 bytes while they are fused, in colour 50,
as measured on 4 views of 3 megapixels: 4 GB at most."""

FEWEST = MappingProxyType({"minimum": 2, "median": 3, "photometric": 3})
"""Views that each way needs, the first among them: the median of two is their mean, with glare."""

TOLD_FROM = 0.001
"""Share of the picture under glare in every view from which on it is told."""

_FEWEST_PIXELS = 64  # that tell how much darker the darkest is

Floats = NDArray[np.float32]


def fused_views(
    first: Image, others: Sequence[Image], *, how: str = "minimum", moved: bool = True
) -> Image:
    """One picture out of several views of one part, in the frame of the first.

    Each view is laid on the first, its smooth light made that of the first, and what is cut off
    by glare left out of it. "minimum" takes the darkest view of each place (of five and more the
    second darkest): glare only adds light. "median" takes the middle one, which also passes over
    shadows. "photometric" puts a picture together from the steps between neighbours that most
    views agree on: highlights, shades and shadows are left out, brightness far apart is not kept.

    Args:
        first: the view whose frame, exposure and bits the result has.
        others: views of the same part under other light or a little moved; of any size.
        how: "minimum", "median" or "photometric".
        moved: whether the camera, or the part, may have moved; False lays pixel on pixel, for a
            camera that stands and a surface too plain to be laid on itself.

    Returns:
        a picture as large as the first; `judged` is False where no view saw the surface.

    Raises:
        UnknownNameError: another way; lists those there are.
        UsageError: fewer views than the way needs, or more than 16.
        InputError: a view that cannot be laid on the first: another part, or nothing to go by.
        TooLargeError: more pixels in all than fit the memory.

    Example:
        >>> pixels = np.random.default_rng(0).integers(60, 120, (64, 64)).astype(np.uint8)
        >>> views = pixels.copy(), pixels.copy()
        >>> views[0][5:20, 5:20] = 255; views[1][40:50, 30:50] = 255
        >>> made = fused_views(Image(views[0]), [Image(views[1])], moved=False)
        >>> int(made.pixels.max())
        119
    """
    _check(len(others) + 1, how)
    return fused(laid_views(first, others, moved=moved), how=how)


@dataclass(frozen=True, eq=False)
class LaidViews:
    """Several views in the frame of the first one.

    Args:
        first: the view whose frame counts.
        views: all of them, the first too.
        moved: whether they were aligned, or lay pixel on pixel as they came.
    """

    first: Image
    views: tuple[Aligned, ...]
    moved: bool = True


def laid_views(first: Image, others: Sequence[Image], *, moved: bool = True) -> LaidViews:
    """Several views laid on the first one, to be fused in one way or another.

    Args:
        first: as in `fused_views`.
        others: as in `fused_views`.
        moved: as in `fused_views`.

    Raises:
        UsageError: more than 16 views.
        InputError: a view that cannot be laid on the first.
        TooLargeError: more pixels in all than fit the memory.

    Example:
        >>> first = Image(np.zeros((32, 32), np.uint8))
        >>> len(laid_views(first, [first, first], moved=False).views)
        3
    """
    _check_size(first, others)
    warnings = list(first.warnings)
    for number, view in enumerate(others, start=2):
        if view.pixels.shape == first.pixels.shape and np.array_equal(view.pixels, first.pixels):
            warnings.append(_same_twice(view.name or f"{number}"))
    if len({x.is_colour for x in (first, *others)}) > 1:
        warnings.append(_GREY)
        first, *others = (_in_grey(x) for x in (first, *others))
    laid = [same_frame(first)]
    for number, view in enumerate(others, start=2):
        laid.append(aligned(first, view, number) if moved else same_frame(view, first, number))
    return LaidViews(replace(first, warnings=tuple(warnings)), tuple(laid), moved)


def fused(laid: LaidViews, *, how: str = "minimum") -> Image:
    """One picture out of views that lie on each other.

    Args:
        laid: from `laid_views`.
        how: as in `fused_views`.

    Raises:
        UnknownNameError: another way; lists those there are.
        UsageError: fewer views than the way needs.

    Example:
        >>> first = Image(np.full((32, 32), 40, np.uint8))
        >>> made = fused(laid_views(first, [first, first], moved=False), how="median")
        >>> int(made.pixels[5, 5]), made.history
        (40, ('median of 3 views (camera fixed)',))
    """
    _check(len(laid.views), how)
    first, views, warnings = laid.first, laid.views, list(laid.first.warnings)
    stack, grey = _in_one_light(views)
    made = _WAYS[how](stack, without_highlights(grey))
    count = np.count_nonzero([x.covered for x in views], axis=0)
    nothing = np.isnan(grey).all(axis=0)
    # White for every lamp is a white mark. White in the only view of a place may be anything.
    hidden = nothing & (count == 1) & views[0].covered
    made[nothing] = views[0].levels[nothing]
    if (white := float((nothing & (count > 1)).mean())) > TOLD_FROM:
        warnings.append(_white_in_all(white))
    if (share := float(hidden.mean())) > TOLD_FROM:
        warnings.append(_hidden(share))
    pixels = typed(np.clip(made, 0, 1) * (levels_of(first.pixels) - 1), first.pixels)
    sure = ", ".join(f"{x.quality:.2f}" for x in views[1:])
    sure = f"alignment {sure}" if laid.moved else "camera fixed"
    joined = first.derived(
        pixels, f"{how} of {len(views)} views ({sure})", warnings=tuple(warnings)
    )
    if not hidden.any():
        return joined
    judged = ~hidden if first.judged is None else first.judged & ~hidden
    return replace(joined, pixels=filled(joined, hidden), judged=judged)


def _in_one_light(laid: Sequence[Aligned]) -> tuple[Floats, Floats]:
    """(view, row, column[, 3]) levels and (view, row, column) grey, NaN where nothing was seen."""
    stack, greys = [], []
    reference = laid[0].grey
    for view in laid:
        grey = view.grey
        usable = ~(np.isnan(grey) | np.isnan(reference))
        factor = light_ratio(np.nan_to_num(reference), np.nan_to_num(grey), usable)
        greys.append(grey * factor)
        stack.append(view.levels * (factor[..., None] if view.levels.ndim == 3 else factor))
    return np.stack(stack), np.stack(greys)


def _minimum(stack: Floats, grey: Floats) -> Floats:
    low, (lower, upper) = darkest(grey), middle(grey)
    rise = (picked(grey, lower) + picked(grey, upper)) / 2 - picked(grey, low)
    count = np.count_nonzero(~np.isnan(grey), axis=0)
    made = picked(stack, low)
    # The darkest of three is darker than that of two, grain and noise alone: where a view drops
    # out, its outline would be left as a step.
    for views in range(2, len(grey) + 1):
        here = count == views
        if np.count_nonzero(here) >= _FEWEST_PIXELS:
            made[here] += np.median(rise[here])
    return made


def _median(stack: Floats, grey: Floats) -> Floats:
    lower, upper = middle(grey)
    return np.asarray((picked(stack, lower) + picked(stack, upper)) / 2, np.float32)


def _photometric(stack: Floats, grey: Floats) -> Floats:
    surface = reflectance(grey)
    if stack.ndim == 3:
        return surface
    colours = _median(stack, grey)
    lower, upper = middle(grey)
    level = (picked(grey, lower) + picked(grey, upper)) / 2
    return np.asarray(colours * (surface / np.maximum(level, 1e-3))[..., None], np.float32)


_WAYS: Mapping[str, Callable[[Floats, Floats], Floats]] = MappingProxyType(
    {"minimum": _minimum, "median": _median, "photometric": _photometric}
)


def _in_grey(image: Image) -> Image:
    if not image.is_colour:
        return image
    full = levels_of(image.pixels) - 1
    return image.derived(typed(image.grey() * full, image.pixels), "made grey")


def _check(count: int, how: str) -> None:
    if how not in _WAYS:
        raise UnknownNameError("way to fuse views", how, _WAYS)
    if not FEWEST[how] <= count <= MOST_VIEWS:
        raise UsageError(
            f"{count} view{'s' if count > 1 else ''} given; '{how}' fuses {FEWEST[how]} to "
            f"{MOST_VIEWS}, the first picture included."
            + (" Take 'minimum' for two." if count == 2 else "")
        )


def _check_size(first: Image, others: Sequence[Image]) -> None:
    count, largest = 1 + len(others), max(x.height * x.width for x in (first, *others))
    if count > MOST_VIEWS:
        raise UsageError(f"{count} views given; {MOST_VIEWS} are fused at most.")
    if largest * count > LARGEST_PIXELS:
        raise TooLargeError(
            f"{count} views of up to {largest / 1e6:.0f} megapixels are more than the "
            f"{LARGEST_PIXELS / 1e6:.0f} that are fused at once; give fewer, or cut them to the "
            "part first."
        )


def _same_twice(name: str) -> Notice:
    return Notice(
        en=f"View {name} is the same picture as the first; it adds nothing.",
        zh=f"视图 {name} 与第一张图像相同，没有新增信息。",
    )


def _white_in_all(share: float) -> Notice:
    return Notice(
        en=f"{100 * share:.1f} % of the picture is plain white in every view: a white mark, or "
        "glare that did not move. It was left as it is; if it is glare, move the lamp further.",
        zh=f"图像的 {100 * share:.1f} % 在每张视图中均为纯白：可能是白色标记，或未移动的反光，"
        "未作处理；若为反光，请更大幅度地移动光源。",
    )


def _hidden(share: float) -> Notice:
    return Notice(
        en=f"{100 * share:.1f} % of the picture is under glare in the first view and seen by no "
        "other; it was filled in, and nothing is judged there.",
        zh=f"图像的 {100 * share:.1f} % 在第一张视图中被反光遮住，其他视图也未拍到；"
        "该处已填补，不作判断。",
    )


_GREY = Notice(
    en="Some views have colours and some have none; they were fused in grey.",
    zh="部分视图为彩色，部分为灰度；已按灰度融合。",
)
