"""`faultlens ablate` trains a grid, says what each change does, and goes on after a failure."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

OUTPUTS = ["4_ablation.png", "4_ablation.svg", "ablation.csv", "ablation.json", "ablation.png"]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe on windows of two tones, two combinations, one epoch; no hub is asked."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rng = np.random.default_rng(0)
    time_s = np.arange(128) / 5120
    for part in ("train", "test"):
        (tmp_path / "bearingset" / f"{part}_set").mkdir(parents=True)
        for name, tone_hz in (("inner", 500.0), ("outer", 1500.0)):
            windows = np.sin(2 * np.pi * tone_hz * time_s[:, None] + rng.uniform(0, 6, 12))
            windows += 0.3 * rng.normal(size=windows.shape)
            file = tmp_path / "bearingset" / f"{part}_set" / f"{name}20_0_{part}.csv"
            np.savetxt(file, windows, delimiter=",", fmt="%.4f")
    path = tmp_path / "small.toml"
    path.write_text(
        "train_data = 'bearingset/train_set'\ntest_data = 'bearingset/test_set'\nseeds = [0, 1]\n"
        "title = 'Prompts'\n[grid]\nprompt = ['A {} bearing', '{}']\n[settings]\n"
        "encoder = 'spectrum'\ntraining = { epochs = 1, batch_size = 8 }\n",
        encoding="utf-8",
    )
    return path


def test_a_grid_becomes_one_table_and_one_report(
    run: Any, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("ablate", recipe, "--device", "cpu")
    assert said.code == 0
    out = tmp_path / "results" / "ablation"
    assert sorted(x.name for x in out.iterdir()) == [*OUTPUTS, "models", "report.html", "runs"]
    first, second, *rest = said.out.splitlines()
    assert first.startswith('"A {} bearing"  accuracy ') and second.startswith('"{}"')
    assert "Prompt" in rest[0] and "macro F1" in rest[0]
    assert rest[-1] == "  Report: results/ablation/report.html"
    assert "Pieces of the same recordings" in said.err
    again = run("ablate", recipe, "--device", "cpu", "--quiet", "--lang", "zh")
    assert (again.code, again.out) == (0, "")
    assert "各组合的结果" in (out / "report.html").read_text(encoding="utf-8")


def test_seeds_and_settings_of_the_command_take_the_place_of_the_recipes(
    run: Any, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(
        "ablate", recipe, "--out", "x", "--seed", 7, "--json", "--device", "cpu",
        "--set", 'grid.text_model=["static", "nobody/has-it"]', "--set", "grid.prompt=none",
    )  # fmt: skip
    assert said.code == 3
    record = json.loads(said.out)
    assert record["seeds"] == [7] and record["out"] == "x"
    assert [x["name"] for x in record["cells"]] == ["static"]
    assert record["differences"][0]["verdict"] == "not_compared"
    assert "faultlens: nobody/has-it: " in said.err and "HF_ENDPOINT" in said.err


def test_what_cannot_be_run_is_said_before_anything_is_trained(
    run: Any, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, code, told in (
        ([tmp_path / "missing.toml"], 2, "There is no recipe"),
        ([recipe, "--set", "grid.encodr=['conv1d']"], 2, "Nearest: encoder"),
        ([recipe, "--set", "seeds=3"], 2, "must be a list"),
        ([recipe, "--set", "test_data=bearingset/train_set"], 2, "would be on both sides"),
        ([recipe, "--set", "train_data=nowhere"], 3, "does not exist"),
    ):
        said = run("ablate", *given, "--out", "x", "--device", "cpu")
        assert (said.code, said.out) == (code, "") and told in said.err, said
    assert not (tmp_path / "x" / "runs").exists()


def test_where_no_combination_gives_a_result_nothing_is_written(
    run: Any, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    changes = ("--set", 'grid.text_model=["nobody/has-it"]', "--set", "grid.adapter=[false, true]")
    said = run("ablate", recipe, "--out", "x", "--device", "cpu", *changes)
    assert (said.code, said.out) == (3, "") and "the reasons stand above" in said.err
    # Four combinations, one reason.
    assert said.err.count("Three ways") == 1 and said.err.count("for the same reason.") == 3
    assert not (tmp_path / "x" / "ablation.json").exists()
