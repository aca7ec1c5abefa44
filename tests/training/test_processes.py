"""What each of several processes takes of a batch; `tests/cli` lets two of them train."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UsageError
from faultlens.training.processes import Processes


def one_of(count: int, rank: int) -> Processes:
    made = Processes()
    made._together = SimpleNamespace(
        process_index=rank, num_processes=count, reduce=lambda x, how: x / count
    )
    return made


@pytest.mark.parametrize(("count", "length"), [(2, 8), (2, 7), (3, 8), (4, 1), (4, 2)])
def test_shares_are_of_one_size_and_leave_no_example_out(count: int, length: int) -> None:
    batch = np.random.default_rng(0).permutation(length) + 50
    shares = [one_of(count, rank).share(batch) for rank in range(count)]
    assert {len(x) for x in shares} == {-(-length // count)}
    assert set(np.concatenate(shares)) == set(batch)


def test_processes_that_do_not_find_one_another_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    lonely = SimpleNamespace(Accelerator=lambda **_: SimpleNamespace(num_processes=1))
    monkeypatch.setattr("faultlens.training.processes.optional_import", lambda *_, **__: lonely)
    with pytest.raises(UsageError, match="2 processes were started and 1 found one another on"):
        Processes("cpu")


def test_alone_a_process_takes_everything_and_averages_nothing() -> None:
    alone, batch = Processes(), np.arange(5)
    assert (alone.rank, alone.count) == (0, 1)
    assert alone.share(batch) is batch
    gradient = torch.ones(3)
    alone.average([gradient, None])
    alone.wait()
    assert torch.equal(gradient, torch.ones(3))


def test_gradients_are_averaged_in_place_and_missing_ones_passed_over() -> None:
    gradient = torch.ones(3)
    one_of(2, 1).average([None, gradient])
    assert torch.equal(gradient, torch.full((3,), 0.5))
