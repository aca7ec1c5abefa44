"""A torch module written as an ONNX file that ONNX Runtime runs without torch."""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from faultlens.core.errors import UsageError
from faultlens.core.files import written_whole
from faultlens.core.optional import optional_import
from faultlens.runtimes.with_onnx import EMBEDDING

if TYPE_CHECKING:
    from onnx_ir import Graph

_SYMBOL = re.compile(r"[A-Za-z_]\w*")

OPSET = 18
"""The oldest operator set that torch's exporter writes without converting; in ONNX since 2022."""


def export_onnx(
    module: torch.nn.Module,
    example: Mapping[str, torch.Tensor],
    path: str | Path,
    *,
    dynamic: Mapping[str, Mapping[int, str]],
    outputs: Sequence[str] = (EMBEDDING,),
) -> None:
    """Write a module as ONNX, weights within; the same module, the same bytes.

    Args:
        module: encoder; it is exported as it computes when serving (evaluation mode).
        example: input name -> tensor, in the order of `forward`.
        path: ONNX file to write, whole or not at all.
        dynamic: input name -> axis -> its name ("batch"); axes of one name are of one length.
        outputs: names of what the module gives, in its order.

    Raises:
        UsageError: a dynamic axis of an unknown input, or one of which the example has 1 only.
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the file cannot be written.

    Example:
        >>> one = {"x": torch.ones(1, 4)}
        >>> export_onnx(torch.nn.Linear(4, 2), one, "x.onnx", dynamic={"x": {0: "batch"}})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The example's axis 0 (batch) of 'x' has length 1; ...
    """
    _check_axes(example, dynamic)
    optional_import("onnxscript", extra="train")
    # Named here, torch would first believe that a length may be anything, find that it computes
    # with it, and trace the whole module again: half as long again. Names follow in the graph.
    free = torch.export.Dim.DYNAMIC
    shapes = tuple(dict.fromkeys(dynamic.get(name, {}), free) for name in example)
    training = module.training
    module.eval()
    try:
        with _quiet(), torch.no_grad():
            program = torch.onnx.export(
                module, tuple(example.values()), input_names=list(example),
                dynamic_shapes=shapes, opset_version=OPSET, dynamo=True, external_data=False,
                verbose=False,
            )  # fmt: skip
    finally:
        module.train(training)
    assert program is not None  # with dynamo=True it always is one
    _name_axes(program.model.graph, example, dynamic)
    _tidy(program.model.graph, outputs)
    with written_whole(path) as temporary:
        temporary.write_bytes(program.model_proto.SerializeToString(deterministic=True))


def _check_axes(
    example: Mapping[str, torch.Tensor], dynamic: Mapping[str, Mapping[int, str]]
) -> None:
    for name, axes in dynamic.items():
        if name not in example:
            raise UsageError(
                f"The dynamic axes name the input '{name}'; the example has {', '.join(example)}."
            )
        for axis, length in axes.items():
            if example[name].shape[axis] < 2:
                # torch takes a length of 1 for a constant.
                raise UsageError(
                    f"The example's axis {axis} ({length}) of '{name}' has length "
                    f"{example[name].shape[axis]}; give at least 2, so that it stays free."
                )


def _name_axes(
    graph: "Graph", inputs: Iterable[str], dynamic: Mapping[str, Mapping[int, str]]
) -> None:
    """Call every free length as the caller does, also where it is computed with."""
    import onnx_ir

    names: dict[str, str] = {}
    for value, given in zip(graph.inputs, inputs, strict=True):
        assert value.shape is not None
        for axis, name in dynamic.get(given, {}).items():
            names[str(value.shape[axis])] = name
    values = [*graph.inputs, *(x for node in graph.all_nodes() for x in node.outputs)]
    for value in values:
        if value.shape is not None:
            value.shape = onnx_ir.Shape(
                x if isinstance(x, int) else _SYMBOL.sub(lambda m: names.get(m[0], m[0]), str(x))
                for x in value.shape
            )


def _tidy(graph: "Graph", outputs: Sequence[str]) -> None:
    """Name the outputs, and drop the source lines of this machine: elsewhere, another hash."""
    graph.metadata_props.clear()
    for node in graph.all_nodes():
        node.metadata_props.clear()
        for value in node.outputs:
            # torch calls what a table of token vectors gives by the same name.
            if value.name in outputs:
                value.name = f"{value.name}_within"
    for output, name in zip(graph.outputs, outputs, strict=True):
        output.name = name


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns of itself and of packages that are not needed; failures still raise."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
