"""An outline tells a module's layers in their order, and its counts add up to the module's."""

import pytest
import torch
from torch import nn

from faultlens.models.encoders.encoder import AbstractEncoder, MeanEncoder
from faultlens.models.encoders.vibration import CombEncoder, VectorEncoder, WaveformEncoder
from faultlens.models.outline import PARAMETER, outline

ENCODERS: dict[str, tuple[AbstractEncoder, torch.Tensor]] = {
    "vector": (VectorEncoder(features=10, width=6), torch.zeros(1, 10)),
    "comb": (CombEncoder(12, [0.5, 1.0, 1.5, 2.0]), torch.zeros(1, 12, 4)),
    "waveform": (WaveformEncoder(bands=4, width=8), torch.zeros(1, 4096)),
    "mean": (MeanEncoder([VectorEncoder(10), VectorEncoder(10)]), torch.zeros(1, 10)),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_counts_add_up_to_those_of_the_module(name: str) -> None:
    module, example = ENCODERS[name]
    layers = outline(module, example)
    assert sum(x.parameters for x in layers) == sum(x.numel() for x in module.parameters())
    assert sum(x.trainable for x in layers) == sum(x.parameters for x in layers)


def test_layers_stand_in_order_with_the_shapes_of_what_they_give() -> None:
    layers = outline(*ENCODERS["vector"])
    linear = [x for x in layers if x.kind == "Linear"]
    assert [x.output_shape for x in linear] == [(6,), (6,), (256,)]
    assert [x.parameters for x in linear] == [66, 42, 1792]
    assert [x.name for x in layers][:2] == ["layers.0", "layers.1"]


def test_a_parameter_of_the_module_itself_is_a_layer_of_its_own() -> None:
    own = [x for x in outline(*ENCODERS["comb"]) if x.kind == PARAMETER]
    assert [x.parameters for x in own] == [12 * 4]


def test_what_is_frozen_is_counted_but_not_as_trainable() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    module[0].requires_grad_(False)
    assert [(x.parameters, x.trainable) for x in outline(module, torch.zeros(1, 3))] == [
        (8, 0),
        (6, 6),
    ]


def test_shared_parameters_count_once() -> None:
    module = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    module[1].weight = module[0].weight
    assert [x.parameters for x in outline(module, torch.zeros(1, 3))] == [12, 3]


def test_a_layer_that_the_run_does_not_reach_comes_last_without_a_shape() -> None:
    class Lazy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused, self.used = nn.Linear(2, 2), nn.Linear(2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.used(x)
            return y

    layers = outline(Lazy(), torch.zeros(1, 2))
    assert [(x.name, x.output_shape) for x in layers] == [("used", (1,)), ("unused", ())]


def test_the_module_is_left_as_it_was() -> None:
    module = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout()).train()
    module[1].eval()
    before = {name: x.clone() for name, x in module.state_dict().items()}
    outline(module, torch.ones(4, 3))
    assert [x.training for x in module.modules()] == [True, True, False]
    assert all(torch.equal(x, before[name]) for name, x in module.state_dict().items())
    assert not module[0]._forward_hooks


def test_a_run_that_fails_leaves_no_hook_behind() -> None:
    module = nn.Sequential(nn.Linear(3, 2))
    with pytest.raises(RuntimeError):
        outline(module, torch.zeros(1, 7))
    assert not module[0]._forward_hooks
