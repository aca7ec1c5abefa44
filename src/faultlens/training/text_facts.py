"""What the pictures show of a checkpoint's text model: from wherever its layers are known."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from pathlib import Path

from safetensors import safe_open
from torch import Tensor

from faultlens.core.errors import FaultlensError
from faultlens.models.checkpoint import Checkpoint
from faultlens.models.encoders.text_hugging_face import pooling_of, read_config
from faultlens.models.hub import cached_model
from faultlens.models.outline import outline
from faultlens.reports.diagram_facts import FROZEN, LORA, TRAINED, Rows, TowerFacts
from faultlens.runtimes.bundle_facts import text_tower
from faultlens.runtimes.drawn_layers import tower
from faultlens.runtimes.loaded import load_model
from faultlens.training.text_source import STATIC, restore_text

BUILTIN_TEXT = "builtin/text"


def text_facts(checkpoint: Checkpoint, trained: Mapping[str, Tensor]) -> TowerFacts:
    """The text model of a checkpoint, its state as the first stage left it.

    The built-in tower is read from its bundle, one that was trained along is opened again, and of a
    frozen one of Hugging Face the numbers are counted in its files, if these are on this machine.

    Args:
        checkpoint: read.
        trained: weights of the text model that the checkpoint holds; none where it was frozen.

    Raises:
        BundleError: the built-in text tower is damaged.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> text_facts(read_checkpoint("/nowhere"), {})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    text = checkpoint.text
    reference: Rows = (("reference", text.reference.rpartition("@")[2]),)
    if text.name == STATIC:
        return replace(text_tower(load_model(BUILTIN_TEXT)), name=text.name)
    if trained:
        state = LORA if text.kept.get("lora") else TRAINED
        try:
            encoder = restore_text(text.name, text.kept, trained).trainable
        except FaultlensError:
            # The frozen part of a LoRA model need not be on this machine; what was trained is here.
            count = sum(x.numel() for x in trained.values())
            return TowerFacts(text.name, (), (), count, state, about=reference)
        assert encoder is not None
        layers = outline(encoder, [checkpoint.classes[0]])
        return replace(tower(text.name, (), layers, state), about=reference)
    folder = Path(text.name) if Path(text.name).is_dir() else cached_model(text.name)
    if folder is None:
        return TowerFacts(text.name, (), (), None, FROZEN, about=reference)
    pooling: Rows = (("pooling", pooling_of(read_config(folder))),)
    return TowerFacts(text.name, (), (), _stored(folder), FROZEN, about=(*pooling, *reference))


def _stored(folder: Path) -> int | None:
    """Numbers in a model's files, counted by the shapes in their heads; no weight is read."""
    count = 0
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            count += sum(prod(file.get_slice(x).get_shape()) for x in file.keys())  # noqa: SIM118
    return count or None
