"""A text model by its name: frozen ones are asked once, trained ones come back as they were."""

import json
import logging
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("transformers", reason="text models: pip install 'faultlens[train]'")
# Looked for, not imported: each process that collects tests would spend seconds on it.
if find_spec("peft") is None:
    pytest.skip("LoRA: pip install 'faultlens[train]'", allow_module_level=True)

import torch

from faultlens.core.errors import (
    InputError,
    MissingPackageError,
    UnknownNameError,
    UnreadableFileError,
    UsageError,
)
from faultlens.models.encoders.text_hugging_face import load_hugging_face
from faultlens.models.encoders.text_lstm import UNKNOWN
from faultlens.models.hub_folder import weights_sha256
from faultlens.models.lora import LoraSettings
from faultlens.runtimes.loaded import load_model
from faultlens.training import text_source as module
from faultlens.training.teacher import WEIGHTS_SHA256, teacher_folder
from faultlens.training.text_source import (
    TextSource,
    open_text,
    restore_text,
    text_config,
    text_name,
    text_state,
)
from tests.models.encoders.conftest import tiny_model

SENTENCES = ["inner race fault", "healthy", "inner race fault", "A outer race fault bearing"]
LORA = LoraSettings(rank=2, alpha=4, dropout=0.5)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Empty caches, and no hub to ask; the folder of what frozen models said."""
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "cache" / "text"


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small BERT in a folder."""
    return str(tiny_model("bert", tmp_path_factory.mktemp("bert")))


def must_not_load(*arguments: object, **options: object) -> None:
    raise AssertionError("the model was loaded")


def through_json(source: TextSource) -> dict[str, object]:
    return json.loads(json.dumps(text_config(source)))


def test_the_static_text_is_the_built_in_tower() -> None:
    source = open_text("static")
    assert (source.width, source.dim_is_shared, source.trainable) == (256, True, None)
    assert source.reference == load_model("builtin/text").reference
    expected = load_model("builtin/text").encode_text(SENTENCES)
    assert np.allclose(source.points(SENTENCES), expected, atol=1e-6)


def test_the_reference_states_the_hash_of_the_weights(bert: str) -> None:
    source = open_text(bert)
    assert source.reference == f"{Path(bert).name}@{weights_sha256(Path(bert))[:12]}"
    assert (source.width, source.dim_is_shared, source.trainable) == (16, False, None)


def test_frozen_text_is_asked_once_and_then_the_model_is_not_even_loaded(
    bert: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_text(bert).points(SENTENCES)
    assert first.shape == (4, 16)
    assert np.array_equal(first[0], first[2])
    monkeypatch.setattr(module, "load_hugging_face", must_not_load)
    assert np.array_equal(open_text(bert).points(SENTENCES), first)
    with pytest.raises(AssertionError, match="the model was loaded"):
        open_text(bert).points(["of the bearing"])


def test_what_is_cached_belongs_to_one_model_in_one_precision(
    bert: str, cache: Path, tmp_path: Path
) -> None:
    other = str(tiny_model("bert", tmp_path / "other", seed=1))
    rows = [
        open_text(*name, dtype=dtype).points(["healthy"])
        for name, dtype in (((bert,), "float32"), ((bert,), "bfloat16"), ((other,), "float32"))
    ]
    assert len(list(cache.glob("*.npz"))) == 3
    assert not np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])


def test_a_damaged_cache_is_made_anew(bert: str, cache: Path) -> None:
    first = open_text(bert).points(SENTENCES)
    (file,) = cache.glob("*.npz")
    file.write_bytes(b"damaged")
    assert np.array_equal(open_text(bert).points(SENTENCES), first)
    assert file.read_bytes() != b"damaged"


def test_all_minilm_in_plain_torch_says_what_the_library_says() -> None:
    try:
        folder = teacher_folder()
    except MissingPackageError as error:
        pytest.skip(str(error))
    source = open_text("sentence-transformers/all-MiniLM-L6-v2")
    assert source.reference.endswith(f"@{WEIGHTS_SHA256[:12]}")
    said = load_hugging_face(folder)(SENTENCES).numpy()
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    assert np.allclose(source.points(SENTENCES), said, atol=1e-5)


def test_all_minilm_does_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        teacher_folder()
    except MissingPackageError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(module, "load_hugging_face", must_not_load)
    assert open_text("all-MiniLM-L6-v2").points(SENTENCES).shape == (4, 384)


def test_lora_is_trainable_and_asks_anew_after_each_step(bert: str, cache: Path) -> None:
    source = open_text(bert, lora=LORA)
    assert source.trainable is not None
    before = source.points(SENTENCES)
    assert np.allclose(before, open_text(bert).points(SENTENCES), atol=1e-6)
    with torch.no_grad():
        for name, x in source.trainable.named_parameters():
            if "lora_B" in name:
                x.fill_(1.0)
    assert np.abs(source.points(SENTENCES) - before).max() > 1e-3
    assert len(list(cache.glob("*.npz"))) == 1  # that of the frozen one


def test_asking_a_model_in_training_leaves_it_in_training(bert: str) -> None:
    source = open_text(bert, lora=LORA)
    assert source.trainable is not None
    source.trainable.train()
    assert np.array_equal(source.points(SENTENCES), source.points(SENTENCES))
    assert source.trainable.training


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_lora_comes_back_from_what_a_checkpoint_keeps(bert: str, dtype: str) -> None:
    source = open_text(bert, lora=LORA, dtype=dtype, seed=3)
    state = text_state(source)
    assert all(".lora_" in x for x in state)
    for x in state.values():
        x += 0.1
    assert source.trainable is not None
    source.trainable.take(state)
    again = restore_text(bert, through_json(source), text_state(source))
    assert np.array_equal(again.points(SENTENCES), source.points(SENTENCES))


def test_lstm_comes_back_from_what_a_checkpoint_keeps() -> None:
    source = open_text("lstm", seed=3, sentences=["a zyzzyva defect"])
    again = restore_text("lstm", through_json(source), text_state(source))
    assert np.array_equal(again.points(["zyzzyva"]), source.points(["zyzzyva"]))
    assert again.reference == source.reference


def test_frozen_text_comes_back_in_its_precision(bert: str) -> None:
    source = open_text(bert, dtype="int8")
    assert text_state(source) == {}
    again = restore_text(bert, through_json(source), {})
    assert np.array_equal(again.points(SENTENCES), source.points(SENTENCES))


def test_a_model_may_lie_elsewhere_but_must_be_the_same(bert: str, tmp_path: Path) -> None:
    config = through_json(open_text(bert))
    moved = tmp_path / "moved"
    tiny_model("bert", moved)
    assert restore_text(str(moved), config, {}).width == 16
    other = tiny_model("bert", tmp_path / "other", seed=1)
    with pytest.raises(UnreadableFileError, match="was trained with the text model"):
        restore_text(str(other), config, {})
    with pytest.raises(UnreadableFileError, match="was trained with the text model"):
        restore_text("static", config, {})


@pytest.mark.parametrize("config", [{}, {"vocabulary": ["a"]}, {"lora": {"rang": 3}}])
def test_a_checkpoint_that_does_not_say_enough_is_refused(
    config: dict[str, object], bert: str
) -> None:
    with pytest.raises(UnreadableFileError):
        restore_text(bert if "lora" in config else "lstm", config, {})


def test_the_vocabulary_of_the_lstm_knows_the_knowledge_base_and_the_prompts() -> None:
    encoder = open_text("lstm", sentences=["a zyzzyva of the gearbox"]).trainable
    for sentence in ("inner race fault", "外圈故障", "zyzzyva", "healthy", "0.18"):
        assert UNKNOWN not in encoder.tokens(sentence)
    assert encoder.tokens("qwertz") == [UNKNOWN]


def test_the_names_of_the_reference_document_are_understood() -> None:
    assert text_name("Qwen/Qwen2-1.5B-Base") == "Qwen/Qwen2-1.5B"
    with pytest.raises(InputError, match=r"'Qwen/Qwen2-1.5B' is not on this machine"):
        open_text("Qwen/Qwen2-1.5B-Base")


@pytest.mark.parametrize("name", ["static", "lstm"])
def test_what_does_not_fit_a_small_text_model_is_refused(name: str) -> None:
    for options in ({"lora": LORA}, {"dtype": "int8"}):
        with pytest.raises(UsageError, match="neither LoRA nor another dtype"):
            open_text(name, **options)


def test_lora_beside_bytes_and_an_unknown_dtype_are_refused(bert: str) -> None:
    with pytest.raises(UsageError, match="LoRA trains beside float32 or bfloat16"):
        open_text(bert, lora=LORA, dtype="int8")
    with pytest.raises(UnknownNameError, match="Unknown dtype 'half'"):
        open_text(bert, dtype="half")


def test_loading_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tiny_model("distilbert", tmp_path / "with a head that is left out")
    capfd.readouterr()
    caplog.set_level(logging.INFO, logger="transformers")
    open_text(str(folder)).points(["a fault of the race"])
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""
    assert logging.getLogger("transformers").level == logging.INFO
