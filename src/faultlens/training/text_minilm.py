"""all-MiniLM-L6-v2 as a frozen text encoder, in plain torch.

The library that reads any text model takes longer to start than a small training takes as a whole.
"""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor

from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.text.checked_sentences import checked_sentences
from faultlens.training.teacher import DIM, AbstractTeacher


@final
class TeacherTextEncoder(AbstractTextEncoder):
    """Rows that the teacher gives, of length 1.

    Args:
        teacher: of the text tower.

    Example:
        >>> import numpy as np
        >>> from tokenizers import Tokenizer
        >>> from tokenizers.models import WordLevel
        >>> class Counting(AbstractTeacher):
        ...     def encode_ids(self, rows, *, quiet=True):
        ...         return np.array([[len(row)] for row in rows], np.float32)
        >>> words = Tokenizer(WordLevel({"cage": 0, "?": 1}, unk_token="?"))
        >>> TeacherTextEncoder(Counting("counting", words))(["cage"])
        tensor([[1.]])
    """

    width = DIM

    def __init__(self, teacher: AbstractTeacher) -> None:
        super().__init__()
        self._teacher = teacher

    def forward(self, sentences: Sequence[str]) -> Tensor:
        """Rows of sentences.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32.
        """
        rows = [self._teacher.ids_of(x) for x in checked_sentences(sentences)]
        return torch.from_numpy(self._teacher.encode_ids(rows))
