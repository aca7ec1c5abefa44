"""The weights of ONNX files made smaller, and shared by the files of one bundle."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.files import written_whole
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

LARGEST_WHOLE = 64
"""Of a weight of 7 bits: 255 times it, twice, fits into 16 bits, in which processors without VNNI
add; with 8 bits their sums overflow, and other embeddings come out than where the file was made."""

SMALL = 4096
"""Numbers of an array that is not worth making smaller: norms, biases."""

ALIGNED_BYTES = 4096
"""Where an array of a shared file begins: whole pages are mapped."""


def with_int8_products(model: "ModelProto") -> None:
    """Have products with weights computed in whole numbers; each weight column has a scale.

    What is multiplied is brought to 8 bits as it comes, by its own range. In place.

    Args:
        model: ONNX, weights within.

    Source: Jacob et al., CVPR 2018, section 2.3 (a scale per column); ONNX DynamicQuantizeLinear.

    Example:
        >>> import onnx
        >>> model = onnx.parser.parse_model('''
        ...     <ir_version: 10, opset_import: ["": 18]>
        ...     g (float[n, 64] x) => (float[n, 64] y) { y = MatMul (x, w) }''')
        >>> weights = np.eye(64, dtype=np.float32)
        >>> _ = model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "w"))
        >>> with_int8_products(model)
        >>> [node.op_type for node in model.graph.node]
        ['DynamicQuantizeLinear', 'MatMulInteger', 'Cast', 'Mul', 'Mul']
    """
    onnx: Any = optional_import("onnx", extra="train")
    weights = _Weights(model)
    nodes: list[Any] = []
    for node in model.graph.node:
        table = _weights_of_product(weights, node)
        if table is None:
            nodes.append(node)
            continue
        name, scale = _whole_columns(weights, node, table)
        made, given = node.output[0], node.input[0]
        bias = node.input[2] if len(node.input) > 2 else None
        product = f"{made}_product" if bias else made
        steps = [
            ("DynamicQuantizeLinear", [given], [f"{made}_{x}" for x in ("in", "step", "zero")], {}),
            ("MatMulInteger", [f"{made}_in", name, f"{made}_zero"], [f"{made}_whole"], {}),
            ("Cast", [f"{made}_whole"], [f"{made}_float"], {"to": onnx.TensorProto.FLOAT}),
            ("Mul", [f"{made}_step", scale], [f"{made}_scale"], {}),
            ("Mul", [f"{made}_float", f"{made}_scale"], [product], {}),
        ]
        if bias:
            steps.append(("Add", [product, bias], [made], {}))
        nodes += [onnx.helper.make_node(kind, *ends, **more) for kind, *ends, more in steps]
    weights.replace(nodes)


def with_small_weights(
    model: "ModelProto", precision: str, *, only: Collection[str] | None = None
) -> None:
    """Keep large weights in fewer bytes; they are computed with in single precision. In place.

    Args:
        model: ONNX, weights within.
        precision: "fp16", half the bytes; "int8", a quarter, each row with a scale.
        only: names of the weights; None for all large ones.

    Example:
        >>> import onnx
        >>> model = onnx.parser.parse_model('''
        ...     <ir_version: 10, opset_import: ["": 18]>
        ...     g (float[n, 64] x) => (float[n, 64] y) { y = MatMul (x, w) }''')
        >>> weights = np.eye(64, dtype=np.float32)
        >>> _ = model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "w"))
        >>> with_small_weights(model, "fp16")
        >>> [node.op_type for node in model.graph.node]
        ['Cast', 'MatMul']
    """
    onnx: Any = optional_import("onnx", extra="train")
    to_single = {"to": onnx.TensorProto.FLOAT}
    weights = _Weights(model)
    nodes: list[Any] = []
    for name in weights.names():
        table = weights.get(name) if only is None or name in only else None
        if table is None or table.dtype != np.float32 or table.size < SMALL:
            continue
        kept, steps = f"{name}_kept", []
        if precision == "fp16":
            weights.put(kept, table.astype(np.float16))
            steps = [("Cast", [kept], [name], to_single)]
        else:
            # By rows, as embeddings and torch's own layers have them; 127 is symmetric about 0.
            largest = np.abs(table).max(axis=tuple(range(1, table.ndim)), keepdims=True)
            scale = np.where(largest > 0, largest, 1).astype(np.float32) / np.float32(127)
            weights.put(kept, np.round(table / scale).astype(np.int8))
            weights.put(f"{name}_scale", scale)
            steps = [
                ("Cast", [kept], [f"{name}_float"], to_single),
                ("Mul", [f"{name}_float", f"{name}_scale"], [name], {}),
            ]
        weights.drop(name)
        nodes += [onnx.helper.make_node(kind, *ends, **more) for kind, *ends, more in steps]
    weights.replace([*nodes, *model.graph.node])


def with_single_weights(model: "ModelProto") -> None:
    """Store as single precision what was kept in fewer bits and turned back at once. In place.

    Args:
        model: ONNX, weights within.

    Example:
        >>> import onnx
        >>> model = onnx.parser.parse_model('''
        ...     <ir_version: 10, opset_import: ["": 18]>
        ...     g (float[n, 2] x) => (float[n, 2] y)
        ...     { w = Cast <to = 1> (kept) y = MatMul (x, w) }''')
        >>> weights = np.eye(2, dtype=np.float16)
        >>> _ = model.graph.initializer.append(onnx.numpy_helper.from_array(weights, "kept"))
        >>> with_single_weights(model)
        >>> [node.op_type for node in model.graph.node]
        ['MatMul']
    """
    weights = _Weights(model)
    nodes: list[Any] = []
    for node in model.graph.node:
        stored = weights.get(node.input[0]) if node.op_type == "Cast" else None
        if stored is None or stored.dtype != np.float16:
            nodes.append(node)
        else:
            weights.put(node.output[0], stored.astype(np.float32))
    weights.replace(nodes)


def write_sharing(models: "Mapping[str, ModelProto]", folder: Path, data: str) -> None:
    """Write ONNX files whose large arrays lie in one file beside them, equal ones once.

    Args:
        models: stem of the file -> ONNX, weights within; they are changed.
        folder: where all files go.
        data: name of the file of arrays.

    Raises:
        UsageError: without its large arrays a file is still too large for ONNX.
        OSError: the folder cannot be written.

    Example:
        >>> write_sharing({}, Path("/nowhere"), "weights.bin")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: There is no ONNX file to write.
    """
    if not models:
        raise UsageError("There is no ONNX file to write.")
    onnx: Any = optional_import("onnx", extra="train")
    places: dict[bytes, tuple[int, int]] = {}
    with written_whole(folder / data) as temporary, temporary.open("wb") as stream:
        for model in models.values():
            for tensor in model.graph.initializer:
                content = onnx.numpy_helper.to_array(tensor).tobytes()
                if len(content) < SMALL:
                    continue
                key = hashlib.sha256(content).digest()
                if key not in places:
                    stream.write(b"\0" * (-stream.tell() % ALIGNED_BYTES))
                    places[key] = (stream.tell(), len(content))
                    stream.write(content)
                _point(onnx, tensor, data, *places[key])
    for stem, model in models.items():
        with written_whole(folder / f"{stem}.onnx") as temporary:
            temporary.write_bytes(model.SerializeToString(deterministic=True))


class _Weights:
    """The constant arrays of a graph, by name."""

    def __init__(self, model: "ModelProto") -> None:
        self._onnx: Any = optional_import("onnx", extra="train")
        self._graph = model.graph
        self._tensors = {x.name: x for x in model.graph.initializer}
        self._turned = {
            x.output[0]: (x.input[0], [int(y) for y in x.attribute[0].ints])
            for x in model.graph.node
            if x.op_type == "Transpose" and x.input[0] in self._tensors
        }

    def names(self) -> list[str]:
        return list(self._tensors)

    def get(self, name: str) -> NDArray[Any] | None:
        """The array, a transposed one too; None for what is computed."""
        if name in self._turned:
            source, axes = self._turned[name]
            turned = self.get(source)
            return None if turned is None else turned.transpose(axes)
        tensor = self._tensors.get(name)
        return None if tensor is None else np.asarray(self._onnx.numpy_helper.to_array(tensor))

    def has(self, name: str) -> bool:
        return name in self._tensors

    def put(self, name: str, array: NDArray[Any]) -> None:
        self._tensors[name] = self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name)

    def drop(self, name: str) -> None:
        del self._tensors[name]

    def replace(self, nodes: "list[NodeProto]") -> None:
        """Nodes in place of the old; what none of them needs any more goes."""
        needed = {x.name for x in self._graph.output}
        kept = []
        for node in reversed(nodes):
            if needed & set(node.output):
                kept.append(node)
                needed |= set(node.input)
        del self._graph.node[:]
        self._graph.node.extend(reversed(kept))
        del self._graph.initializer[:]
        self._graph.initializer.extend(x for x in self._tensors.values() if x.name in needed)
        # Shapes inside are found again; these could contradict the new nodes.
        del self._graph.value_info[:]


def _weights_of_product(weights: _Weights, node: "NodeProto") -> NDArray[np.float32] | None:
    """(in, out) of a product with a constant table; None for any other node."""
    if node.op_type not in ("MatMul", "Gemm"):
        return None
    table = weights.get(node.input[1])
    if table is None or table.ndim != 2 or table.size < SMALL or table.dtype != np.float32:
        return None
    options = {x.name: x.i if x.type == 2 else x.f for x in node.attribute}
    if options.get("transA", 0) or options.get("alpha", 1) != 1 or options.get("beta", 1) != 1:
        return None
    return table.T if options.get("transB", 0) else table


def _whole_columns(
    weights: _Weights, node: "NodeProto", table: NDArray[np.float32]
) -> tuple[str, str]:
    """Names of the table in whole numbers and of its scales, (in, out) and (out,)."""
    turned = any(x.name == "transB" and x.i for x in node.attribute)
    name = f"{node.input[1]}_{'turned_' if turned else ''}whole"
    if not weights.has(name):
        largest = np.abs(table).max(axis=0)
        scale = np.where(largest > 0, largest, 1).astype(np.float32) / np.float32(LARGEST_WHOLE)
        weights.put(name, np.round(table / scale).astype(np.int8))
        weights.put(f"{name}_scale", scale)
    return name, f"{name}_scale"


def _point(onnx: Any, tensor: "TensorProto", data: str, offset: int, length: int) -> None:
    """Have a tensor lie in another file."""
    tensor.ClearField("raw_data")
    for field in ("float_data", "int32_data", "int64_data"):
        tensor.ClearField(field)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in (("location", data), ("offset", str(offset)), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)
