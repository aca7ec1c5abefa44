"""Where a training stands: weights, optimiser and history, enough to go on exactly from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

State = Mapping[str, Tensor]
"""Names to tensors that nobody changes any more."""


@dataclass(frozen=True)
class Epoch:
    """What one pass over the data came to.

    Args:
        number: from 1.
        loss: mean over its examples.
        validation_loss: of the examples held out; None where none are.
        validation_score: of the same, higher is better; None where none are.
        learning_rate: at its end.
        seconds: that it took.
    """

    number: int
    loss: float
    validation_loss: float | None
    validation_score: float | None
    learning_rate: float
    seconds: float

    def ranks_above(self, other: "Epoch | None") -> bool:
        """Whether its weights are the better ones.

        Args:
            other: an earlier epoch; None before the first.

        Example:
            >>> one = Epoch(1, 1.0, 0.9, 0.5, 1e-3, 1.0)
            >>> Epoch(2, 0.9, 0.8, 0.5, 1e-3, 1.0).ranks_above(one)
            True
        """
        if other is None or other.validation_score is None or self.validation_score is None:
            return True
        mine = (self.validation_score, -(self.validation_loss or 0.0))
        return mine > (other.validation_score, -(other.validation_loss or 0.0))


@dataclass(frozen=True, eq=False)
class LoopState:
    """Where a training stands after an epoch.

    Args:
        last: weights after the last epoch, those of frozen parts left out.
        best: weights after the best epoch.
        best_epoch: which that was; None before the first.
        optimizer: AdamW's numbers per parameter.
        history: of all epochs so far.
    """

    last: State
    best: State
    best_epoch: Epoch | None
    optimizer: Mapping[int, Mapping[str, Tensor]]
    history: tuple[Epoch, ...]

    @classmethod
    def fresh(cls, module: nn.Module) -> "LoopState":
        """The state before the first epoch.

        Args:
            module: to be trained.

        Example:
            >>> sorted(LoopState.fresh(nn.Linear(2, 1)).last)
            ['bias', 'weight']
        """
        weights = snapshot(trained_state(module))
        return cls(weights, weights, None, {}, ())


def trained_state(module: nn.Module) -> dict[str, Tensor]:
    """What training changes: parameters that are trained, and the statistics beside them.

    Args:
        module: with some parts frozen, or none.

    Example:
        >>> pair = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.BatchNorm1d(2))
        >>> sorted(trained_state(pair))
        ['1.bias', '1.num_batches_tracked', '1.running_mean', '1.running_var', '1.weight']
    """
    moving = {
        name
        for name, part in module.named_modules()
        if any(x.requires_grad for x in part.parameters(recurse=False))
    }
    parameters = dict(module.named_parameters())
    return {
        name: value
        for name, value in module.state_dict().items()
        if (parameters[name].requires_grad if name in parameters else _owner(name) in moving)
    }


def snapshot(state: Mapping[Any, Any]) -> dict[Any, Any]:
    """A copy on the processor that later steps do not change.

    Args:
        state: names to tensors, or tables of these.

    Example:
        >>> snapshot({0: {"step": torch.tensor(1.0)}})
        {0: {'step': tensor(1.)}}
    """
    return {
        key: value.detach().cpu().clone() if isinstance(value, Tensor) else snapshot(value)
        for key, value in state.items()
    }


def put_back(state: LoopState, module: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Module and optimiser as they were when the state was taken.

    Args:
        state: where an earlier run stopped.
        module: of the same shape.
        optimizer: over the same parameters.

    Example:
        >>> one, other = nn.Linear(1, 1), nn.Linear(1, 1)
        >>> put_back(LoopState.fresh(one), other, torch.optim.AdamW(other.parameters()))
        >>> torch.equal(one.weight, other.weight)
        True
    """
    module.load_state_dict(dict(state.last), strict=False)
    table = optimizer.state_dict()
    table["state"] = {key: dict(value) for key, value in snapshot(state.optimizer).items()}
    optimizer.load_state_dict(table)


def _owner(name: str) -> str:
    return name.rpartition(".")[0]
