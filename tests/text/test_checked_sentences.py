"""What is no sentence is refused with its number, before a text model is asked."""

import pytest

from faultlens.core.errors import UsageError
from faultlens.text.checked_sentences import LONGEST_SENTENCE, checked_sentences


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("inner race fault", "a list belongs"),
        ([], "No sentence was given"),
        (["cage", " \n"], "Sentence 2 is empty"),
        (["cage", 3], "Sentence 2 is 3"),
        (["x" * (LONGEST_SENTENCE + 1)], "at most 10000"),
    ],
)
def test_what_is_no_sentence_is_refused(given: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        checked_sentences(given)
