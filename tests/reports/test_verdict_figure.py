"""Picture and page of a joined verdict: every sensor on one scale, nothing cut, nothing run."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from faultlens.reports.lettering import text_width_in
from faultlens.reports.verdict_figure import SENSORS_SHOWN, verdict_figure
from faultlens.reports.verdict_page import write_verdict_page
from faultlens.reports.verdict_view import JoinedRow
from faultlens.reports.verdict_words import joined_reasons
from tests.reports.verdicts import joined, row


def words(figure: Figure) -> list[str]:
    """Everything that is written on a figure."""
    return [x.get_text() for axes in figure.axes for x in axes.texts]


def log_odds(probability: float) -> float:
    """Where a probability stands on the scale."""
    return float(np.log(probability / (1 - probability)))


def test_every_sensor_and_the_joined_score_stand_on_one_scale() -> None:
    figure = verdict_figure(joined())
    (axes,) = (x for x in figure.axes if x.get_label() == "sensors")
    dots = [x.get_xdata()[0] for x in axes.lines if x.get_marker() in ("o", "D")]
    assert dots == pytest.approx([log_odds(x) for x in (0.98, 0.05, 0.95)])
    ticks = [x.get_xdata()[0] for x in axes.lines if len(set(x.get_xdata())) == 1
             and x.get_linewidth() == 1.4 and x.get_marker() == "None"]  # fmt: skip
    assert ticks == pytest.approx([log_odds(x) for x in (0.9, 0.9, 0.81)])
    (band,) = (x for x in axes.lines if x.get_linewidth() == 5)
    assert sorted(band.get_xdata()) == pytest.approx([log_odds(0.72), log_odds(0.98)])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_leaves_the_paper_or_covers_another(lang: str) -> None:
    view = joined(
        row(name="a very long name of a file " * 4, lang=lang),
        row("picture", says="healthy", lang=lang),
        row("infrared", threshold=None, alarm=False, delta_celsius=31.0, lang=lang),
        lang=lang,
        title="the pump of the seventh line " * 5,
    )
    figure = verdict_figure(view)
    width = figure.get_size_inches()[0]
    for axes in figure.axes:
        for text in axes.texts:
            assert text_width_in(figure, text) <= width - 0.5, text.get_text()
    boxes = [x.get_window_extent() for axes in figure.axes for x in axes.texts if x.get_text()]
    for number, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[number + 1 :])


def test_many_sensors_end_in_a_count() -> None:
    figure = verdict_figure(joined(*(row(name=f"{x}.csv") for x in range(SENSORS_SHOWN + 4))))
    assert "and 4 more" in words(figure)


def test_a_state_is_never_told_by_colour_alone() -> None:
    assert "Alarm" in words(verdict_figure(joined()))
    assert "No alarm" in words(verdict_figure(joined(alarm=False)))
    assert "报警" in words(verdict_figure(joined(lang="zh")))


def test_the_page_holds_everything_escaped_and_loads_nothing(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    view = joined(
        row(name=bad), findings=(JoinedRow(bad, 0.9, "fault", ("vibration",)),), title=bad
    )
    target = tmp_path / "report.html"
    write_verdict_page(target, view, joined_reasons(view))
    page = target.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "data:image/png;base64," in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "plan replacement" in page
    assert page.count("<li>") == len(joined_reasons(view)) + len(view.warnings)


def test_a_chinese_page_is_chinese(tmp_path: Path) -> None:
    view = joined(lang="zh")
    target = tmp_path / "report.html"
    write_verdict_page(target, view, joined_reasons(view))
    page = target.read_text(encoding="utf-8")
    assert 'lang="zh-Hans"' in page
    assert "综合结论" in page
