"""Pictures of an evaluation show every number where it belongs, whole and without overlap."""

import re
import string

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.metrics.calibration import ReliabilityBin
from faultlens.metrics.multiclass import roc_curve
from faultlens.reports.confusion_figure import FIGURES, confusion_figure
from faultlens.reports.evaluation_figures import (
    embedding_figure,
    reliability_figure,
    roc_figure,
)
from faultlens.reports.evaluation_phrases import PHRASES, evaluation_phrase

CLASSES = ("healthy", "inner race fault", "inner and outer race fault")
COUNTS = np.array([[50, 0, 1], [4, 60, 0], [0, 7, 33]])
METRICS = {"accuracy": 0.923} | {
    name: {"macro": 0.5 + i / 100, "weighted": 0.6 + i / 100,
           "per_class": {x: 0.7 + i / 100 + j / 1000 for j, x in enumerate(CLASSES)}}
    for i, name in enumerate(FIGURES)
}  # fmt: skip


def texts(figure: object) -> list[str]:
    return [x.get_text() for axes in figure.axes for x in axes.texts]  # type: ignore[attr-defined]


def outside(figure: object) -> list[str]:
    """Texts that leave the paper."""
    figure.draw_without_rendering()  # type: ignore[attr-defined]
    page = figure.bbox  # type: ignore[attr-defined]
    boxes = [
        (x.get_text(), x.get_window_extent())
        for axes in figure.axes  # type: ignore[attr-defined]
        for x in axes.texts
        if x.get_text()
    ]
    return [
        told for told, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_matrix_and_table_hold_every_number(lang: str) -> None:
    figure = confusion_figure(COUNTS, CLASSES, METRICS, lang)
    told = texts(figure)
    for number in ("50", "60", "33", "7", "4", "1", "98.0%", "0.923", "0.700", "0.732", "0.530"):
        assert number in told, number
    assert "0" not in told  # an empty cell stays empty
    assert ("正常" if lang == "zh" else "healthy") in told
    assert outside(figure) == []


def test_many_classes_with_long_names_stay_on_the_paper() -> None:
    names = tuple(f"gear fault number {i} of the second stage of the mill" for i in range(20))
    metrics = {"accuracy": 0.5} | {
        x: {"macro": 0.5, "weighted": 0.5, "per_class": dict.fromkeys(names)} for x in FIGURES
    }
    figure = confusion_figure(np.eye(20, dtype=int) * 7, names, metrics)
    assert outside(figure) == [] and texts(figure).count("–") == 80


def test_letters_stand_out_from_their_cell() -> None:
    for share in np.linspace(0.02, 1, 25):
        row = round(1000 * share)
        figure = confusion_figure(np.array([[row, 1000 - row], [0, 1]]), ("a", "b"), {
            "accuracy": 1.0
        } | {x: {"macro": 1.0, "weighted": 1.0, "per_class": {}} for x in FIGURES})  # fmt: skip
        matrix = next(x for x in figure.axes if x.get_label() == "matrix")
        for text in matrix.texts:
            column, line = (int(x) for x in text.get_position())
            box = next(x for x in matrix.patches if x.get_xy() == (column, line))
            levels = sorted(luminance(x) for x in (box.get_facecolor(), text.get_color()))
            assert (levels[1] + 0.05) / (levels[0] + 0.05) > 3.9


def luminance(colour: object) -> float:
    from matplotlib.colors import to_rgb

    parts = np.array(to_rgb(colour))  # type: ignore[arg-type]
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_layout_marks_classes_and_errors(lang: str) -> None:
    rng = np.random.default_rng(0)
    labels = [CLASSES[i % 3] for i in range(30)]
    right = np.arange(30) >= 4
    figure = embedding_figure(rng.normal(size=(30, 2)), labels, right, CLASSES, count=90, lang=lang)
    plot = next(x for x in figure.axes if x.get_label() == "plot")
    assert [len(x.get_offsets()) for x in plot.collections] == [10, 10, 10, 4]
    assert len({str(x.get_paths()) for x in plot.collections[:3]}) == 3
    assert {"10", "4"} <= set(texts(figure)) and outside(figure) == []
    assert any("90" in x for x in texts(figure))


def test_every_curve_has_its_area_beside_its_name() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(50) < 0.5
    curves = {x: roc_curve(rng.random(50) + truth, truth) for x in CLASSES[:2]}
    figure = roc_figure(curves, dict(zip(CLASSES, (0.912, 0.345, 0.5), strict=True)), CLASSES)
    assert {"0.912", "0.345", "healthy", "inner race fault"} <= set(texts(figure))
    assert CLASSES[2] not in texts(figure)
    plot = next(x for x in figure.axes if x.get_label() == "plot")
    assert len(plot.lines) == 3 and outside(figure) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_reliability_tells_its_error_and_its_counts(lang: str) -> None:
    bins = [ReliabilityBin(0.5, 0.6, 12, 0.55, 0.4), ReliabilityBin(0.9, 1.0, 345, 0.97, 0.95)]
    figure = reliability_figure(bins, 0.0243, lang)
    told = texts(figure)
    assert {"12", "345"} <= set(told) and any("2.4%" in x for x in told)
    assert outside(figure) == []


def test_the_users_own_figures_are_left_alone() -> None:
    import matplotlib.pyplot as plt

    roc_figure({}, {}, [])
    assert plt.get_fignums() == []


def test_every_phrase_is_said_in_both_languages_with_the_same_gaps() -> None:
    for key, said in PHRASES.items():
        gaps = [{x[1] for x in string.Formatter().parse(said[y]) if x[1]} for y in ("en", "zh")]
        assert set(said) == {"en", "zh"} and gaps[0] == gaps[1], key
        latin = key in ("f1", "auroc")
        assert latin or re.search("[\u4e00-\u9fff]", said["zh"]), key
    with pytest.raises(UnknownNameError, match="confusoin"):
        evaluation_phrase("confusoin")
