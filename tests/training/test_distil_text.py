"""A small tower learns its concepts in seconds, in two languages, and the same from one seed."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from faultlens.training.distil_text import (
    TrainedTower,
    multi_positive_loss,
    padded,
    train_text_tower,
)
from faultlens.training.text_recipe import TextRecipe
from tests.training.conftest import RandomTeacher


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def tower(recipe: TextRecipe, cache: Path) -> TrainedTower:
    return train_text_tower(recipe, cache=cache, quiet=True, teacher=RandomTeacher())


def encode(tower: TrainedTower, sentences: list[str]) -> NDArray[np.float32]:
    tokenizer = Tokenizer.from_str(tower.tokenizer_json)
    ids, mask = padded([each.ids for each in tokenizer.encode_batch(sentences)], pad=0)
    with torch.inference_mode():
        return np.asarray(tower.module(ids, mask).numpy())


def test_the_loss_falls(tower: TrainedTower) -> None:
    assert tower.figures["loss_last"] < 0.75 * tower.figures["loss_first"]


def test_unseen_sentences_lie_at_their_own_concept(tower: TrainedTower) -> None:
    names = encode(tower, ["all fine", "outer race fault", "inner race fault"])
    unseen = ["we suspect the outer ring is worn", "a crack on the inner ring", "怀疑内圈裂纹"]
    assert (encode(tower, unseen) @ names.T).argmax(1).tolist() == [1, 2, 2]


def test_it_is_shipped_small(tower: TrainedTower) -> None:
    assert tower.module.table.numbers.dtype == torch.int8
    assert tower.module.project.weight.dtype == torch.float16


def test_one_seed_one_corpus_and_one_tower(
    tower: TrainedTower, recipe: TextRecipe, cache: Path
) -> None:
    teacher = RandomTeacher()
    again = train_text_tower(recipe, cache=cache, quiet=True, teacher=teacher)
    assert again.corpus_sha256 == tower.corpus_sha256
    assert teacher.asked == 0  # its answers were kept
    assert encode(again, ["inner wear"]) == pytest.approx(encode(tower, ["inner wear"]), abs=1e-3)


def test_another_seed_is_another_corpus(
    tower: TrainedTower, recipe: TextRecipe, cache: Path
) -> None:
    other = dataclasses.replace(recipe, seed=2, steps=2)
    made = train_text_tower(other, cache=cache, quiet=True, teacher=RandomTeacher())
    assert made.corpus_sha256 != tower.corpus_sha256


def test_the_loss_is_that_of_the_formula() -> None:
    rows = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2], [1.0, -0.3], [0.0, 1.0]]), dim=1)
    cosines = (rows @ rows.T / 0.5).exp()
    first = -torch.log(cosines[0, 1] / (cosines[0, 1] + cosines[0, 2]))
    second = -torch.log(cosines[1, 0] / (cosines[1, 0] + cosines[1, 2]))
    loss = multi_positive_loss(rows, torch.tensor([4, 4, -1]), temperature=0.5)
    assert float(loss) == pytest.approx(float(first + second) / 2, abs=1e-6)


def test_what_stands_alone_is_nobodys_positive() -> None:
    rows = torch.eye(4)[:, :3] + 0.1
    alone = multi_positive_loss(rows, torch.tensor([0, 0, -1, -1]), temperature=0.1)
    assert torch.isfinite(alone)
