"""A linear layer as bytes is exact to half a step, in whichever precision it is asked."""

import pytest

pytest.importorskip("torch", reason="encoders need torch: pip install 'faultlens[train]'")

import torch
from torch import nn

from faultlens.core.errors import UsageError
from faultlens.models.encoders.int8_linear import Int8Linear, with_int8_linears


def test_weights_are_exact_to_half_a_step() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(20, 10)
    found = Int8Linear(layer)(torch.eye(20)) - layer.bias
    step = layer.weight.abs().amax(1) / 127
    assert bool(((found - layer.weight.T).abs() <= 0.5001 * step).all())


def test_a_layer_of_zeros_stays_one() -> None:
    layer = nn.Linear(4, 2, bias=False)
    nn.init.zeros_(layer.weight)
    assert Int8Linear(layer)(torch.ones(1, 4)).tolist() == [[0.0, 0.0]]


def test_half_precision_goes_in_and_out() -> None:
    layer = nn.Linear(4, 2).to(torch.bfloat16)
    small = Int8Linear(layer)
    assert small(torch.ones(1, 4, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert small.weight.dtype == torch.int8


def test_every_linear_layer_of_a_model_is_reached() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 4)))
    with_int8_linears(model)
    assert [type(x) for x in model.modules()].count(Int8Linear) == 2


def test_a_model_without_linear_layers_is_refused() -> None:
    with pytest.raises(UsageError, match="ask for bfloat16"):
        with_int8_linears(nn.Sequential(nn.ReLU()))
