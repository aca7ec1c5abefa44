"""Sentences become padded token numbers; what is no sentence is refused in words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import BundleError, UsageError
from faultlens.runtimes.tokenizer import encode_sentences


@pytest.fixture(scope="module")
def path(tower: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    path.write_bytes(tower["tokenizer.json"])
    return path


def test_sentences_are_padded_to_the_longest(path: Path) -> None:
    ids, mask = encode_sentences(path, ["Inner race fault", "healthy"])
    np.testing.assert_array_equal(ids, [[3, 4, 5], [6, 0, 0]])
    np.testing.assert_array_equal(mask, [[1, 1, 1], [1, 0, 0]])
    assert ids.dtype == mask.dtype == np.int64


def test_a_long_sentence_is_cut_at_64_tokens(path: Path) -> None:
    ids, mask = encode_sentences(path, ["crack " * 500])
    assert ids.shape == (1, 64)
    assert mask.all()


@given(st.lists(st.text(min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=4))
def test_any_text_is_encoded_the_same_alone_and_among_others(path: Path, texts: list[str]) -> None:
    ids, mask = encode_sentences(path, texts)
    for row, text in enumerate(texts):
        alone, kept = encode_sentences(path, [text])
        np.testing.assert_array_equal(ids[row][mask[row] == 1], alone[kept == 1])


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        ([], "No sentence was given; give at least one, such as"),
        ("crack", r"One sentence was given where a list belongs: \['crack'\]"),
        (["crack", 7], r"Sentence 2 is 7 \(int\); a sentence is text"),
        (["crack", None], r"Sentence 2 is None \(NoneType\)"),
        ([" \n"], "Sentence 1 is empty; say a fault, or leave it out"),
        (["x" * 10_001], "Sentence 1 has 10001 characters; at most 10000 are read"),
    ],
)
def test_what_is_no_sentence_is_refused(path: Path, sentences: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        encode_sentences(path, sentences)


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    for path in (tmp_path / "tokenizer.json", tmp_path / "nowhere.json"):
        with pytest.raises(BundleError, match=r"json is no tokenizer: .*Fetch the bundle"):
            encode_sentences(path, ["crack"])


def test_the_file_is_read_again_after_it_changed(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tokenizer.json"
    copy.write_bytes(path.read_bytes())
    before, _ = encode_sentences(copy, ["crack"])
    copy.write_bytes(
        path.read_bytes().replace(b'"crack":2', b'"crack":1').replace(b'"a":1', b'"a":2')
    )
    after, _ = encode_sentences(copy, ["crack"])
    assert (before.tolist(), after.tolist()) == ([[2]], [[1]])
