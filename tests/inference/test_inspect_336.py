"""A model of Hugging Face that takes squares of 336 px inspects pictures of any size."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")
pytest.importorskip("onnxscript", reason="pip install 'faultlens[train]'")

from faultlens.images.image import Image
from faultlens.inference.inspect import inspect
from faultlens.models.vision_language.load import load_vision_language
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.surface_scores import Meanings, Scoring
from faultlens.runtimes.viewing import Viewing
from faultlens.runtimes.vision_to_onnx import export_vision_language
from tests.tiny_vision import tiny_vision

SIDE, PATCH = 336, 42
"""The side is that of CLIP ViT-L/14@336px; 8 x 8 patches, so that it is quick."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A small one of that size, exported."""
    folder = tmp_path_factory.mktemp("clip")
    made = tiny_vision("clip", folder, image_size=SIDE, patch_size=PATCH)
    bundle = tmp_path_factory.mktemp("bundle") / "clip336"
    return load_model(export_vision_language(load_vision_language(str(made)), bundle).folder)


@pytest.fixture(scope="module")
def scene() -> Image:
    """Grain, 900 x 500 pixels."""
    grain = np.random.default_rng(5).integers(0, 256, (500, 900, 3), dtype=np.uint8)
    return Image(grain, name="scene.png")


def test_results_lie_on_the_picture_given(model: Model, scene: Image) -> None:
    result = inspect(scene, defects=["a crack", "steel"], model=str(model.bundle.folder))
    assert result.heat is not None
    assert result.heat.shape == (500, 900)
    assert sum(x.score for x in result.findings) == pytest.approx(1, abs=1e-6)
    part = inspect(
        scene,
        defects=["a crack", "steel"],
        roi=(500, 100, 360, 340),
        zoom=2,
        model=str(model.bundle.folder),
    )
    assert part.heat is not None
    assert part.heat.shape == (500, 900)
    outside = part.heat.copy()
    outside[100:440, 500:860] = 0
    assert outside.max() == 0
    assert part.heat[100:440, 500:860].max() > 0


def test_zoom_refines_the_grid_of_squeezed_tiles(model: Model, scene: Image) -> None:
    rows = np.linalg.qr(np.random.default_rng(0).normal(size=(12, 12)))[0].astype(np.float32)
    meant, scoring = Meanings(rows[:1], rows[1:3]), Scoring(0.1)
    (once,) = each_seen(model, [scene], meant, scoring)
    (again,) = each_seen(model, [scene], meant, scoring, viewing=Viewing(zoom=3))
    assert again.zoomed == 3
    # A place of 160 px fills the square, so that a patch is 20 px of the picture.
    assert again.anomalous.shape == (25, 45)
    assert once.anomalous.shape < again.anomalous.shape
    assert again.names.shape[1:] == again.anomalous.shape
    assert np.isfinite(again.anomalous).all()
