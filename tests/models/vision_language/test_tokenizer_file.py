"""Token numbers without transformers are those of transformers, in every writing."""

import json
import shutil
import string
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")

import transformers
from tokenizers import Tokenizer

from faultlens.core.errors import UnreadableFileError
from faultlens.models.vision_language.tokenizer_file import tokenizer_json

SENTENCES = (
    "crack", "a crack", "A Crack", "CRACKS, and steel!", "steel   with\ttabs\n", "裂纹",
    "钢板上的一道裂纹", "裂纹 crack 划痕", "，。！", "naïve Ünïcode ＡＢＣ", "emoji 🔧 wrench", "-",
    "don't", "3.5 mm", "x" * 300, "a crack " * 60, "裂" * 200, "ﬁne", "İstanbul", "ΣΑΣ",
    "<|endoftext|> a", "a\u00a0b", "\u200bcrack",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"),
    [("clip", "CLIP"), ("siglip2", "Siglip2"), ("chinese_clip", "Bert")],
)
def test_numbers_are_those_of_transformers(tiny: Any, kind: str, name: str) -> None:
    family = "siglip" if kind == "siglip2" else kind
    ours = Tokenizer.from_str(tokenizer_json(tiny(kind), family).decode())
    theirs = getattr(transformers, f"{name}Tokenizer").from_pretrained(tiny(kind))
    for sentence in SENTENCES:
        assert ours.encode(sentence).ids == theirs(sentence)["input_ids"], sentence


def test_siglip_reads_small_letters_without_punctuation_cut_by_its_pieces(tiny: Any) -> None:
    tokenizer = Tokenizer.from_str(tokenizer_json(tiny("siglip"), "siglip").decode())
    # By sentencepiece 0.2.3 from the same file, as SiglipTokenizer of transformers 5.24 asks it.
    for sentence, pieces in {
        "crack": ["▁crack", "</s>"],
        "A Crack.": ["▁a", "▁crack", "</s>"],
        "a-crack,  steel!": ["▁a", "c", "r", "a", "ck", "▁steel", "</s>"],
        "裂 crack": ["▁", "裂", "▁crack", "</s>"],
    }.items():
        assert tokenizer.encode(sentence).tokens == pieces
    for mark in string.punctuation:
        assert tokenizer.encode(f"cr{mark}ack").ids == tokenizer.encode("crack").ids


def test_siglip_keeps_capitals_where_its_folder_says_so(tiny: Any, tmp_path: Path) -> None:
    folder = tmp_path / "cased"
    shutil.copytree(tiny("siglip"), folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
    tokenizer = Tokenizer.from_str(tokenizer_json(folder, "siglip").decode())
    assert tokenizer.encode("Crack").tokens != tokenizer.encode("crack").tokens


def test_siglips_numbers_are_those_of_sentencepiece(tiny: Any) -> None:
    pytest.importorskip("sentencepiece", reason="only to compare: pip install sentencepiece")
    ours = Tokenizer.from_str(tokenizer_json(tiny("siglip"), "siglip").decode())
    theirs = transformers.SiglipTokenizer.from_pretrained(tiny("siglip"))
    for sentence in ("crack", "A Crack.", "a-crack,  steel!", "裂 crack", "steels"):
        assert ours.encode(sentence).ids == theirs(sentence)["input_ids"], sentence


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 100, b"\x0a\x05hello"])
def test_a_missing_or_damaged_tokenizer_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "spiece.model").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"has no tokenizer that can be read.*Fetch the"):
        tokenizer_json(tmp_path, "siglip")
