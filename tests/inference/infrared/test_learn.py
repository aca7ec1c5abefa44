"""The weight of the infrared is learned where the infrared knows, and told what it is worth."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.fusion import Fusion
from faultlens.inference.infrared.learn import learn_fusion, learned_fusion
from faultlens.inference.inspect import inspector
from tests.inference.infrared.scenes import SHIFT, infrared, visible

START = np.array([[1.0, 0, SHIFT[1]], [0, 1, SHIFT[0]], [0, 0, 1]])
TRUTH = [True] * 8 + [False] * 8


def scores(knows: float, seed: int) -> np.ndarray:
    return np.array(TRUTH) * knows + np.random.default_rng(seed).normal(size=16)


def test_the_fusion_that_knows_is_chosen_and_what_chance_chose_is_told() -> None:
    table = {Fusion("input", 0.0): scores(0, 1), Fusion("feature", 0.5): scores(6, 2),
             Fusion("decision", 0.5): scores(0, 3)}  # fmt: skip
    learned = learned_fusion(table, TRUTH)
    assert learned.fusion == Fusion("feature", 0.5)
    assert learned.auroc == 1.0
    assert learned.held_out_auroc > 0.95
    assert learned.visible_auroc == pytest.approx(0.5, abs=0.3)


def test_the_best_of_many_coins_is_told_to_be_a_coin() -> None:
    told = [
        learned_fusion({Fusion("input", x / 10): scores(0, 100 * n + x) for x in range(11)}, TRUTH)
        for n in range(10)
    ]
    assert np.mean([x.auroc for x in told]) > 0.68
    assert np.mean([x.held_out_auroc for x in told]) == pytest.approx(0.5, abs=0.12)


def test_of_equals_the_middle_one_is_taken() -> None:
    table = {Fusion("feature", x): scores(9, 5) for x in (0.25, 0.5, 0.75)}
    assert learned_fusion(table, TRUTH).fusion.weight == 0.5


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(UsageError, match="2 faulty and 6 sound"):
        learned_fusion({Fusion(): np.zeros(8)}, [True] * 2 + [False] * 6)


def test_a_fault_that_only_the_infrared_shows_is_learned_from_few_pairs() -> None:
    ready = inspector(defects=["crack"], part="plate")

    def pair(seed: int, faulty: bool) -> tuple[Image, Thermal, bool]:
        """A smooth part with a scene around it; a crack is warm and cannot be seen."""
        image, warm = visible(seed), infrared(seed)
        values = warm.values.copy()
        if faulty:
            rows = np.arange(30, 110)
            for wide in range(3):
                values[rows, 60 + rows // 3 + wide] += 45
        return image, warm.derived(values, "crack"), faulty

    pairs = [pair(seed, faulty=seed % 2 == 0) for seed in range(20, 26)]
    learned = learn_fusion(ready, pairs, levels=["input", "decision"], start=START)
    assert learned.pairs == 6
    assert learned.fusion.weight > 0
    assert learned.auroc > learned.visible_auroc
