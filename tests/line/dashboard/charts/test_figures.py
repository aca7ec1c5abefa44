"""Each figure is sound SVG that takes its colours from the page, and its table says the same."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest

from faultlens.line.dashboard.charts.bars import Bar, pareto
from faultlens.line.dashboard.charts.chart import Chart, Entry
from faultlens.line.dashboard.charts.columns import Column, time_columns
from faultlens.line.dashboard.charts.heat import HeatRow, heat_table
from faultlens.line.dashboard.charts.histogram import score_histogram
from faultlens.line.dashboard.charts.intervals import ShareRow, share_intervals
from faultlens.line.dashboard.charts.lines import Limit, Mark, Point, Series, time_lines
from faultlens.line.dashboard.charts.score_bar import score_bar
from faultlens.line.dashboard.charts.spans import Durations, duration_spans
from faultlens.line.dashboard.charts.spectrum import Peak, spectrum
from faultlens.line.dashboard.charts.stems import Stem, stems
from faultlens.line.dashboard.charts.strip import StripFrame, score_strip
from faultlens.line.dashboard.charts.times import Span
from faultlens.line.dashboard.charts.waveform import waveform

ODD = "<script>\"&'</script>"
BEGIN = datetime(2026, 11, 26, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Span(BEGIN, BEGIN + 24 * HOUR, UTC)
FOUR = ("a", "b", "c", "d")


def line(values: list[float | None], gap: timedelta | None = None) -> Series:
    rows = (
        Point(BEGIN + k * HOUR, x, None if x is None else x - 0.1, None if x is None else x + 0.1,
              (ODD,))
        for k, x in enumerate(values)
    )  # fmt: skip
    return Series(ODD, tuple(rows), gap=gap)


def figures() -> Iterator[Chart]:
    yield pareto([Bar(ODD, 3, "/?a&b"), Bar("x", 1)], name=ODD, headings=FOUR)
    yield time_lines(
        [line([0.5, None, 0.6, 0.7])], DAY, name=ODD, time_heading="t", written=str,
        limits=[Limit(0.9, ODD)], marks=[Mark(BEGIN, (ODD,))],
    )  # fmt: skip
    yield time_columns(
        [Column(BEGIN, (3, 1), (ODD,))], DAY, HOUR, [Entry(ODD, "bar"), Entry("y", "bar alarm")],
        name=ODD, time_heading="t",
    )  # fmt: skip
    yield score_histogram([5, 0, 0, 2], 0.7, name=ODD, headings=("s", "n"), limit=ODD)
    yield heat_table([HeatRow(ODD, (0, 1, 9), "/?a&b")], ["1", ODD, "3"], name=ODD, heading="h")
    yield share_intervals(
        [ShareRow(ODD, 0.1, 0.05, 0.2, ODD), ShareRow("none", None)], name=ODD, headings=FOUR,
        limit=(0.15, "most"),
    )  # fmt: skip
    yield duration_spans([Durations(ODD, 0.02, 0.2, 1.5)], name=ODD, headings=FOUR)
    yield score_strip([StripFrame(ODD, 0.9, 0.5, True, "/?a&b", True)], name=ODD, headings=FOUR[:3])
    yield spectrum(
        [-60.0, -20.0, -50.0], 100.0, name=ODD, headings=("Hz", "dB"), unit="Hz",
        peaks=[Peak(150, ODD), Peak(900, "outside")],
    )  # fmt: skip
    yield stems(
        [Stem(4.9, 2.0, ODD, True), Stem(5.9, 0.0, "x", False)], name=ODD, headings=FOUR[:3]
    )
    yield waveform(np.sin(np.arange(5000.0)), 1000.0, name=ODD, headings=FOUR[:3])


CASES = [pytest.param(x, id=f"{k}-{x.kind}") for k, x in enumerate(figures())]


@pytest.mark.parametrize("chart", CASES)
def test_it_is_whole_and_what_comes_from_outside_is_only_text(chart: Chart) -> None:
    root = ElementTree.fromstring(chart.svg)
    assert root.get("aria-label") == ODD and root.get("role") == "img"
    assert not [x for x in root.iter() if x.tag.endswith("script")]
    assert not chart.is_empty


@pytest.mark.parametrize("chart", CASES)
def test_nothing_in_it_breaks_the_policy_of_the_page_or_its_colours(chart: Chart) -> None:
    assert " style=" not in chart.svg
    assert not re.search(r" (fill|stroke|color|on\w+)=", chart.svg)
    assert not re.search(r"#[0-9a-f]{3,6}\b", chart.svg)


@pytest.mark.parametrize("chart", CASES)
def test_its_table_has_a_cell_for_each_heading(chart: Chart) -> None:
    assert chart.table.rows
    assert {len(x) for x in chart.table.rows} == {len(chart.table.headings)}


def test_few_faults_that_make_up_most_stand_out() -> None:
    chart = pareto([Bar(x, n) for x, n in zip("abcd", (70, 20, 6, 4), strict=True)],
                   name="n", headings=FOUR)  # fmt: skip
    assert chart.svg.count("bar vital") == 2
    assert [x[3] for x in chart.table.rows] == ["70.0 %", "90.0 %", "96.0 %", "100 %"]


def test_the_rest_stays_last_however_large() -> None:
    chart = pareto([Bar("…", 90), Bar("a", 5)], name="n", headings=FOUR, others="…")
    assert [x[0] for x in chart.table.rows] == ["a", "…"]


def test_a_hole_in_the_data_is_a_hole_in_the_line() -> None:
    whole = time_lines([line([0.1, 0.2, 0.3, 0.4])], DAY, name="n", time_heading="t", written=str)
    holed = time_lines([line([0.1, 0.2, None, 0.4, 0.5])], DAY, name="n", time_heading="t",
                       written=str)  # fmt: skip
    assert whole.svg.count('class="line"') == 1
    assert holed.svg.count('class="line"') == 2
    assert holed.table.rows[2][1] == "–"


def test_a_line_ends_where_its_value_lies() -> None:
    one = Series("y", (Point(BEGIN, 0.0), Point(BEGIN + 24 * HOUR, 100.0)))
    chart = time_lines([one], DAY, name="n", time_heading="t", written=str, height=200)
    assert 'd="M0.0 200.00 L1000.0 0.00"' in chart.svg


def test_bars_of_scores_are_red_from_the_threshold_on() -> None:
    chart = score_histogram([9, 4, 3, 1], 0.5, name="n", headings=("s", "n"), limit="t")
    assert chart.svg.count('class="bar alarm"') == 2
    assert chart.svg.count('class="bar"') == 2


def test_only_what_lies_above_the_threshold_is_red() -> None:
    root = ElementTree.fromstring(score_bar(0.9, 0.6, True, "n"))
    red = next(x for x in root if x.get("class") == "bar alarm")
    assert (red.get("x"), red.get("width")) == ("60%", "30%")
    assert "alarm" not in score_bar(0.3, 0.6, False, "n")


def test_the_greatest_cell_is_darkest_and_none_is_blank() -> None:
    chart = heat_table([HeatRow("a", (0, 1, 100))], ["1", "2", "3"], name="n", heading="h")
    assert [int(x) for x in re.findall(r"heat-(\d)", chart.svg)] == [0, 1, 6]


def test_a_spike_of_one_sample_is_drawn() -> None:
    quiet = np.zeros(100_000)
    quiet[54_321] = 1.0
    chart = waveform(quiet, 1000.0, name="n", headings=FOUR[:3], height=100)
    assert " 2.00 " in chart.svg  # two pixels below the upper edge


@pytest.mark.parametrize(
    "chart",
    [
        pareto([], name="n", headings=FOUR),
        time_lines([], DAY, name="n", time_heading="t", written=str),
        time_columns([], DAY, HOUR, [Entry("x", "bar")], name="n", time_heading="t"),
        score_histogram([0] * 50, None, name="n", headings=("s", "n"), limit="t"),
        heat_table([], [], name="n", heading="h"),
        share_intervals([], name="n", headings=FOUR),
        duration_spans([], name="n", headings=FOUR),
        score_strip([], name="n", headings=FOUR[:3]),
        spectrum([], 1.0, name="n", headings=("a", "b"), unit=""),
        stems([], name="n", headings=FOUR[:3]),
        waveform(np.zeros(0), 1.0, name="n", headings=FOUR[:3]),
    ],
    ids=lambda x: x.kind,
)
def test_no_data_is_no_figure(chart: Chart) -> None:
    assert chart.is_empty
    ElementTree.fromstring(chart.svg)
