"""Pictures before and after stand side by side; what is not judged is hatched."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.notice import Notice
from faultlens.reports.before_after_figure import BeforeAfter, before_after_figure
from faultlens.reports.picture import picture_bytes

TITLE = Notice("Hard light", "强光与反光")


def row(count: int = 1, *, colour: bool = False, unseen: bool = False) -> BeforeAfter:
    picture = np.full((30, 40, 3) if colour else (30, 40), 90, np.uint8)
    mask = np.zeros((30, 40), bool)
    mask[5:15, 5:15] = unseen
    name = Notice("Repaired", "反光修复")
    note = Notice("The haze is taken off.", "去除光晕。")
    return BeforeAfter(name, note, (picture,) * count, picture + np.uint8(60), mask)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_picture_has_its_panel_and_its_word(lang: str) -> None:
    figure = before_after_figure([row(3), row(1, colour=True)], TITLE, lang=lang)
    panels = [x.get_label() for x in figure.axes[1:]]
    assert panels == ["before"] * 3 + ["after", "before", "after"]
    words = [x.get_text() for axes in figure.axes for x in axes.texts]
    assert TITLE.of(lang) in words
    assert ("after" if lang == "en" else "处理后") in words
    assert picture_bytes(figure)[:4] == b"\x89PNG"


def test_the_pixels_are_drawn_as_they_are() -> None:
    figure = before_after_figure([row()], TITLE, lang="en")
    before, after = (x.images[0].get_array() for x in figure.axes[1:])
    assert np.asarray(before).max() == 90
    assert np.asarray(after).min() == 150


def test_what_is_not_judged_is_hatched_afterwards_only() -> None:
    figure = before_after_figure([row(unseen=True)], TITLE, lang="en")
    before, after = figure.axes[1:]
    assert not before.collections
    assert after.collections
    assert not before_after_figure([row()], TITLE, lang="en").axes[2].collections


def test_panels_keep_the_proportions_and_do_not_overlap() -> None:
    figure = before_after_figure([row(2), row(1)], TITLE, lang="en")
    width, height = figure.get_size_inches()
    boxes = [x.get_position() for x in figure.axes[1:]]
    for box in boxes:
        assert box.width * width / (box.height * height) == pytest.approx(40 / 30)
        assert 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1
    assert boxes[0].x1 < boxes[1].x0 < boxes[1].x1 < boxes[2].x0
    assert boxes[3].y1 < boxes[0].y0


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(UsageError, match="one operation at least"):
        before_after_figure([], TITLE, lang="en")
    with pytest.raises(UsageError, match="2 to 8 pictures"):
        before_after_figure([row(8)], TITLE, lang="en")
    with pytest.raises(UnknownNameError):
        before_after_figure([row()], TITLE, lang="de")
