"""Sound parts alone tune the built-in model: the bundle runs, knows its base, and is measured."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from faultlens.core.errors import BundleError, UnknownNameError
from faultlens.images.image import Image
from faultlens.images.simulator.render import render_surface
from faultlens.inference.inspect import inspect
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.runtimes.image_model import IMAGE, PIXELS
from faultlens.runtimes.loaded import load_model
from faultlens.training.surface import tune_rendered as tuning
from faultlens.training.surface.tune_rendered import TunedOnRendered, tune_rendered

DEFECTS = ("scratch", "气孔")


@pytest.fixture(scope="module", autouse=True)
def few_windows() -> Iterator[None]:
    """A tenth of the windows held back, a quarter of each batch: how tuning goes needs no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "_HELD_WINDOWS", 24)
        patch.setattr(tuning, "_BATCH", 8)
        yield


def sound_parts(count: int) -> list[Image]:
    return [
        Image(
            render_surface(
                seed=500 + x, height_px=72, width_px=80, concept="no_defect", process="ground",
                part="sheet", colour=False,
            ).pixels
        )
        for x in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TunedOnRendered]:
    folder = tmp_path_factory.mktemp("tuned") / "my-part"
    bundle, on = tune_rendered(sound_parts(6), folder, defects=DEFECTS, steps=6, seed=3)
    return bundle.folder, on


def test_the_encoder_made_again_from_its_file_computes_the_same() -> None:
    bundle = load_model("builtin/surface")
    pixels = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    expected = bundle.runtime(IMAGE).outputs({PIXELS: pixels.numpy()}, [IMAGE])[IMAGE]
    with torch.inference_mode():
        found = restored_surface(bundle.bundle.path("image.onnx"))(pixels)[0].numpy()
    assert np.abs(found - expected).max() < 1e-4


def test_another_network_cannot_be_trained_on() -> None:
    other = load_model("builtin/bearing").bundle.path("lines.onnx")
    with pytest.raises(BundleError, match=r"cannot be trained on.*Give builtin/surface"):
        restored_surface(other)


def test_the_tuned_bundle_judges_pictures_and_names_its_base(
    tuned: tuple[Path, TunedOnRendered],
) -> None:
    folder, on = tuned
    model = load_model(folder)
    base = load_model("builtin/surface")
    assert on.base == base.reference
    assert model.card.sources[0].name == base.reference
    assert on.concepts == ("scratch", "porosity")
    result = inspect(sound_parts(1)[0], defects=list(DEFECTS), model=str(folder))
    assert result.model.startswith("my-part@")
    assert {x.label for x in result.findings} == {*DEFECTS, "no defect", "unknown"}


def test_pictures_are_held_back_and_both_models_are_measured_on_them(
    tuned: tuple[Path, TunedOnRendered],
) -> None:
    _, on = tuned
    assert (on.pictures, on.held) == (5, 1)
    for gain in (on.detection, on.naming):
        assert gain is not None
        assert gain.low <= gain.after - gain.before <= gain.high
        assert 0 <= gain.before <= 1


def test_the_same_seed_makes_the_same_weights(
    tuned: tuple[Path, TunedOnRendered], tmp_path: Path
) -> None:
    again, _ = tune_rendered(sound_parts(6), tmp_path / "my-part", defects=DEFECTS, steps=6, seed=3)
    assert again.sha256 == load_model(tuned[0]).bundle.sha256


def test_a_tuned_bundle_can_be_tuned_again(
    tuned: tuple[Path, TunedOnRendered], tmp_path: Path
) -> None:
    _, on = tune_rendered(
        sound_parts(2), tmp_path / "again", defects=["scratch"], model=str(tuned[0]), steps=6
    )
    assert on.base.startswith("my-part@")
    assert on.held == 0 and on.detection is None
    assert "too few to hold one back" in on.notices[-1].en


def test_what_cannot_be_rendered_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"'a wobbly thing'.*scratch"):
        tune_rendered(sound_parts(1), tmp_path / "x", defects=["a wobbly thing"])
