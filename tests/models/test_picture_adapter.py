"""A picture's point is moved as the learned scores say, and nothing else of it changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from faultlens.core.errors import BundleError
from faultlens.models.picture_adapter import (
    LearnedScores,
    PictureAdapter,
    described,
    dual_directions,
    unchanged_in_sum,
)


def unit(shape: tuple[int, int], seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def adapter(temperature: float = 0.0, weight: float = 1.0) -> PictureAdapter:
    draw = np.random.default_rng(3)
    rows = unit((3, 16), 0)
    width = 16 + 3 * 5
    scores = LearnedScores(
        np.zeros(width, np.float32), np.ones(width, np.float32),
        draw.normal(size=(3, width)).astype(np.float32), np.eye(3, dtype=np.float32),
    )  # fmt: skip
    directions = dual_directions(rows, unit((2, 16), 1))
    return PictureAdapter(scores, rows, directions, weight, temperature)


def seen() -> tuple[np.ndarray, np.ndarray]:
    image = unit((1, 16), 5)[0]
    features = np.random.default_rng(6).random((5, 4, 6), np.float32)
    return image, features


def test_cosines_with_classes_grow_by_their_learned_scores() -> None:
    image, features = seen()
    one = adapter(weight=0.5)
    moved = one.moved(image, features)
    added = (moved - image) @ one.rows.T
    assert added == pytest.approx(0.5 * one.scores.of(described(image, features)), abs=0.02)


def test_cosines_with_fixed_sentences_stay() -> None:
    image, features = seen()
    moved = adapter().moved(image, features)
    fixed = unit((2, 16), 1)
    assert (moved - image) @ fixed.T == pytest.approx(0, abs=0.02)


@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=4),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.floats(0.01, 1),
)
def test_what_all_classes_weigh_together_stays(
    cosines: list[float], added: list[float], temperature: float
) -> None:
    before, more = np.array(cosines), np.array(added)
    after = before + unchanged_in_sum(before, more, temperature)
    assert logsumexp(after / temperature) == pytest.approx(
        logsumexp(before / temperature), rel=1e-6, abs=1e-6
    )
    # Between classes everything counts that was added.
    assert np.diff(after) == pytest.approx(np.diff(before + more), abs=1e-9)


@pytest.mark.parametrize("temperature", [0.0, 0.07])
def test_it_comes_back_from_its_arrays_as_it_was(temperature: float) -> None:
    image, features = seen()
    one = adapter(temperature, 0.25)
    assert PictureAdapter.of(one.arrays()).moved(image, features).tolist() == (
        one.moved(image, features).tolist()
    )


@pytest.mark.parametrize("name", ["centre", "keys", "values", "rows", "directions", "numbers"])
@pytest.mark.parametrize("change", ["missing", "shorter", "nan"])
def test_damaged_arrays_are_refused(name: str, change: str) -> None:
    arrays = adapter().arrays()
    if change == "missing":
        del arrays[name]
    elif change == "shorter":
        arrays[name] = arrays[name][:-1]
    else:
        arrays[name] = np.full_like(arrays[name], np.nan)
    with pytest.raises(BundleError, match="faultlens tune"):
        PictureAdapter.of(arrays)


def test_a_model_of_other_widths_is_refused() -> None:
    image, features = seen()
    with pytest.raises(BundleError, match="this model gives 28"):
        adapter().moved(image, features[:4])
