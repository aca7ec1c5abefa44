"""A model's folder is read only if it is whole and in files that run no code."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="text models: pip install 'faultlens[train]'")

from faultlens.core.errors import UnreadableFileError
from faultlens.models.hub_folder import (
    INDEX,
    checked_folder,
    content_sha256,
    weight_files,
    weights_sha256,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    return tmp_path


def in_parts(folder: Path, *names: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / INDEX).write_text(json.dumps({"weight_map": dict(enumerate(names))}))


def test_a_whole_folder_passes(folder: Path) -> None:
    assert checked_folder(folder) == folder


def test_pickled_weights_are_refused_with_the_reason_and_the_way_out(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UnreadableFileError, match=r"a pickle.*can run code.*save_pretrained"):
        checked_folder(folder)


def test_pickled_weights_beside_safetensors_are_left_alone(folder: Path) -> None:
    (folder / "pytorch_model.bin").touch()
    assert weight_files(checked_folder(folder)) == (folder / "model.safetensors",)


def test_a_clone_without_large_files_says_what_to_run(folder: Path) -> None:
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(UnreadableFileError, match="git lfs pull"):
        checked_folder(folder)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("config.json", "no config.json"),
        ("model.safetensors", "no model.safetensors"),
        ("tokenizer.json", "no tokenizer"),
    ],
)
def test_what_is_missing_is_named(folder: Path, missing: str, words: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(UnreadableFileError, match=words):
        checked_folder(folder)


def test_weights_in_parts_are_found_by_their_index(folder: Path) -> None:
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    in_parts(folder, *names)
    (folder / names[0]).write_bytes(b"1")
    with pytest.raises(UnreadableFileError, match=f"{names[1]} is missing"):
        checked_folder(folder)
    (folder / names[1]).write_bytes(b"2")
    assert [x.name for x in weight_files(checked_folder(folder))] == names


@pytest.mark.parametrize("name", ["../../secret.safetensors", "/etc/passwd", "other.bin"])
def test_an_index_reaches_no_other_files(folder: Path, name: str) -> None:
    in_parts(folder, name)
    with pytest.raises(UnreadableFileError, match="names no weights"):
        checked_folder(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"weight_map": 3}', "{}"])
def test_a_damaged_index_is_refused(folder: Path, text: str) -> None:
    in_parts(folder)
    (folder / INDEX).write_text(text)
    with pytest.raises(UnreadableFileError, match=INDEX):
        checked_folder(folder)


def test_the_hash_of_weights_in_parts_depends_on_each(folder: Path) -> None:
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    in_parts(folder, *names)
    for name in names:
        (folder / name).write_bytes(b"1")
    before = weights_sha256(folder)
    (folder / names[1]).write_bytes(b"2")
    assert weights_sha256(folder) != before


def test_another_tokenizer_is_another_model_of_the_same_weights(folder: Path) -> None:
    weights = weights_sha256(folder)
    before = content_sha256(folder, weights)
    (folder / "tokenizer.json").write_bytes(b"[]")
    assert weights_sha256(folder) == weights
    assert content_sha256(folder, weights) != before
