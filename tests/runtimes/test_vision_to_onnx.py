"""A model of pictures and words becomes a bundle that computes what torch did, in any precision."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")
pytest.importorskip("onnxscript", reason="pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.models.vision_language.load import VisionLanguage, load_vision_language
from faultlens.runtimes import vision_to_onnx
from faultlens.runtimes.bundle import Bundle
from faultlens.runtimes.image_model import encode_images, encode_windows
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.precisions import PRECISIONS
from faultlens.runtimes.vision_to_onnx import export_vision_language
from tests.tiny_vision import tiny_vision

SENTENCES = ["a crack", "steel", "a crack in steel that nobody has seen before"]
ATOL = {"fp32": 1e-5, "fp16": 2e-3, "int8": 0.1}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> VisionLanguage:
    """A model wide enough for its weights to be worth making smaller."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "README.md").write_text("---\nlicense: mit\n---\nWords.")
    wide = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2}
    return load_vision_language(str(tiny_vision("clip", folder, **wide)))


@pytest.fixture(scope="module")
def bundles(loaded: VisionLanguage, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    """The model in every precision; torch's exporter, which is slow, runs once."""
    top, once = tmp_path_factory.mktemp("bundles"), vision_to_onnx._singles
    kept: dict[str, Path] = {}

    def singles(modules: Any, inputs: Any, folder: Path) -> dict[str, Path]:
        if not kept:
            kept.update(once(modules, inputs, tmp_path_factory.mktemp("singles")))
        return kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vision_to_onnx, "_singles", singles)
        return {x: export_vision_language(loaded, top / x, precision=x) for x in PRECISIONS}


@pytest.fixture
def pictures() -> list[Image]:
    draw = np.random.default_rng(3)
    return [Image(draw.integers(0, 256, (40, 50, 3), dtype=np.uint8)) for _ in range(3)]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_bundle_computes_what_torch_does(
    loaded: VisionLanguage, bundles: dict[str, Bundle], pictures: list[Image], precision: str
) -> None:
    model = load_model(bundles[precision].folder)
    pixels = torch.from_numpy(np.stack([loaded.preparation.pixels(x) for x in pictures]))
    with torch.inference_mode():
        expected = loaded.vision(pixels)
        windows = loaded.windows(pixels[:1]) if loaded.windows else ()
    found, atol = encode_images(model, pictures), ATOL[precision]
    np.testing.assert_allclose(found.image, expected.image, atol=atol)
    np.testing.assert_allclose(np.stack(found.patches), expected.patches, atol=atol)
    np.testing.assert_allclose(np.stack(found.features), expected.features, atol=atol)
    # The whole alone comes from a file of its own.
    np.testing.assert_allclose(model.encode(pictures), found.image, atol=1e-6)
    alone = encode_windows(model, pictures[0])
    assert alone is not None
    for name, rows in zip(("windows2", "windows3"), windows, strict=True):
        np.testing.assert_allclose(alone[name], rows[0], atol=atol)


def test_a_picture_in_whole_numbers_does_not_depend_on_its_neighbours(
    bundles: dict[str, Bundle], pictures: list[Image]
) -> None:
    model = load_model(bundles["int8"].folder)
    together = model.encode(pictures)
    for at, picture in enumerate(pictures):
        np.testing.assert_array_equal(model.encode(picture)[0], together[at])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_sentences_are_those_of_torch_whatever_stands_beside_them(
    loaded: VisionLanguage, bundles: dict[str, Bundle], precision: str
) -> None:
    from faultlens.runtimes.image_words import encode_words
    from faultlens.runtimes.tokenizer import encode_sentences

    model = load_model(bundles[precision].folder)
    found = encode_words(model, SENTENCES)
    for at, sentence in enumerate(SENTENCES):
        ids, _ = encode_sentences(bundles[precision].path("tokenizer.json"), [sentence])
        with torch.inference_mode():
            row = loaded.words(torch.from_numpy(ids))[0].numpy()
        np.testing.assert_allclose(found[at], row, atol=2e-2 if precision == "int8" else 2e-3)
        np.testing.assert_allclose(encode_words(model, [sentence])[0], found[at], atol=1e-5)


def test_fewer_bits_take_less_room_and_files_share_their_weights(
    bundles: dict[str, Bundle],
) -> None:
    sizes = {
        precision: {x: bundle.path(x).stat().st_size for x in bundle.files}
        for precision, bundle in bundles.items()
    }
    assert set(sizes["fp32"]) == {
        "golden.npz", "image.onnx", "text.onnx", "text.weights", "tokenizer.json",
        "tower.weights", "whole.onnx", "windows.onnx",
    }  # fmt: skip
    single, half, whole = (sizes[x]["tower.weights"] for x in PRECISIONS)
    assert half < 0.6 * single and whole < 0.45 * single


def test_the_card_says_whose_model_it_is_and_what_was_lost(
    loaded: VisionLanguage, bundles: dict[str, Bundle]
) -> None:
    card = bundles["int8"].card
    assert card.licence == "mit"
    assert card.sources[0].sha256 == loaded.sha256
    assert "squeezed to 32 x 32 pixels, 4 x 4 places, int8" in card.summary
    assert "image 0.9" in card.results[0].value and "windows2 0.9" in card.results[0].value
    assert "Nothing was measured on defects" in card.limits
    assert bundles["int8"].calibration["score"] == "softmax"


def test_a_model_that_loses_too_much_is_refused(
    loaded: VisionLanguage,
    bundles: dict[str, Bundle],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = {"image": ({"pixels": np.zeros((2, 3, 32, 32), np.float32)}, {})}
    wrong = np.full((2, 12), 12**-0.5, np.float32)
    monkeypatch.setitem(vision_to_onnx._OUTPUTS, "image", ("image",))
    runs["image"][1]["image"] = wrong
    modules: Any = {"image": lambda pixels: [loaded.vision(pixels).image]}
    with pytest.raises(BundleError, match=r"In int8, 'image' has a cosine of .*Export it as fp16"):
        vision_to_onnx._checked_loss(modules, runs, "int8")


def test_what_cannot_be_exported_is_said(
    loaded: VisionLanguage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown precision 'bf16'.*Known: fp16, fp32, in"):
        export_vision_language(loaded, tmp_path / "x", precision="bf16")
    monkeypatch.setattr(vision_to_onnx, "LARGEST_FILE_BYTES", 1000)
    with pytest.raises(UsageError, match=r"million can be exported. Take"):
        export_vision_language(loaded, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_of_single_precision_is_made_smaller_without_torch(
    bundles: dict[str, Bundle], pictures: list[Image], tmp_path: Path
) -> None:
    from faultlens.runtimes.reduced import reduced_bundle
    from faultlens.runtimes.trial import Trial

    source = load_model(bundles["fp32"].folder)
    trial = Trial("nothing", lambda model: {})
    for precision in ("fp16", "int8"):
        made = reduced_bundle(source, tmp_path / precision, precision=precision, trial=trial)
        model, direct = load_model(made.bundle.folder), load_model(bundles[precision].folder)
        assert set(model.bundle.files) == set(direct.bundle.files)
        assert model.bundle.preparation == direct.bundle.preparation
        np.testing.assert_array_equal(model.encode(pictures), direct.encode(pictures))
        np.testing.assert_array_equal(model.encode_text(SENTENCES), direct.encode_text(SENTENCES))
