"""The loop learns, keeps the best weights, moves nothing frozen, and goes on exactly as it was."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.training.loop import Examples, train
from faultlens.training.resume import ResumeFolder
from faultlens.training.settings import TrainingSettings
from faultlens.training.state import LoopState


def examples(seed: int = 0, count: int = 96) -> Examples:
    """Two classes that a line tells apart, not quite."""
    rng = np.random.default_rng(seed)
    target = np.arange(count) % 2
    arrays = rng.normal(size=(count, 4)) + 1.6 * target[:, None]
    return Examples(arrays.astype(np.float32), target.astype(np.int64))


def network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2)
    )


def cost_of(module: nn.Module, x: Tensor, truth: Tensor) -> Tensor:
    return functional.cross_entropy(module(x), truth)


def trained(module: nn.Module, settings: TrainingSettings, **more: object) -> LoopState:
    return train(
        module, examples(), lambda x, y: cost_of(module, x, y), settings, quiet=True, **more
    )  # type: ignore[arg-type]


def weights(module: nn.Module) -> list[bytes]:
    return [x.detach().numpy().tobytes() for x in module.state_dict().values()]


SETTINGS = TrainingSettings(epochs=6, batch_size=32, learning_rate=0.05, seed=3)


def test_it_learns_and_the_same_seed_gives_the_same_weights() -> None:
    first, second, other = network(), network(), network()
    end = trained(first, SETTINGS)
    trained(second, SETTINGS)
    trained(other, TrainingSettings(epochs=6, batch_size=32, learning_rate=0.05, seed=4))
    data = examples()
    right = first(torch.from_numpy(data.arrays)).argmax(1).numpy() == data.target
    assert right.mean() > 0.85
    assert end.history[-1].loss < end.history[0].loss
    assert not first.training
    assert weights(first) == weights(second)
    assert weights(first) != weights(other)


@pytest.mark.parametrize("stopped_after", [1, 3, 5])
def test_a_run_resumed_after_any_epoch_ends_as_if_it_had_never_stopped(
    tmp_path: Path, stopped_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faultlens.training.resume.BETWEEN_S", 0.0)
    whole = network()
    end = trained(whole, SETTINGS)

    class Killed(Exception):
        """As kill -9 would be, after the state was kept."""

    def kill(state: LoopState) -> None:
        if len(state.history) == stopped_after:
            raise Killed

    resume = ResumeFolder(tmp_path / "run", "the same")
    killed = network()
    with pytest.raises(Killed):
        trained(killed, SETTINGS, hooks=(ResumeFolder(tmp_path / "run", "the same").keep, kill))
    stood = resume.stood_at()
    assert stood is not None and len(stood.history) == stopped_after
    again = network(seed=99)  # whatever stands in the module is overwritten
    gone_on = trained(again, SETTINGS, resume=stood)
    assert weights(again) == weights(whole)
    assert [x.loss for x in gone_on.history] == [x.loss for x in end.history]


def test_a_state_of_another_training_or_a_damaged_one_is_no_state(tmp_path: Path) -> None:
    trained(network(), SETTINGS, hooks=(ResumeFolder(tmp_path, "one").keep,))
    assert ResumeFolder(tmp_path, "one").stood_at() is not None
    assert ResumeFolder(tmp_path, "another").stood_at() is None
    file = next(tmp_path.glob("epoch-*.safetensors"))
    file.write_bytes(file.read_bytes()[:-8])
    assert ResumeFolder(tmp_path, "one").stood_at() is None


def test_a_full_disk_while_the_state_is_written_leaves_the_state_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ResumeFolder(tmp_path, "one")
    trained(network(), SETTINGS, hooks=(folder.keep,))
    before = folder.stood_at()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faultlens.training.resume.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        trained(network(), SETTINGS, hooks=(ResumeFolder(tmp_path, "one").keep,))
    monkeypatch.undo()
    after = folder.stood_at()
    assert before is not None and after is not None
    assert [x.loss for x in after.history] == [x.loss for x in before.history]
    assert not list(tmp_path.glob(".*")), "no half-written file is left"


def test_frozen_parts_stay_to_the_bit_statistics_included() -> None:
    module = network()
    for part in (module[0], module[1]):
        part.requires_grad_(False)
    frozen = [*module[0].state_dict().values(), *module[1].state_dict().values()]
    before = [x.clone() for x in frozen]
    head = module[4].weight.detach().clone()
    end = trained(module, SETTINGS)
    after = [*module[0].state_dict().values(), *module[1].state_dict().values()]
    assert all(torch.equal(x, y) for x, y in zip(before, after, strict=True))
    assert not torch.equal(head, module[4].weight)
    assert sorted(end.last) == ["4.bias", "4.weight"], "only what moved is kept"


def test_the_best_epoch_is_kept_and_patience_ends_the_run() -> None:
    module = network()
    scores = iter([0.5, 0.9, 0.8, 0.7, 0.6, 0.5])
    seen: list[LoopState] = []
    end = trained(
        module,
        TrainingSettings(epochs=6, batch_size=32, learning_rate=0.05, patience=2),
        validate=lambda: (1.0, next(scores), 0.01),
        hooks=(seen.append,),
    )
    assert len(end.history) == 4, "two epochs without a better score"
    assert end.best_epoch is not None and end.best_epoch.number == 2
    best = seen[1].last
    assert all(torch.equal(module.state_dict()[name], x) for name, x in best.items())


def test_accumulated_batches_have_the_gradient_of_one_large_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stepped: list[list[Tensor]] = []

    def recorded(parameters: list[nn.Parameter], _: float) -> None:
        stepped.append([x.grad.clone() for x in parameters if x.grad is not None])

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", recorded)
    for batch_size, accumulate in ((96, 1), (48, 2)):
        torch.manual_seed(0)
        trained(
            nn.Linear(4, 2),
            TrainingSettings(epochs=1, batch_size=batch_size, accumulate=accumulate),
        )
    large, parts = stepped
    assert all(torch.allclose(x, y, atol=1e-6) for x, y in zip(large, parts, strict=True))


def test_half_precision_learns_too() -> None:
    module = network()
    settings = TrainingSettings(epochs=6, batch_size=32, learning_rate=0.05, precision="bf16")
    end = trained(module, settings)
    assert end.history[-1].loss < end.history[0].loss
    assert module[0].weight.dtype == torch.float32, "weights stay in single precision"
