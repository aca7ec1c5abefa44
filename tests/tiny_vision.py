"""Small models of pictures and words, as transformers writes them: random weights, few words."""

import json
from pathlib import Path
from typing import Any

SIZE, PATCH = 32, 8
"""Of a picture and of a patch, pixels: a grid of 4 x 4."""

CHINESE = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"裂纹划痕钢板上的一道无缺陷", "a", "crack", "##s")
PIECES = (
    ("<pad>", 3), ("</s>", 3), ("<unk>", 2), ("▁", 1), ("▁a", 1), ("▁crack", 1), ("▁steel", 1),
    ("c", 1), ("r", 1), ("a", 1), ("ck", 1), ("s", 1), ("t", 1), ("e", 1), ("l", 1), ("裂", 1),
)  # fmt: skip
"""Pieces of a unigram model, and their kind in its file: 1 word, 2 unknown, 3 control."""


def tiny_vision(kind: str, folder: Path, *, seed: int = 0, **vision: Any) -> Path:
    """Write a model of three blocks, its tokenizer and its preparation into a folder.

    Args:
        kind: "clip", "siglip", "siglip2" (of a fixed resolution), "chinese_clip".
        folder: to write.
        seed: of the weights.
        vision: other settings of the picture side.
    """
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    # Of ids that its defaults name and so small a vocabulary has not.
    transformers.utils.logging.set_verbosity_error()
    torch.manual_seed(seed)
    widths = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    both = {**widths, "num_hidden_layers": 3}
    looks = {**both, "image_size": SIZE, "patch_size": PATCH, **vision}
    reads = {**both, "max_position_embeddings": 64 if kind.startswith("siglip") else 77}
    family = "siglip" if kind == "siglip2" else kind
    {"clip": _clip_words, "siglip": _pieces, "siglip2": _gemma_words, "chinese_clip": _bert_words}[
        kind
    ](folder)
    if family == "clip":
        words = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        reads |= {"vocab_size": len(words), "eos_token_id": words["<|endoftext|>"]}
    elif kind == "chinese_clip":
        reads |= {"vocab_size": len(CHINESE), "pad_token_id": 0}
    else:
        reads |= {"vocab_size": 600, "projection_size": 16}
    projected = {} if family == "siglip" else {"projection_dim": 12}
    names = {"clip": "CLIP", "siglip": "Siglip", "chinese_clip": "ChineseCLIP"}
    config = getattr(transformers, f"{names[family]}Config")(
        text_config=reads, vision_config=looks, **projected
    )
    model = getattr(transformers, f"{names[family]}Model")(config)
    for name, values in model.named_parameters():
        # Fresh norms and biases are ones and zeros, which would hide an omission.
        if not name.startswith("logit"):
            values.data += 0.1 * torch.randn_like(values)
    if family == "siglip":
        model.logit_scale.data.fill_(4.7)
        model.logit_bias.data.fill_(-16.5)
    model.save_pretrained(folder)
    side = looks["image_size"]
    size = {"height": side, "width": side}
    getattr(transformers, f"{names[family]}ImageProcessorPil")(
        size={"shortest_edge": side} if family == "clip" else size, crop_size=size
    ).save_pretrained(folder)
    return folder


def _clip_words(folder: Path) -> None:
    from tokenizers import pre_tokenizers
    from transformers import CLIPTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("c", "r"), ("a", "c"), ("ac", "k</w>"), ("cr", "ack</w>")]
    words = [*letters, *(f"{x}</w>" for x in letters), *("".join(x) for x in merges)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    made = CLIPTokenizer(vocab={x: i for i, x in enumerate(words)}, merges=merges)
    made.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({x: i for i, x in enumerate(words)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *map(" ".join, merges)]))


def _bert_words(folder: Path) -> None:
    from transformers import BertTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(CHINESE), encoding="utf-8")
    BertTokenizer.from_pretrained(folder).save_pretrained(folder)


def _gemma_words(folder: Path) -> None:
    from transformers import Siglip2Tokenizer

    letters = [chr(x) for x in range(ord("a"), ord("z") + 1)]
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *letters, "cr", "ck"]
    words += [f"<0x{x:02X}>" for x in range(256)]
    made = Siglip2Tokenizer(
        vocab={x: i for i, x in enumerate(words)},
        merges=[("c", "r"), ("c", "k")],
        add_bos_token=False,
        add_eos_token=True,
    )
    made.save_pretrained(folder)


def _pieces(folder: Path) -> None:
    from transformers.utils import sentencepiece_model_pb2_new as proto

    model = proto.ModelProto()
    for rank, (piece, kind) in enumerate(PIECES):
        model.pieces.add(piece=piece, score=0.0 if kind > 1 else -float(rank), type=kind)
    model.trainer_spec.model_type = model.trainer_spec.UNIGRAM
    model.trainer_spec.pad_id, model.trainer_spec.eos_id, model.trainer_spec.unk_id = 0, 1, 2
    model.trainer_spec.bos_id = -1
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = True
    model.normalizer_spec.escape_whitespaces = True
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(model.SerializeToString())
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "SiglipTokenizer", "pad_token": "</s>"})
    )
