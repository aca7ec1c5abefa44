"""A registration is trusted where its parts agree and its edges are alike, never for one alone."""

import numpy as np
import pytest
from scipy import ndimage

from faultlens.images.registration.agreement import Agreement, agreement
from faultlens.images.registration.pyramid import evened
from faultlens.images.registration.quality import LEAST_PARTS, quality_of
from faultlens.images.registration.refine import refined


def test_it_takes_both_parts_and_edges() -> None:
    assert quality_of(Agreement(40, 30), 0.5) > 0.99
    assert quality_of(Agreement(40, 0), 0.5) < 0.01
    assert quality_of(Agreement(40, 30), 0.08) < 0.01


def test_it_rises_with_each_part_that_agrees_and_with_likeness() -> None:
    by_parts = [quality_of(Agreement(40, x), 0.6) for x in range(41)]
    by_likeness = [quality_of(Agreement(40, 40), x) for x in np.linspace(0.01, 1, 20)]
    assert by_parts == sorted(by_parts)
    assert by_likeness == sorted(by_likeness)


def test_the_share_that_chance_brings_is_no_evidence() -> None:
    assert quality_of(Agreement(40, 4), 0.6) < 0.1


@pytest.mark.parametrize(
    ("said", "likeness"),
    [(Agreement(0, 0), 0.9), (Agreement(LEAST_PARTS - 1, LEAST_PARTS - 1), 0.9),
     (Agreement(40, 40), 0.0), (Agreement(40, 40), -0.2)],
)  # fmt: skip
def test_where_nothing_can_be_asked_it_is_0(said: Agreement, likeness: float) -> None:
    assert quality_of(said, likeness) == 0


def test_parts_agree_with_the_right_shift_and_not_with_a_wrong_one() -> None:
    scene = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(200, 240)), 2)
    fixed, moving = evened(scene[:180, :220]), evened(scene[6:186, 4:224])
    right = np.array([[1, 0, -4], [0, 1, -6], [0, 0, 1.0]])
    assert agreement(fixed, moving, right).share == 1
    assert agreement(fixed, moving, np.eye(3)).share < 0.1
    aside = np.array([[1, 0, 500], [0, 1, 0], [0, 0, 1.0]])
    assert agreement(fixed, moving, aside) == Agreement(0, 0)


def test_nothing_is_refined_where_the_pictures_do_not_meet() -> None:
    layer = evened(np.random.default_rng(0).normal(size=(60, 80)).astype(np.float32))
    assert refined(layer, layer, np.array([[1, 0, 500], [0, 1, 0], [0, 0, 1.0]])) is None
