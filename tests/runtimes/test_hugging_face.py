"""A model of Hugging Face is exported at first use and then needs neither torch nor its folder."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import MissingPackageError
from faultlens.runtimes import hugging_face
from faultlens.runtimes.hugging_face import (
    exported_folder,
    hugging_face_bundle,
    is_hugging_face,
)
from faultlens.runtimes.loaded import is_checkpoint, load_model

SOURCE = Path(__file__).parents[2] / "src"
WITHOUT_TORCH = """
import sys
class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers"):
            raise ImportError("blocked by this test")
sys.meta_path.insert(0, NoTorch())
import faultlens
print(faultlens.load_model(sys.argv[1]).encode_text(["a crack"]).shape)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What lies in a folder of Hugging Face, as far as it is looked at here."""
    made = tmp_path / "my clip"
    made.mkdir()
    (made / "config.json").write_text(json.dumps({"model_type": "clip"}))
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def test_names_aliases_and_folders_are_told_from_bundles_and_checkpoints(
    folder: Path, make: Any
) -> None:
    assert is_hugging_face(folder) and is_hugging_face(str(folder))
    assert not is_checkpoint(folder)
    assert not is_hugging_face(make().folder)
    (folder / "checkpoint.json").write_text("{}")
    assert not is_hugging_face(folder)
    assert is_checkpoint(folder)
    assert is_hugging_face("ViT-L/14@336px") and not is_hugging_face("")


def test_what_was_exported_is_found_without_asking_anybody(make: Any, cache: Path) -> None:
    made = make(exported_folder("hf:maker/model"), name="maker/model")
    assert made.folder == cache / "models" / "hf--maker--model--fp32"
    assert load_model("hf:maker/model").reference == made.reference
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "hf:maker/model"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert run.stdout == "(1, 3)\n", run.stderr


def test_a_folder_whose_weights_change_is_another_model(folder: Path) -> None:
    before = exported_folder(folder)
    assert exported_folder(f"hf:{folder}") == before
    (folder / "model.safetensors").write_bytes(b"other weights")
    assert exported_folder(folder) != before


def test_without_torch_it_is_said_how_to_export_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(module: str, *, extra: str) -> None:
        raise MissingPackageError(f"This needs the package '{module}'.")

    monkeypatch.setattr(hugging_face, "optional_import", missing)
    with pytest.raises(MissingPackageError) as caught:
        load_model(folder)
    told = str(caught.value)
    assert "pip install 'faultlens[train]'" in told
    assert f"faultlens export '{folder}' --out FOLDER" in told


def test_the_first_use_exports_and_says_so(
    folder: Path, make: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
    pytest.importorskip("onnxscript", reason="pip install 'faultlens[train]'")
    from faultlens.models.vision_language import load
    from faultlens.runtimes import vision_to_onnx

    asked = []
    monkeypatch.setattr(load, "load_vision_language", lambda name: asked.append(name))
    monkeypatch.setattr(
        vision_to_onnx, "export_vision_language", lambda loaded, to, *, precision: make(to)
    )
    with caplog.at_level(logging.WARNING):
        first = hugging_face_bundle(folder)
        assert hugging_face_bundle(folder) == first
    assert asked == [str(folder)]
    (said,) = [x.getMessage() for x in caplog.records]
    assert said.startswith(f"faultlens: exporting {folder} once, to {first}; 'faultlens export")
