"""An encoder learns from own pictures, and a killed training goes on where it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.models.checkpoint import read_weights
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.runtimes.picture_model import load_image_model
from faultlens.training.checkpoint_model import load_checkpoint
from faultlens.training.objectives import LossSettings
from faultlens.training.settings import TrainingSettings
from faultlens.training.state import LoopState
from faultlens.training.surface.experiment import PictureExperiment
from faultlens.training.surface.material import Material, gathered
from faultlens.training.surface.pretrain import picture_cache, pretrain_pictures
from faultlens.training.surface.pretrained_bundle import export_pictures
from tests.training.surface.conftest import renderer

HOW = PictureExperiment(
    rendered=0, painted=0, judged=50, crop_px=64, validation=0.34,
    training=TrainingSettings(epochs=3, batch_size=8, learning_rate=1e-3),
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Six cracked and six sound pictures."""
    folder = tmp_path_factory.mktemp("seen")
    made = renderer(folder)
    pictures = [
        made(label, x, group=f"{label}{x}") for label in ("crack", "no defect") for x in range(6)
    ]
    return gathered(pictures, [], HOW, picture_cache(folder / "cache"))


def test_a_killed_training_ends_as_if_it_had_never_stopped(seen: Material, tmp_path: Path) -> None:
    def killed(state: LoopState) -> None:
        if len(state.history) == 2:
            raise KeyboardInterrupt

    folder = tmp_path / "killed"
    with pytest.raises(KeyboardInterrupt):
        pretrain_pictures(seen, HOW, folder, hooks=[killed], quiet=True)
    assert not folder.exists() and (picture_cache(folder) / "state.json").is_file()
    told: list[int] = []
    again = pretrain_pictures(
        seen, HOW, folder, hooks=[lambda x: told.append(len(x.history))],
        quiet=True,
    )  # fmt: skip
    assert told == [2, 3], "the first epoch was not run again"
    whole = pretrain_pictures(seen, HOW, tmp_path / "whole", quiet=True)
    assert again.files == whole.files, "the same weights to the bit"
    assert not picture_cache(folder).exists()


def test_half_of_the_starting_weights_can_be_kept(seen: Material, tmp_path: Path) -> None:
    how = replace(HOW, training=replace(HOW.training, epochs=1))
    found = {}
    for share in (0.0, 0.5):
        mine = replace(how, kept=share)
        folder = tmp_path / f"kept-{share}"
        made = pretrain_pictures(seen, mine, folder, quiet=True)
        found[share] = read_weights(made)["encoder.surface.dense.bias"]
    base = load_image_model("builtin/surface")
    begun = restored_surface(base.bundle.path("image.onnx")).state_dict()["dense.bias"]
    assert not torch.allclose(found[0.0], begun, atol=1e-6)
    assert torch.allclose(found[0.5], (found[0.0] + begun) / 2, atol=1e-6)


def test_fresh_weights_learn_what_they_are_shown(picture: Any, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    pictures = []
    for x in range(8):
        plain = draw.integers(100, 140, (160, 160)).astype(np.uint8)
        spotted = plain.copy()
        spotted[::16, :] = 255
        pictures.append(picture(f"s{x}.png", "no defect", plain, group=f"s{x}"))
        pictures.append(picture(f"d{x}.png", "zebra marks", spotted, group=f"d{x}"))
    how = replace(
        HOW, start="scratch", dense=0.0, loss=LossSettings("prototypes", 1.0, 0.0),
        training=TrainingSettings(epochs=15, batch_size=8, learning_rate=5e-3, clip=2.0),
    )  # fmt: skip
    zebras = gathered(pictures, [], how, picture_cache(tmp_path / "new"))
    made = pretrain_pictures(zebras, how, tmp_path / "new", quiet=True)
    assert made.classes == ("no defect", "zebra marks")
    assert made.history[-1]["validation_score"] == 1.0
    assert made.history[-1]["loss"] < 0.7 * made.history[0]["loss"]


def test_a_checkpoint_of_pictures_is_refused_where_recordings_are_judged(
    seen: Material, tmp_path: Path
) -> None:
    how = replace(HOW, training=replace(HOW.training, epochs=1))
    folder = tmp_path / "mine"
    made = pretrain_pictures(seen, how, folder, quiet=True)
    with pytest.raises(UsageError, match=r"checkpoint of pictures.*faultlens export"):
        load_checkpoint(folder)
    other = replace(made, text=replace(made.text, reference="builtin/text@0123456789ab"))
    with pytest.raises(BundleError, match="trained into builtin/text@0123456789ab; here is"):
        export_pictures(other, tmp_path / "bundle")


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"encoder": "spectrum"}, UnknownNameError, "Unknown encoder of pictures 'spectrum'"),
        ({"crop_px": 100}, UsageError, "multiples of 8 from 64"),
        ({"kept": 0.5, "start": "scratch"}, UsageError, "0 from scratch"),
        ({"judged": 3}, UsageError, "50 is the fewest"),
        ({"validation": 0.95}, UsageError, "0 to below 0.9"),
        ({"painted": -1}, UsageError, "0 or more"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        PictureExperiment(**settings)
