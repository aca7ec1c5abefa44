"""Table, differences, report and pictures of an ablation agree; harm done by an adapter is said."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import FailedFile
from faultlens.evaluation import ablation_written
from faultlens.evaluation.ablation import Ablation, CellResult, FailedCell
from faultlens.evaluation.ablation_differences import changes, verdict_of
from faultlens.evaluation.ablation_recipe import AblationRecipe
from faultlens.evaluation.ablation_record import ablation_record
from faultlens.evaluation.ablation_told import forest_rows, gap_rows
from faultlens.evaluation.ablation_written import OURS, write_ablation
from faultlens.evaluation.measured import measure
from faultlens.evaluation.predictions import Predictions
from faultlens.metrics.paired import Difference

Make = Callable[..., Predictions]
ATTACK = "<script>alert(1)</script>"
GRID: dict[str, tuple[Any, ...]] = {"text_model": ("static", "lstm"), "adapter": (True, False)}
STRENGTHS = {
    ("static", True): 1.0,
    ("static", False): 3.0,
    ("lstm", True): 1.2,
    ("lstm", False): 3.2,
}


def ablation(
    make: Make,
    strengths: Mapping[tuple[Any, ...], float],
    grid: Mapping[str, tuple[Any, ...]],
    *,
    seeds: int = 2,
    **more: Any,
) -> Ablation:
    """An ablation whose combinations are as good as `strengths` says; those without failed."""
    recipe = AblationRecipe("x", grid, tuple(range(seeds)), protocol="seed", title="Text & adapter")
    results, failed = [], []
    for cell in recipe.cells():
        strength = strengths.get(tuple(cell.values.values()))
        if strength is None:
            failed.append(FailedCell(cell, f"No such model: {ATTACK}"))
            continue
        trainings = tuple(
            make(recordings=8, strength=strength, seed=x, embeddings=False) for x in recipe.seeds
        )
        split = {"all": float(trainings[0].right.mean())}
        results.append(CellResult(cell, trainings, measure(trainings), 1.25, split))
    facts = {"name": "packs", "sha256": "ab" * 32}
    return Ablation(recipe, tuple(results), tuple(failed), facts, ("all",), **more)


def test_an_adapter_is_held_against_none_whatever_the_order_and_its_harm_is_said(
    make_predictions: Make, tmp_path: Path
) -> None:
    record = write_ablation(tmp_path, ablation(make_predictions, STRENGTHS, GRID))
    text, adapter = record["differences"]
    assert (adapter["value"], adapter["against"]) == ("adapter", "no adapter")
    assert adapter["verdict"] == "worse" and adapter["pairs"] == 2
    assert adapter["f1_macro"]["high"] < 0
    assert adapter["in_words"].startswith("Adapter is worse than no adapter beyond the interval")
    assert text["verdict"] in ("same", "better") and text["f1_macro"]["value"] > 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f'<p class="worse">{adapter["in_words"]}</p>' in page
    assert f'<p class="worse">{text["in_words"]}</p>' not in page and text["in_words"] in page


def test_the_difference_is_the_mean_over_matched_combinations(make_predictions: Make) -> None:
    found = ablation(make_predictions, STRENGTHS, GRID)
    _, adapter = changes(found)
    f1 = {tuple(x.cell.values.values()): x.measured.value(("f1", "macro")) for x in found.results}
    gaps = [f1[text, True] - f1[text, False] for text in ("static", "lstm")]  # type: ignore[operator]
    assert adapter.gaps["f1_macro"].value == pytest.approx(sum(gaps) / 2)
    assert [x.value for x in adapter.single if x] == pytest.approx(gaps)


def test_harm_in_one_combination_alone_is_said_too(make_predictions: Make, tmp_path: Path) -> None:
    one = {**STRENGTHS, ("lstm", True): 6.0, ("static", True): 2.0}
    record = write_ablation(tmp_path, ablation(make_predictions, one, GRID))
    adapter = record["differences"][1]
    assert adapter["verdict"] != "worse"
    (told,) = adapter["worse_alone"]
    assert told.startswith("With static, adapter is worse than no adapter beyond the interval")
    assert f'<p class="worse">{told}</p>' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_table_has_a_row_per_combination_with_intervals(
    make_predictions: Make, tmp_path: Path
) -> None:
    some = {k: x for k, x in STRENGTHS.items() if k != ("lstm", False)}
    record = write_ablation(tmp_path, ablation(make_predictions, some, GRID))
    with (tmp_path / "ablation.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [x["cell"] for x in rows] == [
        "static, adapter",
        "static, no adapter",
        "lstm, adapter",
        "lstm, no adapter",
    ]
    for row, cell in zip(rows[:3], record["cells"], strict=True):
        assert float(row["accuracy"]) == pytest.approx(cell["accuracy"], rel=1e-5)
        for name in ("accuracy", "f1_macro", "auroc_macro", "expected_calibration_error"):
            low, value, high = (float(row[f"{name}{x}"]) for x in ("_low", "", "_high"))
            assert low <= value <= high
        assert (row["seeds"], row["seconds"], row["failed"]) == ("2", "1.2", "")
    assert rows[3]["accuracy"] == "" and ATTACK in rows[3]["failed"]
    assert json.loads((tmp_path / "ablation.json").read_text(encoding="utf-8")) == record
    assert len(record["cells"][0]["by_seed"]["accuracy"]) == 2
    # What has no partner is not in the mean.
    assert [x["pairs"] for x in record["differences"]] == [1, 1]


def test_the_report_is_one_file_that_loads_nothing_and_escapes_everything(
    make_predictions: Make, tmp_path: Path
) -> None:
    some = {k: x for k, x in STRENGTHS.items() if k != ("lstm", False)}
    more = {
        "warnings": (Notice("Mixed lengths.", "长度不一。"),),
        "failed_files": (FailedFile("odd.csv", "It is empty."),),
    }
    write_ablation(tmp_path, ablation(make_predictions, some, GRID, **more))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/png;base64,') == 2
    assert not re.search(r"https?:|//cdn|@import|url\(|<script", page)
    for told in ("&lt;script&gt;", "Text &amp; adapter", "Mixed lengths.", "odd.csv", "static"):
        assert told in page
    assert {x.name for x in tmp_path.iterdir()} == set(OURS)
    for picture in ("ablation.png", "4_ablation.png"):
        assert (tmp_path / picture).read_bytes()[:4] == b"\x89PNG"


def test_a_chinese_report_is_chinese(make_predictions: Make, tmp_path: Path) -> None:
    record = write_ablation(tmp_path, ablation(make_predictions, STRENGTHS, GRID), "zh")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for told in ("各组合的结果", "有适配器", "“有适配器”差于“无适配器”", "宏平均 F1", "文本模型"):
        assert told in page
    assert 'lang="zh-Hans"' in page and "Every combination" not in page
    assert record["cells"][0]["name"] == "static, 有适配器"
    assert "无适配器" in (tmp_path / "4_ablation.svg").read_text(encoding="utf-8")


def test_one_seed_and_few_recordings_are_said_to_be_little(
    make_predictions: Make, tmp_path: Path
) -> None:
    record = write_ablation(tmp_path, ablation(make_predictions, STRENGTHS, GRID, seeds=1))
    assert record["intervals"]["notes"][0].startswith("One seed:")
    many = {"text_model": ("static", "lstm", "gru", "bert")}
    strengths = {(x,): 2.0 for x in many["text_model"]}
    notes = write_ablation(tmp_path, ablation(make_predictions, strengths, many))["intervals"]
    assert any("one in twenty" in x for x in notes["notes"])


def test_windows_of_another_length_are_paired_by_recording(
    make_predictions: Make, tmp_path: Path
) -> None:
    grid = {"encoder": ("conv1d", "spectrum")}
    recipe = AblationRecipe("x", grid, (0,), protocol="seed")
    results = []
    for cell, windows, recordings in zip(recipe.cells(), (10, 3), (8, 8), strict=True):
        made = make_predictions(
            recordings=recordings, windows=windows, strength=3.0 if windows == 3 else 1.0
        )
        results.append(CellResult(cell, (made,), measure((made,)), 1.0))
    found = Ablation(recipe, tuple(results), (), {"name": "x", "sha256": ""}, ("all",))
    record = write_ablation(tmp_path, found)
    assert record["differences"][0]["verdict"] == "better"
    assert any("windows of other lengths" in x for x in record["intervals"]["notes"])
    fewer = make_predictions(recordings=7)
    results[1] = CellResult(results[1].cell, (fewer,), measure((fewer,)), 1.0)
    found = Ablation(recipe, tuple(results), (), {"name": "x", "sha256": ""}, ("all",))
    record = write_ablation(tmp_path, found)
    assert record["differences"][0]["verdict"] == "not_compared"
    assert "was not compared with" in record["differences"][0]["in_words"]


def test_verdicts_are_by_the_interval() -> None:
    assert verdict_of(Difference(0.1, 0.01, 0.2)) == "better"
    assert verdict_of(Difference(-0.1, -0.2, -0.01)) == "worse"
    assert verdict_of(Difference(0.1, -0.01, 0.2)) == "same"
    assert verdict_of(Difference(0.0, 0.0, 0.0)) == "same"
    assert verdict_of(None) == "not_compared"


def test_a_full_disk_leaves_what_an_earlier_ablation_wrote(
    make_predictions: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ablation.json").write_text("old")

    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ablation_written, "write_ablation_page", full)
    with pytest.raises(OSError, match="No space left"):
        write_ablation(tmp_path, ablation(make_predictions, STRENGTHS, GRID))
    assert [x.name for x in tmp_path.iterdir()] == ["ablation.json"]
    assert (tmp_path / "ablation.json").read_text() == "old"


def test_without_a_result_there_is_no_table(make_predictions: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No combination gave a result"):
        write_ablation(tmp_path, ablation(make_predictions, {}, GRID))


def test_a_picture_of_an_earlier_grid_does_not_stay(make_predictions: Make, tmp_path: Path) -> None:
    (tmp_path / "4_ablation.png").write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("mine")
    write_ablation(
        tmp_path,
        ablation(make_predictions, {("static",): 2.0}, {"text_model": ("static",)}, seeds=1),
    )
    assert not (tmp_path / "4_ablation.png").exists() and (tmp_path / "notes.txt").exists()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/png;base64,') == 1


def test_labels_leave_out_the_owner_of_a_text_model(make_predictions: Make) -> None:
    grid = {"text_model": ("static", "sentence-transformers/all-MiniLM-L6-v2")}
    strengths = {(x,): 2.0 for x in grid["text_model"]}
    found = ablation(make_predictions, strengths, grid, seeds=1)
    record = ablation_record(found, changes(found))
    assert [x.label for x in forest_rows(record)] == ["static", "all-MiniLM-L6-v2"]
    assert [x.label for x in gap_rows(record)] == ["all-MiniLM-L6-v2 against static"]
    assert record["cells"][1]["name"] == grid["text_model"][1]
