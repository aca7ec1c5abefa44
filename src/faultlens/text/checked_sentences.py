"""Sentences as callers give them to a text model: each must say something."""

from collections.abc import Sequence

from faultlens.core.errors import UsageError

LONGEST_SENTENCE = 10_000
"""Characters; a longer text is a mistake, and costs time."""


def checked_sentences(
    sentences: Sequence[str], *, longest: int = LONGEST_SENTENCE, example: str = "inner race fault"
) -> list[str]:
    """The sentences as a list, if each of them says something.

    Args:
        sentences: as a caller gave them.
        longest: characters of a sentence at most.
        example: of a sentence, for messages.

    Raises:
        UsageError: no sentence, something that is no text, an empty or endless one.

    Example:
        >>> checked_sentences(("inner race fault",))
        ['inner race fault']
        >>> checked_sentences(["inner race fault", " "])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Sentence 2 is empty; say a fault, or leave it out.
    """
    if isinstance(sentences, str):
        raise UsageError(f"One sentence was given where a list belongs: [{sentences!r}].")
    if not len(sentences):
        raise UsageError(f"No sentence was given; give at least one, such as ['{example}'].")
    for number, sentence in enumerate(sentences, start=1):
        if not isinstance(sentence, str):
            raise UsageError(
                f"Sentence {number} is {sentence!r} ({type(sentence).__name__}); "
                f"a sentence is text, such as '{example}'."
            )
        if not sentence.strip():
            raise UsageError(f"Sentence {number} is empty; say a fault, or leave it out.")
        if len(sentence) > longest:
            raise UsageError(
                f"Sentence {number} has {len(sentence)} characters; at most {longest} "
                "are read. Say the fault in a few words."
            )
    return list(sentences)
