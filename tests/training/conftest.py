"""A corpus of a few concepts and a teacher of random vectors: training in seconds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from faultlens.training.teacher import DIM, AbstractTeacher
from faultlens.training.text_recipe import TextRecipe

torch.set_num_threads(1)  # small matrices: threads only wait for one another

GRAMMAR = """
[templates]
en = ["{}", "a bearing with {}", "we suspect {}"]
zh = ["{}", "怀疑{}"]
[damage]
nouns.en = ["crack", "spall", "wear"]
nouns.zh = ["裂纹", "剥落", "磨损"]
states.en = ["broken", "worn"]
states.zh = ["损坏"]
frames.en = ["{noun} on the {part}", "the {part} is {state}", "{part} {noun}"]
frames.zh = ["{part}{noun}", "{part}{state}了"]
[pairs]
frames.en = ["{a} and {b} {noun}", "{state} {a} and {state} {b}"]
frames.zh = ["{a}和{b}{noun}"]
[contrast]
frames.en = ["not the {b} but the {a} is {state}", "{a} {noun}, {b} fine"]
frames.zh = ["不是{b}而是{a}{state}"]
[denials]
frames.en = ["no {noun} on the {part}", "neither {a} nor {b} {noun}"]
frames.zh = ["{part}无{noun}"]
[qualifiers]
en = ["small", "early"]
zh = ["轻微"]
[concepts.healthy]
phrases.en = ["good bearing", "all fine"]
phrases.zh = ["正常"]
[concepts.outer_race]
parts.en = ["outer race", "outer ring"]
parts.zh = ["外圈"]
phrases.en = ["outer race fault"]
phrases.zh = ["外圈故障"]
[concepts.inner_race]
parts.en = ["inner race", "inner ring"]
parts.zh = ["内圈"]
phrases.en = ["inner race fault"]
phrases.zh = ["内圈故障"]
[concepts.inner_and_outer_race]
phrases.en = ["both rings are worn"]
phrases.zh = ["内外圈磨损"]
"""

WORDS = [
    *("a", "good", "bearing", "with", "fine", "early", "small", "no", "not", "neither", "nor"),
    *("but", "the", "is", "on", "and", "both", "all", "we", "suspect", "crack", "spall", "wear"),
    *("broken", "worn", "inner", "outer", "race", "ring", "rings", "are", "fault", "damage"),
    *("chip", ",", ".", "##s"),
]
GLOSSARY = """
[words]
parts = '''
裂纹 crack|外圈 outer ring|
内圈 inner ring|
'''
[characters]
common = "轴"
"""
ASIDES = """
[before]
en = ["we suspect"]
zh = ["怀疑"]
[after]
en = ["and"]
zh = ["了"]
[after_damage]
en = ["broken"]
zh = ["坏"]
[sound]
en = ["the {b} is fine", "{b} good"]
zh = ["{b}正常"]
[joints]
en = [", ", " but "]
zh = ["，"]
[rest]
en = ["all fine but"]
zh = ["其余正常"]
[races]
en = ["both rings fine"]
zh = ["两圈正常"]
[also.outer_race]
parts.en = ["outer"]
phrases.zh = ["外圈坏"]
spared.en = ["no outer damage"]
spared.zh = ["外圈无损"]
"""


class RandomTeacher(AbstractTeacher):
    """A sentence's row is the mean of its words' random rows."""

    def __init__(self) -> None:
        ids = {w: at for at, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
        tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]"))
        tokenizer.normalizer = BertNormalizer()
        tokenizer.pre_tokenizer = BertPreTokenizer()
        tokenizer.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        super().__init__("random", tokenizer)
        self._rows = np.random.default_rng(0).normal(size=(len(ids), DIM)).astype(np.float32)
        self.asked = 0

    def encode_ids(
        self, rows: Sequence[Sequence[int]], *, quiet: bool = True
    ) -> NDArray[np.float32]:
        self.asked += len(rows)
        found = np.stack([self._rows[list(row)].mean(0) for row in rows])
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small grammar and a glossary."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bearing.toml").write_text(GRAMMAR, encoding="utf-8")
    (folder / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    (folder / "asides.toml").write_text(ASIDES, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def recipe(corpus: Path) -> TextRecipe:
    """Numbers that train in seconds."""
    return TextRecipe(
        corpus=corpus,
        seed=1,
        sentences_per_concept=60,
        core=("bearing/outer_race", "bearing/inner_race"),
        core_sentences=120,
        general_sentences=40,
        width=32,
        layers=1,
        heads=4,
        inner=64,
        dropout=0.0,
        word_drop=0.05,
        word_swap=0.1,
        swap_neighbours=3,
        telling_lift=1.5,
        steps=120,
        batch_core=8,
        batch_concepts=4,
        batch_per_concept=8,
        batch_general=8,
        learning_rate=5e-3,
        warm_up=0.2,
        weight_decay=0.01,
        temperature=0.2,
        centre_weight=1.0,
        teacher_weight=0.5,
        geometry_weight=1.0,
    )


@pytest.fixture
def teacher() -> RandomTeacher:
    """A teacher that costs nothing."""
    return RandomTeacher()
