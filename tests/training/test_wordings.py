"""A grammar is drawn into sentences that mean what their label says, the same from one seed."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.training.grammar import read_common, read_glossary, read_worlds
from faultlens.training.wordings import Wording, draw_general, draw_wordings

RECIPES = Path(__file__).parents[2] / "recipes" / "text"


@pytest.fixture(scope="module")
def drawn(corpus: Path) -> list[Wording]:
    return draw_wordings(read_worlds(corpus), each=80, seed=3)


def of(drawn: list[Wording], concept: str, lang: str) -> list[str]:
    return [x.sentence for x in drawn if (x.concept, x.lang) == (f"bearing/{concept}", lang)]


def test_every_concept_is_said_in_both_languages(drawn: list[Wording]) -> None:
    for concept in ("healthy", "outer_race", "inner_race", "inner_and_outer_race"):
        assert len(of(drawn, concept, "en")) == len(set(of(drawn, concept, "en"))) >= 40
        assert len(of(drawn, concept, "zh")) >= 20


def test_no_slot_is_left_open(drawn: list[Wording]) -> None:
    assert not [x.sentence for x in drawn if "{" in x.sentence]


def test_a_contrast_means_its_first_part(drawn: list[Wording]) -> None:
    turned = [x for x in of(drawn, "outer_race", "en") if x.startswith("not the")]
    assert turned
    assert all("inner" in x.split(" but ")[0] and "outer" in x.split(" but ")[1] for x in turned)


def test_a_denial_is_healthy(drawn: list[Wording]) -> None:
    said = ("no crack on the ", "no spall on the ", "no wear on the ")
    assert [x for x in of(drawn, "healthy", "en") if x.startswith(said)]
    assert not [x for x in of(drawn, "inner_race", "en") if x.startswith(said)]


def test_a_pair_names_both_parts(drawn: list[Wording]) -> None:
    both = [x for x in of(drawn, "inner_and_outer_race", "en") if x.startswith(("broken", "worn"))]
    assert both
    assert all("inner" in x and "outer" in x for x in both)


def test_another_part_may_be_called_sound(drawn: list[Wording]) -> None:
    for concept, other in (("outer_race", "inner"), ("inner_race", "outer")):
        spared = [x for x in of(drawn, concept, "en") if f"the {other} ring is fine" in x]
        assert spared


def test_all_parts_sound_is_healthy(drawn: list[Wording]) -> None:
    said = [x for x in of(drawn, "healthy", "en") if "outer" in x and "inner" in x]
    assert [x for x in said if "fine" in x or "good" in x]


def test_the_knowledge_base_speaks_too(drawn: list[Wording]) -> None:
    assert "raced-out inner ring" in of(drawn, "inner_race", "en")
    assert "内圈布氏压痕" in of(drawn, "inner_race", "zh")


def test_only_english_is_asked_of_the_teacher(drawn: list[Wording]) -> None:
    assert all(bool(x.english) == (x.lang == "en") for x in drawn)


def test_one_seed_draws_one_corpus(corpus: Path, drawn: list[Wording]) -> None:
    assert draw_wordings(read_worlds(corpus), each=80, seed=3) == drawn
    assert draw_wordings(read_worlds(corpus), each=80, seed=4) != drawn


def test_the_glossary_pairs_chinese_with_english(corpus: Path) -> None:
    assert read_glossary(corpus)[1] == ("外圈", "outer ring")
    assert read_glossary(corpus.parent) == ()


def test_general_sentences_mean_no_concept() -> None:
    drawn = draw_general(["red", "cat", "runs"], ["outer race fault"], count=20, seed=1)
    assert len(drawn) == 20
    assert {x.concept for x in drawn} == {""}
    assert [x for x in drawn if {"outer", "race", "fault"} & set(x.sentence.split())]
    assert "outer race fault" not in {x.sentence for x in drawn}


def test_more_is_drawn_of_the_core(corpus: Path) -> None:
    core = ["bearing/outer_race"]
    more = draw_wordings(read_worlds(corpus), each=70, seed=3, core=core, core_each=200)
    assert len(of(more, "outer_race", "en")) > 150
    assert len(of(more, "inner_race", "en")) <= 80
    assert sum(bool(x.english) for x in more if x.concept in core) == 70


def test_a_folder_without_a_grammar_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No grammar .* give the folder recipes/text"):
        read_worlds(tmp_path)


def test_a_broken_grammar_is_named(tmp_path: Path) -> None:
    (tmp_path / "bearing.toml").write_text("[concepts")
    with pytest.raises(UnreadableFileError, match=r"bearing\.toml is not TOML"):
        read_worlds(tmp_path)


def test_our_own_corpus_fills_every_concept_of_both_worlds() -> None:
    worlds = read_worlds(RECIPES)
    drawn = draw_wordings(worlds, each=30, seed=1)
    assert {world.name for world in worlds} == {"bearing", "surface"}
    assert len(drawn) >= 30 * sum(len(world.concepts) for world in worlds)
    assert not [x.sentence for x in drawn if "{" in x.sentence or not x.sentence.strip()]
    chinese = [x.sentence for x in drawn if x.lang == "zh" and x.sentence.isascii()]
    assert len(chinese) < 0.01 * len(drawn)  # "FTF" and the like are said in both


def test_the_glossary_of_ours_has_an_english_meaning_for_each_word() -> None:
    for chinese, english in read_glossary(RECIPES):
        assert chinese and not any(c.isascii() for c in chinese), chinese
        assert english.isascii() and english.strip(), chinese
    assert len(read_common(RECIPES)) > 300
