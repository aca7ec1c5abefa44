"""Sentences in an engineer's own words are matched to the fault meant, or refused in words."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.text.concepts import read_statement
from faultlens.text.knowledge import load_faults
from faultlens.text.matching import match_fault, match_faults
from faultlens.text.spelling import plain

WORDINGS = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))
UNSEEN = [
    (sentence, key)
    for language in ("english", "chinese")
    for key, sentences in WORDINGS[language].items()
    for sentence in sentences
]
KNOWN = [(saying, each.key) for each in load_faults() for saying in each.sayings()]


def test_there_are_enough_unseen_wordings_and_none_stands_in_a_fault_file() -> None:
    assert sum(map(len, WORDINGS["english"].values())) >= 80
    assert sum(map(len, WORDINGS["chinese"].values())) >= 40
    assert len(WORDINGS["refused"]["sentences"]) >= 30
    assert not {plain(sentence) for sentence, _ in UNSEEN} & {plain(said) for said, _ in KNOWN}


@pytest.mark.parametrize(("sentence", "key"), UNSEEN)
def test_an_unseen_wording_finds_its_fault(sentence: str, key: str) -> None:
    assert match_fault(sentence).key == key


@pytest.mark.parametrize("sentence", WORDINGS["refused"]["sentences"])
def test_what_is_out_of_scope_or_unclear_is_refused_with_what_is_known(sentence: str) -> None:
    with pytest.raises(UnknownNameError, match=r"Known: cage fault, healthy, inner and outer race"):
        match_fault(sentence)


def test_every_saying_of_the_knowledge_base_finds_its_own_fault() -> None:
    assert [match_fault(saying).key for saying, _ in KNOWN] == [key for _, key in KNOWN]


def test_the_sayings_are_understood_even_without_being_looked_up() -> None:
    families = {each.key: set(each.families) for each in load_faults()}
    understood = [
        not (stated := read_statement(saying)).objection
        and stated.damaged == families[key]
        and stated.healthy == (key == "healthy")
        for saying, key in KNOWN
    ]
    assert sum(understood) >= 0.99 * len(KNOWN)


@pytest.mark.parametrize(
    "template",
    [
        "{}",
        "A {} bearing",
        "a bearing with {}",
        "a bearing: {}",
        "This recording shows {}.",
        "vibration signal of a motor bearing, {}",
    ],
)
@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("ball", "rolling_element"),
        ("comb", "inner_and_outer_race"),
        ("health", "healthy"),
        ("inner", "inner_race"),
        ("outer", "outer_race"),
    ],
)
def test_the_labels_of_the_reference_work_in_every_template(
    template: str, label: str, key: str
) -> None:
    assert match_fault(template.format(label)).key == key


@pytest.mark.parametrize(
    ("sentence", "damaged", "sound"),
    [
        ("outer race fault, inner race intact", {"outer"}, {"inner"}),
        ("not the inner race but the outer race", {"outer"}, {"inner"}),
        ("inner race rather than outer race", {"inner"}, {"outer"}),
        ("neither the cage nor the balls, the inner race is cracked", {"inner"}, {"cage", "ball"}),
        ("no outer race, inner race or ball fault", set(), {"outer", "inner", "ball"}),
        ("the inner race is not healthy", {"inner"}, set()),
        ("the inner race isn't undamaged", {"inner"}, set()),
        ("inner and outer race are damaged, cage and balls are fine", {"inner", "outer"},
         {"cage", "ball"}),
        ("内圈正常，外圈剥落", {"outer"}, {"inner"}),
        ("不是外圈而是内圈", {"inner"}, {"outer"}),
        ("内圈不正常", {"inner"}, set()),
        ("外圈、内圈及滚动体均无损伤", set(), {"outer", "inner", "ball"}),
    ],
)  # fmt: skip
def test_no_and_not_reach_as_far_as_they_are_meant(
    sentence: str, damaged: set[str], sound: set[str]
) -> None:
    stated = read_statement(sentence)
    assert (stated.damaged, stated.sound) == (damaged, sound)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("raceway spalling", "does not say which race"),
        ("inner or outer race fault", "offers a choice"),
        ("not the inner race", "only says that the inner race is sound"),
        ("the bearing is healthy but the inner race is cracked", "calls the bearing healthy"),
        ("the inner race is cracked, the inner race is healthy", "damaged and that it is sound"),
        ("compound fault of the inner race", "only one part: inner race"),
        ("inner race fault and a broken gear tooth", "'gear' is no part of a bearing"),
        ("he kicked the ball", "does not seem to speak of a bearing"),
    ],
)
def test_a_refusal_says_why_and_gives_an_example(sentence: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Not understood:.*{words}.*Say the part"):
        match_fault(sentence)


def test_a_nonsense_sentence_is_told_an_example() -> None:
    with pytest.raises(
        UnknownNameError, match=r"fault 'unbalance'.*'spalling on the outer raceway'"
    ):
        match_fault("unbalance")


def test_two_sentences_for_one_fault_are_both_kept_word_for_word() -> None:
    sentences = ["Spalled OUTER race!", "outer race fault", "外圈剥落"]
    matched = match_faults(sentences)
    assert [each.sentence for each in matched] == sentences
    assert {each.fault.key for each in matched} == {"outer_race"}


def test_only_the_given_faults_are_considered() -> None:
    some = [each for each in load_faults() if each.key != "cage"]
    with pytest.raises(UnknownNameError, match=r"Unknown fault 'worn retainer'"):
        match_fault("worn retainer", some)


def test_a_fault_of_ones_own_is_found_by_its_phrases_and_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "fluting.toml").write_text(
        """
key = "fluted_outer_race"
families = ["outer"]
source = ["our own records"]
names = { en = "current damage of the outer race", zh = "外圈轴电流损伤" }
synonyms = { en = ["frequency converter damage"], zh = ["变频器电流损伤"] }
phrases = { en = ["stray current marks"], zh = ["电流痕"] }
signature = { en = "As an outer race fault.", zh = "同外圈故障。" }
causes = { en = ["converter"], zh = ["变频器"] }
action.watch = { en = "measure shaft voltage", zh = "测量轴电压" }
""",
        encoding="utf-8",
    )
    faults = load_faults(tmp_path)
    assert match_fault("a motor with frequency converter damage", faults).key == "fluted_outer_race"
    assert match_fault("outer race with stray current marks", faults).key == "fluted_outer_race"
    with pytest.raises(
        UsageError, match=r"may mean current damage of the outer race or outer race"
    ):
        match_fault("the outer ring has a small spall", faults)


def test_a_whole_book_is_not_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"6000 characters; at most 1000"):
        match_fault("outer " * 1000)


WORDS = [
    *("no", "not", "inner", "outer", "race", "ball", "cage", "fault", "healthy", "and", "or", ","),
    *("but", "the", "bearing", "外圈", "无", "故障", "正常", "或"),
]


@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_text_gives_a_fault_or_an_error_in_words(text: str) -> None:
    try:
        assert match_fault(text) in load_faults()
    except UsageError as error:
        assert "Known:" in str(error)
