"""The tokenizer keeps the teacher's English and covers every Chinese character of the corpus."""

from hypothesis import given
from hypothesis import strategies as st

from faultlens.training.vocabulary import PAD, START, UNKNOWN, tokenizer_of, vocabulary

WORDS = vocabulary(
    ["outer", "race", "spa", "##ll", "é", "[unused7]", "[PAD]"], ["外圈剥落，停机。"], "轴承"
)


def test_english_first_then_what_is_learned() -> None:
    assert WORDS.english == ("##ll", "outer", "race", "spa")
    assert WORDS.learned[:3] == (PAD, UNKNOWN, START)
    assert set("外圈剥落，停机。轴承") == set(WORDS.learned[3:])


def test_chinese_is_read_by_the_character() -> None:
    tokens = tokenizer_of(WORDS, longest=64).encode("外圈spall，停机。").tokens
    assert tokens == [START, "外", "圈", "spa", "##ll", "，", "停", "机", "。"]


def test_capitals_accents_and_unknown_words() -> None:
    assert tokenizer_of(WORDS, longest=64).encode("Outer RACÉ zzz").tokens == [
        START, "outer", "race", UNKNOWN,
    ]  # fmt: skip


def test_an_endless_sentence_is_cut() -> None:
    assert len(tokenizer_of(WORDS, longest=8).encode("outer " * 100).ids) == 8


@given(st.text(max_size=80))
def test_every_text_gives_ids_of_the_vocabulary(text: str) -> None:
    ids = tokenizer_of(WORDS, longest=64).encode(text).ids
    assert 1 <= len(ids) <= 64
    assert all(0 <= token < len(WORDS.ids) for token in ids)
