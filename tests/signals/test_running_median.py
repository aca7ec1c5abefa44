"""A running median of shared runs is the median of every window, whatever its span and hop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from faultlens.signals import running_median as module
from faultlens.signals.running_median import running_median


def by_window(values: NDArray[np.float32], span: int, hop: int) -> NDArray[np.float32]:
    windows = np.lib.stride_tricks.sliding_window_view(values, span, axis=0)[::hop]
    medians: NDArray[np.float32] = np.median(windows, axis=2)
    return medians


@settings(max_examples=150)
@given(st.integers(0, 24), st.integers(1, 8), st.integers(0, 90), st.integers(1, 5))
def test_it_is_the_median_of_every_window(half: int, hop: int, more: int, columns: int) -> None:
    span = 2 * half + 1
    rng = np.random.default_rng(span * hop + more)
    # Few different values, so that many are equal.
    values = rng.integers(0, 30, (span + more, columns)).astype(np.float32)
    assert np.array_equal(running_median(values, span, hop), by_window(values, span, hop))


def test_passes_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).normal(size=(500, 3)).astype(np.float32)
    whole = running_median(values, 23, 2)
    monkeypatch.setattr(module, "MEDIANS_AT_ONCE", 50)
    assert np.array_equal(running_median(values, 23, 2), whole)


def test_neighbours_share_what_is_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cost: 23 values sorted by themselves take 100 comparisons and more per window."""
    compared: list[int] = []
    lower = np.minimum

    def counted(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        compared.append(a.size)
        return lower(a, b)

    monkeypatch.setattr(np, "minimum", counted)
    values = np.random.default_rng(2).normal(size=(523, 1)).astype(np.float32)
    windows = len(running_median(values, 23, 2))
    assert sum(compared) < 65 * windows
