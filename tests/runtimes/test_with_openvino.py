"""OpenVINO gives what ONNX Runtime does of the same files, at any batch, or is refused."""

import importlib
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("openvino", reason="pip install 'faultlens[openvino]'")

from faultlens.core.errors import BundleError, UsageError
from faultlens.images.image import Image
from faultlens.runtimes.devices import on_device
from faultlens.runtimes.golden import check_golden, golden_bytes
from faultlens.runtimes.image_model import encode_images
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.onnx_weights import write_sharing
from faultlens.runtimes.with_onnx import OnnxRuntime
from faultlens.runtimes.with_openvino import OpenVinoRuntime

from .conftest import GRAPH, IDS, MASK, TABLE, expected

onnx: Any = importlib.import_module("onnx")


@pytest.mark.parametrize(
    ("model", "stem"),
    [
        ("builtin/bearing", "lines"),
        ("builtin/bearing", "orders"),
        ("builtin/bearing", "waveform"),
        ("builtin/text", "text"),
        ("builtin/surface", "image"),
    ],
)
def test_built_in_models_pass_their_golden_outputs(model: str, stem: str) -> None:
    with on_device("openvino"):
        assert check_golden(load_model(model).bundle, stem) < 1e-3


def test_pictures_of_any_number_and_size_are_those_of_onnx_runtime() -> None:
    draw = np.random.default_rng(0)
    model = load_model("builtin/surface")
    for count, height, width in ((1, 40, 64), (3, 72, 48)):
        pictures = [
            Image(draw.integers(0, 256, (height, width), dtype=np.uint8)) for _ in range(count)
        ]
        single = encode_images(model, pictures)
        with on_device("openvino"):
            found = encode_images(model, pictures)
        np.testing.assert_allclose(found.image, single.image, atol=1e-4)
        np.testing.assert_allclose(np.stack(found.patches), np.stack(single.patches), atol=1e-3)


def test_what_is_not_asked_for_is_not_given_and_unknown_names_are_refused(make: Any) -> None:
    runtime = OpenVinoRuntime(make().path("text.onnx"))
    np.testing.assert_allclose(
        runtime.run({"ids": IDS, "mask": MASK}), expected(IDS, MASK), atol=1e-6
    )
    with pytest.raises(UsageError, match=r"text.onnx gives embedding, and no 'patches'"):
        runtime.outputs({"ids": IDS, "mask": MASK}, ["patches"])
    with pytest.raises(UsageError, match="every input has the same rows"):
        runtime.run({"ids": IDS})


def test_arrays_in_a_file_beside_it_are_read(tmp_path: Path) -> None:
    large = np.resize(TABLE, (5000, 3)).astype(np.float32)
    model = onnx.parser.parse_model(GRAPH)
    model.graph.initializer.append(onnx.numpy_helper.from_array(large, "table"))
    write_sharing({"text": model}, tmp_path, "text.weights")
    inputs = {"ids": IDS, "mask": MASK}
    found = OpenVinoRuntime(tmp_path / "text.onnx").run(inputs)
    np.testing.assert_allclose(found, OnnxRuntime(tmp_path / "text.onnx").run(inputs), atol=1e-6)


def test_one_runtime_serves_several_threads(make: Any) -> None:
    runtime = OpenVinoRuntime(make().path("text.onnx"))
    wrong: list[int] = []

    def ask(seed: int) -> None:
        ids = np.random.default_rng(seed).integers(0, 7, size=(50, 4))
        for _ in range(20):
            found = runtime.run({"ids": ids, "mask": np.ones_like(ids)})
            if np.abs(found - expected(ids, np.ones_like(ids))).max() > 1e-5:
                wrong.append(seed)

    threads = [threading.Thread(target=ask, args=[seed]) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=300)
    assert wrong == []


def test_a_device_that_computes_something_else_is_refused(
    make: Any, tower: dict[str, bytes]
) -> None:
    other = golden_bytes({"text": ({"ids": IDS, "mask": MASK}, expected(IDS, MASK) + 2e-3)})
    with (
        on_device("openvino"),
        pytest.raises(BundleError, match="other embeddings here on openvino than where it was"),
    ):
        check_golden(make(files={**tower, "golden.npz": other}), "text")


def test_a_file_that_is_no_model_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"not a model")
    with pytest.raises(BundleError, match=r"a.onnx cannot be run by OpenVINO: .*--device cpu"):
        OpenVinoRuntime(tmp_path / "a.onnx")
