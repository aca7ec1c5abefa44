"""What cannot be read is refused by name with what to take instead; the rest as its folder says."""

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")

from faultlens.core.errors import FaultlensError, UnknownNameError, UnreadableFileError, UsageError
from faultlens.models.vision_language import load
from faultlens.models.vision_language.load import UNSTATED, load_vision_language
from faultlens.models.vision_language.names import ALIASES, RESNETS, vision_language_name


@pytest.fixture
def copy(tiny: Any, tmp_path: Path) -> Path:
    """A CLIP that a test may change."""
    shutil.copytree(tiny("clip"), tmp_path / "clip")
    return tmp_path / "clip"


def changed(file: Path, **changes: Any) -> None:
    table = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**table, **changes}), encoding="utf-8")


@pytest.mark.parametrize("name", RESNETS)
def test_resnets_are_refused_with_what_to_take(name: str) -> None:
    for written in (name, f"hf:{name}", f"openai/{name}"):
        with pytest.raises(UsageError, match=rf"'.*{name}' has a ResNet.*Take ViT-B/16"):
            load_vision_language(written)


def test_names_of_openai_are_written_out() -> None:
    for alias, name in ALIASES.items():
        assert vision_language_name(f"hf:{alias}") == vision_language_name(name) == name
    with pytest.raises(UnknownNameError, match=r"model of OpenAI 'ViT-L/14@336'. Nearest: ViT-L"):
        vision_language_name("ViT-L/14@336")
    with pytest.raises(UsageError, match="names no model"):
        vision_language_name("hf:")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("siglip2", r"any resolution \(NaFlex\).*google/siglip2-base-patch16-224"),
        ("bert", r"a model of type 'bert'; .*clip, siglip, chinese_clip"),
        (None, r"of type 'None'"),
    ],
)
def test_other_types_are_refused(copy: Path, kind: str | None, words: str) -> None:
    changed(copy / "config.json", model_type=kind)
    with pytest.raises(UnreadableFileError, match=words):
        load_vision_language(str(copy))


def test_damaged_weights_and_settings_are_said(copy: Path) -> None:
    (copy / "preprocessor_config.json").write_text("{")
    with pytest.raises(UnreadableFileError, match=r"preprocessor_config.json is damaged"):
        load_vision_language(str(copy))
    (copy / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(UnreadableFileError, match="cannot be read as a model of pictures and wor"):
        load_vision_language(str(copy))
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(UnreadableFileError, match="only as a pickle"):
        load_vision_language(str(copy))


def test_weights_that_lack_a_part_are_refused(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    weights.pop("visual_projection.weight")
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UnreadableFileError, match=r"its weights lack visual_projection.weight"):
        load_vision_language(str(copy))


def test_no_code_of_a_folder_is_run(copy: Path, tmp_path: Path) -> None:
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Model: pass\n")
    for file in ("config.json", "preprocessor_config.json"):
        changed(copy / file, auto_map={"AutoModel": "own.Model", "AutoConfig": "own.Model"})
    with suppress(FaultlensError):
        load_vision_language(str(copy))
    assert not (tmp_path / "ran").exists()


def test_preparation_and_licence_are_those_of_the_folder(copy: Path) -> None:
    assert load._licence(copy) == UNSTATED
    changed(
        copy / "preprocessor_config.json",
        image_mean=[0.1, 0.2, 0.3], image_std=[0.4, 0.5, 0.6], resample=2,
    )  # fmt: skip
    (copy / "README.md").write_text("---\ntags:\n- vision\nlicense: apache-2.0\n---\nlicense: no")
    loaded = load_vision_language(str(copy))
    assert loaded.preparation.mean == (0.1, 0.2, 0.3)
    assert loaded.preparation.std == (0.4, 0.5, 0.6)
    assert (loaded.preparation.resample, loaded.preparation.size) == ("bilinear", 32)
    assert loaded.licence == "apache-2.0"
    (copy / "README.md").write_text("---\nlicense: other\nlicense_name: 'makers-own'\n---\n")
    assert load._licence(copy) == "makers-own"
    (copy / "README.md").write_text("A model without a head.")
    assert load._licence(copy) == UNSTATED


def test_siglip_fills_up_as_its_tokenizer_says(tiny: Any) -> None:
    assert load_vision_language(str(tiny("siglip"))).word_facts == load.WordFacts(64, 1, 64)
    assert load_vision_language(str(tiny("siglip2"))).word_facts == load.WordFacts(64, 0, 64)
    assert load_vision_language(str(tiny("clip"))).word_facts == load.WordFacts(77, 0, 0)
