"""Writes the graph that screens run: `python -m making.screen_graph`."""

from math import prod
from typing import Any

from faultlens.core.files import written_whole
from faultlens.runtimes.screen_filters import BLOCK_PX, FILTERS, GRAPH, LEVELS, FilterLevel

_OPSET, _IR = 17, 8
"""Of ONNX; known to every ONNX Runtime that faultlens runs with."""


def screen_graph() -> bytes:
    """The graph as the bytes of an ONNX file; its filters lie elsewhere and are given at the start.

    Example:
        >>> len(screen_graph()) < 2000
        True
    """
    from onnx import TensorProto, helper

    nodes: list[Any] = []
    for level in LEVELS:
        nodes += _nodes(level)
    nodes.append(helper.make_node("Concat", [f"{x.name}_max" for x in LEVELS], ["squares"], axis=1))
    inputs = [
        helper.make_tensor_value_info(
            x.name, TensorProto.FLOAT, [1, 1, f"{x.name}_rows", f"{x.name}_columns"]
        )
        for x in LEVELS
    ]
    out = helper.make_tensor_value_info(
        "squares", TensorProto.FLOAT, [1, FILTERS, "rows", "columns"]
    )
    graph = helper.make_graph(nodes, "screen", inputs, [out], [_elsewhere(x) for x in LEVELS])
    opset = [helper.make_opsetid("", _OPSET)]
    made: bytes = helper.make_model(graph, opset_imports=opset, ir_version=_IR).SerializeToString()
    return made


def _nodes(level: FilterLevel) -> list[Any]:
    from onnx import helper

    name, pool = level.name, BLOCK_PX // level.shrink // level.stride
    return [
        helper.make_node(
            "Conv", [name, f"{name}_filters"], [f"{name}_found"], strides=[level.stride] * 2,
            pads=[level.side // 2] * 4, kernel_shape=[level.side] * 2,
        ),
        helper.make_node("Mul", [f"{name}_found"] * 2, [f"{name}_squared"]),
        helper.make_node(
            "MaxPool", [f"{name}_squared"], [f"{name}_max"], kernel_shape=[pool] * 2,
            strides=[pool] * 2,
        ),
    ]  # fmt: skip


def _elsewhere(level: FilterLevel) -> Any:
    from onnx import TensorProto

    shape = (level.filters, 1, level.side, level.side)
    tensor = TensorProto(name=f"{level.name}_filters", dims=shape, data_type=TensorProto.FLOAT)
    tensor.data_location = TensorProto.EXTERNAL
    facts = {"location": tensor.name, "offset": "0", "length": str(4 * prod(shape))}
    for key, value in facts.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return tensor


if __name__ == "__main__":
    with written_whole(GRAPH) as temporary:
        temporary.write_bytes(screen_graph())
