"""The parts of which vision-language models are built, read from those of transformers.

Written out here because the values of attention are needed, and because ONNX Runtime is fastest
where query, key and value are one product.
"""

from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional


@final
class Attention(nn.Module):
    """Self-attention whose query, key and value are one product.

    Args:
        parts: query, key and value.
        out: what follows.
        heads: among which the width is split.
    """

    def __init__(
        self, parts: tuple[nn.Linear, nn.Linear, nn.Linear], out: nn.Linear, heads: int
    ) -> None:
        super().__init__()
        self.heads, self.out = heads, out
        width = parts[0].in_features
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        # The scale of the products is a factor of the queries, known once and for all.
        scales = (self.scale, 1.0, 1.0)
        with torch.no_grad():
            for name in ("weight", "bias"):
                rows = [getattr(x, name) * s for x, s in zip(parts, scales, strict=True)]
                getattr(self.qkv, name).copy_(torch.cat(rows))

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """What attention adds to every token, and its values.

        Args:
            tokens: (batch, token, width).
            mask: added to the products, such as (batch, 1, 1, token); None for nothing hidden.

        Returns:
            (batch, token, width) and (batch, head, token, width of a head).
        """
        query, key, value = (
            x.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for x in self.qkv(tokens).chunk(3, dim=-1)
        )
        return self._mixed(query, key, value, mask), value

    def value_to_value(self, value: Tensor) -> Tensor:
        """What attention adds where tokens look at those of like value, not at what they ask for.

        Args:
            value: (batch, head, token, width of a head).

        Returns:
            (batch, token, width).
        """
        return self._mixed(value * self.scale, value, value, None)

    def _mixed(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        products = torch.matmul(query, key.transpose(-1, -2))
        if mask is not None:
            products = products + mask
        seen = torch.matmul(products.softmax(dim=-1), value).transpose(1, 2)
        mixed: Tensor = self.out(seen.flatten(2))
        return mixed


@final
class Block(nn.Module):
    """One block of CLIP or SigLIP, of pictures or of words: norms come first.

    Args:
        layer: of transformers.
        heads: of its attention.
    """

    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        attention = layer.self_attn
        parts = (attention.q_proj, attention.k_proj, attention.v_proj)
        self.attention = Attention(parts, attention.out_proj, heads)
        self.norm1, self.norm2, self.mlp = layer.layer_norm1, layer.layer_norm2, layer.mlp

    def forward(self, hidden: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The hidden states after this block, and the values of its attention.

        Args:
            hidden: (batch, token, width).
            mask: see `Attention.forward`.

        Returns:
            (batch, token, width) and (batch, head, token, width of a head).
        """
        added, value = self.attention(self.norm1(hidden), mask)
        hidden = hidden + added
        return hidden + self.mlp(self.norm2(hidden)), value


@final
class BertBlock(nn.Module):
    """One block of the words of Chinese-CLIP: norms come last, as in BERT.

    Args:
        layer: of transformers.
        heads: of its attention.
    """

    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        asked, said = layer.attention.self, layer.attention.output
        self.attention = Attention((asked.query, asked.key, asked.value), said.dense, heads)
        self.norm1, self.norm2 = said.LayerNorm, layer.output.LayerNorm
        self.wide, self.narrow = layer.intermediate.dense, layer.output.dense
        self.act = layer.intermediate.intermediate_act_fn

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """The hidden states after this block.

        Args:
            hidden: (batch, token, width).
            mask: see `Attention.forward`.

        Returns:
            (batch, token, width).
        """
        added, _ = self.attention(hidden, mask)
        hidden = self.norm1(hidden + added)
        rows: Tensor = self.norm2(hidden + self.narrow(self.act(self.wide(hidden))))
        return rows


@final
class PoolingHead(nn.Module):
    """SigLIP's head: a learned query that attends to all tokens of a picture, and a feed-forward.

    Args:
        head: of transformers.
        heads: of its attention.
    """

    def __init__(self, head: Any, heads: int) -> None:
        super().__init__()
        self.heads = heads
        attention = head.attention
        width = head.probe.shape[-1]
        self.out, self.norm, self.mlp = attention.out_proj, head.layernorm, head.mlp
        self.key, self.value = nn.Linear(width, width), nn.Linear(width, width)
        weight, bias = attention.in_proj_weight, attention.in_proj_bias
        with torch.no_grad():
            query = functional.linear(head.probe[0, 0], weight[:width], bias[:width])
            for at, part in enumerate((self.key, self.value), start=1):
                part.weight.copy_(weight[at * width : (at + 1) * width])
                part.bias.copy_(bias[at * width : (at + 1) * width])
            scaled = query.reshape(heads, 1, -1) * (width // heads) ** -0.5
        # The same for every picture: (head, 1, width of a head).
        self.query = nn.Parameter(scaled, requires_grad=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """What is pooled of all tokens.

        Args:
            tokens: (batch, token, width).

        Returns:
            (batch, width).
        """
        key, value = (
            x.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for x in (self.key(tokens), self.value(tokens))
        )
        weights = torch.matmul(self.query, key.transpose(-1, -2)).softmax(dim=-1)
        return self._fed(self.out(torch.matmul(weights, value).transpose(1, 2).flatten(1)))

    def alone(self, tokens: Tensor) -> Tensor:
        """What would be pooled of each token alone: among one, attention has no choice.

        Args:
            tokens: (batch, token, width).

        Returns:
            (batch, token, width).
        """
        return self._fed(self.out(self.value(tokens)))

    def _fed(self, pooled: Tensor) -> Tensor:
        fed: Tensor = pooled + self.mlp(self.norm(pooled))
        return fed
