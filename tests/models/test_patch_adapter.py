"""A patch adapter moves places by their own features and those around, along stated directions."""

import numpy as np
import pytest

from faultlens.core.errors import BundleError
from faultlens.models.patch_adapter import AROUND, PatchAdapter, surroundings


def drawn(seed: int = 0) -> PatchAdapter:
    draw = np.random.default_rng(seed)
    shapes = (len(AROUND), 5, 2), (2,), (2, 4)
    return PatchAdapter(*(draw.normal(size=x).astype(np.float32) for x in shapes))


def test_scores_are_linear_in_the_surroundings() -> None:
    adapter = drawn()
    features = np.random.default_rng(1).normal(size=(5, 12, 11)).astype(np.float32)
    expected = np.einsum("sfk,sfrc->krc", adapter.weights, surroundings(features))
    expected = expected + adapter.offsets[:, None, None]
    assert np.abs(adapter.scores(features) - expected).max() < 1e-5


def test_surroundings_are_means_of_squares() -> None:
    features = np.zeros((1, 9, 9), np.float32)
    features[0, 4, 4] = 81
    alone, near, far = surroundings(features)[:, 0]
    assert alone[4, 4] == 81
    assert near[3:6, 3:6] == pytest.approx(9)
    assert near.sum() == pytest.approx(81)
    assert far[4, 4] == pytest.approx(1)


def test_places_move_along_the_directions_alone() -> None:
    adapter = drawn()
    features = np.random.default_rng(1).normal(size=(5, 3, 4)).astype(np.float32)
    patches = np.random.default_rng(2).normal(size=(4, 3, 4)).astype(np.float32)
    moved = adapter.moved(patches, features) - patches
    back = np.linalg.lstsq(adapter.directions.T, moved.reshape(4, -1), rcond=None)[0]
    assert back.reshape(2, 3, 4) == pytest.approx(adapter.scores(features), abs=1e-4)
    assert moved.dtype == np.float32


def test_it_is_stored_and_read() -> None:
    adapter = drawn()
    read = PatchAdapter.of(adapter.arrays())
    assert all((read.arrays()[name] == x).all() for name, x in adapter.arrays().items())


@pytest.mark.parametrize("name", ["weights", "offsets", "directions"])
def test_what_does_not_belong_together_is_refused(name: str) -> None:
    arrays = drawn().arrays()
    with pytest.raises(BundleError, match="do not belong together"):
        PatchAdapter.of({**arrays, name: arrays[name][:1]})
    with pytest.raises(BundleError, match="do not belong together"):
        PatchAdapter.of({**arrays, name: np.full_like(arrays[name], np.nan)})
    with pytest.raises(BundleError, match=f"lacks '{name}'"):
        PatchAdapter.of({key: x for key, x in arrays.items() if key != name})


def test_another_model_is_refused() -> None:
    adapter = drawn()
    patches, features = np.zeros((4, 2, 2), np.float32), np.zeros((5, 2, 2), np.float32)
    with pytest.raises(BundleError, match="made for 5 features a place; this model gives 6"):
        adapter.moved(patches, np.zeros((6, 2, 2), np.float32))
    with pytest.raises(BundleError, match="points of 4 numbers; this model's have 3"):
        adapter.moved(patches[:3], features)
