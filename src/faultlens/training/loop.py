"""The loop: examples in, a module trained by an objective; the best weights kept, an end told.

It knows nothing of sensors or sentences: what a batch costs is the objective's business, so that
every model of the house is trained here. Each epoch draws its own random numbers from seed and
epoch, which makes a run that was resumed after any epoch the same run.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.core.progress import progress
from faultlens.training.processes import Processes
from faultlens.training.settings import TrainingSettings
from faultlens.training.state import Epoch, LoopState, best_of, put_back, snapshot, trained_state
from faultlens.training.threads import few_threads

Objective = Callable[[Tensor, Tensor], Tensor]
"""(batch, ...) arrays and (batch,) classes -> loss."""

Validate = Callable[[], tuple[float, float, float]]
"""Loss, score and its standard error of the validation examples, with the module as it is."""

Hook = Callable[[LoopState], None]
"""Called after every epoch; what it is given stays as it is."""

SEEDS_APART = 100_003
"""Between the seeds of two runs lie more epochs than a run has."""


@dataclass(frozen=True, eq=False)
class Examples:
    """What is learned from.

    Args:
        arrays: (example, time) or whatever the encoder takes; half precision is widened per batch.
        target: (example,) class of each.
        weight: (example,) how often each is drawn, shares that sum to 1; None takes each once an
            epoch.
    """

    arrays: NDArray[np.floating]
    target: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None

    def order(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The examples of one epoch, in the order in which they are learned from.

        Args:
            rng: of the epoch.

        Returns:
            (example,) indices.
        """
        count = len(self.target)
        if self.weight is None or np.ptp(self.weight) < 1e-12:
            return rng.permutation(count)
        return rng.choice(count, size=count, p=self.weight)


def train(
    module: nn.Module,
    examples: Examples,
    objective: Objective,
    settings: TrainingSettings,
    *,
    augment: Callable[[Tensor], Tensor] | None = None,
    validate: Validate | None = None,
    hooks: Sequence[Hook] = (),
    resume: LoopState | None = None,
    label: str = "Training",
    quiet: bool = False,
) -> LoopState:
    """Train a module in place; it ends in evaluation mode with its best weights.

    Which weights are the best is told by `state.best_of`.

    Args:
        module: its parameters that ask for a gradient are trained; the rest is left alone, its
            statistics too where no parameter beside them is trained.
        examples: what is learned from.
        objective: loss of a batch, by the module.
        settings: how.
        augment: (batch, ...) arrays -> arrays as another machine might have given; None for none.
        validate: loss and score on held-out examples; None where nothing is held out.
        hooks: called after every epoch: they save, log, draw.
        resume: where an earlier run stopped; None begins.
        label: what the progress bar says.
        quiet: no progress bar.

    Returns:
        where it ended, with the history of all epochs.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> line = nn.Linear(2, 2)
        >>> target = np.arange(64) % 2
        >>> examples = Examples(np.eye(2, dtype=np.float32)[target], target)
        >>> end = train(line, examples, lambda x, y: nn.functional.cross_entropy(line(x), y),
        ...             TrainingSettings(epochs=4, batch_size=32, learning_rate=0.1), quiet=True)
        >>> [x.number for x in end.history], end.history[-1].loss < end.history[0].loss
        ([1, 2, 3, 4], True)
    """
    device = next(module.parameters()).device
    processes = Processes(device)
    trained = [x for x in module.parameters() if x.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [x for x in trained if x.ndim > 1], "weight_decay": settings.weight_decay},
            # Biases, norms and the scale are few, and no reason to be small.
            {"params": [x for x in trained if x.ndim <= 1], "weight_decay": 0.0},
        ],
        settings.learning_rate,
    )
    scaler = torch.amp.GradScaler(device.type, enabled=settings.precision == "fp16")
    batches = settings.batches_of(len(examples.target))
    state = resume or LoopState.fresh(module)
    if resume is not None:
        put_back(resume, module, optimizer)
        if resume.scaler:
            scaler.load_state_dict(dict(resume.scaler))
    with few_threads(module):
        for number in progress(
            range(len(state.history) + 1, settings.epochs + 1), label=label, quiet=quiet
        ):
            if settings.is_over(state.history):
                break
            started = time.perf_counter()
            rng = np.random.default_rng([settings.seed, number])
            torch.manual_seed(SEEDS_APART * settings.seed + number + processes.rank * 7919)
            order = examples.order(rng)
            total = 0.0
            _learning(module)
            for step, batch in enumerate(np.array_split(order, batches)):
                settings.set_rate(optimizer, ((number - 1) * batches + step) / batches)
                mine = processes.share(batch)
                x = torch.from_numpy(examples.arrays[mine]).to(device).float()
                truth = torch.from_numpy(examples.target[mine]).to(device)
                with _precision(device, settings.precision):
                    cost = objective(x if augment is None else augment(x), truth)
                torch.autograd.backward(scaler.scale(cost / settings.accumulate))
                total += cost.item() * len(batch)
                if (step + 1) % settings.accumulate == 0 or step + 1 == batches:
                    scaler.unscale_(optimizer)
                    processes.average(x.grad for x in trained)
                    nn.utils.clip_grad_norm_(trained, settings.clip)
                    scaler.step(optimizer)
                    scaler.update()
                    optimizer.zero_grad(set_to_none=True)
            # Statistics too, lest processes judge the epoch differently and stop apart.
            processes.average(x for x in module.buffers() if x.is_floating_point())
            module.eval()
            loss, score, error = (None, None, None) if validate is None else validate()
            rate, seconds = settings.rate_at(number), time.perf_counter() - started
            told = Epoch(number, total / len(order), loss, score, error, rate, seconds)
            state = replace(_after(state, told, module, optimizer), scaler=scaler.state_dict())
            if processes.rank == 0:
                _call(hooks, state)
    module.load_state_dict(state.best, strict=False)
    module.eval()
    return state


def _after(
    state: LoopState, told: Epoch, module: nn.Module, optimizer: torch.optim.Optimizer
) -> LoopState:
    last = snapshot(trained_state(module))
    history = (*state.history, told)
    better = best_of(history) is told
    return replace(
        state,
        last=last,
        best=last if better else state.best,
        best_epoch=told if better else state.best_epoch,
        optimizer=snapshot(optimizer.state_dict()["state"]),
        history=history,
    )


def _learning(module: nn.Module) -> None:
    """Training mode where something is trained; elsewhere statistics stand still."""
    module.eval()
    for part in module.modules():
        if any(x.requires_grad for x in part.parameters()):
            part.training = True
    # Dropout and the like have no parameters: they follow what they stand beside.
    for part in module.modules():
        if part.training:
            for child in part.children():
                if not any(True for _ in child.parameters()):
                    child.train()


def _precision(device: torch.device, precision: str) -> AbstractContextManager[object]:
    if precision == "fp32":
        return nullcontext()
    kind = torch.bfloat16 if precision == "bf16" else torch.float16
    return torch.autocast(device.type, dtype=kind)


def _call(hooks: Iterable[Hook], state: LoopState) -> None:
    for hook in hooks:
        hook(state)
