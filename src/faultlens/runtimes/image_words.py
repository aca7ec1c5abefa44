"""Sentences in the space of an image model that brings a text tower of its own, as CLIP does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError
from faultlens.runtimes.prompt_cache import remembered_rows
from faultlens.runtimes.tokenizer import encode_sentences
from faultlens.text.checked_sentences import checked_sentences

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

WORDS = "words"
"""Part of the preparation of such a bundle: `longest`, `fill`, `to`."""

IDS = "ids"
"""Input of the text tower, (sentence, token)."""

SENTENCES_AT_ONCE = 32
"""Of one pass; more costs memory and is no faster."""


def remembered_words(model: "Model", sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of sentences in the space of an image model, each asked of its tower only once.

    Args:
        model: of the kind "image".
        sentences: at least one.

    Returns:
        (sentence, dim) unit rows.

    Raises:
        UsageError: no sentence, or something that is none.
        BundleError: the text tower is missing, another, or damaged.

    Example:
        >>> import os, tempfile
        >>> from faultlens.runtimes.loaded import load_model
        >>> os.environ["FAULTLENS_CACHE"] = tempfile.mkdtemp()
        >>> remembered_words(load_model("builtin/text"), ["crack"]).shape
        (1, 256)
        >>> del os.environ["FAULTLENS_CACHE"]
    """
    given = checked_sentences(sentences)
    tower = model.text
    own = model.brings_text
    return remembered_rows(
        tower.bundle.sha256, given, (lambda x: encode_words(model, x)) if own else tower.encode_text
    )


def encode_words(model: "Model", sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of sentences, by the model's own tower.

    Args:
        model: of the kind "image", with a tower.
        sentences: at least one.

    Returns:
        (sentence, dim) unit rows.

    Raises:
        UsageError: no sentence, or something that is none.
        BundleError: the manifest does not say how sentences are cut, or a file is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> encode_words(load_model("builtin/text"), ["crack"])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/text@...: its manifest does not say how ...
    """
    ids, lengths = sentence_tokens(model, sentences)
    runtime = model.runtime("text")
    # Those of one length together: a short sentence shall not be filled up to a long one.
    order = np.argsort(lengths, kind="stable")
    rows: dict[int, NDArray[np.float32]] = {}
    for start in range(0, len(order), SENTENCES_AT_ONCE):
        some = order[start : start + SENTENCES_AT_ONCE]
        found = runtime.run({IDS: ids[some, : max(1, lengths[some].max())]})
        rows |= dict(zip(some.tolist(), found, strict=True))
    return np.stack([rows[at] for at in range(len(ids))])


def sentence_tokens(
    model: "Model", sentences: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token numbers of sentences as the model's own tower takes them, and how many count.

    Args:
        model: of the kind "image", with a tower.
        sentences: at least one.

    Returns:
        (sentence, token), filled up as its makers did, and (sentence,) tokens of each.

    Raises:
        UsageError: no sentence, or something that is none.
        BundleError: the manifest does not say how sentences are cut, or a file is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> sentence_tokens(load_model("builtin/text"), ["crack"])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/text@...: its manifest does not say how ...
    """
    longest, fill, to = _facts(model)
    path = model.bundle.path("tokenizer.json")
    ids, mask = encode_sentences(path, sentences, longest=longest)
    ids[mask == 0] = fill
    lengths = mask.sum(axis=1)
    if to:
        width = np.full((len(ids), to), fill, dtype=ids.dtype)
        width[:, : ids.shape[1]] = ids
        ids, lengths = width, np.full(len(ids), to)
    return ids, lengths


def _facts(model: "Model") -> tuple[int, int, int]:
    """Tokens kept, the number that fills up, and to which length: 0 for the longest given."""
    try:
        table = model.bundle.preparation[WORDS]
        longest, fill, to = (int(table[x]) for x in ("longest", "fill", "to"))
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{model.reference}: its manifest does not say how sentences become tokens. Fetch it "
            "or make it again."
        ) from error
    if not 1 <= longest <= 10_000 or not 0 <= to <= 10_000 or fill < 0:
        raise BundleError(
            f"{model.reference}: its manifest asks for {longest} tokens filled up to {to} with "
            f"{fill}. Fetch it or make it again."
        )
    return longest, fill, to
