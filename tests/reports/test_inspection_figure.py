"""The sheet of a picture of any size: all panels in place, no text over another, real letters."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from faultlens.core.errors import UnknownNameError
from faultlens.reports.inspection_figure import inspection_figure
from faultlens.reports.inspection_layout import BARS, ROWS, SheetNeeds, sheet_layout
from faultlens.reports.inspection_panels import scale_bar, zoomed_piece
from faultlens.reports.inspection_picture import write_sheet
from faultlens.reports.inspection_view import CheckedCondition
from tests.inspected_pictures import inspected

CONDITIONS = (
    CheckedCondition("longer than 0.5 mm", "9.9 mm", True),
    CheckedCondition("transverse", "12° to the rows", False),
    CheckedCondition("0.2 mm deep", "no depth is seen in a picture", None),
)


def axes_named(figure: Figure, name: str) -> Axes:
    """The panel of this name."""
    return next(x for x in figure.axes if x.get_label() == name)


def names(figure: Figure) -> set[str]:
    """The panels that there are."""
    return {str(x.get_label()) for x in figure.axes}


def texts_of(figure: Figure) -> list[Text]:
    """Every text of the figure, and the labels of the bar of colours."""
    found = [text for axes in figure.axes for text in axes.texts]
    for axes in figure.axes:
        if axes.get_label() == "colours":
            found += [x for x in axes.get_xticklabels() if x.get_visible()]
    return [x for x in found if x.get_text()]


def told(figure: Figure) -> str:
    """All words of the figure."""
    return " ".join(" ".join(x.get_text().split()) for x in texts_of(figure))


def overlaps(texts: list[Text]) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a hair."""
    boxes = [(x.get_text(), x.get_window_extent().padded(-1.5)) for x in texts]
    return [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]


@pytest.mark.parametrize(
    ("size", "kind", "lang"),
    [
        ((50, 50), "defect", "en"),
        ((300, 200), "unknown", "zh"),
        ((900, 220), "defect", "zh"),
        ((200, 900), "defect", "en"),
        ((122, 285), "unknown", "en"),
        ((900, 12), "defect", "en"),
    ],
)
def test_nothing_lies_over_another_or_outside(size: tuple[int, int], kind: str, lang: str) -> None:
    view = inspected(
        kind,
        size=size,
        lang=lang,
        mm_per_pixel=0.05,
        conditions=CONDITIONS if kind == "defect" else (),
        warnings=("The threshold comes from simulation: calibrate.", "阈值来自仿真。") * 2,
    )
    figure = inspection_figure(view)
    texts = texts_of(figure)
    assert overlaps(texts) == []
    width, height = figure.get_size_inches() * figure.dpi
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= -1 and box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1 and box.y1 <= height + 1, text.get_text()
    panels = [x.get_window_extent() for x in figure.axes if x.get_label() != "paper"]
    assert not any(a.padded(-1).overlaps(b.padded(-1)) for a, b in combinations(panels, 2))


def test_the_panels_and_words_of_a_defect() -> None:
    figure = inspection_figure(inspected(mm_per_pixel=0.1, conditions=CONDITIONS))
    assert names(figure) == {"paper", "picture", "heat", "colours", "zoom"}
    words = told(figure)
    for wanted in (
        "Scratch, probable: ",
        "Alarm",
        "alarm from 0.62",
        "probability of a defect",
        "a region from 0.50",
        "Region 1, enlarged",
        "5.00 × 1.20 mm",
        "upper left",
        "longer than 0.5 mm",
        "0.1 mm per pixel",
        "builtin/surface@0123456789ab",
    ):
        assert wanted in words, wanted


def test_what_is_not_known_is_not_shown() -> None:
    figure = inspection_figure(inspected("no_defect", heat=None, heat_level=None))
    assert names(figure) == {"paper", "picture"}
    assert "No place stands out." in told(figure)
    assert "scale not stated" in told(figure)
    score = inspection_figure(inspected(heat_is_probability=False, heat_level=None))
    assert "anomaly score, not a probability" in told(score)
    assert "a region from" not in told(score)


def test_the_threshold_stands_at_its_score() -> None:
    paper = axes_named(inspection_figure(inspected()), "paper")
    bars = [x for x in paper.patches if abs(x.get_height() - 0.075) < 1e-9]
    full = max(x.get_width() for x in bars)
    start = min(x.get_x() for x in bars)
    marks = [x.get_segments()[0][0][0] for x in paper.collections if len(x.get_segments()) == 1]
    assert any(abs((x - start) / full - 0.62) < 0.005 for x in marks)


@pytest.mark.parametrize("others", [0, 40])
def test_no_sentence_and_forty(others: int) -> None:
    view = inspected(others=others)
    if not others:
        view = inspected("no_defect", others=0, findings=())
    figure = inspection_figure(view)
    assert overlaps(texts_of(figure)) == []
    assert (" more" in told(figure)) == bool(others)
    if others:
        assert f"and {len(view.findings) - BARS} more" in told(figure)


def test_many_regions_are_numbered_and_the_table_says_how_many_are_left_out() -> None:
    boxes = tuple((20 + 40 * (x % 7), 20 + 50 * (x // 7), 12, 8) for x in range(20))
    figure = inspection_figure(inspected(size=(320, 200), boxes=boxes))
    numbers = [x for x in axes_named(figure, "picture").texts if x.get_gid() == "region-number"]
    assert [x.get_text() for x in numbers] == [str(x) for x in range(1, 21)]
    assert f"and {20 - ROWS} more" in told(figure)
    assert overlaps(numbers) == []


def test_long_and_hostile_words_are_cut_and_taken_literally() -> None:
    label = "$\\frac{1}{0}$ <b>" + "a very long sentence about a scratch " * 9
    figure = inspection_figure(inspected(label=label, name="x" * 400 + ".png", part=label))
    assert overlaps(texts_of(figure)) == []
    assert "$\\frac{1}{0}$ <b>a very long" in told(figure)


def test_coloured_and_shrunk_pictures_keep_their_coordinates() -> None:
    view = inspected(size=(400, 300), colour=True)
    small = inspected(size=(400, 300), pixels=view.pixels[::4, ::4].copy())
    for shown in (view, small):
        axes = axes_named(inspection_figure(shown), "picture")
        assert (axes.get_xlim(), axes.get_ylim()) == ((0, 400), (300, 0))


def test_the_enlarged_piece_holds_a_small_region_and_the_hottest_of_a_long_one() -> None:
    piece = zoomed_piece(inspected(size=(600, 400), boxes=((300, 200, 30, 20),)))
    assert piece is not None
    left, top, side = piece
    assert left <= 300 and left + side >= 330 and top <= 200 and top + side >= 220
    heat = np.zeros((400, 600), np.float32)
    heat[100, 500] = 1.0
    long = inspected(size=(600, 400), boxes=((10, 99, 580, 3),), heat=heat)
    piece = zoomed_piece(long)
    assert piece is not None and piece[2] < 200
    assert piece[0] <= 500 <= piece[0] + piece[2]
    assert zoomed_piece(inspected("no_defect")) is None


@pytest.mark.parametrize("scale", [1e-5, 0.003, 0.1, 40.0])
def test_a_scale_bar_is_round_and_as_long_as_it_says(scale: float) -> None:
    length, words = scale_bar(1000, scale, 4.0)
    number, unit = words.split()
    millimetres = float(number) * (0.001 if unit == "µm" else 1)
    assert length / 4 * 1000 * scale == pytest.approx(millimetres, rel=1e-3)
    assert 0.3 <= length <= 1.001


def test_the_layout_follows_the_proportions() -> None:
    for aspect in (0.01, 0.1, 0.44, 0.46, 1.0, 1.34, 1.36, 2.69, 2.71, 20.0, 500.0):
        layout = sheet_layout(SheetNeeds(aspect, 1.2, True, 9, 8, 3, 2))
        assert layout.heat is not None and layout.zoom is not None
        assert 3 < layout.height_in < 14
        for left, top, width, height in (layout.picture, layout.heat, layout.zoom):
            assert left >= 0.29 and left + width <= 9.71
            assert width > 0.1 and top + height < layout.height_in
        if 0.05 < aspect < 30:
            assert layout.picture[2] / layout.picture[3] == pytest.approx(aspect)


def test_a_sheet_is_written_with_all_its_tones(tmp_path: Path) -> None:
    from PIL import Image

    target = tmp_path / "sheet.png"
    write_sheet(target, inspection_figure(inspected(colour=True, size=(300, 300))))
    with Image.open(target) as picture:
        assert picture.mode == "RGB" and picture.width == 1500
        assert picture.getcolors(2000) is None
    assert target.stat().st_size < 1_500_000


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="en, zh"):
        inspection_figure(inspected(), "fr")
