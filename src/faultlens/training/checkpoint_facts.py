"""What the pictures of a checkpoint show: its own words, and one run of its module."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from faultlens.models.checkpoint import (
    ADAPTER,
    ZERO_SHOT,
    Checkpoint,
    TrainedOn,
    read_checkpoint,
    read_weights,
)
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.outline import outline
from faultlens.models.restored import RestoredModel
from faultlens.reports.diagram_facts import (
    ABSENT,
    FROZEN,
    TRAINED,
    DiagramFacts,
    PartFacts,
    Rows,
    StageFacts,
    TowerFacts,
)
from faultlens.runtimes.bundle_facts import flat, shown
from faultlens.runtimes.drawn_layers import boxes, tower
from faultlens.training.text_facts import text_facts

TEXT = "text."
"""What the names of a trained text model's weights begin with."""

SHOWN_ELSEWHERE = ("encoder", "text", "loss", "device", "compiled", "dim", "window", "hop")
"""Settings that have a place of their own in the pictures, or that decide no result."""


def checkpoint_facts(folder: str | Path) -> DiagramFacts:
    """The facts of a checkpoint, from its own record and one run of its module.

    Args:
        folder: of the checkpoint.

    Raises:
        BundleError: no checkpoint, or a damaged one.
        UnknownNameError: an encoder that is not here.

    Example:
        >>> checkpoint_facts("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: it has no checkpoint.json. ...
    """
    checkpoint = read_checkpoint(folder)
    restored = RestoredModel(checkpoint)
    model, encoder = restored.model, checkpoint.encoder
    first = checkpoint.settings.get(ZERO_SHOT, {})
    layers = outline(model.encoder, torch.zeros(1, *encoder.shape))
    adapter = outline(model.adapter, torch.zeros(1, encoder.dim)) if encoder.adapter else ()
    weights = read_weights(checkpoint)
    trained = {k.removeprefix(TEXT): x for k, x in weights.items() if k.startswith(TEXT)}
    text, moved = text_facts(checkpoint, trained), sum(x.numel() for x in trained.values())
    state = FROZEN if checkpoint.stage == ADAPTER else TRAINED
    return DiagramFacts(
        name=checkpoint.reference,
        dim=encoder.dim,
        data=_data(checkpoint.trained_on),
        preparation=tuple(flat(checkpoint.preparation)),
        towers=(tower(encoder.name, encoder.shape, layers, state),),
        text=_placed(text, checkpoint, model.project),
        prompts=tuple(("", f"“{x}”") for x in checkpoint.text.prompts),
        classes=checkpoint.classes,
        contrast=(*_loss(first.get("loss", {})), ("scale", shown(float(model.scale)))),
        adapter=boxes(adapter),
        judging=_judging(checkpoint),
        stages=tuple(_stage(checkpoint, model, text, moved, x) for x in checkpoint.settings),
        likeness=_likeness(restored),
    )


def _data(seen: TrainedOn) -> Rows:
    def every(name: str) -> list[str] | None:
        return sorted({str(getattr(x, name)) for x in seen.origins} - {""}) or None

    table = {
        "dataset": seen.dataset or None,
        "machines": every("machine"),
        "conditions": every("condition"),
        "recordings": len(seen.origins),
        "windows": seen.windows,
        "validation_windows": seen.validation_windows,
    }
    return tuple(flat(table))


def _loss(settings: Mapping[str, Any]) -> Rows:
    names = {"name": "loss", "to_text": "weight_signal", "to_sensor": "weight_text"}
    return tuple((names.get(name, name), value) for name, value in flat(settings))


def _judging(checkpoint: Checkpoint) -> Rows:
    """Numbers that turn cosines into probabilities, and the best epoch's score of each stage."""
    scores: dict[str, float] = {}
    for epoch in checkpoint.history:
        stage, score = str(epoch.get("stage", "")), epoch.get("validation_score")
        if score is not None:
            scores[stage] = max(score, scores.get(stage, score))
    best = tuple((f"best_{stage}", f"{score * 100:.1f} %") for stage, score in scores.items())
    return (*flat(checkpoint.calibration), *best)


def _placed(text: TowerFacts, checkpoint: Checkpoint, project: nn.Module) -> TowerFacts:
    """The text tower with what brings it into the shared space, as the last stage left it."""
    state = FROZEN if checkpoint.stage == ADAPTER else text.state
    if checkpoint.text.shared:
        return replace(text, state=state)
    placed = boxes(outline(project, torch.zeros(1, checkpoint.text.width)))
    place = (("text_projection", f"{checkpoint.text.width} → {checkpoint.encoder.dim}"),)
    known = None if text.parameters is None else text.parameters + sum(x.parameters for x in placed)
    return replace(
        text,
        layers=(*text.layers, *placed) if text.layers else (),
        parameters=known,
        state=state,
        about=(*text.about, *place),
    )


def _stage(
    checkpoint: Checkpoint, model: ContrastiveModel, text: TowerFacts, moved: int, stage: str
) -> StageFacts:
    """What a stage moved: everything but a frozen text model at first, then the adapter alone."""

    def count(name: str) -> int:
        return sum(x.numel() for x in getattr(model, name).parameters())

    is_first = stage == ZERO_SHOT
    now = TRAINED if is_first else FROZEN
    state = text.state if is_first else FROZEN
    moving = moved if is_first and state != FROZEN else 0
    parts = [
        _part("encoder", count("encoder"), now),
        PartFacts("text_encoder", text.parameters, state, moving),
    ]
    if not checkpoint.text.shared:
        parts.append(_part("text_projection", count("project"), now))
    parts.append(_part("scale", model.log_scale.numel(), now))
    if checkpoint.encoder.adapter:
        parts.append(_part("adapter", count("adapter"), ABSENT if is_first else TRAINED))
    settings = checkpoint.settings[stage]
    rows = flat({x: y for x, y in settings.items() if x not in SHOWN_ELSEWHERE})
    return StageFacts(stage, tuple(parts), tuple(rows))


def _part(name: str, count: int, state: str) -> PartFacts:
    return PartFacts(name, count, state, count if state == TRAINED else 0)


def _likeness(restored: RestoredModel) -> tuple[tuple[float, ...], ...]:
    with torch.inference_mode():
        points = restored.model.sentences(restored.prototypes)
        cosines: list[list[float]] = (points @ points.T).tolist()
    return tuple(map(tuple, cosines))
