"""A sentence asks for the shape that its words say; what a scan cannot show has none."""

import tomllib
from pathlib import Path

import pytest

from faultlens.text.defect_sentences import understood_defect
from faultlens.text.defects import load_defects
from faultlens.text.scan_shapes import SCAN_DEFECTS, load_shapes, scan_defects, shape_of

RECIPES = Path(__file__).parents[2] / "recipes"


def shape(sentence: str) -> str | None:
    found = shape_of(understood_defect(sentence, scan_defects()))
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("deep scratch", "scratch"),
        ("corrosion pit", "pit"),
        ("2 mm 深的腐蚀坑", "pit"),
        ("a bump", "protrusion"),
        ("bump mark", "dent"),
        ("not a dent but a raised bump", "protrusion"),
        ("weld spatter higher than 0.3 mm", "protrusion"),
        ("凸起", "protrusion"),
        ("crack in the keyway", "crack"),
        ("shallow basin from a falling spanner", "dent"),
        ("a furrow along the bore", "scratch"),
        ("split starting at the hole", "crack"),
        ("焊缝旁的小球粘在板上", "protrusion"),
        ("discoloration", None),
        ("purple slime", None),
        ("零件整体弯曲", None),
    ],
)
def test_the_shape_that_is_asked_for(sentence: str, expected: str | None) -> None:
    assert shape(sentence) == expected


def test_what_is_asked_by_default_is_one_shape_each_in_both_languages() -> None:
    for lang in (0, 1):
        assert [shape(x[lang]) for x in SCAN_DEFECTS] == list(load_shapes())


def test_every_key_is_one_of_the_knowledge_base_and_stands_under_one_shape() -> None:
    keys = [key for x in load_shapes().values() for key in x.keys]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= {x.key for x in scan_defects()}
    assert all(set(x.names) <= {y.key for y in load_defects()} for x in load_shapes().values())


def test_protrusions_are_known_of_scans_alone() -> None:
    assert "protrusion" not in {x.key for x in load_defects()}
    bump = understood_defect("bump", scan_defects()).defect
    assert bump is not None and bump.key == "protrusion"


def test_the_sentences_of_the_bench_are_none_that_anything_was_made_with() -> None:
    held = table("benchmarks/scan_paraphrases.toml")
    made = table("scan_wordings.toml")
    assert list(held) == list(load_shapes()) and [*held, "none"] == list(made)
    grammar = (RECIPES / "text" / "surface.toml").read_text(encoding="utf-8")
    sayings = {x for each in scan_defects() for x in each.sayings()}
    used = sayings | {x for said in made.values() for lang in said.values() for x in lang}
    sentences = [x for said in held.values() for lang in said.values() for x in lang]
    assert len(set(sentences)) == len(sentences) >= 90
    assert [x for x in sentences if x in used or f'"{x}"' in grammar] == []


def table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((RECIPES / name).read_text(encoding="utf-8"))
