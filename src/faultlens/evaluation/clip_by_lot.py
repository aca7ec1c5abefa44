"""A CLIP of weights drawn by lot: its speed is that of a real one, and nothing is fetched."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultlens.core.optional import optional_import

WORD_END = "</w>"
"""What the tokenizer of CLIP puts after the last letter of a word."""


@dataclass(frozen=True)
class Shape:
    """The sizes of a CLIP.

    Args:
        name: as tables call it.
        patch: side of a patch, pixels.
        size: side of the square, pixels.
        width: of the picture side.
        depth: blocks of the picture side.
        words_width: of the word side.
        words_depth: blocks of the word side.
    """

    name: str = "ViT-B/16"
    patch: int = 16
    size: int = 224
    width: int = 768
    depth: int = 12
    words_width: int = 512
    words_depth: int = 12


def write_clip(folder: Path, shape: Shape, sentences: Iterable[str]) -> None:
    """Write a CLIP of this shape with weights by lot, as transformers writes one.

    Args:
        folder: where it is written.
        shape: its sizes.
        sentences: each word in them is one token, as common words are to a real CLIP; of letters
            alone a sentence would be three times as long, and whoever encodes it as slow.

    Raises:
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> write_clip.__name__  # it takes torch; the tests show it at work
        'write_clip'
    """
    torch: Any = optional_import("torch", extra="train")
    transformers: Any = optional_import("transformers", extra="train")
    tokenizers: Any = optional_import("tokenizers", extra="train")
    torch.manual_seed(0)
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    merges = joined(sentences)
    words = [*letters, *(f"{x}{WORD_END}" for x in letters)]
    words += [*dict.fromkeys(a + b for a, b in merges), "<|startoftext|>", "<|endoftext|>"]
    config = transformers.CLIPConfig(
        text_config={
            "hidden_size": shape.words_width,
            "intermediate_size": 4 * shape.words_width,
            "num_hidden_layers": shape.words_depth,
            "num_attention_heads": max(1, shape.words_width // 64),
            "bos_token_id": len(words) - 2,
            "eos_token_id": len(words) - 1,
        },
        vision_config={
            "hidden_size": shape.width,
            "intermediate_size": 4 * shape.width,
            "num_hidden_layers": shape.depth,
            "num_attention_heads": max(1, shape.width // 64),
            "patch_size": shape.patch,
            "image_size": shape.size,
        },
        projection_dim=shape.words_width,
    )
    transformers.CLIPModel(config).save_pretrained(folder)
    numbers = {x: i for i, x in enumerate(words)}
    transformers.CLIPTokenizer(vocab=numbers, merges=merges).save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(numbers), encoding="utf-8")
    rows = "".join(f"{a} {b}\n" for a, b in merges)
    (folder / "merges.txt").write_text(f"#version: 0.2\n{rows}", encoding="utf-8")
    size = {"height": shape.size, "width": shape.size}
    transformers.CLIPImageProcessorPil(
        size={"shortest_edge": shape.size}, crop_size=size
    ).save_pretrained(folder)


def joined(sentences: Iterable[str]) -> list[tuple[str, str]]:
    """The merges of byte pair encoding that make one token of each word, letter after letter.

    Args:
        sentences: of words in small Latin letters.

    Example:
        >>> joined(["a dent"])
        [('d', 'e'), ('de', 'n'), ('den', 't</w>')]
    """
    found: dict[tuple[str, str], None] = {}
    for word in dict.fromkeys(" ".join(sentences).lower().split()):
        token = word[0]
        for letter in [*word[1:-1], f"{word[-1]}{WORD_END}"] if len(word) > 1 else []:
            found.setdefault((token, letter))
            token += letter
    return list(found)
