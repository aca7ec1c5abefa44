"""`faultlens export` makes a built-in model or a bundle smaller, and says what that cost."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")

from faultlens.evaluation.trials import by_kind
from faultlens.runtimes.golden import golden_run
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.trial import Trial

READINGS = ("lines", "orders", "waveform")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The files that trials are asked for with; the figure of a reduced model is a point lower."""
    asked: list[Any] = []

    def trial(model: Model, files: Any = ()) -> Trial:
        asked.append((model.bundle.name, tuple(files)))
        passes = {
            x: [golden_run(model.bundle, x)[0]]
            for x in READINGS
            if f"{x}.onnx" in model.bundle.files
        }
        return Trial(
            "four recordings",
            lambda judging: {"accuracy": 0.91 if judging is model else 0.905},
            passes,
            "calibrated on four",
        )

    monkeypatch.setattr(by_kind, "trial_of", trial)
    monkeypatch.chdir(tmp_path)
    return asked


def test_a_built_in_model_becomes_small_and_judges(run: Any, tried: list[Any], record: Any) -> None:
    said = run("export", "builtin/bearing", "--precision", "int8", "--out", "small")
    assert said.code == 0, said.err
    assert said.out.startswith("small: bearing-int8@")
    assert "accuracy 0.9100 to 0.9050 (-0.50 points)" in said.out
    assert "Next: faultlens diagnose FILES --model small" in said.out
    assert "measuring on four recordings" in said.err
    card = run("models", "small").out
    assert "int8 against single precision, four recordings: accuracy 0.9100" in " ".join(
        card.split()
    )
    assert "(faultlens export builtin/bearing --precision int8)" in " ".join(card.split())
    path = record("a.csv", "outer")
    told = json.loads(run("diagnose", path, "--model", "small", "--json").out)
    assert told["model"].startswith("bearing-int8@") and told["verdict"] == "outer race fault"
    assert run("calibrate", path, "--model", "small", "--out", "own.profile").code == 0
    refused = run("diagnose", path, "--profile", "own.profile")
    assert refused.code == 2 and "was made with bearing-int8@" in " ".join(refused.err.split())


def test_json_has_the_figures_and_own_files_calibrate(run: Any, tried: list[Any]) -> None:
    said = run(
        "export", "builtin/bearing", "--precision", "int8", "--json", "--name", "mine",
        "--calibration", "a.csv", "--calibration", "b",
    )  # fmt: skip
    told = json.loads(said.out)
    assert tried == [("builtin/bearing", ("a.csv", "b"))]
    assert told["bundle"] == "bundles/bearing-int8" and told["model"].startswith("mine@")
    assert told["figures"] == [{"name": "accuracy", "single": 0.91, "reduced": 0.905}]
    assert set(told["lowest_cosines"]) == set(READINGS)
    assert told["source"] == load_model("builtin/bearing").reference
    again = run("export", "bundles/bearing-int8", "--precision", "fp16")
    assert again.code == 2 and "is in int8 already" in " ".join(again.err.split())


def test_a_drop_above_the_bound_is_refused(run: Any, tried: list[Any]) -> None:
    said = run(
        "export", "builtin/text", "--precision", "fp16", "--largest-drop", "0.4", "--out", "x"
    )
    assert (said.code, said.out) == (3, "")
    assert "0.4 points are let pass" in " ".join(said.err.split())
    assert not Path("x").exists()


def test_single_precision_is_a_copy(run: Any, tried: list[Any]) -> None:
    said = run("export", "builtin/text", "--out", "copy", "--name", "mine/words")
    assert said.code == 0 and "a copy of builtin/text@" in said.out
    assert load_model("copy").bundle.sha256 == load_model("builtin/text").bundle.sha256
    assert tried == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["builtin/bearing", "--precision", "int4"], 2, "Unknown precision 'int4'"),
        (["builtin/bearing", "--precision", "fp16", "--calibration", "a.csv"], 2, "fp16 has none"),
        (["builtin/bearing", "--precision", "int8", "--largest-drop", "200"], 2, "0 to 100 points"),
        (["builtin/bearing", "--train-data", "."], 2, "is a bundle. Leave them out"),
        (["builtin/physics", "--precision", "int8"], 2, "is the training-free rule"),
        (["builtin/none"], 2, "Unknown model 'builtin/none'"),
    ],
)
def test_what_does_not_go_together_is_said(
    run: Any, tried: list[Any], arguments: list[str], code: int, words: str
) -> None:
    said = run("export", *arguments)
    assert (said.code, said.out) == (code, "")
    assert words in " ".join(said.err.split())
