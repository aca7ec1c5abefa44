"""The picture of every remedy against hard light, before and after, on rendered parts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.light.enhance import enhanced
from faultlens.images.light.views import fused_views
from faultlens.images.simulator.views import RenderedViews, render_views
from faultlens.reports.before_after_figure import BeforeAfter, before_after_figure
from faultlens.reports.picture import write_picture

TITLE = Notice(
    "Hard light: what each remedy does, on rendered parts",
    "强光与反光：各处理方法的效果（渲染零件）",
)

ROWS = {
    "clahe": (
        Notice("clahe: local contrast", "clahe：局部对比度"),
        Notice("Each place gets the contrast that its surroundings leave room for; so does grain.",
               "各处按周围情况增强对比度，表面颗粒也随之增强。"),
    ),
    "contrast": (
        Notice("contrast: x 1.2 + 0.1", "contrast：指南对比度 x 1.2 + 0.1"),
        Notice("The guide's: lighter all over; what was bright is white and lost.",
               "指南的方法：整体变亮；原本明亮之处变为纯白，细节丢失。"),
    ),
    "glare": (
        Notice("glare: left out", "glare：反光不判断"),
        Notice("Under the lamp nobody sees the part: nothing is judged where it is hatched.",
               "反光下无法看到零件：斜线处不作判断。"),
    ),
    "glare-repair": (
        Notice("glare-repair: filled in", "glare-repair：反光修复"),
        Notice("The haze is taken off, the core filled in and not judged.",
               "去除光晕并填补核心，该处不作判断。"),
    ),
    "minimum": (
        Notice("views, minimum", "多视图：最小值"),
        Notice("Camera moved, lamp moved: laid on the first view, and the darkest taken.",
               "相机与光源均移动：对齐到第一张视图后取最暗值。"),
    ),
    "median": (
        Notice("views, median", "多视图：中值"),
        Notice("The middle of the views: shadows are passed over too.",
               "取各视图的中值：阴影也被忽略。"),
    ),
    "photometric": (
        Notice("views, photometric", "多视图：光度法"),
        Notice("Put together from the steps between neighbours that most views agree on.",
               "由多数视图一致的相邻亮度变化重建。"),
    ),
}  # fmt: skip
"""Name of a remedy -> its title and what there is to see."""

SIDE_PX = 240
SINGLE = {
    "clahe": (74, "crack"),
    "contrast": (72, "crack"),
    "glare": (70, "crack"),
    "glare-repair": (70, "crack"),
}
"""Remedy of one picture -> seed and defect of the part that shows it."""
SEVERAL = (64, "crack", "hot_rolled")
"""Seed, defect and process of the part that shows the remedies of several views."""


def light_rows(names: Sequence[str] = tuple(ROWS)) -> list[BeforeAfter]:
    """Remedies, each on a rendered part.

    Args:
        names: keys of `ROWS`.

    Example:
        >>> [x.title.en for x in light_rows(["contrast"])]
        ['contrast: x 1.2 + 0.1']
    """
    rows = []
    views: list[Image] = []
    for name in names:
        if name in SINGLE:
            taken = Image(_made(*SINGLE[name]).views[0])
            made, before = enhanced(taken, [name]), [taken]
        else:
            views = views or [Image(x) for x in _made(*SEVERAL).views]
            made, before = fused_views(views[0], views[1:], how=name), views
        shown = tuple(x.rgb() for x in before)
        rows.append(BeforeAfter(*ROWS[name], shown, made.rgb(), _unseen(made)))
    return rows


def write_light_picture(
    path: str | Path, *, lang: str = "en", names: Sequence[str] = tuple(ROWS)
) -> None:
    """Draw remedies before and after, and write them as PNG.

    Args:
        path: of the file.
        lang: "en" or "zh".
        names: keys of `ROWS`, in their order.

    Raises:
        UnknownNameError: another language.
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "light.png"
        >>> write_light_picture(target, names=["contrast"])
        >>> target.stat().st_size > 10_000
        True
    """
    write_picture(path, before_after_figure(light_rows(names), TITLE, lang=lang))


def _made(seed: int, concept: str, process: str = "ground") -> RenderedViews:
    return render_views(seed=seed, concept=concept, height_px=SIDE_PX, width_px=int(1.4 * SIDE_PX),
                        process=process)  # fmt: skip


def _unseen(image: Image) -> NDArray[np.bool_] | None:
    return None if image.judged is None else ~image.judged
