"""Pixel figures and per-region overlap: known truths, scikit-learn, and counted pixels."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.localisation import (
    pixel_auroc,
    pixel_average_precision,
    pixel_best_f1,
    region_overlap_area,
    region_weights,
)
from faultlens.metrics.pixel_counts import added, drawn_counts, pixel_counts, pixel_figures


def disc(row: int, column: int, radius: int, size: int = 64) -> np.ndarray:
    rows, columns = np.mgrid[:size, :size]
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius**2


SMALL, LARGE = disc(12, 12, 3), disc(44, 44, 12)
MASKS = [SMALL | LARGE, np.zeros((64, 64), bool)]


def truth_as_map(inverted: bool = False) -> list[np.ndarray]:
    return [np.where(x ^ inverted, 0.9, 0.1) for x in MASKS]


def test_a_perfect_map_reaches_1_and_its_inverse_0() -> None:
    for figure in (pixel_auroc, pixel_average_precision, region_overlap_area):
        assert figure(truth_as_map(), MASKS) == pytest.approx(1)
    assert pixel_best_f1(truth_as_map(), MASKS).threshold == 0.9
    assert pixel_auroc(truth_as_map(inverted=True), MASKS) == 0
    assert region_overlap_area(truth_as_map(inverted=True), MASKS) == 0


def test_a_constant_map_is_chance() -> None:
    flat = [np.full((64, 64), 0.5)] * 2
    assert pixel_auroc(flat, MASKS) == 0.5
    assert region_overlap_area(flat, MASKS) == pytest.approx(0.15), "overlap = false positives"


def test_one_region_found_of_two_is_half_however_small_it_is() -> None:
    for found in (SMALL, LARGE):
        heat = [np.where(found, 1.0, 0.2), np.full((64, 64), 0.2)]
        heat[0][(SMALL | LARGE) & ~found] = 0.0
        assert region_overlap_area(heat, MASKS) == pytest.approx(0.5)


def test_half_of_each_region_found_is_half() -> None:
    upper = np.zeros((64, 64), bool)
    upper[10:12, 10:14] = True
    mask = upper.copy()
    mask[12:14, 10:14] = True
    heat = np.where(upper, 1.0, 0.5)
    heat[mask & ~upper] = 0
    assert region_overlap_area([heat], [mask]) == pytest.approx(0.5)


def test_false_alarms_beyond_the_limit_do_not_count_and_those_before_it_do() -> None:
    mask = np.zeros((1, 101), bool)
    mask[0, 0] = True
    after = np.linspace(0, 0.5, 101)[None].copy()
    after[0, 0] = 0.5 * 0.85  # 15 of 100 clean pixels score higher
    assert region_overlap_area([after], [mask]) == pytest.approx((0.3 - 0.15) / 0.3, abs=0.02)
    after[0, 0] = 0.5 * 0.6
    assert region_overlap_area([after], [mask]) == 0


def test_regions_that_touch_at_a_corner_are_one() -> None:
    assert region_weights(np.eye(2, dtype=bool)).tolist() == [[0.5, 0], [0, 0.5]]


@pytest.mark.parametrize("seed", range(4))
def test_pixels_agree_with_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    maps = [np.clip(rng.normal(0.4 + 0.2 * x, 0.15), 0, 1).round(3) for x in MASKS]
    truth = np.concatenate([x.ravel() for x in MASKS])
    scores = np.concatenate([x.ravel() for x in maps])
    assert pixel_auroc(maps, MASKS) == pytest.approx(metrics.roc_auc_score(truth, scores))
    expected = metrics.average_precision_score(truth, scores)
    assert pixel_average_precision(maps, MASKS) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(4))
def test_per_region_overlap_agrees_with_a_loop_over_thresholds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    maps = [np.clip(rng.normal(0.4 + 0.2 * x, 0.15), 0, 1).round(2) for x in MASKS]
    points = [(0.0, 0.0)]
    for level in np.unique(maps)[::-1]:
        clean = np.concatenate([(m >= level)[~x] for m, x in zip(maps, MASKS, strict=True)])
        found = [(maps[0] >= level)[x].mean() for x in (SMALL, LARGE)]
        points.append((clean.mean(), np.mean(found)))
    x, y = np.array(points).T
    fine = np.linspace(0, 0.3, 30001)
    expected = np.trapezoid(np.interp(fine, x, y), fine) / 0.3
    assert region_overlap_area(maps, MASKS) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("squeeze", [1.0, 8.0, 40.0])
def test_counted_pixels_give_the_exact_figures_within_the_error_told(squeeze: float) -> None:
    rng = np.random.default_rng(1)
    logits = [squeeze * rng.normal(-0.5 + 0.5 * x, 0.4) for x in MASKS]
    maps = [(1 / (1 + np.exp(-x))).astype(np.float32) for x in logits]
    counts = [pixel_counts(x, y) for x, y in zip(maps, MASKS, strict=True)]
    found = pixel_figures(added(counts))
    assert abs(found.auroc - pixel_auroc(maps, MASKS)) <= found.auroc_error < 5e-3
    assert found.region_overlap_area == pytest.approx(region_overlap_area(maps, MASKS), abs=3e-3)
    assert found.average_precision == pytest.approx(pixel_average_precision(maps, MASKS), abs=5e-3)
    exact = pixel_best_f1(maps, MASKS)
    assert found.best_f1 == pytest.approx(exact.f1, abs=3e-3)
    calls = [x >= found.best_threshold for x in maps]
    hit = sum((x & y).sum() for x, y in zip(calls, MASKS, strict=True))
    called = sum(x.sum() for x in calls)
    assert 2 * hit / (called + MASKS[0].sum()) == pytest.approx(found.best_f1, abs=2e-3)


def test_scores_0_and_1_are_counted_at_the_ends() -> None:
    heat = np.array([[0.0, 1.0, 0.5, 1e-30]])
    found = pixel_figures(pixel_counts(heat, np.array([[False, True, True, False]])))
    assert (found.auroc, found.auroc_error) == (1.0, 0.0)
    assert found.best_threshold <= 0.5


def test_draws_of_pictures_are_sums_of_their_counts() -> None:
    counts = [pixel_counts(x, y) for x, y in zip(truth_as_map(), MASKS, strict=True)]
    first, second = drawn_counts(counts, np.array([[1.0, 1.0], [2.0, 0.0]]))
    assert first.clean.sum() == 2 * 64**2 - MASKS[0].sum()
    assert second.defect.sum() == 2 * MASKS[0].sum() and second.overlap.sum() == pytest.approx(4)


@pytest.mark.parametrize(
    ("heat", "mask", "words"),
    [
        (np.zeros((2, 2)), np.zeros((2, 3), bool), "same picture"),
        (np.zeros((2, 2)), np.zeros((2, 2)), "True and False"),
        (np.full((2, 2), np.nan), np.eye(2, dtype=bool), "no numbers"),
        (np.zeros((2, 2)), np.zeros((2, 2), bool), "0 .*pixels"),
        (np.zeros((2, 2)), np.ones((2, 2), bool), "4 .*pixels"),
    ],
)
def test_what_has_no_pixel_figures_is_refused(
    heat: np.ndarray, mask: np.ndarray, words: str
) -> None:
    for figure in (pixel_auroc, pixel_average_precision, pixel_best_f1, region_overlap_area):
        with pytest.raises(UsageError, match=words):
            figure([heat], [mask])
    with pytest.raises(UsageError, match=words):
        pixel_figures(pixel_counts(heat, mask))


def test_counting_takes_scores_between_0_and_1_and_an_overlap_limit_that_is_a_share() -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        pixel_counts(np.full((1, 2), 1.5), np.array([[True, False]]))
    with pytest.raises(UsageError, match="limit is 0"):
        region_overlap_area(truth_as_map(), MASKS, limit=0)
    with pytest.raises(UsageError, match="one of each"):
        pixel_auroc([], [])
    with pytest.raises(UsageError, match="one at least"):
        added([])
