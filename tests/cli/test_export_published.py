"""`faultlens export hf:NAME` writes an image bundle, and `faultlens models` shows its card."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")
pytest.importorskip("onnxscript", reason="pip install 'faultlens[train]'")

from faultlens.evaluation.trials import by_kind
from faultlens.inputs.picture import PicturePreparation
from faultlens.models.vision_language import load
from faultlens.runtimes import reduced as module
from faultlens.runtimes import vision_to_onnx
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.hugging_face import exported_folder
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.reduced import Reduced
from faultlens.runtimes.trial import Drop, Trial


def card(name: str, licence: str) -> ModelCard:
    kept = CardResult("lowest cosine with single precision", "image 0.9991", "faultlens export")
    source = CardSource(name, "mit", "ab" * 32)
    return ModelCard(f"Pictures of {name}.", licence, "Theirs.", (kept,), "None.", (source,))


def written(folder: Path, name: str, licence: str = "mit") -> Bundle:
    return write_bundle(
        folder, name=name, kind="image", card=card(name, licence),
        preparation=PicturePreparation("clip", 32).to_dict(), classes=[], calibration={},
        text=None, files={"image.onnx": b"weights"},
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What the exporter is asked for; it writes a bundle without a model."""
    calls: list[Any] = []

    def read(name: str) -> Any:
        return SimpleNamespace(name=load.vision_language_name(name))

    def export(loaded: Any, folder: Path, *, precision: str, name: Any, licence: Any) -> Bundle:
        calls.append((loaded.name, str(folder), precision))
        return written(folder, name or f"{loaded.name}-{precision}", licence or "mit")

    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(load, "load_vision_language", read)
    monkeypatch.setattr(vision_to_onnx, "export_vision_language", export)
    return calls


def test_a_published_model_is_exported_and_its_card_is_told(run: Any, asked: list[Any]) -> None:
    said = run("export", "hf:ViT-B/32", "--out", "mine")
    assert said.code == 0, said.err
    assert asked == [("openai/clip-vit-base-patch32", "mine", "fp32")]
    assert said.out.startswith("mine: openai/clip-vit-base-patch32-fp32@")
    assert "Lowest cosine with single precision: image 0.9991." in said.out
    assert "Licence: mit." in said.out
    assert "Next: faultlens inspect FILES --model mine" in said.out
    shown = run("models", "mine")
    assert shown.code == 0 and "Pictures of openai" in shown.out


def test_in_fewer_bits_it_is_made_smaller_from_single_precision(
    run: Any, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reduced: list[Any] = []

    def reduce(source: Model, folder: Path, **how: Any) -> Reduced:
        reduced.append((source.bundle.name, how["precision"], how["largest_drop"], how["licence"]))
        return Reduced(written(folder, how["name"]), (Drop("AUROC", 0.75, 0.749),), {"image": 0.99})

    monkeypatch.setattr(module, "reduced_bundle", reduce)
    monkeypatch.setattr(by_kind, "trial_of", lambda model, files: Trial("pictures", lambda x: {}))
    said = run("export", "hf:ViT-B/32", "--precision", "int8", "--out", "mine", "--licence", "mit")
    assert said.code == 0, said.err
    assert [x[2] for x in asked] == ["fp32"] and asked[0][1] != "mine"
    assert reduced == [("openai/clip-vit-base-patch32-fp32", "int8", 0.01, "mit")]
    assert said.out.startswith("mine: openai/clip-vit-base-patch32-int8@")
    assert "  AUROC 0.7500 to 0.7490 (-0.10 points)" in said.out
    assert "image 0.9900" in said.out and "Next: faultlens inspect FILES" in said.out


def test_without_a_folder_it_goes_to_bundles_and_json_says_where(
    run: Any, asked: list[Any]
) -> None:
    said = run("export", "ViT-B/16", "--json", "--licence", "of my own", "--name", "mine/clip")
    told = json.loads(said.out)
    assert told["bundle"] == "bundles/openai--clip-vit-base-patch16-fp32"
    assert told["model"].startswith("mine/clip@")
    assert (told["licence"], told["precision"]) == ("of my own", "fp32")
    assert told["source"] == "openai/clip-vit-base-patch16"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["hf:RN50"], 2, "has a ResNet for pictures"),
        (["hf:"], 2, "names no model"),
        (["ViT-B/32", "--precision", "int4"], 2, "Unknown precision 'int4'. Nearest: int8"),
        (["ViT-B/32", "--train-data", "."], 2, "--train-data are of a checkpoint"),
        (["nowhere", "--precision", "int8"], 3, "is no checkpoint"),
        (["nowhere"], 3, "is no checkpoint"),
    ],
)
def test_what_does_not_go_together_is_said(
    run: Any, asked: list[Any], arguments: list[str], code: int, words: str
) -> None:
    said = run("export", *arguments)
    assert (said.code, said.out) == (code, "")
    assert words in " ".join(said.err.split())
    assert asked == []


def test_the_card_of_a_name_is_that_of_its_export(run: Any, asked: list[Any]) -> None:
    said = run("models", "hf:maker/model")
    assert said.code == 2 and "has not been exported on this machine yet" in said.err
    assert "faultlens export hf:maker/model --precision int8" in " ".join(said.err.split())
    written(exported_folder("hf:maker/model"), "maker/model-fp32")
    said = run("models", "hf:maker/model")
    assert said.code == 0, said.err
    assert "Pictures of maker/model-fp32." in said.out
    rows = json.loads(run("models", "--json").out)
    assert {x["name"]: x["kind"] for x in rows}["maker/model-fp32"] == "image"
