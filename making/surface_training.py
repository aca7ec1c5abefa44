"""The training of the surface encoder: its schedule, averaged weights, a state to go on from."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from faultlens.core.files import written_whole
from faultlens.core.progress import progress
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.training.surface.crops import crops_of
from faultlens.training.surface.objective import Loss, SurfaceObjective
from faultlens.training.surface.pool import Drawing, Pool, drawing_process
from faultlens.training.surface.words import SurfaceWords
from making.surface_recipe import SurfaceRecipe

KEPT_EVERY = 250
"""Steps between two states on disk: about two minutes."""

USUAL_PX = 128

FULL_PX = 192
"""Pictures up to this width come in whole chunks."""

PICTURES = "pictures"
"""Folder of the chunks, in the cache."""

WARM_UP = 100
"""Steps in which the learning rate rises."""


@dataclass(frozen=True)
class Told:
    """What the last steps came to.

    Args:
        step: number, from 1.
        image: mean loss of whole pictures.
        dense: mean loss of patches.
        pictures: presentations so far.
        seconds: since the run began.
    """

    step: int
    image: float
    dense: float
    pictures: int
    seconds: float


def train_surface(
    recipe: SurfaceRecipe,
    words: SurfaceWords,
    *,
    cache: Path,
    quiet: bool = False,
    tell: Callable[[Told, SurfaceObjective], None] | None = None,
) -> SurfaceObjective:
    """Train the encoder; an interrupted run goes on where its last state lies.

    Args:
        recipe: every number.
        words: what pictures are brought together with.
        cache: keeps pictures and state.
        quiet: no progress bar.
        tell: called with what the last steps came to and the averaged weights.

    Raises:
        OSError: a file cannot be written.

    Source: Polyak and Juditsky, 1992 (averaged weights); Loshchilov and Hutter, ICLR 2017 (cosine).

    Example:
        >>> from dataclasses import fields
        >>> recipe = SurfaceRecipe(**{x.name: 0 for x in fields(SurfaceRecipe)})
        >>> words = SurfaceWords((), (), np.zeros((0, 256), np.float32))
        >>> train_surface(recipe, words, cache=Path("cache"))
        Traceback (most recent call last):
            ...
        ZeroDivisionError: integer division or modulo by zero
    """
    torch.manual_seed(recipe.seed)
    training, averaged = (_objective(recipe, words) for _ in range(2))
    averaged.load_state_dict(training.state_dict())
    groups: list[dict[str, Any]] = [
        {"params": [x for x in training.parameters() if x.ndim > 1]},
        {"params": [x for x in training.parameters() if x.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    state = cache / "state.safetensors"
    first = _put_back(state, training, averaged, optimizer) if state.exists() else 0
    pictures, began, recent = 0, time.monotonic(), []
    with drawing_process() as worker:
        pool = Pool(
            drawings_of(recipe, words.concepts),
            cache / PICTURES,
            kept=recipe.chunks_kept,
            steps_per_chunk=recipe.steps_per_chunk,
            worker=worker,
        )
        steps = range(first, recipe.steps)
        for step in progress(steps, label="Training surface", total=len(steps), quiet=quiet):
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * _share(step, recipe.steps)
            loss, count = _step(recipe, pool, step, training, optimizer)
            pictures += count
            recent.append((loss.image, loss.dense))
            _average(averaged, training, min(recipe.averaging, (1 + step) / (20 + step)))
            if (step + 1) % KEPT_EVERY == 0 or step + 1 == recipe.steps:
                _keep(state, step + 1, training, averaged, optimizer)
                if tell is not None:
                    image, dense = np.mean(recent, axis=0)
                    spent = time.monotonic() - began
                    tell(Told(step + 1, float(image), float(dense), pictures, spent), averaged)
                    recent.clear()
    return averaged.eval()


def drawings_of(recipe: SurfaceRecipe, concepts: tuple[str, ...]) -> dict[int, Drawing]:
    """The chunks of a training, in their order.

    Args:
        recipe: seeds, sizes and shares.
        concepts: keys, that of a sound surface first.

    Example:
        >>> from making.surface_recipe import read_surface_recipe
        >>> recipe = read_surface_recipe("recipes/surface.toml")
        >>> drawings_of(recipe, ("no_defect", "crack"))[1].first_seed - recipe.first_seed
        1000
    """
    chunks = -(-recipe.steps // recipe.steps_per_chunk)
    sizes = [recipe.sizes_px[number % len(recipe.sizes_px)] for number in range(chunks)]
    return {
        number: Drawing(
            recipe.first_seed + number * recipe.chunk,
            # Large pictures take long and hold many crops: fewer of them.
            round(recipe.chunk * min(1.0, (FULL_PX / size) ** 2)),
            size,
            concepts,
            drawn_shares(recipe, concepts),
        )
        for number, size in enumerate(sizes)
    }


def drawn_shares(recipe: SurfaceRecipe, concepts: tuple[str, ...]) -> tuple[float, ...]:
    """How often each concept is drawn.

    Args:
        recipe: which come often, and how often none does.
        concepts: keys, that of a sound surface first.

    Example:
        >>> from making.surface_recipe import read_surface_recipe
        >>> recipe = read_surface_recipe("recipes/surface.toml")
        >>> [round(x, 3) for x in drawn_shares(recipe, ("no_defect", "crack", "erosion"))]
        [0.2, 0.533, 0.267]
    """
    weights = [recipe.often_weight if x in recipe.often else 1.0 for x in concepts[1:]]
    of_defects = (1 - recipe.sound_share) / sum(weights)
    return (recipe.sound_share, *(x * of_defects for x in weights))


def _objective(recipe: SurfaceRecipe, words: SurfaceWords) -> SurfaceObjective:
    made = SurfaceObjective(
        SurfaceEncoder(), words, smoothing=recipe.smoothing, dense_weight=recipe.dense_weight
    )
    for weight in made.parameters():
        if weight.ndim == 4:  # a third faster on processors
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return made


def _step(
    recipe: SurfaceRecipe,
    pool: Pool,
    step: int,
    training: SurfaceObjective,
    optimizer: torch.optim.Optimizer,
) -> tuple[Loss, int]:
    draw = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    chunks = pool.at(step)
    chunk = chunks[int(torch.randint(len(chunks), (1,), generator=draw))]
    late = step >= recipe.steps - recipe.late_steps
    sizes = recipe.late_crops_px if late else recipe.crops_px
    size = sizes[int(torch.randint(len(sizes), (1,), generator=draw))]
    count = round(recipe.batch_px * (USUAL_PX / size) ** 2)
    chosen = torch.randint(len(chunk.concept), (count,), generator=draw).numpy()
    crops = crops_of(chunk, chosen, size_px=size, draw=draw)
    torch.manual_seed(recipe.seed * 1_000_003 + step)
    training.train()
    loss: Loss = training(crops, draw)
    optimizer.zero_grad(set_to_none=True)
    loss.total.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(training.parameters(), 2.0)
    optimizer.step()
    return loss, count


def _share(step: int, steps: int) -> float:
    """Of the highest learning rate: up in a straight line, down by a cosine."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / max(1, steps - WARM_UP)))


@torch.no_grad()
def _average(averaged: SurfaceObjective, training: SurfaceObjective, stays: float) -> None:
    for mean, now in zip(
        averaged.state_dict().values(), training.state_dict().values(), strict=True
    ):
        if mean.is_floating_point():
            mean.lerp_(now, 1 - stays)
        else:
            mean.copy_(now)


def _keep(
    path: Path,
    step: int,
    training: SurfaceObjective,
    averaged: SurfaceObjective,
    optimizer: torch.optim.Optimizer,
) -> None:
    tensors: dict[str, Tensor] = {"step": torch.tensor(step)}
    for kind, module in (("training", training), ("averaged", averaged)):
        tensors |= {f"{kind}/{name}": x for name, x in module.state_dict().items()}
    for number, row in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer/{number}/{what}": x for what, x in row.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        save_file({name: x.contiguous() for name, x in tensors.items()}, part)


def _put_back(
    path: Path,
    training: SurfaceObjective,
    averaged: SurfaceObjective,
    optimizer: torch.optim.Optimizer,
) -> int:
    tensors = load_file(path)
    rows: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition("/")
        if kind == "optimizer":
            number, _, what = rest.partition("/")
            rows.setdefault(int(number), {})[what] = tensor
    for kind, module in (("training", training), ("averaged", averaged)):
        start = f"{kind}/"
        module.load_state_dict(
            {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
        )
    table = optimizer.state_dict()
    table["state"] = rows
    optimizer.load_state_dict(table)
    return int(tensors["step"])
