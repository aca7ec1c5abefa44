"""A name is given where it alone fits, and missed as seldom as promised; what is alike is said."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.profiles.calibrate_classes import class_thresholds
from faultlens.profiles.class_thresholds import (
    ClassThresholds,
    calibrated_names,
    possible_names,
)
from faultlens.profiles.labelled_classes import offer_of
from faultlens.profiles.surface_doubts import class_doubts

LABELS = ("crack", "scratch", "dent")


def drawn(
    per_class: int, *, apart: tuple[float, float, float] = (3.0, 3.0, 3.0),
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0), seed: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:  # fmt: skip
    """Shares of a model whose logits are normal: `apart` for the true class, `bias` for all."""
    dice = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), per_class)
    logits = dice.normal(size=(len(truth), 3)) + np.array(bias)
    logits[np.arange(len(truth)), truth] += np.array(apart)[truth]
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), truth


def told(made: ClassThresholds, names: NDArray[np.float64]) -> list[tuple[int, ...]]:
    shares = made.calibrated(names.T).T
    return [possible_names(x, made.thresholds, made.samples) for x in shares.tolist()]


@pytest.mark.parametrize("missed", [0.05, 0.1, 0.3])
@pytest.mark.parametrize("bias", [(0.0, 0.0, 0.0), (2.0, -2.0, 0.0)])
def test_each_class_misses_its_own_name_no_more_than_promised(
    missed: float, bias: tuple[float, float, float]
) -> None:
    shares = []
    for seed in range(8):
        made = class_thresholds(*drawn(40, bias=bias, apart=(1, 2, 3), seed=seed), LABELS,
                                missed=missed)  # fmt: skip
        names, truth = drawn(400, bias=bias, apart=(1, 2, 3), seed=100 + seed)
        possible = told(made, names)
        for label in range(3):
            its = [label in x for x, true in zip(possible, truth, strict=True) if true == label]
            shares.append(1 - np.mean(its))
    # Over draws the promise holds on average; each draw varies by its 40 pictures.
    assert np.mean(shares) <= missed + 0.015
    assert np.mean(shares) >= missed / 4 - 0.01


def test_a_bias_of_the_model_is_taken_off() -> None:
    bias = (3.0, 0.0, 0.0)
    names, truth = drawn(200, bias=bias, seed=1)
    made = class_thresholds(*drawn(30, bias=bias), LABELS)
    before = np.mean(names.argmax(axis=1) == truth)
    after = np.mean(made.calibrated(names.T).argmax(axis=0) == truth)
    assert before < 0.8 and after > 0.9
    assert made.offsets[0] < -1.5


def test_a_handful_of_pictures_moves_little() -> None:
    names, truth = drawn(2)
    made = class_thresholds(names, truth, LABELS)
    assert max(abs(x) for x in made.offsets) < 1 and 0.5 < made.temperature < 2
    assert np.allclose(made.missed, 1 / 3)
    (few,) = class_doubts(made, LABELS)
    assert "Too few labelled pictures for 0.1 missed names: 'crack' (2, 0.33 promised)" in few.en
    assert "可保证 0.33" in few.zh


def test_classes_that_look_alike_are_no_guess_and_told() -> None:
    names, truth = drawn(40, seed=3)
    # Cracks and scratches as one: whatever the picture, each is as likely as the other.
    both = truth < 2
    names[both, :2] = names[both, :2].mean(axis=1, keepdims=True)
    names[both, :2] += np.random.default_rng(0).normal(0, 1e-3, (int(both.sum()), 1)) * [1, -1]
    made = class_thresholds(names, truth, LABELS)
    assert made.candidates({"crack": 0.44, "scratch": 0.43, "dent": 0.01}) == ("crack", "scratch")
    assert made.candidates({"crack": 0.01, "scratch": 0.01, "dent": 0.9}) == ("dent",)
    (pair,) = made.hardly_apart()
    assert pair[:2] == ("crack", "scratch") and pair[2] > 60 and pair[3] == 80
    notice = made.notice(("crack", "scratch"))
    assert notice.en.startswith("A defect, 'crack' or 'scratch': not told apart (of 80 labelled")
    assert "“crack”或“scratch”" in notice.zh
    assert any("Hardly told apart: 'crack' and" in x.en for x in class_doubts(made, LABELS))
    said = np.array(made.said)
    assert said[:2, 3].sum() > 60 and said[2, 2] > 30
    assert said.sum(axis=1).tolist() == [40] * 3


def test_fewer_missed_names_are_more_doubts() -> None:
    names, truth = drawn(60, apart=(1.5, 1.5, 1.5))
    offers = [offer_of(class_thresholds(names, truth, LABELS, missed=x)) for x in (0.05, 0.2, 0.4)]
    assert offers[0].named < offers[1].named < offers[2].named
    assert offers[0].wrong < offers[1].wrong


def test_a_class_without_pictures_is_named_where_it_is_likeliest() -> None:
    names, truth = drawn(20)
    two = truth < 2
    made = class_thresholds(names[two], truth[two], LABELS)
    assert made.samples == (20, 20, 0) and made.missed[2] == 1.0
    assert made.offsets[2] == 0.0
    assert made.candidates({"crack": 0.1, "scratch": 0.1, "dent": 0.8}) == ("dent",)
    assert "dent" not in made.candidates({"crack": 0.8, "scratch": 0.1, "dent": 0.1})
    assert any("No labelled pictures of 'dent'" in x.en for x in class_doubts(made, LABELS))


def test_what_fits_none_of_them_is_said() -> None:
    names, truth = drawn(40, apart=(6, 6, 6))
    made = class_thresholds(names, truth, LABELS)
    assert made.candidates({"crack": 0.34, "scratch": 0.33, "dent": 0.33}) == ()
    assert made.candidates({}) == ()
    assert "none of the labelled ones" in made.notice(()).en


def test_a_majority_is_never_ruled_out() -> None:
    names, truth = drawn(40, apart=(9, 9, 9))
    made = class_thresholds(names, truth, LABELS)
    assert max(made.thresholds) <= 0.5


def test_other_sentences_have_no_thresholds_and_it_is_said() -> None:
    made = class_thresholds(*drawn(20), LABELS)
    (doubt,) = class_doubts(made, ("crack", "pit"), "tiles")
    assert "The class thresholds of 'tiles' are for other sentences" in doubt.en


def test_shares_keep_their_sum_at_every_place() -> None:
    names = np.random.default_rng(0).uniform(0, 0.3, (3, 4, 5))
    names[:, 0, 0] = 0
    made = calibrated_names(names, 2.0, [1.0, 0.0, -1.0])
    assert made.shape == names.shape
    assert np.allclose(made.sum(axis=0), names.sum(axis=0))


def test_too_little_to_tell_anything_apart_is_refused() -> None:
    names, truth = drawn(5)
    with pytest.raises(UsageError, match=r"two defects at least.*only of 'crack'"):
        class_thresholds(names[:5], truth[:5], LABELS)
    with pytest.raises(UsageError, match="of none"):
        class_thresholds(np.zeros((0, 3)), [], LABELS)
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        class_thresholds(names, truth, LABELS, missed=1.0)
