"""Where a training stands: weights, optimiser and history, enough to go on exactly from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
        validation_score: of the same, 0 to 1; None where none are.
        validation_error: standard error of that score; None where there is none.
        learning_rate: at its end.
        seconds: that it took.
    """

    number: int
    loss: float
    validation_loss: float | None
    validation_score: float | None
    validation_error: float | None
    learning_rate: float
    seconds: float


def best_of(history: Sequence[Epoch]) -> Epoch:
    """The epoch whose weights are kept: the last one that is as good as the best.

    As good is within one standard error. The later of two that cannot be told apart was trained at
    the lower rate, and travels better; without validation it is the last.

    Args:
        history: of one epoch or more.

    Source: Breiman et al., Classification and Regression Trees (1984), section 3.4.3: the
    one-standard-error rule.

    Example:
        >>> scores = {1: 0.90, 2: 0.97, 3: 0.96, 4: 0.80}
        >>> best_of([Epoch(i, 1.0, 1.0, x, 0.02, 1e-3, 1.0) for i, x in scores.items()]).number
        3
    """
    scored = [x for x in history if x.validation_score is not None]
    if not scored:
        return history[-1]
    top = max(scored, key=lambda x: x.validation_score or 0.0)
    least = (top.validation_score or 0.0) - (top.validation_error or 0.0)
    return next(x for x in reversed(scored) if (x.validation_score or 0.0) >= least)


@dataclass(frozen=True, eq=False)
class LoopState:
    """Where a training stands after an epoch.

    Args:
        last: weights after the last epoch, those of frozen parts left out.
        best: weights after the best epoch.
        best_epoch: which that was; None before the first.
        optimizer: AdamW's numbers per parameter.
        history: of all epochs so far.
        scaler: numbers of the loss scaler of half precision; empty where there is none.
    """

    last: State
    best: State
    best_epoch: Epoch | None
    optimizer: Mapping[int, Mapping[str, Tensor]]
    history: tuple[Epoch, ...]
    scaler: Mapping[str, float] = field(default_factory=dict)

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
