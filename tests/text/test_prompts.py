"""Prompts are states inside templates, in the language asked, and sets of them can be read."""

from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.text.defect_sentences import asked_defects, understood_defect, understood_defects
from faultlens.text.defects import defect, defect_set
from faultlens.text.prompt_sets import (
    KINDS,
    PromptSet,
    Wording,
    prompt_set,
    read_prompt_sets,
    write_prompt_set,
)
from faultlens.text.prompts import (
    anomalous_sentences,
    contrasts,
    ensemble_for,
    normal_sentences,
    prompt_ensembles,
    sentences_for,
)

ASKED = understood_defects(["crack", "scratch", "no defect", "purple slime"])


@pytest.mark.parametrize("ensemble", prompt_ensembles().values(), ids=prompt_ensembles())
def test_an_ensemble_has_as_many_states_and_templates_as_published(ensemble: object) -> None:
    # WinCLIP: 7 normal and 4 anomalous states, 22 templates.
    made = prompt_ensembles()[ensemble.family]  # type: ignore[attr-defined]
    for lang in ("en", "zh"):
        assert len(made.normal.of(lang)) >= 7
        assert 4 <= len(made.anomalous.of(lang)) <= 8
        assert 4 <= len(made.named.of(lang)) <= 8
        assert len(made.templates.of(lang)) == 20
        assert all(x.count("{}") == 1 for x in made.templates.of(lang))
        assert all("{defect}" in x for x in made.named.of(lang))


def test_a_meaning_is_said_in_every_state_and_template_once() -> None:
    made = sentences_for(understood_defect("hairline crack"), "drive shaft")
    ensemble = ensemble_for("drive shaft")
    assert len(made) == len(set(made)) == len(ensemble.named.en) * 20
    assert all("hairline crack" in x for x in made)
    assert "{" not in "".join(made)
    assert all("磁瓦" in x for x in normal_sentences("磁瓦", lang="zh"))
    assert set(normal_sentences("casting")).isdisjoint(anomalous_sentences("casting"))


def test_sentences_are_made_in_the_language_that_is_asked_in() -> None:
    made = sentences_for(understood_defect("裂纹"), "drive shaft")
    assert "有裂纹的传动轴" in made
    assert all(not x.isascii() for x in made)


def test_no_defect_in_any_wording_is_said_by_the_normal_states() -> None:
    for sentence in ("no scratches", "good", "无划痕"):
        made = sentences_for(understood_defect(sentence), "magnetic tile")
        assert not any("scratch" in x or "划痕" in x for x in made)
    assert "flawless magnetic tile" in sentences_for(understood_defect("good"), "magnetic tile")


def test_a_size_is_in_no_prompt_and_braces_are_words() -> None:
    made = sentences_for(understood_defect("0.5 mm long {x} crack"))
    assert not any("0.5" in x for x in made)
    assert all("{x}" in x for x in made)


def test_what_is_denied_is_a_direction_of_its_own() -> None:
    asked = understood_defect("not a scratch, but a crack")
    assert not any("scratch" in x for x in sentences_for(asked))
    (taken,) = contrasts(asked)
    assert all("scratch" in x for x in taken)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_words_everything_that_is_asked_for(kind: str, lang: str) -> None:
    made = prompt_set(kind, ASKED, "drive shaft", lang=lang)
    assert [x.label for x in made.wordings] == ["crack", "scratch", "no defect", "purple slime"]
    assert all(x.sentences and all(x.sentences) for x in made.wordings)
    chinese = [y.isascii() for x in made.wordings[:3] for y in x.sentences]
    assert not any(chinese) if lang == "zh" else all(chinese)
    assert bool(made.wording("crack").denied) is (kind == "contrast")


def test_the_three_pairs_of_the_guide_stand_in_our_sets() -> None:
    asked = asked_defects([defect("crack"), defect("corrosion"), defect("scratch")])
    basic, optimised = (prompt_set(x, asked) for x in ("basic", "optimised"))
    assert [x.sentences[0] for x in basic.wordings] == ["a crack", "corrosion", "a scratch"]
    assert [x.sentences[0] for x in optimised.wordings] == [
        "a hairline crack on metal surface with reflection",
        "oxidation corrosion with pockmarks and discoloration",
        "linear scratch with light reflection",  # its width is a condition, not a word
    ]
    template = prompt_set("template", asked, "drive shaft").wording("crack").sentences[0]
    assert template.startswith("a drive shaft with a crack characterized by a thin jagged line")


def test_an_unknown_kind_or_label_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"kind of prompts 'best'.*Known: basic, contrast"):
        prompt_set("best", ASKED)
    with pytest.raises(UnknownNameError, match=r"label 'dent'.*Known: crack"):
        prompt_set("basic", ASKED).wording("dent")


def test_a_set_that_was_written_is_read_again(tmp_path: Path) -> None:
    made = PromptSet(
        'my "own"\n',
        (
            Wording("crack", ("a dark line", "裂纹 \\ \x7f"), denied=("a scratch",)),
            Wording("scratch", ("a bright line",)),
            Wording("no defect", ("all well",)),
            Wording("purple slime", ("goo",)),
        ),
    )
    path = tmp_path / "own.toml"
    write_prompt_set(path, made, remarks=["chosen on\n12 pictures"])
    assert path.read_text(encoding="utf-8").startswith("# chosen on 12 pictures\n[sets.")
    (read,) = read_prompt_sets(path, ASKED)
    assert (read.name, read.wordings, read.source) == (made.name, made.wordings, str(path))


def test_a_file_may_name_labels_in_other_words_and_leave_some_out(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[sets.a]\nfissure = "a dark line"\ndent = "passed over"\n'
        '[sets.b]\ngood = ["fine", "well"]\n'
    )
    first, second = read_prompt_sets(path, ASKED)
    assert first.wording("crack").sentences == ("a dark line",)
    assert first.wording("scratch").sentences == ("a scratch",)
    assert second.wording("no defect").sentences == ("fine", "well")


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[sets]", UsageError, "holds no set; write one as .sets.mine."),
        ("x = 1", UnknownNameError, "field in own.toml 'x'"),
        ('[sets.a]\nslime = "x"', UnknownNameError, "label in own.toml, sets.a, slime 'slime'"),
        ('[sets.a]\ndent = "a dent"', UsageError, "sets.a words nothing that is asked for: crack"),
        ('[sets.a]\ncrack = "x"\nfissure = "y"', UsageError, "'crack' is worded twice"),
        ("[sets.a]\ncrack = []", UsageError, "must be a list of texts"),
        ("[sets.a]\ncrack = 3", UsageError, "must be a list of texts"),
        ('[sets.a]\ncrack = { not = ["x"] }', UsageError, "must be a list of texts"),
        ('[sets.a]\ncrack = { never = ["x"] }', UnknownNameError, "'never'.*Known: not, sentences"),
        (f'[sets.a]\ncrack = "{"x" * 301}"', UsageError, "at most 300"),
        (f"[sets.a]\ncrack = {['x'] * 201}", UsageError, "201 sentences; at most 200"),
        ("[sets.a", UnreadableFileError, "own.toml is not TOML"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named_with_the_rule(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        read_prompt_sets(tmp_path / "own.toml", ASKED)


def test_a_file_that_is_not_there_is_told_with_the_kinds(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no prompt set .*basic"):
        read_prompt_sets(tmp_path / "nowhere.toml", ASKED)


def test_every_set_of_the_knowledge_base_can_be_worded() -> None:
    for name in ("weld", "casting", "turbine blade"):
        made = prompt_set("contrast", asked_defects(defect_set(name)), name)
        assert len(made.wordings) == len(defect_set(name))


def test_the_recipe_of_the_guide_is_a_set_that_can_be_read() -> None:
    recipe = Path(__file__).parents[2] / "recipes" / "prompts" / "guide.toml"
    asked = understood_defects(["no defect", "crack", "corrosion", "scratch"])
    basic, optimised, measured = read_prompt_sets(recipe, asked)
    assert [x.sentences for x in basic.wordings][1:] == [("a crack",), ("corrosion",), ("scratch",)]
    assert optimised.wording("scratch").sentences[0].endswith("width < 0.5mm")
    assert measured.wording("scratch").sentences == ("linear scratch with light reflection",)
