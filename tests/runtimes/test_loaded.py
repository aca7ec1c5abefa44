"""`load_model` finds a bundle and keeps it open; words go into the very tower that it names."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import faultlens
from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.runtimes import loaded
from faultlens.runtimes.bundle import Bundle, TextLink
from faultlens.runtimes.loaded import load_model

from .conftest import CARD, IDS, MASK, expected


@pytest.fixture
def builtin(make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """The tower as the built-in one."""
    made: Bundle = make(tmp_path / "builtin" / "text", name="builtin/text")
    monkeypatch.setattr(loaded, "builtin_folders", lambda: {"builtin/text": made.folder})
    return made


def test_a_bundle_folder_encodes_sentences(make: Any) -> None:
    made = make()
    for reference in (made.folder, str(made.folder)):
        model = faultlens.load_model(reference)
        rows = model.encode_text(["inner race fault", "healthy"])
        np.testing.assert_allclose(rows, expected(IDS, MASK), atol=1e-6)
    assert (model.reference, model.kind, model.card) == (made.reference, "text", CARD)
    assert model.text is model
    assert model.runtime("text") is model.runtime("text")


def test_many_sentences_go_through_the_tower_some_at_a_time(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaded, "SENTENCES_AT_ONCE", 1)
    rows = load_model(make().folder).encode_text(["inner race fault", "healthy"])
    np.testing.assert_allclose(rows, expected(IDS, MASK), atol=1e-6)


def test_a_builtin_model_is_found_by_name_and_by_hash(builtin: Bundle) -> None:
    assert load_model("builtin/text") is load_model(builtin.reference)
    assert load_model("builtin/text").bundle == builtin
    with pytest.raises(BundleError, match=r"'builtin/text@0{12}' was asked for; this installation"):
        load_model("builtin/text@000000000000")
    with pytest.raises(BundleError, match="was asked for"):
        load_model(f"builtin/text@{builtin.sha256[:3]}")


def test_a_sensor_is_asked_in_words_through_its_tower(builtin: Bundle, make: Any) -> None:
    link = TextLink("builtin/text", builtin.sha256)
    sensor = load_model(make(kind="vibration", text=link, files={"a.onnx": b""}).folder)
    assert sensor.text.reference == builtin.reference
    np.testing.assert_allclose(sensor.encode_text(["healthy"]), expected(IDS, MASK)[1:], atol=1e-6)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (None, "names no text tower, so it cannot be asked in words"),
        (
            TextLink("builtin/text", "0" * 64),
            r"was trained into builtin/text@0{12}; here is builtin",
        ),
        (TextLink("builtin/txt", "0" * 64), "the text tower 'builtin/txt', which is not here"),
        (TextLink("../tower", "0" * 64), "the text tower '../tower', which is not here"),
    ],
)
def test_a_sensor_without_its_very_tower_is_refused(
    builtin: Bundle, make: Any, link: TextLink | None, words: str
) -> None:
    sensor = load_model(make(kind="vibration", text=link).folder)
    with pytest.raises(BundleError, match=words):
        sensor.encode_text(["healthy"])


def test_a_tower_without_its_tokenizer_is_refused(make: Any, tower: dict[str, bytes]) -> None:
    files = {x: tower[x] for x in ("text.onnx", "golden.npz")}
    with pytest.raises(BundleError, match=r"it holds no 'tokenizer.json'"):
        load_model(make(files=files).folder).encode_text(["healthy"])


@pytest.mark.parametrize(
    ("reference", "error", "words"),
    [
        (
            "builtin/txt",
            UnknownNameError,
            r"model 'builtin/txt'. Nearest: builtin/text. Known: bui",
        ),
        ("pump", UnknownNameError, r"Known: builtin/text. The folder of a bundle can be given too"),
        ("", UnknownNameError, "Unknown model ''"),
        (
            "builtin/physics",
            UsageError,
            r"the training-free rule.*diagnose\(signal, model='builtin",
        ),
        ("builtin/physics@1b0241c1ac31", UsageError, "is the training-free rule"),
        ("hf:", UsageError, "'hf:' names no model; give a name or folder behind it"),
        ("hf:RN50", UsageError, "'RN50' has a ResNet for pictures.*Take ViT-B/16"),
        ("hf:ViT-B/15", UnknownNameError, "Nearest: ViT-B/16"),
    ],
)
def test_what_is_no_model_here_is_said(
    builtin: Bundle, reference: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        load_model(reference)


def test_a_checkpoint_and_another_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"is no bundle: it has no manifest.json"):
        load_model(tmp_path)
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(UsageError, match=r"is a checkpoint, .*before it judges: faultlens export"):
        load_model(tmp_path)
    # In Python a checkpoint is opened as it is; this one is none.
    with pytest.raises(BundleError, match=r"is no checkpoint: it has no checkpoint.json"):
        faultlens.load_model(tmp_path)


def test_the_rule_is_no_bundle() -> None:
    assert "builtin/physics" not in loaded.builtin_folders()


def test_nothing_that_runs_models_is_imported_before_a_model_is_used() -> None:
    code = "import sys, faultlens.cli.main, faultlens.runtimes.loaded; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()).isdisjoint({"onnxruntime", "tokenizers", "torch", "onnx"})
