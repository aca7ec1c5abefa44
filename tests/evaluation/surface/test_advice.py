"""Confusions are counted, and the words, example and pictures that would help are found."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.evaluation.surface.advice import CONTRASTED, advise, doubtful
from faultlens.evaluation.surface.advice_told import advice_told
from faultlens.evaluation.surface.best_change import best_change
from faultlens.evaluation.surface.confusions import confusions
from faultlens.evaluation.surface.prompts import WordedPictures
from faultlens.text.prompt_sets import PromptSet, Wording

CRACK, SCRATCH, DENT = np.eye(3)
POINTS = {
    "crack": CRACK, "dent": DENT, "scratch": SCRATCH,
    # Words that lie between two defects, and others that say the right one.
    "a line": (SCRATCH + 1.2 * CRACK) / np.sqrt(1 + 1.44), "a thin scratch": SCRATCH,
}  # fmt: skip


def encode(said: Sequence[str]) -> NDArray[np.floating]:
    """Rows of the words above."""
    return np.array([POINTS[x] for x in said], dtype=np.float32)


def words(name: str, *said: str) -> PromptSet:
    """Words for crack, scratch and dent."""
    labels = ("crack", "scratch", "dent")
    return PromptSet(name, tuple(Wording(x, (y,)) for x, y in zip(labels, said, strict=True)))


def pictures(each: int = 20, noise: float = 0.15, seed: int = 0) -> WordedPictures:
    """So many of each, every one of a part of its own; cracks look a little like scratches."""
    dice = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), each)
    rows = np.array([CRACK + 0.5 * SCRATCH, SCRATCH, DENT])[truth] + dice.normal(
        0, noise, (len(truth), 3)
    )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = tuple(f"{i}.png" for i in range(len(truth)))
    return WordedPictures(rows, ("crack", "scratch", "dent"), truth, names, file=names)


def test_the_words_that_would_help_most_are_found_and_what_they_are_worth_elsewhere() -> None:
    now = words("mine", "crack", "a line", "dent")
    other = words("better", "crack", "a thin scratch", "dent")
    found = advise(pictures(), [now, other], encode)
    # "a line" draws the cracks: they are called scratches.
    assert (found.pairs[0].truth, found.pairs[0].called) == ("crack", "scratch")
    assert found.pairs[0].count == found.counts[0, 1] > 0
    assert found.words is not None
    assert (found.words.label, found.words.kind) == ("scratch", "better")
    assert found.words.change.righted > found.words.change.wronged
    assert found.words.change.gain.is_better
    told = [x.en for x in advice_told(found)]
    assert told[0].startswith("'crack' is called 'scratch' in ")
    assert any("'scratch' as 'a thin scratch' (better): +" in x for x in told)
    assert any("最有帮助的措辞" in x.zh for x in advice_told(found))


def test_taking_out_what_a_label_is_taken_for_is_tried_too() -> None:
    found = advise(pictures(), [words("mine", "crack", "a line", "dent")], encode)
    assert found.tried[0] == 1  # only cracks are taken for something
    assert found.words is None or found.words.kind == CONTRASTED


def test_an_example_helps_where_the_words_are_wrong() -> None:
    now = words("mine", "crack", "a line", "dent")
    found = advise(pictures(each=30), [now], encode)
    assert found.example is not None and found.example.label == "crack"
    assert found.example.file.endswith(".png")
    assert found.example.change.gain.value > 0
    best = max(found.worth, key=lambda x: found.worth[x])
    assert best == "crack"
    table = found.to_dict()
    assert table["example"]["file"] == found.example.file
    assert table["confusion"]["counts"][0][1] == table["pairs"][0]["count"]


def test_copies_of_an_example_do_not_speak_for_it() -> None:
    one = pictures(each=12)
    # Twelve shots of one crack: as a group they can help no other picture.
    groups = tuple("one part" if x == 0 else y for x, y in zip(one.truth, one.group, strict=True))
    alike = WordedPictures(one.rows, one.labels, one.truth, groups, file=one.file)
    found = advise(alike, [words("mine", "crack", "a line", "dent")], encode)
    assert found.example is None or found.example.label != "crack"


def test_the_best_of_many_useless_changes_gains_nothing_elsewhere() -> None:
    dice = np.random.default_rng(0)
    truth = np.repeat([0, 1], 60)
    groups = tuple(str(x) for x in range(120))
    gains = dice.choice([-1, 0, 1], (300, 120), p=[0.1, 0.8, 0.1])
    found = best_change(gains, truth, groups)
    assert found is not None and found.righted > found.wronged + 10
    assert not found.gain.is_better and abs(found.gain.value) < 0.06
    assert best_change(-np.abs(gains), truth, groups) is None
    assert best_change(np.zeros((0, 120), dtype=int), truth, groups) is None


def test_confusions_come_worst_first_with_their_interval() -> None:
    found = confusions(np.array([[90, 10, 0], [0, 5, 5], [0, 0, 0]]), ["a", "b", "c"])
    assert [(x.truth, x.called, x.count, x.of) for x in found] == [
        ("b", "c", 5, 10), ("a", "b", 10, 100),
    ]  # fmt: skip
    assert found[0].interval[0] < 0.3 and found[0].interval[1] > 0.7
    assert "50% [24%, 76%]" in found[0].told().en


def test_what_is_doubtful_is_labelled_next_but_no_copy_of_it() -> None:
    rows = np.array([[1.0, 0, 0], [0.71, 0.704, 0], [0.709, 0.705, 0], [0, 0.75, 0.66]])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = doubtful(rows, np.eye(3), most=2)
    assert found == [(2, 0, 1), (3, 1, 2)]


def test_nothing_to_confuse_is_refused() -> None:
    one = pictures()
    with pytest.raises(UsageError, match="fewer than two of what is asked for"):
        advise(one.chosen(np.arange(5)), [words("mine", "crack", "a line", "dent")], encode)
    with pytest.raises(UsageError, match="No prompt set"):
        advise(one, [], encode)
