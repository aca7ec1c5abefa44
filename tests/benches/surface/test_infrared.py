"""A rendered fault shows in one picture alone; the table tells what each level makes of it."""

import numpy as np

from benches.surface.infrared import fusion_section, rendered_pair
from faultlens.inference.infrared.fusion import Fusion
from faultlens.inference.infrared.learn import fusions_of


def test_a_fault_is_in_one_picture_alone() -> None:
    sound = rendered_pair(3, None)
    for fault, changed, kept in (("light", 0, 1), ("warmth", 1, 0)):
        pair = rendered_pair(3, fault)
        assert (pair[kept].pixels == sound[kept].pixels).all()
        assert (pair[changed].pixels != sound[changed].pixels).any()


def test_warmth_is_the_negative_of_light() -> None:
    light, warmth = rendered_pair(5, None)
    assert np.corrcoef(light.grey().ravel(), warmth.grey().ravel())[0, 1] < -0.5


def test_the_learned_fusion_is_counted_on_other_pairs() -> None:
    truth = [True] * 16 + [False] * 16
    rng = np.random.default_rng(1)
    scores = {x: rng.normal(size=32) for x in fusions_of()}
    scores[Fusion("decision", 0.5)] = np.array(truth) * 5 + rng.normal(size=32)
    figures = {x.subject: x.value for x in fusion_section(scores, truth).figures}
    assert figures["decision, mean of both"] > 0.95
    assert figures["learned on 5 and 5 pairs"] > 0.9
    assert abs(figures["visible alone"] - 0.5) < 0.35
