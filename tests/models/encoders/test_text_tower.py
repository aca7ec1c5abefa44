"""The text tower gives unit rows, reads order, and ships as bytes without moving a row."""

import pytest

pytest.importorskip("torch", reason="encoders need torch: pip install 'faultlens[train]'")

import torch

from faultlens.models.encoders.text_tower import (
    DIM,
    LONGEST_TOKENS,
    Int8Table,
    TextTower,
    TokenTable,
    shipped,
)


@pytest.fixture
def tower() -> TextTower:
    torch.manual_seed(0)
    table = TokenTable(torch.randn(50, 32), learned=10, spread=1.0)
    return TextTower(table, width=32, layers=2, heads=4, inner=64, dropout=0.1).eval()


def run(tower: TextTower, rows: list[list[int]], padding: int = 0) -> torch.Tensor:
    ids = torch.tensor([[*row, *[0] * padding] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * padding for row in rows])
    with torch.inference_mode():
        return tower(ids, mask)


def test_rows_are_unit_rows_of_the_shared_space(tower: TextTower) -> None:
    rows = run(tower, [[3, 55, 7], [1, 2, 3]])
    assert rows.shape == (2, DIM)
    assert rows.norm(dim=1).numpy() == pytest.approx([1.0, 1.0], abs=1e-5)


def test_padding_changes_nothing(tower: TextTower) -> None:
    plain, filled = run(tower, [[3, 55, 7]]), run(tower, [[3, 55, 7]], padding=9)
    assert filled.numpy() == pytest.approx(plain.numpy(), abs=1e-5)


def test_order_matters(tower: TextTower) -> None:
    there, back = run(tower, [[3, 55, 7], [7, 55, 3]])
    assert float(there @ back) < 0.9999


def test_the_longest_sentence_fits(tower: TextTower) -> None:
    assert run(tower, [[5] * LONGEST_TOKENS]).shape == (1, DIM)


def test_only_new_tokens_are_learned(tower: TextTower) -> None:
    tower(torch.tensor([[3, 55]]), torch.ones(1, 2)).sum().backward()
    assert not tower.table.fixed.requires_grad
    moved = tower.table.learned.grad.abs().sum(1)
    assert moved[5] > 0
    assert moved[[0, 1, 2, 3, 4, 6, 7, 8, 9]].sum() == 0


def test_bytes_keep_every_row(tower: TextTower) -> None:
    small = shipped(tower)
    assert small.table.numbers.dtype == torch.int8
    rows = [[3, 55, 7], [49, 50, 59]]
    assert float((run(small, rows) - run(tower, rows)).abs().max()) < 5e-3


def test_int8_is_exact_to_half_a_step() -> None:
    vectors = torch.randn(20, 16) * torch.logspace(-3, 3, 20)[:, None]
    found = Int8Table(vectors)(torch.arange(20))
    assert bool(((found - vectors).abs() <= vectors.abs().amax(1, True) / 127 * 0.5001).all())
