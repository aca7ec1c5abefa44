"""Clusters stay apart in two dimensions, few points are enough, and the picture repeats."""

import numpy as np
import pytest

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.metrics import projection
from faultlens.metrics.projection import evenly_chosen, tsne


def test_clusters_stay_apart_and_the_layout_repeats() -> None:
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 15)
    points = rng.normal(size=(3, 8))[labels] * 10 + rng.normal(size=(45, 8))
    placed = tsne(points)
    gaps = np.linalg.norm(placed[:, None] - placed[None], axis=2) + 1e9 * np.eye(45)
    assert (labels[gaps.argmin(axis=1)] == labels).all()
    assert np.array_equal(placed, tsne(points))


@pytest.mark.parametrize("points", [np.random.default_rng(1).normal(size=(5, 3)), np.ones((6, 2))])
def test_few_or_equal_points_have_a_layout(points: np.ndarray) -> None:
    pytest.importorskip("sklearn")
    assert np.isfinite(tsne(points)).all()


def test_too_few_points_and_no_numbers_are_refused() -> None:
    with pytest.raises(UsageError, match="4 points of 3 dimensions"):
        tsne(np.zeros((4, 3)))
    with pytest.raises(UsageError, match="finite numbers"):
        tsne(np.full((9, 3), np.nan))


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str, *, extra: str) -> None:
        raise MissingPackageError(f"pip install 'faultlens[{extra}]'")

    monkeypatch.setattr(projection, "optional_import", missing)
    with pytest.raises(MissingPackageError, match=r"faultlens\[train\]"):
        tsne(np.eye(6))


def test_chosen_samples_are_spread_evenly() -> None:
    chosen = evenly_chosen(10_000, 100)
    assert len(chosen) == 100 and chosen[0] == 0 and chosen[-1] == 9999
    assert np.ptp(np.diff(chosen)) <= 1
