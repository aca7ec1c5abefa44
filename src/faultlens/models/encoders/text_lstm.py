"""A small text encoder from scratch: word vectors and an LSTM, with a tokenizer of its own.

It knows no language beforehand: it is what pretrained text models are measured against.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from faultlens.core.errors import UsageError
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.text.checked_sentences import checked_sentences
from faultlens.text.spelling import plain

PADDING, UNKNOWN = 0, 1
"""Ids that stand for no word; words count from 2."""

LONGEST_TOKENS = 64
"""Tokens kept of a sentence."""

WIDTH, WORD_WIDTH = 256, 128
"""Of a row, and of a word's vector."""

_TOKEN = re.compile(r"[^\W\d_\u4e00-\u9fff]+|\d|[\u4e00-\u9fff]")


@final
class LstmTextEncoder(AbstractTextEncoder):
    """Word vectors, then the last state of an LSTM over them.

    Args:
        vocabulary: its words; any other word counts as unknown.
        width: of a row.
        word_width: of a word's vector.
        seed: of the first values.

    Raises:
        UsageError: no word, or one twice.

    Source: Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9 (1997).

    Example:
        >>> encoder = LstmTextEncoder(("fault", "inner", "race"), width=16)
        >>> encoder(["inner race fault", "fault"]).shape
        torch.Size([2, 16])
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        *,
        width: int = WIDTH,
        word_width: int = WORD_WIDTH,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.vocabulary = tuple(vocabulary)
        self._ids = {word: at for at, word in enumerate(self.vocabulary, start=UNKNOWN + 1)}
        if not self._ids or len(self._ids) != len(self.vocabulary):
            raise UsageError(
                f"A vocabulary of {len(self.vocabulary)} words, of which {len(self._ids)} differ; "
                "give each word once, and at least one."
            )
        self.width = width
        self.word_width = word_width
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.words = nn.Embedding(
                len(self.vocabulary) + UNKNOWN + 1, word_width, padding_idx=PADDING
            )
            self.lstm = nn.LSTM(word_width, width, batch_first=True)

    def forward(self, sentences: Sequence[str]) -> Tensor:
        """Rows of sentences.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32, not scaled.
        """
        rows = [self.tokens(x) for x in checked_sentences(sentences)]
        lengths = torch.tensor([len(row) for row in rows])
        ids = torch.full((len(rows), int(lengths.max())), PADDING)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
        vectors = self.words(ids.to(self.words.weight.device))
        # Packed, so that the last state is that of the last word, not of what fills up.
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(packed)
        found: Tensor = last[-1]
        return found

    def about(self) -> dict[str, Any]:
        """What is needed beside the weights to build it again; JSON can write it."""
        return {
            "vocabulary": list(self.vocabulary),
            "width": self.width,
            "word_width": self.word_width,
        }

    def tokens(self, sentence: str) -> list[int]:
        """Ids of a sentence's words, at least one."""
        found = [self._ids.get(word, UNKNOWN) for word in words_of(sentence)[:LONGEST_TOKENS]]
        return found or [UNKNOWN]


def words_of(sentence: str) -> list[str]:
    """A sentence cut into words, digits and Chinese characters, in one spelling.

    Args:
        sentence: in any language.

    Example:
        >>> words_of("A 0.18mm Inner-Race fault, 内圈")
        ['a', '0', '1', '8', 'mm', 'inner', 'race', 'fault', '内', '圈']
    """
    return _TOKEN.findall(plain(sentence))


def vocabulary_of(sentences: Iterable[str]) -> tuple[str, ...]:
    """Every word of some sentences, once, in order.

    Args:
        sentences: what the encoder shall be able to tell apart.

    Example:
        >>> vocabulary_of(["inner race fault", "outer race fault"])
        ('fault', 'inner', 'outer', 'race')
    """
    return tuple(sorted({word for sentence in sentences for word in words_of(sentence)}))
