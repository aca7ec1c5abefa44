"""A torch module serves like an ONNX file: any batch, half precision, compiled, warmed up."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.models.vision_language.load import load_vision_language
from faultlens.runtimes import with_torch
from faultlens.runtimes.passes import Signature
from faultlens.runtimes.with_torch import (
    TorchRuntime,
    TorchUse,
    checked_compiler,
    picture_encoders,
    window_encoder,
)
from tests.tiny_vision import tiny_vision

TAKES = Signature("double", {"x": ("batch", 4)}, ("embedding",))


def linear() -> Any:
    torch.manual_seed(0)
    return torch.nn.Linear(4, 3)


def rows(count: int) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(count).normal(size=(count, 4)).astype(np.float32)
    return found


def test_any_number_of_rows_is_computed_in_pieces_of_bounded_size() -> None:
    runtime, plain, sizes = TorchRuntime(linear(), TAKES), linear(), []
    runtime._module.register_forward_hook(lambda module, given, found: sizes.append(len(found)))
    for count in (0, 1, 300):
        found = runtime.run({"x": rows(count)})
        expected = plain(torch.from_numpy(rows(count))).detach().numpy()
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert sizes == [0, 1, 256, 44]
    with pytest.raises(UsageError, match="double gives embedding, and no 'patches'"):
        runtime.outputs({"x": rows(2)}, ["patches"])
    with pytest.raises(UsageError, match=r"double takes x \('batch', 4\); it was given"):
        runtime.run({"x": rows(2)[:, :3]})


def test_half_precision_takes_half_the_memory_and_gives_single_numbers() -> None:
    single, half = (TorchRuntime(linear(), TAKES, TorchUse(half=x)) for x in (False, True))
    assert half.megabytes == single.megabytes / 2
    found = half.run({"x": rows(5)})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, single.run({"x": rows(5)}), atol=0.05)
    assert TorchUse("cuda", half=True).dtype == torch.float16
    assert TorchUse("cpu", half=True).dtype == torch.bfloat16


def test_compiled_code_is_warm_after_warm_up_and_takes_any_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A backend without a C++ compiler: what is tested is when it compiles, not what it makes.
    compiled: list[int] = []

    def counted(graph: Any, example: Any) -> Any:
        compiled.append(len(compiled))
        return graph.forward

    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda module: real(module, backend=counted))
    runtime = TorchRuntime(linear(), TAKES, TorchUse(compiled=True))
    assert compiled == []
    assert runtime.warm_up({"x": rows(4)}) > 0
    warm = len(compiled)
    assert warm >= 1
    for count in (4, 1, 7, 30):
        assert runtime.run({"x": rows(count)}).shape == (count, 3)
    assert len(compiled) <= warm + 1


def test_without_a_compiler_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_torch.shutil, "which", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"none of g\+\+.*sudo apt install g\+\+"):
        TorchRuntime(linear(), TAKES, TorchUse(compiled=True))
    monkeypatch.setenv("CXX", "icpx -O2")
    with pytest.raises(MissingPackageError, match="none of icpx is here"):
        checked_compiler()


def test_a_device_that_torch_has_not_is_refused() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has graphics")
    with pytest.raises(UsageError, match="torch cannot run on 'cuda' here"):
        TorchRuntime(linear(), TAKES, TorchUse("cuda"))


def test_a_local_model_of_pictures_and_words_has_the_encoders_of_its_bundle(
    tmp_path: Path,
) -> None:
    loaded = load_vision_language(str(tiny_vision("clip", tmp_path)))
    pixels = np.random.default_rng(0).normal(size=(3, 3, 32, 32)).astype(np.float32)
    with torch.inference_mode():
        expected = loaded.vision(torch.from_numpy(pixels))
        words = loaded.words(torch.tensor([[1, 2, 3]]))
    encoders = picture_encoders(loaded)
    found = encoders["image"].outputs({"pixels": pixels}, ["patches", "image"])
    np.testing.assert_allclose(found["image"], expected.image, atol=1e-6)
    np.testing.assert_allclose(found["patches"], expected.patches, atol=1e-6)
    whole = encoders["whole"].outputs({"pixels": pixels}, ["image"])["image"]
    np.testing.assert_allclose(whole, expected.image, atol=1e-5)
    np.testing.assert_allclose(encoders["text"].run({"ids": np.array([[1, 2, 3]])}), words)


def test_a_checkpoint_has_the_encoder_of_its_bundle() -> None:
    class Contrastive(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = linear()

        def points(self, x: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.normalize(self.encoder(x), dim=-1)

    encoder = SimpleNamespace(shape=(4,))
    restored: Any = SimpleNamespace(
        model=Contrastive(), checkpoint=SimpleNamespace(encoder=encoder)
    )
    found = window_encoder(restored).run({"x": rows(6)})
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
