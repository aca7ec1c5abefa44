"""Noise drops and swaps words, but never one that turns the meaning."""

import dataclasses
import random

import numpy as np
import pytest

from faultlens.training.text_recipe import TextRecipe
from faultlens.training.vocabulary import SPECIAL, Vocabulary
from faultlens.training.word_noise import WordNoise

WORDS = Vocabulary(("bearing", "inner", "machine", "not", "outer", "pump"), SPECIAL)
VECTORS = np.array([[1, 0], [0, 1], [1, 0.1], [0, -1], [0.1, 1], [1, 0.2]], np.float32)
SENTENCES = [[0, 1], [0, 3, 1], [0, 4], [2, 4]]
CONCEPTS = np.array([0, 0, 1, 1])


def noisy(recipe: TextRecipe, sentence: list[int], **shares: float) -> list[list[int]]:
    recipe = dataclasses.replace(recipe, telling_lift=1.9, swap_neighbours=2, **shares)
    noise = WordNoise(recipe, WORDS, VECTORS, SENTENCES, CONCEPTS)
    draw = random.Random(0)
    return [noise.of(sentence, draw) for _ in range(200)]


def test_without_noise_nothing_changes(recipe: TextRecipe) -> None:
    assert noisy(recipe, [0, 3, 1], word_drop=0.0, word_swap=0.0) == [[0, 3, 1]] * 200


def test_not_is_never_lost(recipe: TextRecipe) -> None:
    assert all(3 in x for x in noisy(recipe, [0, 3, 1], word_drop=0.9, word_swap=0.1))


def test_a_telling_word_is_never_swapped(recipe: TextRecipe) -> None:
    assert noisy(recipe, [1], word_drop=0.0, word_swap=1.0) == [[1]] * 200


def test_another_word_is_swapped_for_a_neighbour(recipe: TextRecipe) -> None:
    found = {x[0] for x in noisy(recipe, [0], word_drop=0.0, word_swap=1.0)}
    assert found == {2, 5}


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_the_share_dropped_is_the_recipes(recipe: TextRecipe, share: float) -> None:
    left = noisy(recipe, [0, 1, 2, 4, 5], word_drop=share, word_swap=0.0)
    assert np.mean([len(x) / 5 for x in left]) == pytest.approx(1 - share, abs=0.05)
