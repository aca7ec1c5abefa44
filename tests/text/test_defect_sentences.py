"""A sentence about a surface is understood: the defect, what it denies, what is to be measured."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.text.defect_sentences import (
    LONGEST_SENTENCE,
    MOST_SENTENCES,
    asked_defects,
    understood_defect,
    understood_defects,
)
from faultlens.text.defects import defect_set, load_defects

NOTHING_WRONG = [
    "no defect", "no defects", "No defect.", "defect-free", "free of defects", "good", "good part",
    "OK", "ok_front", "normal", "flawless", "undamaged", "without any flaws", "nothing wrong",
    "free from imperfections", "no scratches", "no scratches or dents", "no rust, dents or cracks",
    "crack-free surface", "neither cracks nor dents", "doesn't show any cracks", "not damaged",
    "the part is fine", "the surface is good, no anomaly", "MT_Free", "no sign of corrosion",
    "cracks are absent", "无缺陷", "没有缺陷", "合格", "正常", "未见任何异常", "无裂纹、划痕",
    "没有划痕", "表面完好", "既无裂纹也无凹坑", "未发现锈蚀", "没毛病", "良品",
]  # fmt: skip
SOMETHING_WRONG = [
    "not good", "not OK", "a defect", "damaged", "defective", "不合格", "不良品", "缺陷",
    "not normal", "purple slime", "def_front", "有问题",
]  # fmt: skip
UNDERSTOOD = [
    ("hairline cracks", "crack"), ("A CRACK", "crack"), ("a crack was found on the part", "crack"),
    ("scratch with light reflection", "scratch"), ("just a reflection", "reflection"),
    ("oxidation corrosion with pockmarks and discoloration", "corrosion"),
    ("the surface is rusty", "corrosion"), ("带有麻点的腐蚀", "corrosion"),
    ("表面生锈", "corrosion"),
    ("pitted_surface", "pitting"), ("rolled-in_scale", "rolled_in_scale"), ("MT_Fray", "fray"),
    ("crack in the weld", "weld_crack"), ("lack of fusion", "lack_of_fusion"), ("咬边", "undercut"),
    ("scratch on spline surface", "spline_scratch"), ("法兰处腐蚀", "flange_corrosion"),
    ("grinding crack in keyway", "keyway_crack"), ("叶根热疲劳裂纹", "thermal_fatigue_crack"),
    ("foreign object damage pit", "foreign_object_damage"), ("涂層剝落", "coating_spallation"),
    ("good part but with a scratch", "scratch"), ("not without scratches", "scratch"),
    ("非金属夹杂", "inclusion"), ("砂眼", "sand_inclusion"), ("blowholes", "blowhole"),
]  # fmt: skip
DENIED = [
    ("not a scratch, but a crack", "crack", ["scratch"], "a crack"),
    ("crack, not scratch", "crack", ["scratch"], "crack"),
    ("a crack rather than a scratch", "crack", ["scratch"], "a crack"),
    ("no cracks, only scratches", "scratch", ["crack"], "scratches"),
    ("scratch without reflection", "scratch", ["reflection"], "scratch"),
    ("it is a crack, not a scratch or a dent", "crack", ["scratch", "dent"], "a crack"),
    ("looks like a scratch at first but is a crack", "crack", ["scratch"], "a crack"),
    ("scratch ruled out: crack", "crack", ["scratch"], "crack"),
    ("不是划痕，而是裂纹", "crack", ["scratch"], "裂纹"),
    ("是裂纹，不是划痕", "crack", ["scratch"], "裂纹"),
    ("裂纹而非划痕", "crack", ["scratch"], "裂纹"),
    ("没有裂纹但有划痕", "scratch", ["crack"], "划痕"),
    ("划痕，不是裂纹也不是凹坑", "scratch", ["crack", "dent"], "划痕"),
]


@pytest.mark.parametrize("sentence", NOTHING_WRONG)
def test_many_wordings_say_that_nothing_is_wrong(sentence: str) -> None:
    asked = understood_defect(sentence)
    assert asked.means_no_defect
    assert asked.defect is not None and asked.defect.is_no_defect
    assert (asked.label, asked.distractors) == (sentence, ())


@pytest.mark.parametrize("sentence", SOMETHING_WRONG)
def test_what_names_no_known_defect_is_kept_as_its_own_words(sentence: str) -> None:
    asked = understood_defect(sentence)
    assert (asked.defect, asked.means_no_defect, asked.bare) == (None, False, sentence)


@pytest.mark.parametrize(("sentence", "key"), UNDERSTOOD)
def test_free_sentences_find_their_defect(sentence: str, key: str) -> None:
    asked = understood_defect(sentence)
    assert asked.defect is not None and asked.defect.key == key
    assert not asked.means_no_defect
    assert asked.label == sentence


@pytest.mark.parametrize(("sentence", "key", "distractors", "bare"), DENIED)
def test_what_a_sentence_denies_is_a_distractor_and_is_not_embedded(
    sentence: str, key: str, distractors: list[str], bare: str
) -> None:
    asked = understood_defect(sentence)
    assert asked.defect is not None and asked.defect.key == key
    assert [x.key for x in asked.distractors] == distractors
    assert asked.bare == bare


def test_every_saying_of_the_knowledge_base_finds_its_own_defect() -> None:
    wrong = [
        saying
        for each in load_defects()
        for saying in each.sayings()
        if (found := understood_defect(saying)).defect is not each
        or found.means_no_defect is not each.is_no_defect
    ]
    assert wrong == []


def test_the_contrast_prompts_of_the_knowledge_base_mean_their_defect() -> None:
    wrong = [
        saying
        for each in load_defects()
        for saying in (*each.contrast.en, *each.contrast.zh)
        if (found := understood_defect(saying)).defect is not each
        or [x.key for x in found.distractors] not in [[key] for key in each.confusable]
    ]
    assert wrong == []


def test_the_template_and_reflection_prompts_mean_their_defect() -> None:
    prompts = [
        (each, prompt)
        for each in load_defects()
        for prompt in (each.template_prompt(), each.template_prompt("zh"), *each.reflection.en)
    ]
    wrong = [prompt for each, prompt in prompts if understood_defect(prompt).defect is not each]
    # "a thread ... crushed crests": a look may name another defect; the first named counts.
    assert len(wrong) <= 0.05 * len(prompts), wrong


def test_sizes_and_places_are_conditions_and_are_not_embedded() -> None:
    asked = understood_defect("0.5 mm long transverse crack near the left edge")
    assert asked.defect is not None and asked.defect.key == "crack"
    assert asked.bare == "transverse crack"
    assert [x.quantity for x in asked.conditions] == ["length", "orientation", "place"]
    both = understood_defect("not a scratch, but a crack longer than 2 mm")
    assert (both.bare, len(both.conditions)) == ("a crack", 1)


def test_a_set_is_asked_for_by_its_names() -> None:
    asked = asked_defects(defect_set("drive shaft"), "zh")
    assert [x.label for x in asked][:2] == ["无缺陷", "法兰处腐蚀"]
    assert [x.means_no_defect for x in asked].count(True) == 1


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        ([], "No sentence was given; give at least one, such as .'crack'."),
        ("crack", "One sentence was given where a list belongs"),
        (["crack", " "], "Sentence 2 is empty"),
        (["crack", "?!..."], "Sentence 2 is '.!...': no word in it; say a defect"),
        (["crack", 3], "Sentence 2 is 3"),
        (["crack", "dent", "crack "], "Sentences 1 and 3 are the same: 'crack'. Leave one out"),
        (["x" * (LONGEST_SENTENCE + 1)], "has 301 characters; at most 300 are read"),
        ([f"crack {i}" for i in range(10_000)], "10000 sentences were given; at most 1000"),
        (["3 mm"], "says what to measure but of no defect"),
        (["no crack longer than 1 mm"], "of something that is not there"),
        (["crack longer than 3"], "has no unit"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(sentences: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        understood_defects(sentences)


def test_as_many_and_as_long_as_allowed_are_understood() -> None:
    longest = "a crack " + "x" * (LONGEST_SENTENCE - 8)
    many = [
        longest,
        *(f"crack no. {'abcdefghij'[i % 10]}{i:03}" for i in range(MOST_SENTENCES - 1)),
    ]
    assert {x.defect.key for x in understood_defects(many) if x.defect} == {"crack"}


WORDS = st.sampled_from(
    ["no", "not", "a", "crack", "scratches", "dent", "but", "or", ",", "without", "free", "3 mm",
     "long", "defect", "good", "裂纹", "划痕", "无", "不是", "而是", "的", "有", "、", "，",
     "没有", "缺陷", "合格", "left", "edge", "at the", "reflection", "with", "İ", "ß", "-", "?"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=10), st.sampled_from(["", " "]))
def test_any_sentence_is_understood_or_refused_with_our_own_error(
    words: list[str], between: str
) -> None:
    try:
        asked = understood_defect(between.join(words))
    except FaultlensError as error:
        assert str(error)
    else:
        assert asked.bare.strip()
        assert asked.means_no_defect is (asked.defect is not None and asked.defect.is_no_defect)
        assert asked.defect not in asked.distractors
