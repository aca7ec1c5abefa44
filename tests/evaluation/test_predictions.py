"""Predictions go to a CSV file and come back, and what is no prediction is refused."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import cut_windows
from faultlens.evaluation.predictions import (
    COLUMNS,
    Predictions,
    joined,
    predictions_of,
    read_predictions,
    write_predictions,
)
from faultlens.signals.signal import Signal

Make = Callable[..., Predictions]


def test_a_csv_file_gives_back_what_was_written(make_predictions: Make, tmp_path: Path) -> None:
    awkward = ("健康", 'a "quoted", comma', "file")
    sent = make_predictions(awkward)
    sent = replace(sent, scores=sent.scores.astype(np.float32).astype(np.float64))
    write_predictions(tmp_path / "p.csv", sent)
    back = read_predictions(tmp_path / "p.csv")
    for column in ("classes", "file", "recording", "group", "condition", "truth", "predicted"):
        assert getattr(back, column) == getattr(sent, column)
    assert np.array_equal(back.window, sent.window)
    assert np.array_equal(back.scores.astype(np.float32), sent.scores.astype(np.float32))


def test_the_file_has_the_columns_of_the_contract(make_predictions: Make, tmp_path: Path) -> None:
    sent = make_predictions()
    write_predictions(tmp_path / "p.csv", sent)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [*COLUMNS, *sent.classes]
    assert COLUMNS[:4] == ("file", "window", "truth", "prediction")
    first = rows[7]
    assert (first["file"], first["window"], first["truth"]) == ("r0.csv", "7", "healthy")
    assert max(sent.classes, key=lambda x: float(first[x])) == first["prediction"]


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", ",".join(COLUMNS) + ",x\na,no number,x,x,r,g,c,1\n"],
)
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_predictions(tmp_path / "p.csv")


def test_what_is_no_prediction_is_refused(make_predictions: Make) -> None:
    good = make_predictions()
    with pytest.raises(UsageError, match="one entry per window"):
        replace(good, truth=good.truth[1:])
    with pytest.raises(UsageError, match="The truth holds healthy"):
        replace(good, classes=("x", *good.classes[1:]))
    with pytest.raises(UsageError, match="give each once"):
        replace(good, classes=("healthy", "healthy", "outer race fault"))
    with pytest.raises(UsageError, match=r"window 0 .* sum to 1"):
        replace(good, scores=2 * good.scores)
    with pytest.raises(UsageError, match="one column per class"):
        replace(good, scores=good.scores[:, :2])


def test_folds_are_joined_and_their_points_are_not(make_predictions: Make) -> None:
    folds = [make_predictions(seed=0), make_predictions(seed=1)]
    whole = joined(folds)
    assert len(whole.truth) == 360 and whole.embeddings is None
    assert np.array_equal(whole.scores[180:], folds[1].scores)
    assert joined(folds[:1]).embeddings is folds[0].embeddings
    with pytest.raises(UsageError, match="the same classes"):
        joined([folds[0], make_predictions(("a", "b"))])
    with pytest.raises(UsageError, match="of nothing"):
        joined([])


def test_labelled_windows_keep_recording_bearing_and_place() -> None:
    recordings = [
        LabelledRecording("rig", f"r{i}", "inner race fault", Signal(np.zeros(64), 64),
                          specimen=x, file=f"r{i}.csv")
        for i, x in enumerate(("0.007 in", "0.007 in", ""))
    ]  # fmt: skip
    cut = cut_windows(recordings, window=32)
    scores = np.ones((6, 1))
    plain = predictions_of(cut, ["inner race fault"], scores)
    assert plain.window.tolist() == [0, 1] * 3 and len(set(plain.group)) == 3
    by_bearing = predictions_of(cut, ["inner race fault"], scores, over="bearings")
    assert len(set(by_bearing.group)) == 2 and by_bearing.group[0] == by_bearing.group[2]
    with pytest.raises(UsageError, match="recordings or bearings"):
        predictions_of(cut, ["inner race fault"], scores, over="windows")
