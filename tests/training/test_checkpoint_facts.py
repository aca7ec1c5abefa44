"""The pictures of a checkpoint show what it says and what its module holds, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")
pytest.importorskip("safetensors", reason="checkpoints need safetensors")

import torch

from faultlens.datasets.labelled import Origin
from faultlens.models.checkpoint import (
    ADAPTER,
    PROTOTYPES,
    ZERO_SHOT,
    Checkpoint,
    EncoderFacts,
    TextFacts,
    TrainedOn,
    write_checkpoint,
)
from faultlens.models.restored import fresh_model
from faultlens.training.checkpoint_facts import checkpoint_facts
from faultlens.training.experiment import Experiment, TextSettings
from faultlens.training.settings import TrainingSettings
from faultlens.training.text_source import open_text, text_config, text_state

CLASSES = ("healthy", "inner race fault")


def settings(epochs: int, text: str) -> object:
    """As a checkpoint keeps them."""
    experiment = Experiment(text=TextSettings(model=text), training=TrainingSettings(epochs=epochs))
    return experiment.to_dict()


def written(folder: Path, *, text: str = "static", adapter: int | None = None) -> Checkpoint:
    """A checkpoint with fresh weights."""
    source = open_text(text)
    encoder = EncoderFacts("conv1d", (1, 1024), 256, adapter)
    torch.manual_seed(0)
    model = fresh_model(encoder, width=source.width, shared=source.dim_is_shared)
    stages = {ZERO_SHOT: settings(20, text)} | ({ADAPTER: settings(15, text)} if adapter else {})
    checkpoint = Checkpoint(
        stage=ADAPTER if adapter else ZERO_SHOT,
        encoder=encoder,
        text=TextFacts(
            text, source.reference, source.width, source.dim_is_shared, ("A {} bearing",),
            text_config(source),
        ),
        classes=CLASSES,
        preparation={"kind": "waveform", "window": 1024, "sample_rate_hz": 5120.0},
        trained_on=TrainedOn(
            "bearingset", "ab" * 32, "bearingset", (Origin("rig", "r1", "healthy", "20 Hz 0 V"),),
            960, 240,
        ),
        settings=stages,
        calibration={"temperature": 1.31},
        history=[{"stage": ZERO_SHOT, "validation_score": x} for x in (0.5, 0.875, 0.75)],
        versions={},
    )  # fmt: skip
    weights = {
        **model.state_dict(),
        PROTOTYPES: torch.from_numpy(np.asarray(source.points(CLASSES))),
        **{f"text.{name}": x for name, x in text_state(source).items()},
    }
    return write_checkpoint(folder / "m", checkpoint, best=weights, last=weights)


def test_counts_are_those_of_the_module(tmp_path: Path) -> None:
    checkpoint = written(tmp_path, adapter=64)
    model = fresh_model(checkpoint.encoder, width=256, shared=True)
    facts = checkpoint_facts(checkpoint.folder)
    expected = sum(x.numel() for x in model.encoder.parameters())
    assert facts.towers[0].parameters == expected
    assert sum(x.parameters for x in facts.towers[0].layers) == expected
    assert [x.shape for x in facts.towers[0].layers][:2] == [(16, 128), (32, 64)]
    adapter = sum(x.numel() for x in model.adapter.parameters())
    assert sum(x.parameters for x in facts.adapter) == adapter
    moved = {x.name: x.moving for x in facts.stages[1].parts}
    assert moved == {"encoder": 0, "text_encoder": 0, "scale": 0, "adapter": adapter}


def test_what_the_checkpoint_says_is_shown(tmp_path: Path) -> None:
    facts = checkpoint_facts(written(tmp_path).folder)
    assert facts.name.startswith("m@")
    assert facts.classes == CLASSES
    assert facts.prompts == (("", "“A {} bearing”"),)
    assert dict(facts.preparation)["sample_rate_hz"] == "5120"
    assert dict(facts.data)["windows"] == "960"
    assert dict(facts.data)["conditions"] == "20 Hz 0 V"
    assert dict(facts.contrast)["scale"] == "14.3"
    assert dict(facts.contrast)["weight_signal"] == "0.5"
    assert dict(facts.judging) == {"temperature": "1.31", "best_zero_shot": "87.5 %"}
    assert [x.name for x in facts.stages] == [ZERO_SHOT]
    assert dict(facts.stages[0].settings)["epochs"] == "20"
    assert facts.adapter == ()


def test_a_frozen_text_model_is_frozen_in_every_stage(tmp_path: Path) -> None:
    facts = checkpoint_facts(written(tmp_path, adapter=64).folder)
    states = [x.state for stage in facts.stages for x in stage.parts if x.name == "text_encoder"]
    assert states == ["frozen", "frozen"]
    assert facts.text.parameters == 6_320_303
    assert (facts.towers[0].state, facts.text.state) == ("frozen", "frozen")


def test_a_text_model_that_learned_along_shows_its_layers_and_its_projection(
    tmp_path: Path,
) -> None:
    checkpoint = written(tmp_path, text="lstm")
    facts = checkpoint_facts(checkpoint.folder)
    assert [x.title for x in facts.text.layers] == ["Embedding", "LSTM", "Linear"]
    parts = {x.name: x for x in facts.stages[0].parts}
    learned = sum(x.numel() for x in text_state(open_text("lstm")).values())
    assert parts["text_encoder"].state == "trained"
    assert parts["text_encoder"].moving == parts["text_encoder"].parameters == learned
    assert parts["text_projection"].parameters == checkpoint.text.width * 256
    assert facts.text.parameters == learned + checkpoint.text.width * 256


def test_a_frozen_model_that_is_not_here_is_drawn_without_layers(tmp_path: Path) -> None:
    checkpoint = written(tmp_path)
    away = replace(checkpoint, text=replace(checkpoint.text, name="nobody/nothing", kept={}))
    from faultlens.models.checkpoint import read_weights

    weights = read_weights(checkpoint)
    again = write_checkpoint(tmp_path / "away", away, best=weights, last=weights)
    facts = checkpoint_facts(again.folder)
    assert (facts.text.layers, facts.text.parameters, facts.text.state) == ((), None, "frozen")


def test_the_likeness_of_classes_is_the_cosine_of_their_prototypes(tmp_path: Path) -> None:
    facts = checkpoint_facts(written(tmp_path).folder)
    points = open_text("static").points(CLASSES)
    assert np.allclose(facts.likeness, points @ points.T, atol=1e-5)
