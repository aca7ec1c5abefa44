"""The adapter changes nothing at the start, to the bit, and learns all the same."""

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.models.adapter import ResidualAdapter
from faultlens.models.encoders.encoder import unit_rows


def points(count: int = 8) -> torch.Tensor:
    torch.manual_seed(0)
    return unit_rows(torch.randn(count, 16))


def test_it_starts_as_nothing_to_the_bit() -> None:
    given = points()
    assert torch.equal(ResidualAdapter(16, bottleneck=4)(given), given)


def test_a_gradient_passes_from_the_first_step_on() -> None:
    adapter, given = ResidualAdapter(16, bottleneck=4), points()
    wanted = unit_rows(given.roll(1, dims=1))
    optimizer = torch.optim.Adam(adapter.parameters(), 0.05)
    losses = []
    for _ in range(60):
        loss = 1 - (adapter(given) * wanted).sum(1).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    assert adapter.up.weight.abs().max() > 0
    assert losses[-1] < 0.5 * losses[0]
    assert torch.allclose(adapter(given).norm(dim=1), torch.ones(8))
