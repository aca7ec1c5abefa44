"""Every combination stands on its interval, and a verdict never by colour alone."""

import pytest

from faultlens.reports.ablation_figure import ForestRow, GapRow, forest_figure
from faultlens.reports.ablation_phrases import ablation_phrase
from faultlens.reports.lettering import text_width_in

ROWS = (
    ForestRow("conv1d", "static", 0.82, 0.78, 0.86, (0.80, 0.84)),
    ForestRow("conv1d", "a text model with a name that is longer than any column", 1.0, 0.97, 1.0),
    ForestRow("spectrum", "static", None, 0.0, 0.0),
)
GAPS = (
    GapRow("encoder", "spectrum against conv1d", 0.14, 0.08, 0.2, "better"),
    GapRow("adapter", "adapter against none", -0.03, -0.05, -0.01, "worse"),
    GapRow("text", "lstm against static", 0.0, -0.0, 0.0, "same"),
    GapRow("text", "other against static", None, 0.0, 0.0, "not_compared"),
)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_numbers_and_verdicts_are_written_out(lang: str) -> None:
    figure = forest_figure(ROWS, GAPS, title="$x$", seeds=2, over="recordings", lang=lang)
    paper, cells, gaps = figure.axes
    told = [x.get_text() for x in paper.texts]
    for text in ("$x$", "0.820", "[0.780, 0.860]", "−0.030", "[−0.050, −0.010]", "–"):
        assert text in told
    verdicts = [x.get_text() for x in gaps.texts]
    assert verdicts == [
        ablation_phrase(x, lang) for x in ("better", "worse", "same", "not_compared")
    ]
    low, high = cells.get_xlim()
    assert low < 0.78 and high == 1.0
    assert gaps.get_xlim()[0] < -0.05 and gaps.get_xlim()[1] >= 0.2


def test_nothing_is_written_beyond_the_sheet_or_over_the_plot() -> None:
    figure = forest_figure(ROWS, GAPS, title="x" * 300, seeds=2, over="recordings")
    wide, tall = figure.get_size_inches()
    plot = figure.axes[1].get_position().x0 * wide
    for text in figure.axes[0].texts:
        x, y = text.get_position()
        width = text_width_in(figure, text)
        ends = (x - width, x) if text.get_ha() == "right" else (x, x + width)
        assert ends[0] >= 0 and ends[1] <= wide and 0 <= y <= tall
        if "longer than" in text.get_text() or text.get_text().startswith("a text"):
            assert ends[1] <= plot and text.get_text().endswith("…")


def test_without_changes_there_is_one_plot_and_one_training_is_said() -> None:
    figure = forest_figure(ROWS, seeds=1, over="bearings")
    assert len(figure.axes) == 2
    assert any("one training" in x.get_text() for x in figure.axes[0].texts)


def test_a_hairs_breadth_does_not_fill_the_axis() -> None:
    figure = forest_figure([ForestRow("", "a", 0.9991, 0.9990, 0.9992)])
    low, high = figure.axes[1].get_xlim()
    assert high <= 1.0 and high - low >= 0.01
