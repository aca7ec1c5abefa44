"""The layers of a model as one run shows them: kind, output shape, parameters, what is trained."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

PARAMETER = "Parameter"
"""Kind of a module's own parameters where the module holds others too."""


@dataclass(frozen=True)
class LayerOutline:
    """One layer of a model.

    Args:
        name: path of the module, such as layers.0.
        kind: class of the module, such as Conv1d, or operator of a graph, such as Conv.
        output_shape: of what it gives, the batch left out; a name where a graph leaves it open.
        parameters: numbers that it holds; shared ones count where they come first.
        trainable: those of them that training may move.
        detail: what its kind does not say, such as "kernel 64, stride 8"; often empty.
    """

    name: str
    kind: str
    output_shape: tuple[int | str, ...]
    parameters: int
    trainable: int
    detail: str = ""


def outline(module: "nn.Module", *example: Any) -> tuple[LayerOutline, ...]:
    """The layers of a module, in the order in which they work.

    The module runs once without gradients, in evaluation mode, and is left as it was. A layer that
    the run does not reach comes last, with an empty shape; the parameters add up to the module's.

    Args:
        module: any module.
        example: (batch, ...) what its forward takes; a batch of one is enough.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> small = nn.Sequential(nn.Conv1d(1, 4, 8, stride=2), nn.ReLU())
        >>> for layer in outline(small, torch.zeros(1, 1, 32)):
        ...     print(layer.name, layer.kind, layer.output_shape, layer.parameters, layer.detail)
        0 Conv1d (4, 13) 36 kernel 8, stride 2
        1 ReLU (4, 13) 0
    """
    import torch

    names = {each: name for name, each in module.named_modules() if _is_layer(each)}
    shapes: dict[nn.Module, tuple[int, ...]] = {}

    def seen(layer: "nn.Module", _: Any, output: Any) -> None:
        if layer not in shapes:
            shapes[layer] = _shape(output)

    hooks = [each.register_forward_hook(seen) for each in names]
    modes = {each: each.training for each in module.modules()}
    try:
        module.eval()
        with torch.no_grad():
            module(*example)
    finally:
        for hook in hooks:
            hook.remove()
        for each, training in modes.items():
            each.training = training
    counted: set[int] = set()
    worked = [*shapes, *(each for each in names if each not in shapes)]
    return tuple(
        LayerOutline(
            name=names[each],
            kind=PARAMETER if any(each.children()) else type(each).__name__,
            output_shape=shapes.get(each, ()),
            **_counts(each, counted),
            detail=_detail(each),
        )
        for each in worked
    )


def _is_layer(module: "nn.Module") -> bool:
    """Whether it holds nothing but itself, or parameters beside its parts."""
    return not any(module.children()) or any(True for _ in module.parameters(recurse=False))


def _shape(output: Any) -> tuple[int, ...]:
    """Shape of the first array in what a layer gives, the batch left out."""
    if hasattr(output, "shape"):
        return tuple(output.shape[1:])
    parts: Iterator[Any] = iter(output.values() if hasattr(output, "values") else output or ())
    first = next(parts, None)
    return () if first is None else _shape(first)


def _counts(layer: "nn.Module", counted: set[int]) -> dict[str, int]:
    own = [x for x in layer.parameters(recurse=False) if id(x) not in counted]
    counted.update(id(x) for x in own)
    return {
        "parameters": sum(x.numel() for x in own),
        "trainable": sum(x.numel() for x in own if x.requires_grad),
    }


def _detail(layer: "nn.Module") -> str:
    told = []
    kernel, stride = getattr(layer, "kernel_size", None), getattr(layer, "stride", None)
    if isinstance(kernel, tuple):
        told.append(f"kernel {'×'.join(map(str, kernel))}")
    if isinstance(stride, tuple) and any(x != 1 for x in stride):
        told.append(f"stride {'×'.join(map(str, stride))}")
    return ", ".join(told)
