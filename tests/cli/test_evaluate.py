"""`faultlens evaluate`: figures, predictions and report, and what is refused with its reason."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="checkpoints need torch: pip install 'faultlens[train]'")

import torch

from faultlens.cli.main import main
from faultlens.models.checkpoint import read_checkpoint
from tests.shaped_noise import HUM, write_bearingset


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bearingset` at two conditions, and both stages trained at the first."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("world")
    write_bearingset(root / "bearingset" / "train_set")
    write_bearingset(root / "bearingset" / "test_set", "test", condition="30_2", seed=3)
    write_bearingset(root / "same", "test", seed=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for mode in ("zero_shot", "adapter"):
            patch.setattr(sys, "argv", ["faultlens", "train", "--mode", mode, "--epochs", "8",
                                        "--lr", "0.02", "--quiet"])  # fmt: skip
            with pytest.raises(SystemExit) as left:
                main()
            assert not left.value.code
    return root


@pytest.fixture(autouse=True)
def here(world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In that folder."""
    monkeypatch.chdir(world)
    return world


def test_the_documents_own_line_writes_figures_predictions_and_a_report(
    run: Any, here: Path
) -> None:
    said = run(
        "evaluate", "--model_path", "./pretrained_weights/adapter_tuned_model.pth",
        "--text_model_name", "static", "--text_encoder_type", "pretrained",
        "--save_path", "./results/final_model_report",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.out.startswith("condition-disjoint: accuracy "), "the protocol is told unasked"
    assert "the same model without its adapter" in said.out and "linear-spectrum" in said.out
    out = here / "results" / "final_model_report"
    record = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert (record["protocol"], record["windows"]) == ("condition-disjoint", 60)
    assert record["accuracy"] > 0.95
    assert (
        record["model"]["reference"]
        == read_checkpoint("pretrained_weights/adapter_tuned_model").reference
    )
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert sum(x["truth"] == x["prediction"] for x in rows) / 60 == pytest.approx(
        record["accuracy"]
    )
    assert "condition-disjoint" in (out / "report.html").read_text(encoding="utf-8")


def test_noise_and_adapting_have_folders_of_their_own_and_one_object_on_standard_output(
    run: Any, here: Path
) -> None:
    model = ("--model", "pretrained_weights/zero_shot_model")
    said = run("evaluate", *model, "--snr", "10,-30", "--adapt", "--out", "noisy", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert said.out.count("\n") == 1
    assert [x["snr_db"] for x in told["noise"]] == [10.0, -30.0] and told["snr_db"] is None
    assert told["accuracy"] > 0.95 and told["noise"][1]["accuracy"] < 0.6
    for level in (10, -30):
        record = json.loads((here / f"noisy/snr_{level}dB/metrics.json").read_text("utf-8"))
        assert record["settings"]["noise added"] == f"{level} dB signal to noise"
        assert record["settings"]["adapted to"] == "3 recordings, without their labels"
    rows = json.loads((here / "noisy" / "noise.json").read_text(encoding="utf-8"))
    assert rows == [{k: v for k, v in told.items() if k != "noise"}, *told["noise"]]


def test_recordings_that_were_trained_on_are_refused(run: Any, here: Path) -> None:
    said = run("evaluate", "--test-data", "bearingset/train_set", "--out", "leak")
    assert (said.code, said.out) == (2, "")
    assert "seed is refused: the samples of 'health20_0_train.csv' would be on both" in said.err
    assert not list((here / "leak").iterdir())


def test_a_condition_on_both_sides_is_refused_where_another_was_promised(run: Any) -> None:
    ask = ("evaluate", "--test-data", "same", "--out", "leak", "--protocol")
    said = run(*ask, "condition-disjoint")
    assert said.code == 2
    assert "condition-disjoint is refused: the condition '20 Hz 0 V' would be on both" in said.err
    assert run(*ask, "condition-disjoin").code == 2


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "nowhere"), 3, "nowhere is no checkpoint: it has no checkpoint.json"),
        (("--test-data", "nowhere"), 2, "There is no 'nowhere' here."),
        (
            ("--text-model", "lstm"),
            2,
            "The text model 'lstm' was given; pretrained_weights/adapter",
        ),
        (("--prompt", "{}"), 2, "The prompts ['{}'] were given; pretrained_weights/adapter_tuned"),
        (("--text_encoder_type", "lstm"), 2, "was trained with 'static'. Leave it out"),
        (("--snr", "ten"), 2, "--snr 'ten'; give decibels with commas between them"),
        (("--snr", "nan"), 2, "--snr 'nan'; give decibels"),
        (("--by", "load"), 2, "by 'load' was given without a protocol"),
        (("--where", "condition=9 Hz"), 2, "9 Hz"),
        (("--sample-rate", 4000), 2, "5120 Hz is above the lowest rate"),
        (("--over", "windows"), 2, "windows"),
        (("--device", "abacus"), 2, "'abacus' is no device"),
        (("--adapt-data", "nowhere"), 3, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    run: Any, options: tuple[Any, ...], code: int, words: str, tmp_path: Path
) -> None:
    said = run("evaluate", "--out", tmp_path / "out", *options)
    assert (said.code, said.out) == (code, ""), said.err
    assert words in said.err and "our fault" not in said.err
    assert not list((tmp_path / "out").iterdir())


def test_a_damaged_checkpoint_and_a_real_pickle_are_refused(
    run: Any, here: Path, tmp_path: Path
) -> None:
    import shutil

    copy = tmp_path / "copied"
    shutil.copytree(here / "pretrained_weights" / "zero_shot_model", copy)
    (copy / "model.safetensors").write_bytes(b"cut")
    said = run("evaluate", "--model", copy, "--out", tmp_path / "out")
    assert said.code == 3 and "copied is damaged: the file 'model.safetensors' is not" in said.err
    (tmp_path / "old.pth").write_bytes(b"\x80\x04N.")
    said = run("evaluate", "--model", tmp_path / "old.pth", "--out", tmp_path / "out")
    assert said.code == 3 and "old.pth is a pickle: loading one can run any program" in said.err


def test_one_unreadable_file_is_named_and_the_rest_is_measured(
    run: Any, here: Path, tmp_path: Path
) -> None:
    test = write_bearingset(tmp_path / "some", "test", condition="30_2", seed=4)
    (test / "ball30_2_test.csv").write_text("what,is,this\n")
    said = run("evaluate", "--test-data", test, "--out", tmp_path / "out", "--json")
    assert said.code == 3 and json.loads(said.out)["windows"] == 20 * len(HUM)
    assert "ball30_2_test.csv" in said.err
    record = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert "ball30_2_test.csv" in json.dumps(record["failed"])
