"""The first stage learns with every kind of text model, and keeps of them only what it trained."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("transformers", reason="text models: pip install 'faultlens[train]'")
# Looked for, not imported: each process that collects tests would spend seconds on it.
if find_spec("peft") is None:
    pytest.skip("LoRA: pip install 'faultlens[train]'", allow_module_level=True)

import torch
from torch import nn

from faultlens.core.errors import UsageError
from faultlens.models.checkpoint import Checkpoint, read_checkpoint, read_weights
from faultlens.models.restored import RestoredModel
from faultlens.training.experiment import Experiment, TextSettings
from faultlens.training.learnable import learnable
from faultlens.training.loop import LoopState
from faultlens.training.settings import TrainingSettings
from faultlens.training.unseen import features_of
from faultlens.training.zero_shot import open_text_for, train_zero_shot
from tests.models.encoders.conftest import tiny_model
from tests.shaped_noise import HUM, recordings

HOW = Experiment(training=TrainingSettings(epochs=12, batch_size=16, learning_rate=0.02))
DATA = recordings(each=2, windows=10)


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small DistilBERT in a folder."""
    return str(tiny_model("distilbert", tmp_path_factory.mktemp("distilbert")))


def trained(folder: Path, how: Experiment, data: list[Any] = DATA, **more: Any) -> Checkpoint:
    return train_zero_shot(data, how, open_text_for(how, data), folder, quiet=True, **more)


def right(made: Checkpoint, seed: int = 7) -> float:
    """Share of windows of another day that are told right."""
    ready = learnable(recordings(seed=seed), replace(HOW, validation=0.0))
    model = RestoredModel(made)
    found = model.logits(model.points(ready.arrays)).argmax(axis=1)
    return float((found == ready.target).mean())


def test_frozen_language_model_leaves_no_weight_in_the_checkpoint(
    bert: str, tmp_path: Path
) -> None:
    how = replace(HOW, text=TextSettings(model=bert))
    made = trained(tmp_path / "m", how)
    for last in (False, True):
        kept = read_weights(made, last=last)
        assert sum(x.numel() for name, x in kept.items() if name.startswith("text.")) == 0
        assert kept["prototypes"].shape == (3, 16) and kept["project.weight"].shape == (256, 16)
    assert right(made) > 0.95


@pytest.mark.parametrize("kind", ["lora", "lstm"])
def test_a_trained_text_model_comes_back_from_the_checkpoint(
    kind: str, bert: str, tmp_path: Path
) -> None:
    text = TextSettings(model="lstm") if kind == "lstm" else TextSettings(model=bert, lora_rank=2)
    made = trained(tmp_path / "m", replace(HOW, text=text))
    kept = read_weights(made)
    spoken = {name: x for name, x in kept.items() if name.startswith("text.")}
    assert spoken and all(("lora" in x) for x in spoken) == (kind == "lora")
    first = read_weights(trained(tmp_path / "fresh", replace(
        HOW, text=text, training=TrainingSettings(epochs=1, learning_rate=1e-12)
    )))  # fmt: skip
    assert any(not torch.allclose(x, first[name], atol=1e-4) for name, x in spoken.items())
    assert right(made) > 0.95
    # Asked again under its own name, a class lies where it lay: the text model came back.
    again = features_of(made, kept, [*made.classes, made.classes[1], "cage fault"])
    assert np.array_equal(again[:3], kept["prototypes"].numpy())
    assert np.allclose(again[3], again[1], atol=1e-5)
    assert not np.allclose(again[4], again[1], atol=1e-2)


def test_unseen_classes_come_by_the_same_prompts_and_move_no_known_one(tmp_path: Path) -> None:
    made = trained(tmp_path / "m", HOW)
    kept = read_weights(made)
    one = features_of(made, kept, [*made.classes, "cage fault"])
    two = features_of(made, kept, [*made.classes, "cage fault", "imbalance"])
    assert np.array_equal(one, two[:4])
    assert np.allclose(np.linalg.norm(two, axis=1), 1, atol=1e-5)
    again = features_of(made, kept, [*made.classes, made.classes[1]])
    assert np.allclose(again[3], kept["prototypes"][1].numpy(), atol=1e-5), "the same construction"


def test_the_same_seed_gives_the_same_files_another_seed_others(tmp_path: Path) -> None:
    how = replace(HOW, encoder="conv1d", training=replace(HOW.training, epochs=2))
    one, two = (trained(tmp_path / x, how) for x in ("one", "two"))
    other = trained(tmp_path / "other", replace(how, training=replace(how.training, seed=1)))
    assert one.files == two.files
    assert one.files["model.safetensors"] != other.files["model.safetensors"]


def test_the_checkpoint_says_what_was_seen_and_done(tmp_path: Path) -> None:
    told: list[LoopState] = []
    made = trained(tmp_path / "m", replace(HOW, validation=0.2), hooks=[told.append])
    assert len(told) == len(made.history) == 12
    assert {x.key for x in made.trained_on.origins} == {x.key for x in DATA}
    assert made.trained_on.windows + made.trained_on.validation_windows < 60
    assert made.preparation == {"kind": "spectrum", "window": 256, "sample_rate_hz": 5120.0}
    assert made.calibration["temperature"] >= 1.0
    assert {"torch", "faultlens", "python"} <= set(made.versions)
    assert read_checkpoint(tmp_path / "m") == made


def test_a_space_that_the_text_model_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="space of 64 dimensions was asked for; 'static' has one"):
        trained(tmp_path / "m", replace(HOW, dim=64))
    lstm = replace(HOW, dim=64, text=TextSettings(model="lstm"))
    short = replace(lstm, training=TrainingSettings(epochs=1))
    assert trained(tmp_path / "m", short).encoder.dim == 64


def test_compiling_is_asked_for_and_changes_no_name_of_a_weight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []

    def noted(self: nn.Module, *arguments: Any, **options: Any) -> None:
        compiled.append(type(self).__name__)
        self._compiled_call_impl = lambda *x, **y: self._call_impl(*x, **y)

    monkeypatch.setattr(nn.Module, "compile", noted)
    how = replace(HOW, compiled=True, training=TrainingSettings(epochs=1))
    made = trained(tmp_path / "m", how)
    assert compiled == ["SpectrumEncoder"]
    plain = trained(tmp_path / "plain", replace(how, compiled=False))
    assert made.files == plain.files
    assert set(HUM) == set(made.classes)


def test_a_machine_without_a_compiler_is_told_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = type("InvalidCxxCompiler", (RuntimeError,), {"__module__": "torch._inductor.exc"})

    def broken(self: nn.Module) -> None:
        def call(*_: Any) -> None:
            raise odd("No working C++ compiler found\nmore")

        self._compiled_call_impl = call

    monkeypatch.setattr(nn.Module, "compile", broken)
    with pytest.raises(UsageError, match=r"compiled \(No working C\+\+ compiler found\). It needs"):
        trained(tmp_path / "m", replace(HOW, compiled=True))
