"""The towers of a model of pictures, opened to be tuned by LoRA, merged and written again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.picture import SURFACE
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.models.lora import LoraSettings, add_lora, merge_lora
from faultlens.models.vision_language.load import VisionLanguage, load_vision_language
from faultlens.models.vision_language.lora import add_tower_lora, merge_tower_lora
from faultlens.runtimes.adapters import ADAPTED
from faultlens.runtimes.bundle import PRECISION, Bundle, write_bundle
from faultlens.runtimes.card import CardSource, ModelCard
from faultlens.runtimes.image_model import (
    IMAGE,
    PIXELS,
    WINDOWS,
    WINDOWS2,
    WINDOWS3,
    picture_preparation,
)
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.passes import Signature
from faultlens.runtimes.vision_to_onnx import export_vision_language
from faultlens.runtimes.with_onnx import AbstractRuntime
from faultlens.runtimes.with_torch import TorchRuntime, picture_encoders
from faultlens.training.surface.exported import OUTPUTS
from faultlens.training.surface.tuned_bundle import write_beside

LATE = ("levels.2", "levels.3", "levels.4", "sides", "dense", "whole")
"""Of the encoder of surfaces: what is tuned. The first two levels, half of its time, see edges and
grain, which every metal has."""


@dataclass(frozen=True, eq=False)
class Towers:
    """What is tuned of a model.

    Args:
        base: the model.
        surface: its encoder of surfaces; None for a model of Hugging Face.
        loaded: the model of Hugging Face; None for an encoder of surfaces.
        moves_words: whether its tower of words is tuned too. Those of `builtin/text` never are:
            other models share them.
    """

    base: Model
    surface: SurfaceEncoder | None = None
    loaded: VisionLanguage | None = None
    moves_words: bool = False

    @property
    def image(self) -> nn.Module:
        """Pixels in; points, places and features out."""
        found = self.surface if self.loaded is None else self.loaded.vision
        assert found is not None  # it is one or the other
        return found

    @property
    def words(self) -> nn.Module | None:
        """Token numbers in, rows out; None where the words stay as they are."""
        return self.loaded.words if self.loaded is not None and self.moves_words else None


def open_towers(
    base: Model, settings: LoraSettings, *, blocks: int, words: bool, seed: int
) -> Towers:
    """Read the weights of a model for training, LoRA beside some of them.

    Args:
        base: "builtin/surface", a bundle tuned from it, or a model of Hugging Face.
        settings: of LoRA.
        blocks: the last ones of each tower of Hugging Face.
        words: whether its tower of words is tuned too, where it has one of its own.
        seed: of the first values.

    Raises:
        UsageError: a model that labelled pictures adapted already.
        BundleError: a model that cannot be trained on, or of other weights than it says.
        InputError: its weights are not here, and no hub gave them.
        MissingPackageError: peft or what reads it is not installed.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> opened = open_towers(
        ...     load_model("builtin/surface"), LoraSettings(rank=1), blocks=4, words=True, seed=0)
        >>> opened.words is None, any(x.requires_grad for x in opened.image.parameters())
        (True, True)
    """
    if ADAPTED in base.bundle.preparation:
        raise UsageError(
            f"{base.reference} is adapted by pictures already, which would no longer fit moved "
            f"towers. Give the model that it was tuned from ({_origin(base)}), and all "
            "pictures at once."
        )
    if picture_preparation(base).kind == SURFACE:
        encoder = restored_surface(base.bundle.path(f"{IMAGE}.onnx"))
        add_lora(encoder, surface_targets(encoder), settings, seed=seed)
        return Towers(base, surface=encoder)
    loaded = _loaded(base)
    add_tower_lora(loaded.vision, settings, blocks=blocks, seed=seed)
    if words:
        add_tower_lora(loaded.words, settings, blocks=blocks, seed=seed + 1)
    return Towers(base, loaded=loaded, moves_words=words)


def surface_targets(encoder: SurfaceEncoder) -> list[str]:
    """The maps of the encoder of surfaces beside which LoRA stands.

    Args:
        encoder: as it was made.

    Example:
        >>> surface_targets(SurfaceEncoder())[-2:]
        ['whole.0', 'whole.3']
    """
    return [
        name
        for name, part in encoder.named_modules()
        if isinstance(part, (nn.Conv2d, nn.Linear)) and name.startswith(LATE)
    ]


def merge_towers(towers: Towers, *, blocks: int) -> None:
    """Add what LoRA learned to the weights, in place.

    Args:
        towers: opened.
        blocks: as they were opened.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> towers = open_towers(
        ...     load_model("builtin/surface"), LoraSettings(rank=1), blocks=4, words=True, seed=0)
        >>> merge_towers(towers, blocks=4)
        >>> any(x.requires_grad for x in towers.image.parameters())
        False
    """
    if towers.loaded is None:
        merge_lora(towers.image)
        return
    merge_tower_lora(towers.image, blocks=blocks)
    if towers.words is not None:
        merge_tower_lora(towers.words, blocks=blocks)


def tuned_model(towers: Towers, mark: str) -> Model:
    """The tuned model at work at once, by torch, before anything is written.

    Args:
        towers: merged; they are this model's own from now on.
        mark: SHA-256 of all that decided them, so that nothing remembered of the base is taken for
            this one's.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> towers = open_towers(
        ...     load_model("builtin/surface"), LoraSettings(rank=1), blocks=4, words=True, seed=0)
        >>> merge_towers(towers, blocks=4)
        >>> tuned_model(towers, "0" * 64).reference == towers.base.reference
        False
    """
    stand_ins = _stand_ins(towers)
    told = towers.base.bundle
    files = {**told.files, **{f"{stem}.onnx": mark for stem in stand_ins}}
    return Model(replace(told, files=files), stand_ins)


def write_towers(
    towers: Towers, folder: str | Path, *, on_what: str, limits: str, seed: int
) -> Bundle:
    """Write merged towers as a bundle with all that the base has beside them.

    Args:
        towers: merged.
        folder: bundle to write; a folder that holds anything else is left alone.
        on_what: what they learned from, for the card.
        limits: for the card.
        seed: of the pixels of the golden file.

    Raises:
        UsageError: the folder holds something else.
        BundleError: an exported file computes something else.
        OSError: the folder cannot be written.

    Example:
        >>> write_towers.__name__  # `lora.FittedLora.export` shows it at work
        'write_towers'
    """
    told = towers.base.bundle
    card = ModelCard(
        told.card.summary,
        told.card.licence,
        on_what,
        (),
        limits,
        (CardSource(towers.base.reference, told.card.licence, told.sha256), *told.card.sources),
    )
    if towers.surface is not None:
        return write_beside(
            folder, towers.base, towers.surface, told.calibration, card=card, seed=seed
        )
    assert towers.loaded is not None  # it is one or the other
    with tempfile.TemporaryDirectory() as scratch:
        made = export_vision_language(towers.loaded, Path(scratch) / "tuned")
        files: dict[str, Path | bytes] = {name: made.path(name) for name in made.files}
        return write_bundle(
            folder,
            name=Path(folder).resolve().name,
            kind=made.kind,
            card=card,
            preparation=made.preparation,
            classes=made.classes,
            calibration=made.calibration,
            text=made.text,
            files=files,
        )


def _loaded(base: Model) -> VisionLanguage:
    """The model that a bundle was exported from, by the first source that its card names."""
    source = base.card.sources[0] if base.card.sources else None
    if source is None or PRECISION in base.bundle.preparation:
        raise BundleError(
            f"{base.reference} cannot be trained on: it is "
            f"{'of unknown origin' if source is None else 'no single precision'}. Give the model "
            "of Hugging Face itself, such as hf:openai/clip-vit-base-patch32."
        )
    loaded = load_vision_language(source.name)
    if loaded.sha256 != source.sha256:
        raise BundleError(
            f"{base.reference} was exported from other weights of {source.name} than are here now. "
            f"Export it again: faultlens export hf:{source.name}"
        )
    return loaded


def _origin(base: Model) -> str:
    return base.card.sources[0].name if base.card.sources else "see its card"


def _stand_ins(towers: Towers) -> Mapping[str, AbstractRuntime]:
    loaded = towers.loaded
    if loaded is None:
        axes = {PIXELS: ("batch", 3, "row", "column")}
        return {IMAGE: TorchRuntime(towers.image, Signature(IMAGE, axes, OUTPUTS))}
    found: dict[str, AbstractRuntime] = dict(picture_encoders(loaded))
    if loaded.windows is not None:
        size = loaded.preparation.size
        takes: dict[str, Any] = {PIXELS: ("batch", 3, size, size)}
        signature = Signature(WINDOWS, takes, (WINDOWS2, WINDOWS3))
        found[WINDOWS] = TorchRuntime(loaded.windows, signature)
    return found
