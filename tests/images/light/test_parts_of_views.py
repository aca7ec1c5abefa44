"""Pieces of the fusion of views: order, even light, highlights and reflectance, by known truth."""

import numpy as np
import pytest

from faultlens.images.light.even_light import light_ratio
from faultlens.images.light.highlights import without_highlights
from faultlens.images.light.reflectance import reflectance
from faultlens.images.light.stacked import darkest, middle, picked

NAN = np.float32(np.nan)


@pytest.mark.parametrize(("count", "rank"), [(2, 0), (4, 0), (5, 1), (8, 1), (9, 2)])
def test_the_robust_minimum_passes_over_a_quarter_of_the_views(count: int, rank: int) -> None:
    levels = np.random.default_rng(0).permutation(count).astype(np.float32)
    stack = levels[:, None, None]
    assert picked(stack, darkest(stack))[0, 0] == rank


def test_views_that_see_nothing_do_not_count() -> None:
    stack = np.array([NAN, 0.7, NAN, 0.5, 0.6], np.float32)[:, None, None]
    assert picked(stack, darkest(stack))[0, 0] == np.float32(0.5)
    lower, upper = middle(stack)
    assert picked(stack, lower)[0, 0] == picked(stack, upper)[0, 0] == np.float32(0.6)
    assert np.isnan(picked(np.full((2, 1, 1), NAN), darkest(np.full((2, 1, 1), NAN)))[0, 0])


def test_the_median_of_four_lies_between_the_middle_two() -> None:
    stack = np.array([0.1, 0.9, 0.4, 0.6], np.float32)[:, None, None]
    lower, upper = middle(stack)
    assert (picked(stack, lower) + picked(stack, upper))[0, 0] / 2 == pytest.approx(0.5)


def test_colours_of_a_pixel_come_from_one_view() -> None:
    stack = np.array([[[[0.9, 0.1, 0.5]]], [[[0.2, 0.8, 0.3]]]], np.float32)
    assert picked(stack, np.array([[1]])).tolist() == stack[1].tolist()


def test_even_light_is_blind_to_a_highlight_over_a_fifth() -> None:
    rng = np.random.default_rng(1)
    first = rng.normal(0.4, 0.02, (128, 128)).astype(np.float32)
    down, across = np.mgrid[-1:1:128j, -1:1:128j]
    lamp = np.exp(0.3 * down - 0.2 * across + 0.1 * across**2).astype(np.float32)
    view = first * lamp
    view[20:80, 20:75] += 0.4
    made = light_ratio(first, view, np.ones(first.shape, bool))
    assert np.abs(made * lamp - 1).max() < 0.02


def test_even_light_of_nothing_usable_is_one() -> None:
    nothing = np.zeros((20, 20), bool)
    assert (
        light_ratio(np.zeros((20, 20), np.float32), np.ones((20, 20), np.float32), nothing) == 1
    ).all()


def test_a_highlight_and_its_haze_are_taken_out_of_their_view_alone() -> None:
    rng = np.random.default_rng(2)
    views = rng.normal(0.4, 0.01, (3, 80, 80)).astype(np.float32)
    rows, columns = np.mgrid[:80, :80]
    haze = 0.5 * np.exp(-((np.hypot(rows - 40, columns - 40) / 9) ** 2))
    views[1] += haze.astype(np.float32)
    made = np.isnan(without_highlights(views))
    assert made[1][haze > 0.08].all()
    assert made[1][haze < 1e-3].mean() < 0.02
    assert made[[0, 2]].mean() < 0.02


def test_reflectance_is_what_stays_when_shadows_and_highlights_move() -> None:
    rng = np.random.default_rng(3)
    surface = np.full((60, 70), 0.3, np.float32)
    surface[20:30, 10:60] = 0.15
    views = np.repeat(surface[None], 5, axis=0)
    for index, view in enumerate(views):
        left = 8 + 10 * index
        view[5:45, left : left + 8] *= (0.3, 3.0)[index % 2]
    views *= rng.normal(1, 0.003, views.shape).astype(np.float32)
    made = reflectance(views)
    assert np.abs(made / surface - 1).max() < 0.12


def test_reflectance_goes_around_what_no_view_saw() -> None:
    surface = np.full((3, 40, 40), 0.3, np.float32)
    surface[:, 25:] = 0.2
    surface[:, 5:12, 5:12] = np.nan
    made = reflectance(surface)
    assert np.isfinite(made).all()
    assert made[35, 20] / made[18, 20] == pytest.approx(2 / 3, rel=0.01)
