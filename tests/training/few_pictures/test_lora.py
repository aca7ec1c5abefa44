"""Few pictures move the towers of a model; what is written scores the same, and kills cost none."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.inference.inspect import inspect
from faultlens.models.lora import LoraSettings
from faultlens.runtimes.defect_question import DefectQuestion, defect_question
from faultlens.runtimes.image_model import encode_images
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.surface_scores import Scoring, scoring_of
from faultlens.training.few_pictures import lora as lora_room
from faultlens.training.few_pictures.lora import FittedLora, LoraPlan, fit_lora
from faultlens.training.few_pictures.lora_objective import LoraPicture
from faultlens.training.few_pictures.lora_towers import open_towers
from faultlens.training.few_pictures.tune_pictures import tune_pictures
from faultlens.training.loop import train
from faultlens.training.state import LoopState
from tests.tiny_vision import tiny_vision
from tests.training.few_pictures.textures import labelled

SIZE = 64
CLASSES = ["crack", "scratch"]
FEW = LoraPlan(LoraSettings(rank=4, alpha=8, dropout=0.0), epochs=6, batch_size=6)


def picture(seed: int, target: int, places: int = SIZE // 8) -> LoraPicture:
    """Stripes for one class and a checkerboard for the other, marked in the middle."""
    draw = np.random.default_rng(seed)
    row, column = np.mgrid[:SIZE, :SIZE] // (4 if target else 8)
    pattern = (row + column) % 2 if target else row % 2
    grey = 90 + 60 * pattern + draw.normal(scale=8, size=(SIZE, SIZE))
    mask = np.zeros((places, places), np.float32)
    mask[places // 2, places // 2] = 1
    return LoraPicture(Image(np.clip(grey, 0, 255).astype(np.uint8)), target, mask)


def asked(model: Model) -> tuple[DefectQuestion, Scoring]:
    return defect_question(CLASSES, model=model), scoring_of(model.bundle.calibration)


def fitted(model: Model, plan: LoraPlan = FEW, **options: Path) -> FittedLora:
    places = SIZE // 8 if model.bundle.name == "builtin/surface" else 2
    pictures = [picture(i, i % 2, places) for i in range(12)]
    return fit_lora(model, pictures, *asked(model), plan=plan, **options)


def right(model: Model, rows: np.ndarray) -> float:
    held = [picture(100 + i, i % 2) for i in range(10)]
    points = encode_images(model, [x.image for x in held], want=["image"]).image
    return float(((points @ rows.T).argmax(axis=1) == [x.target for x in held]).mean())


@pytest.fixture(scope="module")
def surface() -> Model:
    """The built-in model."""
    return load_model("builtin/surface")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A small CLIP, of so few places that there are no windows, whose export takes longest."""
    return load_model(tiny_vision("clip", tmp_path_factory.mktemp("hub") / "tiny", image_size=16))


def test_labelled_pictures_adapt_a_model_of_hugging_face_too(clip: Model, tmp_path: Path) -> None:
    # To a tower of the world all sentences of one trade are much alike: no reason to refuse.
    pictures = labelled(tmp_path / "shots", {"pitting": "bright", "scratch": "dark"}, 3)
    made, on = tune_pictures(pictures, tmp_path / "mine", model=str(clip.bundle.folder))
    assert on.after == 1.0
    assert on.before is not None
    assert on.before < 1.0
    (unseen,) = labelled(tmp_path / "new", {"scratch": "dark"}, 1, first_seed=9)
    found = inspect(read_image(unseen.path), model=str(made.folder))
    scores = {x.label: x.score for x in found.findings}
    assert scores["scratch"] > scores["pitting"]


def test_the_built_in_model_is_tuned_merged_and_written(surface: Model, tmp_path: Path) -> None:
    question, _ = asked(surface)
    rows = question.meanings.defects
    tuned = fitted(surface)
    assert right(tuned.model, rows) == 1.0 > right(surface, rows)
    assert tuned.model.reference != surface.reference
    bundle, difference = tuned.export(tmp_path / "tuned")
    assert difference <= 1e-3
    assert bundle.card.sources[0].name == surface.reference
    assert "LoRA of rank 4 on 12 labelled pictures" in bundle.card.training_data
    written = load_model(bundle.folder)
    images = tuned.few[:3]
    here, there = (encode_images(x, images) for x in (tuned.model, written))
    assert np.abs(here.image - there.image).max() < 1e-3
    # From what was written it can be gone on.
    again = open_towers(written, FEW.lora, blocks=1, words=True, seed=0)
    assert again.base is written


def test_both_towers_of_hugging_face_are_tuned(clip: Model, tmp_path: Path) -> None:
    base = clip
    plan = LoraPlan(FEW.lora, epochs=8, learning_rate=1e-2, blocks=2)
    tuned = fitted(base, plan)
    before, after = (x.encode_text(["a crack", "a scratch"]) for x in (base, tuned.model))
    assert np.abs(before - after).max() > 1e-3
    alone = fitted(base, LoraPlan(FEW.lora, epochs=1, words=False))
    assert alone.model.encode_text(["a crack"]) == pytest.approx(before[:1], abs=1e-5)
    bundle, difference = tuned.export(tmp_path / "tuned")
    assert difference <= 1e-3
    written = load_model(bundle.folder)
    assert written.encode_text(["a crack", "a scratch"]) == pytest.approx(after, abs=1e-4)


class _Killed(Exception):
    pass


def test_what_was_killed_goes_on_to_the_same(
    surface: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = LoraPlan(FEW.lora, epochs=3, batch_size=6)
    whole = fitted(surface, plan)

    def killed(*given: object, hooks: list[object], **options: object) -> LoopState:
        def kill(state: LoopState) -> None:
            if len(state.history) == 1:
                raise _Killed

        return train(*given, hooks=[*hooks, kill], **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(lora_room, "train", killed)
        with pytest.raises(_Killed):
            fitted(surface, plan, resume=tmp_path / "state")
    assert any((tmp_path / "state").iterdir())
    resumed = fitted(surface, plan, resume=tmp_path / "state")
    pairs = zip(whole.towers.image.parameters(), resumed.towers.image.parameters(), strict=True)
    assert max(float((x - y).abs().max()) for x, y in pairs) < 1e-6


def test_a_bundle_that_scores_otherwise_is_refused(
    surface: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned = fitted(surface)
    monkeypatch.setattr(lora_room, "write_towers", lambda *_, **__: surface.bundle)
    with pytest.raises(BundleError, match=r"off the model it was exported from; 0\.001 is"):
        tuned.export(tmp_path / "tuned")


def test_one_class_alone_is_refused(surface: Model) -> None:
    with pytest.raises(UsageError, match="give pictures of two at least"):
        fit_lora(surface, [picture(i, 0) for i in range(3)], *asked(surface))
