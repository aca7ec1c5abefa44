"""Sentences in, token numbers out, by the tokenizer file that a text tower brings along."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from faultlens.core.errors import BundleError
from faultlens.text.checked_sentences import checked_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

LONGEST_SENTENCE = 64
"""Tokens; what comes after is cut off. A fault is named in far fewer."""


def encode_sentences(
    path: str | Path, sentences: Sequence[str], *, longest: int = LONGEST_SENTENCE
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Token numbers of sentences, and a mask that is 1 where there is a token.

    Args:
        path: tokenizer.json of a text tower.
        sentences: at least one.
        longest: tokens kept of a sentence, special ones included.

    Returns:
        ids and mask, both (sentence, token), filled up with 0.

    Raises:
        UsageError: no sentence, something that is no text, an empty or endless one.
        BundleError: the file is no tokenizer.

    Example:
        >>> import tempfile
        >>> from tokenizers import Tokenizer, models
        >>> path = Path(tempfile.mkdtemp()) / "tokenizer.json"
        >>> Tokenizer(models.WordLevel({"?": 0, "crack": 7}, unk_token="?")).save(str(path))
        >>> encode_sentences(path, ["crack"])
        (array([[7]]), array([[1]]))
    """
    given = checked_sentences(sentences)
    file = Path(path)
    tokenizer = _tokenizer(file, file.stat().st_mtime_ns if file.is_file() else 0, longest)
    # One by one: a batch starts threads, and then warns every process that forks.
    found = [tokenizer.encode(sentence).ids for sentence in given]
    ids = np.zeros((len(found), max(1, *map(len, found))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, numbers in enumerate(found):
        ids[row, : len(numbers)] = numbers
        mask[row, : len(numbers)] = 1
    return ids, mask


@cache
def _tokenizer(path: Path, changed_ns: int, longest: int) -> "Tokenizer":
    """Opened once per process, and again after the file changed."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    # The library raises plain Exception.
    except Exception as error:
        raise BundleError(
            f"{path} is no tokenizer: {error}. Fetch the bundle or make it again."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer
