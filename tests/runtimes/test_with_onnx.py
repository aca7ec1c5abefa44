"""ONNX Runtime gives the embeddings that numpy does, in pieces of bounded size, or says no."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.runtimes import with_onnx
from faultlens.runtimes.opened import open_runtime
from faultlens.runtimes.with_onnx import OnnxRuntime

from .conftest import IDS, MASK, expected


@pytest.fixture
def runtime(make: Any) -> OnnxRuntime:
    return OnnxRuntime(make().path("text.onnx"))


def test_the_embeddings_are_those_of_numpy(runtime: OnnxRuntime) -> None:
    found = runtime.run({"ids": IDS, "mask": MASK})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected(IDS, MASK), atol=1e-6)


def test_many_rows_are_computed_in_pieces(
    runtime: OnnxRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = np.random.default_rng(0).integers(0, 7, size=(600, 5))
    mask = np.ones_like(ids)
    sizes = []
    whole = runtime._session.run

    class Counting:
        def run(
            self, names: list[str], inputs: dict[str, np.ndarray], options: Any
        ) -> list[np.ndarray]:
            sizes.append(len(inputs["ids"]))
            return whole(names, inputs, options)

    monkeypatch.setattr(runtime, "_session", Counting())
    np.testing.assert_allclose(
        runtime.run({"ids": ids, "mask": mask}), expected(ids, mask), atol=1e-6
    )
    assert sizes == [256, 256, 88]


def test_no_rows_give_no_embeddings(runtime: OnnxRuntime) -> None:
    assert runtime.run({"ids": IDS[:0], "mask": MASK[:0]}).shape == (0, 3)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, r"text.onnx takes ids \('batch', 'token'\), mask .*; it was given nothing"),
        ({"ids": IDS}, r"it was given ids int64 \(2, 3\): every input has the same rows"),
        ({"ids": IDS, "mask": MASK[:1]}, r"mask int64 \(1, 3\): every input has the same rows"),
        ({"ids": IDS, "mask": MASK * 1.0}, r"mask float64 \(2, 3\): .*[Uu]nexpected input data"),
        ({"ids": IDS[0], "mask": MASK[0]}, r"ids int64 \(3,\), mask int64 \(3,\): .*rank"),
        ({"ids": IDS, "mask": np.array(1)}, r"mask int64 \(\)"),
    ],
)
def test_what_the_encoder_does_not_take_is_said(
    runtime: OnnxRuntime, inputs: dict[str, np.ndarray], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        runtime.run(inputs)


def test_a_file_that_is_no_model_is_refused_in_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.onnx").write_bytes(b"not a model")
    with pytest.raises(
        BundleError, match=r"a.onnx cannot be run as an ONNX model: .*Fetch or make"
    ):
        OnnxRuntime(tmp_path / "a.onnx")
    assert capfd.readouterr() == ("", "")


def test_a_file_is_opened_once_and_again_when_its_hash_changes(make: Any) -> None:
    path = make().path("text.onnx")
    assert open_runtime(path, "0" * 64) is open_runtime(path, "0" * 64)
    assert open_runtime(path, "0" * 64) is not open_runtime(path, "1" * 64)


def test_the_seam_has_one_method() -> None:
    assert with_onnx.AbstractRuntime.__abstractmethods__ == {"outputs"}


def test_an_output_that_the_encoder_does_not_give_is_refused(runtime: OnnxRuntime) -> None:
    with pytest.raises(UsageError, match=r"text.onnx gives embedding, and no 'patches'"):
        runtime.outputs({"ids": IDS, "mask": MASK}, ["patches"])
