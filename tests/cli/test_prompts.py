"""`prompts` shows wordings, measures what each gains on labelled pictures, and writes a choice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.text.defect_sentences import understood_defects
from faultlens.text.prompt_sets import read_prompt_sets
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model

MINE = """
[sets.mine]
crack = "a purple balloon"
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "colours"
    write_coloured_model(folder)
    return folder


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures of each: clean, cracked (red) and scratched (blue)."""
    root = tmp_path_factory.mktemp("pictures")
    for label, colour in (("good", None), ("crack", CRACKED), ("scratch", SCRATCHED)):
        (root / label).mkdir()
        for seed in range(12):
            dice = np.random.default_rng(seed)
            top, left = (int(x) for x in dice.integers(0, 24, 2))
            spots = () if colour is None else ((colour, top, left, 24, 24),)
            made = picture(seed, height=48, width=48, spots=spots)
            Image.fromarray(made.pixels).save(root / label / f"{seed}.png")
    return root


def test_the_wordings_of_a_part_are_shown(run: Any) -> None:
    told = run("prompts", "--part", "drive shaft").out
    assert "grinding crack in keyway\n" in told
    assert "a drive shaft with thread damage characterized by" in told
    assert "(taken out: a dent on the shaft body)" in told
    assert "键槽磨削裂纹" in run("prompts", "--part", "传动轴", "--lang", "zh").out


def test_the_wordings_of_given_sentences_are_json(run: Any) -> None:
    given = "not a scratch, but a dent; 3 mm pit"
    table = json.loads(run("prompts", "--defects", given, "--sets", "basic", "--json").out)
    assert list(table["sets"]) == ["basic"]
    assert "a dent" in str(table["sets"]["basic"])


def test_what_each_wording_gains_is_told_with_its_interval(
    run: Any, model: Path, labelled: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(MINE, encoding="utf-8")
    asked = ("--data", labelled, "--model", model, "--sets", f"basic,optimised,{mine}")
    said = run("prompts", "compare", *asked)
    assert said.code == 0
    assert "basic      named rightly 1.000 [" in said.out
    assert "'mine' is worse than 'basic' beyond the interval: named rightly -" in said.out
    assert "'optimised' is not to be told from 'basic': named rightly" in said.out
    table = json.loads(run("prompts", "compare", *asked, "--json").out)
    assert table["gains"]["mine"]["recall crack"]["verdict"] == "worse"
    assert table["pictures"] == 36
    told = run("prompts", "compare", *asked, "--lang", "zh").out
    assert "“mine”劣于“basic”" in told


def test_the_best_words_are_written_and_can_be_compared_again(
    run: Any, model: Path, labelled: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(MINE, encoding="utf-8")
    out = tmp_path / "tuned.toml"
    asked = ("--data", labelled, "--model", model)
    said = run("prompts", "tune", *asked, "--sets", f"{mine},basic", "--out", out)
    assert said.code == 0
    assert "crack: basic\n" in said.out
    assert "'tuned' is better than 'mine' beyond the interval" in said.out
    words = out.read_text(encoding="utf-8")
    assert words.startswith("# Chosen by faultlens prompts tune on 36 pictures of ")
    assert "# On pictures that had no say: named rightly 1.000" in words
    (read,) = read_prompt_sets(out, understood_defects(["no defect", "crack", "scratch"]))
    assert read.wording("crack").sentences == ("a crack",)
    again = run("prompts", "compare", *asked, "--sets", f"basic,{out}")
    assert "'tuned' is not to be told from 'basic'" in again.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare",), "needs labelled pictures: give their folder by --data"),
        (("polish",), "Unknown action of prompts 'polish'"),
        (("--sets", "best"), "Unknown prompt set 'best'"),
        (("--sets", ","), "names no prompt set"),
        (("--sets", "nowhere.toml"), "There is no prompt set 'nowhere.toml'"),
        (("--defects", "crack,crack"), "Sentences 1 and 2 are the same"),
    ],
)
def test_wrong_usage_says_what_to_do(run: Any, arguments: tuple[str, ...], words: str) -> None:
    said = run("prompts", *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_advice_names_confusions_what_helps_and_what_to_label_next(
    run: Any, model: Path, labelled: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[sets.mine]\ncrack = "a scratch"\nscratch = "a crack"\n')
    arguments = ("prompts", "advise", "--data", labelled, "--model", model, "--quiet")
    told = run(*arguments, "--sets", f"{mine},basic")
    assert told.code == 0
    assert "'crack' is called 'scratch' in 12 of 12 pictures" in told.out
    assert "The words that would help most:" in told.out
    pool = labelled / "crack"
    table = json.loads(run(*arguments, "--sets", "basic", "--pool", pool, "--json").out)
    assert table["named_rightly"] == 1.0 and table["pairs"] == []
    assert table["label_next"] and Path(table["label_next"][0]["file"]).parent == pool
    missing = run(*arguments, "--pool", tmp_path)
    assert missing.code == 3 and "holds no picture" in missing.err
