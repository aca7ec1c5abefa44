"""LoRA on linear maps and convolutions begins as nothing, and merges into what it stood beside."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from faultlens.core.errors import UsageError
from faultlens.models.lora import OURS, LoraSettings, add_lora, merge_lora


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.Flatten(),
        nn.Linear(4 * 16, 3),
    ).eval()


def test_it_learns_beside_what_stands_still_and_merges() -> None:
    module, x = network(), torch.randn(6, 2, 8, 8)
    kept = {name: y.clone() for name, y in module.state_dict().items()}
    first = module(x).detach()
    add_lora(module, ["0", "3"], LoraSettings(rank=2, alpha=4, dropout=0.0))
    assert torch.equal(module(x), first)
    trained = [y for y in module.parameters() if y.requires_grad]
    optimizer = torch.optim.SGD(trained, 0.5)
    target = torch.arange(6) % 3
    for _ in range(20):
        cost = functional.cross_entropy(module(x), target)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    learned = module(x).detach()
    assert functional.cross_entropy(learned, target) < functional.cross_entropy(first, target)
    merge_lora(module)
    assert torch.allclose(module(x), learned, atol=1e-5)
    assert not any(OURS in name for name in module.state_dict())
    assert torch.equal(kept["1.running_mean"], module.state_dict()["1.running_mean"])


def test_the_same_seed_begins_the_same() -> None:
    one, other, third = network(), network(), network()
    for module, seed in ((one, 1), (other, 1), (third, 2)):
        add_lora(module, ["3"], LoraSettings(rank=2), seed=seed)
    first, same, different = (
        next(y for name, y in x.named_parameters() if "lora_A" in name) for x in (one, other, third)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, different)


def test_a_name_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="LoRA found none of the maps q_proj"):
        add_lora(network(), ["q_proj"], LoraSettings())
