"""Which epoch is kept, and that what was kept does not move any more."""

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import nn

from faultlens.training.state import Epoch, LoopState, best_of, put_back, snapshot, trained_state


def told(*scores: tuple[float | None, float | None]) -> list[Epoch]:
    return [Epoch(i + 1, 1.0, 1.0, x, e, 1e-3, 1.0) for i, (x, e) in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ([(0.9, 0.01), (0.95, 0.01), (0.8, 0.01)], 2),
        ([(0.9, 0.01), (0.95, 0.02), (0.94, 0.02), (0.92, 0.02)], 3),
        ([(0.9, 0.01), (0.95, 0.02), (0.929, 0.5)], 2),
        ([(1.0, 0.03), (0.98, 0.03), (0.97, 0.03)], 3),
        ([(0.5, None), (0.6, None), (0.6, None), (0.59, None)], 3),
        ([(None, None), (None, None)], 2),
    ],
)
def test_it_is_the_last_one_within_a_standard_error_of_the_best(
    scores: list[tuple[float | None, float | None]], kept: int
) -> None:
    assert best_of(told(*scores)).number == kept


def test_a_snapshot_stays_as_it_was() -> None:
    layer = nn.Linear(2, 2)
    kept = snapshot(layer.state_dict())
    before = layer.weight.detach().clone()
    with torch.no_grad():
        layer.weight += 1
    assert torch.equal(kept["weight"], before)


def test_what_training_changes_leaves_frozen_parts_out_with_their_statistics() -> None:
    module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
    module[1].requires_grad_(False)
    assert {x.partition(".")[0] for x in trained_state(module)} == {"0", "2"}


def test_put_back_needs_no_frozen_part_and_gives_the_optimiser_its_numbers() -> None:
    one = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.Linear(2, 1))
    optimizer = torch.optim.AdamW([x for x in one.parameters() if x.requires_grad])
    torch.autograd.backward(one(torch.ones(3, 2)).sum())
    optimizer.step()
    state = LoopState(
        snapshot(trained_state(one)), {}, None, snapshot(optimizer.state_dict()["state"]), ()
    )
    other = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.Linear(2, 1))
    own = other[0].weight.clone()
    again = torch.optim.AdamW([x for x in other.parameters() if x.requires_grad])
    put_back(state, other, again)
    assert torch.equal(other[0].weight, own) and torch.equal(other[1].weight, one[1].weight)
    for number, row in optimizer.state_dict()["state"].items():
        assert all(torch.equal(x, again.state_dict()["state"][number][k]) for k, x in row.items())
