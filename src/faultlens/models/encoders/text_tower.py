"""The text tower: token ids to unit rows; a token table and a few transformer layers on it."""

import copy
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.encoders.encoder import DIM

LONGEST_TOKENS = 64
"""Positions that the tower knows; the tokenizer cuts longer sentences."""

_FARTHEST = 8  # tokens; beyond it, distance counts no more
_INT8_LARGEST = 127


class AbstractTable(nn.Module, ABC):
    """Token vectors, looked up by id."""

    @abstractmethod
    def vectors(self) -> Tensor:
        """All of them, (token, width)."""

    @abstractmethod
    def forward(self, ids: Tensor) -> Tensor:
        """Vectors (batch, token, width) of ids (batch, token)."""


class TokenTable(AbstractTable):
    """Token vectors while training: the teacher's words stay as they are, the rest is learned.

    Args:
        fixed: vectors (token, width) of the first tokens, which keep the teacher's geometry, so
            that a word that training never showed means what its neighbours mean.
        learned: how many tokens follow them.
        spread: standard deviation of the learned vectors at the start.

    Example:
        >>> TokenTable(torch.zeros(5, 8), learned=3, spread=0.1)(torch.tensor([[0, 7]])).shape
        torch.Size([1, 2, 8])
    """

    fixed: Tensor

    def __init__(self, fixed: Tensor, *, learned: int, spread: float) -> None:
        super().__init__()
        # Trained on what will be shipped: the rounding is in the vectors from the start.
        self.register_buffer("fixed", _rounded(fixed))
        self.learned = nn.Parameter(torch.randn(learned, fixed.shape[1]) * spread)

    def vectors(self) -> Tensor:
        """All of them, (token, width)."""
        return torch.cat([self.fixed, self.learned])

    def forward(self, ids: Tensor) -> Tensor:
        """Vectors (batch, token, width) of ids (batch, token)."""
        # Two small look-ups rather than one in a joined table, whose gradient would be as large.
        count = self.fixed.shape[0]
        fixed = functional.embedding(ids.clamp(max=count - 1), self.fixed)
        learned = functional.embedding((ids - count).clamp(min=0), self.learned)
        return torch.where((ids < count).unsqueeze(-1), fixed, learned)


class Int8Table(AbstractTable):
    """Token vectors as shipped: a byte per number and a scale per token.

    Args:
        vectors: (token, width).

    Example:
        >>> Int8Table(torch.eye(4))(torch.tensor([[2]]))
        tensor([[[0., 0., 1., 0.]]])
    """

    numbers: Tensor
    scale: Tensor

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        scale = _row_scale(vectors)
        self.register_buffer("numbers", (vectors / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def vectors(self) -> Tensor:
        """All of them, (token, width)."""
        return self.numbers.float() * self.scale

    def forward(self, ids: Tensor) -> Tensor:
        """Vectors (batch, token, width) of ids (batch, token)."""
        # Only the rows asked for are widened.
        return self.numbers[ids].float() * self.scale[ids]


class HalfLinear(nn.Module):
    """A linear layer whose weights are stored in half precision and used in single.

    Args:
        linear: the trained layer.

    Example:
        >>> HalfLinear(nn.Linear(4, 2))(torch.zeros(1, 4)).shape
        torch.Size([1, 2])
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("weight", linear.weight.detach().half())
        self.register_buffer("bias", linear.bias.detach().float())

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output (..., out) of x (..., in)."""
        return functional.linear(x, self.weight.float(), self.bias)


class Layer(nn.Module):
    """One transformer layer, normalised before each of its two halves.

    Each head begins by looking at one neighbour, the last ones everywhere: that "fine" belongs to
    the part beside it is then learned in minutes.

    Args:
        width: of a token's vector.
        heads: of attention; divides the width.
        inner: width between the two linear maps.
        dropout: share of numbers dropped while training.

    Source: Vaswani et al., Attention is all you need, NeurIPS 2017, equation 1; Xiong et al., On
    layer normalization in the transformer architecture, ICML 2020 (normalised before each half).

    Example:
        >>> layer = Layer(8, heads=2, inner=16, dropout=0.0)
        >>> apart = torch.full((3, 3), _FARTHEST)
        >>> layer(torch.zeros(1, 3, 8), torch.zeros(1, 1, 1, 3), apart).shape
        torch.Size([1, 3, 8])
    """

    def __init__(self, width: int, *, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.distance = nn.Parameter(_near(heads))
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.inner_norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, hidden: Tensor, apart: Tensor) -> Tensor:
        """Tokens (batch, token, width) after the layer.

        Args:
            x: tokens (batch, token, width) before it.
            hidden: (batch, 1, 1, token) added to the attention's scores; very negative for padding.
            apart: (token, token) how far one token lies from another, as a row of `distance`.
        """
        bias = hidden + self.distance[:, apart]
        x = x + self.dropout(self._attend(self.attention_norm(x), bias))
        inner = functional.gelu(self.widen(self.inner_norm(x)))
        narrowed: Tensor = self.dropout(self.narrow(self.dropout(inner)))
        return x + narrowed

    def _attend(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = self.query_key_value(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(-1, -2) / (width // self.heads) ** 0.5 + bias
        heads = scores.softmax(-1) @ value
        joined: Tensor = self.joined(heads.transpose(1, 2).reshape(batch, length, width))
        return joined


class TextTower(nn.Module):
    """Sentences as token ids to unit rows of the shared space.

    Args:
        table: token vectors.
        width: of a token's vector.
        layers: transformer layers; order and negation are read there.
        heads: of attention.
        inner: width inside a layer.
        dropout: share of numbers dropped while training.

    Example:
        >>> table = TokenTable(torch.randn(10, 16), learned=2, spread=0.1)
        >>> tower = TextTower(table, width=16, layers=1, heads=2, inner=32, dropout=0.0)
        >>> ids = torch.tensor([[2, 7, 0]])
        >>> tower(ids, (ids != 0).long()).shape
        torch.Size([1, 256])
    """

    table: AbstractTable
    apart: Tensor

    def __init__(
        self,
        table: AbstractTable,
        *,
        width: int,
        layers: int,
        heads: int,
        inner: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.table = table
        self.register_buffer("apart", _apart(), persistent=False)
        self.adapt = nn.Linear(width, width)
        self.layers = nn.ModuleList(
            Layer(width, heads=heads, inner=inner, dropout=dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.weigh = nn.Linear(width, 1)
        self.project = nn.Linear(width, DIM)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Unit rows (batch, 256) of ids (batch, token) and mask (batch, token), 1 for tokens."""
        return self.place(self.pool(ids, mask))

    def pool(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What a sentence holds, (batch, width), before it is placed in the shared space."""
        x = self.adapt(self.table(ids))
        apart = self.apart[: ids.shape[1], : ids.shape[1]]
        hidden = (1.0 - mask.to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, hidden[:, None, None, :], apart)
        x = self.norm(x)
        weights = (self.weigh(x).squeeze(-1) + hidden).softmax(-1)
        pooled: Tensor = (weights.unsqueeze(-1) * x).sum(1)
        return pooled

    def place(self, pooled: Tensor) -> Tensor:
        """Unit rows (batch, 256) of pooled sentences (batch, width)."""
        return functional.normalize(self.project(pooled), dim=-1)


def shipped(tower: TextTower) -> TextTower:
    """A copy of a trained tower as it is exported: int8 token table, half-precision weights.

    Args:
        tower: trained.

    Example:
        >>> table = TokenTable(torch.randn(10, 16), learned=2, spread=0.1)
        >>> tower = TextTower(table, width=16, layers=1, heads=2, inner=32, dropout=0.0)
        >>> shipped(tower).table.numbers.dtype
        torch.int8
    """
    small = copy.deepcopy(tower).eval()
    with torch.no_grad():
        small.table = Int8Table(tower.table.vectors())
    for parent in list(small.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear:
                setattr(parent, name, HalfLinear(child))
    return small.requires_grad_(False)


def _rounded(vectors: Tensor) -> Tensor:
    scale = _row_scale(vectors)
    return (vectors / scale).round() * scale


def _row_scale(vectors: Tensor) -> Tensor:
    largest = vectors.detach().abs().amax(1, keepdim=True)
    return largest.clamp_min(1e-8) / _INT8_LARGEST


def _apart() -> Tensor:
    places = torch.arange(LONGEST_TOKENS)
    return (places[None, :] - places[:, None]).clamp(-_FARTHEST, _FARTHEST) + _FARTHEST


def _near(heads: int) -> Tensor:
    bias = torch.zeros(heads, 2 * _FARTHEST + 1)
    for head, neighbour in zip(range(heads - 2), (-1, 1, -2, 2, -3, 3), strict=False):
        bias[head, _FARTHEST + neighbour] = 3.0
    return bias
