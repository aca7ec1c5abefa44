"""The evaluation of pictures on disk: figures with intervals, a score per class, a whole report."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.datasets.pictures.meant import meant_by
from faultlens.datasets.pictures.picture import PictureDataset
from faultlens.evaluation.surface.classes import class_predictions
from faultlens.evaluation.surface.floors import ALWAYS_CLEAN, NEAREST
from faultlens.evaluation.surface.judged import judge_pictures
from faultlens.evaluation.surface.tested import asked_sentences
from faultlens.evaluation.surface.written import TRUTH, write_picture_evaluation
from faultlens.profiles.calibrate_classes import class_thresholds
from tests.evaluation.surface.conftest import answer, judged_test

MEANT = {"crack": "crack", "pit": "pit"}
ABOUT = {"protocol": "stated split", "seeds": [0], "model": {"reference": "fake@0"}}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_predictions_pictures_and_a_report_are_written(
    tmp_path: Path, tiles: PictureDataset, right: Any, lang: str
) -> None:
    tests = [judged_test(tiles, right, shown=3, seed=i) for i in range(2)]
    record = write_picture_evaluation(tmp_path / "out", tiles, tests, MEANT, ABOUT, lang)
    assert record == json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert record["image"]["auroc"] == 1 and record["naming"]["accuracy"] == pytest.approx(0.9)
    assert record["alarms"]["false_alarms"] == 0
    assert record["alarms"]["missed_per_defect"] == {"crack": 0.0, "pit": 0.25}
    low, high = record["intervals"]["alarms"]["missed"]
    assert low < record["alarms"]["missed"] == 0.1 < high
    assert record["intervals"]["pixel"]["region_overlap_area"][1] <= 1
    assert record["confusion"]["classes"] == ["crack", "pit", "no defect", "unknown"]
    assert record["naming"]["confusion"]["counts"] == [[6, 0], [1, 3]]
    assert record["draws"][1]["seed"] == 1 and record["draws"][0]["references"] == 2
    assert record["floors"][ALWAYS_CLEAN]["naming"]["accuracy"] == 0.5
    assert 0 <= record["floors"][NEAREST]["image"]["auroc"] <= 1
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"file", "truth", "prediction", "crack", "no defect", "unknown"} <= set(rows[0])
    assert sum(x["prediction"] == x["truth"] for x in rows) == 17
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "pit/3.png" in page and page.count("data:image/png") == 5
    assert ("AUPRO" in page) and ("window" not in page.replace("windows-", ""))
    names = sorted(x.name for x in (tmp_path / "out").iterdir())
    assert names == [
        "alarm_scores.png", "confusion.png", "metrics.json", "miss_1.png", "predictions.csv",
        "reliability.png", "report.html", "roc.png",
    ]  # fmt: skip


def test_confusions_and_what_class_thresholds_would_say_are_told(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    test = judged_test(tiles, right)
    likely = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 9)
    classes = class_thresholds(likely, [0] * 9 + [1] * 9, ["crack", "pit"])
    record = write_picture_evaluation(
        tmp_path, tiles, [replace(test, classes=classes)], MEANT, ABOUT
    )
    (one,) = record["naming"]["confusions"]
    assert (one["truth"], one["called"], one["count"], one["of"]) == ("pit", "crack", 1, 4)
    assert record["naming"]["named"] > record["naming"]["named_wrongly"]
    low, high = record["intervals"]["naming"]["named_wrongly"]
    assert low <= record["naming"]["named_wrongly"] <= high
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "is called &#39;crack&#39; in 1 of 4 pictures" in page and "prompts advise" in page
    without = write_picture_evaluation(tmp_path, tiles, [test], MEANT, ABOUT)
    assert "named" not in without["naming"]


def test_a_missed_defect_is_outlined_where_it_is(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    write_picture_evaluation(tmp_path, tiles, [judged_test(tiles, right, shown=1)], MEANT, ABOUT)
    shown = np.asarray(Image.open(tmp_path / "miss_1.png").convert("RGB"))
    green = (shown == TRUTH).all(axis=2)
    rows, columns = np.nonzero(green)
    # The last pit is 12 pixels wide, from row 17 and column 10 on; the line stands around it.
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (16, 29, 9, 22)
    assert not green[17:29, 10:22].any()


def test_defects_without_a_name_are_a_class_and_clean_another(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    tests = [judged_test(tiles, right)]
    record = write_picture_evaluation(tmp_path, tiles, tests, {}, ABOUT)
    assert record["confusion"]["classes"] == ["no defect", "defect"]
    assert record["confusion"]["counts"] == [[8, 0], [1, 9]]
    assert record["naming"] == {}
    assert record["intervals"]["notes"][0].startswith("The label with the fewest has 4 groups")


def test_a_label_that_nobody_asked_for_is_told_and_counts_for_alarms(
    tmp_path: Path, tiles: PictureDataset
) -> None:
    tests = [judged_test(tiles, lambda x: answer(x, 0.9, {"crack": 0.9}))]
    record = write_picture_evaluation(tmp_path, tiles, tests, {"crack": "crack"}, ABOUT)
    assert record["left_out"][0].startswith("4 pictures are called pit, which nobody asked for")
    assert record["alarms"]["false_alarms"] == 1 and record["alarms"]["missed"] == 0
    assert record["naming"]["accuracy"] == 1
    assert not list(tmp_path.glob("miss_*"))


def test_pictures_of_an_earlier_evaluation_go(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    for name in ("miss_9.png", "false_alarm_1.png", "mine.png"):
        (tmp_path / name).touch()
    write_picture_evaluation(tmp_path, tiles, [judged_test(tiles, right)], MEANT, ABOUT)
    assert [x.name for x in tmp_path.glob("m*.png")] == ["mine.png"]
    assert not (tmp_path / "false_alarm_1.png").exists()


def test_one_kind_of_pictures_has_no_ranking_and_says_nothing_of_it(
    tmp_path: Path, tiles: PictureDataset, right: Any
) -> None:
    from dataclasses import replace

    test = judged_test(tiles, right)
    clean = [x for x in tiles.pictures if not x.defective]
    judged = judge_pictures(clean, right, quiet=True)
    record = write_picture_evaluation(
        tmp_path, tiles, [replace(test, judgement=judged)], MEANT, ABOUT
    )
    assert record["image"] == {} and record["pixel"] == {}
    assert record["alarms"]["false_alarms"] == 0 and record["alarms"]["missed"] is None


def test_words_of_a_set_are_asked_and_found_again(tiles: PictureDataset, right: Any) -> None:
    assert asked_sentences(tiles, None) == ["crack", "pit"]
    assert asked_sentences(tiles, ["dent"]) == ["dent"]
    assert meant_by(["Crack", "scratches"], ["crack", "long scratch", "dent"]) == {
        "Crack": "crack", "scratches": "long scratch"
    }  # fmt: skip
    assert meant_by(["crack"], ["short crack", "long crack"]) == {}
    judged = judge_pictures(tiles.pictures, right, quiet=True).judged
    predictions, notices = class_predictions(judged, {"crack": "crack", "pit": "pit"})
    assert predictions is not None and not notices
    assert predictions.scores.sum(axis=1) == pytest.approx(1)
