"""What a wording gains is measured on the same pictures, with an interval, and told in words."""

from collections.abc import Sequence

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.evaluation.surface.prompts import (
    ACCURACY,
    ALARM,
    AUROC,
    WordedPictures,
    class_rows,
    compare_prompts,
    verdict,
)
from faultlens.evaluation.surface.prompts_told import figures_told, gains_told
from faultlens.evaluation.surface.prompts_tuned import choose, tune_prompts
from faultlens.text.prompt_sets import PromptSet, Wording

LABELS = ("no defect", "crack", "scratch")
DIM = 12


def encode(sentences: Sequence[str]) -> np.ndarray:
    """Sentences of known directions."""
    return np.stack([WHERE[x] for x in sentences])


def towards(*parts: float) -> np.ndarray:
    row = np.zeros(DIM, np.float32)
    row[: len(parts)] = parts
    return np.asarray(row / np.linalg.norm(row), np.float32)


WHERE = {
    "no defect": towards(1),
    "crack": towards(0, 1),
    "good crack": towards(0, 1),
    "scratch": towards(0, 0, 1),
    "poor crack": towards(0, 0.2, 0, 1),  # mostly about something else
    "mixed crack": towards(0, 0.5, 0.5),
}


def pictures(count: int = 40, noise: float = 0.25, seed: int = 0) -> WordedPictures:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), count)
    rows = np.stack([WHERE[LABELS[x]] for x in truth]) + rng.normal(0, noise, (3 * count, DIM))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return WordedPictures(
        rows, LABELS, truth, tuple(map(str, range(3 * count))), clean=0, temperature=0.1
    )


def named(name: str, crack: str, denied: tuple[str, ...] = ()) -> PromptSet:
    return PromptSet(
        name,
        (
            Wording("no defect", ("no defect",)),
            Wording("crack", (crack,), denied),
            Wording("scratch", ("scratch",)),
        ),
    )


def test_figures_are_those_of_counting() -> None:
    given = pictures(noise=0.5)
    (found,) = compare_prompts(given, [named("good", "good crack")], encode).sets
    cosines = given.rows @ np.stack([WHERE[x] for x in LABELS]).T
    right = cosines.argmax(axis=1) == given.truth
    assert found.value(ACCURACY) == pytest.approx(right.mean())
    assert found.value("recall crack") == pytest.approx(right[given.truth == 1].mean())
    low, high = found.interval(ACCURACY)
    assert low < found.value(ACCURACY) < high
    wins = cosines[given.truth == 1, 1][:, None] > cosines[given.truth != 1, 1][None]
    assert found.value(f"{AUROC} crack") == pytest.approx(wins.mean())
    assert 0.8 < found.value(ALARM) <= 1


def test_a_better_wording_is_told_from_chance_and_a_copy_is_not() -> None:
    sets = [named("poor", "poor crack"), named("good", "good crack"), named("copy", "poor crack")]
    found = compare_prompts(pictures(), sets, encode)
    assert verdict(found.gains["good"]["recall crack"]) == "better"
    assert found.gains["good"]["recall crack"].value > 0.2
    copy = found.gains["copy"][ACCURACY]
    assert (copy.value, copy.low, copy.high, verdict(copy)) == (0, 0, 0, "same")
    told = list(gains_told(found, "en"))
    assert any(x.startswith("'good' is better than 'poor' beyond the interval") for x in told)
    assert any(x.startswith("'copy' is not to be told from 'poor': named rightly") for x in told)
    assert any("“good”优于“poor”" in x for x in gains_told(found, "zh"))
    assert "命名正确率" in figures_told(found.sets[0], "zh")
    assert found.to_dict()["gains"]["good"]["recall crack"]["verdict"] == "better"


def test_many_judgements_are_told_to_include_chance() -> None:
    sets = [named("a", "good crack"), named("b", "poor crack"), named("c", "good crack")]
    assert "one in twenty" in compare_prompts(pictures(), sets, encode).notices[0].en


def test_what_a_wording_denies_is_taken_out_of_its_row() -> None:
    (plain,) = class_rows([Wording("crack", ("mixed crack",))], encode)
    (contrast,) = class_rows([Wording("crack", ("mixed crack",), ("scratch",))], encode)
    assert contrast @ WHERE["scratch"] < plain @ WHERE["scratch"] - 0.1
    assert contrast @ WHERE["crack"] > plain @ WHERE["crack"]
    assert np.linalg.norm(contrast) == pytest.approx(1)


def test_several_sentences_are_one_mean_and_each_is_encoded_once() -> None:
    asked: list[str] = []

    def counted(sentences: Sequence[str]) -> np.ndarray:
        asked.extend(sentences)
        return encode(sentences)

    both = [Wording("a", ("crack", "scratch")), Wording("b", ("crack",), ("scratch",))]
    rows = class_rows(both, counted)
    mean = WHERE["crack"] + WHERE["scratch"]
    assert rows[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert sorted(asked) == ["crack", "scratch"]


def test_unnamed_defects_count_for_the_alarm_alone() -> None:
    given = pictures()
    unnamed = WordedPictures(
        given.rows, LABELS, np.where(given.truth > 0, -1, 0), given.group, 0, 0.1
    )
    found = compare_prompts(unnamed, [named("good", "good crack")], encode)
    assert set(found.sets[0].draws) == {ALARM}
    assert "none of the labels names" in found.notices[-1].en


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ([], "No prompt set was given"),
        ([named("a", "crack"), named("a", "crack")], "Two prompt sets are called 'a'"),
        (
            [PromptSet("b", (Wording("dent", ("crack",)),))],
            "words dent, but asked for is no defect",
        ),
    ],
)
def test_sets_that_do_not_fit_are_refused(sets: list[PromptSet], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        compare_prompts(pictures(), sets, encode)


def test_pictures_of_one_label_compare_nothing() -> None:
    given = pictures()
    with pytest.raises(UsageError, match=r"show one label only"):
        compare_prompts(given.chosen(np.arange(10)), [named("a", "crack")], encode)


def test_tuning_takes_the_better_wording_and_measures_it_on_pictures_that_had_no_say() -> None:
    given = pictures()
    found = tune_prompts(given, [named("poor", "poor crack"), named("good", "good crack")], encode)
    assert found.kinds == {"no defect": "poor", "crack": "good", "scratch": "poor"}
    assert found.chosen.wording("crack").sentences == ("good crack",)
    assert found.gains[ACCURACY].is_better
    assert found.notices == ()
    assert found.held.value(ACCURACY) > found.first.value(ACCURACY) + 0.05


def test_a_choice_among_words_of_pure_chance_gains_nothing_and_says_so() -> None:
    # Rows that have nothing to do with the labels: any choice fits the pictures by chance only.
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(90, DIM))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    given = WordedPictures(rows, LABELS, np.repeat([0, 1, 2], 30), tuple(map(str, range(90))), 0)
    sets = [named(f"set {i}", x) for i, x in enumerate(("crack", "poor crack", "scratch"))]
    found = tune_prompts(given, sets, encode)
    assert not found.gains[ACCURACY].is_better
    assert "had no say" in found.notices[0].en and "not more than chance" in found.notices[0].en


def test_a_tie_keeps_the_first_wording() -> None:
    given = pictures()
    cosines = given.rows @ np.stack([WHERE[x] for x in LABELS]).T
    assert choose(given, np.stack([cosines, cosines])).tolist() == [0, 0, 0]


def test_pictures_of_one_group_are_never_on_both_sides_of_a_fold() -> None:
    # Ten copies of each picture: were they split, the held pictures would have been seen.
    one = pictures(count=3, noise=0.6, seed=2)
    copied = WordedPictures(
        np.repeat(one.rows, 10, axis=0),
        LABELS,
        np.repeat(one.truth, 10),
        tuple(np.repeat(one.group, 10)),
        0,
    )
    with pytest.raises(UsageError, match=r"3 pictures of 'no defect'.*at least 10 of each label"):
        tune_prompts(copied, [named("a", "poor crack"), named("b", "good crack")], encode)


def test_tuning_needs_something_to_choose_from() -> None:
    with pytest.raises(UsageError, match=r"at least two prompt sets"):
        tune_prompts(pictures(), [named("a", "crack")], encode)
