"""`faultlens train`: two stages as the reference document runs them, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.models.checkpoint import read_checkpoint, read_weights
from tests.models.encoders.conftest import tiny_model
from tests.shaped_noise import CALLED, HUM, wave, write_bearingset

WEIGHTS = Path("pretrained_weights")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with `bearingset/train_set` in it, and no hub to ask."""
    torch.set_num_threads(1)
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    write_bearingset(tmp_path / "bearingset" / "train_set")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_documents_own_lines_train_both_stages(run: Any, here: Path) -> None:
    first = run("train", "--mode", "zero_shot", "--epochs", 3)
    assert (first.code, "Note: The sampling rate is not stated" in first.err) == (0, True)
    assert first.out.startswith("pretrained_weights/zero_shot_model: spectrum with builtin/text@")
    assert "48 windows learned from" in first.out and "9 held out" in first.out
    second = run("train", "--mode", "adapter", "--epochs", 2, "--lr", 5e-5)
    assert second.code == 0, second.err
    made = read_checkpoint(WEIGHTS / "adapter_tuned_model")
    assert made.settings["adapter"]["training"]["learning_rate"] == 5e-5
    assert [x["stage"] for x in made.history] == ["zero_shot"] * 3 + ["adapter"] * 2
    assert sorted(x.name for x in (here / WEIGHTS).iterdir()) == [
        "adapter_tuned_model", "zero_shot_model",
    ], "no state of a training is left"  # fmt: skip


def test_the_bare_label_as_prompt_marks_both_folders(run: Any) -> None:
    for mode in ("zero_shot", "adapter"):
        options = ("--prompt", "{}", "--save_suffix", "_x", "--batch_size", 16, "--epochs", 2)
        assert run("train", "--mode", mode, *options).code == 0
    assert sorted(x.name for x in WEIGHTS.iterdir()) == [
        "adapter_tuned_model_x_simple", "zero_shot_model_x_simple",
    ]  # fmt: skip
    made = read_checkpoint(WEIGHTS / "adapter_tuned_model_x_simple.pth")
    assert made.text.prompts == ("{}",)
    run("train", "--prompt", "{}", "--save-suffix", "_simple", "--epochs", 1, "--quiet")
    assert (WEIGHTS / "zero_shot_model_simple").is_dir(), "the mark is not doubled"


def test_the_second_stage_moves_the_adapter_and_not_a_bit_of_anything_else(run: Any) -> None:
    options = ("--encoder", "conv1d", "--text_model_name", "lstm", "--quiet")
    assert run("train", *options, "--epochs", 3).code == 0
    said = run("train", "--mode", "adapter", "--epochs", 4, "--lr", 0.02, "--quiet")
    assert said.code == 0, said.err
    before = read_weights(read_checkpoint(WEIGHTS / "zero_shot_model"))
    made = read_checkpoint(WEIGHTS / "adapter_tuned_model")
    for last in (False, True):
        after = read_weights(made, last=last)
        assert any("running_var" in x for x in before), "statistics are looked at too"
        assert sorted(set(after) - set(before)) == [
            "adapter.down.bias", "adapter.down.weight", "adapter.up.bias", "adapter.up.weight",
        ]  # fmt: skip
        assert all(torch.equal(x, after[name]) for name, x in before.items())
        assert after["adapter.up.weight"].abs().max() > 1e-3, "the adapter has learned"


def test_options_go_over_settings_over_the_recipe_over_the_defaults(run: Any, here: Path) -> None:
    recipe = here / "mine.toml"
    recipe.write_text(
        'encoder = "conv1d"\nvalidation = 0.25\n[training]\nepochs = 9\nseed = 5\nwarmup = 0.3\n'
        '[text]\nprompts = ["{}", "A {} bearing"]\n',
        encoding="utf-8",
    )
    said = run(
        "train", "--recipe", recipe, "--set", "training.seed=6", "--set", "training.epochs=7",
        "--epochs", 2, "--loss", "captions", "--json",
    )  # fmt: skip
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["epochs"], told["encoder"], told["validation_windows"]) == (2, "conv1d", 15)
    kept = read_checkpoint(told["checkpoint"]).settings["zero_shot"]
    assert (kept["training"]["seed"], kept["training"]["warmup"]) == (6, 0.3)
    assert (kept["loss"]["name"], kept["text"]["prompts"]) == ("captions", ["{}", "A {} bearing"])


def test_the_epoch_told_is_the_epoch_kept(run: Any) -> None:
    told = json.loads(run("train", "--epochs", 8, "--json").out)
    made = read_checkpoint(told["checkpoint"])
    scores = [x["validation_score"] for x in made.history]
    top = scores.index(max(scores))
    near = [
        i for i, x in enumerate(scores) if x >= scores[top] - made.history[top]["validation_error"]
    ]
    assert told["best_epoch"] == near[-1] + 1
    same = all(
        torch.equal(x, read_weights(made, last=True)[name])
        for name, x in read_weights(made).items()
    )
    assert same == (told["best_epoch"] == 8)


def test_half_precision_accumulation_and_patience(run: Any) -> None:
    sets = {"precision": "bf16", "accumulate": 2, "patience": 2}
    options = [x for name, to in sets.items() for x in ("--set", f"training.{name}={to}")]
    said = run("train", "--epochs", 60, "--batch-size", 16, "--lr", 0.02, *options, "--json")
    told = json.loads(said.out)
    made = read_checkpoint(told["checkpoint"])
    scores = [x["validation_score"] for x in made.history]
    assert max(scores) > 0.9
    assert told["epochs"] == len(scores) == scores.index(max(scores)) + 3 < 60
    kept = made.settings["zero_shot"]["training"]
    assert {name: kept[name] for name in sets} == sets
    assert all(x.dtype == torch.float32 for x in read_weights(made).values())


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--mode", "tune"), 2, "Unknown mode 'tune'. Known: adapter, zero_shot."),
        (("--train-data", "nowhere"), 2, "There is no 'nowhere' here."),
        (("--encoder", "conv2d"), 2, "Unknown vibration encoder 'conv2d'. Nearest: conv1d"),
        (("--loss", "triplet"), 2, "Unknown loss 'triplet'"),
        (("--prompt", "bearing"), 2, "each with one {} where the name of the class stands"),
        (
            ("--set", "training.warm=0.2"),
            2,
            "'warm'. Nearest: warmup. Known: accumulate, batch_size",
        ),
        (("--set", "training.warmup=high"), 2, "'warmup' of the recipe's training is 'high'; it"),
        (("--set", "warmup"), 2, "'warmup' sets nothing; write name=value"),
        (("--set", "training.warmup=1.5"), 2, "A warm-up of 1.5; it is a share of all steps"),
        (("--recipe", "bearingset/train_set/inner20_0_train.csv"), 2, "is no TOML"),
        (("--text-model", "no/such-model"), 3, "no/such-model"),
        (("--text-model", "static", "--set", "dim=128"), 2, "Leave dim out"),
        (("--text-model", "lstm", "--text-lora", 4), 2, "takes neither LoRA nor another dtype"),
        (("--text_encoder_type", "distilbert"), 2, "without the model that it is; name it with"),
        (("--device", "cuda:7x"), 2, "'cuda:7x' is no device"),
        (("--where", "condition=9 Hz"), 2, "9 Hz"),
        (("--sample-rate", -5), 2, "positive number"),
        (("--encoder", "modulation"), 3, "first health20_0_train.csv with 5120"),
        (
            ("--encoder", "modulation", "--set", "window=512"),
            3,
            "the bearing of a recording is not",
        ),
        (("--set", "validation=0.85", "--set", "window=5000"), 2, "train without validation"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run: Any, options: tuple[Any, ...], code: int, words: str
) -> None:
    said = run("train", "--epochs", 1, *options)
    assert (said.code, said.out) == (code, ""), said.err
    assert words in said.err and "our fault" not in said.err
    assert not WEIGHTS.exists() or not list(WEIGHTS.iterdir())


def test_the_second_stage_takes_the_model_of_the_first_as_it_is(run: Any) -> None:
    said = run("train", "--mode", "adapter")
    assert said.code == 3 and "no checkpoint.json" in said.err and "train" in said.err
    assert run("train", "--text-model", "static", "--epochs", 1, "--quiet").code == 0
    for options, words in (
        (("--text-model", "lstm"), "The text model 'lstm' was given; pretrained_weights/zero_shot"),
        (("--prompt", "The {} one"), "The prompts ['The {} one'] were given; pretrained_weights"),
        (("--text_encoder_type", "SimpleLSTM"), "--text_encoder_type 'SimpleLSTM' was given"),
        (("--encoder", "conv1d"), "encoder = conv1d was asked for; pretrained_weights/zero_shot"),
        (("--set", "window=128"), "window = 128 was asked for"),
        (("--text-lora", 2), "text.lora_rank = 2 was asked for"),
    ):
        said = run("train", "--mode", "adapter", *options)
        assert said.code == 2 and words in said.err
    same = ("--text-model", "static", "--encoder", "spectrum", "--prompt", "A {} bearing")
    assert run("train", "--mode", "adapter", *same, "--epochs", 1, "--quiet").code == 0
    again = run("train", "--mode", "adapter", "--out", "elsewhere")
    assert again.code == 3, "the first stage is looked for where the second is written"


def test_a_tiny_language_model_stays_out_of_the_checkpoint(run: Any, here: Path) -> None:
    bert = tiny_model("distilbert", here / "tiny-distilbert")
    said = run(
        "train", "--text_model_name", bert, "--text_encoder_type", "distilbert", "--epochs", 2
    )
    assert said.code == 0, said.err
    assert "spectrum with tiny-distilbert@" in said.out
    weights = read_weights(read_checkpoint(WEIGHTS / "zero_shot_model"))
    assert not [x for x in weights if x.startswith("text.")]
    assert weights["project.weight"].shape == (256, 16)


def test_a_folder_that_holds_more_than_a_checkpoint_is_left_alone(run: Any) -> None:
    (WEIGHTS / "zero_shot_model").mkdir(parents=True)
    (WEIGHTS / "zero_shot_model" / "thesis.docx").write_text("years of work")
    said = run("train", "--epochs", 1)
    assert said.code == 2 and "holds more than a checkpoint" in said.err
    assert (WEIGHTS / "zero_shot_model" / "thesis.docx").read_text() == "years of work"


@pytest.mark.parametrize(
    ("left", "code", "words"),
    [((), 3, "is laid out as no data set"), (("healthy",), 2, "All 1 recordings are 'healthy'")],
)
def test_an_empty_folder_and_one_class_are_said(
    run: Any, here: Path, left: tuple[str, ...], code: int, words: str
) -> None:
    for label in HUM:
        if label not in left:
            (here / f"bearingset/train_set/{CALLED[label]}20_0_train.csv").unlink()
    said = run("train", "--epochs", 1)
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_one_unreadable_file_is_named_and_the_rest_goes_on(run: Any, here: Path) -> None:
    (here / "bearingset/train_set/ball20_0_train.csv").write_text("a,b\n1,x\n")
    (here / "bearingset/train_set/notes20.csv").write_text("1,2\n3,4\n")
    said = run("train", "--epochs", 2, "--json")
    assert said.code == 3
    assert json.loads(said.out)["classes"] == sorted(HUM)
    named = [x for x in said.err.splitlines() if x.startswith("faultlens: ")]
    assert len(named) == 2 and "ball20_0_train.csv" in said.err and "notes20.csv" in said.err
    assert read_checkpoint(WEIGHTS / "zero_shot_model").classes == tuple(sorted(HUM))


def folders(root: Path, rates: dict[str, float], lengths: dict[str, int]) -> Path:
    """A folder per class, with NumPy files; labels are the folders' names."""
    for k, (label, rate) in enumerate(rates.items()):
        (root / label).mkdir(parents=True)
        hum = list(HUM)[k % len(HUM)]
        for i in range(2):
            samples = wave(hum, lengths[label], 10 * k + i)
            np.savez(root / label / f"{i}.npz", samples=samples, sample_rate_hz=rate)
    return root


def test_labels_that_the_knowledge_base_has_not_are_used_as_words(run: Any, here: Path) -> None:
    rates = {"healthy": 5120.0, "gremlin in the gearbox": 5120.0}
    data = folders(here / "data", rates, dict.fromkeys(rates, 12))
    said = run("train", "--train-data", data, "--set", "window=256", "--epochs", 2, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["classes"] == ["gremlin in the gearbox", "healthy"]
    assert "Note: " in said.err and "gremlin in the gearbox" in said.err


def test_mixed_rates_are_refused_and_unequal_lengths_told(run: Any, here: Path) -> None:
    rates = {"healthy": 5120.0, "inner race fault": 12000.0}
    mixed = folders(here / "mixed", rates, dict.fromkeys(rates, 12))
    said = run("train", "--train-data", mixed, "--set", "window=256", "--epochs", 1)
    assert said.code == 2 and "ixed sampling rates" in said.err
    same = dict.fromkeys(rates, 5120.0)
    unequal = folders(here / "unequal", same, {"healthy": 6, "inner race fault": 40})
    said = run("train", "--train-data", unequal, "--set", "window=256", "--epochs", 1)
    assert said.code == 0 and "Note: " in said.err
    short = folders(here / "short", same, dict.fromkeys(rates, 1))
    said = run("train", "--train-data", short, "--set", "window=512", "--epochs", 1)
    assert said.code == 3 and "512" in said.err


def test_curves_are_drawn_where_they_were_asked_for(
    run: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorboard", reason="curves: pip install 'faultlens[track]'")
    told: list[Any] = []

    def tracked(name: str, settings: dict[str, Any]) -> Any:
        told.append((name, settings["training"]["epochs"]))
        return lambda state: told.append(len(state.history))

    monkeypatch.setattr("faultlens.training.trackers.mlflow", tracked)
    said = run("train", "--epochs", 2, "--tensorboard", "curves", "--mlflow", "bearings", "--quiet")
    assert (said.code, said.out) == (0, "")
    assert told == [("bearings", 2), 1, 2]
    assert len(list((here / "curves").iterdir())) == 1
