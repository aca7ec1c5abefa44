"""The evidence picture: every line in its place and named, no text over another, real letters."""

import logging
import time
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from faultlens.core.errors import UnknownNameError
from faultlens.reports.picture import write_picture
from faultlens.reports.signal_figure import signal_figure
from faultlens.reports.view import ScoredLabel, SignalView
from faultlens.signals.evidence import FamilyEvidence, Line, LineEvidence
from tests.timing import quickest

FAULTS = ("outer_race", "inner_race", "rolling_element", "cage", "inner_and_outer_race")
KINDS = (*FAULTS, "healthy", "unknown", "ambiguous", "no_bearing", "fitted")
CHINESE = ("inner_race", "ambiguous", "no_bearing", "fitted")
MakeView = Callable[..., SignalView]


def axes_named(figure: Figure, name: str) -> Axes:
    """The panel of this name."""
    return next(x for x in figure.axes if x.get_label() == name)


def line_labels(figure: Figure) -> dict[str, Text]:
    """Family and harmonic -> the label above the spectrum."""
    return {x.get_gid() or "": x for x in axes_named(figure, "spectrum").texts}


def all_texts(figure: Figure) -> list[Text]:
    """Every visible text of the figure, tick labels too."""
    figure.canvas.draw()
    found: list[Text] = []
    for axes in figure.axes:
        found += axes.texts
        if axes.get_label() == "paper":
            continue
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            shown = (t for t in axis.get_major_ticks() if low <= t.get_loc() <= high)
            found += [t.label1 for t in shown if t.label1.get_visible()]
    return [x for x in found if x.get_text()]


def overlaps(texts: list[Text]) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a hair."""
    boxes = [(x.get_text(), x.get_window_extent().padded(-1)) for x in texts]
    return [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]


@pytest.mark.parametrize(
    ("kind", "lang"),
    [*((x, "en") for x in KINDS), *((x, "zh") for x in CHINESE)],
)
def test_no_text_covers_another_or_leaves_the_picture(
    make_view: MakeView, kind: str, lang: str
) -> None:
    figure = signal_figure(make_view(kind, lang), lang)
    texts = all_texts(figure)
    assert len(texts) > 15
    assert overlaps(texts) == []
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0, text.get_text()
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text.get_text()


@pytest.mark.parametrize("kind", FAULTS)
def test_the_strongest_harmonics_of_the_verdict_are_named_with_both_orders(
    make_view: MakeView, kind: str
) -> None:
    view = make_view(kind)
    labels = line_labels(signal_figure(view))
    assert view.evidence is not None
    for name in view.families:
        family = view.evidence.family(name)
        for line in (x for x in family.lines if x.sideband == 0 and x.harmonic <= 4):
            told = labels[f"{name} {line.harmonic}"].get_text()
            assert f"\n{line.measured_order:.2f}\n({line.expected_order:.2f})" in told
    names = {"outer": "BPFO 2×", "inner": "BPFI 2×", "ball": "BSF 4×", "cage": "FTF 2×"}
    for name in view.families:
        assert labels[f"{name} 2"].get_text().startswith(names[name])


@pytest.mark.parametrize("kind", FAULTS)
def test_a_marker_stands_at_the_order_and_strength_of_each_matched_line(
    make_view: MakeView, kind: str
) -> None:
    view = make_view(kind)
    assert view.evidence is not None
    axes = axes_named(signal_figure(view), "spectrum")
    marked = [
        tuple(np.ravel(x.get_xydata())) for x in axes.lines if x.get_marker() == "o"
    ]  # fmt: skip
    wanted = [
        (x.measured_order, x.strength)
        for name in view.families
        for x in view.evidence.family(name).lines
        if x.matched and x.expected_order <= axes.get_xlim()[1]
    ]
    assert len(wanted) >= 5
    assert np.allclose(sorted(marked), sorted(wanted))


def test_labels_stand_in_the_order_of_their_peaks_and_leaders_start_there(
    make_view: MakeView,
) -> None:
    view = make_view("inner_and_outer_race")
    figure = signal_figure(view)
    axes = axes_named(figure, "spectrum")
    labels = list(line_labels(figure).values())
    orders = [float(x.get_text().split("\n")[1]) for x in labels]
    assert orders == sorted(orders)
    places = [x.get_position()[0] for x in labels]
    assert all(b > a for a, b in pairwise(places))
    leaders = [x for x in axes.lines if len(x.get_xdata()) == 3]
    last = axes.get_xlim()[1]
    starts = sorted(float(np.asarray(x.get_xdata())[0]) * last for x in leaders)
    assert starts == pytest.approx(orders, abs=0.006)


def test_of_more_lines_than_fit_the_strongest_are_labelled_without_overlap(
    make_view: MakeView,
) -> None:
    chance = np.random.default_rng(3)
    lines = tuple(
        Line("cage", k, 0, 0.4 * k, 0.4 * k, float(2 + chance.random()), True) for k in range(1, 41)
    )
    axis = np.arange(0, 50, 0.01)
    cage = FamilyEvidence("cage", 0.4, 0.4, 0.0, 2.5, lines, 1, 1)
    evidence = LineEvidence(30.0, 1.0, (cage,), axis, 0 * axis, 0.8)
    figure = signal_figure(make_view("cage", evidence=evidence))
    labels = line_labels(figure)
    assert 8 <= len(labels) < 40
    assert overlaps(list(labels.values())) == []
    strongest = max(lines, key=lambda x: x.strength)
    assert f"cage {strongest.harmonic}" in labels


def test_an_expected_line_that_was_not_found_is_a_dashed_line_at_its_order(
    make_view: MakeView,
) -> None:
    view = make_view("outer_race")
    assert view.evidence is not None
    found = view.evidence.family("outer")
    lines = tuple(
        Line("outer", x.harmonic, 0, x.expected_order, x.measured_order, 0.1, x.harmonic != 3)
        for x in found.lines
    )
    outer = FamilyEvidence("outer", 3.585, 3.578, -0.2, 1.5, lines, 9, 10)
    evidence = LineEvidence(
        29.5, 1.0, (outer,), view.evidence.orders, view.evidence.contrast, 0.8
    )  # fmt: skip
    figure = signal_figure(make_view("outer_race", evidence=evidence))
    axes = axes_named(figure, "spectrum")
    dashed = [x for x in axes.lines if x.is_dashed() and x.get_xdata()[0] == x.get_xdata()[1]]
    assert [x.get_xdata()[0] for x in dashed] == pytest.approx([lines[2].expected_order])
    assert "outer 3" not in line_labels(figure)


def test_the_table_says_what_was_found_of_the_other_faults(make_view: MakeView) -> None:
    view = make_view("inner_race")
    told = [x.get_text() for x in all_texts(signal_figure(view))]
    assert "6/6" in told and told.count("0/5") == 2
    assert "−0.2 %" in told
    for name in ("BPFO 3.585", "BPFI 5.415", "2×BSF 4.713", "FTF 0.398"):
        assert name in told


def test_header_and_footer_tell_verdict_alarm_and_recording(make_view: MakeView) -> None:
    told = {x.get_gid(): x.get_text() for x in all_texts(signal_figure(make_view("inner_race")))}
    assert told["verdict"] == "inner race fault"
    assert told["alarm"] == "Alarm"
    assert told["sentence"].replace("\n", " ").startswith("Inner race fault, certain")
    for words in ("pump-7", "bearing 6205", "stated 1772 rpm", "builtin/physics", "warnings: 1"):
        assert words in told["footer"]


def test_the_zone_is_said_to_grade_the_machine(make_view: MakeView) -> None:
    told = " ".join(x.get_text() for x in all_texts(signal_figure(make_view("outer_race"))))
    assert "grades the machine, not the" in told


@pytest.mark.parametrize(
    ("lang", "fit", "stated"),
    [("en", "line of the best fit", "matched line"), ("zh", "最佳拟合谱线", "已匹配谱线")],
)
def test_the_lines_of_a_fitted_geometry_are_called_so_and_have_no_slip(
    make_view: MakeView, lang: str, fit: str, stated: str
) -> None:
    fitted, known = (
        "\n".join(x.get_text() for x in all_texts(signal_figure(make_view(kind, lang), lang)))
        for kind in ("fitted", "inner_race")
    )
    assert fit in fitted and stated not in fitted
    assert stated in known and fit not in known
    slips = [x for x in fitted.splitlines() if x == "−0.2 %"]
    assert slips == [] and "−0.2 %" in known.splitlines()
    best = {"en": "Best fit, bearing not stated", "zh": "最佳拟合（轴承未给出）"}[lang]
    assert best in fitted and "n=9" in fitted and "6205" not in fitted


def test_without_evidence_the_picture_says_what_is_missing(make_view: MakeView) -> None:
    figure = signal_figure(make_view("no_bearing"))
    assert [x.get_label() for x in figure.axes] == ["paper", "waveform"]
    told = " ".join(x.get_text() for x in all_texts(figure))
    assert "need the shaft speed. The waveform alone was" in told
    assert "bearing unknown" in told and "speed unknown" in told


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_chinese_is_drawn_in_real_letters_without_a_warning(
    make_view: MakeView, lang: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Warnings are errors here, so a missing glyph ends the test; findfont only logs.
    view = make_view("inner_race", "zh", file="泵房 3 号.csv", unit="m/s²")
    with caplog.at_level(logging.WARNING, logger="matplotlib"):
        write_picture(tmp_path / "picture.png", signal_figure(view, lang))
    assert caplog.records == []


def test_what_no_font_holds_and_what_looks_like_mathematics_is_drawn_literally(
    make_view: MakeView, tmp_path: Path
) -> None:
    name = "pump $\\frac{1$ \U0001fae0 ไทย\n.csv"
    view = make_view("outer_race", file=name, warnings=("a",) * 30)
    figure = signal_figure(view)
    write_picture(tmp_path / "picture.png", figure)
    footer = next(x for x in all_texts(figure) if x.get_gid() == "footer")
    assert footer.get_text().startswith("pump $\\frac{1$ □ □□□ .csv")


def test_long_sentences_and_many_findings_are_cut_not_overlaid(make_view: MakeView) -> None:
    findings = tuple(
        ScoredLabel(
            f"a very long sentence, number {i}, about the inner race of a pump", "cage", 0.1
        )
        for i in range(30)
    )
    view = make_view(
        "healthy", findings=findings, sentence="Healthy because " * 80, verdict="x" * 300
    )
    texts = all_texts(signal_figure(view))
    assert overlaps(texts) == []
    assert "and 24 more" in [x.get_text() for x in texts]
    assert next(x for x in texts if x.get_gid() == "verdict").get_text().endswith("…")


def test_an_hour_draws_as_fast_as_a_second_and_keeps_its_largest_peak(make_view: MakeView) -> None:
    samples = np.zeros(20_000_000, dtype=np.float32)
    samples[12_345_678] = 7.0
    view = make_view("healthy", time_s=np.linspace(0, 3600, len(samples)), samples=samples)
    assert quickest(lambda: signal_figure(view), 2.0, clock=time.process_time) < 2.0
    axes = axes_named(signal_figure(view), "waveform")
    curve = max(axes.lines, key=lambda x: len(x.get_xdata()))
    assert len(curve.get_xdata()) < 5000
    assert max(curve.get_ydata()) == 7.0


def test_the_picture_has_its_size_and_the_file_is_small(
    make_view: MakeView, tmp_path: Path
) -> None:
    from PIL import Image

    write_picture(tmp_path / "picture.png", signal_figure(make_view("inner_and_outer_race")))
    with Image.open(tmp_path / "picture.png") as image:
        assert image.size == (1500, 1050)
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)
    assert (tmp_path / "picture.png").stat().st_size < 150_000


def test_the_same_recording_gives_the_same_picture(make_view: MakeView, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write_picture(tmp_path / name, signal_figure(make_view("cage")))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_global_state_of_pyplot_is_left_alone(make_view: MakeView) -> None:
    import matplotlib
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    signal_figure(make_view("outer_race", "zh"), "zh")
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_an_unknown_language_is_refused_with_the_known_ones(make_view: MakeView) -> None:
    with pytest.raises(UnknownNameError, match="en, zh"):
        signal_figure(make_view("healthy"), "fr")
