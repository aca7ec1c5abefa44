"""What a stopped run kept is whole: also the loss scale of half precision, also after damage."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import nn
from torch.nn import functional

from faultlens.training.loop import Examples, train
from faultlens.training.resume import POINTER, ResumeFolder
from faultlens.training.settings import TrainingSettings
from faultlens.training.state import LoopState


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr("faultlens.training.resume.BETWEEN_S", 0.0)


def run(module: nn.Module, precision: str = "fp32", epochs: int = 4, **more: object) -> LoopState:
    rng = np.random.default_rng(0)
    target = np.arange(32) % 2
    rows = rng.normal(size=(32, 4)) + target[:, None]
    examples = Examples(rows.astype(np.float32), target.astype(np.int64))
    settings = TrainingSettings(
        epochs=epochs, batch_size=8, learning_rate=0.05, precision=precision
    )
    return train(
        module, examples, lambda x, y: functional.cross_entropy(3e4 * module(x), y), settings,
        quiet=True, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def line(seed: int = 0) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(4, 2)


def test_the_loss_scale_of_half_precision_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = line()
    end = run(whole, "fp16")
    assert end.scaler["scale"] < 2**16, "the scale was lowered on the way, so it matters"

    class Killed(Exception):
        """As kill -9 would be."""

    def kill(state: LoopState) -> None:
        if len(state.history) == 2:
            raise Killed

    with pytest.raises(Killed):
        run(line(), "fp16", hooks=(ResumeFolder(tmp_path, "x").keep, kill))
    stood = ResumeFolder(tmp_path, "x").stood_at()
    assert stood is not None and stood.scaler["scale"] < 2**16
    again = line(1)
    run(again, "fp16", resume=stood)
    assert torch.equal(again.weight, whole.weight)


def test_only_the_last_state_is_kept_and_nothing_once_it_is_over(tmp_path: Path) -> None:
    folder = ResumeFolder(tmp_path / "run", "x")
    run(line(), hooks=(folder.keep,))
    assert sorted(x.name for x in (tmp_path / "run").iterdir()) == ["epoch-4.safetensors", POINTER]
    folder.remove()
    folder.remove()
    assert not (tmp_path / "run").exists() and folder.stood_at() is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"file": "../x"}', '{"file": 3, "decided": "x", "sha256": ""}']
)
def test_a_pointer_to_nothing_is_no_state(tmp_path: Path, text: str) -> None:
    run(line(), hooks=(ResumeFolder(tmp_path, "x").keep,))
    (tmp_path / POINTER).write_text(text)
    assert ResumeFolder(tmp_path, "x").stood_at() is None


def test_a_pointer_that_lacks_something_is_no_state(tmp_path: Path) -> None:
    run(line(), hooks=(ResumeFolder(tmp_path, "x").keep,))
    whole = json.loads((tmp_path / POINTER).read_text())
    for name in whole:
        (tmp_path / POINTER).write_text(json.dumps({k: v for k, v in whole.items() if k != name}))
        assert ResumeFolder(tmp_path, "x").stood_at() is None, name


def test_states_are_not_written_more_often_than_they_are_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faultlens.training.resume.BETWEEN_S", 3600.0)
    folder = ResumeFolder(tmp_path, "x")
    run(line(), hooks=(folder.keep,))
    assert [x.name for x in tmp_path.glob("epoch*")] in (["epoch-1.safetensors"], [])
