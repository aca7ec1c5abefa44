"""The knowledge base is complete in both languages, and a file that breaks a rule is named."""

from importlib.resources import files
from pathlib import Path

import pytest

from faultlens.core.errors import (
    DuplicateNameError,
    UnknownNameError,
    UnreadableFileError,
    UsageError,
)
from faultlens.signals import evidence
from faultlens.text import knowledge
from faultlens.text.defects import load_defects
from faultlens.text.knowledge import Fault, fault, load_faults
from faultlens.text.knowledge_page import knowledge_page
from faultlens.text.spelling import plain

KEYS = {
    "healthy": (),
    "outer_race": ("outer",),
    "inner_race": ("inner",),
    "rolling_element": ("ball",),
    "cage": ("cage",),
    "inner_and_outer_race": ("inner", "outer"),
    "outer_race_and_rolling_element": ("outer", "ball"),
    "inner_race_and_rolling_element": ("inner", "ball"),
}

OWN = """
key = "lubrication"
families = ["cage"]
source = ["our own records"]
names = { en = "starved lubrication", zh = "润滑不足" }
synonyms = { en = ["dry bearing"], zh = ["缺油"] }
phrases = { en = ["bearing squeals for grease"], zh = ["轴承缺脂啸叫"] }
signature = { en = "Broadband noise.", zh = "宽带噪声。" }
causes = { en = ["no grease"], zh = ["缺脂"] }
action.watch = { en = "grease it", zh = "补脂" }
"""


def own_folder(tmp_path: Path, text: str = OWN) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "own.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_faults_of_rolling_bearings_are_known_with_their_families() -> None:
    assert {each.key: each.families for each in load_faults()} == KEYS
    assert load_faults()[0].key == "healthy"


def test_the_families_are_those_of_the_line_evidence() -> None:
    assert knowledge.FAMILIES == evidence.FAMILIES


@pytest.mark.parametrize("each", load_faults(), ids=lambda each: each.key)
def test_every_fault_speaks_both_languages_at_length(each: Fault) -> None:
    assert len(each.synonyms.en) + len(each.phrases.en) >= 25
    assert len(each.synonyms.zh) + len(each.phrases.zh) >= 15
    assert all(said.isascii() for said in (*each.synonyms.en, *each.phrases.en, each.names.en))
    for said in (*each.phrases.zh, each.names.zh, each.signature.zh, *each.causes.zh):
        assert any("一" <= character <= "鿿" for character in said)
    assert each.source


@pytest.mark.parametrize("each", load_faults(), ids=lambda each: each.key)
def test_every_fault_but_healthy_has_an_action_of_each_urgency(each: Fault) -> None:
    assert each.levels == (("watch",) if each.key == "healthy" else knowledge.LEVELS)
    for level in each.levels:
        assert each.action(level).en and each.action(level).zh


def test_no_saying_stands_under_two_faults_or_twice_under_one() -> None:
    said = [plain(saying) for each in load_faults() for saying in each.sayings()]
    assert sorted(said) == sorted(set(said))


def test_every_file_is_named_after_its_key() -> None:
    folder = files("faultlens.text") / "faults" / "bearing"
    assert {file.name for file in folder.iterdir()} == {f"{key}.toml" for key in KEYS}


def test_an_unknown_key_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'outer_rase'. Nearest: outer_race.*Known: cage"):
        fault("outer_rase")


def test_an_action_that_a_fault_lacks_lists_those_it_has() -> None:
    with pytest.raises(UnknownNameError, match=r"action level for healthy 'act'.*Known: watch"):
        fault("healthy").action("act")


def test_another_language_lists_en_and_zh() -> None:
    with pytest.raises(UnknownNameError, match=r"language 'de'.*Known: en, zh"):
        fault("cage").names.of("de")


def test_a_folder_of_ones_own_adds_to_ours(tmp_path: Path) -> None:
    faults = load_faults(own_folder(tmp_path))
    assert len(faults) == len(KEYS) + 1
    assert fault("lubrication", faults).phrases.zh == ("轴承缺脂啸叫",)


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        (
            'key = "lub',
            'colour = "red"\nkey = "lub',
            UnknownNameError,
            "field in own.toml 'colour'",
        ),
        ('families = ["cage"]', 'families = ["gear"]', UnknownNameError, "line family.*'gear'"),
        ('families = ["cage"]', "families = []", UsageError, "no line family"),
        ('source = ["our own records"]', "", UsageError, "own.toml: source missing"),
        (', zh = "润滑不足"', "", UsageError, "names: zh missing"),
        ('"starved lubrication"', '" "', UsageError, "names.en is ' '"),
        ('["dry bearing"]', "[]", UsageError, "must be a list of texts"),
        ('["dry bearing"]', "[3]", UsageError, "must be a list of texts"),
        ("action.watch", "action.panic", UnknownNameError, "'panic'.*Known: act, plan, watch"),
        ("action.watch = {", "action = {}\n[x]\ny = {", UnknownNameError, "'x'"),
        ('{ en = "grease it", zh = "补脂" }', "3", UsageError, "action.watch is 3"),
        ('"dry bearing"', '"BPFO"', DuplicateNameError, "'BPFO' is said of 'lubrication'"),
        ('key = "lubrication"', 'key = "cage"', DuplicateNameError, "'cage' exists already"),
        ('key = "lubrication"', "key = ", UnreadableFileError, "own.toml is not TOML"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named_with_the_rule(
    tmp_path: Path, old: str, new: str, error: type[Exception], words: str
) -> None:
    assert old in OWN
    with pytest.raises(error, match=words):
        load_faults(own_folder(tmp_path, OWN.replace(old, new)))


def test_a_folder_that_does_not_exist_and_a_file_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No folder .*give one that holds a TOML file per fault"):
        load_faults(tmp_path / "nowhere")
    with pytest.raises(UnreadableFileError, match=r"larger than 256 kB"):
        load_faults(own_folder(tmp_path, "#" * 300_000))


def test_the_page_shows_every_fault_in_both_languages() -> None:
    page = knowledge_page()
    for each in load_faults():
        assert f"## {each.names.en} · {each.names.zh}" in page
        assert each.signature.zh in page
        assert each.phrases.en[-1] in page


def test_the_page_shows_every_defect_of_surfaces_and_the_words_that_pick_a_set() -> None:
    page = knowledge_page()
    for each in load_defects():
        assert f"### {each.names.en} · {each.names.zh} (`{each.key}`)" in page
        assert each.look.zh in page
    assert "| drive shaft | 传动轴 | drive shaft, driveshaft" in page
