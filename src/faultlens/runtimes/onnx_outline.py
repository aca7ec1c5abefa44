"""The layers of an ONNX file, read without torch or onnx: operators, shapes, stored numbers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import TypeVar

from faultlens.core.errors import BundleError
from faultlens.models.outline import LayerOutline

FLOAT32, INT8, FLOAT16, FLOAT64, BFLOAT16 = 1, 3, 10, 11, 16
"""Kinds of numbers that weights are stored in. Source: onnx.proto, TensorProto.DataType."""

LAYERS = {
    "Conv": "Conv", "Gemm": "Linear", "MatMul": "Linear", "Gather": "Embedding",
    "GatherND": "Embedding", "BatchNormalization": "BatchNorm", "LayerNormalization": "LayerNorm",
}  # fmt: skip
"""Operator that works with stored numbers -> what people call such a layer."""

ACTIVATIONS = {
    "Relu": "ReLU", "Erf": "GELU", "Gelu": "GELU", "Sigmoid": "Sigmoid", "Tanh": "Tanh",
    "Softmax": "Softmax", "Log": "Log",
}  # fmt: skip
"""Operator -> layer without numbers; GELU is exported as the formula around its erf."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST_VARINT = 10  # bytes

T = TypeVar("T")
Field = tuple[int, int | bytes]


@dataclass
class _Graph:
    """What is needed of a graph."""

    stored: dict[str, int] = field(default_factory=dict)
    nodes: list[dict[int, list[int | bytes]]] = field(default_factory=list)
    shapes: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)


def onnx_outline(path: Path) -> tuple[LayerOutline, ...]:
    """The layers of an ONNX file, in the order of its graph.

    A layer is an operator that works with stored numbers, or an activation. What the file stores
    beside its layers comes last, as one entry named "other"; single numbers and indices are not
    counted. Nothing of it is trainable.

    Args:
        path: of the file.

    Raises:
        BundleError: the file is no ONNX.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> layers = onnx_outline(load_model("builtin/bearing").bundle.path("lines.onnx"))
        >>> [(x.kind, x.output_shape, x.parameters) for x in layers[:2]]
        [('Linear', (192,), 52224), ('GELU', (192,), 0)]
    """
    return _read(path, _layers)


def _layers(graph: _Graph) -> tuple[LayerOutline, ...]:
    left = dict(graph.stored)
    carried: dict[str, list[str]] = {name: [name] for name in graph.stored}
    made_by: dict[str, int] = {}
    layers: list[LayerOutline] = []
    for node in graph.nodes:
        inputs, output, operator = _names(node, 1), _names(node, 2)[0], _names(node, 4)[0]
        # What is only turned, cut or joined on its way counts where it is worked with.
        own = [x for name in inputs for x in carried.get(name, []) if x in left]
        shape = graph.shapes.get(output, ())[1:]
        if operator in LAYERS and own:
            count, name = sum(left.pop(x) for x in dict.fromkeys(own)), _layer_name(own)
            layers.append(LayerOutline(name, LAYERS[operator], shape, count, 0, _detail(node)))
            made_by[output] = len(layers) - 1
        elif operator == "Add" and own and (sums := [x for x in inputs if x in made_by]):
            # A bias that the export keeps apart from its product.
            layer = layers[made_by[sums[0]]]
            count = layer.parameters + sum(left.pop(x) for x in dict.fromkeys(own))
            layers[made_by[sums[0]]] = replace(layer, parameters=count)
        elif operator in ACTIVATIONS and layers:
            layers.append(LayerOutline(layers[-1].name, ACTIVATIONS[operator], shape, 0, 0))
        elif own:
            carried[output] = own
    if others := sum(left.values()):
        layers.append(LayerOutline("other", "other", (), others, 0))
    return tuple(layers)


def _layer_name(stored: list[str]) -> str:
    """The module that stored numbers belong to; names that the export made up have no dots."""
    named = [x for x in stored if "." in x]
    return named[0].rpartition(".")[0] if named else stored[0]


def onnx_inputs(path: Path) -> dict[str, tuple[int | str, ...]]:
    """Name and shape of what an ONNX file takes.

    Args:
        path: of the file.

    Raises:
        BundleError: the file is no ONNX.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> onnx_inputs(load_model("builtin/bearing").bundle.path("lines.onnx"))
        {'x': ('batch', 271)}
    """
    return _read(path, lambda graph: {name: graph.shapes[name] for name in graph.inputs})


def _read(path: Path, take: Callable[[_Graph], T]) -> T:
    try:
        return take(_graph(path.read_bytes()))
    except (ValueError, IndexError, AttributeError) as error:
        raise BundleError(
            f"{path} is no ONNX file ({error}). Fetch the bundle or make it again."
        ) from error


def _graph(content: bytes) -> _Graph:
    graph = _Graph()
    body = [x for number, x in _fields(content) if number == 7 and isinstance(x, bytes)]
    if not body:
        raise ValueError("it holds no graph")
    for number, value in _fields(body[0]):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            graph.nodes.append(_table(value))
        elif number == 5:
            name, count = _stored(value)
            if count > 1:
                graph.stored[name] = count
        elif number in (11, 12, 13):
            name, shape = _value_info(value)
            graph.shapes[name] = shape
            if number == 11:
                graph.inputs.append(name)
    return graph


def _fields(content: bytes) -> Iterator[Field]:
    """Number and value of every field of a message. Source: protobuf.dev/programming-guides."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(content, at)
            yield number, value
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        elif wire == _BYTES:
            size, at = _varint(content, at)
            if at + size > len(content):
                raise ValueError("it is cut off")
            yield number, content[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {wire}")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(_DEEPEST_VARINT):
        byte = content[at + step]
        value |= (byte & 0x7F) << (7 * step)
        if byte < 0x80:
            return value, at + step + 1
    raise ValueError("a number without end")


def _table(content: bytes) -> dict[int, list[int | bytes]]:
    table: dict[int, list[int | bytes]] = {}
    for number, value in _fields(content):
        table.setdefault(number, []).append(value)
    return table


def _names(table: dict[int, list[int | bytes]], number: int) -> list[str]:
    return [x.decode() for x in table.get(number, []) if isinstance(x, bytes)]


def _stored(content: bytes) -> tuple[str, int]:
    """Name of a stored array, and how many numbers it holds; indices count as none."""
    table = _table(content)
    name = (_names(table, 8) or [""])[0]
    if table.get(2, [0])[0] not in (FLOAT32, INT8, FLOAT16, FLOAT64, BFLOAT16):
        return name, 0
    return name, prod(_numbers(table.get(1, [])))


def _numbers(values: list[int | bytes]) -> list[int]:
    """Whole numbers, packed together or one by one."""
    found: list[int] = []
    for value in values:
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            found.append(number)
    return found


def _value_info(content: bytes) -> tuple[str, tuple[int | str, ...]]:
    """Name and shape of what flows between operators."""
    table = _table(content)
    shape: list[int | str] = []
    at: list[int | bytes] = table.get(2, [])
    for number in (1, 2):  # type -> tensor type -> shape
        at = _table(at[0]).get(number, []) if at and isinstance(at[0], bytes) else []
    if at and isinstance(at[0], bytes):
        for _, dimension in _fields(at[0]):
            sizes = _table(dimension) if isinstance(dimension, bytes) else {}
            size = sizes.get(1, sizes.get(2, [b"?"]))[0]
            shape.append(size if isinstance(size, int) else size.decode())
    return _names(table, 1)[0], tuple(shape)


def _detail(node: dict[int, list[int | bytes]]) -> str:
    told = {}
    for attribute in node.get(5, []):
        table = _table(attribute) if isinstance(attribute, bytes) else {}
        name, sizes = (_names(table, 1) or [""])[0], _numbers(table.get(8, []))
        if match := re.fullmatch("(kernel|stride)(_shape|s)", name):
            told[match[1]] = "×".join(map(str, sizes)) if set(sizes) != {1} else ""
    return ", ".join(f"{x} {told[x]}" for x in ("kernel", "stride") if told.get(x))
