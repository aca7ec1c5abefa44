"""The second stage: the adapter starts as nothing, learns, and is all that moves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import BundleError, UsageError
from faultlens.models.checkpoint import Checkpoint, read_weights
from faultlens.models.restored import RestoredModel
from faultlens.training.adapter_stage import BOTTLENECK, train_adapter
from faultlens.training.experiment import Experiment, TextSettings
from faultlens.training.learnable import learnable
from faultlens.training.settings import TrainingSettings
from faultlens.training.zero_shot import open_text_for, train_zero_shot
from tests.shaped_noise import HUM, recordings

SHORT = Experiment(
    text=TextSettings(model="lstm"),
    training=TrainingSettings(epochs=3, batch_size=16, learning_rate=5e-4),
)
LONGER = replace(SHORT, training=TrainingSettings(epochs=30, batch_size=16, learning_rate=0.02))
DATA = recordings(each=2, windows=10)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """A zero-shot model that has learned little."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("weights") / "zero_shot_model"
    return train_zero_shot(DATA, SHORT, open_text_for(SHORT, DATA), folder, quiet=True)


def loss(made: Checkpoint, model: RestoredModel | None = None) -> float:
    ready = learnable(recordings(seed=5), replace(SHORT, validation=0.0))
    model = model or RestoredModel(made)
    logits = torch.from_numpy(model.logits(model.points(ready.arrays)))
    return torch.nn.functional.cross_entropy(logits, torch.from_numpy(ready.target)).item()


def test_it_learns_on_another_day_and_moves_nothing_else(first: Checkpoint, tmp_path: Path) -> None:
    made = train_adapter(DATA, first, LONGER, tmp_path / "adapter", quiet=True)
    assert (made.stage, made.encoder.adapter) == ("adapter", BOTTLENECK)
    assert loss(made) < 0.7 * loss(first)
    assert loss(made, RestoredModel(made).without_adapter()) == pytest.approx(loss(first), rel=0.2)
    before, after = read_weights(first), read_weights(made)
    assert all(torch.equal(x, after[name]) for name, x in before.items())
    assert set(after) - set(before) == {x for x in after if x.startswith("adapter.")}


def test_before_its_first_step_it_changes_nothing_to_the_bit(
    first: Checkpoint, tmp_path: Path
) -> None:
    still = replace(SHORT, training=TrainingSettings(epochs=1, learning_rate=1e-30))
    made = train_adapter(DATA, first, still, tmp_path / "adapter", quiet=True)
    arrays = learnable(recordings(), SHORT).arrays
    assert np.array_equal(RestoredModel(made).points(arrays), RestoredModel(first).points(arrays))


def test_both_stages_stand_in_the_checkpoint(first: Checkpoint, tmp_path: Path) -> None:
    later = recordings(seed=9, condition="30 Hz 2 V")
    made = train_adapter(later, first, LONGER, tmp_path / "adapter", quiet=True)
    assert len(made.trained_on.origins) == len(DATA) + len(later), "both are seen, both would leak"
    assert set(made.settings) == {"zero_shot", "adapter"}
    assert [x["stage"] for x in made.history].count("zero_shot") == 3
    assert made.classes == first.classes and made.text == first.text


def test_what_does_not_fit_the_first_stage_is_told(first: Checkpoint, tmp_path: Path) -> None:
    made = train_adapter(DATA, first, SHORT, tmp_path / "adapter", quiet=True)
    with pytest.raises(UsageError, match="is of the stage 'adapter'; the adapter is trained on a"):
        train_adapter(DATA, made, SHORT, tmp_path / "third", quiet=True)
    odd = [replace(x, label="cage fault") for x in DATA[:2]]
    with pytest.raises(UsageError, match="'cage fault', which the model was not trained on"):
        train_adapter([*DATA, *odd], first, SHORT, tmp_path / "third", quiet=True)
    weights = made.folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(BundleError, match="cannot be read"):
        RestoredModel(made)
    assert not (tmp_path / "third").exists()


def test_labels_of_fewer_classes_keep_the_others(first: Checkpoint, tmp_path: Path) -> None:
    two = [x for x in DATA if x.label != "healthy"]
    made = train_adapter(two, first, SHORT, tmp_path / "adapter", quiet=True)
    assert made.classes == tuple(sorted(HUM))
