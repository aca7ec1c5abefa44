"""Asking the text model in every step is the same training, and asks as often as it says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import Tensor

from faultlens.datasets.labelled import LabelledRecording
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.signals.signal import Signal
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import Experiment
from faultlens.training.reencoded import features_of_batch, train_asking_again
from faultlens.training.settings import TrainingSettings
from faultlens.training.text_source import TextSource
from faultlens.training.zero_shot import train_zero_shot

LABELS = ("healthy", "inner race fault", "outer race fault")


class Letters(AbstractTextEncoder):
    """Counts letters; remembers how many sentences each call had."""

    width = 26

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def forward(self, sentences: list[str]) -> Tensor:
        self.calls.append(len(sentences))
        return torch.tensor([[float(x.count(chr(97 + i))) for i in range(26)] for x in sentences])


def recordings() -> list[LabelledRecording]:
    rng = np.random.default_rng(0)
    time = np.arange(64 * 40)
    return [
        LabelledRecording(
            "rig", label, label,
            Signal(np.sin(time * (0.4 + i)) + rng.normal(size=len(time)), 5120.0), window=64,
        )
        for i, label in enumerate(LABELS)
    ]  # fmt: skip


def test_it_is_the_same_training_as_asking_once(tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=3, batch_size=32)
    experiment = Experiment(training=settings)
    second = replace(experiment, training=replace(settings, epochs=2))
    asked = Letters()
    text = TextSource("letters", "letters@0", 26, False, None, {}, lambda x: asked(list(x)).numpy())
    first = train_zero_shot(recordings(), experiment, text, tmp_path / "a", quiet=True)
    both = train_adapter(recordings(), first, second, tmp_path / "b", quiet=True)
    assert asked.calls == [3]

    again = Letters()
    history = train_asking_again(recordings(), experiment, again, adapter_epochs=2)
    losses = [x["loss"] for x in both.history]
    assert [x.loss for x in history] == pytest.approx(losses, abs=1e-5)
    # 120 windows, of which those before each validation stretch are learned from.
    learned = first.trained_on.windows
    steps = settings.batches_of(learned)
    assert len(again.calls) == 2 + 5 * steps
    assert sum(again.calls) >= 2 * 3 + 5 * learned


def test_a_class_that_the_batch_lacks_is_asked_for_beside_it() -> None:
    text = Letters()
    said = [["ab"], ["cd", "ef"]]
    found = features_of_batch(text, said, [0, 0], centred=False)
    assert text.calls == [4]
    assert found.prototypes.shape == (2, 26)
    assert found.captions[1].shape == (2, 26)
