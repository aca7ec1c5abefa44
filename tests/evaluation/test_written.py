"""An evaluation leaves metrics, predictions, pictures and a report that agree with each other."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.notice import Notice
from faultlens.evaluation import pictures, written
from faultlens.evaluation.predictions import Predictions, read_predictions
from faultlens.evaluation.written import write_evaluation

Make = Callable[..., Predictions]
ATTACK = "<script>alert(1)</script>"
ABOUT = {
    "title": "CWRU, one size apart",
    "model": {"reference": "adapter_tuned_model_x", "sha256": "ab" * 32},
    "data": {"name": "cwru", "sha256": "cd" * 32},
    "protocol": "bearing-disjoint",
    "seeds": [3],
    "interval_over": "bearings",
    "settings": {"snr": 0},
    "warnings": [Notice("Healthy is at 48 kHz only.", "健康数据只有 48 kHz。")],
    "left_out": [Notice("Two short recordings.", "两段过短的记录。")],
    "failed": [(ATTACK, "It is empty.")],
}
RULE = Notice("builtin/physics needs the bearing.", "builtin/physics 需要轴承型号。")


@pytest.fixture(scope="module")
def evaluated(make_predictions: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evaluation of a model that is worse than one floor and better than another."""
    folder = tmp_path_factory.mktemp("evaluated")
    model = make_predictions(recordings=10, strength=2.0)
    floors = {
        "linear-spectrum": model.answered(make_predictions(recordings=10, strength=3.5).scores),
        "without-adapter": model.answered(make_predictions(recordings=10, strength=0.8).scores),
        "training-free": RULE,
    }
    write_evaluation(folder, model, ABOUT, floors)
    return folder


def test_metrics_hold_the_keys_of_the_contract(evaluated: Path) -> None:
    metrics = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))
    classes = {"healthy", "inner race fault", "outer race fault"}
    for figure in ("precision", "recall", "f1", "auroc"):
        for place in (metrics, metrics["intervals"]):
            assert set(place[figure]) == {"macro", "weighted", "per_class"}
            assert set(place[figure]["per_class"]) == classes
        low, high = metrics["intervals"][figure]["macro"]
        assert 0 <= low < metrics[figure]["macro"] < high <= 1
    assert 0 < metrics["accuracy"] < 1
    assert np.trace(metrics["confusion"]["counts"]) / metrics["windows"] == metrics["accuracy"]
    assert metrics["seeds"] == [3] and metrics["protocol"] == "bearing-disjoint"
    assert metrics["data"]["sha256"] == "cd" * 32 and metrics["model"]["sha256"] == "ab" * 32
    assert metrics["intervals"]["over"] == "bearings" and metrics["intervals"]["units"] == 30
    # False alarms come first.
    assert list(metrics)[:2] == ["schema", "false_alarms_on_healthy"]


def test_the_predictions_give_the_metrics(evaluated: Path) -> None:
    metrics = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))
    back = read_predictions(evaluated / "predictions.csv")
    assert back.right.mean() == pytest.approx(metrics["accuracy"])


def test_a_floor_that_is_better_beyond_the_interval_is_said_in_plain_words(
    evaluated: Path,
) -> None:
    floors = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))["floors"]
    worse, better = floors["linear-spectrum"]["in_words"], floors["without-adapter"]["in_words"]
    assert worse.startswith("Worse than the linear-spectrum floor beyond the interval")
    assert better.startswith("Better than the same model without its adapter beyond")
    assert floors["linear-spectrum"]["model_minus_floor"]["f1_macro"]["high"] < 0
    assert floors["training-free"] == {"left_out": RULE.en}
    page = (evaluated / "report.html").read_text(encoding="utf-8")
    assert f'<p class="worse">{worse}</p>' in page
    assert f'<p class="worse">{better}</p>' not in page and better in page
    assert RULE.en in page


def test_the_report_is_one_file_that_loads_nothing(evaluated: Path) -> None:
    page = (evaluated / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/png;base64,') == 4
    assert not re.search(r"https?:|//cdn|@import|url\(|<script", page)
    assert "&lt;script&gt;" in page
    for told in ("Healthy is at 48 kHz only.", "Two short recordings.", "It is empty."):
        assert told in page
    for picture in ("confusion", "tsne", "roc", "reliability"):
        assert (evaluated / f"{picture}.png").read_bytes()[:4] == b"\x89PNG"


def test_a_chinese_report_is_chinese(make_predictions: Make, tmp_path: Path) -> None:
    model = make_predictions(recordings=1, windows=30, embeddings=False)
    metrics = write_evaluation(tmp_path, model, ABOUT, {"training-free": RULE}, lang="zh")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for told in ("内圈故障", "宏平均 F1", "健康数据只有 48 kHz。", RULE.zh, "偏窄", "t-SNE："):
        assert told in page
    assert 'lang="zh-Hans"' in page and "Headline" not in page and "left out" not in page
    assert "偏窄" in metrics["intervals"]["notes"][0]


def test_a_later_evaluation_leaves_no_picture_of_an_earlier_one(
    make_predictions: Make, tmp_path: Path
) -> None:
    (tmp_path / "tsne.png").write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("mine")
    metrics = write_evaluation(tmp_path, make_predictions(embeddings=False), {})
    assert not (tmp_path / "tsne.png").exists() and (tmp_path / "notes.txt").exists()
    assert metrics["left_out"] == ["t-SNE: the model gave no embeddings."]
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_what_an_earlier_evaluation_wrote(
    make_predictions: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_evaluation(tmp_path, make_predictions(embeddings=False), {"title": "old"})
    before = {x.name: x.read_bytes() for x in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written, "write_evaluation_page", full)
    with pytest.raises(OSError, match="No space left"):
        write_evaluation(tmp_path, make_predictions(seed=1, embeddings=False), {"title": "new"})
    assert {x.name: x.read_bytes() for x in tmp_path.iterdir()} == before


def test_without_scikit_learn_the_layout_is_left_out_and_said(
    make_predictions: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faultlens.core.errors import MissingPackageError

    def missing(_: object) -> None:
        raise MissingPackageError("Install it with: pip install 'faultlens[train]'")

    monkeypatch.setattr(pictures, "tsne", missing)
    metrics = write_evaluation(tmp_path, make_predictions(), {})
    assert "pip install 'faultlens[train]'" in metrics["left_out"][0]
    assert not (tmp_path / "tsne.png").exists() and (tmp_path / "roc.png").exists()


def test_several_seeds_are_told_apart_in_the_files(make_predictions: Make, tmp_path: Path) -> None:
    first = make_predictions(embeddings=False)
    seeds = [first.answered(make_predictions(strength=x).scores) for x in (1.0, 3.0)]
    metrics = write_evaluation(tmp_path, seeds, {"seeds": [0, 1]}, {"without-adapter": first})
    assert len(metrics["by_seed"]["accuracy"]) == 2
    assert np.mean(metrics["by_seed"]["accuracy"]) == pytest.approx(metrics["accuracy"])
    assert (tmp_path / "predictions-2.csv").is_file()


def test_what_nobody_would_read_is_refused(make_predictions: Make, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="protocoll"):
        write_evaluation(tmp_path, make_predictions(), {"protocoll": "seed"})
    with pytest.raises(UsageError, match="both languages"):
        write_evaluation(tmp_path, make_predictions(), {"warnings": ["plain"]})
    with pytest.raises(UsageError, match="same windows"):
        write_evaluation(tmp_path, make_predictions(), {}, {"x": make_predictions(recordings=4)})
    assert not list(tmp_path.iterdir())


def test_a_test_of_one_class_is_evaluated_without_areas(
    make_predictions: Make, tmp_path: Path
) -> None:
    metrics = write_evaluation(tmp_path, make_predictions(("healthy",), embeddings=False), {})
    assert metrics["accuracy"] == 1.0 and metrics["auroc"]["macro"] is None
    assert "ROC: every window is of one class." in metrics["left_out"]
