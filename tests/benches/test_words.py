"""Sentences are counted right when they lie nearest to what they mean, alone and to recordings."""

from pathlib import Path

import pytest

from benches.topics import AIMS, PARAPHRASES
from benches.words import (
    CLASS_NAMES,
    NAMES,
    RIGHT,
    SAYINGS,
    asked_section,
    paraphrase_section,
    read_paraphrases,
)
from faultlens.core.errors import UnreadableFileError
from faultlens.runtimes.loaded import load_model
from faultlens.text.knowledge import fault

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "recipes" / "benchmarks" / "paraphrases.toml"


def test_the_names_themselves_are_all_right_and_exchanged_ones_all_wrong() -> None:
    names = list(CLASS_NAMES.values())
    right = {key: [name] for key, name in CLASS_NAMES.items()}
    wrong = dict(zip(CLASS_NAMES, [[x] for x in (*names[1:], names[0])], strict=True))
    section = paraphrase_section(
        load_model("builtin/text"), {"bearing": {"en": right, "zh": wrong}}
    )
    top = {(x.subject, x.how): x for x in section.figures if x.name == "top-1"}
    assert top["bearings, English", NAMES].text == "1.000 [0.566, 1.000]"
    assert top["bearings, Chinese", NAMES].text == "0.000 [0.000, 0.434]"
    assert top["bearings, English", NAMES].model == load_model("builtin/text").reference


def test_what_the_knowledge_base_says_is_nearest_to_itself() -> None:
    sayings = {key: fault(key).phrases.zh for key in CLASS_NAMES}
    section = paraphrase_section(load_model("builtin/text"), {"bearing": {"zh": sayings}})
    found = {x.name: x.value for x in section.figures if x.how == SAYINGS}
    assert found["top-1"] >= 0.95
    assert list(found) == ["top-1", *(x.replace("_", " ") for x in CLASS_NAMES)]


def test_surfaces_are_told_by_their_names() -> None:
    held_out = {"surface": {"en": {"no_defect": ["no defect"], "weld_defect": ["weld defect"]}}}
    section = paraphrase_section(load_model("builtin/text"), held_out)
    top = next(x for x in section.figures if x.name == "top-1")
    assert (top.subject, top.how, top.value, top.n) == ("metal surfaces, English", NAMES, 1.0, 2)


def test_the_true_sentence_is_nearest_to_most_simulated_recordings() -> None:
    held_out = {"en": {key: [name] for key, name in CLASS_NAMES.items()}}
    section = asked_section(load_model("builtin/bearing"), held_out, each=4, quiet=True)
    top, *classes = section.figures
    assert (top.name, top.n, top.subject) == (RIGHT, 20, "English")
    # One in five is chance; the interval of chance with 20 recordings ends at .42.
    assert top.value > 0.45
    assert [x.n for x in classes] == [4] * 5
    assert top.value == pytest.approx(sum(x.value for x in classes) / 5)


def test_the_held_out_file_has_enough_of_each_and_the_topics_its_aims() -> None:
    if not HELD_OUT.exists():
        pytest.skip("the held-out sentences lie in the repository only")
    held_out = read_paraphrases(HELD_OUT)
    for lang, least in (("en", 100), ("zh", 40)):
        sentences = held_out["bearing"][lang]
        assert set(sentences) == set(CLASS_NAMES)
        assert sum(map(len, sentences.values())) >= least
    assert {subject for topic, subject, _ in AIMS if topic == PARAPHRASES} == {
        "bearings, English",
        "bearings, Chinese",
    }


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "paraphrases.toml"
    path.write_text("[bearing", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"paraphrases\.toml cannot be read"):
        read_paraphrases(path)
