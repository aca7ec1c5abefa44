"""From an outline to the boxes of a picture: a layer with what follows it, equal blocks as one."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from faultlens.models.outline import LayerOutline
from faultlens.reports.diagram_facts import LayerFacts, TowerFacts

SILENT = ("Dropout", "Identity", "Flatten")
"""Kinds that say nothing about what is computed."""

MEMBER = re.compile(r"members\.(\d+)\.")
BLOCK = re.compile(r"(?:[^.]+\.)*?\d+(?=\.)")
UNNAMED = re.compile(r"val_\d+")
"""Names that an export makes up."""

SMALL = 1000
"""Numbers of an unnamed layer below which it belongs to the next box."""


def tower(
    name: str, input_shape: tuple[int | str, ...], outline: Sequence[LayerOutline], state: str
) -> TowerFacts:
    """A tower of boxes; several members of one architecture are drawn once.

    Args:
        name: of the encoder.
        input_shape: of what it takes, the batch left out.
        outline: its layers, in their order.
        state: frozen, trained or lora.

    Example:
        >>> layers = [LayerOutline(f"members.{i}.0", "Linear", (8,), 40, 0) for i in (0, 1)]
        >>> made = tower("lines", (4,), layers, "frozen")
        >>> made.members, made.parameters, made.layers
        (2, 40, (LayerFacts(title='Linear', shape=(8,), parameters=40, times=1),))
    """
    members = {int(x[1]) for each in outline if (x := MEMBER.match(each.name))}
    count, ours = max(1, len(members)), list(outline)
    if count > 1:
        # What has no member's name, such as a folded constant, is shared out between them.
        ours = [
            _part(x, count) for x in outline if not (y := MEMBER.match(x.name)) or int(y[1]) == 0
        ]
    layers = boxes(ours)
    return TowerFacts(
        name=name,
        input_shape=input_shape,
        layers=layers,
        parameters=sum(x.parameters for x in layers),
        state=state,
        members=count,
    )


def boxes(outline: Iterable[LayerOutline]) -> tuple[LayerFacts, ...]:
    """The boxes of some layers; their parameters add up to those of the layers.

    A box is a layer with the activations and norms that follow it, or a block: layers whose names
    begin alike up to a number. Equal blocks one after the other become one box.

    Args:
        outline: layers in their order.

    Example:
        >>> rows = (("0", "Conv1d", 36), ("1", "ReLU", 0), ("2", "Linear", 40))
        >>> boxes(LayerOutline(name, kind, (4,), n, n) for name, kind, n in rows)[0].title
        'Conv1d · ReLU'
    """
    groups: list[tuple[str, list[LayerOutline]]] = []
    waiting: list[LayerOutline] = []
    for layer in outline:
        named = MEMBER.sub("", layer.name)
        if UNNAMED.fullmatch(named) and layer.parameters < SMALL:
            waiting.append(layer)
            continue
        block = (BLOCK.match(named) or [""])[0]
        if groups and _joins(groups[-1], layer, block):
            groups[-1][1].extend([*waiting, layer])
        else:
            groups.append((block, [*waiting, layer]))
        waiting = []
    if waiting:
        groups.append(("", waiting))
    made = [_box(layers, is_block=bool(block)) for block, layers in groups]
    joined = []
    for box, equal in groupby(made):
        times = len(list(equal))
        joined.append(LayerFacts(box.title, box.shape, box.parameters * times, times))
    return tuple(joined)


def _joins(group: tuple[str, list[LayerOutline]], layer: LayerOutline, block: str) -> bool:
    if block or group[0]:
        return block == group[0]
    tables = layer.kind == group[1][-1].kind == "Embedding"
    return tables or layer.parameters == 0 or "Norm" in layer.kind


def _box(layers: Sequence[LayerOutline], *, is_block: bool) -> LayerFacts:
    said = [_said(x) for x in layers if x.kind not in SILENT] or [layers[0].kind]
    if is_block:
        said = [x.kind for x in layers if x.kind not in SILENT] or said
        said = [f"{said.count(x)} {x}" if said.count(x) > 1 else x for x in dict.fromkeys(said)]
    title = " · ".join(x for x, _ in groupby(said))
    shapes = [x for x in layers if x.output_shape]
    if layers[-1].kind == "Embedding":
        # Its scales stand beside a table of small numbers; the table is what it gives.
        shapes.sort(key=lambda x: x.parameters)
    shape = shapes[-1].output_shape if shapes else ()
    return LayerFacts(title, shape, sum(x.parameters for x in layers))


def _said(layer: LayerOutline) -> str:
    return f"{layer.kind} ({layer.detail})" if layer.detail else layer.kind


def _part(layer: LayerOutline, count: int) -> LayerOutline:
    if MEMBER.match(layer.name):
        return layer
    return LayerOutline(layer.name, layer.kind, layer.output_shape, layer.parameters // count, 0)
