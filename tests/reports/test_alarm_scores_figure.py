"""Alarm scores stand right of the line that they exceed, label by label, the clean ones first."""

import numpy as np
import pytest

from faultlens.reports.alarm_scores_figure import alarm_scores_figure
from faultlens.reports.confusion_figure import FIGURES, confusion_figure
from faultlens.reports.surface_evaluation_phrases import PHRASES


def test_each_label_has_a_row_and_each_picture_a_dot_on_its_side() -> None:
    scores = {"crack": np.array([0.9, 0.2]), "clean": np.array([0.0, 0.1, 1.0])}
    figure = alarm_scores_figure(scores, 0.5, "clean")
    axes = next(x for x in figure.axes if x.get_label() == "plot")
    clean, crack = (x.get_offsets() for x in axes.collections[:2])
    assert (len(clean), len(crack)) == (3, 2)
    (line,) = axes.lines[0].get_xdata()[:1]
    assert (crack[:, 0] > line).tolist() == [True, False]
    assert (clean[:, 0] > line).tolist() == [False, False, True]
    assert np.isfinite(clean).all(), "0 and 1 stand at the ends"
    assert (clean[:, 1] < 1).all() and (crack[:, 1] > 1).all()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pictures_are_counted_as_pictures(lang: str) -> None:
    one = {"macro": 1.0, "weighted": 1.0, "per_class": {"a": 1.0}}
    metrics = {"accuracy": 1.0} | dict.fromkeys(FIGURES, one)
    figure = confusion_figure(np.array([[3]]), ["a"], metrics, lang, "images")
    told = " ".join(x.get_text() for axes in figure.axes for x in axes.texts)
    told += " ".join(x.get_text() for x in figure.texts)
    assert ("pictures" if lang == "en" else "图片数") in told and "window" not in told


def test_every_phrase_is_in_both_languages() -> None:
    for key, words in PHRASES.items():
        assert words["en"] and words["zh"], key
