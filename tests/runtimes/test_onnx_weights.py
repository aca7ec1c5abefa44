"""Smaller weights compute nearly the same; equal ones are written once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")
import onnxruntime  # noqa: E402

from faultlens.core.errors import UsageError  # noqa: E402
from faultlens.runtimes.onnx_weights import (  # noqa: E402
    LARGEST_WHOLE,
    with_int8_products,
    with_small_weights,
    write_sharing,
)

DRAW = np.random.default_rng(2)
FIRST = DRAW.normal(size=(64, 80)).astype(np.float32)
SECOND = DRAW.normal(size=(72, 80)).astype(np.float32)
X = DRAW.normal(size=(5, 64)).astype(np.float32)
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
g (float[n, 64] x) => (float[n, 72] y)
{
    a = MatMul (x, first)
    b = Relu (a)
    y = Gemm <transB = 1> (b, second, bias)
}
"""


def graph(text: str = GRAPH) -> Any:
    model = onnx.parser.parse_model(text)
    bias = np.linspace(-1, 1, 72, dtype=np.float32)
    for name, array in (("first", FIRST), ("second", SECOND), ("bias", bias)):
        model.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
    return model


def ran(model: Any) -> np.ndarray:
    content = model if isinstance(model, str) else model.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"x": X})[0]
    return found


def apart(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def test_products_in_whole_numbers_are_nearly_the_same() -> None:
    expected, model = ran(graph()), graph()
    with_int8_products(model)
    kinds = [x.op_type for x in model.graph.node]
    assert kinds.count("MatMulInteger") == 2 and "MatMul" not in kinds and "Gemm" not in kinds
    assert 0 < apart(ran(model), expected) < 0.03
    for tensor in model.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype == np.int8:
            # Twice 255 times this fits into 16 bits.
            assert np.abs(array.astype(int)).max() == LARGEST_WHOLE
            assert 2 * 255 * LARGEST_WHOLE < 2**15


def test_a_table_that_is_turned_in_the_graph_or_shared_is_found_once() -> None:
    model = graph("""
        <ir_version: 10, opset_import: ["": 18]>
        g (float[n, 64] x) => (float[n, 64] y)
        {
            turned = Transpose <perm = [1, 0]> (first)
            a = MatMul (x, first)
            b = MatMul (a, turned)
            c = MatMul (b, first)
            y = MatMul (c, turned)
        }
    """)
    expected = ran(model)
    with_int8_products(model)
    assert "Transpose" not in [x.op_type for x in model.graph.node]
    tables = [x for x in model.graph.initializer if len(x.dims) == 2]
    assert len(tables) == 2
    assert apart(ran(model), expected) < 0.06


@pytest.mark.parametrize(("precision", "most"), [("fp16", 1e-3), ("int8", 0.02)])
def test_small_weights_are_computed_with_in_single_precision(precision: str, most: float) -> None:
    expected, model = ran(graph()), graph()
    with_small_weights(model, precision)
    assert {x.op_type for x in model.graph.node} >= {"MatMul", "Gemm", "Cast"}
    assert 0 < apart(ran(model), expected) < most
    assert model.ByteSize() < 0.6 * graph().ByteSize()


def test_a_column_of_zeros_stays_one() -> None:
    model = graph()
    table = FIRST.copy()
    table[:, 3] = 0
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(table, "first"))
    for change in (with_int8_products, lambda x: with_small_weights(x, "int8")):
        copy = onnx.ModelProto.FromString(model.SerializeToString())
        change(copy)
        assert np.isfinite(ran(copy)).all()


def test_files_that_share_weights_write_them_once(tmp_path: Path) -> None:
    expected = ran(graph())
    write_sharing({"one": graph(), "two": graph()}, tmp_path, "weights.bin")
    assert sorted(x.name for x in tmp_path.iterdir()) == ["one.onnx", "two.onnx", "weights.bin"]
    arrays = FIRST.nbytes + SECOND.nbytes
    assert arrays <= (tmp_path / "weights.bin").stat().st_size < arrays + 2 * 4096
    for stem in ("one", "two"):
        assert (tmp_path / f"{stem}.onnx").stat().st_size < 4096
        np.testing.assert_array_equal(ran(str(tmp_path / f"{stem}.onnx")), expected)
    with pytest.raises(UsageError, match="no ONNX file"):
        write_sharing({}, tmp_path, "weights.bin")
