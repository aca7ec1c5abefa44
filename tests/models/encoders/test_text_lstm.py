"""The text encoder from scratch: its seed decides it, and what fills a batch up changes no row."""

import pytest

pytest.importorskip("torch", reason="encoders need torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UsageError
from faultlens.models.encoders.text_lstm import (
    LONGEST_TOKENS,
    UNKNOWN,
    LstmTextEncoder,
    vocabulary_of,
    words_of,
)

SENTENCES = ["inner race fault", "healthy", "a fault of the outer race of the bearing", "外圈故障"]
VOCABULARY = vocabulary_of(SENTENCES)


def encoder(seed: int = 0) -> LstmTextEncoder:
    return LstmTextEncoder(VOCABULARY, width=16, word_width=8, seed=seed)


def test_the_seed_decides_it_and_the_global_one_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, same, other = encoder(1), encoder(1), encoder(2)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(one(SENTENCES), same(SENTENCES))
    assert not torch.equal(one(SENTENCES), other(SENTENCES))


def test_what_fills_up_changes_no_row() -> None:
    module = encoder()
    alone = torch.cat([module([x]) for x in SENTENCES])
    assert torch.allclose(module(SENTENCES), alone, atol=1e-6)


def test_a_row_is_the_last_state_of_the_lstm() -> None:
    module = encoder()
    _, (last, _) = module.lstm(module.words(torch.tensor([module.tokens("inner race fault")])))
    assert torch.allclose(module(["inner race fault", SENTENCES[2]])[0], last[0, 0], atol=1e-6)


def test_order_matters() -> None:
    there, back = encoder()(["inner race outer", "outer race inner"]).detach()
    assert float((there - back).abs().max()) > 1e-3


def test_it_learns_to_tell_sentences_apart() -> None:
    module = encoder()
    optimiser = torch.optim.Adam(module.parameters(), lr=0.02)
    wanted = torch.eye(16)[: len(SENTENCES)]
    for _ in range(80):
        optimiser.zero_grad()
        loss = (module(SENTENCES) - wanted).square().sum()
        loss.backward()
        optimiser.step()
    assert (module(SENTENCES) @ wanted.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_words_are_cut_in_one_spelling() -> None:
    assert words_of("Inner-RACE fault") == words_of("inner race  fault!")
    assert words_of("軸承") == words_of("轴承") == ["轴", "承"]


def test_an_unknown_word_is_unknown_and_a_sentence_is_never_nothing() -> None:
    module = encoder()
    assert module.tokens("gearbox") == [UNKNOWN]
    assert module.tokens("?!") == [UNKNOWN]
    assert len(module.tokens("fault " * 500)) == LONGEST_TOKENS


def test_what_is_kept_brings_it_back() -> None:
    one, other = encoder(1), LstmTextEncoder(**encoder(2).about())
    other.take(one.kept())
    assert torch.equal(one(SENTENCES), other(SENTENCES))


@pytest.mark.parametrize("vocabulary", [(), ("fault", "fault")])
def test_a_vocabulary_of_nothing_or_of_one_word_twice_is_refused(vocabulary: list[str]) -> None:
    with pytest.raises(UsageError, match="give each word once"):
        LstmTextEncoder(vocabulary)
