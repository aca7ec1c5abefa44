"""What the teacher makes of words and sentences, asked once and kept on disk."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import written_whole
from faultlens.training.hashes import hash_of
from faultlens.training.teacher import AbstractTeacher
from faultlens.training.vocabulary import Vocabulary


def remembered(
    teacher: AbstractTeacher, rows: Sequence[Sequence[int]], *, cache: Path, quiet: bool
) -> NDArray[np.float32]:
    """The teacher's unit rows (sentence, 384), from the cache where it has answered before.

    Args:
        teacher: who is asked.
        rows: token ids of each sentence.
        cache: folder of its answers, named by the hash of the question.
        quiet: no progress bar.

    Raises:
        OSError: the answers cannot be written.

    Example:
        >>> import tempfile
        >>> from tokenizers import Tokenizer, models
        >>> class Counting(AbstractTeacher):
        ...     def encode_ids(self, rows, *, quiet=True):
        ...         print("asked")
        ...         return np.array([[len(row), sum(row)] for row in rows], np.float32)
        >>> teacher = Counting("counting", Tokenizer(models.WordLevel({})))
        >>> cache = Path(tempfile.mkdtemp())
        >>> first = remembered(teacher, [[1, 2], [3]], cache=cache, quiet=True)
        asked
        >>> remembered(teacher, [[1, 2], [3]], cache=cache, quiet=True)
        array([[2., 3.],
               [1., 3.]], dtype=float32)
    """
    path = cache / f"teacher-{hash_of([teacher.name, [list(row) for row in rows]])[:16]}.npy"
    if path.exists():
        return np.asarray(np.load(path, allow_pickle=False), np.float32)
    found = teacher.encode_ids(rows, quiet=quiet)
    with written_whole(path) as temporary:
        np.save(temporary, found)
    return found


def word_vectors(
    teacher: AbstractTeacher, words: Vocabulary, *, width: int, cache: Path, quiet: bool = True
) -> NDArray[np.float32]:
    """Static vectors (token, width) of the English word pieces, from the teacher.

    Each token goes through the teacher alone; the principal components are kept.

    Args:
        teacher: knows English.
        words: whose `english` tokens are asked for.
        width: components kept.
        cache: folder of the teacher's answers.
        quiet: no progress bar.

    Raises:
        OSError: the answers cannot be written.

    Source: Tulkens and van Dongen, Model2Vec (2024).

    Example:
        >>> import tempfile
        >>> from tokenizers import Tokenizer, models
        >>> class Spread(AbstractTeacher):
        ...     def encode_ids(self, rows, *, quiet=True):
        ...         return np.array([[row[1], 0.0, 1.0] for row in rows], np.float32)
        >>> tokens = {"[CLS]": 0, "[SEP]": 1, "inner": 2, "outer": 4}
        >>> teacher = Spread("spread", Tokenizer(models.WordLevel(tokens)))
        >>> words = Vocabulary(("inner", "outer"), ())
        >>> np.abs(word_vectors(teacher, words, width=1, cache=Path(tempfile.mkdtemp())))
        array([[1.],
               [1.]], dtype=float32)
    """
    rows = [teacher.ids_of_piece(token) for token in words.english]
    vectors = remembered(teacher, rows, cache=cache, quiet=quiet)
    vectors = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(vectors.T @ vectors)
    found = vectors @ axes[:width].T
    return np.asarray(found / found.std(), np.float32)
