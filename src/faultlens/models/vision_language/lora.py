"""LoRA on the towers of CLIP and its like: on queries and values of the last blocks.

Their query, key and value are one product, which is fastest to run. It is taken apart while LoRA
learns, and put together again once that is merged.
"""

from typing import Any, final

import torch
from torch import Tensor, nn

from faultlens.models.lora import LoraSettings, add_lora, merge_lora
from faultlens.models.vision_language.blocks import Attention

LAST_BLOCKS = 4
"""Of a tower: what comes late says what is meant, and few pictures cannot teach more."""


@final
class SplitProduct(nn.Module):
    """Query, key and value as three products.

    Args:
        one: their weights, one below the other.
    """

    def __init__(self, one: nn.Linear) -> None:
        super().__init__()
        width = one.in_features
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        with torch.no_grad():
            for at, part in enumerate((self.query, self.key, self.value)):
                part.weight.copy_(one.weight[at * width : (at + 1) * width])
                part.bias.copy_(one.bias[at * width : (at + 1) * width])

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, token, 3 width) query, key and value side by side.

        Args:
            tokens: (batch, token, width).
        """
        return torch.cat([self.query(tokens), self.key(tokens), self.value(tokens)], dim=-1)

    def joined(self) -> nn.Linear:
        """The three as one product again."""
        parts = (self.query, self.key, self.value)
        one = nn.Linear(self.query.in_features, 3 * self.query.in_features)
        with torch.no_grad():
            one.weight.copy_(torch.cat([x.weight for x in parts]))
            one.bias.copy_(torch.cat([x.bias for x in parts]))
        return one.requires_grad_(False)


def add_tower_lora(
    tower: nn.Module, settings: LoraSettings, *, blocks: int = LAST_BLOCKS, seed: int = 0
) -> None:
    """Put LoRA beside queries and values of the last blocks of a tower, in place.

    Args:
        tower: of pictures or of words; a sequence of blocks of this house is its `blocks`.
        settings: of LoRA.
        blocks: how many of the last; all where it has fewer.
        seed: of the first values.

    Raises:
        MissingPackageError: peft is not installed.

    Source: Hu et al., LoRA, ICLR 2022, section 7.1 (queries and values).

    Example:
        >>> tower = nn.Module()
        >>> block = nn.Module()
        >>> maps = tuple(nn.Linear(8, 8) for _ in range(3))
        >>> block.attention = Attention(maps, nn.Linear(8, 8), heads=2)
        >>> tower.blocks = nn.ModuleList([block])
        >>> add_tower_lora(tower, LoraSettings(rank=1))
        >>> sum(x.requires_grad for x in tower.parameters())
        4
    """
    every: Any = tower.blocks
    first = max(0, len(every) - blocks)
    targets = []
    for number in range(first, len(every)):
        attention: Attention = every[number].attention
        attention.qkv = SplitProduct(attention.qkv)  # type: ignore[assignment]  # for a while
        targets += [f"blocks.{number}.attention.qkv.{x}" for x in ("query", "value")]
    add_lora(tower, targets, settings, seed=seed)


def merge_tower_lora(tower: nn.Module, *, blocks: int = LAST_BLOCKS) -> None:
    """Add what LoRA learned to the tower's own weights, in place: it is what it was before, tuned.

    Args:
        tower: `add_tower_lora` was there.
        blocks: as it was told.

    Example:
        >>> tower = nn.Module()
        >>> block = nn.Module()
        >>> maps = tuple(nn.Linear(8, 8) for _ in range(3))
        >>> block.attention = Attention(maps, nn.Linear(8, 8), heads=2)
        >>> tower.blocks = nn.ModuleList([block])
        >>> add_tower_lora(tower, LoraSettings(rank=1))
        >>> merge_tower_lora(tower)
        >>> block.attention.qkv
        Linear(in_features=8, out_features=24, bias=True)
    """
    merge_lora(tower)
    every: Any = tower.blocks
    for block in every[max(0, len(every) - blocks) :]:
        split: SplitProduct = block.attention.qkv
        block.attention.qkv = split.joined()
