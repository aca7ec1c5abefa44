"""Noise on the words of a sentence, so that the tower does not lean on words it memorised."""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.training.text_recipe import TextRecipe
from faultlens.training.vocabulary import Vocabulary

# Dropping one of these turns a sentence round.
_KEPT = (
    *("no", "not", "nor", "non", "none", "neither", "never", "nothing", "without", "free", "un"),
    *("but", "无", "没", "未", "不", "非"),
)


class WordNoise:
    """Drops words, and swaps words that say nothing of the concept for near neighbours.

    "inner" and "outer" are neighbours in any word space, so a word that tells concepts apart
    is never swapped; which ones do, the corpus says.

    Args:
        recipe: shares of words dropped and swapped.
        words: the vocabulary.
        vectors: (token, width) of its English tokens.
        sentences: token ids of the corpus.
        concepts: (sentence,) concept of each, -1 for none.

    Example:
        >>> from types import SimpleNamespace
        >>> shares = SimpleNamespace(
        ...     word_drop=0.0, word_swap=1.0, swap_neighbours=1, telling_lift=1.5)
        >>> words = Vocabulary(("crack", "flaw", "outer"), ("[PAD]", "[UNK]", "[CLS]"))
        >>> vectors = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], np.float32)
        >>> noise = WordNoise(shares, words, vectors, [[5, 2, 0], [5, 0]], np.array([0, 1]))
        >>> noise.of([5, 2, 0], random.Random(0))    # "outer crack" becomes "outer flaw"
        [5, 2, 1]
    """

    def __init__(
        self,
        recipe: TextRecipe,
        words: Vocabulary,
        vectors: NDArray[np.float32],
        sentences: Sequence[Sequence[int]],
        concepts: NDArray[np.int64],
    ) -> None:
        self._drop, self._swap = recipe.word_drop, recipe.word_swap
        ids = words.ids
        self._kept = frozenset(ids[word] for word in _KEPT if word in ids) | {ids["[CLS]"]}
        used = np.zeros(len(ids), bool)
        for sentence in sentences:
            used[list(sentence)] = True
        used[list(_telling(sentences, concepts, len(ids), recipe.telling_lift))] = False
        # Whole words only: a neighbour of "##ling" means nothing.
        whole = np.array([w.isalpha() and len(w) > 2 for w in words.english])
        used = used[: len(words.english)] & whole
        self._neighbours = _neighbours(vectors, used, whole, recipe.swap_neighbours)

    def of(self, sentence: Sequence[int], draw: random.Random) -> list[int]:
        """The sentence's token ids with noise; never empty."""
        found = []
        for token in sentence:
            chance = draw.random()
            if token in self._kept or chance > self._drop + self._swap:
                found.append(token)
            elif chance > self._drop:
                found.append(draw.choice(self._neighbours.get(token, [token])))
        return found


def _telling(
    sentences: Sequence[Sequence[int]], concepts: NDArray[np.int64], tokens: int, lift: float
) -> set[int]:
    count = np.zeros((int(concepts.max()) + 1, tokens))
    for sentence, concept in zip(sentences, concepts, strict=True):
        if concept >= 0:
            count[concept, list(set(sentence))] += 1
    share = count / np.maximum(np.bincount(concepts[concepts >= 0])[:, None], 1)
    overall = share.mean(0)
    likelier = share.max(0) / np.maximum(overall, 1e-9)
    return set(np.flatnonzero((likelier > lift) & (overall > 0)).tolist())


def _neighbours(
    vectors: NDArray[np.float32], used: NDArray[np.bool_], whole: NDArray[np.bool_], count: int
) -> dict[int, list[int]]:
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    candidates = np.flatnonzero(whole)
    asked = np.flatnonzero(used)
    near = np.argsort(-(unit[asked] @ unit[candidates].T), axis=1)[:, 1 : count + 1]
    return {int(at): candidates[row].tolist() for at, row in zip(asked, near, strict=True)}
