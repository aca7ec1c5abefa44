"""The model of scans is made of drawn defects alone: one seed, one material; and it learns."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.inputs.deviation_patch import NUMBERS, SIDE, VIEWS, ScanPatches
from making.scan_calibration import scan_calibration
from making.scan_forms import FORMS, Plot
from making.scan_material import (
    KINDS,
    UNKNOWN,
    Material,
    draw_material,
    read_material,
    simulated,
    write_material,
)
from making.scan_recipe import read_scan_recipe
from making.scan_strange import STRANGE
from making.scan_training import encoded, train_scan
from making.scan_words import scan_sentences

RECIPES = Path(__file__).parents[2] / "recipes"


def plot(seed: int) -> Plot:
    return Plot(96, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS)
def test_forms_go_the_way_of_their_kind_and_lie_within_the_raster(kind: str) -> None:
    for seed in range(6):
        for heights in (FORMS[kind](plot(seed)), simulated(plot(seed), KINDS.index(kind))):
            assert heights.shape == (96, 96) and np.isfinite(heights).all()
            into, out = -heights.min(), heights.max()
            assert out > into if kind == "protrusion" else into > out
            edge = np.concatenate([heights[0], heights[-1], heights[:, 0], heights[:, -1]])
            # Small beside the form: what is cut off by the raster would teach straight ends.
            assert np.median(np.abs(edge)) < 0.05 * max(into, out)


@pytest.mark.parametrize("kind", list(STRANGE))
def test_strange_forms_are_finite_and_stand_out(kind: str) -> None:
    for seed in range(4):
        heights = STRANGE[kind](plot(seed))
        assert np.isfinite(heights).all() and np.ptp(heights) > 0.1


def test_the_same_seed_draws_the_same_and_what_is_kept_is_read_back(tmp_path: Path) -> None:
    one, other = (draw_material(4, seed=2, strange_share=0.3, exact_share=0.5) for _ in range(2))
    assert np.array_equal(one.patches.views, other.patches.views)
    assert one.families == other.families
    write_material(tmp_path / "kept.npz", one)
    kept = read_material(tmp_path / "kept.npz")
    assert (kept.kinds == one.kinds).all() and kept.patches.reliefs == one.patches.reliefs
    assert np.abs(kept.patches.views - one.patches.views).max() < 1e-2


def test_the_encoder_learns_what_the_numbers_tell() -> None:
    rng = np.random.default_rng(0)
    kinds = np.arange(96) % (UNKNOWN + 1)
    views = rng.normal(0, 0.1, (96, VIEWS, SIDE, SIDE)).astype(np.float32)
    numbers = np.zeros((96, len(NUMBERS)), np.float32)
    numbers[np.arange(96), kinds] = 2.0
    material = Material(
        ScanPatches(views, numbers, ("depression",) * 96), kinds.astype(np.int64), ("made",) * 96
    )
    captions: list[NDArray[np.float32]] = [x[None] for x in np.eye(5, 256, dtype=np.float32)]
    recipe = read_scan_recipe(RECIPES / "scan.toml")
    brief = replace(recipe, epochs=10, batch=24, learning_rate=4e-3, absent_share=0.0)
    encoder = train_scan(brief, material, captions, quiet=True)
    rows = encoded(encoder, material.patches)
    found = scan_calibration(
        rows, material.kinds, captions, [*captions, np.zeros((1, 256), np.float32)], seed=1
    )
    assert found["simulated_accuracy"] > 0.95
    assert 0 < found["known_from"] < 0.95
    known = rows[kinds < UNKNOWN][:, :5]
    assert (known.argmax(axis=1) == kinds[kinds < UNKNOWN]).mean() > 0.98


def test_sentences_of_every_kind_come_in_both_languages() -> None:
    found = scan_sentences(RECIPES / "text", each=5, seed=0)
    assert list(found) == list(KINDS)
    for said in found.values():
        assert any(x.isascii() for x in said) and any(not x.isascii() for x in said)
        assert len(set(said)) == len(said) > 30


def test_the_recipe_of_the_shipped_model_reads() -> None:
    recipe = read_scan_recipe(RECIPES / "scan.toml")
    assert set(recipe.unseen) < set(STRANGE)
    assert recipe.seed != recipe.validation_seed
