"""The word side of a vision-language model: token numbers in, unit rows of the shared space out."""

from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.vision_language.blocks import BertBlock, Block

HIDDEN = -1e9
"""Added to the product of a token that must not be seen."""

_FIRST_CONFIGS = 2
"""End of a text in CLIP's first configs, which is wrong; the end is then the largest number."""


@final
class ClipWords(nn.Module):
    """Words of CLIP: read forwards, and summed up by the token that ends the text.

    Args:
        text: `text_model` of transformers.
        projection: into the shared space.
    """

    any_length = True

    def __init__(self, text: Any, projection: nn.Linear) -> None:
        super().__init__()
        self.tokens, self.places = _embeddings(text)
        heads = text.config.num_attention_heads
        self.blocks = nn.ModuleList(Block(x, heads) for x in text.encoder.layers)
        self.norm, self.projection = text.final_layer_norm, projection
        self.end = int(text.config.eos_token_id)

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of sentences.

        Args:
            ids: (sentence, token), the end of the text filled up with any.

        Returns:
            (sentence, dim) unit rows.
        """
        length = ids.shape[1]
        hidden = self.tokens(ids) + self.places[:length]
        # Nobody sees what comes later, so that what fills up does not matter.
        later = torch.ones(length, length).triu(1)
        for block in self.blocks:
            hidden, _ = block(hidden, later * HIDDEN)
        # argmax takes the first of equals.
        numbers = ids.to(torch.int32)
        marked = numbers if self.end == _FIRST_CONFIGS else (numbers == self.end).to(torch.int32)
        at = marked.argmax(dim=1)[:, None, None].expand(-1, 1, hidden.shape[-1])
        last = self.norm(hidden).gather(1, at).squeeze(1)
        return functional.normalize(self.projection(last), dim=-1)


@final
class SiglipWords(nn.Module):
    """Words of SigLIP: always as many tokens, all seen, the last one sums up.

    Args:
        text: `text_model` of transformers.
    """

    any_length = False

    def __init__(self, text: Any) -> None:
        super().__init__()
        self.tokens, self.places = _embeddings(text)
        heads = text.config.num_attention_heads
        self.blocks = nn.ModuleList(Block(x, heads) for x in text.encoder.layers)
        self.norm, self.head = text.final_layer_norm, text.head

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of sentences.

        Args:
            ids: (sentence, token), filled up to the length that training had.

        Returns:
            (sentence, dim) unit rows.
        """
        hidden = self.tokens(ids) + self.places
        for block in self.blocks:
            hidden, _ = block(hidden)
        return functional.normalize(self.head(self.norm(hidden[:, -1])), dim=-1)


@final
class BertWords(nn.Module):
    """Words of Chinese-CLIP: read both ways, and summed up by their first token.

    Args:
        text: `text_model` of transformers.
        projection: into the shared space.
    """

    any_length = True

    def __init__(self, text: Any, projection: nn.Linear) -> None:
        super().__init__()
        parts, config = text.embeddings, text.config
        self.tokens, self.norm, self.projection = parts.word_embeddings, parts.LayerNorm, projection
        places = parts.position_embeddings.weight + parts.token_type_embeddings.weight[:1]
        self.places = nn.Parameter(places.detach(), requires_grad=False)
        self.fill = int(config.pad_token_id)
        self.blocks = nn.ModuleList(
            BertBlock(x, config.num_attention_heads) for x in text.encoder.layer
        )

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of sentences.

        Args:
            ids: (sentence, token), filled up with the padding token.

        Returns:
            (sentence, dim) unit rows.
        """
        hidden = self.norm(self.tokens(ids) + self.places[: ids.shape[1]])
        mask = (ids == self.fill).to(hidden.dtype)[:, None, None, :] * HIDDEN
        for block in self.blocks:
            hidden = block(hidden, mask)
        return functional.normalize(self.projection(hidden[:, 0]), dim=-1)


def _embeddings(text: Any) -> tuple[nn.Embedding, nn.Parameter]:
    parts = text.embeddings
    places = parts.position_embedding.weight.detach().clone()
    return parts.token_embedding, nn.Parameter(places, requires_grad=False)
