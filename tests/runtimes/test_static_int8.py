"""Large products are computed in whole numbers at fixed ranges, small ones as they were."""

import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")

from faultlens.core.errors import UsageError
from faultlens.runtimes.onnx_weights import SMALL
from faultlens.runtimes.static_int8 import with_static_int8
from faultlens.runtimes.with_onnx import OnnxRuntime

onnx: Any = importlib.import_module("onnx")

GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
g (float[batch, 3, row, column] x) => (float[batch, 40] embedding)
{
    few = Conv <pads = [1, 1, 1, 1]> (x, small)
    seen = Relu (few)
    many = Conv <pads = [1, 1, 1, 1]> (seen, large)
    kept = Relu (many)
    mean = GlobalAveragePool (kept)
    flat = Flatten (mean)
    twice = Concat <axis = 1> (flat, flat)
    joined = MatMul (twice, wide)
    last = Gemm (joined, square)
    embedding = LpNormalization <axis = 1, p = 2> (last)
}
"""
SHAPES = {"small": (8, 3, 3, 3), "large": (72, 8, 3, 3), "wide": (144, 160), "square": (160, 40)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    model = onnx.parser.parse_model(GRAPH)
    for name, shape in SHAPES.items():
        weights = draw.normal(size=shape, scale=np.prod(shape[1:]) ** -0.5).astype(np.float32)
        model.graph.initializer.append(onnx.numpy_helper.from_array(weights, name))
    onnx.save(model, tmp_path / "image.onnx")
    return tmp_path / "image.onnx"


def pictures(rows: int, side: int = 24, *, seed: int = 1) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(seed).random((rows, 3, side, side), np.float32)
    return found


def test_what_is_large_is_whole_and_rows_stay_alike(path: Path, tmp_path: Path) -> None:
    assert SMALL == 4096  # of which the shapes above are made
    passes = [{"x": pictures(1, side, seed=side)} for side in (16, 24, 40)]
    made = with_static_int8(path, passes)
    onnx.save(made, tmp_path / "whole.onnx")
    stored = {x.name: onnx.numpy_helper.to_array(x) for x in made.graph.initializer}
    tables = {name: x for name, x in stored.items() if x.dtype == np.int8 and x.size > 99}
    whole = {name.partition("_")[0] for name in tables}
    assert whole == {"large", "wide", "square"}
    assert stored["small"].dtype == np.float32
    # Seven bits, so that sums of two products fit into 16 bits on older processors.
    assert np.abs(stored["large_quantized"].astype(int)).max() <= 64
    # Behind a Concat the product itself is in single precision, and its weights alone are whole.
    kinds = Counter(x.op_type for x in made.graph.node)
    assert "wide_kept" in stored and kinds["QuantizeLinear"] >= 3
    single, reduced = OnnxRuntime(path), OnnxRuntime(tmp_path / "whole.onnx")
    for rows, side in ((1, 24), (5, 32)):
        given = {"x": pictures(rows, side, seed=99)}
        cosines = (single.run(given) * reduced.run(given)).sum(axis=1)
        assert cosines.shape == (rows,) and cosines.min() > 0.999


def test_a_row_does_not_depend_on_its_neighbours(path: Path, tmp_path: Path) -> None:
    onnx.save(with_static_int8(path, [{"x": pictures(8)}]), tmp_path / "whole.onnx")
    reduced, given = OnnxRuntime(tmp_path / "whole.onnx"), pictures(4, seed=7)
    given[3] *= 50  # what is beyond the ranges is cut by itself
    together = reduced.run({"x": given})
    for at in range(4):
        np.testing.assert_allclose(
            reduced.run({"x": given[at : at + 1]})[0], together[at], atol=1e-6
        )


def test_openvino_gives_the_same_rows_in_a_batch(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="pip install 'faultlens[openvino]'")
    from faultlens.runtimes.with_openvino import OpenVinoRuntime

    onnx.save(with_static_int8(path, [{"x": pictures(8)}]), tmp_path / "whole.onnx")
    runtimes = [x(tmp_path / "whole.onnx") for x in (OnnxRuntime, OpenVinoRuntime)]
    given = {"x": pictures(5, seed=3)}
    first, second = (x.run(given) for x in runtimes)
    assert (first * second).sum(axis=1).min() > 0.99


def test_the_same_inputs_give_the_same_file(path: Path) -> None:
    made = [with_static_int8(path, [{"x": pictures(2)}]) for _ in range(2)]
    assert len({x.SerializeToString(deterministic=True) for x in made}) == 1


def test_without_inputs_there_are_no_ranges(path: Path) -> None:
    with pytest.raises(UsageError, match="need calibration inputs"):
        with_static_int8(path, [])
