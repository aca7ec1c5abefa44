"""The surface model is made from a recipe: rendered, trained, calibrated, written whole."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from faultlens.core.errors import UnknownNameError
from faultlens.images.image import Image
from faultlens.runtimes.bundle import Bundle, read_bundle
from faultlens.runtimes.image_model import encode_images
from faultlens.runtimes.loaded import load_model
from faultlens.training.surface.crops import IGNORED, ON_DEFECT, OUTSIDE, crops_of
from faultlens.training.surface.pool import Chunk, Drawing, Pool, draw_chunk, read_chunk
from faultlens.training.surface.words import SurfaceWords
from making import surface_training
from making.surface import make_surface
from making.surface_recipe import SurfaceRecipe, read_surface_recipe
from making.surface_training import drawings_of, train_surface

ROOT = Path(__file__).parents[2]
SMALL = SurfaceRecipe(
    first_seed=70_000_000,
    chunk=12,
    sizes_px=[64, 48],
    chunks_kept=2,
    steps_per_chunk=2,
    sound_share=0.3,
    often=["crack"],
    often_weight=2.0,
    steps=5,
    learning_rate=1e-3,
    batch_px=2,
    crops_px=[32, 48],
    late_crops_px=[48],
    late_steps=2,
    weight_decay=0.01,
    smoothing=0.1,
    dense_weight=0.5,
    averaging=0.9,
    words_each=3,
    seed=0,
    validation_first_seed=71_000_000,
    validation_pictures=40,
    validation_sizes_px=[48],
    false_alarm_rate=0.2,
)


@contextmanager
def beside() -> Iterator[ThreadPoolExecutor]:
    """Draws in a thread: a fresh process takes seconds to start."""
    with ThreadPoolExecutor(1) as worker:
        yield worker


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    cache = tmp_path_factory.mktemp("surface")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surface_training, "drawing_process", beside)
        return make_surface(
            SMALL, corpus=ROOT / "recipes" / "text", cache=cache, out=cache / "bundle", quiet=True
        )


def test_the_bundle_is_read_back_and_encodes_pictures_of_any_size(made: Bundle) -> None:
    assert read_bundle(made.folder).reference == made.reference
    model = load_model(str(made.folder))
    images = [Image(np.full((40, 72), 90, np.uint8)), Image(np.full((33, 33, 3), 90, np.uint8))]
    found = encode_images(model, images)
    assert found.image.shape == (2, 256)
    assert [x.shape[1:] for x in found.patches] == [(5, 9), (5, 5)]
    assert model.text.reference.startswith("builtin/text")


def test_the_card_says_what_it_learned_from(made: Bundle) -> None:
    assert "36 pictures rendered" in made.card.training_data
    assert "No real picture" in made.card.training_data
    assert made.preparation["recipe"]["steps"] == SMALL.steps
    assert made.preparation["usual_px"] == 160


def test_the_calibration_can_be_used(made: Bundle) -> None:
    assert made.calibration["temperature"] > 0
    assert 0 <= made.calibration["alarm_threshold"] <= 1
    assert made.calibration["sound_pictures"] >= 5


def test_an_interrupted_training_comes_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface_training, "drawing_process", beside)
    monkeypatch.setattr(surface_training, "KEPT_EVERY", 2)
    eye = np.eye(3, 256, dtype=np.float32)
    words = SurfaceWords(("no_defect", "crack", "dent"), (eye[:1], eye[1:2], eye[2:]), eye)

    class Stopped(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    whole = train_surface(SMALL, words, cache=tmp_path / "whole", quiet=True)
    with pytest.raises(Stopped):
        train_surface(SMALL, words, cache=tmp_path / "halves", quiet=True, tell=stop)
    halves = train_surface(SMALL, words, cache=tmp_path / "halves", quiet=True)
    for one, other in zip(whole.parameters(), halves.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_the_same_drawing_is_the_same_pictures(tmp_path: Path) -> None:
    drawing = Drawing(5, 4, 48, ("no_defect", "scratch"), (0.5, 0.5))
    one, other = (read_chunk(draw_chunk(drawing, tmp_path / x)) for x in ("a.npz", "b.npz"))
    assert np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.mask, other.mask)
    assert all(one.mask[i].any() == (one.concept[i] > 0) for i in range(4))


def test_chunks_come_and_go_by_the_number_of_the_step(tmp_path: Path) -> None:
    drawings = drawings_of(SMALL, ("no_defect", "dent"))
    with beside() as worker:
        pool = Pool(drawings, tmp_path, kept=2, steps_per_chunk=2, worker=worker)
        sizes = [[x.pixels.shape[1] for x in pool.at(step)] for step in (0, 2, 4)]
    assert sizes == [[64], [64, 48], [48, 64]]


def square_chunk(side: int, concept: int = 1) -> Chunk:
    """A picture with a dark square of `side` pixels in its middle."""
    pixels = np.full((1, 96, 96, 3), 200, np.uint8)
    mask = np.zeros((1, 96, 96), np.bool_)
    mask[0, 48 - side // 2 : 48 + side // 2, 48 - side // 2 : 48 + side // 2] = True
    pixels[mask] = 20
    places = np.argwhere(mask[0]) if side else np.array([[48, 48]])
    anchors = places[np.linspace(0, len(places) - 1, 16).astype(int)][None].astype(np.int16)
    return Chunk(pixels, np.zeros(1, np.bool_), mask, np.array([concept]), anchors)


def test_patches_follow_their_defect_through_every_turn_and_crop() -> None:
    chunk = square_chunk(24)
    seen = 0
    for seed in range(20):
        crops = crops_of(chunk, np.array([0]), size_px=64, draw=torch.Generator().manual_seed(seed))
        grey = torch.nn.functional.avg_pool2d(crops.pixels, 8)[0, 0]
        on, outside = crops.patches[0] == ON_DEFECT, crops.patches[0] == OUTSIDE
        if crops.concept[0] == 1 and on.any() and outside.any():
            assert grey[on].mean() < grey[outside].mean()
            seen += 1
    assert seen > 10


def test_a_crop_that_misses_the_defect_is_sound() -> None:
    chunk = square_chunk(6)
    draws = [torch.Generator().manual_seed(x) for x in range(60)]
    crops = [crops_of(chunk, np.array([0]), size_px=32, draw=draw) for draw in draws]
    for each in crops:
        assert (each.concept[0] == 0) == bool((each.patches != ON_DEFECT).all()) or (
            each.concept[0] == IGNORED
        )
    assert {int(x.concept[0]) for x in crops} >= {0, 1}


def test_unknown_keys_of_a_recipe_are_named(tmp_path: Path) -> None:
    path = tmp_path / "surface.toml"
    path.write_text("chunks = 3")
    with pytest.raises(UnknownNameError, match="chunks"):
        read_surface_recipe(path)


def test_the_recipe_of_the_shipped_model_is_whole() -> None:
    recipe = read_surface_recipe(ROOT / "recipes" / "surface.toml")
    assert replace(recipe) == recipe
    assert recipe.validation_first_seed > recipe.first_seed + 10_000_000
