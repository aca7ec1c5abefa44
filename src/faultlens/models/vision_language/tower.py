"""The picture side of a vision-language model: a row for the whole, one for every place."""

from typing import Any, NamedTuple, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.vision_language.blocks import Block, PoolingHead


class Encoded(NamedTuple):
    """What a tower says of pictures.

    Args:
        image: (picture, dim) unit rows.
        patches: (picture, dim, row, column) unit along dim.
        features: (picture, width, row, column) unit along width.
    """

    image: Tensor
    patches: Tensor
    features: Tensor


@final
class VisionTower(nn.Module):
    """A vision transformer that gives the whole, the places in the space of words, and features.

    The whole is what the model's makers meant. Places come by a second path from the middle block
    on, where tokens attend to tokens of like value, without feed-forward: on the ordinary path the
    last blocks gather the whole picture in a few tokens, and a place no longer says what lies
    there. Where a pooling head takes the place of a class token (SigLIP), each place goes through
    that head alone. Features are what the middle blocks' attention takes in, averaged.

    Args:
        vision: `vision_model` of transformers.
        projection: into the space of words; None where there is none (SigLIP).

    Source: Li et al., CLIP Surgery, arXiv 2304.05653, section 3.2, and Deng et al., AnoVL, arXiv
    2308.15939, section 3.2 (values attend to values); Zhou et al., MaskCLIP, ECCV 2022 (a pooling
    head without its query).
    """

    def __init__(self, vision: Any, projection: nn.Linear | None) -> None:
        super().__init__()
        heads = vision.config.num_attention_heads
        self.embedding = PatchEmbedding(vision)
        self.blocks: Any = nn.ModuleList(Block(x, heads) for x in vision.encoder.layers)
        self.post = vision.post_layernorm
        self.projection = nn.Identity() if projection is None else projection
        self.head = PoolingHead(vision.head, heads) if projection is None else None
        depth = len(self.blocks)
        self.second_from = depth // 2
        self.compared = range(depth // 2, max(depth // 2 + 1, depth * 3 // 4))

    def forward(self, pixels: Tensor) -> Encoded:
        """Rows, places and features of pictures.

        Args:
            pixels: (picture, channel, row, column), prepared.
        """
        hidden = self.embedding(pixels)
        second, features = hidden, torch.zeros(())
        for at, block in enumerate(self.blocks):
            if at == self.second_from:
                second = hidden
            if at in self.compared:
                features = features + block.norm1(hidden)
            hidden, value = block(hidden)
            if at >= self.second_from:
                second = second + block.attention.value_to_value(value)
        tokens = self.post(second[:, self.embedding.before :])
        places = self.projection(tokens) if self.head is None else self.head.alone(tokens)
        return Encoded(
            self.whole(hidden),
            self._map(places),
            self._map(features[:, self.embedding.before :]),
        )

    def through(self, hidden: Tensor) -> Tensor:
        """Unit rows of all tokens given, or of some of them alone.

        Args:
            hidden: (picture, token, width) of the embedding.

        Returns:
            (picture, dim).
        """
        for block in self.blocks:
            hidden, _ = block(hidden)
        return self.whole(hidden)

    def whole(self, hidden: Tensor) -> Tensor:
        """Unit rows of all tokens together.

        Args:
            hidden: (picture, token, width) after the last block.

        Returns:
            (picture, dim).
        """
        if self.head is None:
            row = self.projection(self.post(hidden[:, 0]))
        else:
            row = self.head(self.post(hidden))
        return functional.normalize(row, dim=-1)

    def _map(self, tokens: Tensor) -> Tensor:
        rows = functional.normalize(tokens, dim=-1)
        return rows.transpose(1, 2).reshape(rows.shape[0], rows.shape[2], *self.embedding.grid)


@final
class PatchEmbedding(nn.Module):
    """Patches of a picture as tokens with their places, the class token first where there is one.

    Args:
        vision: `vision_model` of transformers.
    """

    def __init__(self, vision: Any) -> None:
        super().__init__()
        parts, config = vision.embeddings, vision.config
        self.patch = parts.patch_embedding
        side = config.image_size // config.patch_size
        self.grid = (side, side)
        self.width: int = config.hidden_size
        places = parts.position_embedding.weight.detach()
        self.before = len(places) - side * side
        self.places = nn.Parameter(places[self.before :].clone(), requires_grad=False)
        self.first: nn.Parameter | None = None
        if self.before:
            # The class token has one place only, so both are one vector.
            token = parts.class_embedding.detach().reshape(1, 1, -1) + places[:1]
            self.first = nn.Parameter(token, requires_grad=False)
        # Misspelt there.
        self.pre = getattr(vision, "pre_layrnorm", None)

    def forward(self, pixels: Tensor) -> Tensor:
        """Tokens.

        Args:
            pixels: (picture, channel, row, column), prepared.

        Returns:
            (picture, token, width).
        """
        tokens = self.patch(pixels).flatten(2).transpose(1, 2) + self.places
        if self.first is not None:
            first = self.first.expand(pixels.shape[0], 1, self.width)
            tokens = torch.cat([first, tokens], dim=1)
        ready: Tensor = tokens if self.pre is None else self.pre(tokens)
        return ready
