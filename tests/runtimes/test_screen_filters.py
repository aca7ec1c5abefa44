"""Filters of a screen give the largest square of each block, as plain correlation does."""

import numpy as np
import pytest
from scipy.ndimage import correlate

from faultlens.core.errors import UnreadableFileError
from faultlens.images.halved import halved_again
from faultlens.runtimes.screen_filters import BLOCK_PX, FILTERS, GRAPH, LEVELS, ScreenFilters


def test_squares_are_those_of_a_correlation() -> None:
    rng = np.random.default_rng(0)
    filters = {
        x.name: rng.standard_normal((x.filters, x.side, x.side)).astype(np.float32) for x in LEVELS
    }
    shown = half = rng.standard_normal((64, 96)).astype(np.float32)
    found = ScreenFilters(filters).squares(half)
    assert found.shape == (FILTERS, 128 // BLOCK_PX, 192 // BLOCK_PX)
    first = 0
    for level in LEVELS:
        answer = correlate(shown, filters[level.name][3], mode="constant")
        kept = answer[:: level.stride, :: level.stride] ** 2
        side = BLOCK_PX // level.shrink // level.stride
        rows, columns = (x // side for x in kept.shape)
        wanted = kept.reshape(rows, side, columns, side).max(axis=(1, 3))
        np.testing.assert_allclose(found[first + 3], wanted, rtol=1e-4, atol=1e-4)
        first += level.filters
        shown = halved_again(shown)


def test_filters_of_another_shape_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="'half' have shape None"):
        ScreenFilters({})


def test_the_graph_is_the_one_that_making_writes() -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    from making.screen_graph import screen_graph

    assert GRAPH.read_bytes() == screen_graph()
