"""The knowledge base of surfaces is complete in both languages, and a broken file is named."""

from importlib.resources import files
from pathlib import Path

import pytest

from faultlens.core.errors import DuplicateNameError, UnknownNameError, UsageError
from faultlens.text.defect_sets import load_sets, set_of_part
from faultlens.text.defects import Defect, defect, defect_set, load_defects
from faultlens.text.spelling import plain

SETS = {
    "metal surface": {
        "no_defect", "crack", "scratch", "corrosion", "dent", "pitting", "inclusion", "weld_defect",
    },
    "drive shaft": {
        "no_defect", "keyway_crack", "spline_scratch", "flange_corrosion", "shaft_dent",
        "thread_damage",
    },
    "turbine blade": {
        "no_defect", "thermal_fatigue_crack", "foreign_object_damage", "coating_spallation",
        "tip_erosion", "leading_edge_wear",
    },
    "hot-rolled strip": {
        "no_defect", "crazing", "inclusion", "patches", "pitting", "rolled_in_scale", "scratch",
    },
    "casting": {
        "no_defect", "blowhole", "shrinkage", "cold_shut", "misrun", "sand_inclusion", "flash",
        "chipped_edge",
    },
    "magnetic tile": {"no_defect", "blowhole", "breakage", "crack", "fray", "uneven"},
    "weld": {
        "no_defect", "weld_defect", "weld_crack", "weld_porosity", "undercut", "lack_of_fusion",
        "spatter", "burn_through",
    },
}  # fmt: skip

OWN = """
key = "moth_hole"
concept = "porosity"
sets = ["casting"]
confusable = ["blowhole"]
source = ["our own records"]
names = { en = "moth hole", zh = "蛀孔" }
look = { en = "a ragged hole", zh = "参差的孔" }
size = { en = "small", zh = "小" }
colour = { en = "dark", zh = "暗" }
action = { en = "call the museum", zh = "联系博物馆" }
synonyms = { en = ["moth damage"], zh = ["虫蛀"] }
basic = { en = ["a moth hole"], zh = ["蛀孔"] }
optimised = { en = ["a ragged dark moth hole"], zh = ["参差的深色蛀孔"] }
causes = { en = ["moths"], zh = ["蛀虫"] }
"""


def own_folder(tmp_path: Path, text: str = OWN) -> Path:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("name", "keys"), SETS.items(), ids=SETS)
def test_a_set_holds_its_defects_and_no_defect_first(name: str, keys: set[str]) -> None:
    found = [each.key for each in defect_set(name)]
    assert found[0] == "no_defect"
    assert set(found) == keys


def test_the_sets_are_all_named_here() -> None:
    assert set(load_sets()) == set(SETS)


def test_every_set_says_its_family_and_its_part_words_in_both_languages() -> None:
    for each in load_sets().values():
        assert len(each.words.en) >= 7
        assert len(each.words.zh) >= 5


@pytest.mark.parametrize("each", load_defects(), ids=lambda each: each.key)
def test_every_defect_speaks_both_languages(each: Defect) -> None:
    assert len(each.synonyms.en) >= 3
    assert len(each.synonyms.zh) >= 2
    assert each.prompts_basic.en and len(each.prompts_optimised.en) >= 2
    assert all(said.isascii() for said in (*each.synonyms.en, *each.prompts_optimised.en))
    for said in (each.names.zh, each.look.zh, each.action.zh, *each.causes.zh,
                 *each.prompts_optimised.zh, *each.reflection.zh):  # fmt: skip
        assert any("一" <= character <= "鿿" for character in said)
    assert each.is_no_defect or each.confusable
    assert each.source


def test_no_saying_stands_twice() -> None:
    said = [plain(x) for each in load_defects() for x in set(map(plain, each.sayings()))]
    assert sorted(said) == sorted(set(said))


def test_every_file_is_named_after_its_key() -> None:
    root = files("faultlens.text") / "defects"
    names = {file.name for room in root.iterdir() if room.is_dir() for file in room.iterdir()}
    assert names == {f"{each.key}.toml" for each in load_defects()}


def test_the_prompts_of_the_guide_are_filled() -> None:
    scratch = defect("scratch")
    assert scratch.template_prompt() == (
        "a metal surface with a scratch characterized by a straight shallow groove scraped into "
        "the surface, long and narrow, brighter than the metal around it"
    )
    assert scratch.template_prompt("zh", part="磁瓦").startswith("磁瓦有划痕，特征为")
    assert any("with specular reflection" in x for x in scratch.reflection.en)
    assert "not a scratch, but a crack" in defect("crack").contrast.en
    assert "不是划痕，而是裂纹" in defect("crack").contrast.zh


def test_no_defect_is_not_asked_as_a_question_in_chinese() -> None:
    nothing = defect("no_defect")
    for prompt in (nothing.template_prompt("zh"), *nothing.reflection.zh):
        assert "有无" not in prompt


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("drive shaft", "drive shaft"), ("传动轴", "drive shaft"), ("rear axle", "drive shaft"),
        ("Propeller-Shaft no. 7", "drive shaft"), ("the turbine blade of stage 2", "turbine blade"),
        ("航空发动机叶片", "turbine blade"), ("hot-rolled steel strip", "hot-rolled strip"),
        ("热轧带钢", "hot-rolled strip"), ("pump impeller", "casting"), ("压铸件", "casting"),
        ("magnetic tile", "magnetic tile"), ("磁瓦", "magnetic tile"), ("weld seam", "weld"),
        ("管道焊缝", "weld"), ("metal surface", "metal surface"), ("door knob", "metal surface"),
        ("", "metal surface"), ("welding machine's drive shaft", "drive shaft"),
    ],
)  # fmt: skip
def test_the_words_for_a_part_pick_its_set(part: str, name: str) -> None:
    assert set_of_part(part) == name


def test_no_part_word_stands_under_two_sets() -> None:
    words = [
        word
        for each in load_sets().values()
        for word in {plain(x) for x in (*each.words.en, *each.words.zh)}
    ]
    assert sorted(words) == sorted(set(words))


def test_an_unknown_key_or_set_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"defect 'crak'. Nearest: crack"):
        defect("crak")
    with pytest.raises(UnknownNameError, match=r"set of defects 'driveshaft'.*drive shaft"):
        defect_set("driveshaft")


def test_a_folder_of_ones_own_adds_to_ours_and_to_a_set(tmp_path: Path) -> None:
    defects = load_defects(own_folder(tmp_path))
    assert len(defects) == len(load_defects()) + 1
    assert "moth_hole" in {each.key for each in defect_set("casting", defects)}
    assert defect("moth_hole", defects).contrast.en == ("not a blowhole, but a moth hole",)


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ('sets = ["casting"]', 'sets = ["shoes"]', UnknownNameError, "own.toml 'shoes'.*casting"),
        ('confusable = ["blowhole"]', 'confusable = ["hole"]', UnknownNameError, "defect 'hole'"),
        ('concept = "porosity"', "", UsageError, "own.toml: concept missing"),
        ('"moth damage"', '"crack"', DuplicateNameError, "'crack' is said of"),
        ('key = "moth_hole"', 'key = "crack"', DuplicateNameError, "'crack' exists already"),
        ("causes", "origin", UnknownNameError, "field in own.toml 'origin'"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named_with_the_rule(
    tmp_path: Path, old: str, new: str, error: type[Exception], words: str
) -> None:
    assert old in OWN
    with pytest.raises(error, match=words):
        load_defects(own_folder(tmp_path, OWN.replace(old, new)))


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No folder .*TOML file per defect"):
        load_defects(tmp_path / "nowhere")
