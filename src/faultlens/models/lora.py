"""LoRA by peft on any module: thin matrices beside some of its maps are trained, then merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

OURS = ".lora_"
"""In the name of every weight that LoRA adds."""


@dataclass(frozen=True)
class LoraSettings:
    """What LoRA adds to a model.

    Args:
        rank: width of the thin matrices.
        alpha: their product is scaled by alpha / rank.
        dropout: share of their inputs dropped while training.

    Raises:
        UsageError: a number out of range.

    Source: Hu et al., LoRA, ICLR 2022, section 4.1 (queries and values: section 7.1).

    Example:
        >>> LoraSettings(rank=4).alpha
        16
    """

    rank: int = 8
    alpha: int = 16
    dropout: float = 0.05

    def __post_init__(self) -> None:
        if self.rank < 1 or self.alpha <= 0 or not 0 <= self.dropout < 1:
            raise UsageError(
                f"LoRA with rank {self.rank}, alpha {self.alpha}, dropout {self.dropout}: rank and "
                "alpha are at least 1, dropout is from 0 to below 1."
            )


def add_lora(
    module: nn.Module,
    targets: Sequence[str],
    settings: LoraSettings,
    *,
    seed: int = 0,
    fan_in_fan_out: bool = False,
) -> None:
    """Put LoRA beside some maps of a module, in place; nothing else of it is trained from then on.

    Until a step is taken it computes what it did.

    Args:
        module: has linear maps or convolutions.
        targets: names of those, whole or as they end.
        settings: of LoRA.
        seed: of the first values.
        fan_in_fan_out: whether its maps are stored the other way round, as GPT-2's are.

    Raises:
        UsageError: no map of these names.
        MissingPackageError: peft is not installed.

    Example:
        >>> pair = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
        >>> add_lora(pair, ["2"], LoraSettings(rank=1))
        >>> sorted(tuple(x.shape) for x in pair.parameters() if x.requires_grad)
        [(1, 4), (2, 1)]
    """
    peft = optional_import("peft", extra="train")
    plan = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=list(targets),
        fan_in_fan_out=fan_in_fan_out,
    )
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            peft.inject_adapter_in_model(plan, module)
    except ValueError as error:
        raise UsageError(f"LoRA found none of the maps {', '.join(targets)}: {error}") from error
    for name, x in module.named_parameters():
        x.requires_grad_(OURS in name)
        if OURS in name:
            # Half precision loses the small steps of training.
            x.data = x.data.float()


def merge_lora(module: nn.Module) -> None:
    """Add what LoRA learned to the maps themselves, in place; peft is gone from the module.

    Args:
        module: `add_lora` was there.

    Example:
        >>> pair = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
        >>> add_lora(pair, ["2"], LoraSettings(rank=1))
        >>> merge_lora(pair)
        >>> [type(x).__name__ for x in pair], any(x.requires_grad for x in pair.parameters())
        (['Linear', 'ReLU', 'Linear'], False)
    """
    layers: Any = optional_import("peft", extra="train").tuners.lora.LoraLayer
    for name, part in list(module.named_modules()):
        if isinstance(part, layers):
            part.merge()
            parent, _, last = name.rpartition(".")
            setattr(module.get_submodule(parent), last, part.get_base_layer())
    module.requires_grad_(False)
